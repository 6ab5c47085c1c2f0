package lists

import (
	"context"

	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// published is how many rows of the public list are read at a time: all of it may
// be asked for by anybody.
const published = 2000

// Recognised is one page of the products that the filter lets through, as anybody
// may read of them.
func (d *Desk) Recognised(ctx context.Context, f store.RecognisedFilter) ([]register.Recognised, error) {
	sheets := ""
	if w := d.words(ocop.Vi); w.rules != nil {
		sheets = w.rules.Criteria
	}
	f.On = d.today()
	return register.ListRecognised(ctx, d.DB, f, sheets)
}

// RecognisedList is the table of all of them. base stands before the page on which
// each is checked.
func (d *Desk) RecognisedList(lang ocop.Lang, f store.RecognisedFilter, base string) Table {
	w := d.words(lang)
	return Table{Name: "san-pham-duoc-cong-nhan", Title: w.column("Sản phẩm được công nhận", "Recognised products", 0).Title, Columns: []workbook.Column{
		w.column("Sản phẩm", "Product", workbook.Text), w.column("Chủ thể", "Producer", workbook.Text), w.column("Xã, thị trấn", "Commune", workbook.Text),
		w.column("Bộ tiêu chí", "Criteria set", workbook.Number), w.column("Nhóm sản phẩm", "Kind of product", workbook.Text), w.column("Hạng sao", "Stars", workbook.Number),
		w.column("Số giấy chứng nhận", "Certificate", workbook.Text), w.column("Số quyết định", "Decision", workbook.Text), w.column("Ngày quyết định", "Day of the decision", workbook.Day),
		w.column("Ngày cấp", "Issued", workbook.Day), w.column("Ngày cuối cùng", "Last day", workbook.Day), w.column("Tình trạng", "Status", workbook.Text), w.column("Tra cứu", "Check", workbook.Text)},
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			return paged("", published, func(after string, limit int) ([]register.Recognised, error) {
				f.After, f.Limit = after, limit
				return d.Recognised(ctx, f)
			}, func(x register.Recognised) string { return x.Cursor }, func(rows []register.Recognised) error {
				for _, x := range rows {
					commune := ""
					if x.Commune != nil {
						commune = x.Commune.Name
					}
					if err := row(x.Name, x.Producer, commune, x.Set, x.Kind.In(lang), x.Stars, x.Number, x.Decision, x.DecidedOn, x.IssuedOn, x.LastDay, w.status(x.Status), base+x.Verify); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}

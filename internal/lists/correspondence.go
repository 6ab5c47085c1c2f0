package lists

import (
	"context"
	"strings"

	"ocopflow/internal/correspondence"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// Register are the papers of registers in the order in which they were
// registered, void lines too.
func (d *Desk) Register(r Reader, f store.PaperFilter) Table {
	w := d.words(r.Lang)
	f.InOrder = true
	return Table{Name: "so-van-ban", Title: ocop.Text{Vi: "Sổ văn bản", En: "Register of papers"}.In(r.Lang), Columns: []workbook.Column{
		w.column("Đơn vị", "Unit", workbook.Text), w.column("Sổ", "Register", workbook.Text), w.column("Năm", "Year", workbook.Number), w.column("Số đến/đi", "No.", workbook.Number),
		w.column("Ngày vào sổ", "Registered on", workbook.Day), w.column("Ngày đến", "Received on", workbook.Day), w.column("Số, ký hiệu", "Symbol", workbook.Text),
		w.column("Ngày văn bản", "Dated", workbook.Day), w.column("Loại", "Kind", workbook.Text), w.column("Nơi gửi/nhận", "From / to", workbook.Text), w.column("Trích yếu", "Summary", workbook.Text),
		w.column("Sản phẩm", "Products", workbook.Text), w.column("Quyết định", "Decision", workbook.Text), w.column("Vào sổ muộn", "Late", workbook.Text), w.column("Hạn vào sổ", "Due on", workbook.Day),
		w.column("Bản chụp", "Scan", workbook.Text), w.column("Đã hủy", "Void", workbook.Text), w.column("Lý do hủy", "Reason", workbook.Text)},
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			return paged("", page, func(after string, limit int) ([]store.Paper, error) {
				f.After, f.Limit = after, limit
				return d.Correspondence.Papers(ctx, r.Actor, f)
			}, func(p store.Paper) string { return p.ID }, func(list []store.Paper) error {
				for _, p := range list {
					if err := row(w.registered(p)...); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}

func (w words) registered(p store.Paper) []any {
	which := ocop.Text{Vi: "đến", En: "received"}
	if p.Direction == store.Sent {
		which = ocop.Text{Vi: "đi", En: "sent"}
	}
	kind := p.Kind
	if k := correspondence.KindOf(p.Kind); k != nil {
		kind = k.Title.In(w.lang)
	}
	file := ""
	if p.File != nil {
		file = p.File.Name
	}
	due := p.DueOn
	registered := p.RegisteredOn
	return []any{p.Unit.Name, which.In(w.lang), p.Year, int(p.Number), &registered, p.ReceivedOn, p.Symbol, p.Dated, kind, Correspondents(p), p.Summary, named(p.Products), p.DecisionNumber,
		w.yes(p.Late), &due, file, w.yes(p.Void()), p.Reason}
}

func named(list []ocop.Ref) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Name
	}
	return strings.Join(names, "; ")
}

// Correspondents are from whom a paper came, or to whom it went.
func Correspondents(p store.Paper) string {
	return strings.Trim(named(p.Parties)+"; "+p.Others, "; ")
}

package lists

import (
	"context"
	"strings"

	"ocopflow/internal/casework"
	"ocopflow/internal/intake"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// ProductList is the table of products that a filter lets through.
func (d *Desk) ProductList(r Reader, f store.Filter) Table {
	w := d.words(r.Lang)
	t := Table{Name: "san-pham", Title: w.column("Sản phẩm", "Products", 0).Title, Columns: []workbook.Column{
		w.column("Mã", "Code", workbook.Text), w.column("Sản phẩm", "Product", workbook.Text), w.column("Chủ thể", "Producer", workbook.Text),
		w.column("Xã, thị trấn", "Commune", workbook.Text), w.column("Bộ tiêu chí", "Criteria set", workbook.Number), w.column("Trạng thái", "State", workbook.Text),
		w.column("Loại lượt đánh giá", "Track", workbook.Text), w.column("Cấp đánh giá", "Level", workbook.Text), w.column("Hạng sao", "Stars", workbook.Number),
		w.column("Giấy chứng nhận", "Certificate", workbook.Text), w.column("Thời hạn", "Due", workbook.Day)}}
	f.Limit = page
	t.rows = func(ctx context.Context, row func(cells ...any) error) error {
		return paged(f.After, page, func(after string, limit int) ([]ocop.Product, error) {
			f.After = after
			return d.Products.Products(ctx, r.Actor, f)
		}, f.Cursor, func(rows []ocop.Product) error {
			for _, p := range rows {
				if err := row(w.product(p)...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return t
}

func (w words) product(p ocop.Product) []any {
	v := casework.View(p)
	commune, track, level := "", "", ""
	if v.Commune != nil {
		commune = v.Commune.Name
	}
	if v.Track != nil {
		track = w.track(*v.Track)
	}
	if v.Level != nil {
		level = w.level(*v.Level)
	}
	return []any{v.Code, v.Name, v.Producer.Name, commune, v.Set, w.state(v.State), track, level, stars(p.Stars), p.Certificate, v.Due}
}

// CertificateList is the table of certificates that a filter lets through, with
// the columns by which they are taken in.
func (d *Desk) CertificateList(r Reader, f store.CertificateFilter) Table {
	w, today := d.words(r.Lang), d.today()
	f.View = r.Actor.Products()
	return Table{Name: "giay-chung-nhan", Title: intake.Certificates.Title.In(r.Lang), Columns: w.columnsOf(intake.Certificates),
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			return paged("", page, func(after string, limit int) ([]store.OfProduct, error) {
				f.After, f.Limit = after, limit
				return store.ListCertificates(ctx, d.DB, f)
			}, store.OfProduct.Cursor, func(rows []store.OfProduct) error {
				for _, k := range rows {
					last := k.LastDay
					if k.ExtendedTo != nil {
						last = *k.ExtendedTo
					}
					if err := row(k.Code, k.Name, k.ProducerCode, k.Producer, k.Set, k.Number, k.Stars, k.IssuedOn, w.yes(k.Assumed), last, w.status(k.StatusOn(today))); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}

var statuses = map[ocop.CertificateStatus]ocop.Text{
	ocop.CertificateValid: {Vi: "còn hiệu lực", En: "valid"}, ocop.CertificateExpired: {Vi: "hết hạn", En: "expired"}, ocop.CertificateExtended: {Vi: "được kéo dài", En: "extended"},
	ocop.CertificateRevoked: {Vi: "bị thu hồi", En: "revoked"}, ocop.CertificateSuperseded: {Vi: "đã thay thế", En: "superseded"}}

func (w words) status(s ocop.CertificateStatus) string { return statuses[s].In(w.lang) }

// Worklist is what the reader can do now, by deadline.
func (d *Desk) Worklist(r Reader) Table {
	w := d.words(r.Lang)
	return Table{Name: "viec-can-lam", Title: w.column("Việc cần làm", "Worklist", 0).Title, Columns: []workbook.Column{
		w.column("Mã", "Code", workbook.Text), w.column("Sản phẩm", "Product", workbook.Text), w.column("Chủ thể", "Producer", workbook.Text), w.column("Trạng thái", "State", workbook.Text),
		w.column("Thời hạn", "Due", workbook.Day), w.column("Quá hạn", "Overdue", workbook.Text), w.column("Việc làm được ngay", "Can be done now", workbook.Text), w.column("Còn thiếu", "Missing", workbook.Text)},
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			for after, more := "", true; more; {
				tasks, next, err := d.Products.Worklist(ctx, r.Actor, after, page)
				if err != nil {
					return err
				}
				for _, t := range tasks {
					var can, lacks []string
					for _, a := range t.Actions {
						can = append(can, a.Title.In(r.Lang))
					}
					for _, m := range t.Missing {
						lacks = append(lacks, m.Message.In(r.Lang))
					}
					p := t.Product
					if err := row(p.Code, p.Name, p.Producer.Name, w.state(p.State), t.Due, w.yes(t.Overdue), strings.Join(can, "; "), strings.Join(lacks, "; ")); err != nil {
						return err
					}
				}
				after, more = next, next != ""
			}
			return nil
		}}
}

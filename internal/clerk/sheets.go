package clerk

import (
	"context"
	"io"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workbook"
)

// ReportSheets writes a campaign's report as a workbook, with a sheet for each of its
// parts and one for where every product stands.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) ReportSheets(ctx context.Context, a access.Actor, key string, p campaign.Period, lang ocop.Lang, w io.Writer) error {
	r, err := d.Campaigns.Report(ctx, a, key, p)
	if err != nil {
		return err
	}
	board, err := d.Campaigns.Board(ctx, a, key)
	if err != nil {
		return err
	}
	rules, err := d.Library.InForce(casework.ProcedureName, r.On)
	if err != nil {
		return err
	}
	book, err := workbook.New()
	if err != nil {
		return err
	}
	defer book.Close()
	s := &sheets{book: book, lang: lang}
	title := func(state ocop.State) string {
		x, _ := rules.States.Get(string(state))
		return x.Title.In(lang)
	}
	s.begin("Mục tiêu", "Targets", text("Mục tiêu", "Target"), number("Phải đạt thêm", "To be reached"), number("Tính gộp", "Gross"), number("Tính ròng", "Net"), number("Còn hiệu lực", "In force"), number("Còn thiếu", "Missing"))
	for _, t := range r.Targets {
		s.row(t.Title.In(lang), t.More, t.New, t.Net, t.Held, t.Missing)
	}
	s.begin("Các bước", "Stages", text("Bước", "Stage"), number("Cuối kỳ", "At the end"), number("Đến", "Came"), number("Đi tiếp", "Went on"), score("Thường ở lại (ngày)", "Usual stay (days)"))
	for _, x := range r.States {
		s.row(title(x.State), x.Now, x.Came, x.Left, some(x.Median, x.Left))
	}
	s.begin("Điểm nghẽn", "Bottlenecks", text("Bước", "Stage"), number("Đang chờ", "Waiting"), score("Thường chờ (ngày)", "Usual wait (days)"), score("Lâu nhất (ngày)", "Longest (days)"), score("Thường cần (ngày)", "Usually needed (days)"), text("Sản phẩm chờ lâu nhất", "Waits longest"))
	for _, x := range r.Bottlenecks {
		s.row(title(x.State), x.Waiting, x.Median, x.Longest, x.Usual, x.Product.Name)
	}
	s.begin("Thời hạn", "Deadlines", text("Mã", "Code"), text("Nội dung", "What"), day("Ngày cuối", "Last day"), number("Đúng hạn", "In time"), number("Xong trễ", "Late"), number("Chưa đến hạn", "Ahead"), number("Sắp đến hạn", "Due soon"), number("Quá hạn", "Overdue"))
	for _, x := range r.Deadlines {
		s.row(x.Code, x.Title.In(lang), x.LastDay, x.Met, x.MetLate, x.Ahead, x.DueSoon, x.Overdue)
	}
	s.begin("Sản phẩm", "Products", text("Mã", "Code"), text("Sản phẩm", "Product"), text("Chủ thể", "Producer"), text("Xã", "Commune"), text("Bước", "Stage"), number("Sao", "Stars"), number("Phấn đấu", "Aims at"), text("Thời hạn", "Deadline"), day("Ngày cuối", "Last day"), day("Hoàn thành", "Met on"), text("Tình trạng", "Status"))
	for _, x := range board.Products {
		commune := ""
		if x.Commune != nil {
			commune = x.Commune.Name
		}
		for _, c := range x.Cells {
			s.row(x.Code, x.Name, x.Producer.Name, commune, title(x.State), x.Stars, x.Target, c.Deadline, c.LastDay, c.MetOn, c.Status.Title().In(lang))
		}
	}
	s.begin("Nhiệm vụ quá hạn", "Duties past their day", text("Cơ quan, đơn vị", "Organisation"), text("Nhiệm vụ", "Duty"), day("Ngày cuối", "Last day"))
	for _, x := range r.Undone {
		s.row(x.Organisation.Name, x.Title.In(lang), x.LastDay)
	}
	s.begin("Giấy chứng nhận", "Certificates", text("Sản phẩm", "Product"), text("Số", "Number"), number("Sao", "Stars"), day("Ngày cấp", "Issued"))
	for _, x := range r.Certified {
		s.row(x.Product.Name, x.Number, x.Stars, x.IssuedOn)
	}
	if s.err != nil {
		return s.err
	}
	_, err = book.WriteTo(w)
	return err
}

// heading is a column with its words in both languages.
type heading struct {
	title ocop.Text
	kind  workbook.Kind
}

func text(vi, en string) heading   { return heading{ocop.Text{Vi: vi, En: en}, workbook.Text} }
func number(vi, en string) heading { return heading{ocop.Text{Vi: vi, En: en}, workbook.Whole} }
func score(vi, en string) heading  { return heading{ocop.Text{Vi: vi, En: en}, workbook.Score} }
func day(vi, en string) heading    { return heading{ocop.Text{Vi: vi, En: en}, workbook.Day} }

// some is a figure taken from so many, nothing when they are none.
func some(n float64, of int) any {
	if of == 0 {
		return nil
	}
	return n
}

// sheets writes sheet after sheet, up to the first error.
type sheets struct {
	book *workbook.Book
	lang ocop.Lang
	now  *workbook.Sheet
	err  error
}

func (s *sheets) begin(vi, en string, columns ...heading) {
	if s.err != nil {
		return
	}
	var list []workbook.Column
	for _, c := range columns {
		list = append(list, workbook.Column{Title: c.title.In(s.lang), Kind: c.kind})
	}
	s.now, s.err = s.book.Sheet(ocop.Text{Vi: vi, En: en}.In(s.lang), list...)
}

func (s *sheets) row(cells ...any) {
	if s.err == nil {
		s.err = s.now.Row(cells...)
	}
}

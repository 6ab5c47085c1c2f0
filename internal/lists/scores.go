package lists

import (
	"context"
	"strings"

	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// sessionsAtOnce is how many sessions are read at a time: each takes several
// statements.
const sessionsAtOnce = 100

// CouncilList are the councils that the reader knows of, a row for each member.
func (d *Desk) CouncilList(r Reader) Table {
	w := d.words(r.Lang)
	return Table{Name: "hoi-dong", Title: w.column("Hội đồng", "Councils", 0).Title, Columns: []workbook.Column{
		w.column("Hội đồng", "Council", workbook.Text), w.column("Đơn vị", "Unit", workbook.Text), w.column("Cấp", "Level", workbook.Text), w.column("Quyết định", "Decision", workbook.Text),
		w.column("Ngày quyết định", "Decided on", workbook.Day), w.column("Thành viên", "Member", workbook.Text), w.column("Chức trách", "Position", workbook.Text)},
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			return paged("", sessionsAtOnce, func(after string, limit int) ([]store.Council, error) {
				return d.Councils.Councils(ctx, r.Actor, after, limit)
			}, func(k store.Council) string { return k.ID }, func(rows []store.Council) error {
				for _, k := range rows {
					for _, m := range k.Members {
						name := m.Display
						if name == "" {
							name = m.Name
						}
						if err := row(k.Name, k.Unit.Name, w.level(k.Level), k.Decision, k.DecidedOn, name, w.position(m.Position)); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}}
}

var positions = map[store.Position]ocop.Text{store.Chair: {Vi: "Chủ tịch", En: "Chair"}, store.ViceChair: {Vi: "Phó Chủ tịch", En: "Vice-chair"}, store.Secretary: {Vi: "Thư ký", En: "Secretary"}, store.Member: {Vi: "Ủy viên", En: "Member"}}

func (w words) position(p store.Position) string {
	if t, ok := positions[p]; ok {
		return t.In(w.lang)
	}
	return string(p)
}

// sessions walks the sessions that a filter lets through, as the reader gets them.
func (d *Desk) sessions(ctx context.Context, r Reader, f store.SessionFilter, do func(v council.View) error) error {
	return paged("", sessionsAtOnce, func(after string, limit int) ([]council.View, error) {
		f.After, f.Limit = after, limit
		return d.Councils.Sessions(ctx, r.Actor, f)
	}, func(v council.View) string { return v.ID }, func(rows []council.View) error {
		for _, v := range rows {
			if err := do(v); err != nil {
				return err
			}
		}
		return nil
	})
}

var sessionStates = map[store.Status]ocop.Text{store.Scoring: {Vi: "đang chấm", En: "scoring"}, store.Opened: {Vi: "đã mở phiếu", En: "opened"}, store.Closed: {Vi: "đã kết thúc", En: "closed"}, store.Cancelled: {Vi: "đã hủy", En: "cancelled"}}

// SessionList are the sessions in which the reader has a part.
func (d *Desk) SessionList(r Reader, f store.SessionFilter) Table {
	w := d.words(r.Lang)
	return Table{Name: "phien-cham", Title: w.column("Phiên chấm", "Scoring sessions", 0).Title, Columns: []workbook.Column{
		w.column("Mã sản phẩm", "Product code", workbook.Text), w.column("Sản phẩm", "Product", workbook.Text), w.column("Hội đồng", "Council", workbook.Text), w.column("Cấp", "Level", workbook.Text),
		w.column("Ngày", "Day", workbook.Day), w.column("Địa điểm", "Place", workbook.Text), w.column("Tình trạng", "Status", workbook.Text), w.column("Lượt chấm", "Turn", workbook.Number),
		w.column("Phiếu đã niêm phong", "Sheets sealed", workbook.Number), w.column("Số người chấm", "Who score", workbook.Number)},
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			return d.sessions(ctx, r, f, func(v council.View) error {
				return row(v.Product.Code, v.Product.Name, v.Council.Name, w.level(v.Level), v.HeldOn, v.Place, sessionStates[v.Status].In(r.Lang), v.Turn, v.Sealed, v.Entitled)
			})
		}}
}

// Scores are two tables that justify decisions: what each session came to, and
// every sheet behind it by parts of the criteria. Only what the reader may read
// in a session is in them: nothing before its sheets are opened.
func (d *Desk) Scores(r Reader, f store.SessionFilter) []Table {
	w := d.words(r.Lang)
	summary := Table{Name: "tong-hop-diem", Title: w.column("Tổng hợp điểm", "Summary", 0).Title, Columns: []workbook.Column{
		w.column("Mã sản phẩm", "Product code", workbook.Text), w.column("Sản phẩm", "Product", workbook.Text), w.column("Chủ thể", "Producer", workbook.Text), w.column("Bộ tiêu chí", "Criteria set", workbook.Number),
		w.column("Hội đồng", "Council", workbook.Text), w.column("Cấp", "Level", workbook.Text), w.column("Ngày", "Day", workbook.Day), w.column("Số phiếu", "Sheets", workbook.Number),
		w.column("Tổng điểm", "Sum", workbook.Number), w.column("Phần A, trung bình", "Part A, mean", workbook.Score), w.column("Phần B, trung bình", "Part B, mean", workbook.Score), w.column("Phần C, trung bình", "Part C, mean", workbook.Score),
		w.column("Điểm trung bình", "Mean", workbook.Score), w.column("Chênh lệch", "Spread", workbook.Number), w.column("Sao theo điểm", "Stars by points", workbook.Number), w.column("Sao theo điểm sàn", "Stars by floors", workbook.Number),
		w.column("Điểm sàn không đạt", "Floors missed", workbook.Text), w.column("Bị loại theo", "Put out by", workbook.Text), w.column("Hạng sao", "Stars", workbook.Number),
		w.column("Tình trạng phiên", "Session", workbook.Text), w.column("Trạng thái sản phẩm", "Product's state", workbook.Text), w.column("Quyết định công nhận", "Decision", workbook.Text), w.column("Giấy chứng nhận", "Certificate", workbook.Text)}}
	summary.rows = func(ctx context.Context, row func(cells ...any) error) error {
		return d.sessions(ctx, r, f, func(v council.View) error {
			if v.Result == nil {
				return nil // not opened, or not the reader's to read
			}
			cells, err := d.summed(ctx, w, v)
			if err != nil {
				return err
			}
			return row(cells...)
		})
	}
	sheets := Table{Name: "phieu-diem", Title: w.column("Phiếu điểm", "Sheets", 0).Title, Columns: []workbook.Column{
		w.column("Mã sản phẩm", "Product code", workbook.Text), w.column("Sản phẩm", "Product", workbook.Text), w.column("Hội đồng", "Council", workbook.Text), w.column("Ngày", "Day", workbook.Day), w.column("Lượt chấm", "Turn", workbook.Number),
		w.column("Thành viên", "Member", workbook.Text), w.column("Chức trách", "Position", workbook.Text), w.column("Phần A", "Part A", workbook.Number), w.column("Phần B", "Part B", workbook.Number), w.column("Phần C", "Part C", workbook.Number),
		w.column("Tổng", "Total", workbook.Number), w.column("Đúng như đã niêm phong", "As it was sealed", workbook.Text)}}
	sheets.rows = func(ctx context.Context, row func(cells ...any) error) error {
		return d.sessions(ctx, r, f, func(v council.View) error {
			for _, s := range v.Sheets {
				name, position := s.Display, ""
				if name == "" {
					name = s.Name
				}
				for _, seat := range v.Seats {
					if seat.Account == s.Account {
						position = w.position(seat.Position)
					}
				}
				p := points(v, s.Sheet)
				if err := row(v.Product.Code, v.Product.Name, v.Council.Name, v.HeldOn, s.Turn, name, position, p[0], p[1], p[2], s.Total, w.yes(s.Intact)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return []Table{summary, sheets}
}

// points of a sheet by parts A, B and C.
func points(v council.View, sheet criteria.Sheet) [3]int {
	var out [3]int
	if set := criteria.BuiltIn(v.Criteria)[v.Set]; set != nil {
		copy(out[:], set.Points(sheet))
	}
	return out
}

func (d *Desk) summed(ctx context.Context, w words, v council.View) ([]any, error) {
	var sum [3]int
	n := 0
	for _, s := range v.Sheets {
		if s.Turn != v.Turn {
			continue
		}
		n++
		for i, p := range points(v, s.Sheet) {
			sum[i] += p
		}
	}
	mean := func(x, n int64) any {
		if n == 0 {
			return nil
		}
		return float64((x*200+n)/(2*n)) / 100 // half up, as package criteria rounds
	}
	var floors, struck []string
	for _, f := range v.Floors {
		floors = append(floors, f.Criterion+" "+f.Name.In(w.lang))
	}
	for _, k := range v.Result.KnockedOut {
		struck = append(struck, k.Code)
	}
	p, err := store.Product(ctx, d.DB, v.Product.ID)
	if err != nil || p == nil {
		return nil, err
	}
	decision, number := "", ""
	list, err := store.CertificatesOf(ctx, d.DB, p.ID)
	for _, k := range list {
		if k.Round == v.Round {
			decision, number = k.Decision, k.Number
		}
	}
	r := v.Result
	return []any{p.Code, p.Name, v.Producer.Name, v.Set, v.Council.Name, w.level(v.Level), v.HeldOn, r.Members, r.Sum,
		mean(int64(sum[0]), int64(n)), mean(int64(sum[1]), int64(n)), mean(int64(sum[2]), int64(n)), mean(r.Sum, r.Members), v.Spread, r.BandStars, r.FloorStars,
		strings.Join(floors, "; "), strings.Join(struck, "; "), r.Stars, sessionStates[v.Status].In(w.lang), w.state(p.State), decision, number}, err
}

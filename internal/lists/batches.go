package lists

import (
	"context"
	"strconv"

	"ocopflow/internal/batch"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

var fates = map[store.ItemStatus]ocop.Text{store.ItemIn: {Vi: "trong đợt", En: "in"}, store.ItemDecided: {Vi: "đã có kết quả", En: "decided"},
	store.ItemOut: {Vi: "để ra ngoài", En: "left out"}, store.ItemCarried: {Vi: "chuyển đợt", En: "carried over"}}

// BatchResults is the table of a batch's results: every product that it has or
// had, with what its session came to.
func (d *Desk) BatchResults(r Reader, v batch.Batch) Table {
	w := d.words(r.Lang)
	return Table{Name: "ket-qua-dot", Title: w.column("Kết quả đợt", "Batch results", 0).Title, Columns: []workbook.Column{
		w.column("TT", "No.", workbook.Number), w.column("Mã sản phẩm", "Product code", workbook.Text), w.column("Sản phẩm", "Product", workbook.Text), w.column("Chủ thể", "Producer", workbook.Text),
		w.column("Xã, phường", "Commune", workbook.Text), w.column("Bộ tiêu chí", "Criteria set", workbook.Number), w.column("Trong đợt", "In the batch", workbook.Text), w.column("Ngày đề nghị", "Requested on", workbook.Day),
		w.column("Ngày chấm", "Scored on", workbook.Day), w.column("Tổng điểm", "Sum", workbook.Number), w.column("Số phiếu", "Sheets", workbook.Number), w.column("Điểm trung bình", "Mean", workbook.Score),
		w.column("Sao theo điểm", "Stars by points", workbook.Number), w.column("Sao theo điểm sàn", "Stars by floors", workbook.Number), w.column("Hạng sao", "Stars", workbook.Number),
		w.column("Trạng thái sản phẩm", "Product's state", workbook.Text), w.column("Giấy chứng nhận", "Certificate", workbook.Text), w.column("Lý do", "Reason", workbook.Text), w.column("Phiên chấm", "Session", workbook.Text)},
		rows: func(_ context.Context, row func(cells ...any) error) error {
			for n, i := range v.Items {
				if err := row(w.judged(n+1, i)...); err != nil {
					return err
				}
			}
			return nil
		}}
}

func (w words) judged(n int, i batch.Item) []any {
	commune := ""
	if i.Commune != nil {
		commune = i.Commune.Name
	}
	cells := []any{n, i.Code, i.Name, i.Producer.Name, commune, i.Set, fates[i.Status].In(w.lang), i.RequestedOn, i.Held}
	if x := i.Result; x != nil {
		mean, _ := strconv.ParseFloat(x.Mean, 64) // two decimals, as package criteria writes them
		cells = append(cells, x.Sum, x.Members, mean, x.BandStars, x.FloorStars, x.Stars)
	} else {
		cells = append(cells, nil, nil, nil, nil, nil, nil)
	}
	return append(cells, w.state(i.State), i.Certificate, i.Reason, i.BatchItem.Session)
}

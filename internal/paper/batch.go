package paper

import (
	"fmt"
	"strconv"
	"strings"

	"ocopflow/internal/batch"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// BatchAgenda is the order in which a council goes through a batch.
type BatchAgenda struct {
	Head
	Title    string      `vi:"tên đợt" en:"title of the batch"`
	Council  string      `vi:"hội đồng" en:"council"`
	Days     string      `vi:"thời gian" en:"when"`
	Where    string      `vi:"địa điểm" en:"where"`
	Products int         `vi:"số sản phẩm" en:"number of products"`
	Lines    []BatchLine `vi:"từng mục, theo thứ tự" en:"lines, in their order"`
}

// BatchLine is one line of it.
type BatchLine struct {
	Number   int    `vi:"số thứ tự của sản phẩm; 0 khi là mục khác" en:"number of the product; 0 for another line"`
	Day      string `vi:"ngày" en:"day"`
	Hours    string `vi:"giờ" en:"hours"`
	Text     string `vi:"nội dung" en:"what is done"`
	Product  string `vi:"sản phẩm" en:"product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Commune  string `vi:"xã, phường" en:"commune"`
	Set      int    `vi:"bộ tiêu chí" en:"criteria set"`
}

// BatchResults is the table of a batch's results.
type BatchResults struct {
	Head
	Title    string        `vi:"tên đợt" en:"title of the batch"`
	Council  string        `vi:"hội đồng" en:"council"`
	Days     string        `vi:"thời gian" en:"when"`
	Products int           `vi:"số sản phẩm đưa vào đánh giá" en:"products taken in"`
	ByStars  []Count       `vi:"số sản phẩm theo hạng sao" en:"products by stars"`
	Rows     []BatchResult `vi:"sản phẩm có kết quả" en:"products with a result"`
	Open     []string      `vi:"sản phẩm chưa có kết quả" en:"products without one"`
	Out      []BatchOut    `vi:"sản phẩm để ra ngoài hoặc chuyển đợt" en:"products left out or carried over"`
}

// BatchResult is one product's.
type BatchResult struct {
	Number   int    `vi:"số thứ tự" en:"number in the list"`
	Code     string `vi:"mã sản phẩm" en:"code of the product"`
	Name     string `vi:"tên sản phẩm" en:"product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Commune  string `vi:"xã, phường" en:"commune"`
	Set      int    `vi:"bộ tiêu chí" en:"criteria set"`
	Sum      int    `vi:"tổng điểm các phiếu" en:"sum of all sheets"`
	Sheets   int    `vi:"số phiếu" en:"number of sheets"`
	Mean     string `vi:"điểm trung bình" en:"mean of the points"`
	Stars    int    `vi:"hạng sao" en:"stars"`
}

// BatchOut is a product that was not judged in the batch.
type BatchOut struct {
	Number   int    `vi:"số thứ tự" en:"number in the list"`
	Code     string `vi:"mã sản phẩm" en:"code of the product"`
	Name     string `vi:"tên sản phẩm" en:"product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Carried  bool   `vi:"chuyển sang đợt khác" en:"it was carried over"`
	Why      string `vi:"lý do" en:"reason"`
}

func batchHead(v batch.Batch, year int, lang ocop.Lang) Head {
	s := speaker(lang)
	return Head{Parent: v.Unit.Name, Issuer: s.t("Hội đồng đánh giá, phân hạng sản phẩm OCOP", "OCOP evaluation council"), Place: PlaceOf(v.Unit.Name), Year: year}
}

// batchDays are the first and the last day of its agenda.
func batchDays(v batch.Batch, lang ocop.Lang) string {
	if len(v.Agenda) == 0 {
		return ""
	}
	first, last := v.Agenda[0].Day, v.Agenda[0].Day
	for _, s := range v.Agenda {
		first, last = min(first, s.Day), max(last, s.Day)
	}
	if first == last {
		return first.In(lang)
	}
	return first.In(lang) + " – " + last.In(lang)
}

func judged(i batch.Item) bool { return i.Status == store.ItemIn || i.Status == store.ItemDecided }

func communeOf(i batch.Item) string {
	if i.Commune == nil {
		return ""
	}
	return i.Commune.Name
}

// AgendaOf is the data of a batch's agenda.
func AgendaOf(v batch.Batch, year int, lang ocop.Lang) BatchAgenda {
	out := BatchAgenda{Head: batchHead(v, year, lang), Title: v.Title, Council: v.Council.Name, Days: batchDays(v, lang), Where: v.Place}
	items, named := map[string]batch.Item{}, map[string]bool{}
	for _, i := range v.Items {
		items[i.Product] = i
	}
	add := func(s store.Slot) {
		line := BatchLine{Hours: strings.Trim(s.From+" – "+s.To, " –"), Text: s.Text}
		if s.Day > 0 {
			line.Day = s.Day.In(lang)
		}
		if i, ok := items[s.Product]; ok {
			out.Products++
			line.Number, line.Product, line.Producer, line.Commune, line.Set = out.Products, i.Name, i.Producer.Name, communeOf(i), i.Set
			named[s.Product] = true
		}
		out.Lines = append(out.Lines, line)
	}
	for _, s := range v.Agenda {
		add(s)
	}
	for _, i := range v.Items {
		if judged(i) && !named[i.Product] {
			add(store.Slot{Product: i.Product})
		}
	}
	return out
}

// ResultsOf is the data of a batch's table of results.
func ResultsOf(v batch.Batch, year int, lang ocop.Lang) BatchResults {
	s := speaker(lang)
	out := BatchResults{Head: batchHead(v, year, lang), Title: v.Title, Council: v.Council.Name, Days: batchDays(v, lang)}
	stars := map[int]int{}
	for _, i := range v.Items {
		switch {
		case !judged(i):
			out.Out = append(out.Out, BatchOut{len(out.Out) + 1, i.Code, i.Name, i.Producer.Name, i.Status == store.ItemCarried, i.Reason})
		case i.Result == nil:
			out.Products++
			out.Open = append(out.Open, i.Name)
		default:
			out.Products++
			r := i.Result
			stars[r.Stars]++
			out.Rows = append(out.Rows, BatchResult{len(out.Rows) + 1, i.Code, i.Name, i.Producer.Name, communeOf(i), i.Set, int(r.Sum), int(r.Members), decimals(r.Mean, lang), r.Stars})
		}
	}
	for n := 5; n >= 0; n-- {
		if stars[n] > 0 {
			out.ByStars = append(out.ByStars, Count{strconv.Itoa(n) + s.t(" sao", " stars"), stars[n]})
		}
	}
	return out
}

// decimals writes a mean with the comma of the language.
func decimals(mean string, lang ocop.Lang) string {
	if lang == ocop.Vi {
		return strings.Replace(mean, ".", ",", 1)
	}
	return mean
}

// InvitationOf is the data of the invitation to a batch: its council, each by
// the position held, is asked to come.
func InvitationOf(v batch.Batch, members []store.CouncilMember, year int, lang ocop.Lang) Invitation {
	s := speaker(lang)
	out := Invitation{Head: batchHead(v, year, lang), Occasion: s.t("họp hội đồng đánh giá, phân hạng sản phẩm OCOP, ", "the meeting of the OCOP evaluation council, ") + v.Title,
		Time: batchDays(v, lang), Where: v.Place}
	for _, m := range members {
		out.To = append(out.To, Titled(m, lang))
		if m.Position == store.Chair {
			out.Chair = Titled(m, lang)
		}
	}
	for _, l := range AgendaOf(v, year, lang).Lines {
		if l.Product != "" {
			out.Products = append(out.Products, PaperProduct{l.Number, l.Product, l.Producer, l.Commune})
		}
		if l.Day != "" && l.Product == "" {
			out.Agenda = append(out.Agenda, AgendaItem{Day: l.Day, Hours: l.Hours, Text: l.Text})
		}
	}
	return out
}

// Titled is a member's name with the position held.
func Titled(m store.CouncilMember, lang ocop.Lang) string {
	name := m.Display
	if name == "" {
		name = m.Name
	}
	return name + ", " + positions[m.Position].In(lang)
}

// MinutesOf is the data of a batch's minutes: what each product came to, and
// what became of those that were not judged. Who was absent shows in the
// minutes of each session.
func MinutesOf(v batch.Batch, members []store.CouncilMember, year int, lang ocop.Lang) MeetingMinutes {
	s, r := speaker(lang), ResultsOf(v, year, lang)
	out := MeetingMinutes{Head: r.Head, Title: s.t("Họp hội đồng đánh giá, phân hạng sản phẩm OCOP, ", "Meeting of the OCOP evaluation council, ") + v.Title, Opened: r.Days, Where: v.Place}
	for _, m := range members {
		out.Present = append(out.Present, Titled(m, lang))
		switch m.Position {
		case store.Chair:
			out.Chair = m.Display
		case store.Secretary:
			out.Secretary = m.Display
		}
	}
	out.Text = append(out.Text, fmt.Sprintf(s.t("Hội đồng xem xét %d sản phẩm; %d sản phẩm có kết quả.", "The council went through %d products; %d have a result."), r.Products, len(r.Rows)))
	for _, x := range r.Rows {
		out.Text = append(out.Text, fmt.Sprintf(s.t("%d. %s (%s): %d phiếu, điểm trung bình %s, %d sao.", "%d. %s (%s): %d sheets, mean %s, %d stars."), x.Number, x.Name, x.Producer, x.Sheets, x.Mean, x.Stars))
	}
	for _, x := range r.Out {
		what := s.t("để ra ngoài", "left out")
		if x.Carried {
			what = s.t("chuyển đợt", "carried over")
		}
		out.Text = append(out.Text, fmt.Sprintf("%s (%s): %s. %s", x.Name, x.Producer, what, x.Why))
	}
	for _, x := range r.ByStars {
		out.Conclusion = append(out.Conclusion, fmt.Sprintf(s.t("%s: %d sản phẩm.", "%s: %d products."), x.Name, x.Count))
	}
	if len(r.Open) > 0 {
		out.Conclusion = append(out.Conclusion, s.t("Chưa có kết quả: ", "Without a result: ")+strings.Join(r.Open, "; ")+".")
	}
	return out
}

func exampleBatchAgenda(lang ocop.Lang) any {
	t := speaker(lang)
	return BatchAgenda{Head: exampleHead(lang), Title: t.t("đợt 1 năm 2026", "batch 1 of 2026"), Council: t.t("Hội đồng tỉnh", "Provincial council"), Days: t.t("15/6/2026", "15 June 2026"),
		Where: t.t("Trụ sở", "Seat"), Products: 1, Lines: []BatchLine{{0, t.t("15/6/2026", "15 June 2026"), "08:00 – 08:15", t.t("Khai mạc", "Opening"), "", "", "", 0},
			{1, t.t("15/6/2026", "15 June 2026"), "08:15 – 08:30", "", "Nước mắm Phú Sáng", "HTX Phú Sáng", t.t("Xã Thiên Cầm", "Thiên Cầm commune"), 9}}}
}

func exampleBatchResults(lang ocop.Lang) any {
	t := speaker(lang)
	return BatchResults{Head: exampleHead(lang), Title: t.t("đợt 1 năm 2026", "batch 1 of 2026"), Council: t.t("Hội đồng tỉnh", "Provincial council"), Days: t.t("15/6/2026", "15 June 2026"), Products: 2,
		ByStars: []Count{{t.t("4 sao", "4 stars"), 1}}, Rows: []BatchResult{{1, "nuoc-mam-phu-sang", "Nước mắm Phú Sáng", "HTX Phú Sáng", t.t("Xã Thiên Cầm", "Thiên Cầm commune"), 9, 366, 5, decimals("73.20", lang), 4}},
		Open: []string{"Rượu sim Đạt Thơm"}, Out: []BatchOut{{1, "gao", "Gạo Xuyên Hương", "Công ty", false, t.t("Thiếu phiếu kiểm nghiệm", "No test sheet")}}}
}

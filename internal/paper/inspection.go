package paper

import (
	"fmt"
	"strings"

	"ocopflow/internal/fieldwork"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// speaker words a document in its language.
type speaker ocop.Lang

func (s speaker) t(vi, en string) string { return ocop.Text{Vi: vi, En: en}.In(ocop.Lang(s)) }

func (s speaker) day(d *ocop.Date) string {
	if d == nil {
		return ""
	}
	return d.In(ocop.Lang(s))
}

// translated says of an English summary that the Vietnamese text counts.
func translated(text string, lang ocop.Lang) string {
	if lang == ocop.En {
		return text + " (translation; the Vietnamese text is the original)"
	}
	return text
}

var remedyStates = map[store.RemedyState]ocop.Text{
	store.RemedyOpen: {Vi: "chưa khắc phục", En: "open"}, store.RemedyDone: {Vi: "đã báo xong", En: "reported as done"},
	store.RemedyConfirmed: {Vi: "đã khắc phục", En: "put right"}, store.RemedyDropped: {Vi: "không còn yêu cầu", En: "no longer asked for"},
}

// InspectionMinutes are those of a field inspection that was held (form 1.9 of Decree
// 30/2020, annex III): who was there, what was found, what has to be put right.
func InspectionMinutes(r fieldwork.Record, lang ocop.Lang) Document {
	s := speaker(lang)
	d := Document{
		Parent: r.Unit.In(lang), Issuer: s.t("Đoàn kiểm tra thực tế sản phẩm OCOP", "OCOP field inspection"), Symbol: "BB-ĐKT", Place: placeOf(r.Unit.Vi), Day: *r.HeldOn, Lang: lang,
		Kind: s.t("Biên bản", "Minutes"), Summary: translated(s.t("Kiểm tra thực tế sản phẩm ", "Field inspection of ")+r.Product.Name, lang),
		Signers: [2]Signer{{Title: s.t("Đại diện chủ thể", "For the producer")}, {Title: s.t("Trưởng đoàn kiểm tra", "Head of the inspection")}},
	}
	where := ""
	if r.Product.Commune != nil {
		where = ", " + r.Product.Commune.Name
	}
	d.Blocks = append(d.Blocks, para(fmt.Sprintf(s.t("Ngày %s đã tiến hành kiểm tra thực tế sản phẩm %s của %s%s.", "On %s the product %s of %s%s was inspected in the field."),
		r.HeldOn.In(lang), r.Product.Name, r.Product.Producer.Name, where)))
	if r.ProvincialCouncil {
		d.Blocks = append(d.Blocks, para(s.t("Hội đồng đánh giá, phân hạng sản phẩm OCOP tỉnh được mời cùng kiểm tra.", "The provincial OCOP council was invited.")))
	}
	d.Blocks = append(d.Blocks, heading(s.t("I. Thành phần", "I. Participants")))
	for n, name := range r.Participants {
		d.Blocks = append(d.Blocks, para(fmt.Sprintf("%d. %s", n+1, name)))
	}
	if len(r.Participants) == 0 {
		d.Blocks = append(d.Blocks, para("……"))
	}
	d.Blocks = append(d.Blocks, heading(s.t("II. Nội dung kiểm tra", "II. Findings")))
	if len(r.Findings) == 0 {
		d.Blocks = append(d.Blocks, para(s.t("Không có nội dung nào được ghi.", "Nothing was entered.")))
	} else {
		d.Blocks = append(d.Blocks, found(r.Findings, s))
	}
	return d
}

func found(list []fieldwork.Recorded, s speaker) Block {
	t := &Table{Widths: []float64{0.08, 0.22, 0.25, 0.16, 0.15, 0.14}, Head: []string{s.t("TT", "No."), s.t("Lĩnh vực, nhận xét", "Topic"), s.t("Việc phải khắc phục", "Remedy"),
		s.t("Bên khắc phục", "Who sees to it"), s.t("Thời hạn", "By"), s.t("Tình trạng", "State")}}
	for n, f := range list {
		t.Rows = append(t.Rows, []string{fmt.Sprint(n + 1), f.Topic, f.Remedy, f.OwnerName.In(ocop.Lang(s)), s.day(f.By), remedyStates[f.State].In(ocop.Lang(s))})
	}
	return Block{Table: t}
}

// TripInvitation invites to a trip: those who are asked, what to, when and where.
func TripInvitation(t fieldwork.Trip, today ocop.Date, lang ocop.Lang) Document {
	s := speaker(lang)
	d := Document{Parent: t.Unit.Name, Issuer: s.t("Văn phòng Điều phối nông thôn mới", "Coordination office for new rural development"), Symbol: "GM-VPĐP", Place: placeOf(t.Unit.Name), Day: today,
		Lang: lang, Kind: s.t("Giấy mời", "Invitation"), Summary: translated(t.Title, lang), Signers: [2]Signer{{}, {Title: s.t("Chánh Văn phòng", "Head of the office")}}}
	var names []string
	for _, g := range t.Guests {
		if g.Answer != store.Withdrawn {
			names = append(names, strings.Trim(g.Unit.Name+", "+g.Name, ", "))
		}
	}
	d.Blocks = append(d.Blocks, heading(s.t("Kính gửi:", "To:")))
	for _, name := range names {
		d.Blocks = append(d.Blocks, para("- "+name+";"))
	}
	when := t.FirstDay.In(lang)
	if t.LastDay != t.FirstDay {
		when += " – " + t.LastDay.In(lang)
	}
	d.Blocks = append(d.Blocks, para(s.t("Trân trọng kính mời dự kiểm tra thực tế các cơ sở có sản phẩm OCOP. Thời gian: ", "You are invited to a field inspection of OCOP producers. Time: ")+when+"."),
		heading(s.t("Các sản phẩm", "Products")))
	for _, x := range t.Products {
		if x.Inspection.CancelledOn == nil {
			d.Blocks = append(d.Blocks, para("- "+x.Product.Name+", "+x.Producer.Name+";"))
		}
	}
	if len(t.Agenda) > 0 {
		d.Blocks = append(d.Blocks, heading(s.t("Chương trình làm việc", "Agenda")), programme(t, s))
	}
	return d
}

func programme(trip fieldwork.Trip, s speaker) Block {
	t := &Table{Widths: []float64{0.16, 0.16, 0.26, 0.42}, Head: []string{s.t("Ngày", "Day"), s.t("Giờ", "Hours"), s.t("Địa điểm", "Place"), s.t("Nội dung", "What")}}
	names := map[string]string{}
	for _, x := range trip.Products {
		names[x.Product.ID] = x.Product.Name
	}
	for _, a := range trip.Agenda {
		hours := strings.Trim(a.From+" – "+a.To, " –")
		t.Rows = append(t.Rows, []string{a.Day.In(ocop.Lang(s)), hours, a.Place, strings.Trim(a.Text+" "+names[a.Product], " ")})
	}
	return Block{Table: t}
}

package paper

import (
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

// InspectionOf is the data of the record of a field inspection that was held: who was
// there, what was found, what has to be put right.
func InspectionOf(r fieldwork.Record, lang ocop.Lang) InspectionRecord {
	s := speaker(lang)
	out := InspectionRecord{
		Head:   Head{Parent: r.Unit.In(lang), Issuer: s.t("Đoàn kiểm tra thực tế sản phẩm OCOP", "OCOP field inspection"), Place: PlaceOf(r.Unit.Vi), Day: r.HeldOn.String(), Year: r.HeldOn.Year()},
		HeldOn: r.HeldOn.In(lang), Product: r.Product.Name, Code: r.Product.Code, Producer: r.Product.Producer.Name, Provincial: r.ProvincialCouncil, Participants: r.Participants,
	}
	if r.Product.Commune != nil {
		out.Commune = r.Product.Commune.Name
	}
	for n, f := range r.Findings {
		out.Findings = append(out.Findings, PaperRemedy{Number: n + 1, Topic: f.Topic, Remedy: f.Remedy, Owner: f.OwnerName.In(lang), By: s.day(f.By), State: remedyStates[f.State].In(lang)})
	}
	return out
}

// InvitationTo is the data of the invitation to a trip: those who are asked, what
// to, when and where. Its day is left to the hand; who issues it is the caller's to say.
func InvitationTo(t fieldwork.Trip, year int, lang ocop.Lang) Invitation {
	s := speaker(lang)
	out := Invitation{Head: Head{Issuer: t.Unit.Name, Place: PlaceOf(t.Unit.Name), Year: year},
		Occasion: s.t("kiểm tra thực tế các cơ sở có sản phẩm OCOP: ", "the field inspection of OCOP producers: ") + t.Title, Time: t.FirstDay.In(lang)}
	if t.LastDay != t.FirstDay {
		out.Time += " – " + t.LastDay.In(lang)
	}
	for _, g := range t.Guests {
		if g.Answer != store.Withdrawn {
			out.To = append(out.To, strings.Trim(g.Unit.Name+", "+g.Name, ", "))
		}
	}
	names := map[string]string{}
	for _, x := range t.Products {
		names[x.Product.ID] = x.Product.Name
		if x.Inspection.CancelledOn != nil {
			continue
		}
		p := PaperProduct{Number: len(out.Products) + 1, Name: x.Product.Name, Producer: x.Producer.Name}
		if x.Commune != nil {
			p.Place = x.Commune.Name
		}
		out.Products = append(out.Products, p)
	}
	for _, a := range t.Agenda {
		out.Agenda = append(out.Agenda, AgendaItem{Day: a.Day.In(lang), Hours: strings.Trim(a.From+" – "+a.To, " –"), Place: a.Place, Text: strings.Trim(a.Text+" "+names[a.Product], " ")})
	}
	return out
}

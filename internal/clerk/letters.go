package clerk

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// Letter asks for an invitation to an inspection, a training or a session.
type Letter struct {
	Heading
	To       []string
	Occasion string
	Chair    string
	Time     string
	Where    string
	Text     []string
	Contact  string
	Products []string // ids or codes
}

// Invitation draws up an invitation.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong (Invalid).
func (d *Desk) Invitation(ctx context.Context, a access.Actor, l Letter, lang ocop.Lang) (paper.Document, error) {
	u, err := d.unit(ctx, a, l.Unit, makers["invitation"])
	if err != nil {
		return paper.Document{}, err
	}
	head, err := d.head(u, l.Heading, d.year(), lang)
	if err != nil {
		return paper.Document{}, err
	}
	bad := wrong()
	list(bad, "body.to", l.To)
	list(bad, "body.text", l.Text)
	for place, text := range map[string]string{"body.occasion": l.Occasion, "body.chair": l.Chair, "body.time": l.Time, "body.where": l.Where, "body.contact": l.Contact} {
		line(bad, place, text)
	}
	if len(filled([]string{l.Occasion})) == 0 {
		bad.At("body.occasion", "Phải ghi mời dự việc gì.", "Say what it is an invitation to.")
	}
	products, err := d.spokenOf(ctx, a, l.Products, bad)
	if err != nil {
		return paper.Document{}, err
	}
	if len(bad.Fields) > 0 {
		return paper.Document{}, bad
	}
	return d.Write(ctx, u.Path, "invitation", lang, paper.Invitation{Head: head, To: filled(l.To), Occasion: l.Occasion, Chair: l.Chair, Time: l.Time,
		Where: l.Where, Text: filled(l.Text), Contact: l.Contact, Products: products})
}

// spokenOf are the products that a paper speaks of.
func (d *Desk) spokenOf(ctx context.Context, a access.Actor, keys []string, bad *fault.Error) ([]paper.PaperProduct, error) {
	ids, err := d.named(ctx, a, "body.products", keys, bad)
	if err != nil {
		return nil, err
	}
	var out []paper.PaperProduct
	for _, id := range ids {
		p, err := store.Product(ctx, d.DB, id)
		if err != nil {
			return nil, err
		}
		x := paper.PaperProduct{Number: len(out) + 1, Name: p.Name, Producer: p.Producer.Name}
		if p.Commune != nil {
			x.Place = p.Commune.Name
		}
		out = append(out, x)
	}
	return out, nil
}

// Meeting asks for the minutes of one.
type Meeting struct {
	Heading
	Title      string
	Opened     string
	Where      string
	Present    []string
	Absent     []string
	Chair      string
	Secretary  string
	Text       []string
	Conclusion []string
	Closed     string
}

// Minutes draws up the minutes of a meeting; those of a scoring come from its session.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong (Invalid).
func (d *Desk) Minutes(ctx context.Context, a access.Actor, m Meeting, lang ocop.Lang) (paper.Document, error) {
	u, err := d.unit(ctx, a, m.Unit, makers["minutes"])
	if err != nil {
		return paper.Document{}, err
	}
	head, err := d.head(u, m.Heading, d.year(), lang)
	if err != nil {
		return paper.Document{}, err
	}
	bad := wrong()
	for place, texts := range map[string][]string{"body.present": m.Present, "body.absent": m.Absent, "body.text": m.Text, "body.conclusion": m.Conclusion} {
		list(bad, place, texts)
	}
	for place, text := range map[string]string{"body.title": m.Title, "body.opened": m.Opened, "body.where": m.Where, "body.chair": m.Chair, "body.secretary": m.Secretary, "body.closed": m.Closed} {
		line(bad, place, text)
	}
	if len(filled([]string{m.Title})) == 0 {
		bad.At("body.title", "Phải ghi họp về việc gì.", "Say what the meeting was about.")
	}
	if len(bad.Fields) > 0 {
		return paper.Document{}, bad
	}
	return d.Write(ctx, u.Path, "minutes", lang, paper.MeetingMinutes{Head: head, Title: m.Title, Opened: m.Opened, Where: m.Where, Present: filled(m.Present),
		Absent: filled(m.Absent), Chair: m.Chair, Secretary: m.Secretary, Text: filled(m.Text), Conclusion: filled(m.Conclusion), Closed: m.Closed})
}

// Visiting draws up the invitation to a trip, in the name of the authority that
// planned it.
func (d *Desk) Visiting(ctx context.Context, t fieldwork.Trip, lang ocop.Lang) (paper.Document, error) {
	u, err := store.Unit(ctx, d.DB, t.Unit.ID)
	if err != nil {
		return paper.Document{}, err
	}
	data := paper.InvitationTo(t, d.year(), lang)
	if u != nil {
		data.Issuer, data.Place = Issuer(u, lang), paper.PlaceOf(u.Name.Vi)
	}
	return d.Write(ctx, t.Path, "invitation", lang, data)
}

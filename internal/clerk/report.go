package clerk

import (
	"context"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
)

// Account asks for the report on a campaign.
type Account struct {
	Heading
	Campaign     string // id or code
	Period       string
	Difficulties []string
	Proposals    []string
}

// Report draws up the report to the level above: the figures of this day, of the products
// that the actor sees, and how far the campaign's targets are.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong (Invalid).
func (d *Desk) Report(ctx context.Context, a access.Actor, r Account, lang ocop.Lang) (paper.Document, error) {
	data, u, err := d.ReportOf(ctx, a, r, lang)
	if err != nil {
		return paper.Document{}, err
	}
	return d.Write(ctx, u.Path, "report", lang, data)
}

// ReportOf is the data of a campaign's report, and the unit that issues it.
func (d *Desk) ReportOf(ctx context.Context, a access.Actor, r Account, lang ocop.Lang) (paper.Report, *ocop.Unit, error) {
	c, u, err := d.campaign(ctx, a, r.Campaign, "report")
	if err != nil {
		return paper.Report{}, nil, err
	}
	head, err := d.head(u, r.Heading, d.year(), lang)
	if err != nil {
		return paper.Report{}, nil, err
	}
	bad := wrong()
	line(bad, "body.period", r.Period)
	list(bad, "body.difficulties", r.Difficulties)
	list(bad, "body.proposals", r.Proposals)
	if len(bad.Fields) > 0 {
		return paper.Report{}, nil, bad
	}
	out := paper.Report{Head: head, Title: c.Title.In(lang), Period: r.Period, Difficulties: filled(r.Difficulties), Proposals: filled(r.Proposals)}
	n := &names{d: d, lang: lang, known: map[string]string{}}
	out.Deadlines = n.deadlines(ctx, c)
	if n.err != nil {
		return out, nil, n.err
	}
	progress, err := d.Campaigns.Progress(ctx, c)
	if err != nil {
		return out, nil, err
	}
	for _, t := range progress {
		out.Targets = append(out.Targets, paper.ReportTarget{Title: t.Title.In(lang), More: t.More, New: int(t.New), Held: int(t.Held)})
	}
	return out, u, d.figures(ctx, a, &out, lang)
}

// figures are those of the products in view.
func (d *Desk) figures(ctx context.Context, a access.Actor, out *paper.Report, lang ocop.Lang) error {
	r, err := d.Cases.Report(ctx, a)
	if err != nil {
		return err
	}
	out.On, out.Overdue = r.On.In(lang), int(r.Overdue)
	rules, err := d.Library.InForce("ocop", r.On)
	if err != nil {
		return err
	}
	for _, name := range rules.States.Keys() {
		state, _ := rules.States.Get(name)
		if n := r.States[ocop.State(name)]; n > 0 {
			out.States = append(out.States, paper.Count{Name: state.Title.In(lang), Count: int(n)})
			out.Products += int(n)
		}
	}
	for _, y := range r.Years {
		out.Years = append(out.Years, paper.YearStars{Year: y.Year, Three: int(y.Stars[3]), Four: int(y.Stars[4]), Five: int(y.Stars[5])})
	}
	for _, m := range r.Ending {
		year, month, _ := strings.Cut(m.Month, "-")
		out.Ending = append(out.Ending, paper.Count{Name: month + "/" + year, Count: int(m.Count)})
	}
	return nil
}

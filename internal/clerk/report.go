package clerk

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
)

// Account asks for the report on a campaign.
type Account struct {
	Heading
	Campaign     string // id or code
	Period       string // 2024-04, 2024-Q2, 2024, or words
	Difficulties []string
	Proposals    []string
}

// Report draws up the report to the level above on a month, a quarter or a year of a
// campaign: what happened, where its products stand, what is late, and how far its
// targets are. Words that name no period stand for the year so far.
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
	period, err := d.period(c, r.Period)
	if err != nil {
		return out, nil, err
	}
	if r.Period != "" && period.Name.Vi != "" {
		out.Period = period.Name.In(lang)
	}
	report, err := d.Campaigns.Report(ctx, a, c.ID, period)
	if err != nil {
		return out, nil, err
	}
	if err := d.progress(&out, report, lang); err != nil {
		return out, nil, err
	}
	return out, u, d.figures(ctx, a, &out, lang)
}

// period is the one that is named; words that name none stand for the year so far.
func (d *Desk) period(c campaign.Campaign, text string) (campaign.Period, error) {
	if p, err := campaign.ParsePeriod(text); err == nil {
		return p, nil
	}
	p, err := campaign.ParsePeriod(strconv.Itoa(c.Year))
	p.Name = ocop.Text{}
	return p, err
}

// progress fills in what the campaign's report says.
func (d *Desk) progress(out *paper.Report, r campaign.Report, lang ocop.Lang) error {
	rules, err := d.Library.InForce(casework.ProcedureName, r.On)
	if err != nil {
		return err
	}
	title := func(s ocop.State) string {
		state, _ := rules.States.Get(string(s))
		return cmp.Or(state.Title.In(lang), string(s))
	}
	out.On, out.Products, out.Overdue = r.On.In(lang), r.Products, len(r.Overdue)
	for _, x := range r.States {
		if x.Now > 0 {
			out.States = append(out.States, paper.Count{Name: title(x.State), Count: x.Now})
		}
		out.Steps = append(out.Steps, paper.ReportStep{Name: title(x.State), Now: x.Now, Came: x.Came, Left: x.Left, Median: days(x.Median, x.Left, lang)})
	}
	for _, t := range r.Targets {
		out.Targets = append(out.Targets, paper.ReportTarget{Title: t.Title.In(lang), More: t.More, New: int(t.New), Held: int(t.Held), Net: int(t.Net), Short: int(t.Missing)})
	}
	for _, x := range r.Certified {
		out.Certified = append(out.Certified, paper.ReportStars{Product: x.Product.Name, Number: x.Number, Stars: x.Stars, Day: x.IssuedOn.In(lang)})
	}
	for _, x := range r.Overdue {
		out.Late = append(out.Late, paper.ReportLate{Product: x.Name, Producer: x.Producer.Name, Step: title(x.State), Codes: strings.Join(past(x), ", ")})
	}
	for _, x := range r.Undone {
		out.Undone = append(out.Undone, paper.ReportDuty{Organisation: x.Organisation.Name, Text: x.Title.In(lang), Day: x.LastDay.In(lang)})
	}
	for _, x := range r.Bottlenecks {
		out.Waits = append(out.Waits, paper.ReportWait{Name: title(x.State), Waiting: x.Waiting, Median: days(x.Median, 1, lang), Longest: days(x.Longest, 1, lang), Usual: days(x.Usual, int(x.Usual*10), lang), Product: x.Product.Name})
	}
	return nil
}

// days are a number of days as people read them; a dash where there are none.
func days(n float64, of int, lang ocop.Lang) string {
	if of == 0 {
		return "–"
	}
	return lang.Tenths(n)
}

// past are the codes of the deadlines that a product let pass.
func past(x campaign.Row) (out []string) {
	for _, c := range x.Cells {
		if c.Status == campaign.Overdue {
			out = append(out, c.Deadline)
		}
	}
	return out
}

// figures are those of all products in view.
func (d *Desk) figures(ctx context.Context, a access.Actor, out *paper.Report, lang ocop.Lang) error {
	r, err := d.Cases.Report(ctx, a)
	if err != nil {
		return err
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

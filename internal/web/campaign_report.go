package web

import (
	"fmt"
	"strconv"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/chart"
	"ocopflow/internal/ocop"
)

type progressBody struct {
	campaign.Report
	Asked string
	Waits []bar
}

// Periods that can be asked for: the year reported on, its quarters and months.
func (b progressBody) Periods() []string { return periodsOf(b.Period.From.Year()) }

// PeriodName is the words for a period.
func (p *page) PeriodName(text string) string {
	period, err := campaign.ParsePeriod(text)
	if err != nil {
		return text
	}
	return period.Name.In(p.L())
}

func periodsOf(year int) []string {
	out := []string{strconv.Itoa(year)}
	for q := range 4 {
		out = append(out, fmt.Sprintf("%d-Q%d", year, q+1))
	}
	for m := range 12 {
		out = append(out, fmt.Sprintf("%d-%02d", year, m+1))
	}
	return out
}

func (s *Site) campaignReport(p *page) error {
	c, err := s.Campaigns.Get(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	asked := p.c.Query("period")
	if asked == "" {
		asked = strconv.Itoa(c.Year)
	}
	period, err := campaign.ParsePeriod(asked)
	if err != nil {
		return err
	}
	r, err := s.Campaigns.Report(p.ctx, p.session.Actor, c.ID, period)
	if err != nil {
		return err
	}
	b := progressBody{Report: r, Asked: asked}
	most := 0.0
	for _, x := range r.Bottlenecks {
		most = max(most, x.Longest)
	}
	for _, x := range r.Bottlenecks {
		b.Waits = append(b.Waits, bar{p.State(x.State), "/products?campaign=" + c.Code + "&state=" + string(x.State), "", chart.Bar(x.Median, most)})
	}
	return p.show("campaign-report", c.Title.In(p.L()), b)
}

// Reports reports whether the reader follows campaigns somewhere.
func (p *page) Reports() bool {
	return p.holds([]ocop.Role{access.Office, access.Leader, access.Secretary, access.Auditor, access.Admin})
}

// Days are a number of days as people read them.
func (p *page) Days(n float64) string { return p.L().Tenths(n) }

package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/chart"
	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
)

type reportBody struct {
	casework.Report
	Funnel []bar
	Stays  []stayRow
	States []choice // columns of the table by commune
	Places []placeRow
	Years  template.HTML
	Ending []bar
	Total  int64
}

// bar is a row of a table with its figure drawn.
type bar struct {
	Title, Link, Text string
	Bar               template.HTML
}

type stayRow struct {
	bar
	Most  string
	Count int
}

type placeRow struct {
	Title string
	Days  []string // one of each state
}

func (s *Site) reports(p *page) error {
	r, err := s.Desk.Report(p.ctx, p.session.Actor)
	if err != nil {
		return err
	}
	b := reportBody{Report: r}
	for _, n := range r.States {
		b.Total += n
	}
	b.Funnel = p.funnel(r.States, false)
	p.fillStays(&b)
	b.Years = p.years(r.Years)
	var top int64
	for _, m := range r.Ending {
		top = max(top, m.Count)
	}
	for _, m := range r.Ending {
		year, month, _ := strings.Cut(m.Month, "-")
		b.Ending = append(b.Ending, bar{Title: month + "/" + year, Link: "/certificates?month=" + m.Month, Text: p.Count(m.Count), Bar: chart.Bar(float64(m.Count), float64(top))})
	}
	return p.show("reports", p.T("reports"), b)
}

// funnel draws products by state, in the order of the procedure; without the
// states that hold none, if some only.
func (p *page) funnel(states map[ocop.State]int64, some bool) (out []bar) {
	var most int64
	for _, n := range states {
		most = max(most, n)
	}
	for _, name := range p.newest().States.Keys() {
		if n := states[ocop.State(name)]; n > 0 || !some {
			out = append(out, bar{p.State(ocop.State(name)), "/products?state=" + name, p.Count(n), chart.Bar(float64(n), float64(most))})
		}
	}
	return out
}

// goals draws how far targets are.
func goals(list []campaign.Progress) (out []goal) {
	for _, x := range list {
		out = append(out, goal{x, reached(x)})
	}
	return out
}

// fillStays lays out the time in each state, over all and by commune.
func (p *page) fillStays(b *reportBody) {
	longest := 0.0
	for _, s := range b.Report.Stays {
		longest = math.Max(longest, s.Median)
	}
	for _, name := range p.newest().States.Keys() {
		i := slices.IndexFunc(b.Report.Stays, func(s casework.Stay) bool { return string(s.State) == name })
		if i < 0 {
			continue
		}
		s := b.Report.Stays[i]
		b.States = append(b.States, choice{Value: name, Title: p.State(s.State)})
		b.Stays = append(b.Stays, stayRow{bar{Title: p.State(s.State), Text: p.Days(s.Median), Bar: chart.Bar(s.Median, longest)}, p.Days(s.Most), s.Count})
	}
	for _, c := range b.Communes {
		row := placeRow{Title: c.Commune}
		if row.Title == "" {
			row.Title = p.T("unknown")
		}
		for _, state := range b.States {
			text := "–"
			if i := slices.IndexFunc(c.Stays, func(s casework.Stay) bool { return string(s.State) == state.Value }); i >= 0 {
				text = p.Days(c.Stays[i].Median)
			}
			row.Days = append(row.Days, text)
		}
		b.Places = append(b.Places, row)
	}
}

// years draws the certificates issued in each year by stars.
func (p *page) years(list []casework.YearOfStars) template.HTML {
	var columns []chart.Column
	for _, y := range list {
		columns = append(columns, chart.Column{Label: strconv.Itoa(y.Year), Values: []float64{float64(y.Stars[3]), float64(y.Stars[4]), float64(y.Stars[5])}})
	}
	return chart.Columns(p.T("stars_by_year"), []string{"3 ★", "4 ★", "5 ★"}, columns)
}

// plan is a campaign's deadlines and targets as pictures.
type plan struct {
	Timeline template.HTML
	Months   []month
	Targets  []goal
}

// goal is a target with both readings of how far it is; the bar is drawn by the
// one that decides.
type goal struct {
	campaign.Progress
	Bar template.HTML
}

// reached draws how much of a target is not missing.
func reached(x campaign.Progress) template.HTML {
	return chart.Bar(float64(max(0, int64(x.More)-x.Missing)), float64(x.More))
}

// month is a leaf of the calendar.
type month struct {
	Title string
	Weeks [][7]leaf // from Monday
}

type leaf struct {
	Day   int // 0 outside of the month
	Today bool
	Codes []string // of deadlines that end on it
}

func (s *Site) plan(p *page, c campaign.Campaign) (plan, error) {
	var out plan
	progress, err := s.Campaigns.Progress(p.ctx, c)
	if err != nil {
		return out, err
	}
	out.Targets = goals(progress)
	first, today := ocop.Date(0), s.Desk.Today()
	if d, err := ocop.ParseDate(fmt.Sprintf("%d-01-01", c.Year)); err == nil {
		first = d
	}
	span := float64(first.AddMonths(12) - first)
	at := func(d ocop.Date) float64 { return float64(d-first) / span }
	var marks, points []chart.Point
	for m := range 12 {
		marks = append(marks, chart.Point{At: at(first.AddMonths(m)), Label: strconv.Itoa(m + 1)})
	}
	byDay := map[ocop.Date][]string{}
	for _, d := range c.Deadlines {
		byDay[d.LastDay] = append(byDay[d.LastDay], d.Code)
		class := "ahead"
		if d.LastDay < today {
			class = "behind"
		}
		points = append(points, chart.Point{At: at(d.LastDay), Label: d.Code + " · " + d.LastDay.In(p.L()), Class: class})
	}
	out.Timeline = chart.Timeline(p.T("timeline"), p.T("start"), at(today), marks, points)
	out.Months = p.months(byDay, today)
	return out, nil
}

// months are the leaves on which something ends.
func (p *page) months(byDay map[ocop.Date][]string, today ocop.Date) []month {
	var firsts []ocop.Date
	for d := range byDay {
		first, _ := ocop.ParseDate(d.String()[:8] + "01") // of a day that is one
		if !slices.Contains(firsts, first) {
			firsts = append(firsts, first)
		}
	}
	slices.Sort(firsts)
	var out []month
	for _, first := range firsts {
		m := month{Title: first.String()[5:7] + "/" + first.String()[:4]}
		var week [7]leaf
		for d := first; d < first.AddMonths(1); d++ {
			i := (int(d.Weekday()) + 6) % 7
			week[i] = leaf{int(d-first) + 1, d == today, byDay[d]}
			if i == 6 || d+1 == first.AddMonths(1) {
				m.Weeks, week = append(m.Weeks, week), [7]leaf{}
			}
		}
		out = append(out, m)
	}
	return out
}

// WeekDays heads a calendar, from Monday.
func (p *page) WeekDays() []string { return strings.Fields(p.T("week_days")) }

// parts is a result by part of the score sheet.
type parts struct {
	Picture template.HTML
	Names   []string // of the parts, with what they are worth
	Rows    []partRow
}

type partRow struct {
	Name   string
	Points []string
}

// byPart draws the opened sheets of a session's last turn by part: the mean
// first, then each member.
func (p *page) byPart(v council.View, set *criteria.Set) *parts {
	if set == nil || len(v.Sheets) == 0 {
		return nil
	}
	out := &parts{}
	var axes []string
	for _, part := range set.Parts {
		axes = append(axes, part.Part)
		out.Names = append(out.Names, fmt.Sprintf("%s. %s (%d)", part.Part, part.Name.In(p.L()), part.Max))
	}
	mean, members := make([]float64, len(axes)), 0
	shapes := []chart.Shape{{Name: p.T("mean"), Values: make([]float64, len(axes))}}
	for _, sheet := range v.Sheets {
		if sheet.Turn != v.Turn {
			continue
		}
		members++
		shape, row := chart.Shape{Name: sheet.Display}, partRow{Name: sheet.Display}
		for i, points := range set.Points(sheet.Sheet) {
			mean[i] += float64(points)
			shape.Values = append(shape.Values, float64(points)/float64(set.Parts[i].Max))
			row.Points = append(row.Points, strconv.Itoa(points))
		}
		shapes, out.Rows = append(shapes, shape), append(out.Rows, row)
	}
	row := partRow{Name: p.T("mean")}
	for i := range mean {
		m := mean[i] / float64(max(1, members))
		shapes[0].Values[i] = m / float64(set.Parts[i].Max)
		row.Points = append(row.Points, p.Days(m))
	}
	out.Rows = append([]partRow{row}, out.Rows...)
	out.Picture = chart.Radar(p.T("by_part"), axes, shapes)
	return out
}

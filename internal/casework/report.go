package casework

import (
	"cmp"
	"context"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// maxSteps bounds how many of the newest moves the times in each state are
// taken from, so that a page costs the same however long the history.
const maxSteps = 20_000

// monthsAhead is how far the report looks for certificates that end.
const monthsAhead = 36

// Report is where the products in an actor's view stand.
type Report struct {
	On       ocop.Date            `json:"on"`
	States   map[ocop.State]int64 `json:"states"`  // products in each
	Overdue  int64                `json:"overdue"` // products past their deadline
	Stays    []Stay               `json:"stays"`   // time in each state
	Communes []CommuneStay        `json:"communes"`
	Years    []YearOfStars        `json:"years"`
	Ending   []MonthOfEnds        `json:"ending"` // certificates that end, by month
	Steps    int                  `json:"steps"`  // moves that the times are taken from
}

// Stay is how long products stayed in a state before they went on.
type Stay struct {
	State  ocop.State `json:"state"`
	Median float64    `json:"median_days"`
	Most   float64    `json:"p90_days"` // nine in ten took no longer
	Count  int        `json:"count"`
}

// CommuneStay is Stay for the products of one commune.
type CommuneStay struct {
	Commune string `json:"commune"`
	Stays   []Stay `json:"stays"`
}

// YearOfStars counts certificates issued in a year, by stars.
type YearOfStars struct {
	Year  int           `json:"year"`
	Stars map[int]int64 `json:"stars"`
}

// MonthOfEnds counts certificates whose last day lies in a month.
type MonthOfEnds struct {
	Month string `json:"month"` // YYYY-MM
	Count int64  `json:"count"`
}

// Report counts the products in the actor's view.
func (d *Desk) Report(ctx context.Context, a access.Actor) (Report, error) {
	view, today := a.Products(), d.Today()
	r := Report{On: today}
	var err error
	if r.States, err = store.CountByState(ctx, d.DB, store.Filter{View: view}); err != nil {
		return r, err
	}
	if r.Overdue, err = d.overdue(ctx, view); err != nil {
		return r, err
	}
	if err := d.stays(ctx, view, &r); err != nil {
		return r, err
	}
	issued, err := store.Issued(ctx, d.DB, view)
	if err != nil {
		return r, err
	}
	r.Years = byYear(issued)
	ending, err := store.Ending(ctx, d.DB, view, today, today.AddMonths(monthsAhead))
	if err != nil {
		return r, err
	}
	r.Ending = byMonth(ending)
	return r, nil
}

// Brief is a Report of a few figures.
type Brief struct {
	States  map[ocop.State]int64
	Overdue int64
	Soon    int64 // certificates in force that end within 90 days
}

// soonEnds is how far ahead a certificate's end is near, in days.
const soonEnds = 90

// Brief counts the products in the actor's view.
func (d *Desk) Brief(ctx context.Context, a access.Actor) (b Brief, err error) {
	view, today := a.Products(), d.Today()
	if b.States, err = store.CountByState(ctx, d.DB, store.Filter{View: view}); err != nil {
		return b, err
	}
	if b.Overdue, err = d.overdue(ctx, view); err != nil {
		return b, err
	}
	ending, err := store.Ending(ctx, d.DB, view, today, today+soonEnds)
	for _, t := range ending {
		b.Soon += t.Count
	}
	return b, err
}

// overdue counts the products in view that are past their deadline.
func (d *Desk) overdue(ctx context.Context, view access.View) (n int64, err error) {
	today := d.Today()
	late, err := store.CountByState(ctx, d.DB, store.Filter{View: view, Overdue: &today})
	for _, count := range late {
		n += count
	}
	return n, err
}

// stays sums up the stays that are over.
func (d *Desk) stays(ctx context.Context, view access.View, r *Report) error {
	list, moves, err := d.Stays(ctx, view)
	if err != nil {
		return err
	}
	r.Steps = moves
	all, per := map[ocop.State][]float64{}, map[string]map[ocop.State][]float64{}
	for _, s := range list {
		if s.Next == "" {
			continue
		}
		all[s.State] = append(all[s.State], s.Days)
		if per[s.Commune] == nil {
			per[s.Commune] = map[ocop.State][]float64{}
		}
		per[s.Commune][s.State] = append(per[s.Commune][s.State], s.Days)
	}
	r.Stays = staysOf(all)
	for name, states := range per {
		r.Communes = append(r.Communes, CommuneStay{name, staysOf(states)})
	}
	slices.SortFunc(r.Communes, func(a, b CommuneStay) int { return cmp.Compare(ocop.Fold(a.Commune), ocop.Fold(b.Commune)) })
	return nil
}

func staysOf(states map[ocop.State][]float64) []Stay {
	out := []Stay{}
	for state, days := range states {
		slices.Sort(days)
		out = append(out, Stay{state, Quantile(days, 0.5), Quantile(days, 0.9), len(days)})
	}
	slices.SortFunc(out, func(a, b Stay) int { return cmp.Compare(a.State, b.State) })
	return out
}

// Quantile of a sorted list that is not empty, between its neighbours where it falls between.
func Quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (sorted[i+1]-sorted[i])*(at-float64(i))
}

func byYear(list []store.Tally) []YearOfStars {
	out := []YearOfStars{}
	for _, t := range list { // by day
		if n := len(out); n == 0 || out[n-1].Year != t.Day.Year() {
			out = append(out, YearOfStars{t.Day.Year(), map[int]int64{}})
		}
		out[len(out)-1].Stars[t.Stars] += t.Count
	}
	return out
}

func byMonth(list []store.Tally) []MonthOfEnds {
	out := []MonthOfEnds{}
	for _, t := range list { // by day
		month := t.Day.String()[:7]
		if n := len(out); n == 0 || out[n-1].Month != month {
			out = append(out, MonthOfEnds{Month: month})
		}
		out[len(out)-1].Count += t.Count
	}
	return out
}

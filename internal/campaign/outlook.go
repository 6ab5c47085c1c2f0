package campaign

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/forecast"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Outlook is what would have to happen for a target to be met, and what is to be
// expected at the end of the campaign's year.
type Outlook struct {
	Progress
	Ways    []Way          `json:"ways"`    // products that would count, the nearest first
	Short   int64          `json:"short"`   // still missing if all of them arrive
	Ending  int64          `json:"ending"`  // certificates counted today that end within the year
	Unnamed int            `json:"unnamed"` // first products that communes are to bring and nobody has named
	Gross   forecast.Range `json:"gross"`   // new at the end of the year
	Change  forecast.Range `json:"change"`  // net at the end of the year
	Chance  [2]float64     `json:"chance"`  // of being met: at least, and at most
}

// Way is a product that would count towards a target, and what it still needs.
type Way struct {
	ID     string       `json:"id"`
	Code   string       `json:"code"`
	Name   string       `json:"name"`
	State  ocop.State   `json:"state"`
	Target int          `json:"target"`
	Events []ocop.Event `json:"events"` // up to the certificate
}

// Forecast says what the ranges rest on.
type Forecast struct {
	Until   ocop.Date    `json:"until"`
	Runs    int          `json:"runs"`
	Stays   int          `json:"stays"`   // seen, that are over
	Thin    []ocop.State `json:"thin"`    // states of which too little is known; they widen the range
	Waiting int          `json:"waiting"` // products that are not certified in this campaign yet
}

// runs of a forecast: a share of 0.1 is then known to about two in a hundred.
const runs = 400

// runner is a product of the campaign that may still be certified in it.
type runner struct {
	casework.Planned
	target int
	way    []ocop.Event
	begun  bool // its round is open
}

// outlook of the targets: over all products of the campaign; ways lead only to
// products that the reader may see.
func (d *Desk) outlook(ctx context.Context, c Campaign, all, mine []casework.Planned) ([]Outlook, Forecast, error) {
	progress, err := d.Progress(ctx, c)
	if err != nil {
		return nil, Forecast{}, err
	}
	rules, err := d.Products.Library.InForce(c.Procedure, d.Products.Today())
	if err != nil {
		return nil, Forecast{}, err
	}
	runners := c.runners(rules, all)
	targets := []Outlook{}
	var counts []count
	for _, p := range progress {
		o := Outlook{Progress: p, Ways: []Way{}, Unnamed: c.unnamed(p.Target, all)}
		n, err := d.count(ctx, c, p)
		if err != nil {
			return nil, Forecast{}, err
		}
		o.Ending = max(0, p.Held-n.stay)
		for _, r := range runners {
			if n.gross(r) == 0 && n.net(r) <= 0 {
				continue
			}
			o.Short--
			if slices.ContainsFunc(mine, func(m casework.Planned) bool { return m.Product.ID == r.Product.ID }) {
				o.Ways = append(o.Ways, Way{r.Product.ID, r.Product.Code, r.Product.Name, r.Product.State, r.target, r.way})
			}
		}
		o.Short = max(0, p.Missing+o.Short)
		slices.SortStableFunc(o.Ways, func(a, b Way) int { return cmp.Compare(len(a.Events), len(b.Events)) })
		targets, counts = append(targets, o), append(counts, n)
	}
	f, err := d.foresee(ctx, c, rules, runners, targets, counts)
	return targets, f, err
}

// standing is where a way begins.
type standing struct {
	track ocop.Track
	state ocop.State
	begun bool
}

// runners are the products that are under way, or planned and not begun.
func (c Campaign) runners(rules *workflow.Rules, all []casework.Planned) (out []runner) {
	first, ways := ocop.Day(c.Year, time.January, 1), map[standing][]ocop.Event{}
	for _, p := range all {
		r := runner{Planned: p, target: c.target(p), begun: p.Product.Round != ""}
		if k := p.Certificate; !r.begun && k != nil && k.IssuedOn >= first {
			continue // it has arrived
		}
		at := standing{p.Track, p.Product.State, r.begun}
		way, known := ways[at]
		if !known {
			for _, step := range rules.Way(at.track, at.state, at.begun) {
				way = append(way, step.Event)
			}
			ways[at] = way
		}
		if r.way = way; len(r.way) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// unnamed are the first products of a target's stars that communes are to bring
// beyond those that are here.
func (c Campaign) unnamed(t Target, all []casework.Planned) (n int) {
	for _, e := range c.Expectations {
		if e.Stars < t.Stars || t.Exactly && e.Stars != t.Stars || t.Unit != "" && t.Unit != e.Unit {
			continue
		}
		here := 0
		for _, p := range all {
			if p.Track == e.Track && p.Product.Commune != nil && p.Product.Commune.Code == e.Unit {
				here++
			}
		}
		n += max(0, e.Count-here)
	}
	return n
}

// count is how a product's certificate changes the figures of a target.
type count struct {
	Progress
	place       ocop.Path
	first, last ocop.Date // of the year
	stay        int64     // counted on the last day if nothing happens
}

func (d *Desk) count(ctx context.Context, c Campaign, p Progress) (count, error) {
	n := count{Progress: p, place: c.path, first: ocop.Day(c.Year, time.January, 1)}
	n.last = n.first.AddMonths(12) - 1
	if p.Unit != "" {
		u, err := store.UnitByCode(ctx, d.DB, p.Unit)
		if err != nil {
			return n, err
		}
		if u != nil {
			n.place = u.Path
		}
	}
	var err error
	n.stay, _, err = store.Reached(ctx, d.DB, store.Reaching{Place: n.place, Stars: p.Stars, Exactly: p.Exactly, On: max(n.last, d.Products.Today()), Since: n.first, Until: n.last})
	return n, err
}

func (n count) counts(stars int) bool { return stars == n.Stars || !n.Exactly && stars > n.Stars }

// gross is 1 where a certificate at its target stars would be one more that came new.
func (n count) gross(r runner) int {
	k := r.Certificate
	if !r.Product.Path.Within(n.place) || !n.counts(r.target) || k != nil && k.Stars >= n.Stars {
		return 0
	}
	return 1
}

// net is what a certificate at its target stars would change on the last day.
func (n count) net(r runner) (change int) {
	if !r.Product.Path.Within(n.place) {
		return 0
	}
	if n.counts(r.target) {
		change++
	}
	if k := r.Certificate; k != nil && n.counts(k.Stars) && k.InForce(n.last) {
		change--
	}
	return change
}

// foresee fills in the ranges of the targets.
func (d *Desk) foresee(ctx context.Context, c Campaign, rules *workflow.Rules, runners []runner, targets []Outlook, counts []count) (Forecast, error) {
	f := Forecast{Until: ocop.Day(c.Year, time.December, 31), Runs: runs, Thin: []ocop.State{}, Waiting: len(runners)}
	model, waited, seen, err := d.model(ctx, c, rules)
	if err != nil {
		return f, err
	}
	f.Stays = seen
	var subjects []forecast.Subject
	for _, r := range runners {
		s := forecast.Subject{Track: r.Track, State: r.Product.State, Elapsed: waited[r.Product.ID]}
		if !r.begun {
			track, _ := rules.Tracks.Get(string(r.Track))
			s.State, s.Elapsed = track.Entry, 0
		}
		if model.Stays(s.Track, s.State) < forecast.Enough && !slices.Contains(f.Thin, s.State) {
			f.Thin = append(f.Thin, s.State)
		}
		subjects = append(subjects, s)
	}
	days := float64(f.Until - d.Products.Today())
	gross, net := make([]forecast.Tally, len(targets)), make([]forecast.Tally, len(targets))
	decided := make([]forecast.Tally, len(targets))
	model.Walk(subjects, max(0, days), runs, uint64(c.Year), func(verdicts []forecast.Verdict) {
		for i, n := range counts {
			newLow, newHigh, netLow, netHigh := n.run(runners, verdicts)
			gross[i].Add(newLow, newHigh)
			net[i].Add(netLow, netHigh)
			decided[i].Add(int(c.Counting.decides(int64(netLow), int64(newLow))), int(c.Counting.decides(int64(netHigh), int64(newHigh))))
		}
	})
	for i := range targets {
		targets[i].Gross, targets[i].Change = gross[i].Range(), net[i].Range()
		targets[i].Chance[0], targets[i].Chance[1] = decided[i].Chance(targets[i].More)
	}
	return f, nil
}

// run counts one run: what is not known, and a product whose round nobody has
// begun, counts against the low figure and for the high one.
func (n count) run(runners []runner, verdicts []forecast.Verdict) (newLow, newHigh, netLow, netHigh int) {
	newLow, newHigh = int(n.New), int(n.New)
	netLow, netHigh = int(n.stay-n.Start), int(n.stay-n.Start)
	for i, r := range runners {
		v, fresh, change := verdicts[i], n.gross(r), n.net(r)
		if v == forecast.No {
			continue
		}
		newHigh += fresh
		if v == forecast.Yes && r.begun {
			newLow += fresh
			netLow, netHigh = netLow+change, netHigh+change
			continue
		}
		netLow, netHigh = netLow+min(0, change), netHigh+max(0, change)
	}
	return newLow, newHigh, netLow, netHigh
}

// The ends of a way, for the forecast: a certificate, or a round that ended without.
const (
	recognised ocop.State = "recognised"
	ended      ocop.State = "ended"
)

// province is the view of all products of the campaign's province: what its
// usual times are taken from.
func (c Campaign) province() access.View {
	return access.View{Units: []ocop.Path{cmp.Or(c.path.Upto(ocop.Province), c.path)}}
}

// model is made of the stays of the province's products; waited are the days
// that each product has been where it is.
func (d *Desk) model(ctx context.Context, c Campaign, rules *workflow.Rules) (m *forecast.Model, waited map[string]float64, seen int, err error) {
	list, _, err := d.Products.Stays(ctx, c.province())
	if err != nil {
		return nil, nil, 0, err
	}
	waited = map[string]float64{}
	var stays []forecast.Stay
	for _, s := range list {
		if _, newer := waited[s.Product]; !newer {
			waited[s.Product] = s.Days
		}
		if rules.Resting(s.State) {
			continue
		}
		next := s.Next
		switch {
		case rules.Issues(s.Event):
			next = recognised
		case next != "" && rules.Resting(next):
			next = ended
		}
		if next != "" {
			seen++
		}
		stays = append(stays, forecast.Stay{Track: s.Track, State: s.State, Next: next, Days: s.Days})
	}
	return forecast.New(stays, recognised, ended), waited, seen, nil
}

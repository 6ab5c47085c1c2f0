package campaign

import (
	"context"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Progress is how far a target has been reached. Targets count certificates in
// force, not states. Both readings of "more" are given, and the campaign's
// setting says which of them decides.
type Progress struct {
	Target
	Held    int64 `json:"held"`    // in force today
	Start   int64 `json:"start"`   // in force on the last day before the year, of the products kept here
	Net     int64 `json:"net"`     // held above start
	New     int64 `json:"new"`     // gross: came to the stars within the year
	Missing int64 `json:"missing"` // to More, by the reading that decides
	Met     bool  `json:"met"`
}

// decides is the figure that is held against More.
func (c Counting) decides(net, gross int64) int64 {
	switch c {
	case Net:
		return net
	case Gross:
		return gross
	}
	return min(net, gross)
}

// Progress of a campaign's targets today.
func (d *Desk) Progress(ctx context.Context, c Campaign) ([]Progress, error) {
	return d.progressOn(ctx, c, d.Products.Today())
}

func (d *Desk) progressOn(ctx context.Context, c Campaign, day ocop.Date) ([]Progress, error) {
	first := ocop.Day(c.Year, time.January, 1)
	r := store.Reaching{On: day, Since: first, Until: first.AddMonths(12) - 1}
	before := store.Reaching{On: first - 1, Since: first, Until: first}
	out := []Progress{}
	for _, t := range c.Targets {
		code := t.Unit
		if code == "" {
			code = c.Unit
		}
		u, err := store.UnitByCode(ctx, d.DB, code)
		if err != nil {
			return nil, err
		}
		x := Progress{Target: t}
		if u != nil {
			r.Place, r.Stars, r.Exactly = u.Path, t.Stars, t.Exactly
			before.Place, before.Stars, before.Exactly = u.Path, t.Stars, t.Exactly
			if x.Held, x.New, err = store.Reached(ctx, d.DB, r); err != nil {
				return nil, err
			}
			if x.Start, _, err = store.Reached(ctx, d.DB, before); err != nil {
				return nil, err
			}
		}
		x.Net = x.Held - x.Start
		x.Missing = max(0, int64(t.More)-c.Counting.decides(x.Net, x.New))
		x.Met = x.Missing == 0
		out = append(out, x)
	}
	return out, nil
}

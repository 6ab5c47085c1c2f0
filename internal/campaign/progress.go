package campaign

import (
	"context"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Progress is how far a target has been reached. Targets count certificates in
// force, not states. Both readings of "more" are given: Held is what stands
// today, to be held against Baseline + More; New came within the campaign's
// year, to be held against More.
type Progress struct {
	Target
	Held int64 `json:"held"`
	New  int64 `json:"new"`
}

// Progress of a campaign's targets today.
func (d *Desk) Progress(ctx context.Context, c Campaign) ([]Progress, error) {
	today := d.Products.Today()
	first := ocop.DateOf(time.Date(c.Year, 1, 1, 0, 0, 0, 0, ocop.Hanoi))
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
			if x.Held, x.New, err = store.Reached(ctx, d.DB, u.Path, t.Stars, today, first, first.AddMonths(12)-1); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}

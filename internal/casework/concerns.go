package casework

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Dated is an open deadline of a product.
type Dated struct {
	Product ocop.Product
	calendar.Due
}

// Concerns are the open deadlines that are for the actor, those of the products
// whose next one is nearest first, and not many more than most.
func (d *Desk) Concerns(ctx context.Context, a access.Actor, most int) ([]Dated, error) {
	const scan = 200
	filter := store.Filter{Waiting: true, ByDue: true, Limit: scan}
	var out []Dated
	for {
		page, err := d.Products(ctx, a, filter)
		if err != nil {
			return nil, err
		}
		list := make([]string, len(page))
		for i, p := range page {
			list[i] = p.ID
		}
		files, err := d.dossiers(ctx, d.DB, list)
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			if p.Due == nil || len(out) >= most { // those without a deadline come last
				return out, nil
			}
			if x := files[p.ID]; x != nil {
				dues, err := d.concerning(x, a)
				if err != nil {
					return nil, err
				}
				out = append(out, dues...)
			}
			filter.After = filter.Cursor(p)
		}
		if len(page) < scan {
			return out, nil
		}
	}
}

// concerning are the open deadlines of a dossier that are for the actor.
func (d *Desk) concerning(x *dossier, a access.Actor) (out []Dated, err error) {
	plan, err := d.agenda(x, d.Clock())
	if err != nil {
		return nil, err
	}
	for _, due := range plan.dues {
		if due.Open() && x.concerns(store.Mark{Roles: x.told(due)}, a) {
			out = append(out, Dated{*x.product, due})
		}
	}
	return out, nil
}

package casework

import (
	"context"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/store"
)

// Dated is an open deadline of a product or a matter.
type Dated struct {
	Of      string // id of the product or the matter
	Name    string
	Page    string // where it is seen
	Changed time.Time
	calendar.Due
}

// Concerns are the open deadlines that are for the actor: of products, those whose
// next one is nearest first, and not many more than most; then those of matters.
func (d *Desk) Concerns(ctx context.Context, a access.Actor, most int) ([]Dated, error) {
	out, err := d.ofProducts(ctx, a, most)
	if err != nil {
		return nil, err
	}
	for _, k := range d.Matters {
		beside, err := k.Concerns(ctx, a, most)
		if err != nil {
			return nil, err
		}
		out = append(out, beside...)
	}
	return out, nil
}

func (d *Desk) ofProducts(ctx context.Context, a access.Actor, most int) ([]Dated, error) {
	const scan = 200
	filter := store.Filter{ByDue: true, Limit: scan}
	var out []Dated
	for {
		page, err := d.Products(ctx, a, filter)
		if err != nil {
			return nil, err
		}
		files, err := d.dossiersOf(ctx, page)
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
			out = append(out, Dated{Of: x.product.ID, Name: x.product.Name, Page: "/products/" + x.product.ID, Changed: x.product.UpdatedAt, Due: due})
		}
	}
	return out, nil
}

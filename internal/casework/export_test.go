package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/store"
)

// Misremembered holds all that is remembered against the database and names the
// first product that is not as it is there; n is how many were looked at.
func (d *Desk) Misremembered(ctx context.Context) (n int, wrong string, err error) {
	for id, kept := range d.memory.dossiers {
		files, err := moves{d}.whole(ctx, d.DB, []string{id})
		if err != nil {
			return n, "", err
		}
		n++
		have, want := parts(kept), parts(files[id])
		for i := range have {
			if v := reflect.ValueOf(have[i]); (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 && reflect.ValueOf(want[i]).Len() == 0 {
				continue
			}
			if !reflect.DeepEqual(have[i], want[i]) {
				a, _ := json.Marshal(have[i]) // to say more
				b, _ := json.Marshal(want[i])
				return n, fmt.Sprintf("%s: remembered %s, found %s", id, a, b), nil
			}
		}
	}
	return n, "", nil
}

// Remembers reports whether a product is remembered.
func (d *Desk) Remembers(product string) bool { return d.memory.dossiers[product] != nil }

func parts(x *dossier) []any {
	waiting := slices.Clone(x.waiting)
	slices.SortFunc(waiting, func(a, b store.Timer) int { return strings.Compare(a.Name(), b.Name()) })
	return []any{x.product, x.round, x.certificate, x.acts, x.documents, x.inspections, x.remedies, x.extensions, x.marks, x.plan, waiting, x.rounds, x.scoring}
}

// TasksOf asks of each product by itself what the actor can do about it.
func (d *Desk) TasksOf(ctx context.Context, a access.Actor) (out []Task, err error) {
	page, err := d.Products(ctx, a, store.Filter{ByDue: true, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	files, err := d.dossiersOf(ctx, page)
	if err != nil {
		return nil, err
	}
	for _, p := range page {
		t, ok, err := d.task(files[p.ID], a)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, t)
		}
	}
	return out, nil
}

package fieldwork

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Trip is one as somebody sees it: who is only visited sees what concerns them.
type Trip struct {
	ID        string            `json:"id"`
	Unit      ocop.Ref          `json:"unit"`
	Campaign  string            `json:"campaign"` // code
	Title     string            `json:"title"`
	FirstDay  ocop.Date         `json:"first_day"`
	LastDay   ocop.Date         `json:"last_day"`
	Status    store.VisitStatus `json:"status"`
	Agenda    []store.Slot      `json:"agenda"`
	Guests    []store.Guest     `json:"guests"`
	Products  []Stop            `json:"products"`
	Reason    string            `json:"reason"`
	CreatedAt time.Time         `json:"created_at"`
	Version   int64             `json:"version"`

	Path ocop.Path `json:"-"`
}

// Stop is a product that a trip visits, with its inspection.
type Stop struct {
	Product    ocop.Ref         `json:"product"`
	Producer   ocop.Ref         `json:"producer"`
	Commune    *ocop.Ref        `json:"commune"`
	Inspection store.Inspection `json:"inspection"`
}

// shown puts together what an actor sees of trips.
func shown(ctx context.Context, q sqldb.Querier, a access.Actor, list []*planned) ([]Trip, error) {
	var visited []string
	for _, x := range list {
		for _, i := range x.visits {
			visited = append(visited, i.Product)
		}
	}
	products, err := store.Products(ctx, q, visited)
	if err != nil {
		return nil, err
	}
	out := []Trip{}
	for _, x := range list {
		out = append(out, x.shownTo(a, products))
	}
	return out, nil
}

func (x *planned) shownTo(a access.Actor, products map[string]*ocop.Product) Trip {
	t := x.trip
	out := Trip{ID: t.ID, Unit: t.Unit, Campaign: t.Plan, Title: t.Title, FirstDay: t.FirstDay, LastDay: t.LastDay, Status: t.Status, Reason: t.Reason,
		CreatedAt: t.CreatedAt, Version: t.Version, Agenda: []store.Slot{}, Guests: []store.Guest{}, Products: []Stop{}, Path: t.Path}
	c := ConcernOf(a)
	all := slices.ContainsFunc(c.Units, t.Path.Within) || slices.ContainsFunc(x.guests, func(g store.Guest) bool {
		return g.Unit.ID != "" && g.Answer != store.Withdrawn && slices.Contains(c.Invited, g.Unit.ID)
	})
	for _, g := range x.guests {
		if g.Answer != store.Withdrawn && (all || g.Unit.ID != "") {
			if !all {
				g.Name = ""
			}
			out.Guests = append(out.Guests, g)
		}
	}
	view, mine := a.Products(), map[string]bool{}
	for _, i := range x.visits {
		p := products[i.Product]
		if p == nil || !view.Sees(p.ID, p.Path, p.Producer.ID) {
			continue
		}
		mine[p.ID] = true
		if i.Participants == nil {
			i.Participants = []string{}
		}
		if i.Findings == nil {
			i.Findings = []store.Found{}
		}
		out.Products = append(out.Products, Stop{Product: ocop.Ref{ID: p.ID, Code: p.Code, Name: p.Name}, Producer: p.Producer, Commune: p.Commune, Inspection: i})
	}
	for _, s := range t.Agenda {
		if all || s.Product == "" || mine[s.Product] {
			out.Agenda = append(out.Agenda, s)
		}
	}
	return out
}

// Trip reads one that concerns the actor.
//
// Faults: not_found.
func (d *Desk) Trip(ctx context.Context, a access.Actor, id string) (Trip, error) {
	x, err := load(ctx, d.DB, a, id)
	if err != nil {
		return Trip{}, err
	}
	seen, err := shown(ctx, d.DB, a, []*planned{x})
	if err != nil {
		return Trip{}, err
	}
	return seen[0], nil
}

// Trips lists those that concern the actor, the newest plan first.
func (d *Desk) Trips(ctx context.Context, a access.Actor, f store.TripFilter) ([]Trip, error) {
	f.Concern = ConcernOf(a)
	rows, err := store.Trips(ctx, d.DB, f)
	if err != nil {
		return nil, err
	}
	list, err := loadAll(ctx, d.DB, rows)
	if err != nil {
		return nil, err
	}
	return shown(ctx, d.DB, a, list)
}

// MayPlan reports whether an actor changes what was planned in a unit.
func MayPlan(a access.Actor, place ocop.Path) bool { return plans(a, place) }

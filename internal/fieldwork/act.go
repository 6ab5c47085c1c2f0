package fieldwork

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// ChangeTrip changes title, days, agenda and guests of a trip that is planned.
// Once it was held, only what guests answered can be changed.
//
// Faults: not_found; who_may_not (Forbidden); stale; plan_held, plan_cancelled
// (Conflict); plan_wrong (Invalid).
func (d *Desk) ChangeTrip(ctx context.Context, r Request, p TripPlan) (Trip, error) {
	return d.onTrip(ctx, r, "change_trip", nil, func(ctx context.Context, q sqldb.Querier, x *planned, now time.Time) (casework.Visits, error) {
		if x.trip.Status == store.VisitCancelled || x.trip.Status == store.VisitHeld && (p.Title != nil || p.FirstDay != nil || p.LastDay != nil || p.Agenda != nil) {
			return casework.Visits{}, settled(x.trip.Status)
		}
		bad := wrong()
		p.put(&x.trip, bad)
		var err error
		if x.change.guests, err = p.invite(ctx, q, x.guests, bad); err != nil {
			return casework.Visits{}, err
		}
		if len(bad.Fields) > 0 {
			return casework.Visits{}, bad
		}
		if err := stopsThere(x.trip.Agenda, x.going()); p.Agenda != nil && err != nil {
			return casework.Visits{}, err
		}
		days := dayOf(x.trip.Agenda)
		moved := slices.DeleteFunc(x.waiting(), func(i store.Inspection) bool {
			day, ok := days[i.Product]
			return i.Day == day || !ok && i.Day == x.trip.FirstDay
		})
		return d.Cases.ChangeVisits(ctx, q, now, moved, casework.Visit{Day: &x.trip.FirstDay, Days: days, Actor: r.Actor})
	})
}

// AddProducts plans visits of further products.
//
// Faults: those of ChangeTrip; inspection_wrong (Invalid).
func (d *Desk) AddProducts(ctx context.Context, r Request, named []string) (Trip, error) {
	products, err := d.products(ctx, named)
	if err != nil {
		return Trip{}, err
	}
	return d.onTrip(ctx, r, "change_trip", products, func(ctx context.Context, q sqldb.Querier, x *planned, now time.Time) (casework.Visits, error) {
		if err := settled(x.trip.Status); err != nil {
			return casework.Visits{}, err
		}
		bad := wrong()
		for n, id := range products {
			if slices.ContainsFunc(x.visits, func(i store.Inspection) bool { return i.Product == id && i.CancelledOn == nil }) {
				bad.At(fmt.Sprintf("body.products[%d]", n), "Sản phẩm này đã có trong chuyến.", "The trip visits this product already.")
			}
		}
		checkCount(bad, "body.products", len(products)+len(x.visits), 2*maxProducts)
		if len(products) == 0 {
			bad.At("body.products", "Phải chọn ít nhất một sản phẩm.", "Choose at least one product.")
		}
		if len(bad.Fields) > 0 {
			return casework.Visits{}, bad
		}
		visits, err := d.Cases.PlanVisits(ctx, q, now, products, casework.Visit{Day: &x.trip.FirstDay, Trip: x.trip.ID, Actor: r.Actor})
		if err != nil {
			return visits, err
		}
		return visits, inside(ctx, q, products, x.trip.Path)
	})
}

// DropProduct cancels the visit of one product, with the reason.
//
// Faults: those of ChangeTrip; inspection_held (Conflict).
func (d *Desk) DropProduct(ctx context.Context, r Request, product, reason string) (Trip, error) {
	return d.onTrip(ctx, r, "change_trip", nil, func(ctx context.Context, q sqldb.Querier, x *planned, now time.Time) (casework.Visits, error) {
		if err := reasoned(reason); err != nil {
			return casework.Visits{}, err
		}
		at := slices.IndexFunc(x.visits, func(i store.Inspection) bool { return i.Product == product && i.CancelledOn == nil })
		if at < 0 {
			return casework.Visits{}, casework.NotFound()
		}
		if err := settled(x.trip.Status); err != nil {
			return casework.Visits{}, err
		}
		x.trip.Agenda = slices.DeleteFunc(slices.Clone(x.trip.Agenda), func(s store.Slot) bool { return s.Product == product })
		return d.Cases.ChangeVisits(ctx, q, now, x.visits[at:at+1], casework.Visit{Cancel: reason, Actor: r.Actor})
	})
}

// CancelTrip cancels a trip and its visits that were not held.
//
// Faults: those of ChangeTrip.
func (d *Desk) CancelTrip(ctx context.Context, r Request, reason string) (Trip, error) {
	return d.onTrip(ctx, r, "cancel_trip", nil, func(ctx context.Context, q sqldb.Querier, x *planned, now time.Time) (casework.Visits, error) {
		if err := reasoned(reason); err != nil {
			return casework.Visits{}, err
		}
		if err := settled(x.trip.Status); err != nil {
			return casework.Visits{}, err
		}
		x.trip.Status, x.trip.Reason = store.VisitCancelled, strings.TrimSpace(reason)
		return d.Cases.ChangeVisits(ctx, q, now, x.waiting(), casework.Visit{Cancel: reason, Actor: r.Actor})
	})
}

// HoldTrip puts on record that a trip was held, and with it every visit that is
// neither held nor cancelled.
//
// Faults: those of ChangeTrip; inspection_wrong (Invalid) for a day to come.
func (d *Desk) HoldTrip(ctx context.Context, r Request, on *ocop.Date) (Trip, error) {
	return d.onTrip(ctx, r, "hold_trip", nil, func(ctx context.Context, q sqldb.Querier, x *planned, now time.Time) (casework.Visits, error) {
		if err := settled(x.trip.Status); err != nil {
			return casework.Visits{}, err
		}
		day := x.trip.FirstDay
		if on != nil {
			day = *on
		}
		if day > ocop.DateOf(now) {
			return casework.Visits{}, wrong().At("body.held_on", "Ngày đã kiểm tra không thể ở tương lai.", "A visit cannot have been held in the future.")
		}
		x.trip.Status = store.VisitHeld
		return d.Cases.ChangeVisits(ctx, q, now, x.waiting(), casework.Visit{HeldOn: &day, Actor: r.Actor})
	})
}

func reasoned(reason string) error {
	bad := wrong()
	bad.Length("body.reason", strings.TrimSpace(reason), 1, maxText)
	return bad.OrNil()
}

// Answer says for an invited unit whether it comes. Who acts in that unit may.
//
// Faults: not_found; who_may_not (Forbidden); stale; plan_held, plan_cancelled
// (Conflict); plan_wrong (Invalid).
func (d *Desk) Answer(ctx context.Context, r Request, number int64, reply store.Reply) (Trip, error) {
	decide := func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
		x, err := load(ctx, q, r.Actor, r.ID)
		if err != nil {
			return commit.Outcome{}, err
		}
		at := slices.IndexFunc(x.guests, func(g store.Guest) bool { return g.Number == number && g.Answer != store.Withdrawn })
		if at < 0 {
			return commit.Outcome{}, casework.NotFound()
		}
		g := x.guests[at]
		if !slices.ContainsFunc(r.Actor.Grants, func(h access.Grant) bool { return g.Unit.ID != "" && h.Unit == g.Unit.ID }) && !plans(r.Actor, x.trip.Path) {
			return commit.Outcome{}, fault.New(fault.Forbidden, "who_may_not", "Chỉ đơn vị được mời hoặc Văn phòng Điều phối trả lời.", "Only the invited unit or the coordination office answers.")
		}
		if reply != store.Confirmed && reply != store.Declined {
			return commit.Outcome{}, wrong().At("body.answer", "Chỉ nhận confirmed hoặc declined.", "Must be confirmed or declined.")
		}
		if err := settled(x.trip.Status); err != nil {
			return commit.Outcome{}, err
		}
		if r.Version != nil && *r.Version != x.trip.Version {
			return commit.Outcome{}, stale(x.trip.Version)
		}
		g.Answer = reply
		x.guests[at] = g
		x.trip.Version++
		return d.outcome(ctx, q, r.Actor, r.Key, "answer_trip", change{trip: x.trip, guests: guests{changed: []store.Guest{g}, all: x.guests}, visits: casework.Visits{List: x.visits}})
	}
	return commit.Do[Trip](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"trips"}})
}

// planned is a trip as it stands, and what an act makes of it.
type planned struct {
	trip   store.Trip
	guests []store.Guest
	visits []store.Inspection
	change change
}

// waiting are the visits that are neither held nor cancelled.
func (x *planned) waiting() (out []store.Inspection) {
	for _, i := range x.visits {
		if i.HeldOn == nil && i.CancelledOn == nil {
			out = append(out, i)
		}
	}
	return out
}

// going are the products of the visits that were not cancelled.
func (x *planned) going() (out []string) {
	for _, i := range x.visits {
		if i.CancelledOn == nil {
			out = append(out, i.Product)
		}
	}
	return out
}

// load reads a trip that concerns the actor.
func load(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*planned, error) {
	t, err := store.TripFor(ctx, q, id, ConcernOf(a))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, casework.NotFound()
	}
	all, err := loadAll(ctx, q, []store.Trip{*t})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// loadAll reads who is invited to trips and what they visit.
func loadAll(ctx context.Context, q sqldb.Querier, trips []store.Trip) ([]*planned, error) {
	var list []string
	for _, t := range trips {
		list = append(list, t.ID)
	}
	guests, err := store.TripGuests(ctx, q, list)
	if err != nil {
		return nil, err
	}
	visits, err := store.TripInspections(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var out []*planned
	for _, t := range trips {
		out = append(out, &planned{trip: t, guests: guests[t.ID], visits: visits[t.ID]})
	}
	return out, nil
}

type step func(ctx context.Context, q sqldb.Querier, x *planned, now time.Time) (casework.Visits, error)

// onTrip runs an act of its planner on a trip. It locks the products that the
// trip visits now and those that it is to visit.
func (d *Desk) onTrip(ctx context.Context, r Request, event string, further []string, do step) (Trip, error) {
	before, err := load(ctx, d.DB, r.Actor, r.ID)
	if err != nil {
		return Trip{}, err
	}
	held := slices.Clone(further)
	for _, i := range before.visits {
		if !slices.Contains(held, i.Product) {
			held = append(held, i.Product)
		}
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, err := load(ctx, q, r.Actor, r.ID)
		if err != nil {
			return commit.Outcome{}, err
		}
		if !plans(r.Actor, x.trip.Path) {
			return commit.Outcome{}, casework.MayNotPlan()
		}
		if r.Version != nil && *r.Version != x.trip.Version {
			return commit.Outcome{}, stale(x.trip.Version)
		}
		x.change.guests.all = x.guests
		visits, err := do(ctx, q, x, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		x.trip.Version++
		c := x.change
		c.trip, c.visits = x.trip, visits
		written := c.visits.List
		c.visits.List = merged(x.visits, written)
		return d.outcome(ctx, q, r.Actor, r.Key, event, c)
	}
	return commit.Do[Trip](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: locks(held)})
}

// merged are visits with those that an act changed or added.
func merged(there, written []store.Inspection) []store.Inspection {
	out := slices.Clone(there)
	for _, w := range written {
		if at := slices.IndexFunc(out, func(i store.Inspection) bool { return i.ID == w.ID }); at >= 0 {
			out[at] = w
		} else {
			out = append(out, w)
		}
	}
	return out
}

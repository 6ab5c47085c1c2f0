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
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// TripPlan is what a trip is to be. Nil fields of a change stay as they are.
type TripPlan struct {
	Title    *string
	Campaign string // id or code; not changed afterwards
	Unit     string // id or code; "" is the planner's own
	FirstDay *ocop.Date
	LastDay  *ocop.Date // nil of a new trip is the first day
	Agenda   []store.Slot
	Guests   []Invitation
	Products []string // ids or codes, of a new trip
	// ProvincialCouncil says whether the province's council was invited, which
	// the deadline of the campaign may ask for.
	ProvincialCouncil bool
}

// Invitation invites a unit or somebody by name. One with a number is a guest
// who is there already; a guest who is not named again is withdrawn.
type Invitation struct {
	Number int64       `json:"number,omitempty"`
	Unit   string      `json:"unit,omitempty" maxLength:"100" doc:"id or code"`
	Name   string      `json:"name,omitempty"`
	Answer store.Reply `json:"answer,omitempty" maxLength:"20"`
}

// PlanTrip plans a trip and an inspection of each product, all in one act: if
// one of them cannot be visited, nothing is written.
//
// Faults: who_may_not (Forbidden); plan_wrong, inspection_wrong (Invalid).
func (d *Desk) PlanTrip(ctx context.Context, a access.Actor, p TripPlan, key *commit.Key) (Trip, error) {
	products, err := d.products(ctx, p.Products)
	if err != nil {
		return Trip{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		t, guests, err := newTrip(ctx, q, a, p, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := stopsThere(t.Agenda, products); err != nil {
			return commit.Outcome{}, err
		}
		visits, err := d.Cases.PlanVisits(ctx, q, now, products, casework.Visit{Day: &t.FirstDay, Days: dayOf(t.Agenda), ProvincialCouncil: p.ProvincialCouncil, Trip: t.ID, Actor: a})
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := inside(ctx, q, products, t.Path); err != nil {
			return commit.Outcome{}, err
		}
		return d.outcome(ctx, q, a, key, "plan_trip", change{trip: t, fresh: true, guests: guests, visits: visits})
	}
	return commit.Do[Trip](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: key, Locks: locks(products)})
}

// stopsThere refuses an agenda that names a product that the trip does not visit.
func stopsThere(agenda []store.Slot, products []string) error {
	bad := wrong()
	for n, s := range agenda {
		if s.Product != "" && !slices.Contains(products, s.Product) {
			bad.At(fmt.Sprintf("body.agenda[%d].product", n), "Chuyến không đến sản phẩm này.", "The trip does not visit this product.")
		}
	}
	return bad.OrNil()
}

// dayOf is the day on which the agenda has each product first.
func dayOf(agenda []store.Slot) map[string]ocop.Date {
	out := map[string]ocop.Date{}
	for _, s := range agenda {
		if day, ok := out[s.Product]; s.Product != "" && (!ok || s.Day < day) {
			out[s.Product] = s.Day
		}
	}
	return out
}

// locks are those of products, and "trips".
func locks(products []string) []string { return append(casework.ProductLocks(products), "trips") }

// products are the ids of products named by id or code; one that is named twice
// or unknown stays as it is, to be refused in its place.
func (d *Desk) products(ctx context.Context, named []string) ([]string, error) {
	bad := wrong()
	checkCount(bad, "body.products", len(named), maxProducts)
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	out, err := store.ProductIDs(ctx, d.DB, named)
	if err != nil {
		return nil, err
	}
	for n, id := range out {
		if slices.Contains(out[:n], id) {
			bad.At(fmt.Sprintf("body.products[%d]", n), "Sản phẩm này đã có trong danh sách.", "The product is in the list already.")
		}
	}
	return out, bad.OrNil()
}

// inside refuses products that do not lie in the unit of the trip.
func inside(ctx context.Context, q sqldb.Querier, products []string, place ocop.Path) error {
	all, err := store.Products(ctx, q, products)
	if err != nil {
		return err
	}
	bad := wrong()
	for n, id := range products {
		if p := all[id]; p == nil || !p.Path.Within(place) {
			bad.At(fmt.Sprintf("body.products[%d]", n), "Sản phẩm không thuộc địa bàn của đơn vị lập kế hoạch.", "The product does not lie in the unit that plans the trip.")
		}
	}
	return bad.OrNil()
}

func newTrip(ctx context.Context, q sqldb.Querier, a access.Actor, p TripPlan, now time.Time) (store.Trip, guests, error) {
	u, err := casework.Home(ctx, q, a, p.Unit)
	if err != nil {
		return store.Trip{}, guests{}, err
	}
	t := store.Trip{ID: casework.NewID(), Unit: ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, Path: u.Path, Status: store.VisitPlanned,
		CreatedBy: a.ID, CreatedAt: now, Version: 1}
	bad := wrong()
	if p.FirstDay == nil {
		bad.At("body.first_day", "Phải có ngày đi.", "The day of the trip is needed.")
	} else if p.LastDay == nil {
		p.LastDay = p.FirstDay
	}
	if t.Campaign, t.Plan, err = campaignOf(ctx, q, p.Campaign, u.Path, bad); err != nil {
		return t, guests{}, err
	}
	p.put(&t, bad)
	g, err := p.invite(ctx, q, nil, bad)
	if err == nil && len(bad.Fields) > 0 {
		err = bad
	}
	return t, g, err
}

// put puts what is given onto a trip and checks it.
func (p TripPlan) put(t *store.Trip, bad *fault.Error) {
	if p.Title != nil {
		t.Title = strings.TrimSpace(*p.Title)
	}
	if p.FirstDay != nil {
		t.FirstDay = *p.FirstDay
	}
	if p.LastDay != nil {
		t.LastDay = *p.LastDay
	}
	if p.Agenda != nil {
		t.Agenda = p.Agenda
	}
	bad.Length("body.title", t.Title, 1, maxTitle)
	checkDays(bad, t.FirstDay, t.LastDay)
	checkSlots(bad, t.Agenda, t.FirstDay, t.LastDay)
}

// guests are the rows of guests that a plan adds and changes, and the list that
// comes of it.
type guests struct{ fresh, changed, all []store.Guest }

// replies are what a planner may enter for a guest.
var replies = []store.Reply{store.Invited, store.Confirmed, store.Declined, store.Attended}

// invite makes the list of guests what the plan says.
func (p TripPlan) invite(ctx context.Context, q sqldb.Querier, there []store.Guest, bad *fault.Error) (g guests, err error) {
	if p.Guests == nil {
		g.all = there
		return g, nil
	}
	checkCount(bad, "body.guests", len(p.Guests), maxGuests)
	checkCount(bad, "body.guests", len(there), 5*maxGuests)
	named := map[int64]bool{}
	next := int64(len(there)) + 1
	for n, i := range p.Guests {
		place := fmt.Sprintf("body.guests[%d]", n)
		x := store.Guest{Number: i.Number, Name: strings.TrimSpace(i.Name), Answer: i.Answer}
		if x.Answer == "" {
			x.Answer = store.Invited
		}
		if !slices.Contains(replies, x.Answer) {
			bad.At(place+".answer", "Chỉ nhận invited, confirmed, declined hoặc attended.", "Must be invited, confirmed, declined or attended.")
		}
		if x.Unit, err = invited(ctx, q, i.Unit, place, bad); err != nil {
			return g, err
		}
		bad.Length(place+".name", x.Name+x.Unit.Name, 1, 2*maxTitle)
		at := slices.IndexFunc(there, func(o store.Guest) bool { return o.Number == i.Number && o.Answer != store.Withdrawn })
		switch {
		case i.Number == 0:
			x.Number = next
			next++
			g.fresh = append(g.fresh, x)
		case at < 0 || named[i.Number]:
			bad.At(place+".number", "Không có khách mời này.", "There is no such guest.")
		case there[at] != x:
			g.changed = append(g.changed, x)
		}
		named[x.Number] = true
		g.all = append(g.all, x)
	}
	for _, o := range there {
		if !named[o.Number] {
			if o.Answer != store.Withdrawn {
				o.Answer = store.Withdrawn
				g.changed = append(g.changed, o)
			}
			g.all = append(g.all, o)
		}
	}
	checkCount(bad, "body.guests", len(g.fresh)+len(g.changed), atOnce)
	return g, nil
}

func invited(ctx context.Context, q sqldb.Querier, key, place string, bad *fault.Error) (ocop.Ref, error) {
	if key == "" {
		return ocop.Ref{}, nil
	}
	u, err := store.UnitBy(ctx, q, key)
	if err != nil {
		return ocop.Ref{}, err
	}
	if u == nil {
		bad.At(place+".unit", "Không có đơn vị này.", "There is no such unit.")
		return ocop.Ref{}, nil
	}
	return ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, nil
}

// change is a trip as it will be, with what is written.
type change struct {
	trip   store.Trip
	fresh  bool
	guests guests
	visits casework.Visits
}

// outcome writes a trip, its guests and its inspections under the trip's own
// entry and one for each product.
func (d *Desk) outcome(ctx context.Context, q sqldb.Querier, a access.Actor, key *commit.Key, event string, c change) (commit.Outcome, error) {
	seen, err := shown(ctx, q, a, []*planned{{trip: c.trip, guests: c.guests.all, visits: c.visits.List}})
	if err != nil {
		return commit.Outcome{}, err
	}
	t := c.trip
	draft := ledger.Draft{Stream: "trip:" + t.ID, Kind: ledger.KindRecord, Event: event, Actor: casework.ActorOf(a),
		Data: ledger.Map{"trip": t.ID, "unit": t.Unit.ID, "first_day": t.FirstDay.String(), "last_day": t.LastDay.String(), "status": string(t.Status),
			"version": t.Version, "products": len(c.visits.List)}}
	if key != nil {
		draft.Key = key.Key
	}
	return commit.Outcome{
		Drafts: append([]ledger.Draft{draft}, c.visits.Drafts...),
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			write := store.StepTrip
			if c.fresh {
				write = store.InsertTrip
			}
			if err := write(ctx, tx, t); err != nil {
				return err
			}
			if err := store.SaveGuests(ctx, tx, t.ID, c.guests.fresh, c.guests.changed); err != nil {
				return err
			}
			return c.visits.Save(ctx, tx)
		}),
		Answer: func([]ledger.Entry) any { return seen[0] },
	}, nil
}

package casework

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// altered is an inspection as it will be, with all that follows from it.
type altered struct {
	store.Inspection
	fresh    bool
	remedies remedyChanges
	plan     agenda
	draft    ledger.Draft
}

// after is the inspection as callers get it.
func (i altered) after() store.Inspection {
	if !i.fresh {
		i.Version++
	}
	return i.Inspection
}

func (i altered) save(ctx context.Context, tx *sqldb.Tx, now time.Time) (err error) {
	if i.fresh {
		err = store.InsertInspections(ctx, tx, []store.Inspection{i.Inspection})
	} else {
		err = store.UpdateInspection(ctx, tx, i.Inspection)
	}
	if err != nil {
		return err
	}
	if err := i.remedies.save(ctx, tx); err != nil {
		return err
	}
	return i.plan.save(ctx, tx, i.Product, now)
}

// planned is a new inspection of a product.
func (d *Desk) planned(ctx context.Context, q sqldb.Querier, x *dossier, v Visit, now time.Time) (altered, error) {
	i := store.Inspection{ID: NewID(), Product: x.product.ID, Campaign: x.product.Campaign, ProvincialCouncil: v.ProvincialCouncil, Trip: v.Trip, Version: 1}
	if x.round != nil {
		i.Round = x.round.ID
	}
	if v.Day == nil {
		return altered{}, inspectionWrong().At("body.day", "Phải có ngày kiểm tra.", "The day of the visit is needed.")
	}
	return d.alter(ctx, q, x, i, v, now)
}

// recorded is an inspection of a product with what was put on record of it.
func (d *Desk) recorded(ctx context.Context, q sqldb.Querier, x *dossier, id string, v Visit, now time.Time) (altered, error) {
	i, err := store.InspectionByID(ctx, q, id)
	switch {
	case err != nil:
		return altered{}, err
	case i == nil:
		return altered{}, NotFound()
	case v.Version != nil && *v.Version != i.Version:
		return altered{}, staleInspection(i.Version)
	case i.CancelledOn != nil:
		return altered{}, fault.New(fault.Conflict, "inspection_cancelled", "Lần kiểm tra này đã hủy. Hãy lên lịch lần khác.", "This visit was cancelled. Plan another one.")
	case v.Cancel != "" && i.HeldOn != nil:
		return altered{}, fault.New(fault.Conflict, "inspection_held", "Lần kiểm tra này đã diễn ra nên không hủy được.", "This visit was held, so it cannot be cancelled.")
	}
	return d.alter(ctx, q, x, *i, v, now)
}

// alter puts what was given onto an inspection and works out what follows.
func (d *Desk) alter(ctx context.Context, q sqldb.Querier, x *dossier, i store.Inspection, v Visit, now time.Time) (altered, error) {
	out := altered{fresh: i.Day == 0}
	before := i.Findings
	i, err := v.apply(i, ocop.DateOf(now))
	if err != nil {
		return out, err
	}
	if v.Findings != nil {
		if i.Findings, err = x.identified(ctx, q, before, i.Findings); err != nil {
			return out, err
		}
		if out.remedies, err = remediesAfter(ctx, q, i, v.Actor.ID, now); err != nil {
			return out, err
		}
		x.remedies = out.remedies.onto(x.remedies)
	}
	i.Open = i.OpenRemedies()
	x.replace(i)
	event := "record_inspection"
	if out.fresh {
		event = "plan_inspection"
	} else if v.Cancel != "" {
		event = "cancel_inspection"
	}
	out.Inspection, out.draft = i, visitDraft(i, event, v)
	out.plan, err = d.agenda(x, now)
	return out, err
}

// of is what is to be put on record of one product.
func (v Visit) of(product string) Visit {
	if day, ok := v.Days[product]; ok {
		v.Day = &day
	}
	return v
}

// cancel drops a visit that was not held.
func (v Visit) cancel(i store.Inspection, today ocop.Date, bad *fault.Error) store.Inspection {
	if v.Cancel == "" {
		return i
	}
	i.CancelledOn, i.Reason = &today, strings.TrimSpace(v.Cancel)
	if n := utf8.RuneCountInString(i.Reason); n == 0 || n > maxWords {
		bad.At("body.reason", fmt.Sprintf("Phải ghi lý do, tối đa %d ký tự.", maxWords), fmt.Sprintf("A reason must be given, at most %d characters.", maxWords))
	}
	return i
}

// Visits are inspections of several products that are written in one act, all
// or none.
type Visits struct {
	Drafts []ledger.Draft // one for each
	List   []store.Inspection
	all    []altered
	now    time.Time
}

// Save writes the inspections.
func (v Visits) Save(ctx context.Context, tx *sqldb.Tx) error {
	for _, i := range v.all {
		if err := i.save(ctx, tx, v.now); err != nil {
			return err
		}
	}
	return nil
}

func (v *Visits) add(i altered) {
	v.Drafts, v.List, v.all = append(v.Drafts, i.draft), append(v.List, i.after()), append(v.all, i)
}

// PlanVisits plans an inspection of each product within the caller's act, which
// locks them ("product:ID"). A product that the actor does not see is named by
// its place in the list.
//
// Faults: inspection_wrong (Invalid); who_may_not (Forbidden).
func (d *Desk) PlanVisits(ctx context.Context, q sqldb.Querier, now time.Time, products []string, v Visit) (Visits, error) {
	out := Visits{now: now}
	files, err := d.dossiers(ctx, q, products)
	if err != nil {
		return out, err
	}
	bad := inspectionWrong()
	for n, id := range products {
		if x := files[id]; x == nil || !sees(v.Actor, x.product) {
			bad.At(fmt.Sprintf("body.products[%d]", n), "Không có sản phẩm này.", "There is no such product.")
		}
	}
	if len(bad.Fields) > 0 {
		return out, bad
	}
	for _, id := range products {
		if err := mayVisit(v.Actor, files[id]); err != nil {
			return out, err
		}
		i, err := d.planned(ctx, q, files[id], v.of(id), now)
		if err != nil {
			return out, err
		}
		out.add(i)
	}
	return out, nil
}

// ChangeVisits puts the same on record of inspections within the caller's act,
// which locks their products.
//
// Faults: those of RecordVisit.
func (d *Desk) ChangeVisits(ctx context.Context, q sqldb.Querier, now time.Time, list []store.Inspection, v Visit) (Visits, error) {
	out := Visits{now: now}
	products := make([]string, len(list))
	for n, i := range list {
		products[n] = i.Product
	}
	files, err := d.dossiers(ctx, q, products)
	if err != nil {
		return out, err
	}
	for _, i := range list {
		if err := mayVisit(v.Actor, files[i.Product]); err != nil {
			return out, err
		}
		changed, err := d.recorded(ctx, q, files[i.Product], i.ID, v.of(i.Product), now)
		if err != nil {
			return out, err
		}
		out.add(changed)
	}
	return out, nil
}

package fieldwork

import (
	"context"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Record is an inspection that was held, with the names that its paper needs.
type Record struct {
	store.Inspection
	Product  ocop.Product
	Unit     ocop.Text // in whose area it was
	Findings []Recorded
}

// Recorded is a finding with the name of who sees to it and how far it is.
type Recorded struct {
	store.Found
	OwnerName ocop.Text
	State     store.RemedyState
}

// Record reads an inspection for its paper.
//
// Faults: not_found; not_held (Conflict).
func (d *Desk) Record(ctx context.Context, a access.Actor, inspection string) (Record, error) {
	i, err := d.Cases.Inspection(ctx, a, inspection)
	if err != nil {
		return Record{}, err
	}
	if i.HeldOn == nil {
		return Record{}, fault.New(fault.Conflict, "not_held", "Chưa ghi ngày đã kiểm tra, nên chưa có biên bản.", "No day is entered on which it was held, so there is no record yet.")
	}
	p, err := d.Cases.Product(ctx, a, i.Product)
	if err != nil {
		return Record{}, err
	}
	out := Record{Inspection: *i, Product: *p}
	if out.Unit, err = d.authority(ctx, *i, *p); err != nil {
		return out, err
	}
	remedies, err := store.RemediesOf(ctx, d.DB, i.ID)
	if err != nil {
		return out, err
	}
	states := map[string]store.RemedyState{}
	for _, r := range remedies {
		states[r.ID] = r.State
	}
	for _, f := range i.Findings {
		x := Recorded{Found: f, State: states[f.ID]}
		if x.OwnerName, err = d.owner(ctx, f, *p); err != nil {
			return out, err
		}
		if x.State == "" && f.Remedy != "" {
			if x.State = store.RemedyOpen; f.Closed {
				x.State = store.RemedyConfirmed
			}
		}
		out.Findings = append(out.Findings, x)
	}
	return out, nil
}

// authority is the unit that planned the trip or, without one, the district of
// the product, or its province where there are no districts.
func (d *Desk) authority(ctx context.Context, i store.Inspection, p ocop.Product) (ocop.Text, error) {
	id := p.Path.Unit(ocop.District)
	if id == "" {
		id = p.Path.Unit(ocop.Province)
	}
	if i.Trip != "" {
		t, err := store.TripByID(ctx, d.DB, i.Trip)
		if err != nil {
			return ocop.Text{}, err
		}
		if t != nil {
			id = t.Unit.ID
		}
	}
	u, err := store.Unit(ctx, d.DB, id)
	if err != nil || u == nil {
		return ocop.Text{}, err
	}
	return u.Name, nil
}

// owner names who sees to a remedy: its unit, whom the finding names, or the producer.
func (d *Desk) owner(ctx context.Context, f store.Found, p ocop.Product) (ocop.Text, error) {
	if f.OwnerUnit == "" {
		name := f.Owner
		if name == "" && f.Remedy != "" {
			name = p.Producer.Name
		}
		return ocop.Text{Vi: name, En: name}, nil
	}
	u, err := store.Unit(ctx, d.DB, f.OwnerUnit)
	if err != nil || u == nil {
		return ocop.Text{}, err
	}
	return ocop.Text{Vi: strings.Trim(u.Name.Vi+", "+f.Owner, ", "), En: strings.Trim(u.Name.In(ocop.En)+", "+f.Owner, ", ")}, nil
}

// Invitation reads a trip for its invitation, which is for those who plan it.
//
// Faults: not_found; who_may_not (Forbidden); plan_cancelled (Conflict).
func (d *Desk) Invitation(ctx context.Context, a access.Actor, id string) (Trip, error) {
	t, err := d.Trip(ctx, a, id)
	switch {
	case err != nil:
		return t, err
	case !plans(a, t.Path):
		return t, casework.MayNotPlan()
	case t.Status == store.VisitCancelled:
		return t, settled(t.Status)
	}
	return t, nil
}

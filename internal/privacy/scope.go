package privacy

import (
	"context"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// May reports whether an actor may forget what belongs to a product there.
func May(a access.Actor, place ocop.Path) bool {
	_, ok := a.Holds(access.Privacy, place)
	return ok || a.ID == ocop.System
}

// allowed gives the actor with the one role that is used. Who cannot see the
// entry is told that there is none.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) allowed(ctx context.Context, q sqldb.Querier, a access.Actor, l store.Line) (access.Actor, error) {
	if a.ID == ocop.System {
		return a, nil
	}
	places, err := d.places(ctx, q, a, l)
	if err != nil {
		return a, err
	}
	if g, ok := covers(a, access.Privacy, places); ok {
		return access.Actor{ID: a.ID, Name: a.Name, Grants: []access.Grant{g}}, nil
	}
	if l.Product == "" {
		if _, sees := covers(a, access.Auditor, nil); !sees {
			return a, casework.NotFound()
		}
	}
	return a, mayNot()
}

// places are the units that an entry is about: that of its product, those in
// which its account holds roles, that of its campaign.
func (d *Desk) places(ctx context.Context, q sqldb.Querier, a access.Actor, l store.Line) ([]ocop.Path, error) {
	kind, id, _ := strings.Cut(l.Stream, ":")
	switch {
	case l.Product != "":
		p, err := d.Products.Product(ctx, a, l.Product)
		if err != nil {
			return nil, err
		}
		return []ocop.Path{p.Path}, nil
	case kind == "account":
		grants, err := store.Grants(ctx, q, id)
		var out []ocop.Path
		for _, g := range grants {
			out = append(out, g.Path)
		}
		return out, err
	case kind == "campaign":
		list, err := store.CampaignsByID(ctx, q, []string{id})
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return []ocop.Path{list[0].UnitPath}, nil
	case kind == "producer":
		n, err := store.Producer(ctx, q, id)
		if err != nil || n == nil {
			return nil, err
		}
		return []ocop.Path{n.Path}, nil
	case kind == "trip":
		t, err := store.TripByID(ctx, q, id)
		if err != nil || t == nil {
			return nil, err
		}
		return []ocop.Path{t.Path}, nil
	case kind == "training":
		t, err := store.TrainingByID(ctx, q, id)
		if err != nil || t == nil {
			return nil, err
		}
		return []ocop.Path{t.Path}, nil
	}
	place, err := store.PetitionPlace(ctx, q, l.Stream)
	if err != nil || place == "" {
		return nil, err
	}
	return []ocop.Path{place}, nil
}

// covers finds a grant of a role at or above all places; what lies in no place
// is for who holds it in the whole programme.
func covers(a access.Actor, role ocop.Role, places []ocop.Path) (access.Grant, bool) {
	for _, g := range a.Grants {
		ok := g.Role == role && (len(places) > 0 || g.Whole)
		for _, p := range places {
			ok = ok && p.Within(g.Path)
		}
		if ok {
			return g, true
		}
	}
	return access.Grant{}, false
}

func mayNot() error {
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này của người phụ trách dữ liệu cá nhân của đơn vị.", "This is for the unit's data protection officer.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, Verified: true, Required: string(access.Privacy), CureBy: []ocop.Role{access.Privacy}, Message: f.Message}}
	return f
}

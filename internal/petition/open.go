package petition

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// parts are what a new petition is made of.
type parts struct {
	id       string
	rules    *workflow.Rules
	asker    *ocop.Unit
	product  *ocop.Product
	campaign string // id
	by       string
}

// open finds who asks for what, as far as the actor may know of it.
//
// Faults: no_procedure (Conflict); opening_wrong (Invalid); no_authority (Conflict).
func (d *Desk) open(ctx context.Context, q sqldb.Querier, ask Ask, now time.Time) (*file, *workflow.Rules, error) {
	rules, err := d.InForce(ask.New.Procedure, ocop.DateOf(now))
	if err != nil {
		return nil, nil, err
	}
	p := parts{id: casework.NewID(), rules: rules, by: ask.Actor.ID}
	bad := fault.New(fault.Invalid, "opening_wrong", "Thông tin đề nghị chưa đúng.", "What is asked is not right.")
	if p.product, err = productOf(ctx, q, ask, bad); err != nil {
		return nil, nil, err
	}
	if p.asker, err = askerOf(ctx, q, ask, p.product, bad); err != nil {
		return nil, nil, err
	}
	if len(bad.Fields) > 0 {
		return nil, nil, bad
	}
	if p.product != nil {
		p.campaign = p.product.Campaign
	}
	if named := ask.New.Campaign; named != "" {
		c, err := store.CampaignBy(ctx, q, named)
		if err != nil {
			return nil, nil, err
		}
		if c == nil || !p.asker.Path.Within(c.UnitPath) {
			return nil, nil, bad.At("body.campaign", "Không có kế hoạch năm này ở nơi đề nghị.", "There is no such campaign where this is asked.")
		}
		p.campaign = c.ID
	}
	x, err := p.make(ctx, q, now)
	return x, rules, err
}

// InForce are the rules of a procedure of petitions on a day.
//
// Faults: no_procedure (Conflict).
func (d *Desk) InForce(procedure string, day ocop.Date) (*workflow.Rules, error) {
	rules, err := d.Cases.Library.InForce(procedure, day)
	if err == nil && rules.Petition == nil {
		err = fault.New(fault.Conflict, "no_procedure", "Quy trình này không dùng cho đơn, đề xuất.", "This procedure is not one of petitions.")
	}
	return rules, err
}

func productOf(ctx context.Context, q sqldb.Querier, ask Ask, bad *fault.Error) (*ocop.Product, error) {
	if ask.New.Product == "" {
		return nil, nil
	}
	p, err := store.Product(ctx, q, ask.New.Product)
	if err == nil && p == nil {
		p, err = store.ProductByCode(ctx, q, ask.New.Product)
	}
	if err != nil {
		return nil, err
	}
	if p == nil || !ask.Actor.Products().Sees(p.ID, p.Path, p.Producer.ID) {
		bad.At("body.product", "Không có sản phẩm này.", "There is no such product.")
		return nil, nil
	}
	return p, nil
}

// askerOf is the unit that asks: the product's producer, or the one that is
// named, or the only one for which the actor acts.
func askerOf(ctx context.Context, q sqldb.Querier, ask Ask, product *ocop.Product, bad *fault.Error) (*ocop.Unit, error) {
	named := ask.New.Asker
	if product != nil {
		if named == "" {
			named = product.Producer.ID
		}
	} else if own := actsFor(ask.Actor); named == "" && len(own) == 1 {
		named = own[0]
	}
	if named == "" {
		bad.At("body.asker", "Phải ghi chủ thể hoặc xã đề nghị.", "Say which producer or commune asks.")
		return nil, nil
	}
	u, err := store.UnitBy(ctx, q, named)
	if err != nil {
		return nil, err
	}
	if u == nil || u.Kind != ocop.Producers && u.Kind != ocop.Commune || !within(ask.Actor, u) {
		bad.At("body.asker", "Không có chủ thể hoặc xã này.", "There is no such producer or commune.")
		return nil, nil
	}
	if product != nil && u.ID != product.Producer.ID && !product.Path.Within(u.Path) {
		bad.At("body.asker", "Không phải chủ thể hoặc xã của sản phẩm này.", "Not the producer or the commune of this product.")
	}
	return u, nil
}

// actsFor are the producers and communes for which an actor acts.
func actsFor(a access.Actor) (out []string) {
	for _, g := range a.Grants {
		if (g.Role == access.Producer || g.Role == access.Commune) && !slices.Contains(out, g.Unit) {
			out = append(out, g.Unit)
		}
	}
	return out
}

// within reports whether a unit is one of the actor's, or below one that the
// actor has in view.
func within(a access.Actor, u *ocop.Unit) bool {
	v := a.Products()
	return slices.Contains(v.Producers, u.ID) || slices.ContainsFunc(v.Units, u.Path.Within)
}

// make puts a new petition together: the authority that decides and its number.
//
// Faults: no_authority (Conflict).
func (p parts) make(ctx context.Context, q sqldb.Querier, now time.Time) (*file, error) {
	n := &store.Petition{ID: p.id, Procedure: p.rules.Name, Edition: p.rules.Version, Hash: p.rules.Hash, State: ocop.NoState, Track: ocop.NoTrack,
		Year: int64(ocop.DateOf(now).Year()), Asker: ocop.Ref{ID: p.asker.ID, Code: p.asker.Code, Name: p.asker.Name.Vi}, AskerPath: p.asker.Path, AskerKind: p.asker.Kind,
		Place: p.asker.Path, Campaign: p.campaign, Facts: map[string]any{}, OpenedBy: p.by, OpenedAt: now}
	if p.product != nil {
		n.Product, n.Place = &ocop.Ref{ID: p.product.ID, Code: p.product.Code, Name: p.product.Name}, p.product.Path
	}
	x := &file{petition: n, fresh: true}
	if p.product != nil {
		about, err := casework.Abouts(ctx, q, []string{p.product.ID})
		if err != nil {
			return nil, err
		}
		a := about[p.product.ID]
		x.about = &a
	}
	unit := ""
	for _, kind := range p.rules.Petition.At {
		if kind == workflow.AtResult {
			kind = x.resultAt()
		}
		if unit = n.Place.Unit(kind); unit != "" {
			break
		}
	}
	u, err := store.Unit(ctx, q, unit)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, fault.New(fault.Conflict, "no_authority", "Không xác định được cơ quan giải quyết.", "There is no authority here that could decide this.")
	}
	n.Unit, n.UnitPath = ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, u.Path
	last, err := store.PetitionNumber(ctx, q, u.ID, n.Procedure, n.Year)
	n.Number = last + 1
	n.Code = code(p.rules, n.Year, n.Number)
	return x, err
}

// resultAt is the kind of unit that gave the product its newest result, "" where
// none did.
func (x *file) resultAt() ocop.UnitKind {
	if x.about == nil {
		return ""
	}
	return ocop.UnitKind(x.about.Level())
}

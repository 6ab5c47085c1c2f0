package casework

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Registration is a product that is not there yet.
type Registration struct {
	Code     string // made from the name when empty
	Name     string
	Producer string // id
	Set      int
	Campaign string // id or code; "" for none
	Assumed  bool
}

// maxName bounds a name, in characters.
const maxName = 200

// Check looks at the shape of a registration.
//
// Faults: product_wrong (Invalid).
func (r Registration) Check() error {
	bad := fault.New(fault.Invalid, "product_wrong", "Thông tin sản phẩm chưa đúng.", "The product's data is not right.")
	if n := utf8.RuneCountInString(strings.TrimSpace(r.Name)); n == 0 || n > maxName {
		bad.At("body.name", fmt.Sprintf("Tên phải có từ 1 đến %d ký tự.", maxName), fmt.Sprintf("The name must have 1 to %d characters.", maxName))
	} else if ocop.Slug(r.Name) == "" {
		bad.At("body.name", "Tên phải có chữ hoặc số.", "The name must hold a letter or a digit.")
	}
	if r.Set < 1 || r.Set > 26 {
		bad.At("body.set", "Bộ tiêu chí từ 1 đến 26.", "Criteria sets go from 1 to 26.")
	}
	if r.Producer == "" {
		bad.At("body.producer", "Phải chọn chủ thể.", "A producer is needed.")
	}
	return bad.OrNil()
}

// Register enters a product: event register opens its first round, import
// brings one that was recognised earlier with its certificate in data. An
// imported certificate that has run out expires at once.
//
// Faults: product_wrong; not_found; those of Move.
func (d *Desk) Register(ctx context.Context, r Registration, ask Ask) (Moved, error) {
	ready, err := r.ready()
	if err != nil {
		return Moved{}, err
	}
	ask.New, ask.Product = ready, ""
	moved, err := commit.Do[Moved](ctx, d.Committer, d.act(ask))
	if err != nil || ask.Event != "import" {
		return moved, err
	}
	return d.expireNow(ctx, moved)
}

// TryRegistering decides on one registration and writes nothing.
//
// Faults: those of Register.
func (d *Desk) TryRegistering(ctx context.Context, r Registration, ask Ask) error {
	ready, err := r.ready()
	if err != nil {
		return err
	}
	ask.New, ask.Product = ready, ""
	_, errs := d.Try(ctx, []Ask{ask})
	return errs[0]
}

// ready is a registration that can be decided on: of the right shape, with a
// code, which is made from the name unless there is one.
//
// Faults: product_wrong (Invalid).
func (r Registration) ready() (*Registration, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	r.Name = strings.TrimSpace(r.Name)
	if r.Code == "" {
		id := NewID()
		r.Code = ocop.Slug(r.Name) + "-" + strings.ReplaceAll(id, "-", "")[26:]
	}
	return &r, nil
}

// expireNow lets a certificate that was over before it was entered expire.
func (d *Desk) expireNow(ctx context.Context, moved Moved) (Moved, error) {
	k, err := store.Certificate(ctx, d.DB, moved.Product.CertificateNumber())
	if err != nil || k == nil || k.InForce(d.Today()) {
		return moved, err
	}
	after, err := d.Move(ctx, Ask{Product: moved.Product.ID, Event: "expire", Actor: access.SystemActor, quiet: true})
	if fault.Is(err, fault.Conflict) { // another sweep was faster, or a repeat of the key
		p, err := store.Product(ctx, d.DB, moved.Product.ID)
		if err == nil && p != nil {
			moved.Product = View(*p)
		}
		return moved, err
	}
	if err == nil {
		moved.Product = after.Product
	}
	return moved, err
}

// newDossiers prepares the products that asks want to enter, by place in asks.
// One whose producer or campaign is not there stays nil.
func (m moves) newDossiers(ctx context.Context, q sqldb.Querier, asks []any) (map[int]*dossier, error) {
	var producers, campaigns []string
	for _, a := range asks {
		if r := a.(Ask).New; r != nil {
			producers = append(producers, r.Producer)
			if r.Campaign != "" {
				campaigns = append(campaigns, r.Campaign)
			}
		}
	}
	out := map[int]*dossier{}
	if len(producers) == 0 {
		return out, nil
	}
	owners, err := store.ProducersByID(ctx, q, producers)
	if err != nil {
		return nil, err
	}
	plans := map[string]*store.Campaign{}
	for _, key := range campaigns {
		if plans[key] == nil {
			if plans[key], err = store.CampaignBy(ctx, q, key); err != nil {
				return nil, err
			}
		}
	}
	n := newcomers{moves: m, q: q, communes: map[string]*ocop.Ref{}, plans: map[string]Plan{}}
	for i, a := range asks {
		r := a.(Ask).New
		if r == nil {
			continue
		}
		owner, ok := owners[r.Producer]
		plan := plans[r.Campaign]
		if !ok || r.Campaign != "" && plan == nil {
			continue
		}
		x, err := n.dossier(ctx, r, owner, plan)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// newcomers prepares dossiers of new products; what many of them share is read once.
type newcomers struct {
	moves
	q        sqldb.Querier
	communes map[string]*ocop.Ref
	plans    map[string]Plan // by the campaign's id
}

func (n newcomers) dossier(ctx context.Context, r *Registration, owner ocop.Producer, campaign *store.Campaign) (*dossier, error) {
	p := &ocop.Product{
		ID: NewID(), Code: r.Code, Name: r.Name, Set: r.Set, State: ocop.NoState, Track: ocop.NoTrack, Assumed: r.Assumed,
		Producer: ocop.Ref{ID: owner.ID, Code: owner.Code, Name: owner.Name}, OwnerPath: owner.Path,
		Path: owner.Path.Parent(), Unit: owner.Unit,
	}
	if commune := owner.Path.Unit(ocop.Commune); commune != "" {
		if n.communes[commune] == nil {
			u, err := store.Unit(ctx, n.q, commune)
			if err != nil {
				return nil, err
			}
			n.communes[commune] = &ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}
		}
		p.Commune = n.communes[commune]
	}
	x := &dossier{product: p}
	if campaign != nil {
		p.Campaign, p.Plan = campaign.ID, campaign.Code
		if _, known := n.plans[p.Campaign]; !known {
			plans, err := n.plansOf(ctx, n.q, map[string]*ocop.Product{p.ID: p})
			if err != nil {
				return nil, err
			}
			n.plans[p.Campaign] = plans[p.Campaign]
		}
		x.plan = n.plans[p.Campaign]
	}
	return x, nil
}

// public is what the first entry of a product says of it.
func (r Registration) public(p *ocop.Product) ledger.Map {
	m := ledger.Map{"id": p.ID, "code": p.Code, "name": p.Name, "producer": p.Producer.ID, "set": p.Set}
	if p.Commune != nil {
		m["commune"] = p.Commune.ID
	}
	if p.Campaign != "" {
		m["campaign"] = p.Campaign
	}
	if p.Assumed {
		m["assumed"] = true
	}
	return m
}

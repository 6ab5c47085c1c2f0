package casework

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// same refuses a correction to the value that is there.
func same(bad *fault.Error, field string) {
	bad.At("body."+field, "Trùng với giá trị đang có; không có gì để đính chính.", "This is the present value; there is nothing to correct.")
}

// fixes are the changes that are asked for, checked against the dossier.
func (x *dossier) fixes(ctx context.Context, q sqldb.Querier, f Fix, today ocop.Date) (out []store.Corrected, err error) {
	if x.product.State == "withdrawn" {
		return nil, productWithdrawn()
	}
	p, bad := x.product, correctionWrong()
	checkReason(bad, "body.reason", f.Reason)
	if f.Name != nil {
		name := strings.TrimSpace(*f.Name)
		if n := utf8.RuneCountInString(name); n == 0 || n > maxName || ocop.Slug(name) == "" {
			bad.At("body.name", fmt.Sprintf("Tên phải có từ 1 đến %d ký tự, có chữ hoặc số.", maxName), fmt.Sprintf("The name must have 1 to %d characters, with a letter or a digit.", maxName))
		} else if name == p.Name {
			same(bad, "name")
		}
		out = append(out, store.Corrected{Field: "name", From: p.Name, To: name})
	}
	if f.Set != nil {
		if *f.Set < 1 || *f.Set > 26 {
			bad.At("body.set", "Bộ tiêu chí từ 1 đến 26.", "Criteria sets go from 1 to 26.")
		} else if *f.Set == p.Set {
			same(bad, "set")
		}
		out = append(out, store.Corrected{Field: "set", From: strconv.Itoa(p.Set), To: strconv.Itoa(*f.Set)})
	}
	if out, err = x.fixPlace(ctx, q, f, out, bad, today); err != nil {
		return nil, err
	}
	if f.Form != nil || f.Registration != nil || len(out) == 0 {
		bad.At("body", "Phải có ít nhất một trong: tên, bộ tiêu chí, chủ thể, đơn vị.", "Give at least one of name, set, producer, unit.")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}

// fixPlace checks the producer and the unit that a product is to get: both must
// lie where the actor is the office. With another producer goes its place.
func (x *dossier) fixPlace(ctx context.Context, q sqldb.Querier, f Fix, out []store.Corrected, bad *fault.Error, today ocop.Date) ([]store.Corrected, error) {
	p, unit := x.product, ""
	if f.Unit != nil {
		unit = *f.Unit
	}
	if f.Producer != nil {
		owner, err := producerBy(ctx, q, *f.Producer)
		switch {
		case err != nil:
			return nil, err
		case owner == nil || !reaches(f.Actor, owner.Path):
			bad.At("body.producer", "Không có chủ thể này.", "There is no such producer.")
		case owner.ID == p.Producer.ID:
			same(bad, "producer")
		default:
			out = append(out, store.Corrected{Field: "producer", From: p.Producer.ID, To: owner.ID, FromName: p.Producer.Name, ToName: owner.Name})
			if f.Unit == nil && owner.Unit != p.Unit {
				unit = owner.Unit
			}
		}
	}
	if f.Unit == nil && unit == "" {
		return out, nil
	}
	u, err := store.UnitBy(ctx, q, unit)
	switch {
	case err != nil:
		return nil, err
	case u == nil || !holdsProducts(*u) || f.Unit != nil && u.ValidTo != nil && *u.ValidTo < today || !reaches(f.Actor, u.Path):
		bad.At("body.unit", "Không có xã hoặc đơn vị cấp trên này.", "There is no such commune or authority above.")
	case u.ID == p.Unit:
		same(bad, "unit")
	default:
		old, err := store.Unit(ctx, q, p.Unit)
		if err != nil {
			return nil, err
		}
		out = append(out, store.Corrected{Field: "unit", From: p.Unit, To: u.ID, FromName: old.Name.Vi, ToName: u.Name.Vi})
	}
	return out, nil
}

func holdsProducts(u ocop.Unit) bool {
	return u.Kind == ocop.Commune || u.Kind == ocop.District || u.Kind == ocop.Province
}

func reaches(a access.Actor, place ocop.Path) bool {
	_, office := a.Holds(access.Office, place)
	return office
}

func producerBy(ctx context.Context, q sqldb.Querier, key string) (*ocop.Producer, error) {
	u, err := store.UnitBy(ctx, q, key)
	if err != nil || u == nil {
		return nil, err
	}
	return store.Producer(ctx, q, u.ID)
}

func productWithdrawn() *fault.Error {
	return fault.New(fault.Conflict, "product_withdrawn", "Sản phẩm đã rút; mở lại sản phẩm rồi mới đính chính.", "The product was withdrawn; reopen it before it is corrected.")
}

// corrected is a product as a correction leaves it.
type corrected struct {
	product *ocop.Product
	round   *ocop.Round // sent back to scoring; nil when it stays
	from    ocop.State
	plan    agenda
	now     time.Time
	ends    bool // scoring sessions that run are over
}

// correct works out what a correction changes, on copies. A wrong criteria set
// sends a round that was scored by it back to be scored again.
func (d *Desk) correct(ctx context.Context, q sqldb.Querier, x *dossier, k store.Correction, now time.Time) (correcting, error) {
	if x.product.State == "withdrawn" {
		return nil, productWithdrawn()
	}
	p, y := *x.product, *x
	c := &corrected{product: &p, from: p.State, now: now}
	for _, ch := range k.Changes {
		if err := put(ctx, q, &p, ch); err != nil {
			return nil, err
		}
		if ch.Field != "set" || x.round == nil {
			continue
		}
		scored, err := store.ScoredRound(ctx, q, x.round.ID)
		if err != nil {
			return nil, err
		}
		c.rescore(*x.round, scored)
	}
	p.Version, p.UpdatedAt = p.Version+1, now
	y.product = &p
	if c.round != nil {
		y.round = c.round
	}
	var err error
	c.plan, err = d.agenda(&y, now)
	p.Due = c.plan.due
	return c, err
}

// put sets one value of a product, if the old one is still there.
func put(ctx context.Context, q sqldb.Querier, p *ocop.Product, ch store.Corrected) error {
	present := map[string]string{"name": p.Name, "set": strconv.Itoa(p.Set), "producer": p.Producer.ID, "unit": p.Unit}
	if present[ch.Field] != ch.From {
		return fault.New(fault.Conflict, "correction_overtaken", "Giá trị đã thay đổi kể từ khi đề nghị; hãy đề nghị lại.", "The value has changed since the proposal; propose anew.")
	}
	switch ch.Field {
	case "name":
		p.Name = ch.To
	case "set":
		p.Set, _ = strconv.Atoi(ch.To)
	case "producer":
		owner, err := store.Producer(ctx, q, ch.To)
		if err != nil || owner == nil {
			return fmt.Errorf("producer of a correction: %w", err)
		}
		p.Producer, p.OwnerPath = ocop.Ref{ID: owner.ID, Code: owner.Code, Name: owner.Name}, owner.Path
	case "unit":
		u, err := store.Unit(ctx, q, ch.To)
		if err != nil || u == nil {
			return fmt.Errorf("unit of a correction: %w", err)
		}
		p.Unit, p.Path, p.Commune = u.ID, u.Path, nil
		if u.Kind == ocop.Commune {
			p.Commune = &ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}
		}
	}
	return nil
}

// rescore sends a round back to where it was to be scored, at its first level;
// sheets of the wrong set count for nothing, the producer's own included.
func (c *corrected) rescore(r ocop.Round, scored bool) {
	r.Data.SelfScore, c.ends, c.round = nil, true, &r
	if scored {
		r.Level = r.Data.Start
		c.unscore(&r)
	}
}

// unscore takes a round's result away; one that was scored stands again where it
// is to be scored, at the level it is at.
func (c *corrected) unscore(r *ocop.Round) {
	written := r.Data.Session != nil && r.Data.Session.Written
	r.Data.Session, r.Data.Result = nil, nil
	c.product.Level, c.ends, c.round = r.Level, true, r
	if c.product.State == "council_scored" {
		if c.product.State = "field_inspection"; written {
			c.product.State = "renewal"
		}
	}
}

func (c *corrected) rows(ctx context.Context, tx *sqldb.Tx) error {
	if err := store.CorrectProduct(ctx, tx, c.product); err != nil {
		return err
	}
	if c.round != nil {
		if err := store.SaveRounds(ctx, tx, []*ocop.Round{c.round}); err != nil {
			return err
		}
	}
	if c.ends {
		if err := store.CancelSessions(ctx, tx, []string{c.product.ID}); err != nil {
			return err
		}
	}
	return store.ReplaceTimers(ctx, tx, c.now, []string{c.product.ID}, c.plan.timers)
}

func (c *corrected) tell(d *ledger.Draft) {
	d.Data["version"], d.Round = c.product.Version, c.product.Round
	if c.from != c.product.State {
		d.From, d.To = string(c.from), string(c.product.State)
	}
}

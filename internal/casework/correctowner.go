package casework

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// CorrectProducer puts right a producer's name, its legal form or its number of
// registration. Another person confirms it when a result or a certificate of
// any of its products rests on it.
//
// Faults: those of CorrectProduct.
func (d *Desk) CorrectProducer(ctx context.Context, id string, f Fix) (store.Correction, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		n, err := store.Producer(ctx, q, id)
		if err != nil {
			return commit.Outcome{}, err
		}
		if n == nil || !f.Actor.Products().Sees("", n.Path, n.ID) {
			return commit.Outcome{}, NotFound()
		}
		if err := f.may(n.Path, n.Version); err != nil {
			return commit.Outcome{}, err
		}
		k := store.Correction{ID: NewID(), Producer: id, Of: n.Name, Path: n.Path, Reason: strings.TrimSpace(f.Reason), ProposedBy: f.Actor.ID, ProposedAt: now, Version: 1}
		if k.Changes, err = ownerFixes(*n, f); err != nil {
			return commit.Outcome{}, err
		}
		before, err := store.CorrectionsOfProducer(ctx, q, id)
		if err != nil {
			return commit.Outcome{}, err
		}
		if k.Second, err = store.RestsOnProducer(ctx, q, id); err != nil {
			return commit.Outcome{}, err
		}
		return f.enter(k, before, func(k store.Correction) (correcting, error) { return d.correctOwner(ctx, q, k) })
	}
	return commit.Do[store.Correction](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: f.Key, Locks: []string{"producer:" + id}})
}

// ownerFixes are the changes of a producer that are asked for, checked.
func ownerFixes(n ocop.Producer, f Fix) (out []store.Corrected, err error) {
	bad := correctionWrong()
	checkReason(bad, "body.reason", f.Reason)
	take := func(field string, given *string, present string, fits func(string) bool, vi, en string) {
		if given == nil {
			return
		}
		to := strings.TrimSpace(*given)
		if !fits(to) {
			bad.At("body."+field, vi, en)
		} else if to == present {
			same(bad, field)
		}
		out = append(out, store.Corrected{Field: field, From: present, To: to})
	}
	short := func(most int) func(string) bool {
		return func(s string) bool { n := utf8.RuneCountInString(s); return n > 0 && n <= most && ocop.Slug(s) != "" }
	}
	take("name", f.Name, n.Name, short(maxName), "Tên phải có từ 1 đến 200 ký tự, có chữ hoặc số.", "The name must have 1 to 200 characters, with a letter or a digit.")
	take("form", f.Form, n.Form, func(s string) bool { return slices.Contains(accounts.Forms, s) }, "Loại hình phải là một trong: "+strings.Join(accounts.Forms, ", ")+".", "The form must be one of: "+strings.Join(accounts.Forms, ", ")+".")
	take("registration", f.Registration, n.Registration, short(maxRegistration), "Số đăng ký có từ 1 đến 40 ký tự.", "The registration has 1 to 40 characters.")
	if len(out) == 0 || f.Set != nil || f.Producer != nil || f.Unit != nil {
		bad.At("body", "Phải có ít nhất một trong: tên, loại hình, số đăng ký.", "Give at least one of name, form, registration.")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}

// correctedOwner is a producer as a correction leaves it.
type correctedOwner struct {
	owner    ocop.Producer
	products []*ocop.Product
}

func (d *Desk) correctOwner(ctx context.Context, q sqldb.Querier, k store.Correction) (correcting, error) {
	n, err := store.Producer(ctx, q, k.Producer)
	if err != nil || n == nil {
		return nil, err
	}
	for _, ch := range k.Changes {
		at := map[string]*string{"name": &n.Name, "form": &n.Form, "registration": &n.Registration}[ch.Field]
		if *at != ch.From {
			return nil, fault.New(fault.Conflict, "correction_overtaken", "Giá trị đã thay đổi kể từ khi đề nghị; hãy đề nghị lại.", "The value has changed since the proposal; propose anew.")
		}
		*at = ch.To
	}
	n.Version++
	list, err := store.ProductsOf(ctx, q, n.ID)
	if err != nil {
		return nil, err
	}
	products, err := store.Products(ctx, q, list)
	if err != nil {
		return nil, err
	}
	c := &correctedOwner{owner: *n}
	for _, id := range list {
		p := products[id]
		p.Producer.Name = n.Name
		c.products = append(c.products, p)
	}
	return c, nil
}

func (c *correctedOwner) rows(ctx context.Context, tx *sqldb.Tx) error {
	return store.CorrectProducer(ctx, tx, c.owner, c.products)
}

func (c *correctedOwner) tell(d *ledger.Draft) { d.Data["version"] = c.owner.Version }

// CorrectionsOfProducer lists those of a producer that the actor may see.
//
// Faults: not_found.
func (d *Desk) CorrectionsOfProducer(ctx context.Context, a access.Actor, id string) ([]store.Correction, error) {
	n, err := store.Producer(ctx, d.DB, id)
	if err != nil {
		return nil, err
	}
	if n == nil || !a.Products().Sees("", n.Path, n.ID) {
		return nil, NotFound()
	}
	return store.CorrectionsOfProducer(ctx, d.DB, id)
}

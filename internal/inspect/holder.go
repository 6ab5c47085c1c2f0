package inspect

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Holder is somebody who held a role over a product.
type Holder struct {
	Person
	Role ocop.Role `json:"role"`
	Unit ocop.Ref  `json:"unit"`
}

// Holders are those who held a role over a product then: in its producer, at a unit
// above it, or in a department of one.
func (m *Moment) Holders(ctx context.Context, p ocop.Product) ([]Holder, error) {
	list, err := store.AllGrants(ctx, m.past.DB)
	if err != nil {
		return nil, err
	}
	out := []Holder{}
	for _, g := range list {
		place := g.Path
		if g.Role == access.Department {
			place = place.Parent()
		}
		if p.Path.Within(place) || p.OwnerPath == g.Path {
			out = append(out, Holder{Person{g.Account, g.Name}, g.Role, g.Unit})
		}
	}
	return out, nil
}

// Product finds a product that the actor audits, by its id or code.
//
// Faults: who_may_not (Forbidden); not_found.
func (i *Inspector) Product(ctx context.Context, a access.Actor, text string) (string, error) {
	scope, err := ScopeOf(a)
	if err != nil {
		return "", err
	}
	p, err := store.Product(ctx, i.DB, text)
	if err == nil && p == nil {
		p, err = store.ProductByCode(ctx, i.DB, text)
	}
	if err != nil {
		return "", err
	}
	if p == nil || !scope.Sees(p.Path) {
		return "", noProduct()
	}
	return p.ID, nil
}

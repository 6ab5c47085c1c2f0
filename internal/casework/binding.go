package casework

import (
	"cmp"
	"context"
	"io"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Bound is a document in the order in which a dossier is bound.
type Bound struct {
	store.Document
	Title ocop.Text
}

// ToBind gives a product's documents as a dossier is bound: what the procedure
// demands first, then in the order of the report; of each the newest version.
//
// Faults: not_found.
func (d *Desk) ToBind(ctx context.Context, a access.Actor, product string) (*Standing, []Bound, error) {
	now := d.Clock()
	s, err := d.Standing(ctx, d.DB, product, now)
	if err != nil {
		return nil, nil, err
	}
	if !sees(a, &s.Product) {
		return nil, nil, NotFound()
	}
	place := map[string]int{}
	for i, l := range lacks(s.x, s.Rules, ocop.DateOf(now)) {
		place[l.Kind] = i + 1
	}
	var out []Bound
	for _, f := range s.x.documents {
		if slices.ContainsFunc(s.x.documents, func(n store.Document) bool { return n.Replaces == f.ID }) {
			continue
		}
		b := Bound{Document: f, Title: ocop.Text{Vi: f.Kind, En: f.Kind}}
		if rule, ok := DocumentRule(s.Rules, f.Kind); ok {
			b.Title = rule.Title
		}
		out = append(out, b)
	}
	last := len(place) + 1
	slices.SortStableFunc(out, func(x, y Bound) int {
		return cmp.Or(cmp.Compare(cmp.Or(place[x.Kind], last), cmp.Or(place[y.Kind], last)), x.UploadedAt.Compare(y.UploadedAt))
	})
	return s, out, nil
}

// Content opens what a document that was read before holds.
func (d *Desk) Content(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	return d.Vault.Open(ctx, d.DB, sha256)
}

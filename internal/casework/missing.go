package casework

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// How a kind of document stands in a dossier.
const (
	PaperThere   = "there"
	PaperLapsed  = "lapsed"
	PaperMissing = "missing"
)

// Lack is a line of what a dossier asks for: by the procedure, or by the list
// of the producer's report, which demands nothing by itself.
type Lack struct {
	Kind     string       `json:"kind"`
	Title    ocop.Text    `json:"title"`
	Required bool         `json:"required"` // a move of the procedure asks for it
	Moves    []ocop.Event `json:"moves"`
	By       []ocop.Role  `json:"by"`
	State    string       `json:"state" enum:"there,lapsed,missing"`
	ValidTo  *ocop.Date   `json:"valid_to"` // of what counts the longest
	Source   string       `json:"source"`
}

// Missing goes through what a product's dossier asks for, the demanded first,
// and says what is there.
//
// Faults: not_found.
func (d *Desk) Missing(ctx context.Context, a access.Actor, product string) ([]Lack, error) {
	now := d.Clock()
	s, err := d.Standing(ctx, d.DB, product, now)
	if err != nil {
		return nil, err
	}
	if !sees(a, &s.Product) {
		return nil, NotFound()
	}
	return lacks(s.x, s.Rules, ocop.DateOf(now)), nil
}

func lacks(x *dossier, rules *workflow.Rules, today ocop.Date) []Lack {
	var out []Lack
	asked := map[string]bool{}
	for _, n := range rules.Checklist(x.track()) {
		asked[n.Kind] = true
		l := x.lack(n.Kind, n.Rule, today)
		if n.Kind == "self_score" && x.round != nil && x.round.Data.SelfScore != nil {
			l.State = PaperThere
		}
		l.Required, l.Moves, l.Source = true, n.Moves, rules.Name+" "+rules.Version
		out = append(out, l)
	}
	for _, item := range Report02 {
		if asked[item.Kind] {
			continue
		}
		rule, _ := DocumentRule(rules, item.Kind)
		l := x.lack(item.Kind, rule, today)
		l.Source = "Mẫu số 02, QĐ 26/2026/QĐ-TTg"
		out = append(out, l)
	}
	return out
}

func (x *dossier) lack(kind string, rule workflow.DocumentRule, today ocop.Date) Lack {
	l := Lack{Kind: kind, Title: rule.Title, By: rule.By, Moves: []ocop.Event{}, State: PaperMissing}
	endless := false
	for _, f := range x.documents {
		if f.Kind != kind {
			continue
		}
		if !f.ValidOn(today) {
			if l.State == PaperMissing {
				l.State = PaperLapsed
			}
			continue
		}
		l.State = PaperThere
		endless = endless || f.ValidTo == nil
		if f.ValidTo != nil && (l.ValidTo == nil || *f.ValidTo > *l.ValidTo) {
			l.ValidTo = f.ValidTo
		}
	}
	if endless {
		l.ValidTo = nil
	}
	return l
}

// Wanting is a product with what its procedure demands and its dossier lacks.
type Wanting struct {
	Product ocop.Product
	Lacks   []Lack
}

// WantingProducts says of a page of products which lack something demanded.
func (d *Desk) WantingProducts(ctx context.Context, a access.Actor, f store.Filter) (out []Wanting, err error) {
	products, err := d.Products(ctx, a, f)
	if err != nil || len(products) == 0 {
		return nil, err
	}
	files, err := d.dossiersOf(ctx, products)
	if err != nil {
		return nil, err
	}
	today := d.Today()
	for _, p := range products {
		x := files[p.ID]
		if x == nil {
			continue
		}
		rules, err := d.rules(x, today)
		if err != nil {
			return nil, err
		}
		w := Wanting{Product: p}
		for _, l := range lacks(x, rules, today) {
			if l.Required && l.State != PaperThere {
				w.Lacks = append(w.Lacks, l)
			}
		}
		if len(w.Lacks) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// Documents lists documents in the actor's view.
func (d *Desk) Documents(ctx context.Context, a access.Actor, f store.DocumentFilter) ([]store.Listed, error) {
	f.View = a.Products()
	return store.FindDocuments(ctx, d.DB, f)
}

// Lapsing lists documents that lapse from today within so many days, and no
// newer version of which is there.
func (d *Desk) Lapsing(ctx context.Context, a access.Actor, days int, f store.DocumentFilter) ([]store.Listed, error) {
	from := d.Today()
	before := from + ocop.Date(days) + 1
	f.LapsesFrom, f.LapsesBefore = &from, &before
	return d.Documents(ctx, a, f)
}

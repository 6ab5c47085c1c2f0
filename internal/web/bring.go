package web

import (
	"errors"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// replaceable is a document that a new version can take the place of.
type replaceable struct {
	Value, Title, Kind, Product string
	Whole                       bool
}

// bringForm is what a producer chooses from to bring documents to any of its products.
type bringForm struct {
	Products    []choice
	Kinds       []choice
	Replaceable []replaceable
	replaced    map[string]bool
}

// Superseded reports whether a newer version of a document is there.
func (b *bringForm) Superseded(id string) bool { return b != nil && b.replaced[id] }

// kindsToBring are the kinds of documents that the reader brings to a product: those
// of its procedure, and those of the producer's report.
func (p *page) kindsToBring(rules *workflow.Rules, product *ocop.Product) (out []choice) {
	for name, d := range rules.Documents.All() {
		if p.brings(d, product) {
			out = append(out, choice{Value: name, Title: d.Title.In(p.L())})
		}
	}
	for _, x := range casework.Report02 {
		rule, _ := casework.DocumentRule(rules, x.Kind)
		if _, own := rules.Documents.Get(x.Kind); !own && p.brings(rule, product) {
			out = append(out, choice{Value: x.Kind, Title: x.Title.In(p.L())})
		}
	}
	if rule, _ := casework.DocumentRule(rules, casework.ScanKind); p.brings(rule, product) {
		out = append(out, choice{Value: casework.ScanKind, Title: rule.Title.In(p.L())})
	}
	return out
}

func (p *page) replaceable(rules *workflow.Rules, product string, d store.Document) (replaceable, bool) {
	rule, ok := casework.DocumentRule(rules, d.Kind)
	return replaceable{Value: d.ID, Title: rule.Title.In(p.L()) + ": " + d.Name, Kind: d.Kind, Product: product, Whole: d.Product == ""}, ok
}

// mostOwn are how many of its products a producer chooses from.
const mostOwn = 100

// bringing is the form of a producer; nil for who owns no product.
func (s *Site) bringing(p *page) (*bringForm, error) {
	if !p.holds([]ocop.Role{access.Producer}) {
		return nil, nil
	}
	products, err := s.Desk.Products(p.ctx, p.session.Actor, store.Filter{Limit: mostOwn})
	if err != nil {
		return nil, err
	}
	products = slices.DeleteFunc(products, func(x ocop.Product) bool { _, own := p.session.Actor.Holds(access.Producer, x.OwnerPath); return !own })
	if len(products) == 0 {
		return nil, nil
	}
	ids := make([]string, len(products))
	for i, x := range products {
		ids[i] = x.ID
	}
	all, err := store.Documents(p.ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	b := &bringForm{replaced: map[string]bool{}}
	for i := range products {
		if err := b.add(p, &products[i], all[products[i].ID]); err != nil {
			return nil, err
		}
	}
	b.Replaceable = slices.DeleteFunc(b.Replaceable, func(x replaceable) bool { return b.replaced[x.Value] })
	return b, nil
}

func (b *bringForm) add(p *page, product *ocop.Product, documents []store.Document) error {
	rules, err := p.site.Desk.Rules(p.ctx, p.session.Actor, product.ID)
	if err != nil {
		return err
	}
	b.Products = append(b.Products, choice{Value: product.ID, Title: product.Name})
	for _, k := range p.kindsToBring(rules, product) {
		if !slices.ContainsFunc(b.Kinds, func(x choice) bool { return x.Value == k.Value }) {
			b.Kinds = append(b.Kinds, k)
		}
	}
	for _, d := range documents {
		if d.Replaces != "" {
			b.replaced[d.Replaces] = true
		}
		x, ok := p.replaceable(rules, product.ID, d)
		if rule, _ := casework.DocumentRule(rules, d.Kind); ok && p.brings(rule, product) && !slices.ContainsFunc(b.Replaceable, func(o replaceable) bool { return o.Value == d.ID }) {
			b.Replaceable = append(b.Replaceable, x)
		}
	}
	return nil
}

// bring takes a document from the page of all of them. One that replaces another
// is of its kind, and of the same product or producer.
func (s *Site) bring(p *page) error {
	name, file, err := p.takeFile(p.Typed("product"))
	if err == nil && name == "" {
		err = unreadable()
	}
	if err != nil {
		return p.retry(err, s.documents)
	}
	u := casework.Upload{Product: p.Typed("product"), Kind: p.Typed("kind"), Name: name, Taken: file, Whole: p.Typed("whole") == "true", Replaces: p.Typed("replaces"), Actor: p.session.Actor}
	form, err := s.bringing(p)
	if err == nil {
		u.ValidFrom, u.ValidTo, err = p.validity()
	}
	if err != nil {
		return p.retry(errors.Join(err, s.Desk.Vault.Settle(p.ctx, file)), s.documents)
	}
	if form != nil {
		for _, x := range form.Replaceable {
			if x.Value == u.Replaces {
				u.Product, u.Kind, u.Whole = x.Product, x.Kind, x.Whole
			}
		}
	}
	if _, err := s.Desk.AddDocument(p.ctx, u); err != nil {
		return p.retry(err, s.documents)
	}
	return p.back("/documents?saved=1", "/documents")
}

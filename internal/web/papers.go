package web

import (
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// evidence is a line of a product's checklist: a kind of document, what there is
// of it, and what it is for.
type evidence struct {
	Kind, Title string
	For         []string // titles of the moves that ask for it
	By          string   // who brings it
	Mine        bool     // the reader can
	Valid       bool     // something of it counts today
	Scored      bool     // the sheet filled in here stands for it
	Files       []store.Document
}

// papers is the checklist of the present round, and then whatever else lies
// in the dossier.
func (p *page) papers(rules *workflow.Rules, product *ocop.Product, documents []store.Document, own *ocop.SelfScore) []evidence {
	var out []evidence
	for _, n := range rules.Checklist(product.Track) {
		x := p.paper(rules, product, n.Kind, documents)
		for _, e := range n.Moves {
			x.For = append(x.For, p.Event(string(e)))
		}
		if n.Kind == "self_score" && own != nil {
			x.Valid, x.Scored = true, true
		}
		out = append(out, x)
	}
	for _, d := range documents {
		if !slices.ContainsFunc(out, func(x evidence) bool { return x.Kind == d.Kind }) {
			out = append(out, p.paper(rules, product, d.Kind, documents))
		}
	}
	return out
}

func (p *page) paper(rules *workflow.Rules, product *ocop.Product, kind string, documents []store.Document) evidence {
	rule, known := casework.DocumentRule(rules, kind)
	x := evidence{Kind: kind, Title: kind, By: p.Roles(rule.By), Mine: p.brings(rule, product)}
	if known {
		x.Title = rule.Title.In(p.L())
	}
	for _, d := range documents {
		if d.Kind == kind {
			x.Files = append(x.Files, d)
			x.Valid = x.Valid || d.ValidOn(p.site.Desk.Today())
		}
	}
	return x
}

// brings reports whether the reader may bring documents of a kind.
func (p *page) brings(rule workflow.DocumentRule, product *ocop.Product) bool {
	return slices.ContainsFunc(rule.By, func(role ocop.Role) bool {
		place := product.Path
		if role == access.Producer {
			place = product.OwnerPath
		}
		_, ok := p.session.Actor.Holds(role, place)
		if role == access.Producer && !ok {
			_, ok = p.session.Actor.InPlaceOf(place)
		}
		return ok
	})
}

// Size writes a number of bytes as people do.
func (p *page) Size(n int64) string {
	switch {
	case n < 1000:
		return number(int(n)) + " B"
	case n < 1_000_000:
		return number(int(n/1000)) + " kB"
	}
	tenths := n / 100_000
	point := ","
	if p.L() == ocop.En {
		point = "."
	}
	return number(int(tenths/10)) + point + number(int(tenths%10)) + " MB"
}

// validity reads from when to when a document holds, as typed.
func (p *page) validity() (from, to *ocop.Date, err error) {
	for name, into := range map[string]**ocop.Date{"valid_from": &from, "valid_to": &to} {
		if typed := p.Typed(name); typed != "" {
			day, err := ocop.ParseDate(typed)
			if err != nil {
				return nil, nil, fault.New(fault.Invalid, "document_wrong", "Ngày hiệu lực không hợp lệ.", "The day of validity is not a day.")
			}
			*into = &day
		}
	}
	return from, to, nil
}

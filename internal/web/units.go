package web

import (
	"net/url"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

const perTree = 200

type unitsBody struct {
	Items  []branch
	Next   string
	Kinds  []choice
	Above  []ocop.Unit // below which the reader may add
	CanAdd bool
}

// branch is a unit in the tree.
type branch struct {
	ocop.Unit
	Depth int
	Kind  string
}

// units shows the tree of authorities from the reader's own places downwards.
func (s *Site) units(p *page) error {
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if g.Role != access.Producer {
			places = append(places, g.Path)
		}
	}
	rows, err := store.UnitsBelow(p.ctx, s.DB, places, ocop.Path(p.c.Query("after")), perTree+1)
	if err != nil {
		return err
	}
	b := unitsBody{CanAdd: p.session.Actor.Has(access.Admin)}
	if len(rows) > perTree {
		rows = rows[:perTree]
		b.Next = "/units?after=" + url.QueryEscape(string(rows[perTree-1].Path))
	}
	least := 1 << 20
	for _, u := range rows {
		least = min(least, strings.Count(string(u.Path), "/"))
	}
	for _, u := range rows {
		b.Items = append(b.Items, branch{u, strings.Count(string(u.Path), "/") - least, p.T("unit_" + string(u.Kind))})
	}
	for _, k := range []ocop.UnitKind{ocop.Province, ocop.District, ocop.Commune, ocop.Department, ocop.Office, ocop.Council} {
		b.Kinds = append(b.Kinds, choice{Value: string(k), Title: p.T("unit_" + string(k))})
	}
	if b.CanAdd {
		if b.Above, err = p.administered(); err != nil {
			return err
		}
	}
	return p.show("units", p.T("units"), b)
}

func (s *Site) addUnit(p *page) error {
	u := ocop.Unit{Code: p.Typed("code"), Kind: ocop.UnitKind(p.Typed("kind")), Parent: p.Typed("parent"), Name: ocop.Text{Vi: strings.TrimSpace(p.Typed("name_vi")), En: strings.TrimSpace(p.Typed("name_en"))}}
	if u.Parent == "" {
		return p.retry(accounts.NotAdmin(), s.units) // the top of the tree is made once, by the command line
	}
	if _, err := s.People.AddUnit(p.ctx, p.session.Actor, u, p.key("unit")); err != nil {
		return p.retry(err, s.units)
	}
	return p.back("/units", "/units")
}

type producersBody struct {
	Q      string
	Items  []ocop.Producer
	Next   string
	Forms  []choice
	Units  []ocop.Unit
	CanAdd bool
}

func (s *Site) producers(p *page) error {
	actor := p.session.Actor
	view := actor.Products()
	places := view.Units
	var may []ocop.Path // below which the reader may add
	for _, g := range actor.Grants {
		switch g.Role {
		case access.Producer:
			places = append(places, g.Path)
		case access.Admin:
			places, may = append(places, g.Path), append(may, g.Path)
		case access.Office:
			may = append(may, g.Path)
		}
	}
	b := producersBody{Q: p.c.Query("q"), CanAdd: len(may) > 0}
	var err error
	if b.Items, err = store.ProducersBelow(p.ctx, s.DB, places, ocop.Fold(b.Q), p.c.Query("after"), perPage+1); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/producers?" + url.Values{"q": {b.Q}, "after": {b.Items[perPage-1].Code}}.Encode()
	}
	for _, f := range accounts.Forms {
		b.Forms = append(b.Forms, choice{Value: f, Title: p.T("form_" + f)})
	}
	if b.Units, err = store.UnitsBelow(p.ctx, s.DB, may, "", maxOffered); err != nil {
		return err
	}
	return p.show("producers", p.T("producers_title"), b)
}

func (s *Site) addProducer(p *page) error {
	n := ocop.Producer{Name: p.Typed("name"), Form: p.Typed("form"), Unit: p.Typed("unit")}
	added, err := s.People.AddProducer(p.ctx, p.session.Actor, n, p.key("producer"))
	if err != nil {
		return p.retry(err, s.producers)
	}
	return p.back("/producers?q="+url.QueryEscape(added.Name), "/producers")
}

// Form names the kind of a producer.
func (p *page) Form(form string) string { return p.T("form_" + form) }

package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/store"
)

type selfScoreBody struct {
	Product   string // id
	Name      string
	Grid      grid
	Result    *criteria.Result
	Floors    []criteria.Floor
	Number    int
	Changed   int
	Verified  bool
	CanScore  bool
	Instead   bool // in place of the producer
	Previous  bool
	Path      criteria.Path
	Stars     int
	Documents []store.Document
	Ladder    []int // stars to ask the path for
	evidence  map[string][]string
}

// Attached reports whether a document is evidence for a criterion.
func (b selfScoreBody) Attached(code, id string) bool { return slices.Contains(b.evidence[code], id) }

func (s *Site) selfScore(p *page) error {
	actor, id := p.session.Actor, p.c.Param("id")
	own, set, err := s.Desk.OwnScore(p.ctx, actor, id)
	if err != nil {
		return err
	}
	product, err := s.Desk.Product(p.ctx, actor, id)
	if err != nil {
		return err
	}
	b := selfScoreBody{Product: id, Name: product.Name, Number: own.Number, Changed: len(own.Changed), Verified: own.Verified, Floors: own.Floors,
		Previous: own.Previous != nil, Stars: 4, Ladder: []int{3, 4, 5}, evidence: own.Evidence}
	if own.Number > 0 {
		b.Result = &own.Result
	}
	_, office := actor.Holds(access.Office, product.Path)
	_, producer := actor.Holds(access.Producer, product.OwnerPath)
	_, instead := actor.InPlaceOf(product.OwnerPath)
	b.CanScore, b.Instead = office || producer || instead, !producer && instead
	sheet := own.Sheet
	if p.status != http.StatusOK {
		sheet = p.ticked(set) // keep what was typed
	}
	b.Grid = shown(set, sheet, "", func(criteria.Criterion) bool { return b.CanScore })
	rules, err := s.Desk.Rules(p.ctx, actor, id)
	if err != nil {
		return err
	}
	for _, band := range rules.Bands {
		b.Grid.Bands += fmt.Sprintf("%d:%d ", band.Stars, band.From)
	}
	if n, err := strconv.Atoi(p.c.Query("stars")); err == nil && n >= 1 && n <= 5 {
		b.Stars = n
	}
	if b.Path, err = s.Desk.PathTo(p.ctx, actor, id, b.Stars); err != nil {
		return err
	}
	if b.Documents, err = s.Desk.Evidence(p.ctx, actor, id); err != nil {
		return err
	}
	return p.show("self-score", p.T("self_score")+": "+product.Name, b)
}

// tickOwn keeps what a producer chose for its own product.
func (s *Site) tickOwn(p *page) error {
	id := p.c.Param("id")
	_, set, err := s.Desk.OwnScore(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	t := casework.Tick{Product: id, Sheet: p.ticked(set), Evidence: map[string][]string{}, Actor: p.session.Actor, Key: p.key("self-score " + id)}
	for _, c := range set.All() {
		if list := p.c.Request.PostForm["e."+c.Code]; len(list) > 0 {
			t.Evidence[c.Code] = list
		}
	}
	product, err := s.Desk.Product(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	err = p.inPlace(product.Producer.ID, id, func(b casework.OnBehalf) error {
		t.OnBehalf = b
		return s.Desk.TrySelfScore(p.ctx, t)
	}, func(b casework.OnBehalf) error {
		t.OnBehalf = b
		_, err := s.Desk.SelfScore(p.ctx, t)
		return err
	})
	if err != nil {
		return p.retry(err, s.selfScore)
	}
	return p.back("/products/"+url.PathEscape(id)+"/self-score", "/products")
}

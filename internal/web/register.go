package web

import (
	"net/url"
	"slices"
	"strconv"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// newBody is the form for a product that is not there yet.
type newBody struct {
	Find      string // words of a producer's name
	Producers []ocop.Producer
	More      bool // there are more producers than are offered
	Sets      []choice
	Campaigns []choice
	Earlier   bool // the reader may enter one that was recognised earlier
	Instead   bool // the reader may register in place of a producer
	Must      bool // and not otherwise
	Scans     []store.Document
}

func (s *Site) newProduct(p *page) error {
	actor := p.session.Actor
	b := newBody{Find: p.c.Query("find"), Earlier: actor.Has(access.Office), Instead: actor.StandsIn(), Must: !actor.Has(access.Office) && !actor.Has(access.Producer)}
	if b.Find == "" {
		b.Find = p.Typed("find")
	}
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if g.Role == access.Office || g.Role == access.Producer || g.Role == access.Commune {
			places = append(places, g.Path)
		}
	}
	var err error
	if b.Producers, err = store.ProducersBelow(p.ctx, s.DB, places, ocop.Fold(b.Find), "", perPage+1); err != nil {
		return err
	}
	if len(b.Producers) > perPage {
		b.Producers, b.More = b.Producers[:perPage], true
	}
	if owner := p.Typed("producer"); b.Instead && owner != "" {
		if b.Scans, err = s.papersOf(p, owner, ""); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	sets := criteria.BuiltIn(p.newest().Criteria)
	for n := range sets {
		b.Sets = append(b.Sets, choice{Value: number(n), Title: p.SetName(n), Count: int64(n)})
	}
	slices.SortFunc(b.Sets, func(a, b choice) int { return int(a.Count - b.Count) })
	plans, err := s.Campaigns.List(p.ctx, p.session.Actor, "", perPage)
	for _, c := range plans {
		b.Campaigns = append(b.Campaigns, choice{Value: c.Code, Title: c.Title.In(p.L())})
	}
	if err != nil {
		return err
	}
	return p.show("new-product", p.T("new_product"), b)
}

// register enters a product, or one that was recognised earlier.
func (s *Site) register(p *page) error {
	set, _ := strconv.Atoi(p.Typed("set")) // 0 is refused as a set
	ask := casework.Ask{Actor: p.session.Actor, Event: "register", Key: p.key("register")}
	if p.Typed("earlier") == "true" {
		stars, _ := strconv.ParseInt(p.Typed("stars"), 10, 64) // 0 is refused as stars
		ask.Event, ask.Data = "import", map[string]any{"number": p.Typed("number"), "stars": stars, "issued_on": p.Typed("issued_on")}
	}
	var moved casework.Moved
	r := casework.Registration{Name: p.Typed("name"), Producer: p.Typed("producer"), Set: set, Campaign: p.Typed("campaign")}
	err := p.inPlace(r.Producer, "", func(b casework.OnBehalf) error {
		ask.OnBehalf = b
		return s.Desk.TryRegistering(p.ctx, r, ask)
	}, func(b casework.OnBehalf) (err error) {
		ask.OnBehalf = b
		moved, err = s.Desk.Register(p.ctx, r, ask)
		return err
	})
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			return err
		}
		p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
		return s.newProduct(p)
	}
	return p.back("/products/"+url.PathEscape(moved.Product.ID), "/products")
}

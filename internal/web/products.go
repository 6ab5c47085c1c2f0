package web

import (
	"net/url"
	"slices"
	"strconv"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

const perPage = 50

type choice struct {
	Value, Title string
	Count        int64
}

type productsBody struct {
	Q, State, Track string
	Overdue         bool
	States, Tracks  []choice
	Items           []casework.Product
	Next            string
	CanRegister     bool
	Producers       []ocop.Producer
	Campaigns       []campaign.Campaign
}

func (s *Site) products(p *page) error { return s.listProducts(p) }

func (s *Site) listProducts(p *page) error {
	q := p.c.Request.URL.Query()
	actor := p.session.Actor
	f := store.Filter{State: q.Get("state"), Track: q.Get("track"), Commune: q.Get("commune"), Campaign: q.Get("campaign"),
		Text: ocop.Fold(q.Get("q")), After: q.Get("after"), Limit: perPage + 1}
	if q.Get("overdue") == "true" {
		today := s.Desk.Today()
		f.Overdue = &today
	}
	rows, err := s.Desk.Products(p.ctx, actor, f)
	if err != nil {
		return err
	}
	body := productsBody{Q: q.Get("q"), State: f.State, Track: f.Track, Overdue: f.Overdue != nil}
	if len(rows) > perPage {
		rows = rows[:perPage]
		q.Set("after", rows[perPage-1].Code)
		body.Next = "/products?" + q.Encode()
	}
	for _, x := range rows {
		body.Items = append(body.Items, casework.View(x))
	}
	if err := s.choices(p, f, &body); err != nil {
		return err
	}
	if err := s.registration(p, &body); err != nil {
		return err
	}
	return p.show("products", p.T("products"), body)
}

func (s *Site) choices(p *page, f store.Filter, body *productsBody) error {
	f.State = ""
	counts, err := s.Desk.Counts(p.ctx, p.session.Actor, f)
	if err != nil {
		return err
	}
	r := p.newest()
	for _, name := range r.States.Keys() {
		body.States = append(body.States, choice{name, p.State(ocop.State(name)), counts[ocop.State(name)]})
	}
	for _, name := range r.Tracks.Keys() {
		body.Tracks = append(body.Tracks, choice{name, p.Track(ocop.Track(name)), 0})
	}
	return nil
}

// registration fills what the form for a new product offers: the producers
// that the actor can register for.
func (s *Site) registration(p *page, body *productsBody) error {
	actor := p.session.Actor
	after := ""
	for {
		list, err := store.Producers(p.ctx, s.DB, after, 200)
		if err != nil {
			return err
		}
		for _, x := range list {
			_, office := actor.Holds(access.Office, x.Path)
			_, own := actor.Holds(access.Producer, x.Path)
			if office || own {
				body.Producers = append(body.Producers, x)
			}
		}
		if len(list) < 200 || len(body.Producers) > 500 {
			break
		}
		after = list[len(list)-1].Code
	}
	body.CanRegister = len(body.Producers) > 0
	var err error
	body.Campaigns, err = s.Campaigns.List(p.ctx, actor, "", 50)
	return err
}

func (s *Site) register(p *page) error {
	set, _ := strconv.Atoi(p.Typed("set"))
	moved, err := s.Desk.Register(p.ctx, casework.Registration{Name: p.Typed("name"), Producer: p.Typed("producer"), Set: set, Campaign: p.Typed("campaign")},
		casework.Ask{Actor: p.session.Actor, Event: "register", Key: p.key("register")})
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			return err
		}
		p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
		return s.listProducts(p)
	}
	return p.back("/products/"+url.PathEscape(moved.Product.ID), "/products")
}

// key is the idempotency key of a form, so that a double click counts once.
func (p *page) key(route string) *commit.Key {
	k := p.Typed("idempotency_key")
	if k == "" || len(k) > 100 {
		return nil
	}
	return &commit.Key{Account: p.session.Account.ID, Route: "page " + route, Key: k, Fingerprint: p.c.Request.PostForm.Encode()}
}

type tasksBody struct {
	Tasks    []casework.Task
	Sessions []council.View // that wait for the reader
	Next     string
}

func (s *Site) worklist(p *page) error {
	if err := p.watch("products"); err != nil {
		return err
	}
	tasks, next, err := s.Desk.Worklist(p.ctx, p.session.Actor, p.c.Query("after"), perPage)
	if err != nil {
		return err
	}
	if next != "" {
		next = "/worklist?after=" + url.QueryEscape(next)
	}
	waiting, err := s.waiting(p)
	if err != nil {
		return err
	}
	return p.show("worklist", p.T("worklist"), tasksBody{tasks, waiting, next})
}

// waiting are the sessions in which the reader has something to do: declare,
// score, open or close.
func (s *Site) waiting(p *page) ([]council.View, error) {
	var out []council.View
	for _, status := range []store.Status{store.Scoring, store.Opened} {
		list, err := s.Councils.Sessions(p.ctx, p.session.Actor, store.SessionFilter{Status: string(status), Mine: true, Limit: perPage})
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			mine := slices.ContainsFunc(v.Seats, func(x council.Seat) bool {
				return x.Account == p.session.Account.ID && x.Scores && !x.Recused && !x.Sealed
			})
			if v.Runs || mine && status == store.Scoring {
				out = append(out, v)
			}
		}
	}
	return out, nil
}

func (s *Site) campaigns(p *page) error {
	list, err := s.Campaigns.List(p.ctx, p.session.Actor, "", perPage)
	if err != nil {
		return err
	}
	return p.show("campaigns", p.T("campaigns"), list)
}

type campaignBody struct {
	campaign.Campaign
	CanExtend bool
	names     map[string]ocop.Text
}

// Name is what people call a unit or producer that a plan names by its code.
func (b campaignBody) Name(code string, lang ocop.Lang) string {
	if n, ok := b.names[code]; ok {
		return n.In(lang)
	}
	return code
}

func (s *Site) campaign(p *page) error {
	c, err := s.Campaigns.Get(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	body := campaignBody{Campaign: c, names: map[string]ocop.Text{"producers": messages["producers"], "communes": messages["communes"]}}
	if r := p.newest(); r.Rules != nil {
		body.CanExtend = p.holds(r.Extend)
	}
	units, err := store.Units(p.ctx, s.DB, "", 5000)
	if err != nil {
		return err
	}
	for _, u := range units {
		body.names[u.Code] = u.Name
	}
	for _, d := range c.Duties {
		if _, known := body.names[d.Unit]; known {
			continue
		}
		u, err := store.UnitByCode(p.ctx, s.DB, d.Unit)
		if err != nil {
			return err
		}
		if u != nil {
			body.names[d.Unit] = u.Name
		}
	}
	return p.show("campaign", c.Title.In(p.L()), body)
}

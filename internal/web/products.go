package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/announce"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/council"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

const perPage = 50

type choice struct {
	Value, Title string
	Count        int64
}

// productsBody is the list with what narrows it.
type productsBody struct {
	Filter    url.Values // what the address says, without the page
	Chips     []chip
	States    []choice
	Tracks    []choice
	Campaigns []choice
	Communes  []choice
	Events    []choice // that the reader may bring about for many at once
	Items     []casework.Product
	Total     string // that match
	Next      string
	CSV       string
	Excel     string
	ByDue     bool
}

// chip is a condition in force and the address without it.
type chip struct{ Title, Without string }

// Was is what the filter says about a name.
func (b productsBody) Was(name string) string { return b.Filter.Get(name) }

// conditions are the names that an address of the list may carry.
var conditions = []string{"q", "state", "track", "level", "commune", "producer", "campaign", "set", "stars", "overdue", "sort"}

// filterOf reads a list's conditions; what cannot be meant is left out.
func (s *Site) filterOf(q url.Values) (store.Filter, url.Values) {
	kept := url.Values{}
	for _, name := range conditions {
		if v := strings.TrimSpace(q.Get(name)); v != "" && len(v) <= 200 {
			kept.Set(name, v)
		}
	}
	set, _ := strconv.Atoi(kept.Get("set"))     // 0 narrows nothing
	stars, _ := strconv.Atoi(kept.Get("stars")) // likewise
	f := store.Filter{State: kept.Get("state"), Track: kept.Get("track"), Level: kept.Get("level"), Commune: kept.Get("commune"), Campaign: kept.Get("campaign"), Producer: kept.Get("producer"),
		Set: set, Stars: stars, Text: ocop.Fold(kept.Get("q")), ByDue: kept.Get("sort") == "due"}
	if kept.Get("overdue") == "true" {
		today := s.Desk.Today()
		f.Overdue = &today
	}
	return f, kept
}

func (s *Site) products(p *page) error {
	if err := p.watch("products"); err != nil {
		return err
	}
	f, kept := s.filterOf(p.c.Request.URL.Query())
	f.After, f.Limit = p.c.Query("after"), perPage+1
	rows, err := s.Desk.Products(p.ctx, p.session.Actor, f)
	if err != nil {
		return err
	}
	b := productsBody{Filter: kept, ByDue: f.ByDue, CSV: "/products.csv?" + kept.Encode(), Excel: "/api/v1/exports/products.xlsx?" + kept.Encode()}
	if len(rows) > perPage {
		rows = rows[:perPage]
		b.Next = "/products?" + with(kept, "after", f.Cursor(rows[perPage-1])).Encode()
	}
	for _, x := range rows {
		b.Items = append(b.Items, casework.View(x))
	}
	switch {
	case b.Next == "" && f.After == "":
		b.Total = p.Count(int64(len(rows))) // the page is all there is
	case f.Text != "": // what a search finds is not counted beyond its page
		b.Total = p.T("more_than") + " " + p.Count(perPage)
	default:
		if b.Total, err = s.total(p, f); err != nil {
			return err
		}
	}
	if err := s.choices(p, &b); err != nil {
		return err
	}
	b.Events = p.bulkEvents()
	return p.show("products", p.T("products"), b)
}

// with is a copy of an address's values with one of them set, or left out.
func with(q url.Values, name, value string) url.Values {
	out := maps.Clone(q)
	if out.Del(name); value != "" {
		out.Set(name, value)
	}
	return out
}

// total says how many match, as far as it is worth counting.
func (s *Site) total(p *page, f store.Filter) (string, error) {
	n, err := s.Desk.Count(p.ctx, p.session.Actor, f)
	if n > store.Most {
		return p.T("more_than") + " " + p.Count(store.Most), err
	}
	return p.Count(n), err
}

// choices fills what the list can be narrowed to.
func (s *Site) choices(p *page, b *productsBody) error {
	r := p.newest()
	for _, name := range r.States.Keys() {
		b.States = append(b.States, choice{Value: name, Title: p.State(ocop.State(name))})
	}
	for _, name := range r.Tracks.Keys() {
		b.Tracks = append(b.Tracks, choice{Value: name, Title: p.Track(ocop.Track(name))})
	}
	plans, err := s.Campaigns.List(p.ctx, p.session.Actor, "", perPage)
	if err != nil {
		return err
	}
	for _, c := range plans {
		b.Campaigns = append(b.Campaigns, choice{Value: c.Code, Title: c.Title.In(p.L())})
	}
	if b.Communes, err = p.communes(); err != nil {
		return err
	}
	b.Chips = p.chips(b)
	return nil
}

// maxCommunes is how many a list to choose from holds; whoever sees more
// narrows by other means.
const maxCommunes = 400

// communes are those that the reader sees products of.
func (p *page) communes() ([]choice, error) {
	units, err := store.CommunesBelow(p.ctx, p.site.DB, p.session.Actor.Products().Units, p.site.Desk.Today(), maxCommunes+1)
	if err != nil || len(units) > maxCommunes {
		return nil, err
	}
	var out []choice
	for _, u := range units {
		out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
	}
	return out, nil
}

// chips are the conditions in force, in words.
func (p *page) chips(b *productsBody) []chip {
	var out []chip
	for _, name := range conditions {
		value := b.Filter.Get(name)
		if value == "" || name == "sort" {
			continue
		}
		title := value
		for _, list := range [][]choice{b.States, b.Tracks, b.Campaigns, b.Communes} {
			if i := slices.IndexFunc(list, func(c choice) bool { return c.Value == value }); i >= 0 {
				title = list[i].Title
			}
		}
		switch name {
		case "producer":
			title = p.T("producer")
			if len(b.Items) > 0 {
				title += ": " + b.Items[0].Producer.Name
			}
		case "overdue":
			title = p.T("overdue")
		case "stars":
			title += " ★"
		case "set":
			n, _ := strconv.Atoi(value)
			title = p.SetName(n)
		case "level":
			title = p.T("level") + ": " + p.Level(ocop.Level(value))
		}
		out = append(out, chip{title, "/products?" + with(b.Filter, name, "").Encode()})
	}
	return out
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
	Requests []waiting
	Behalf   []store.OnBehalf  // to be confirmed, or objected to
	Lacking  []announce.Scored // of which the reader has not given notice
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
	requests, err := s.requests(p, atStart)
	if err != nil {
		return err
	}
	behalf, err := s.Desk.OnBehalfWaiting(p.ctx, p.session.Actor, perPage)
	if err != nil {
		return err
	}
	lacking, err := s.Announce.Lacking(p.ctx, p.session.Actor, perPage)
	if err != nil {
		return err
	}
	return p.show("worklist", p.T("worklist"), tasksBody{tasks, waiting, requests, behalf, lacking, next})
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

// Ladder are the stars that a list can be narrowed to.
func (productsBody) Ladder() []string { return []string{"1", "2", "3", "4", "5"} }

// StandsIn reports whether the reader acts in place of producers, or is one.
func (p *page) StandsIn() bool {
	return p.session.Actor.StandsIn() || p.holds([]ocop.Role{access.Producer})
}

// Registers reports whether the reader may register products.
func (p *page) Registers() bool {
	return p.holds([]ocop.Role{access.Office, access.Producer, access.Commune})
}

package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/inspect"
	"ocopflow/internal/ocop"
)

// auditing runs a handler for auditors; others are refused, as by the API.
func (s *Site) auditing(h handler) gin.HandlerFunc {
	return s.member(func(p *page) error {
		if _, err := inspect.ScopeOf(p.session.Actor); err != nil {
			return err
		}
		return h(p)
	})
}

// Audits reports whether the reader is an auditor.
func (p *page) Audits() bool {
	if p.session == nil {
		return false
	}
	_, err := inspect.ScopeOf(p.session.Actor)
	return err == nil
}

// AuditsAll reports whether the reader audits the whole programme.
func (p *page) AuditsAll() bool {
	if p.session == nil {
		return false
	}
	scope, _ := inspect.ScopeOf(p.session.Actor)
	return scope.All
}

// Tab reports whether the page shown is that one of the auditor's.
func (p *page) Tab(path string) bool {
	at := p.c.Request.URL.Path
	return at == path || path != "/audit" && strings.HasPrefix(at, path+"/") || path == "/audit" && strings.HasPrefix(at, "/audit/entries/")
}

// wrong shows what is wrong with what was typed on the page itself; other errors
// are the caller's to return.
func (p *page) wrong(err error) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.Forbidden {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return nil
}

type auditBody struct {
	Ask    inspect.Question
	Search string // what is asked, as a query string
	Items  []found
	Events []choice
	Kinds  []choice
	Next   string
	First  string // address of the first page, when another is shown
}

// found is an entry in words.
type found struct {
	inspect.Found
	Title, To, By string
	Why           []string
	Refused       bool
}

// auditSearch lists the entries that the form asks for. Timers that were set
// again are left out unless they are asked for.
func (s *Site) auditSearch(p *page) error {
	q := p.c.Request.URL.Query()
	b := auditBody{Events: p.events(), Kinds: p.kinds()}
	var err error
	if b.Ask, err = inspect.ReadQuestion(q); err != nil {
		if err := p.wrong(err); err != nil {
			return err
		}
		return p.show("audit", p.T("audit"), b)
	}
	b.Search = b.Ask.Query().Encode()
	ask := b.Ask
	ask.Quiet, ask.Limit = true, perPage+1
	if after, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		ask.After, b.First = &after, "/audit?"+b.Search
	}
	items, err := s.Inspector.Find(p.ctx, p.session.Actor, ask)
	if err != nil {
		return err
	}
	if len(items) > perPage {
		items = items[:perPage]
		next := b.Ask.Query()
		next.Set("after", strconv.FormatInt(items[perPage-1].Index, 10))
		b.Next = "/audit?" + next.Encode()
	}
	for _, f := range items {
		b.Items = append(b.Items, p.found(f))
	}
	return p.show("audit", p.T("audit"), b)
}

// found words an entry.
func (p *page) found(f inspect.Found) found {
	out := found{Found: f, Title: p.Event(f.Event), By: p.person(f.Actor), Refused: f.Kind == "refusal"}
	if f.To != "" && f.Kind == "move" && f.To != f.From {
		out.To = p.State(ocop.State(f.To))
	}
	if out.Refused {
		out.Why = p.reasonsOf(f.Event, f.Data)
	}
	return out
}

func (p *page) person(x inspect.Person) string {
	if x.ID == ocop.System {
		return p.T("system")
	}
	return x.Name
}

// People names several.
func (p *page) People(list []inspect.Person) string {
	var names []string
	for _, x := range list {
		names = append(names, p.person(x))
	}
	return strings.Join(names, ", ")
}

// Event names an event: by the procedure, else by our own words.
func (p *page) Event(name string) string {
	if title, known := p.newest().event(name); known {
		return title.In(p.L())
	}
	if m, ok := messages["event_"+name]; ok {
		return m.In(p.L())
	}
	for _, r := range p.site.Library.All() { // of petitions
		if title, known := (procedure{r}).event(name); known {
			return title.In(p.L())
		}
	}
	return name
}

// events are all that can be asked for, by their titles.
func (p *page) events() []choice {
	var out []choice
	seen := map[string]bool{}
	if r := p.newest(); r.Rules != nil {
		for _, name := range r.Transitions.Keys() {
			out, seen[name] = append(out, choice{Value: name, Title: p.Event(name)}), true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(messages)) {
		if name, ok := strings.CutPrefix(key, "event_"); ok && !seen[name] {
			out = append(out, choice{Value: name, Title: p.Event(name)})
		}
	}
	return out
}

func (p *page) kinds() []choice {
	var out []choice
	for _, k := range inspect.Kinds {
		out = append(out, choice{Value: k, Title: p.T("kind_" + k)})
	}
	return out
}

// Table names a table in words.
func (p *page) Table(name string) string {
	if m, ok := messages["table_"+name]; ok {
		return m.In(p.L())
	}
	return name
}

// ReviewOf is the address of a new review of an entry.
func (p *page) ReviewOf(entry int64, title string) string {
	return "/audit/reviews?" + url.Values{"entry": {strconv.FormatInt(entry, 10)}, "title": {title}}.Encode() + "#new"
}

// SearchAt is the address of a search that a review keeps.
func (p *page) SearchAt(search string) string {
	q, _ := url.ParseQuery(search) // it was read when the review was opened
	return "/audit?" + q.Encode()
}

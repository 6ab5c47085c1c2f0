package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/audit"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
)

// auditing runs a handler for auditors; others are refused, as by the API.
func (s *Site) auditing(h handler) gin.HandlerFunc {
	return s.member(func(p *page) error {
		if _, err := audit.ScopeOf(p.session.Actor); err != nil {
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
	_, err := audit.ScopeOf(p.session.Actor)
	return err == nil
}

// AuditsAll reports whether the reader audits a province or above.
func (p *page) AuditsAll() bool {
	if p.session == nil {
		return false
	}
	scope, _ := audit.ScopeOf(p.session.Actor)
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
	Ask    audit.Question
	Search string // what is asked, as a query string
	Items  []found
	Events []choice
	Kinds  []choice
	Next   string
	First  string // address of the first page, when another is shown
}

// found is an entry in words.
type found struct {
	audit.Found
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
	if b.Ask, err = audit.ReadQuestion(q); err != nil {
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
func (p *page) found(f audit.Found) found {
	out := found{Found: f, Title: p.Event(f.Event), By: p.person(f.Actor), Refused: f.Kind == "refusal"}
	if f.To != "" && f.Kind == "move" && f.To != f.From {
		out.To = p.State(ocop.State(f.To))
	}
	if out.Refused {
		out.Why = p.reasonsOf(f.Event, f.Data)
	}
	return out
}

func (p *page) person(x audit.Person) string {
	if x.ID == ocop.System {
		return p.T("system")
	}
	return x.Name
}

// People names several.
func (p *page) People(list []audit.Person) string {
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
	for _, k := range audit.Kinds {
		out = append(out, choice{Value: k, Title: p.T("kind_" + k)})
	}
	return out
}

type entryBody struct {
	found
	Parts []part
	Bytes string
	Proof string
	Key   string
}

// part of an entry, by its name in the bytes.
type part struct{ Name, Title, Value string }

// auditEntry shows one entry whole, with its proof.
func (s *Site) auditEntry(p *page) error {
	index, err := strconv.ParseInt(p.c.Param("index"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "not_found", "Không có bản ghi này.", "There is no such entry.")
	}
	f, text, err := s.Inspector.Entry(p.ctx, p.session.Actor, index)
	if err != nil {
		return err
	}
	b := entryBody{found: p.found(f), Bytes: text}
	if b.Parts, err = p.parts(text); err != nil {
		return err
	}
	_, proof, err := s.Notary.Proof(p.ctx, index)
	if err != nil {
		return err
	}
	b.Proof = string(proof)
	if b.Key, err = s.Notary.Key(p.ctx); err != nil {
		return err
	}
	return p.show("audit-entry", fmt.Sprintf("%s #%d", p.T("entry"), index), b)
}

// parts are what an entry's bytes say beside what its heading tells.
func (p *page) parts(text string) ([]part, error) {
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, err
	}
	var out []part
	for _, name := range []string{"kind", "stream", "seq", "actor", "from", "to", "round", "track", "level", "procedure", "data", "facts", "refs", "rows", "prev", "key"} {
		v, ok := m[name]
		if !ok || v == "" {
			continue
		}
		if inner, ok := v.(map[string]any); ok && (name == "data" || name == "facts") {
			for _, key := range slices.Sorted(maps.Keys(inner)) {
				out = append(out, part{name + "." + key, p.T("part_" + name), p.partValue(key, inner[key])})
			}
			continue
		}
		out = append(out, part{name, p.T("part_" + name), p.partValue(name, v)})
	}
	return out, nil
}

// partValue writes a value of an entry for a reader.
func (p *page) partValue(name string, v any) string {
	switch x := v.(type) {
	case string:
		if name == "from" || name == "to" {
			return p.State(ocop.State(x))
		}
		if name == "kind" {
			if m, ok := messages["kind_"+x]; ok {
				return m.In(p.L())
			}
		}
		return x
	case bool:
		return p.T(strconv.FormatBool(x))
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case nil:
		return "–"
	case map[string]any:
		if _, private := x["committed"]; private && len(x) == 1 {
			return p.T("private_value")
		}
	case []any:
		if name == "rows" {
			return p.rowNames(x)
		}
	}
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}

// rowNames are the tables that an entry tells rows of, each with how many.
func (p *page) rowNames(rows []any) string {
	count := map[string]int{}
	for _, r := range rows {
		if row, ok := r.([]any); ok && len(row) > 1 {
			count[p.Table(fmt.Sprint(row[1]))]++
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		out = append(out, fmt.Sprintf("%s: %d", name, count[name]))
	}
	return strings.Join(out, ", ")
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

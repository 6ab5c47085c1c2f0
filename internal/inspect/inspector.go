// Package inspect answers what auditors ask of the history: search, flags, and
// the programme as it stood at a moment. It writes nothing and proves nothing;
// what each auditor may be shown is decided here.
package inspect

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Inspector answers an auditor's questions: what was entered, and what stands
// out. One of the ministry, or of the only province, is shown all entries, any
// other those of products and petitions at or below the unit.
type Inspector struct {
	DB   *sqldb.DB
	Desk *casework.Desk
}

// Scope is what of the ledger an auditor is shown.
type Scope struct {
	All   bool
	Units []ocop.Path // in which the actor audits
}

// ScopeOf is the scope of an actor.
//
// Faults: who_may_not (Forbidden).
func ScopeOf(a access.Actor) (s Scope, err error) {
	for _, g := range a.Grants {
		if g.Role != access.Auditor {
			continue
		}
		s.Units = append(s.Units, g.Path)
		s.All = s.All || g.Whole
	}
	if len(s.Units) == 0 {
		return s, fault.New(fault.Forbidden, "who_may_not", "Việc này của thanh tra, kiểm toán.", "This is for an auditor.")
	}
	return s, nil
}

// Sees reports whether a product at that place is within the scope.
func (s Scope) Sees(place ocop.Path) bool {
	return s.All || slices.ContainsFunc(s.Units, place.Within)
}

// view bounds a search; nil for all entries.
func (s Scope) view() []ocop.Path {
	if s.All {
		return nil
	}
	return s.Units
}

// Found is an entry as a search shows it: without private values.
type Found struct {
	Index   int64          `json:"index"`
	Stream  string         `json:"stream"`
	Seq     int64          `json:"seq"`
	At      time.Time      `json:"at"`
	Actor   Person         `json:"actor"`
	Kind    string         `json:"kind"`
	Event   string         `json:"event"`
	From    string         `json:"from,omitempty"`
	To      string         `json:"to,omitempty"`
	Product *ocop.Ref      `json:"product"`
	Round   string         `json:"round,omitempty"`
	Track   string         `json:"track,omitempty"`
	Level   string         `json:"level,omitempty"`
	Data    map[string]any `json:"data"`
	Hash    string         `json:"hash"`

	withheld bool // something of it is for those who oversee its council
}

// Person is an account by the name it signs in with.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// line is an entry with what its bytes say.
type line struct {
	store.Line `json:"-"`
	From, To   string
	Track      string
	Level      string
	By         struct {
		Grants []struct{ Role, Unit string }
	} `json:"actor"`
	Data map[string]any
	Refs []string
}

func lineOf(l store.Line) (line, error) {
	out := line{Line: l}
	if err := json.Unmarshal(withoutRows(l.Body), &out); err != nil {
		return out, fmt.Errorf("entry %d: %w", l.Index, err)
	}
	if out.Data == nil {
		out.Data = map[string]any{}
	}
	return out, nil
}

// withoutRows leaves the rows out of an entry's bytes, most of which they are. Keys
// stand in their order, so "seq" is the one behind them; no quote within a text
// is without its backslash.
func withoutRows(body string) []byte {
	from, to := strings.Index(body, `,"rows":[[`), strings.LastIndex(body, `,"seq":`)
	if from < 0 || to < from {
		return []byte(body)
	}
	return []byte(body[:from] + body[to:])
}

// Find gives one page of the entries that a question lets through and that the
// actor is shown.
//
// Faults: who_may_not (Forbidden); search_wrong (Invalid).
func (i *Inspector) Find(ctx context.Context, a access.Actor, ask Question) ([]Found, error) {
	scope, err := ScopeOf(a)
	if err != nil {
		return nil, err
	}
	search, none, err := i.search(ctx, ask)
	if err != nil || none {
		return []Found{}, err
	}
	search.View = scope.view()
	lines, err := store.Find(ctx, i.DB, search)
	if err != nil {
		return nil, err
	}
	return i.found(ctx, a, lines)
}

// Entry is one entry that the actor is shown, with its bytes.
//
// Faults: who_may_not (Forbidden); not_found.
func (i *Inspector) Entry(ctx context.Context, a access.Actor, index int64) (Found, string, error) {
	scope, err := ScopeOf(a)
	if err != nil {
		return Found{}, "", err
	}
	l, err := store.LineAt(ctx, i.DB, index)
	if err != nil {
		return Found{}, "", err
	}
	if l == nil {
		return Found{}, "", noEntry()
	}
	if !scope.All {
		place, err := i.place(ctx, l)
		if err != nil {
			return Found{}, "", err
		}
		if place == "" || !scope.Sees(place) {
			return Found{}, "", noEntry()
		}
	}
	list, err := i.found(ctx, a, []store.Line{*l})
	if err != nil {
		return Found{}, "", err
	}
	if list[0].withheld && !scope.All {
		return Found{}, "", noEntry()
	}
	return list[0], l.Body, nil
}

// place is where the product or petition of an entry belongs; "" for neither.
func (i *Inspector) place(ctx context.Context, l *store.Line) (ocop.Path, error) {
	if l.Product == "" {
		return store.PetitionPlace(ctx, i.DB, l.Stream)
	}
	p, err := store.Product(ctx, i.DB, l.Product)
	if err != nil || p == nil {
		return "", err
	}
	return p.Path, nil
}

// found shows entries, with the names of people and products.
func (i *Inspector) found(ctx context.Context, a access.Actor, lines []store.Line) ([]Found, error) {
	var people, products []string
	for _, l := range lines {
		people, products = append(people, l.Actor), append(products, l.Product)
	}
	names, err := store.AccountNames(ctx, i.DB, people)
	if err != nil {
		return nil, err
	}
	known, err := store.Products(ctx, i.DB, products)
	if err != nil {
		return nil, err
	}
	out := []Found{}
	for _, l := range lines {
		x, err := lineOf(l)
		if err != nil {
			return nil, err
		}
		f := Found{Index: l.Index, Stream: l.Stream, Seq: l.Seq, At: l.At, Actor: person(names, l.Actor), Kind: l.Kind, Event: l.Event, From: x.From, To: x.To,
			Round: l.Round, Track: x.Track, Level: x.Level, Data: x.Data, Hash: hex.EncodeToString(l.Hash[:])}
		if p := known[l.Product]; p != nil {
			f.Product = &ocop.Ref{ID: p.ID, Code: p.Code, Name: p.Name}
			f.withhold(a, p.Path)
		}
		out = append(out, f)
	}
	return out, nil
}

func person(names map[string]string, id string) Person {
	if name := names[id]; name != "" {
		return Person{id, name}
	}
	return Person{id, id}
}

// withhold drops what members of a council chose and said, which is for those
// who oversee it.
func (f *Found) withhold(a access.Actor, place ocop.Path) {
	if !strings.HasPrefix(f.Stream, "council:") || a.Oversees().Sees("", place.Upto(ocop.UnitKind(f.Level)), "") {
		return
	}
	for _, name := range []string{"sheets", "sheet", "grounds"} {
		if _, ok := f.Data[name]; ok {
			f.withheld = true
			delete(f.Data, name)
		}
	}
}

func noEntry() error {
	return fault.New(fault.NotFound, "not_found", "Không có bản ghi này.", "There is no such entry.")
}

func noProduct() error {
	return fault.New(fault.NotFound, "not_found", "Không có sản phẩm này.", "There is no such product.")
}

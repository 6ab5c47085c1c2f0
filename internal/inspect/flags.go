package inspect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// FlagKind names what stands out.
type FlagKind string

// The kinds of flags. What each rests on stands where it is worked out; the
// thresholds are ours, none is a rule of law.
const (
	FlagDuties    FlagKind = "duties"    // one person in duties that conflict
	FlagHours     FlagKind = "hours"     // an official's move outside of working hours
	FlagBackdated FlagKind = "backdated" // a date long before the day it was entered, or a document used before it was valid
	FlagSentBack  FlagKind = "sent_back" // a round sent back again and again
	FlagExtension FlagKind = "extension" // a deadline extended after it had passed
	FlagPace      FlagKind = "pace"      // a step much faster or slower than the same step elsewhere
)

// FlagKinds are all of them, in the order in which they are shown.
var FlagKinds = []FlagKind{FlagDuties, FlagHours, FlagBackdated, FlagSentBack, FlagExtension, FlagPace}

// Flag is something that an auditor may want to look at. It accuses nobody: it
// says what was entered, and the figures that it rests on.
type Flag struct {
	Kind    FlagKind       `json:"kind"`
	Product *ocop.Ref      `json:"product"`
	Entries []int64        `json:"entries"` // oldest first
	Who     []Person       `json:"who"`
	At      time.Time      `json:"at"` // of the newest entry
	Text    ocop.Text      `json:"text"`
	Figures map[string]any `json:"figures"`
}

// Place orders flags: the newest first.
func (f Flag) Place() string {
	return fmt.Sprintf("%012d %s %012d %s", f.Entries[len(f.Entries)-1], f.Kind, f.Entries[0], f.Text.En)
}

// FlagFilter narrows flags. Zero fields do not.
type FlagFilter struct {
	Kind  string
	Unit  string // id or code
	Since string // moment or day of the newest entry
}

// history is what flags are worked out from.
type history struct {
	moves   []line
	records map[string][]line // by event
	days    *calendar.Days
	title   func(event string) ocop.Text
	flags   []Flag
}

// watched are the events, beside moves, that flags look at.
var watched = []string{"add_document", "appoint_council", "begin_session", "extend_deadline", "record_inspection", "seal_sheet"}

// Flags are those of what the actor is shown, the newest first. They are worked
// out from the entries each time; nothing is kept.
//
// Faults: who_may_not (Forbidden); flags_wrong (Invalid).
func (i *Inspector) Flags(ctx context.Context, a access.Actor, filter FlagFilter) ([]Flag, error) {
	scope, err := ScopeOf(a)
	if err != nil {
		return nil, err
	}
	from, unit, err := i.narrowed(ctx, filter)
	if err != nil {
		return nil, err
	}
	h, err := i.history(ctx)
	if err != nil {
		return nil, err
	}
	for _, find := range []func(*history){(*history).duties, (*history).producers, (*history).councils, (*history).hours, (*history).decisions,
		(*history).documents, (*history).extensions, (*history).sentBack, (*history).pace} {
		find(h)
	}
	h.flags = slices.DeleteFunc(h.flags, func(f Flag) bool {
		return filter.Kind != "" && string(f.Kind) != filter.Kind || f.At.Before(from)
	})
	return i.shown(ctx, h.flags, scope, unit)
}

func (i *Inspector) narrowed(ctx context.Context, filter FlagFilter) (from time.Time, unit *ocop.Unit, err error) {
	bad := fault.New(fault.Invalid, "flags_wrong", "Điều kiện lọc chưa đúng.", "The filter is not right.")
	if filter.Kind != "" && !slices.Contains(FlagKinds, FlagKind(filter.Kind)) {
		bad.At("query.kind", "Không có loại dấu hiệu này.", "There is no such kind of flag.")
	}
	if filter.Since != "" {
		if from, err = since(filter.Since); err != nil {
			bad.At("query.since", "Phải là một ngày (2024-05-01) hoặc thời điểm RFC 3339.", "Must be a day (2024-05-01) or a moment by RFC 3339.")
		}
	}
	if filter.Unit != "" {
		if unit, err = unitBy(ctx, i.DB, filter.Unit); err != nil {
			return from, nil, err
		}
		if unit == nil {
			bad.At("query.unit", "Không có đơn vị này.", "There is no such unit.")
		}
	}
	if len(bad.Fields) > 0 {
		return from, unit, bad
	}
	return from, unit, nil
}

// history reads moves and the records that flags look at, at one moment.
func (i *Inspector) history(ctx context.Context) (*history, error) {
	rules, err := i.Desk.Library.InForce(casework.ProcedureName, i.Desk.Today())
	if err != nil {
		return nil, err
	}
	h := &history{records: map[string][]line{}, days: i.Desk.Days(rules.Calendar), title: func(event string) ocop.Text {
		if t, ok := rules.Transitions.Get(event); ok {
			return t.Title
		}
		return ocop.Text{Vi: event, En: event}
	}}
	return h, i.DB.Snapshot(ctx, func(q sqldb.Querier) (err error) {
		if h.moves, err = lines(ctx, q, store.Search{Kind: ledger.KindMove}); err != nil {
			return err
		}
		for _, event := range watched {
			if h.records[event], err = lines(ctx, q, store.Search{Event: event, Kind: ledger.KindRecord}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lines reads all entries of a search, the oldest first, in pages.
func lines(ctx context.Context, q sqldb.Querier, s store.Search) (out []line, err error) {
	const page = 1000
	for s.Oldest, s.Limit = true, page; ; {
		list, err := store.Find(ctx, q, s)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			x, err := lineOf(l)
			if err != nil {
				return nil, err
			}
			x.Body = "" // read, and large
			out = append(out, x)
		}
		if len(list) < page {
			return out, nil
		}
		s.After = &list[len(list)-1].Index
	}
}

// flag notes what stands out about entries, in their order.
func (h *history) flag(kind FlagKind, entries []line, text ocop.Text, figures map[string]any) {
	f := Flag{Kind: kind, At: entries[len(entries)-1].At, Text: text, Figures: figures}
	for _, e := range entries {
		f.Entries = append(f.Entries, e.Index)
		if !slices.ContainsFunc(f.Who, func(p Person) bool { return p.ID == e.Actor }) {
			f.Who = append(f.Who, Person{ID: e.Actor})
		}
		if e.Product != "" {
			f.Product = &ocop.Ref{ID: e.Product}
		}
	}
	h.flags = append(h.flags, f)
}

// shown are the flags within a scope and a unit, with names, in their order.
func (i *Inspector) shown(ctx context.Context, flags []Flag, scope Scope, unit *ocop.Unit) ([]Flag, error) {
	var people, products []string
	for _, f := range flags {
		if f.Product != nil {
			products = append(products, f.Product.ID)
		}
		for _, p := range f.Who {
			people = append(people, p.ID)
		}
	}
	names, err := store.AccountNames(ctx, i.DB, people)
	if err != nil {
		return nil, err
	}
	known, err := store.Products(ctx, i.DB, products)
	if err != nil {
		return nil, err
	}
	out := []Flag{}
	for _, f := range flags {
		place := ocop.Path("")
		if f.Product != nil {
			if p := known[f.Product.ID]; p != nil {
				place, f.Product = p.Path, &ocop.Ref{ID: p.ID, Code: p.Code, Name: p.Name}
			}
		}
		if !scope.Sees(place) || unit != nil && !place.Within(unit.Path) {
			continue
		}
		f.name(names)
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Flag) int { return cmp.Compare(b.Place(), a.Place()) })
	return out, nil
}

// name puts people's names into a flag and its sentence.
func (f *Flag) name(names map[string]string) {
	var list []string
	for i, p := range f.Who {
		f.Who[i] = person(names, p.ID)
		list = append(list, f.Who[i].Name)
	}
	who := strings.Join(list, ", ")
	f.Text.Vi, f.Text.En = strings.ReplaceAll(f.Text.Vi, "{who}", who), strings.ReplaceAll(f.Text.En, "{who}", who)
}

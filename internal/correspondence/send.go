package correspondence

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Sending is a paper that goes out within the act of another package: a notice,
// a letter. It is registered on the day of the act, so it is never late.
type Sending struct {
	Unit     *ocop.Unit // that sends it and keeps the register
	Suffix   string     // of its symbol, such as TB-VPĐP: 5 makes it 05/TB-VPĐP; "" leaves it without one
	Kind     string     // code of a Kind
	Summary  string
	To       []string   // ids of units and producers: their people are told of it
	Products []ocop.Ref // that it concerns
	Of       string     // product on whose history it is told; "" tells it on the unit's
	Decision string     // id of the decision that it is; usually ""
	// Write gives the paper's text once it has its number, so that what was sent is
	// kept; nil keeps none.
	Write func(store.Paper) (string, error)
	Event string     // in the ledger, such as send_notice
	Data  ledger.Map // that the entry says beside the line
	// Rows are written with the line, in the same part of the act; may be nil.
	Rows func(ctx context.Context, tx *sqldb.Tx, l store.Paper) error
}

// Dispatch is a paper that was numbered, with what writes it: one draft and one
// part of an act.
type Dispatch struct {
	Paper store.Paper
	Draft ledger.Draft
	Rows  commit.Rows
}

// Send numbers papers that an act sends, one after the other, and gives what
// writes each. The act holds Lock of the unit; its drafts and Parts take those of
// the dispatches in their order. All of them are of one unit.
func (d *Desk) Send(ctx context.Context, q sqldb.Querier, now time.Time, a access.Actor, key *commit.Key, list []Sending) ([]Dispatch, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var to []string
	for _, s := range list {
		to = append(to, s.To...)
	}
	units, err := store.UnitsByID(ctx, q, to)
	if err != nil {
		return nil, err
	}
	on, unit := ocop.DateOf(now), list[0].Unit
	number, err := store.NextPaper(ctx, q, unit.ID, store.Sent, on.Year())
	if err != nil {
		return nil, err
	}
	due, symbols := d.due(on, on), number
	var out []Dispatch
	for _, s := range list {
		l := store.Paper{ID: casework.NewID(), Unit: ocop.Ref{ID: unit.ID, Code: unit.Code, Name: unit.Name.Vi}, Path: unit.Path, Year: on.Year(), Direction: store.Sent, Number: number,
			Dated: &on, RegisteredOn: on, DueOn: due, Kind: s.Kind, Summary: s.Summary, Decision: s.Decision, Product: s.Of, RegisteredBy: a.ID, RegisteredAt: now, Version: 1,
			Parties: []ocop.Ref{}, Products: s.Products}
		number++
		places := with(&l, units, s.To)
		if s.Suffix != "" {
			if l.Symbol, symbols, err = freeSymbol(ctx, q, l, symbols, s.Suffix); err != nil {
				return nil, err
			}
		}
		if s.Write != nil {
			if l.Body, err = s.Write(l); err != nil {
				return nil, err
			}
			l.Drawn = l.Body != ""
		}
		l.Sought = sought(l)
		draft := lineDraft(l, a, key, s.Event)
		maps.Copy(draft.Data, s.Data)
		out = append(out, Dispatch{l, draft, writing(l, places, nil, s.Rows)})
	}
	return out, nil
}

// freeSymbol makes a symbol from a number, or from a later one where a clerk gave
// that symbol to another paper; the next paper goes on behind it.
func freeSymbol(ctx context.Context, q sqldb.Querier, l store.Paper, n int64, suffix string) (string, int64, error) {
	for n = max(n, l.Number); ; n++ {
		symbol := fmt.Sprintf("%02d/%s", n, suffix)
		taken, err := store.Symboled(ctx, q, l.Unit.ID, store.Sent, l.Dated.Year(), symbol)
		if err != nil || len(taken) == 0 {
			return symbol, n + 1, err
		}
	}
}

// with puts units to a line, and gives where their people are.
func with(l *store.Paper, units map[string]*ocop.Unit, ids []string) (places []ocop.Path) {
	for _, id := range ids {
		if u := units[id]; u != nil && !slices.Contains(places, u.Path) {
			l.Parties = append(l.Parties, ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi})
			places = append(places, u.Path)
		}
	}
	return places
}

// sought are the words by which a line is found.
func sought(l store.Paper) string {
	words := []string{l.Symbol, l.Others, l.Summary}
	for _, p := range l.Parties {
		words = append(words, p.Name)
	}
	for _, p := range l.Products {
		words = append(words, p.Name, p.Code)
	}
	return ocop.Fold(strings.Join(words, " "))
}

// lineDraft stands in the history of the product that the line is told on, else in
// that of the unit that keeps the register.
func lineDraft(l store.Paper, a access.Actor, key *commit.Key, event string) ledger.Draft {
	draft := ledger.Draft{Stream: "unit:" + l.Unit.ID, Kind: ledger.KindRecord, Event: event, Product: l.Product, Actor: casework.ActorOf(a),
		Data: ledger.Map{"paper": l.ID, "direction": string(l.Direction), "year": l.Year, "number": l.Number, "kind": l.Kind, "registered_on": l.RegisteredOn.String()}}
	if l.Product != "" {
		draft.Stream = "product:" + l.Product
	}
	if l.Symbol != "" {
		draft.Data["symbol"] = l.Symbol
	}
	if key != nil {
		draft.Key = key.Key
	}
	return draft
}

// writing writes a line, and tells those to whom the paper was sent.
func writing(l store.Paper, places []ocop.Path, scan *scan, more func(context.Context, *sqldb.Tx, store.Paper) error) commit.Rows {
	return func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
		if err := store.InsertPaper(ctx, tx, l); err != nil {
			return err
		}
		if scan != nil {
			if err := scan.save(ctx, tx); err != nil {
				return err
			}
		}
		if l.Direction == store.Sent && len(places) > 0 {
			if err := store.InsertMatterMarks(ctx, tx, []store.Mark{told(l, places, entries[0].Index)}); err != nil {
				return err
			}
		}
		if more == nil {
			return nil
		}
		return more(ctx, tx, l)
	}
}

// told is the mark by which people learn of a paper that was sent to them.
func told(l store.Paper, places []ocop.Path, entry int64) store.Mark {
	m := store.Mark{Matter: store.PaperMatter + l.ID, Deadline: "paper", Kind: store.TimerRemind, LastDay: l.RegisteredOn, At: l.RegisteredAt, Entry: entry, Roles: []ocop.Role{}}
	for _, p := range places {
		m.Told = append(m.Told, store.Told{Place: p})
	}
	return m
}

package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Search narrows the entries of the ledger. Zero fields do not.
type Search struct {
	View    []ocop.Path // only entries of products at or below one of these; nil for all entries
	Actor   string      // id
	Product string      // id
	Unit    ocop.Path   // entries of products, units and producers at or below it
	Event   string
	Kind    string
	Quiet   bool // without those that only set timers again
	Stream  string
	From    int64 // index of the first
	Until   int64 // index behind the last; 0 for no end
	After   *int64
	Oldest  bool // oldest first
	Limit   int
}

const (
	sqlEntryAt   = `SELECT at FROM entries WHERE idx = $1`
	sqlAllGrants = `SELECT a.id, a.name, g.role, u.id, u.code, u.name_vi, u.path FROM grants g JOIN accounts a ON a.id = g.account JOIN units u ON u.id = g.unit
		ORDER BY u.path, g.role, a.name`
)

var setAccountNames = sqldb.Set{
	SQL:     `SELECT a.id, a.name FROM accounts a WHERE a.id IN (SELECT c1 FROM {rows})`,
	Columns: []sqldb.Kind{sqldb.Text},
}

// where builds the search's conditions with bound arguments. Each of actor,
// product, event and kind has an index that ends with the entry's own.
func (s Search) where() (string, []any) {
	var conds []string
	var b binder
	bind := b.bind
	is := func(column, value string) {
		if value != "" {
			conds = append(conds, fmt.Sprintf("%s = %s", column, bind(value)))
		}
	}
	is("actor", s.Actor)
	is("product", s.Product)
	is("event", s.Event)
	is("kind", s.Kind)
	is("stream", s.Stream)
	if s.Quiet {
		conds = append(conds, "kind <> 'schedule'")
	}
	if s.View != nil {
		conds = append(conds, anyOf([]string{productsBelow(s.View, bind), petitionsBelow(s.View, bind)}))
	}
	if s.Unit != "" {
		conds = append(conds, s.below(bind))
	}
	conds = append(conds, "idx >= "+bind(s.from()))
	if until := s.until(); until > 0 {
		conds = append(conds, "idx < "+bind(until))
	}
	return strings.Join(conds, " AND "), b.args
}

// from and until are the bounds with the place where the last page ended.
func (s Search) from() int64 {
	if s.Oldest && s.After != nil {
		return max(s.From, *s.After+1)
	}
	return s.From
}

func (s Search) until() int64 {
	if s.Oldest || s.After == nil || s.Until > 0 && s.Until < *s.After {
		return s.Until
	}
	return *s.After
}

func productsBelow(view []ocop.Path, bind func(any) string) string {
	return "product IN (SELECT p.id FROM products p WHERE " + viewCondition(access.View{Units: view}, bind) + ")"
}

// below is the condition "of a product, a petition, a unit or a producer at or
// below the unit".
func (s Search) below(bind func(any) string) string {
	const units = `stream IN (SELECT CASE WHEN u.kind = 'producer' THEN 'producer:' ELSE 'unit:' END || u.id FROM units u WHERE %s)`
	place := []ocop.Path{s.Unit}
	return anyOf([]string{productsBelow(place, bind), petitionsBelow(place, bind), fmt.Sprintf(units, pathsBelow("u.path", place, bind))})
}

// Find gives one page of the entries that the search lets through, the newest
// first unless it asks for the oldest.
func Find(ctx context.Context, q sqldb.Querier, s Search) ([]Line, error) {
	text, args := s.statement()
	rows, err := q.Query(ctx, text, args...)
	return collect(rows, err, "search entries", scanLine)
}

func (s Search) statement() (string, []any) {
	where, args := s.where()
	order := "DESC"
	if s.Oldest {
		order = "ASC"
	}
	args = append(args, s.Limit)
	return fmt.Sprintf("SELECT %s FROM entries WHERE %s ORDER BY idx %s LIMIT $%d", lineColumns, where, order, len(args)), args
}

// FirstAt is the index of the first entry at or after a moment, the ledger's size
// when there is none. No entry is older than the one before it, so the place is
// found by halving.
func FirstAt(ctx context.Context, q sqldb.Querier, at time.Time) (int64, error) {
	head, err := LoadHead(ctx, q)
	low, high := int64(0), head.Tree.Size
	for err == nil && low < high {
		middle := (low + high) / 2
		var micros int64
		if err = q.QueryRow(ctx, sqlEntryAt, middle).Scan(&micros); err != nil {
			return 0, fmt.Errorf("entry %d: %w", middle, err)
		}
		if micros < sqldb.Micros(at) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, err
}

// AccountNames are the names that accounts sign in with, by their ids.
func AccountNames(ctx context.Context, q sqldb.Querier, list []string) (map[string]string, error) {
	rows, err := sqldb.QuerySet(ctx, q, setAccountNames, ids(list))
	out := map[string]string{}
	_, err = collect(rows, err, "account names", func(s scanner) (struct{}, error) {
		var id, name string
		err := s.Scan(&id, &name)
		out[id] = name
		return struct{}{}, err
	})
	return out, err
}

// Held is a role that an account holds.
type Held struct {
	Account string
	Name    string
	Role    ocop.Role
	Unit    ocop.Ref
	Path    ocop.Path // of the unit
}

// AllGrants are all roles that are held, from the top unit down.
func AllGrants(ctx context.Context, q sqldb.Querier) ([]Held, error) {
	rows, err := q.Query(ctx, sqlAllGrants)
	return collect(rows, err, "all grants", func(s scanner) (h Held, err error) {
		err = s.Scan(&h.Account, &h.Name, &h.Role, &h.Unit.ID, &h.Unit.Code, &h.Unit.Name, &h.Path)
		return h, err
	})
}

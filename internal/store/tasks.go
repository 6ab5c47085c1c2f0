package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// TaskFilter narrows products to those with which somebody can have something to do.
type TaskFilter struct {
	View     access.View
	Rounds   []ocop.State // where a round can ask something of them
	Expired  bool         // whether they can renew a certificate that has run out
	Unplaced bool         // whether they can say of which commune a product is
	Said     ocop.Date    // what was said of deadlines counts if their last day is this one or a later one
	After    string       // cursor of the last one seen
	Limit    int
}

// Place is a product's place in the order of deadlines.
type Place struct{ Product, Cursor string }

// what are the conditions, no two of which hold of one product: in a round that
// can ask something, at rest with a deadline or run out, or talked about by
// something beside its state.
func (f TaskFilter) what(bind func(any) string) []string {
	var out, rounds []string
	for _, state := range f.Rounds {
		rounds = append(rounds, bind(string(state)))
		out = append(out, "p.state = "+rounds[len(rounds)-1]+" AND p.round IS NOT NULL")
	}
	rest := fmt.Sprintf("%s < %d", dueOrNever, never)
	out = append(out, rest+" AND p.round IS NULL")
	if f.Expired {
		out = append(out, fmt.Sprintf("p.state = 'expired' AND p.round IS NULL AND NOT (%s)", rest))
		rest += " OR p.state = 'expired'"
	}
	among := "FALSE"
	if len(rounds) > 0 {
		among = "p.state IN (" + strings.Join(rounds, ", ") + ")"
	}
	unplaced := ""
	if f.Unplaced {
		unplaced = "UNION ALL SELECT x.id FROM products x WHERE x.commune IS NULL AND x.round IS NOT NULL"
	}
	return append(out, fmt.Sprintf(`p.id IN (SELECT m.product FROM marks m WHERE m.last_day >= %s
		UNION ALL SELECT m.product FROM marks m WHERE m.deadline LIKE 'document:%%'
		UNION ALL SELECT d.product FROM decisions d WHERE d.state = 'pending'
		UNION ALL SELECT x.id FROM products x WHERE x.proposal <> '' %s)
		AND NOT (p.round IS NOT NULL AND %s) AND NOT (p.round IS NULL AND (%s))`, bind(int64(f.Said)), unplaced, among, rest))
}

// ProductsWithTasks gives one page in the order of deadlines, those without one last.
func ProductsWithTasks(ctx context.Context, q sqldb.Querier, f TaskFilter) ([]Place, error) {
	w, err := Filter{View: f.View}.wayOf(ctx, q)
	if err != nil {
		return nil, err
	}
	text, args := f.statement(w)
	rows, err := q.Query(ctx, text, args...)
	return collect(rows, err, "products with tasks", func(s scanner) (Place, error) {
		var p ocop.Product
		var due sql.NullInt64
		err := s.Scan(&p.ID, &due, &p.Code)
		if due.Int64 != never {
			p.Due = day(due)
		}
		return Place{p.ID, Filter{ByDue: true}.Cursor(p)}, err
	})
}

func (f TaskFilter) statement(w way) (string, []any) {
	var b binder
	view := w.viewCondition(f.View, b.bind)
	kinds, spans := f.what(b.bind), f.spans(b.bind)
	if w.view { // few products, and not each kind of them by itself
		kinds, spans = []string{anyOf(kinds)}, []string{anyOf(spans)}
	}
	var parts []string
	for _, kind := range kinds {
		for _, span := range spans {
			parts = append(parts, fmt.Sprintf("SELECT p.id, %s AS day, p.code FROM products p WHERE %s AND %s AND %s", dueOrNever, kind, span, view))
		}
	}
	return fmt.Sprintf("%s ORDER BY day, code LIMIT %s", strings.Join(parts, "\nUNION ALL "), b.bind(f.Limit)), b.args
}

// spans are the two parts of what comes after the last one seen: the rest of its
// day, and later days. Asked for together, SQLite would begin at the first day.
func (f TaskFilter) spans(bind func(any) string) []string {
	day, code, ok := byDue(f.After)
	if !ok {
		return []string{"TRUE"}
	}
	at := bind(day)
	return []string{
		fmt.Sprintf("%s = %s AND p.code > %s", dueOrNever, at, bind(code)),
		fmt.Sprintf("%s > %s", dueOrNever, at),
	}
}

const sqlOldestDue = `SELECT min(` + dueOrNever + `) FROM products p`

// OldestDue is the earliest deadline that is open; nil when there is none.
func OldestDue(ctx context.Context, q sqldb.Querier) (*ocop.Date, error) {
	var day *int64
	if err := q.QueryRow(ctx, sqlOldestDue).Scan(&day); err != nil {
		return nil, fmt.Errorf("oldest deadline: %w", err)
	}
	if day == nil || *day == never {
		return nil, nil
	}
	due := ocop.Date(*day)
	return &due, nil
}

//go:build unix

package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// growing are the tables that get larger as years go by.
var growing = []string{"entries", "products", "moves", "rounds", "certificates", "documents", "timers", "marks", "subtrees", "private_values",
	"inspections", "remedies", "extensions", "credentials", "grants", "idempotency", "sessions", "seats", "product_words", "accounts", "units", "producers"}

// asked are the questions behind what people wait for: a move, the page of a
// product, its history, the worklist, lists, search, proofs, sweeps, sign-in.
func asked(ctx context.Context, q sqldb.Querier) map[string]func() error {
	place := ocop.Path("ministry:a/province:b/district:c/commune:d")
	view := access.View{Units: []ocop.Path{place}}
	one, now, n := []string{"a"}, time.Unix(1_700_000_000, 0), int64(7)
	day := ocop.DateOf(now)
	tasks := TaskFilter{View: view, Rounds: []ocop.State{"idea_registered", "renewal"}, Expired: true, Unplaced: true, Said: day, Limit: 50}
	return map[string]func() error{
		"product":           ask(func() (any, error) { return Product(ctx, q, "a") }),
		"product by code":   ask(func() (any, error) { return ProductByCode(ctx, q, "a") }),
		"products":          ask(func() (any, error) { return Products(ctx, q, one) }),
		"products by code":  ask(func() (any, error) { return ProductsByCode(ctx, q, one) }),
		"open rounds":       ask(func() (any, error) { return OpenRounds(ctx, q, one) }),
		"round counts":      ask(func() (any, error) { return RoundCounts(ctx, q, one) }),
		"rounds":            ask(func() (any, error) { return RoundsOf(ctx, q, "a") }),
		"certificate":       ask(func() (any, error) { return Certificate(ctx, q, "a") }),
		"certificates":      ask(func() (any, error) { return NewestCertificates(ctx, q, one) }),
		"certificates of":   ask(func() (any, error) { return CertificatesOf(ctx, q, "a") }),
		"taken numbers":     ask(func() (any, error) { return TakenNumbers(ctx, q, one) }),
		"acts":              ask(func() (any, error) { return Acts(ctx, q, one) }),
		"documents":         ask(func() (any, error) { return Documents(ctx, q, one) }),
		"inspections":       ask(func() (any, error) { return Inspections(ctx, q, one) }),
		"remedies":          ask(func() (any, error) { return Remedies(ctx, q, one) }),
		"extensions":        ask(func() (any, error) { return Extensions(ctx, q, one) }),
		"marks":             ask(func() (any, error) { return Marks(ctx, q, one) }),
		"timers":            ask(func() (any, error) { return TimersOf(ctx, q, one) }),
		"running sessions":  ask(func() (any, error) { return InSession(ctx, q, one) }),
		"stream ends":       ask(func() (any, error) { return StreamEnds(ctx, q, one) }),
		"answers":           ask(func() (any, error) { return Answers(ctx, q, []Answer{{Account: "a", Route: "b", Key: "c"}}) }),
		"refusals":          ask(func() (any, error) { return RecentRefusals(ctx, q, "a", "b", now) }),
		"history":           ask(func() (any, error) { return ProductLines(ctx, q, "a", -1, 50) }),
		"events of product": ask(func() (any, error) { return ProductEvents(ctx, q, "a", "b") }),
		"private values":    ask(func() (any, error) { return PrivateValues(ctx, q, "a", -1, 7) }),
		"entries":           ask(func() (any, error) { return Lines(ctx, q, 5, 50) }),
		"entry":             ask(func() (any, error) { return LineAt(ctx, q, 5) }),
		"leaves":            ask(func() (any, error) { return Hashes(ctx, q, 0, 5, 50) }),
		"subtrees":          ask(func() (any, error) { return Hashes(ctx, q, 1, 5, 50) }),
		"audit by actor":    ask(func() (any, error) { return Find(ctx, q, Search{Actor: "a", Limit: 50}) }),
		"audit by product":  ask(func() (any, error) { return Find(ctx, q, Search{Product: "a", After: &n, Limit: 50}) }),
		"audit, newest":     ask(func() (any, error) { return Find(ctx, q, Search{Limit: 50}) }),
		"due timers":        ask(func() (any, error) { return DueTimers(ctx, q, now, Timer{}, 50) }),
		"recognised": ask(func() (any, error) {
			return ListRecognised(ctx, q, RecognisedFilter{On: day, Status: InForce, Commune: "a", Text: "nuoc mam", After: "2024-01-01|k", Limit: 50})
		}),
		"recognised, communes": ask(func() (any, error) { return RecognisedCommunes(ctx, q, 50) }),
		"recognised, all":      ask(func() (any, error) { return ListRecognised(ctx, q, RecognisedFilter{On: day, Limit: 50}) }),
		"list":                 ask(func() (any, error) { return ListProducts(ctx, q, Filter{View: view, Limit: 50}) }),
		"list, next page":      ask(func() (any, error) { return ListProducts(ctx, q, Filter{View: view, After: "k", Limit: 50}) }),
		"list by state":        ask(func() (any, error) { return ListProducts(ctx, q, Filter{View: view, State: "certified", Limit: 50}) }),
		"list by word":         ask(func() (any, error) { return ListProducts(ctx, q, Filter{View: view, Text: "nuoc mam", Limit: 50}) }),
		"worklist":             ask(func() (any, error) { return ProductsWithTasks(ctx, q, tasks) }),
		"worklist, next":       ask(func() (any, error) { w := tasks; w.After = "2024-01-01|k"; return ProductsWithTasks(ctx, q, w) }),
		"oldest deadline":      ask(func() (any, error) { return OldestDue(ctx, q) }),
		"own products":         ask(func() (any, error) { return ListProducts(ctx, q, Filter{View: access.View{Producers: one}, Limit: 50}) }),
		"count":                ask(func() (any, error) { return CountProducts(ctx, q, Filter{View: view}) }),
		"secret":               ask(func() (any, error) { return Holders(ctx, q, [][]byte{[]byte("a")}, now) }),
		"grants":               ask(func() (any, error) { return Grants(ctx, q, "a") }),
		"grants of many":       ask(func() (any, error) { return GrantsOf(ctx, q, one) }),
		"delegated":            ask(func() (any, error) { return Delegated(ctx, q, one, day) }),
		"seats":                ask(func() (any, error) { return Sits(ctx, q, "a") }),
		"account":              ask(func() (any, error) { return AccountBy(ctx, q, "a") }),
	}
}

func ask(f func() (any, error)) func() error {
	return func() error { _, err := f(); return err }
}

// No question that people wait for reads a whole table that grows. On Postgres
// whole reads are priced out, so that one is left only where no index can serve;
// SQLite, which knows nothing of empty tables, plans as it would for full ones.
func TestNothingThatPeopleWaitForReadsAWholeTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		err := db.Snapshot(t.Context(), func(q sqldb.Querier) error {
			if q.Dialect() == sqldb.Postgres {
				var off string
				if err := q.QueryRow(t.Context(), `SELECT set_config('enable_seqscan', 'off', TRUE)`).Scan(&off); err != nil {
					return err
				}
			}
			e := &explaining{Querier: q, t: t}
			for name, question := range asked(t.Context(), e) {
				e.name, e.plans = name, 0
				if err := question(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if e.plans == 0 {
					t.Errorf("%s asked nothing", name)
				}
			}
			for _, w := range e.whole {
				t.Error(w)
			}
			// What no index serves is noticed.
			e.whole = nil
			for _, text := range []string{`SELECT idx FROM entries WHERE body = $1`, `SELECT p.id FROM products p WHERE p.folded = $1 ORDER BY p.updated_at`} {
				e.explain(t.Context(), text, []any{"a"})
			}
			if len(e.whole) != 2 {
				t.Errorf("of two whole reads %d were noticed", len(e.whole))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// explaining has each question planned before it is asked.
type explaining struct {
	sqldb.Querier
	t     *testing.T
	name  string
	plans int
	whole []string // questions that read a whole table
}

func (e *explaining) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	e.explain(ctx, text, args)
	return e.Querier.Query(ctx, text, args...)
}

func (e *explaining) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	e.explain(ctx, text, args)
	return e.Querier.QueryRow(ctx, text, args...)
}

func (e *explaining) explain(ctx context.Context, text string, args []any) {
	e.plans++
	verb := "EXPLAIN QUERY PLAN "
	if e.Dialect() == sqldb.Postgres {
		verb = "EXPLAIN "
	}
	rows, err := e.Querier.Query(ctx, verb+text, args...)
	plan, err := collect(rows, err, "plan", func(s scanner) (line string, err error) {
		if e.Dialect() == sqldb.Postgres {
			return line, s.Scan(&line)
		}
		var id, parent, unused int64
		return line, s.Scan(&id, &parent, &unused, &line)
	})
	if err != nil {
		e.t.Errorf("%s: %v\n%s", e.name, err, text)
		return
	}
	for _, line := range plan {
		if whole := wholeRead(line, text); whole != "" {
			e.whole = append(e.whole, fmt.Sprintf("%s reads all of %s: %s\n%s\n%s", e.name, whole, line, text, strings.Join(plan, "\n")))
		}
	}
}

var (
	scanned = regexp.MustCompile(`^SCAN (\w+)( USING .*)?$`)
	seq     = regexp.MustCompile(`Seq Scan on (\w+)`)
)

// wholeRead is the growing table that a line of a plan reads from end to end,
// "" for none. A walk along an index in the order that is asked for stops at the
// end of its page.
func wholeRead(line, text string) string {
	if m := seq.FindStringSubmatch(line); m != nil && slices.Contains(growing, m[1]) {
		return m[1]
	}
	m := scanned.FindStringSubmatch(line)
	if m == nil || m[2] != "" && strings.Contains(text, "LIMIT") {
		return ""
	}
	for _, table := range growing {
		if m[1] == table || regexp.MustCompile(`\b`+table+` (AS )?`+m[1]+`\b`).MatchString(text) {
			if strings.Contains(text, "ORDER BY idx DESC LIMIT") && table == "entries" {
				return "" // the newest, from the end of the table's own order
			}
			return table
		}
	}
	return ""
}

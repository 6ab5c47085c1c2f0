package casework

import (
	"context"
	"maps"
	"slices"

	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// agendaTables are the rows that follow from calendars and plans, which change on
// their own, and those of sessions that a move ends: they are told with a move,
// and are not judged by it.
var agendaTables = []string{"timers", "sessions"}

// decisionTables are the rows of the decision that a move rests on. A move from
// before they were kept tells none of them.
var decisionTables = []string{"decisions", "decision_products", "originals"}

// rehearse gives the rows that a change leaves behind, and those that it may
// tell besides although nothing in them is new: a round was once saved with each
// of its moves.
func (c *change) rehearse(ctx context.Context, r Recorded) (rows, besides []sqldb.Row, err error) {
	tx := sqldb.Rehearse()
	entries := []ledger.Entry{{Index: r.Index, At: r.At}, {Index: r.Index + 1, At: r.At}}
	if err = (moves{}).record(ctx, tx, []commit.Placed{{State: c, Entries: entries}}); err != nil {
		return nil, nil, err
	}
	if rows = tx.Written(); !slices.ContainsFunc(r.Rows, func(t ledger.ToldRow) bool { return t.Table == "decision_products" }) {
		rows = slices.DeleteFunc(rows, func(w sqldb.Row) bool { return slices.Contains(decisionTables, w.Table) })
	}
	if c.round != nil && !c.roundChanged() {
		err = store.SaveRounds(ctx, tx, []*ocop.Round{c.round})
	}
	return rows, tx.Written(), err
}

// withoutSame leaves out rows that may be told besides, where they are told so.
func withoutSame(told []ledger.ToldRow, besides []sqldb.Row) []ledger.ToldRow {
	return slices.DeleteFunc(slices.Clone(told), func(t ledger.ToldRow) bool {
		return slices.ContainsFunc(besides, func(b sqldb.Row) bool {
			return b.Table == t.Table && string(b.Op) == t.Op && differentColumn(b, t, nil) == ""
		})
	})
}

// undecided are columns that a move does not decide: the nearest deadline follows from
// calendars and plans; the id of an inspection is anything.
var undecided = map[string][]string{"products": {"due"}, "inspections": {"id"}}

// DifferentRow names the first row in which what is told is not what is expected,
// by its table and column; "" when there is none. Rows of the tables beside may
// be told or not; columns that are given by others may hold anything.
func DifferentRow(want []sqldb.Row, told []ledger.ToldRow, beside []string, given map[string][]string) string {
	told = slices.Clone(told)
	for _, w := range want {
		at := slices.IndexFunc(told, func(t ledger.ToldRow) bool { return t.Table == w.Table && t.Op == string(w.Op) })
		if at < 0 {
			return w.Table
		}
		if column := differentColumn(w, told[at], given[w.Table]); column != "" {
			return w.Table + "." + column
		}
		told = slices.Delete(told, at, at+1)
	}
	for _, t := range told {
		if !slices.Contains(beside, t.Table) {
			return t.Table
		}
	}
	return ""
}

// differentColumn names the first column that differs, but for those given.
func differentColumn(want sqldb.Row, told ledger.ToldRow, given []string) string {
	told.Values = maps.Clone(told.Values)
	values, _, err := store.TellValues(want)
	if err != nil {
		return err.Error()
	}
	for _, name := range given {
		delete(values, name)
		delete(told.Values, name)
	}
	name, err := ledger.Differs(values, told.Values)
	if err != nil {
		return err.Error()
	}
	return name
}

package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// agendaTables are the rows that follow from calendars and plans, which change on
// their own, and those of sessions that a move ends: they are told with a move,
// and are not judged by it.
var agendaTables = []string{"timers", "sessions"}

// rehearse gives the rows that a change leaves behind, as an entry tells them.
func (c *change) rehearse(ctx context.Context, r Recorded) (out [][3]json.RawMessage, err error) {
	if c.inspection != nil {
		c.inspection.ID = ""
	}
	tx := sqldb.Rehearse()
	entries := []ledger.Entry{{Index: r.Index, At: r.At}, {Index: r.Index + 1, At: r.At}}
	if err := (moves{}).record(ctx, tx, []commit.Placed{{State: c, Entries: entries}}); err != nil {
		return nil, err
	}
	for _, row := range tx.Written() {
		told, _, err := store.Tell(row)
		if err != nil {
			return nil, err
		}
		var parts [3]json.RawMessage
		if err := json.Unmarshal(told, &parts); err != nil {
			return nil, err
		}
		out = append(out, parts)
	}
	return out, nil
}

// differentRow names the first row in which what is told is not what is
// expected, by its table and column; "" when there is none.
func differentRow(want, told [][3]json.RawMessage) string {
	told = slices.Clone(told)
	for _, w := range want {
		at, name := -1, tableOf(w)
		for i, have := range told {
			if tableOf(have) == name && bytes.Equal(have[0], w[0]) {
				at = i
				break
			}
		}
		if at < 0 {
			return name
		}
		if column := differentColumn(name, parts(w[2]), parts(told[at][2])); column != "" {
			return name + "." + column
		}
		told = slices.Delete(told, at, at+1)
	}
	for _, have := range told {
		if name := tableOf(have); !slices.Contains(agendaTables, name) {
			return name
		}
	}
	return ""
}

func tableOf(row [3]json.RawMessage) (name string) {
	_ = json.Unmarshal(row[1], &name) // no text is no table
	return name
}

// differentColumn names the first column that differs. The nearest deadline
// follows from calendars and plans; the id of an inspection is anything.
func differentColumn(table string, want, have map[string]json.RawMessage) string {
	for _, given := range map[string][]string{"products": {"due"}, "inspections": {"id"}}[table] {
		delete(want, given)
		delete(have, given)
	}
	return differentPart(want, have)
}

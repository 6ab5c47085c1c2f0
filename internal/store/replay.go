package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"ocopflow/internal/sqldb"
)

// Empty is what a column holds that a put row does not name.
func (c Column) Empty() any {
	switch {
	case c.Null:
		return nil
	case c.Kind == sqldb.Int:
		return int64(0)
	case c.Kind == sqldb.Bool:
		return false
	case c.Kind == sqldb.Bytes:
		return []byte{}
	}
	return ""
}

// CreateTold makes the told tables in an empty scratch database: columns and
// keys alone, so that rows can be written in any order, each table in the one tree
// of its key.
func CreateTold(ctx context.Context, tx *sqldb.Tx) error {
	kinds := map[sqldb.Kind]string{sqldb.Text: "TEXT", sqldb.Int: "BIGINT", sqldb.Bool: "BOOLEAN", sqldb.Bytes: "BYTEA"}
	for _, t := range Tables {
		var columns []string
		for _, c := range t.Columns {
			columns = append(columns, c.Name+" "+kinds[c.Kind])
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf("CREATE TABLE %s (%s, PRIMARY KEY (%s)) WITHOUT ROWID", t.Name, strings.Join(columns, ", "), strings.Join(t.Key, ", "))); err != nil {
			return err
		}
		of := cmp.Or(t.Product, t.petition)
		if of == "" || of == t.Key[0] {
			continue
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf("CREATE INDEX %s_of ON %s (%s)", t.Name, t.Name, of)); err != nil {
			return err
		}
	}
	return nil
}

// Replay writes rows as they were told, each row once, without telling them
// again.
func Replay(ctx context.Context, tx *sqldb.Tx, rows []sqldb.Row) error {
	groups := map[string][]sqldb.Row{}
	for _, r := range rows {
		shape := string(r.Op) + " " + r.Table + " " + strings.Join(r.Columns, ",")
		groups[shape] = append(groups[shape], r)
	}
	for _, group := range groups {
		values := make([][]any, len(group))
		for i, r := range group {
			values[i] = r.Values
		}
		s, err := again(group[0])
		if err != nil {
			return err
		}
		if _, err := sqldb.ExecSet(ctx, tx, s, values); err != nil {
			return fmt.Errorf("replay %s: %w", group[0].Table, err)
		}
	}
	return nil
}

// again is the statement that does what a row of that shape says.
func again(r sqldb.Row) (sqldb.Set, error) {
	t := TableNamed(r.Table)
	switch r.Op {
	case sqldb.OpPut:
		if len(r.Columns) == len(t.Key) {
			s := inserts(t, r.Columns...).set
			s.SQL += " ON CONFLICT DO NOTHING" // a row that is nothing but its key may be told twice
			return s, nil
		}
		return upserts(t, r.Columns...).set, nil
	case sqldb.OpSet:
		var changed []string
		for _, c := range r.Columns {
			if !t.keyed(c) {
				changed = append(changed, c)
			}
		}
		s := updates(t, changed...)
		if strings.Join(s.columns, ",") != strings.Join(r.Columns, ",") {
			return s.set, fmt.Errorf("replay: a change of %s does not begin with its key", r.Table)
		}
		return s.set, nil
	case sqldb.OpGone:
		return sqldb.Set{Columns: t.kinds(t.Key), SQL: fmt.Sprintf("DELETE FROM %s WHERE (%s) IN (SELECT %s FROM {rows})", t.Name,
			strings.Join(t.Key, ", "), strings.Join(places(len(t.Key)), ", "))}, nil
	}
	return sqldb.Set{}, fmt.Errorf("replay: unknown operation %q", r.Op)
}

// Page reads whole rows of a table in the order of its key, after one.
func Page(ctx context.Context, q sqldb.Querier, t *Table, after []any, limit int) ([][]any, error) {
	where, args := "TRUE", []any{}
	if after != nil {
		var at []string
		for i, v := range after {
			at = append(at, fmt.Sprintf("$%d", i+1))
			args = append(args, v)
		}
		where = fmt.Sprintf("(%s) > (%s)", strings.Join(t.Key, ", "), strings.Join(at, ", "))
	}
	text := fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d", t.list(""), t.Name, where, strings.Join(t.Key, ", "), limit)
	rows, err := q.Query(ctx, text, args...)
	return collect(rows, err, t.Name, t.scan)
}

// RowsOf reads whole rows of a table by their keys.
func RowsOf(ctx context.Context, q sqldb.Querier, t *Table, keys [][]any) ([][]any, error) {
	var on []string
	for i, k := range t.Key {
		on = append(on, fmt.Sprintf("x.%s = r.c%d", k, i+1))
	}
	rows, err := sqldb.QuerySet(ctx, q, sqldb.Set{Columns: t.kinds(t.Key),
		SQL: fmt.Sprintf("SELECT %s FROM %s x JOIN {rows} ON %s", t.list("x."), t.Name, strings.Join(on, " AND "))}, keys)
	return collect(rows, err, t.Name, t.scan)
}

// KeyOf is the key of a whole row.
func (t *Table) KeyOf(row []any) []any {
	var key []any
	for i, c := range t.Columns {
		if t.keyed(c.Name) {
			key = append(key, row[i])
		}
	}
	return key
}

// Value is a column of a whole row; nil for a column that the table lacks.
func (t *Table) Value(row []any, column string) any {
	for i, c := range t.Columns {
		if c.Name == column {
			return row[i]
		}
	}
	return nil
}

func (t *Table) keyed(column string) bool {
	for _, k := range t.Key {
		if k == column {
			return true
		}
	}
	return false
}

func (t *Table) list(prefix string) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = prefix + c.Name
	}
	return strings.Join(names, ", ")
}

func (t *Table) scan(s scanner) ([]any, error) {
	kinds := make([]sqldb.Kind, len(t.Columns))
	for i, c := range t.Columns {
		kinds[i] = c.Kind
	}
	return scanValues(s, kinds)
}

// Pages calls do for the rows of a table, some hundred at a time.
func Pages(ctx context.Context, q sqldb.Querier, t *Table, do func([][]any) error) error {
	const page = 500
	var after []any
	for {
		rows, err := Page(ctx, q, t, after, page)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := do(rows); err != nil {
			return err
		}
		if after = t.KeyOf(rows[len(rows)-1]); len(rows) < page {
			return nil
		}
	}
}

// NameOf a whole row is its key, for people to read.
func (t *Table) NameOf(row []any) string {
	var parts []string
	for _, k := range t.KeyOf(row) {
		if b, ok := k.([]byte); ok {
			k = hex.EncodeToString(b)
		}
		parts = append(parts, fmt.Sprint(k))
	}
	return strings.Join(parts, " ")
}

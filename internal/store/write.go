package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/sqldb"
)

// write is a statement that puts or changes rows of a told table, and notes
// what it wrote. Its columns are the arguments, in their order.
type write struct {
	op      sqldb.Op
	table   *Table
	columns []string
	set     sqldb.Set
}

// inserts adds whole rows; without columns, all of them.
func inserts(t *Table, columns ...string) write {
	if len(columns) == 0 {
		for _, c := range t.Columns {
			columns = append(columns, c.Name)
		}
	}
	w := write{op: sqldb.OpPut, table: t, columns: columns, set: sqldb.Set{Columns: t.kinds(columns)}}
	w.set.SQL = fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM {rows} WHERE TRUE", t.Name, strings.Join(columns, ", "), strings.Join(places(len(columns)), ", "))
	return w
}

// upserts adds rows, or puts them in the place of those of the same key.
func upserts(t *Table, columns ...string) write {
	w := inserts(t, columns...)
	var changes []string
	for _, c := range w.columns {
		if !slices.Contains(t.Key, c) {
			changes = append(changes, c+" = excluded."+c)
		}
	}
	w.set.SQL += fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(t.Key, ", "), strings.Join(changes, ", "))
	return w
}

// updates changes the columns after the key in rows that are there.
func updates(t *Table, columns ...string) write {
	columns = append(slices.Clone(t.Key), columns...)
	var changes, where, change, of []string
	for i, c := range columns {
		if i < len(t.Key) {
			where, of = append(where, fmt.Sprintf("%s.%s = r.c%d", t.Name, c, i+1)), append(of, fmt.Sprintf("%s = $%d", c, i+1))
		} else {
			changes, change = append(changes, fmt.Sprintf("%s = r.c%d", c, i+1)), append(change, fmt.Sprintf("%s = $%d", c, i+1))
		}
	}
	return write{op: sqldb.OpSet, table: t, columns: columns, set: sqldb.Set{Columns: t.kinds(columns),
		SQL: fmt.Sprintf("UPDATE %s SET %s FROM {rows} WHERE %s", t.Name, strings.Join(changes, ", "), strings.Join(where, " AND ")),
		One: fmt.Sprintf("UPDATE %s SET %s WHERE %s", t.Name, strings.Join(change, ", "), strings.Join(of, " AND "))}}
}

// next makes the version the lock: a row that somebody else wrote in the
// meantime is not touched.
func (w write) next() write {
	n := slices.Index(w.columns, "version") + 1
	w.set.SQL += fmt.Sprintf(" AND %s.version = r.c%d - 1", w.table.Name, n)
	w.set.One += fmt.Sprintf(" AND version = $%d - 1", n)
	return w
}

func (t *Table) kinds(columns []string) []sqldb.Kind {
	out := make([]sqldb.Kind, len(columns))
	for i, name := range columns {
		c, ok := t.Column(name)
		if !ok {
			panic("store: table " + t.Name + " has no column " + name)
		}
		out[i] = c.Kind
	}
	return out
}

func places(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("c%d", i+1)
	}
	return out
}

// all writes rows; each must touch exactly one.
func (w write) all(ctx context.Context, tx *sqldb.Tx, what string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if err := sqldb.MustSet(ctx, tx, what, w.set, rows); err != nil {
		return err
	}
	w.note(tx, rows)
	return w.keep(ctx, tx, rows)
}

// one writes a single row.
func (w write) one(ctx context.Context, tx *sqldb.Tx, what string, values ...any) error {
	return w.all(ctx, tx, what, [][]any{values})
}

func (w write) note(tx *sqldb.Tx, rows [][]any) {
	tx.Expect(len(rows))
	for _, r := range rows {
		tx.Note(sqldb.Row{Op: w.op, Table: w.table.Name, Columns: w.columns, Values: r})
	}
}

// keep lays texts that the ledger tells by their hash where the past finds them.
func (w write) keep(ctx context.Context, tx *sqldb.Tx, rows [][]any) error {
	for i, name := range w.columns {
		if c, _ := w.table.Column(name); c.keeping != body {
			continue
		}
		for _, r := range rows {
			content := r[i].(string)
			if _, err := tx.Exec(ctx, sqlInsertBlob, SHA256(content), []byte(content)); err != nil {
				return err
			}
		}
	}
	return nil
}

// returned notes rows that a statement of its own wrote and gave back, columns
// as named, and gives their number.
func returned(tx *sqldb.Tx, op sqldb.Op, t *Table, columns []string, rows *sql.Rows, err error) (int, error) {
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", op, t.Name, err)
	}
	kinds := t.kinds(columns)
	list, err := collect(rows, nil, t.Name, func(s scanner) ([]any, error) { return scanValues(s, kinds) })
	for _, values := range list {
		tx.Note(sqldb.Row{Op: op, Table: t.Name, Columns: columns, Values: values})
	}
	return len(list), err
}

// scanValues reads a row as the values of a Set: string, int64, bool, []byte or nil.
func scanValues(s scanner, kinds []sqldb.Kind) ([]any, error) {
	into := make([]any, len(kinds))
	for i, k := range kinds {
		switch k {
		case sqldb.Text:
			into[i] = new(sql.NullString)
		case sqldb.Int:
			into[i] = new(sql.NullInt64)
		case sqldb.Bool:
			into[i] = new(sql.NullBool)
		case sqldb.Bytes:
			into[i] = new([]byte)
		}
	}
	if err := s.Scan(into...); err != nil {
		return nil, err
	}
	out := make([]any, len(kinds))
	for i, v := range into {
		switch v := v.(type) {
		case *sql.NullString:
			if v.Valid {
				out[i] = v.String
			}
		case *sql.NullInt64:
			if v.Valid {
				out[i] = v.Int64
			}
		case *sql.NullBool:
			if v.Valid {
				out[i] = v.Bool
			}
		case *[]byte:
			if *v != nil {
				out[i] = *v
			}
		}
	}
	return out, nil
}

// deletes removes rows by their keys.
func deletes(t *Table) write {
	var many, one []string
	for i, c := range t.Key {
		many, one = append(many, fmt.Sprintf("%s.%s = r.c%d", t.Name, c, i+1)), append(one, fmt.Sprintf("%s = $%d", c, i+1))
	}
	return write{op: sqldb.OpGone, table: t, columns: t.Key, set: sqldb.Set{Columns: t.kinds(t.Key),
		SQL: fmt.Sprintf("DELETE FROM %s WHERE EXISTS (SELECT 1 FROM {rows} WHERE %s)", t.Name, strings.Join(many, " AND ")),
		One: fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, strings.Join(one, " AND "))}}
}

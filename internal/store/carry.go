package store

import (
	"context"
	"fmt"
	"strings"

	"ocopflow/internal/sqldb"
)

// Carried is a table as a backup carries it to another database: its columns by
// name and declared type. The statements over it are made from the catalogue, so
// that a new table cannot be forgotten.
type Carried struct {
	Name    string          `json:"name"`
	Columns []CarriedColumn `json:"columns"`
}

// CarriedColumn is one column: TEXT, BIGINT, BOOLEAN or BYTEA.
type CarriedColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Differs because each database keeps its catalogue in tables of its own. The
// migrator's and the job library's tables are not carried: both are made anew.
const (
	catalogSQLite = `SELECT m.name, c.name, CASE upper(c.type) WHEN 'INTEGER' THEN 'BIGINT' ELSE upper(c.type) END FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'goose_db_version' ORDER BY m.name, c.cid`
	catalogPostgres = `SELECT c.table_name, c.column_name, upper(c.data_type) FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'river%' AND c.table_name <> 'goose_db_version'
		ORDER BY c.table_name, c.ordinal_position`
	// Foreign keys of a schema; only Postgres needs their names.
	foreignKeysPostgres = `SELECT r.relname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
		JOIN pg_namespace n ON n.oid = r.relnamespace WHERE c.contype = 'f' AND n.nspname = current_schema() AND r.relname NOT LIKE 'river%' ORDER BY 1, 2`
)

// CarriedTables reads which tables there are.
func CarriedTables(ctx context.Context, q sqldb.Querier) ([]Carried, error) {
	text := catalogSQLite
	if q.Dialect() == sqldb.Postgres {
		text = catalogPostgres
	}
	type cell struct{ table, column, kind string }
	rows, err := q.Query(ctx, text)
	cells, err := collect(rows, err, "catalogue", func(s scanner) (c cell, err error) {
		return c, s.Scan(&c.table, &c.column, &c.kind)
	})
	if err != nil {
		return nil, err
	}
	var out []Carried
	for _, c := range cells {
		if n := len(out); n == 0 || out[n-1].Name != c.table {
			out = append(out, Carried{Name: c.table})
		}
		t := &out[len(out)-1]
		t.Columns = append(t.Columns, CarriedColumn{c.column, c.kind})
		if _, ok := carriedKinds[c.kind]; !ok {
			return nil, fmt.Errorf("table %s: a column of type %s cannot be carried", c.table, c.kind)
		}
	}
	return out, nil
}

var carriedKinds = map[string]sqldb.Kind{"TEXT": sqldb.Text, "BIGINT": sqldb.Int, "BOOLEAN": sqldb.Bool, "BYTEA": sqldb.Bytes}

// Kinds of the columns, in their order.
func (t Carried) Kinds() []sqldb.Kind {
	out := make([]sqldb.Kind, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = carriedKinds[c.Type]
	}
	return out
}

func (t Carried) columns() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c.Name)
	}
	return strings.Join(names, ", ")
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Each reads all rows of a table: string, int64, bool, []byte or nil in the order
// of its columns. Entries come by their index.
func (t Carried) Each(ctx context.Context, q sqldb.Querier, row func([]any) error) error {
	text := "SELECT " + t.columns() + " FROM " + quoted(t.Name)
	if t.Name == "entries" {
		text += " ORDER BY idx"
	}
	rows, err := q.Query(ctx, text)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		cells := make([]cell, len(t.Columns))
		dest := make([]any, len(cells))
		for i, k := range t.Kinds() {
			cells[i].kind = k
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		values := make([]any, len(cells))
		for i := range cells {
			values[i] = cells[i].value
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// cell takes a value of either database into the form of its kind.
type cell struct {
	kind  sqldb.Kind
	value any
}

// Scan implements sql.Scanner.
func (c *cell) Scan(v any) error {
	switch x := v.(type) {
	case nil:
	case string:
		c.value = x
	case int64:
		if c.value = x; c.kind == sqldb.Bool {
			c.value = x != 0
		}
	case bool:
		c.value = x
	case []byte:
		if c.value = append([]byte{}, x...); c.kind == sqldb.Text {
			c.value = string(x)
		}
	default:
		return fmt.Errorf("a %T cannot be carried", v)
	}
	return nil
}

// Insert puts rows into an empty table as they were. It is no act of the
// programme: what they are was entered when they were written.
func (t Carried) Insert(ctx context.Context, tx *sqldb.Tx, rows [][]any) error {
	numbered := make([]string, len(t.Columns))
	for i := range numbered {
		numbered[i] = fmt.Sprintf("c%d", i+1)
	}
	set := sqldb.Set{Columns: t.Kinds(), SQL: "INSERT INTO " + quoted(t.Name) + " (" + t.columns() + ") SELECT " + strings.Join(numbered, ", ") + " FROM {rows}"}
	_, err := sqldb.ExecSet(ctx, tx, set, rows)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	return nil
}

// Empty reports whether a table has no row.
func (t Carried) Empty(ctx context.Context, q sqldb.Querier) (bool, error) {
	var n int
	err := q.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+quoted(t.Name)+" LIMIT 1) AS first").Scan(&n)
	return n == 0, err
}

// Unordered lets rows come before those that they name, until settle. Differs
// because SQLite puts all foreign keys off by a pragma, Postgres each by itself.
func Unordered(ctx context.Context, tx *sqldb.Tx) (settle func() error, err error) {
	if tx.Dialect() == sqldb.SQLite {
		_, err := tx.Exec(ctx, "PRAGMA defer_foreign_keys = ON")
		return func() error { return nil }, err // COMMIT looks
	}
	rows, err := tx.Query(ctx, foreignKeysPostgres)
	keys, err := collect(rows, err, "foreign keys", func(s scanner) (k [2]string, err error) { return k, s.Scan(&k[0], &k[1]) })
	if err != nil {
		return nil, err
	}
	alter := func(how string) error {
		for _, k := range keys {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+quoted(k[0])+" ALTER CONSTRAINT "+quoted(k[1])+" "+how); err != nil {
				return fmt.Errorf("foreign key %s: %w", k[1], err)
			}
		}
		return nil
	}
	return func() error {
		if _, err := tx.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
			return err
		}
		return alter("NOT DEFERRABLE")
	}, alter("DEFERRABLE INITIALLY DEFERRED")
}

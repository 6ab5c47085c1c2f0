package sqldb

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// Kind is the type of a column in a set of rows.
type Kind int

// Column kinds. Any of them may be null.
const (
	Text Kind = iota
	Int
	Bytes
	Bool
)

// Set is a statement that takes a whole list of rows at once. Its SQL reads
// them from {rows}, as columns c1, c2, … of the kinds declared, and takes no
// other argument: what all rows share is a column as well. A set makes one
// statement of any number of changes, which is how a batch stays fast.
type Set struct {
	SQL     string
	One     string // of a set that writes: the same for one row, $1, $2 …; made from SQL unless given
	Columns []Kind
}

// QuerySet runs a set that returns rows.
func QuerySet(ctx context.Context, q Querier, s Set, rows [][]any) (*sql.Rows, error) {
	args, err := s.args(q.Dialect(), rows)
	if err != nil {
		return nil, err
	}
	return q.Query(ctx, s.Text(q.Dialect()), args...)
}

// ExecSet runs a set that writes, and gives the number of rows it touched.
// Without rows it does nothing.
func ExecSet(ctx context.Context, tx *Tx, s Set, rows [][]any) (int64, error) {
	if len(rows) == 0 || tx.Rehearsal() {
		return int64(len(rows)), nil
	}
	args, err := s.args(tx.dialect, rows)
	if err != nil {
		return 0, err
	}
	return tx.Exec(ctx, s.Text(tx.dialect), args...)
}

// MustSet runs a set that writes exactly one row for each row given. Without
// rows it does nothing.
func MustSet(ctx context.Context, tx *Tx, what string, s Set, rows [][]any) error {
	if len(rows) == 0 || tx.Rehearsal() {
		return nil
	}
	if tx.dialect == SQLite {
		if tx.keep(func(ctx context.Context, tx *Tx) error { return tx.eachRow(ctx, what, s, rows) }) {
			return nil
		}
		return tx.eachRow(ctx, what, s, rows)
	}
	args, err := s.args(tx.dialect, rows)
	if err != nil {
		return err
	}
	return tx.Must(ctx, what, int64(len(rows)), s.Text(tx.dialect), args...)
}

// texts are the statements made from sets, which are constants: one for each
// dialect.
var texts sync.Map

type textKey struct {
	dialect Dialect
	sql     string
}

// Text is the statement in that dialect. Differs because Postgres takes
// arrays, one for each column, and SQLite one JSON text.
func (s Set) Text(d Dialect) string {
	if text, ok := texts.Load(textKey{d, s.SQL}); ok {
		return text.(string)
	}
	text := s.text(d)
	texts.Store(textKey{d, s.SQL}, text)
	return text
}

func (s Set) text(d Dialect) string {
	var cols, from []string
	for i, k := range s.Columns {
		n := i + 1
		if d == Postgres {
			from = append(from, fmt.Sprintf("$%d::%s[]", n, postgresKind[k]))
			cols = append(cols, fmt.Sprintf("c%d", n))
		} else {
			from = append(from, fmt.Sprintf(sqliteKind[k]+" AS c%d", i, n))
		}
	}
	var rows string
	if d == Postgres {
		rows = "unnest(" + strings.Join(from, ", ") + ") AS r(" + strings.Join(cols, ", ") + ")"
	} else {
		rows = "(SELECT " + strings.Join(from, ", ") + " FROM json_each($1)) AS r"
	}
	return d.Text(strings.ReplaceAll(s.SQL, "{rows}", rows))
}

var postgresKind = map[Kind]string{Text: "text", Int: "bigint", Bytes: "bytea", Bool: "boolean"}

var sqliteKind = map[Kind]string{
	Text:  "value->>%d",
	Int:   "CAST(value->>%d AS INTEGER)",
	Bytes: "unhex(value->>%d)",
	Bool:  "value->>%d",
}

func (s Set) args(d Dialect, rows [][]any) ([]any, error) {
	for _, row := range rows {
		if len(row) != len(s.Columns) {
			return nil, fmt.Errorf("sqldb: a row of %d values for a set of %d columns", len(row), len(s.Columns))
		}
	}
	if d == SQLite {
		return jsonRows(rows)
	}
	args, err := make([]any, len(s.Columns)), error(nil)
	for i, k := range s.Columns {
		switch k {
		case Text:
			args[i], err = column[string](rows, i)
		case Int:
			args[i], err = column[int64](rows, i)
		case Bytes:
			args[i], err = column[[]byte](rows, i)
		case Bool:
			args[i], err = column[bool](rows, i)
		}
		if err != nil {
			return nil, err
		}
	}
	return args, nil
}

// column is one column of the rows; a nil stays null. Without one the values are
// handed on as they are, which spares pgx a look through each by reflection.
func column[T any](rows [][]any, i int) (any, error) {
	values, null := make([]T, len(rows)), false
	for r, row := range rows {
		if row[i] == nil {
			null = true
			continue
		}
		v, ok := row[i].(T)
		if !ok {
			return nil, fmt.Errorf("sqldb: column c%d holds a %T, want %T", i+1, row[i], v)
		}
		values[r] = v
	}
	if !null {
		return values, nil
	}
	out := make([]*T, len(rows))
	for r, row := range rows {
		if row[i] != nil {
			out[r] = &values[r]
		}
	}
	return out, nil
}

func jsonRows(rows [][]any) ([]any, error) {
	out := make([][]any, len(rows))
	for r, row := range rows {
		out[r] = make([]any, len(row))
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				v = hex.EncodeToString(b)
			}
			out[r][i] = v
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("sqldb: rows: %w", err)
	}
	return []any{string(text)}, nil
}

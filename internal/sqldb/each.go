package sqldb

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"ocopflow/internal/trace"
)

// eachRow writes a set row by row. Differs because SQLite has no round trips to
// save, and takes several times as long to read rows out of a JSON text as to
// write them: 48 of 120 microseconds of a move went there.
func (tx *Tx) eachRow(ctx context.Context, what string, s Set, rows [][]any) error {
	text := s.one()
	span := trace.Statement(ctx, string(tx.dialect), text)
	span.Count("db.operation.batch.size", len(rows))
	err := tx.conn.Raw(func(raw any) error {
		conn := raw.(*preparedConn)
		stmt, err := conn.take(ctx, text)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		args := make([]driver.NamedValue, len(s.Columns))
		for _, row := range rows {
			if err = bind(args, row); err == nil {
				err = one(stmt.ExecContext(ctx, args))
			}
			if err != nil {
				stmt.Close() // its error was said
				return fmt.Errorf("%s: %w", what, err)
			}
		}
		return conn.give(text, stmt)
	})
	span.End(err)
	return err
}

func bind(args []driver.NamedValue, row []any) error {
	if len(row) != len(args) {
		return fmt.Errorf("sqldb: a row of %d values for a set of %d columns", len(row), len(args))
	}
	for i, v := range row {
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return nil
}

// one wants a row to have been written.
func one(r driver.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("touched %d rows, want 1 for each given: %w", n, err)
	}
	return nil
}

// one is the set's statement for a single row.
func (s Set) one() string {
	key := textKey{"one", s.SQL}
	if text, ok := texts.Load(key); ok {
		return text.(string)
	}
	text := cmp.Or(s.One, s.single())
	texts.Store(key, text)
	return text
}

func (s Set) single() string {
	var columns, values, named []string
	for i := range s.Columns {
		columns, values = append(columns, fmt.Sprintf("c%d", i+1)), append(values, fmt.Sprintf("$%d", i+1))
		named = append(named, values[i]+" AS "+columns[i])
	}
	plain := "SELECT " + strings.Join(columns, ", ") + " FROM {rows}"
	for _, from := range []string{plain + " WHERE TRUE", plain} {
		if strings.Contains(s.SQL, from) {
			return strings.Replace(s.SQL, from, "VALUES ("+strings.Join(values, ", ")+")", 1)
		}
	}
	return strings.ReplaceAll(s.SQL, "{rows}", "(SELECT "+strings.Join(named, ", ")+") AS r")
}

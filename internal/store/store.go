// Package store holds every SQL statement, each written once for SQLite and
// Postgres, and turns rows into the types of the trade. It begins no
// transaction, decides nothing and asks no clock: reads take a sqldb.Querier,
// writes a *sqldb.Tx.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// scanner is a row, of one or of many.
type scanner interface{ Scan(dest ...any) error }

// collect reads all rows of a query.
func collect[T any](rows *sql.Rows, err error, what string, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return list, nil
}

// grouped reads all rows of a query, each under what it belongs to.
func grouped[T any](rows *sql.Rows, err error, what string, scan func(scanner) (string, T, error)) (map[string][]T, error) {
	out := map[string][]T{}
	_, err = collect(rows, err, what, func(s scanner) (struct{}, error) {
		of, v, err := scan(s)
		out[of] = append(out[of], v)
		return struct{}{}, err
	})
	return out, err
}

// one reads one row; nil without an error when there is none.
func one[T any](row *sql.Row, what string, scan func(scanner) (T, error)) (*T, error) {
	v, err := scan(row)
	if sqldb.NoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return &v, nil
}

// ids makes rows of one column.
func ids[T ~string](list []T) [][]any {
	rows := make([][]any, len(list))
	for i, v := range list {
		rows[i] = []any{string(v)}
	}
	return rows
}

func nullDay(d *ocop.Date) any {
	if d == nil {
		return nil
	}
	return int64(*d)
}

func day(n sql.NullInt64) *ocop.Date {
	if !n.Valid {
		return nil
	}
	d := ocop.Date(n.Int64)
	return &d
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func nullTime(t *time.Time) any {
	if t == nil {
		return nil
	}
	return sqldb.Micros(*t)
}

func moment(n sql.NullInt64) *time.Time {
	if !n.Valid {
		return nil
	}
	t := sqldb.Time(n.Int64)
	return &t
}

// exec runs a statement that must touch exactly one row.
func exec(ctx context.Context, tx *sqldb.Tx, what, text string, args ...any) error {
	return tx.Must(ctx, what, 1, text, args...)
}

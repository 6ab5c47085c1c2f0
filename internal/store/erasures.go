package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/sqldb"
)

// Erasure is a private value that was forgotten on request.
type Erasure struct {
	Commitment string
	Entry      int64 // that committed to the value
	Field      string
	Product    string // "" for none
	By         string
	At         time.Time
	Erasure    int64 // the entry that says so
}

var tableErasures = table("erasures", "commitment").of("product").with(text("commitment"), whole("entry"), text("field"), text("product").null(),
	text("erased_by"), whole("at"), whole("erasure"))

const (
	sqlErasuresOf = `SELECT commitment, entry, field, product, erased_by, at, erasure FROM erasures WHERE product = $1 ORDER BY entry, field`
	// The same value as a row of one product, or of one stream where there is no product, told it.
	sqlHiddenAs = `SELECT v.commitment, v.entry, v.field, v.salt, v.value FROM entries e JOIN private_values v ON v.entry = e.idx
		WHERE (e.product = $1 OR $1 = '' AND e.product IS NULL AND e.stream = $2) AND v.field = $3 AND v.value = $4 ORDER BY v.entry`
	sqlSystemEvents = `SELECT ` + lineColumns + ` FROM entries WHERE stream = 'system' AND event = $1 AND idx > $2 ORDER BY seq LIMIT $3`
	sqlRedact       = `UPDATE idempotency SET answer = replace(answer, $1, $2) WHERE replace(answer, $1, $2) <> answer`
)

var (
	writeErasures = inserts(tableErasures)
	setForget     = sqldb.Set{
		SQL:     `DELETE FROM private_values WHERE commitment IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

// Forget puts erasures on record and deletes the values that they name.
func Forget(ctx context.Context, tx *sqldb.Tx, list []Erasure) error {
	var rows, gone [][]any
	for _, e := range list {
		rows = append(rows, []any{e.Commitment, e.Entry, e.Field, nullText(e.Product), e.By, sqldb.Micros(e.At), e.Erasure})
		gone = append(gone, []any{e.Commitment})
	}
	if err := writeErasures.all(ctx, tx, "insert erasures", rows); err != nil {
		return err
	}
	return sqldb.MustSet(ctx, tx, "forget private values", setForget, gone)
}

// Blank puts what stands for an erased value into a private column. No row is
// told: the entry of the erasure names the commitments instead.
func Blank(ctx context.Context, tx *sqldb.Tx, t *Table, c Column, keys [][]any) error {
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = append(append([]any{}, key...), c.Erased())
	}
	return sqldb.MustSet(ctx, tx, "blank "+t.Name+"."+c.Name, updates(t, c.Name).set, rows)
}

// Redact puts another text in the place of one in all answers that are kept for
// their idempotency keys.
func Redact(ctx context.Context, tx *sqldb.Tx, was, now string) error {
	_, err := tx.Exec(ctx, sqlRedact, was, now)
	return err
}

// HiddenAs finds where a product's entries, or without one those of a stream,
// commit to the same value of a field.
func HiddenAs(ctx context.Context, q sqldb.Querier, product, stream, field, value string) ([]Hidden, error) {
	rows, err := q.Query(ctx, sqlHiddenAs, product, stream, field, value)
	return collect(rows, err, "private values", scanHidden)
}

// ErasuresOf are what was forgotten of a product's entries.
func ErasuresOf(ctx context.Context, q sqldb.Querier, product string) ([]Erasure, error) {
	rows, err := q.Query(ctx, sqlErasuresOf, product)
	return collect(rows, err, "erasures", func(s scanner) (e Erasure, err error) {
		var at int64
		var of sql.NullString
		err = s.Scan(&e.Commitment, &e.Entry, &e.Field, &of, &e.By, &at, &e.Erasure)
		e.Product, e.At = of.String, sqldb.Time(at)
		return e, err
	})
}

// SystemEvents reads the entries of one event in the program's own stream, after
// an index.
func SystemEvents(ctx context.Context, q sqldb.Querier, event string, after int64, limit int) ([]Line, error) {
	rows, err := q.Query(ctx, sqlSystemEvents, event, after, limit)
	return collect(rows, err, "system events", scanLine)
}

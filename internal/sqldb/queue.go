package sqldb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// queued is a statement that need not be answered before the next is sent.
type queued struct {
	what string
	text string
	args []any
	want int64
}

// Must writes exactly so many rows, or the transaction fails. Differs because on
// Postgres each answer costs a round trip: there it waits until something is
// read or the transaction ends, and goes out with what else was queued.
func (tx *Tx) Must(ctx context.Context, what string, want int64, text string, args ...any) error {
	text = tx.dialect.Text(text)
	if tx.dialect == Postgres {
		tx.queued = append(tx.queued, queued{what, text, args, want})
		return nil
	}
	res, err := tx.tx.ExecContext(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	n, err := res.RowsAffected()
	if err == nil && n != want {
		err = touched(what, n, want)
	}
	return err
}

// touched is what a statement that misses its rows fails with.
func touched(what string, n, want int64) error {
	return fmt.Errorf("%s: touched %d rows, want %d", what, n, want)
}

// send sends what is queued, all at once, and reads the answers. After a failure
// nothing more is sent.
func (tx *Tx) send(ctx context.Context) error {
	if len(tx.queued) == 0 || tx.failed != nil {
		return tx.failed
	}
	list := tx.queued
	tx.queued = nil
	tx.failed = tx.conn.Raw(func(driver any) error {
		var batch pgx.Batch
		for _, s := range list {
			batch.Queue(s.text, s.args...)
		}
		answers := driver.(*stdlib.Conn).Conn().SendBatch(ctx, &batch)
		for _, s := range list {
			tag, err := answers.Exec()
			if err == nil && tag.RowsAffected() != s.want {
				err = touched(s.what, tag.RowsAffected(), s.want)
			} else if err != nil {
				err = fmt.Errorf("%s: %w", s.what, err)
			}
			if err != nil {
				_ = answers.Close() // the first error is the one to tell
				return err
			}
		}
		return answers.Close()
	})
	return tx.failed
}

package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"ocopflow/internal/trace"
)

// A transaction on Postgres costs a round trip for each answer that is waited
// for, which for a lone move is most of its time. So it begins together with the
// first thing it reads (First), and what only writes (Must) is queued and sent at
// once, before something is read or at the end: three round trips for a move of a
// product that is remembered, in place of a score.

// queued is a statement that need not be answered before the next is sent.
type queued struct {
	what string
	text string
	args []any
	want int64 // rows; negative for any
}

// onPostgres runs fn in a transaction on conn.
func onPostgres(ctx context.Context, conn *sql.Conn, fn func(context.Context, *Tx) error) error {
	tx := &Tx{tx: conn, conn: conn, dialect: Postgres}
	err := fn(ctx, tx)
	if err == nil {
		err = tx.send(ctx)
	}
	if err != nil || !tx.begun {
		return errors.Join(err, tx.rollback())
	}
	span := trace.Statement(ctx, string(Postgres), "commit")
	err = tx.native(func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, "commit")
		if err == nil && tag.String() != "COMMIT" {
			err = pgx.ErrTxCommitRollback
		}
		return err
	})
	span.End(err)
	return committed(err)
}

// rollback ends a transaction without a trace. A connection that cannot say so
// is not used again.
func (tx *Tx) rollback() error {
	if !tx.begun {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := tx.native(func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "rollback"); err != nil {
			return driver.ErrBadConn
		}
		return nil
	})
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return nil // the server rolls back what a lost connection began
	}
	return err
}

func (tx *Tx) native(do func(*pgx.Conn) error) error {
	return tx.conn.Raw(func(c any) error { return do(c.(*stdlib.Conn).Conn()) })
}

// Must writes exactly so many rows, or the transaction fails. On Postgres it may
// fail later, with what else was queued.
func (tx *Tx) Must(ctx context.Context, what string, want int64, text string, args ...any) error {
	text = tx.dialect.Text(text)
	if tx.keep(func(ctx context.Context, tx *Tx) error { return tx.Must(ctx, what, want, text, args...) }) {
		return nil
	}
	if tx.dialect == Postgres {
		tx.queued = append(tx.queued, queued{what, text, args, want})
		return nil
	}
	span := trace.Statement(ctx, string(tx.dialect), text)
	res, err := tx.tx.ExecContext(ctx, text, args...)
	span.End(err)
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

// First reads one row as the first thing that a transaction does.
func (tx *Tx) First(ctx context.Context, text string, dest ...any) error {
	if tx.dialect != Postgres || tx.begun || len(tx.queued) > 0 {
		return tx.QueryRow(ctx, text).Scan(dest...)
	}
	tx.begun = true
	span := trace.Statement(ctx, string(tx.dialect), tx.dialect.Text(text))
	err := tx.native(func(c *pgx.Conn) error {
		var batch pgx.Batch
		batch.Queue("begin")
		batch.Queue(tx.dialect.Text(text))
		answers := c.SendBatch(ctx, &batch)
		_, err := answers.Exec()
		if err == nil {
			err = answers.QueryRow().Scan(dest...)
		}
		return errors.Join(err, answers.Close())
	})
	span.End(err)
	return err
}

// ready sends what is queued, and begins.
func (tx *Tx) ready(ctx context.Context) error {
	if tx.dialect == Postgres && tx.conn != nil && !tx.begun && len(tx.queued) == 0 {
		tx.queued = append(tx.queued, queued{what: "begin", text: "begin", want: -1})
		tx.begun = true
	}
	return tx.send(ctx)
}

// send sends what is queued, all at once, and reads the answers. After a failure
// nothing more is sent.
func (tx *Tx) send(ctx context.Context) error {
	if len(tx.queued) == 0 || tx.failed != nil {
		return tx.failed
	}
	list := tx.queued
	if tx.queued = nil; !tx.begun {
		list = append([]queued{{what: "begin", text: "begin", want: -1}}, list...)
		tx.begun = true
	}
	// They are sent together and answered together: one span, that names them all.
	var span trace.Span
	if trace.Recorded(ctx) {
		span = trace.Statement(ctx, string(tx.dialect), together(list))
		span.Count("db.operation.batch.size", len(list))
	}
	defer func() { span.End(tx.failed) }()
	tx.failed = tx.native(func(c *pgx.Conn) error {
		var batch pgx.Batch
		for _, s := range list {
			batch.Queue(s.text, s.args...)
		}
		answers := c.SendBatch(ctx, &batch)
		for _, s := range list {
			tag, err := answers.Exec()
			if err == nil && s.want >= 0 && tag.RowsAffected() != s.want {
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

// together are the texts of what is sent at once.
func together(list []queued) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.text
	}
	return strings.Join(texts, ";\n")
}

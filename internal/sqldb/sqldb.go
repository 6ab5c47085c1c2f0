// Package sqldb opens SQLite or Postgres behind one small handle: query, exec,
// transaction. It owns driver names, pools, pragmas, error classes, retries and
// the two fragments of SQL that differ between the databases. It knows no
// table; statements are package store's.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopflow/internal/trace"
)

// Dialect names one of the two databases.
type Dialect string

// The databases spoken.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Querier reads. A DB, a Tx and a snapshot are Queriers.
type Querier interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, text string, args ...any) *sql.Row
	Dialect() Dialect
}

// DB is an open database with one pool that reads and one that writes. On
// SQLite the writer is a pool of one, because the database has one writer.
type DB struct {
	dialect     Dialect
	read, write *sql.DB
	again       func() (*sql.DB, error)
}

// Tx is a transaction that may write. Only InTx makes one.
type Tx struct {
	tx      statements // nil in a rehearsal
	conn    *sql.Conn  // that the transaction is on; nil in a snapshot
	begun   bool       // on Postgres: it begins with its first statement
	dialect Dialect
	written []Row
	queued  []queued // on Postgres: still to be sent
	failed  error    // of what was queued
	ahead   *[]later // of one that has not begun: kept for whoever follows it
}

// statements run on a transaction of database/sql, or on the connection of one of ours.
type statements interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// ErrNested is returned when a transaction is begun inside another.
var ErrNested = errors.New("sqldb: a transaction inside a transaction")

type inTx struct{}

// Dialect of the database.
func (db *DB) Dialect() Dialect { return db.dialect }

// Query reads rows outside any transaction.
func (db *DB) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	text = db.dialect.Text(text)
	span := trace.Statement(ctx, string(db.dialect), text)
	rows, err := db.read.QueryContext(ctx, text, args...)
	span.End(err)
	return rows, err
}

// QueryRow reads one row outside any transaction.
func (db *DB) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	text = db.dialect.Text(text)
	span := trace.Statement(ctx, string(db.dialect), text)
	row := db.read.QueryRowContext(ctx, text, args...)
	span.End(row.Err())
	return row
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.write.PingContext(ctx) }

// OnlyReads asks whether the database takes no writes now: it is a standby that
// follows a primary, or was set to read only.
func (db *DB) OnlyReads(ctx context.Context) (reads bool, err error) {
	if db.dialect == SQLite {
		return false, nil
	}
	err = db.write.QueryRowContext(ctx, `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'`).Scan(&reads)
	return reads, err
}

// Writer is the raw handle for the migrator, which brings its own transactions.
func (db *DB) Writer() *sql.DB { return db.write }

// Close closes both pools.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// InTx runs fn in a transaction that may write, and again when the database
// says that another transaction was in the way. fn must therefore do nothing
// but work on its Tx. The error of a failed COMMIT wraps ErrUnknown: whether it
// took effect is not known.
func (db *DB) InTx(ctx context.Context, fn func(context.Context, *Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		return ErrNested
	}
	inner := context.WithValue(ctx, inTx{}, true)
	for try := 0; ; try++ {
		err := db.once(inner, fn)
		if err == nil || try == 8 || !Retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond << try): // 1 to 128 ms
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(context.Context, *Tx) error) error {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Close() // back to the pool
	if db.dialect == Postgres {
		return onPostgres(ctx, conn, fn)
	}
	// Its one writer waits for nobody but at the beginning, and watching for
	// the end of a context costs the driver a goroutine for each statement.
	span := trace.Statement(ctx, string(db.dialect), "begin")
	begun, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	span.End(err)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer begun.Rollback() // nothing to do after a commit
	if err := fn(context.WithoutCancel(ctx), &Tx{tx: begun, conn: conn, dialect: SQLite}); err != nil {
		return err
	}
	span = trace.Statement(ctx, string(db.dialect), "commit")
	err = begun.Commit()
	span.End(err)
	return committed(err)
}

// committed words what came of a commit.
func committed(err error) error {
	switch {
	case err == nil:
		return nil
	case Retryable(err):
		return fmt.Errorf("commit: %w", err)
	}
	return fmt.Errorf("commit: %w: %w", ErrUnknown, err)
}

// ErrUnknown marks a commit whose outcome the database did not tell.
var ErrUnknown = errors.New("outcome unknown")

// Snapshot runs fn on one unchanging view of the database.
func (db *DB) Snapshot(ctx context.Context, fn func(Querier) error) error {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.dialect.snapshot()})
	if err != nil {
		return fmt.Errorf("begin snapshot: %w", err)
	}
	defer tx.Rollback()
	return fn(&Tx{tx: tx, dialect: db.dialect})
}

// Dialect of the database.
func (tx *Tx) Dialect() Dialect { return tx.dialect }

// Query reads rows inside the transaction.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := tx.ready(ctx); err != nil {
		return nil, err
	}
	text = tx.dialect.Text(text)
	span := trace.Statement(ctx, string(tx.dialect), text)
	rows, err := tx.tx.QueryContext(ctx, text, args...)
	span.End(err)
	return rows, err
}

// QueryRow reads one row inside the transaction. What was queued before and
// failed is said by the transaction's end at the latest.
func (tx *Tx) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	_ = tx.ready(ctx)
	text = tx.dialect.Text(text)
	span := trace.Statement(ctx, string(tx.dialect), text)
	row := tx.tx.QueryRowContext(ctx, text, args...)
	span.End(row.Err())
	return row
}

// Exec writes and gives the number of rows it touched.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	text = tx.dialect.Text(text)
	span := trace.Statement(ctx, string(tx.dialect), text)
	res, err := tx.tx.ExecContext(ctx, text, args...)
	span.End(err)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Text puts the dialect's fragment in the place of {lock}: "lock the rows
// read". Differs because SQLite has one writer and knows no row locks.
func (d Dialect) Text(text string) string {
	if !strings.Contains(text, "{lock}") {
		return text
	}
	if d == Postgres {
		return strings.ReplaceAll(text, "{lock}", "FOR UPDATE")
	}
	return strings.ReplaceAll(text, "{lock}", "")
}

func (d Dialect) snapshot() sql.IsolationLevel {
	if d == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // every SQLite read transaction is a snapshot
}

// Micros is how a moment is stored: microseconds since 1970, UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time reads what Micros wrote.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

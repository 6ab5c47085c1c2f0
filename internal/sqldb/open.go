package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // driver "sqlite"
)

// Between stands between SQLite's driver and what uses it.
type Between func(driver.Driver) driver.Driver

// Open opens "sqlite:FILE" or "postgres://…". The folder of a SQLite file is
// made when it is missing.
func Open(ctx context.Context, address string) (*DB, error) { return OpenThrough(ctx, address, nil) }

// OpenThrough opens a database whose driver is seen through something else, so
// that a test can let a statement fail. Differs because Postgres needs nothing of
// ours for that: there the test stands on the wire.
func OpenThrough(ctx context.Context, address string, b Between) (*DB, error) {
	switch scheme, rest, _ := strings.Cut(address, ":"); scheme {
	case "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(rest, "//"), b)
	case "postgres", "postgresql":
		return openPostgres(ctx, address)
	}
	return nil, fmt.Errorf("database %q: want sqlite:FILE or postgres://…", redact(address))
}

func openSQLite(ctx context.Context, file string, b Between) (*DB, error) {
	if file == "" {
		return nil, fmt.Errorf("database sqlite: names no file")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	// SQLite would let others of the machine read a new file.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	// busy_timeout comes first, so that the pragmas after it wait as well.
	// What is deleted is written over where the page is written anyway.
	return openFile(ctx, file, "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(fast)"+tuned, b)
}

// tuned keeps more in memory and writes pages back less often; what a commit
// flushes is the same. A batch touches some hundred pages, which the default of
// 2 MB spilled and read again, and the journal of a statement went through a
// file: together a fifth of the time of a batch.
const tuned = "&_pragma=cache_size(-32768)&_pragma=temp_store(2)&_pragma=wal_autocheckpoint(8000)"

// OpenScratch opens a SQLite file that need not survive: nothing is flushed, and
// a transaction that fails leaves it unfit for use.
func OpenScratch(ctx context.Context, file string) (*DB, error) {
	return openFile(ctx, file, "?_pragma=busy_timeout(10000)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"+tuned, nil)
}

func openFile(ctx context.Context, file, pragmas string, b Between) (*DB, error) {
	base := "file:" + (&url.URL{Path: file}).EscapedPath() + pragmas
	lite, err := liteDriver()
	if err != nil {
		return nil, err
	}
	if b != nil {
		lite = b(lite)
	}
	write := sql.OpenDB(preparing{lite, base + "&_txlock=immediate"})
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		write.Close()
		return nil, fmt.Errorf("database %s: %w", file, err)
	}
	read := sql.OpenDB(preparing{lite, base + "&_pragma=cache_size(-4096)&_pragma=query_only(1)"}) // of each of eight
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &DB{SQLite, read, write, func() (*sql.DB, error) { return sql.OpenDB(plain{lite, base + "&_txlock=immediate"}), nil }}, nil
}

// liteDriver is the driver as its package registered it.
func liteDriver() (driver.Driver, error) {
	db, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, err
	}
	return db.Driver(), db.Close()
}

func openPostgres(ctx context.Context, address string) (*DB, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err) // pgx redacts the password
	}
	writing := cfg.Copy()
	// Sets are planned once for any number of rows: planned anew for each batch,
	// a lone move took twice as long.
	writing.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	// What a batch touches lies in memory. Reckoned with a disk's cost of going from
	// row to row, a plan for any number of rows read a table of a thousand products
	// through for one of them: 0.4 ms in place of 0.1.
	if writing.RuntimeParams["random_page_cost"] == "" {
		writing.RuntimeParams["random_page_cost"] = "1.1"
	}
	read, write := stdlib.OpenDB(*cfg), stdlib.OpenDB(*writing)
	for pool, conns := range map[*sql.DB]int{read: 12, write: 4} {
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		pool.SetConnMaxIdleTime(5 * time.Minute)
	}
	if err := errors.Join(read.PingContext(ctx), write.PingContext(ctx)); err != nil {
		read.Close()
		write.Close()
		return nil, fmt.Errorf("database %s: %w", redact(address), err)
	}
	return &DB{Postgres, read, write, func() (*sql.DB, error) { return stdlib.OpenDB(*cfg), nil }}, nil
}

// Second opens another pool of so many connections on the same database, for a
// library that brings its own statements. On SQLite it is one connection. The
// caller closes it.
func (db *DB) Second(ctx context.Context, conns int) (*sql.DB, error) {
	pool, err := db.again()
	if err != nil {
		return nil, err
	}
	if db.dialect == SQLite {
		conns = 1
	}
	pool.SetMaxOpenConns(conns)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// redact hides the password of a database address.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	return u.Redacted()
}

package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"ocopflow/internal/sqldb"
)

// demands are settings without which a commit could be lost, and the values that
// will do.
var demands = map[sqldb.Dialect]map[string][]string{
	sqldb.Postgres: {
		"fsync":              {"on"},
		"synchronous_commit": {"on", "remote_write", "remote_apply"},
		"full_page_writes":   {"on"},
	},
	sqldb.SQLite: {
		"synchronous":  {"2", "3"}, // FULL, EXTRA
		"journal_mode": {"wal", "delete", "truncate", "persist"},
	},
}

// durable notes the settings in force on the connection that writes and refuses
// to measure a database that does not flush.
func (b *bench) durable(ctx context.Context, db *sqldb.DB) error {
	found := map[string]string{}
	b.settings[string(db.Dialect())] = found
	return db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for name, good := range demands[db.Dialect()] {
			ask := "SHOW " + name
			if db.Dialect() == sqldb.SQLite {
				ask = "PRAGMA " + name
			}
			var value string
			if err := tx.QueryRow(ctx, ask).Scan(&value); err != nil {
				return err
			}
			if found[name] = value; !slices.Contains(good, value) {
				return fmt.Errorf("%s: %s is %s: %w", db.Dialect(), name, value, ErrRelaxed)
			}
		}
		return nil
	})
}

// emptyPostgres refuses a database that holds tables; one of our own is made
// for the run.
func emptyPostgres(ctx context.Context, address string, own bool) error {
	if own {
		return nil
	}
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	var n int
	if err := c.QueryRow(ctx, `SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return ErrNotEmpty
	}
	return nil
}

// flushTime is how long the disk below dir takes to keep a page for good: the
// median of many. It bounds what one transaction after another can reach.
func flushTime(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	page, times := make([]byte, 8192), make([]time.Duration, 200)
	for i := range times {
		began := time.Now()
		if _, err := f.WriteAt(page, int64(i%16)*8192); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		times[i] = time.Since(began)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

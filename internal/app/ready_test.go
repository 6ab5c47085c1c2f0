//go:build unix

package app

import (
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
)

// A database that only reads is not ready: another program holds its lock. Once
// the lock is gone, the server is ready by itself, and moves go through again.
func TestALockedDatabaseIsNotReadyUntilItIsFree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.must(200, o.ask("", "GET", "/readyz", nil))
		other, err := sqldb.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		tx, err := other.Writer().BeginTx(t.Context(), nil) // takes SQLite's one lock
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if other.Dialect() == sqldb.Postgres {
			if _, err := tx.ExecContext(t.Context(), "LOCK TABLE ledger_head IN ACCESS EXCLUSIVE MODE"); err != nil {
				t.Fatal(err)
			}
		}
		o.must(200, o.ask("", "GET", "/healthz", nil))
		got := o.ask("", "GET", "/readyz", nil)
		if got.status != 503 || got.body["code"] != "not_ready" {
			t.Errorf("a locked database: %d %s", got.status, got.text)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		o.must(200, o.ask("", "GET", "/readyz", nil))
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "sau-khoa", "password": "mat khau rat dai 1"}))
	})
}

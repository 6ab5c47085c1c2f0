//go:build unix

// Package dbtest gives every test a fresh database of each kind. Its Postgres
// is started once for a test binary and every database in it is a copy of one
// migrated template. Only tests import it.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"ocopflow/internal/pgprivate"
	"ocopflow/internal/sqldb"
	"ocopflow/migrations"
)

// Each runs a test on both databases. A Postgres that is missing is a failure,
// never a skip.
func Each(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, Postgres(t)) })
}

// SQLite is the address of a new, empty SQLite file.
func SQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") }

// server is the one Postgres of a test binary. It ends with the process: a
// test binary has no end of its own to stop it in, unless TestMain calls Main.
var server struct {
	once sync.Once
	pg   *pgprivate.Server
	err  error
	next atomic.Int64
	copy sync.Mutex // CREATE DATABASE … TEMPLATE wants the template to itself
}

// Main runs a package's tests and stops the Postgres they used.
func Main(m *testing.M) {
	code := m.Run()
	if server.pg != nil {
		_ = server.pg.Stop() // the tests are over; their result is what counts
	}
	os.Exit(code)
}

// Postgres is the address of a new database with the newest schema.
func Postgres(t testing.TB) string {
	t.Helper()
	server.once.Do(func() { server.pg, server.err = start() })
	if server.err != nil {
		t.Fatalf("postgres: %v", server.err)
	}
	name := fmt.Sprintf("test_%d", server.next.Add(1))
	server.copy.Lock()
	defer server.copy.Unlock()
	if err := admin(context.Background(), fmt.Sprintf("CREATE DATABASE %s TEMPLATE migrated", name)); err != nil {
		t.Fatal(err)
	}
	return server.pg.URL(name)
}

// Copy makes a database that was just made by Postgres or SQLite one like the
// model, which nobody may be using. It says no, and changes nothing, when the
// database holds entries already.
func Copy(t testing.TB, model, address string) bool {
	t.Helper()
	if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return copyFile(t, strings.TrimPrefix(model, "sqlite:"), file)
	}
	if used(t, address) {
		return false
	}
	server.copy.Lock()
	defer server.copy.Unlock()
	name := path.Base(database(t, address))
	for _, text := range []string{"DROP DATABASE " + name, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, path.Base(database(t, model)))} {
		if err := admin(context.Background(), text); err != nil {
			t.Fatal(err)
		}
	}
	return true
}

func copyFile(t testing.TB, from, to string) bool {
	t.Helper()
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return true
}

func database(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// used tells whether a database of Postgres holds entries.
func used(t testing.TB, address string) (yes bool) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM entries)").Scan(&yes); err != nil {
		t.Fatal(err)
	}
	return yes
}

func start() (*pgprivate.Server, error) {
	ctx := context.Background()
	pg, err := pgprivate.Start(ctx, true)
	if err != nil {
		return nil, err
	}
	server.pg = pg
	if err := admin(ctx, "CREATE DATABASE migrated"); err != nil {
		return pg, err
	}
	db, err := sqldb.Open(ctx, pg.URL("migrated"))
	if err != nil {
		return pg, err
	}
	defer db.Close()
	_, err = migrations.Up(ctx, db)
	return pg, err
}

func admin(ctx context.Context, text string) error {
	c, err := pgx.Connect(ctx, server.pg.URL("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, text)
	return err
}

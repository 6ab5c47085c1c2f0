//go:build unix

package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Like is the address of another new database of the same kind.
func Like(t testing.TB, address string) string {
	if strings.HasPrefix(address, "sqlite:") {
		return SQLite(t)
	}
	return Postgres(t)
}

// Twin gives a database of its own with what another one holds, which nobody may
// have open.
func Twin(t testing.TB, address string) string {
	t.Helper()
	if from, ok := strings.CutPrefix(address, "sqlite:"); ok {
		to := SQLite(t)
		if err := Image(from, strings.TrimPrefix(to, "sqlite:")); err != nil {
			t.Fatal(err)
		}
		return to
	}
	name := fmt.Sprintf("test_%d", server.next.Add(1))
	server.copy.Lock()
	defer server.copy.Unlock()
	u, err := url.Parse(address)
	if err == nil {
		err = admin(context.Background(), fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, strings.TrimPrefix(u.Path, "/")))
	}
	if err != nil {
		t.Fatal(err)
	}
	return server.pg.URL(name)
}

// Image copies a SQLite file and its log as they lie on the disk now: what a
// process that is killed in this moment leaves.
func Image(from, to string) error {
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(from + end)
		if end != "" && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(to+end, content, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Alone waits until nobody is connected to a database, as it is soon after
// everybody was killed.
func Alone(t testing.TB, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), server.pg.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(t.Context()))
	for limit := time.Now().Add(30 * time.Second); ; {
		var n int
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", strings.TrimPrefix(u.Path, "/")).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d connections stay", n)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// Drop removes a database of Postgres that is needed no more.
func Drop(t testing.TB, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err == nil {
		err = admin(context.Background(), "DROP DATABASE IF EXISTS "+strings.TrimPrefix(u.Path, "/")+" WITH (FORCE)")
	}
	if err != nil {
		t.Error(err)
	}
}

// Empty is the address of a new database without a schema.
func Empty(t testing.TB, like string) string {
	t.Helper()
	if strings.HasPrefix(like, "sqlite:") {
		return SQLite(t)
	}
	name := fmt.Sprintf("test_%d", server.next.Add(1))
	if err := admin(context.Background(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	return server.pg.URL(name)
}

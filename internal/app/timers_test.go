//go:build unix

package app

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// manyTimers are due at the same moment.
const manyTimers = 10_000

// Ten thousand certificates end on one day (48 of one province did, facts
// 2.5). Two servers see to them on one Postgres, and one is killed midway; on
// SQLite the server is killed midway and started again.
func TestTenThousandTimersFireOnce(t *testing.T) {
	binary, _ := builtBinary(t)
	dbtest.Each(t, func(t *testing.T, address string) {
		fill(t, address, manyTimers)
		db, err := sqldb.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		first := serve(t, binary, address)
		var second *exec.Cmd
		if db.Dialect() == sqldb.Postgres {
			second = serve(t, binary, address)
		}
		reach(t, db, manyTimers/4)
		if err := first.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = first.Wait() // it was killed
		if n := expired(t, db); n == manyTimers {
			t.Error("the server was killed too late to prove anything")
		}
		if second == nil {
			second = serve(t, binary, address)
		}
		reach(t, db, manyTimers)
		_ = second.Process.Kill()
		_ = second.Wait()
		var moves, products, timers int
		for text, into := range map[string]*int{
			`SELECT count(*) FROM moves WHERE event = 'expire'`:                                    &moves,
			`SELECT count(DISTINCT product) FROM entries WHERE kind = 'move' AND event = 'expire'`: &products,
			`SELECT count(*) FROM timers WHERE kind = 'event'`:                                     &timers,
		} {
			if err := db.QueryRow(t.Context(), text).Scan(into); err != nil {
				t.Fatal(err)
			}
		}
		if moves != manyTimers || products != manyTimers || timers != 0 {
			t.Errorf("%d moves of %d products, %d timers left; want %d, %d, 0", moves, products, timers, manyTimers, manyTimers)
		}
		report, err := audit.Verify(t.Context(), db, audit.Options{})
		if err != nil || !report.OK {
			t.Errorf("ledger: %+v %v", report, err)
		}
	})
}

// fill imports products whose certificates ended long ago by the world's clock,
// while the program's stood on a day before.
func fill(t *testing.T, address string, n int) {
	t.Helper()
	a, err := openPlain(t, Config{Database: address, Clock: func() time.Time { return demoStart }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	owner, office := plainOffice(t, a)
	var wg sync.WaitGroup
	limit := make(chan struct{}, 256)
	for i := range n {
		limit <- struct{}{}
		wg.Go(func() {
			defer func() { <-limit }()
			_, err := a.Desk.Register(context.Background(), casework.Registration{Code: fmt.Sprintf("p-%05d", i), Name: fmt.Sprintf("Sản phẩm %d", i), Producer: owner.ID, Set: 9},
				casework.Ask{Actor: office, Event: "import", Data: map[string]any{"number": fmt.Sprintf("K-%05d", i), "stars": int64(3), "issued_on": "2022-06-01"}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// plainOffice adds one unit of each kind, a producer, and an actor of the
// ministry's office.
func plainOffice(t testing.TB, a *App) (ocop.Producer, access.Actor) {
	t.Helper()
	ctx := t.Context()
	unit := func(code string, kind ocop.UnitKind, parent string) {
		if _, err := a.People.AddUnit(ctx, access.SystemActor, ocop.Unit{Code: code, Kind: kind, Name: ocop.Text{Vi: code, En: code}, Parent: parent}, nil); err != nil {
			t.Fatal(err)
		}
	}
	unit("bo", ocop.Ministry, "")
	unit("tinh", ocop.Province, "bo")
	unit("huyen", ocop.District, "tinh")
	unit("xa", ocop.Commune, "huyen")
	owner, err := a.People.AddProducer(ctx, access.SystemActor, ocop.Producer{Code: "htx", Name: "HTX", Form: "cooperative", Unit: "xa"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	office := access.Actor{ID: ocop.System, Grants: []access.Grant{{Role: access.Office, Unit: owner.Path.Unit(ocop.Ministry), Path: owner.Path.Upto(ocop.Ministry)}}}
	return owner, office
}

func serve(t *testing.T, binary, address string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, "serve", "--database", address, "--listen", "127.0.0.1:0", "--sweep", "1s")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}

func expired(t *testing.T, db *sqldb.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM products WHERE state = 'expired'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// reach waits until so many products have expired.
func reach(t *testing.T, db *sqldb.DB, n int) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	patience := time.After(4 * time.Minute)
	for {
		if expired(t, db) >= n {
			return
		}
		select {
		case <-look.C:
		case <-patience:
			t.Fatalf("%d of %d products expired", expired(t, db), n)
		}
	}
}

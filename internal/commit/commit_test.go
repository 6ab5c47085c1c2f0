//go:build unix

package commit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/commit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var noon = time.Date(2024, 3, 22, 5, 0, 0, 0, time.UTC)

func open(t *testing.T, address string, clock func() time.Time) (*sqldb.DB, *commit.Committer) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return store.CreateHead(ctx, tx, "test") })
	if err != nil {
		t.Fatal(err)
	}
	c := commit.New(db, clock, slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() {
		c.Close()
		if r, err := audit.Verify(context.Background(), db, audit.Options{}); err != nil || !r.OK {
			t.Errorf("ledger: %+v %v", r, err)
		}
		db.Close()
	})
	return db, c
}

func still() time.Time { return noon }

// note is an act that enters one line in a stream and saves a setting.
func note(stream, name, value string) commit.Act {
	return commit.Act{Kind: commit.Once, Locks: []string{stream}, Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
		return commit.Outcome{
			Drafts: []ledger.Draft{{Stream: stream, Kind: ledger.KindRecord, Event: "note", Data: ledger.Map{"value": value}}},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.SaveSetting(ctx, tx, name, value)
			}),
			Answer: func(entries []ledger.Entry) any { return fmt.Sprint(entries[0].Seq) },
		}, nil
	})}
}

func TestABadActHarmsOnlyItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db, c := open(t, address, still)
		bad := commit.Act{Kind: commit.Once, Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "bad", Kind: ledger.KindRecord, Event: "note"}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					_, err := tx.Exec(ctx, `INSERT INTO nowhere (x) VALUES (1)`)
					return err
				}),
			}, nil
		})}
		acts := []commit.Act{bad}
		for i := range 40 {
			acts = append(acts, note(fmt.Sprintf("good:%d", i), fmt.Sprintf("n%d", i), "x"))
		}
		_, errs := commit.Each[string](t.Context(), c, acts)
		if errs[0] == nil {
			t.Error("the bad act stood")
		}
		for i, err := range errs[1:] {
			if err != nil {
				t.Errorf("act %d: %v", i, err)
			}
		}
		for i := range 40 {
			if v, err := store.Setting(t.Context(), db, fmt.Sprintf("n%d", i)); err != nil || v != "x" {
				t.Errorf("n%d is %q, %v", i, v, err)
			}
		}
		if head, err := store.LoadHead(t.Context(), db); err != nil || head.Tree.Size != 40 {
			t.Errorf("%d entries, want 40 (%v)", head.Tree.Size, err)
		}
	})
}

func TestStreamsAreWrittenInTurn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		_, c := open(t, address, still)
		var mu sync.Mutex
		seen := map[string]bool{}
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() {
				seq, err := commit.Do[string](context.Background(), c, note("one", "x", "y"))
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[seq] {
					t.Errorf("seq %s again, or %v", seq, err)
				}
				seen[seq] = true
			})
		}
		wg.Wait()
	})
}

func TestEntriesNeverGoBackInTime(t *testing.T) {
	t.Parallel()
	db, _ := open(t, dbtest.SQLite(t), still)
	back := commit.New(db, func() time.Time { return noon.Add(-time.Hour) }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	forth := commit.New(db, still, slog.New(slog.NewTextHandler(io.Discard, nil)))
	for _, c := range []*commit.Committer{forth, back} {
		if _, err := commit.Do[string](t.Context(), c, note("s", "x", "y")); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	lines, err := store.Lines(t.Context(), db, 0, 10)
	if err != nil || len(lines) != 2 || lines[1].At.Before(lines[0].At) {
		t.Errorf("%+v %v", lines, err)
	}
}

func TestTwoServersTakeTurnsAtTheHead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		_, one := open(t, address, still)
		db, err := sqldb.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		two := commit.New(db, still, slog.New(slog.NewTextHandler(io.Discard, nil)))
		t.Cleanup(func() { two.Close(); db.Close() })
		var wg sync.WaitGroup
		for i := range 100 {
			c := []*commit.Committer{one, two}[i%2]
			act := note("shared", "x", "y")
			if i >= 50 { // the same key, on either server
				act.Key = &commit.Key{Account: "a", Route: "r", Key: "k", Fingerprint: "f"}
			}
			wg.Go(func() {
				if _, err := commit.Do[string](context.Background(), c, act); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if head, err := store.LoadHead(t.Context(), db); err != nil || head.Tree.Size != 51 {
			t.Errorf("%d entries, want 50 and one for the key (%v)", head.Tree.Size, err)
		}
	})
}

func TestAClosedCommitterSaysSo(t *testing.T) {
	t.Parallel()
	_, c := open(t, dbtest.SQLite(t), still)
	c.Close()
	if _, err := commit.Do[string](t.Context(), c, note("s", "x", "y")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestACallerThatLeftIsNotServed(t *testing.T) {
	t.Parallel()
	_, c := open(t, dbtest.SQLite(t), still)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := commit.Do[string](ctx, c, note("s", "x", "y")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

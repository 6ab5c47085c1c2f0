//go:build unix

package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/job"
	"ocopflow/internal/sqldb"
	"ocopflow/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func open(t *testing.T, address string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

func start(t *testing.T, db *sqldb.DB, tasks ...job.Task) *job.Runner {
	t.Helper()
	r, err := job.Start(context.Background(), db, slog.New(slog.DiscardHandler), tasks)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// await waits for a condition that other goroutines bring about.
func await(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		t.Fatalf("%s did not happen", what)
	}
}

func TestATaskRunsAgainAndAgainAlsoAfterItFailed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		var runs atomic.Int64
		third := make(chan struct{})
		r := start(t, db, job.Task{Name: "count", Every: time.Second, Do: func(context.Context) error {
			if runs.Add(1) == 3 {
				close(third)
			}
			return errors.New("fails each time")
		}})
		await(t, "the third run", third)
		if err := r.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTwoServersDoOneTaskOneAtATime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		var running, most, runs atomic.Int64
		enough := make(chan struct{})
		task := job.Task{Name: "alone", Every: time.Second, Do: func(ctx context.Context) error {
			now := running.Add(1)
			most.Store(max(most.Load(), now))
			defer running.Add(-1)
			if runs.Add(1) == 3 {
				close(enough)
			}
			return nil
		}}
		a, b := open(t, address), open(t, address)
		one, two := start(t, a, task), start(t, b, task)
		await(t, "three runs", enough)
		for _, r := range []*job.Runner{one, two} {
			if err := r.Stop(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if most.Load() > 1 {
			t.Errorf("%d runs at once", most.Load())
		}
	})
}

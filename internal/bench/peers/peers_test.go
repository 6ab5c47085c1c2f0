//go:build unix

package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/cschleiden/go-workflows/backend/history"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"

	"ocopflow/internal/bench"
	"ocopflow/internal/pgprivate"
)

// Every move that a peer's client was told of is in the peer's database after
// the peer has ended, in the cases that are over and in those that are not.
func TestMovesOfPeersAreKept(t *testing.T) {
	pg, err := pgprivate.Start(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	kept := map[string]func(context.Context, bench.Place) (int, error){"dbos": keptByDBOS, "river": keptByRiver, "go-workflows": keptByGoWorkflows, "temporal-dev": keptByTemporal}
	for i, p := range peers {
		t.Run(p.Name, func(t *testing.T) {
			name := []string{"one", "two", "three", "four"}[i]
			if err := execute(t.Context(), pg.URL("postgres"), "CREATE DATABASE "+name); err != nil {
				t.Fatal(err)
			}
			at := bench.Place{Postgres: pg.URL(name), Dir: t.TempDir(), Clients: 3}
			asked := movesOf(t, p, at)
			if n, err := kept[p.Name](t.Context(), at); err != nil || n != asked {
				t.Errorf("%d moves were acknowledged, %d are kept; %v", asked, n, err)
			}
		})
	}
}

// movesOf makes a case and a half for one client, a few moves for the others.
func movesOf(t *testing.T, p bench.Peer, at bench.Place) (asked int) {
	ready, err := p.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for client, moves := range []int{movesPerCase * 3 / 2, 7, 1} {
		asked += moves
		all.Go(func() {
			for range moves {
				if err := ready.Move(t.Context(), client); err != nil {
					t.Errorf("client %d: %v", client, err)
					return
				}
			}
		})
	}
	all.Wait()
	if err := ready.Stop(); err != nil {
		t.Error(err)
	}
	return asked
}

func execute(ctx context.Context, address, text string) error {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, text)
	return err
}

func count(ctx context.Context, address, text string) (n int, err error) {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0, err
	}
	defer c.Close(ctx)
	return n, c.QueryRow(ctx, text).Scan(&n)
}

func keptByDBOS(ctx context.Context, at bench.Place) (int, error) {
	return count(ctx, at.Postgres, `SELECT count(*) FROM dbos.operation_outputs`)
}

func keptByRiver(ctx context.Context, at bench.Place) (int, error) {
	return count(ctx, at.Postgres, `SELECT count(*) FROM river_job WHERE state = 'completed'`)
}

func keptByGoWorkflows(ctx context.Context, at bench.Place) (n int, err error) {
	db, err := sql.Open("sqlite", filepath.Join(at.Dir, goWorkflowsFile))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM history WHERE event_type = $1) + (SELECT count(*) FROM pending_events WHERE event_type = $1)`, history.EventType_ActivityCompleted).Scan(&n)
	return n, err
}

// keptByTemporal asks the server, started again on the same file.
func keptByTemporal(ctx context.Context, at bench.Place) (n int, err error) {
	if _, err := os.Stat(filepath.Join(at.Dir, temporalFile)); err != nil {
		return 0, err
	}
	p, err := startTemporal(ctx, at)
	if err != nil {
		return 0, err
	}
	for _, id := range []string{"case-0-0", "case-0-1", "case-1-0", "case-2-0"} {
		events := p.client.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			if err != nil {
				return n, err
			}
			if e.EventType == enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED {
				n++
			}
		}
	}
	return n, p.stop()
}

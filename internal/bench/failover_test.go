//go:build unix

package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ocopflow/internal/app"
	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/pgprivate"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// acks are moves that were said to stand: the hash of each entry by its index.
type acks struct {
	sync.Mutex
	hashes map[int64]string
	count  int
	after  atomic.Int64 // of them, since the primary is gone
}

func (a *acks) note(e casework.Entry) {
	a.Lock()
	defer a.Unlock()
	a.hashes[*e.Index] = e.Hash
	a.count++
}

// A primary that dies under load, with a standby that has every commit before it
// is acknowledged, takes nothing along: the same server goes on with the
// promoted standby, what it was asked meanwhile stands once, and the checkpoint
// it kept beside the database raises no alarm.
func TestAFailOverLosesNoAcknowledgedMove(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	primary := ownPostgres(t)
	standby, err := primary.Standby(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, standby) })
	if err := primary.Synchronous(ctx); err != nil {
		t.Fatal(err)
	}
	r := &bench{Settings: Settings{Products: 20}, dir: t.TempDir(), settings: map[string]map[string]string{}}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	address := primary.Either(standby, "postgres")
	o, err := r.office(ctx, address, r.dir)
	if err != nil {
		t.Fatal(err)
	}

	const clients, before, after = 8, 200, 40
	got := &acks{hashes: map[int64]string{}}
	full, gone, stop := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var once sync.Once
	var all sync.WaitGroup
	errs := make([]error, clients+1)
	for n := range clients {
		all.Go(func() {
			errs[n] = o.insist(ctx, n, clients, stop, func(m casework.Moved) {
				got.note(m.Entry)
				if got.size() >= before {
					once.Do(func() { close(full) })
				}
				select {
				case <-gone:
					got.after.Add(1)
				default:
				}
			})
		})
	}
	all.Go(func() { // a checkpoint is kept up to the last moment
		for errs[clients] == nil {
			select {
			case <-gone:
				return
			default:
			}
			if err := o.app.Notary.Keep(ctx); err != nil && !errors.Is(err, context.Canceled) {
				return // the primary is going
			}
		}
	})
	await(t, ctx, full)
	if err := primary.Crash(); err != nil {
		t.Fatal(err)
	}
	close(gone)
	if err := standby.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	for got.after.Load() < after && ctx.Err() == nil {
		tick := time.NewTimer(5 * time.Millisecond)
		<-tick.C
	}
	close(stop)
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	again, err := app.Open(ctx, app.Config{Database: address, Data: r.dir, Idle: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("the server that starts after the fail-over: %v", err)
	}
	got.stand(t, again.DB) // not over the first server's connections, some of which may still be the dead primary's
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("%d acknowledged moves, %d of them after the primary was gone", got.count, got.after.Load())
}

func (a *acks) size() int {
	a.Lock()
	defer a.Unlock()
	return a.count
}

// stand looks for every acknowledged move in the ledger, and for one that stands
// twice, and has the ledger recomputed.
func (a *acks) stand(t *testing.T, db *sqldb.DB) {
	t.Helper()
	if a.count != len(a.hashes) {
		t.Errorf("%d moves were acknowledged with %d entries", a.count, len(a.hashes))
	}
	lines, err := store.Lines(t.Context(), db, 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	for index, hash := range a.hashes {
		if index >= int64(len(lines)) {
			t.Errorf("entry %d was acknowledged and is lost: there are %d", index, len(lines))
		} else if is := fmt.Sprintf("%x", lines[index].Hash[:]); is != hash {
			t.Errorf("entry %d is %s, acknowledged was %s", index, is, hash)
		}
	}
	report, err := audit.Verify(t.Context(), db, audit.Options{})
	if err != nil || !report.OK || report.Entries != int64(len(lines)) {
		t.Errorf("%d entries: %+v %v", len(lines), report, err)
	}
}

// insist leads a client's products on until stop, and asks again under the same
// key for what could not be done or was not answered, as the fault says.
func (o *office) insist(ctx context.Context, client, clients int, stop <-chan struct{}, stood func(casework.Moved)) error {
	for turn := 0; ; turn++ {
		p := &o.products[(client+turn*clients)%len(o.products)]
		if (client+turn*clients)%len(o.products)%clients != client {
			continue // another client's
		}
		s := o.steps[p.next]
		key := &commit.Key{Account: s.actor.ID, Route: "test", Key: fmt.Sprintf("%d-%d", client, turn), Fingerprint: p.id}
		for {
			select {
			case <-stop:
				return nil
			default:
			}
			m, err := o.app.Desk.Move(ctx, casework.Ask{Product: p.id, Actor: s.actor, Event: s.event, Comment: s.comment, Data: s.data, Key: key})
			if err == nil {
				stood(m)
				p.next = (p.next + 1) % len(o.steps)
				break
			}
			if !fault.Is(err, fault.Unavailable) {
				return fmt.Errorf("client %d, %s: %w", client, s.event, err)
			}
		}
	}
}

func await(t *testing.T, ctx context.Context, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	}
}

// ownPostgres flushes as a real one does.
func ownPostgres(t testing.TB) *pgprivate.Server {
	t.Helper()
	pg, err := pgprivate.Start(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, pg) })
	return pg
}

func stopped(t testing.TB, pg *pgprivate.Server) {
	if err := pg.Stop(); err != nil {
		t.Error(err)
	}
}

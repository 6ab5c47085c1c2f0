//go:build unix

package commit_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// counting is a kind of act that counts settings up, and remembers them.
type counting struct {
	known    map[string]int64
	foreseen int // batches, also those that it took reading to decide
}

type count struct {
	name   string
	poison bool // its rows cannot be written
	looks  bool // it reads after all, and takes a reading that fails for its own fault
	value  int64
}

func newCounting(c *commit.Committer) *counting {
	k := &counting{known: map[string]int64{}}
	c.OnStale(func(commit.Stale) { clear(k.known) })
	return k
}

func (k *counting) Foresees(asks []any) bool {
	for _, a := range asks {
		if _, ok := k.known[a.(count).name]; !ok {
			return false
		}
	}
	k.foreseen++
	return true
}

func (k *counting) Decide(ctx context.Context, q sqldb.Querier, _ time.Time, asks []any) ([]commit.Outcome, error) {
	out := make([]commit.Outcome, len(asks))
	for i, a := range asks {
		c := a.(count)
		var ok bool
		if c.value, ok = k.known[c.name]; !ok {
			text, err := store.Setting(ctx, q, c.name)
			if err != nil {
				return nil, err
			}
			c.value, _ = strconv.ParseInt(text, 10, 64) // none is zero
		}
		if c.looks {
			if _, err := store.Setting(ctx, q, c.name); err != nil {
				out[i] = commit.Outcome{Fault: fault.Of(err)}
				continue
			}
		}
		c.value++
		out[i] = commit.Outcome{State: c, Drafts: []ledger.Draft{{Stream: "count:" + c.name, Kind: ledger.KindRecord, Event: "count"}},
			Answer: func([]ledger.Entry) any { return c.value }}
	}
	return out, nil
}

func (k *counting) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	for _, p := range placed {
		c := p.State.(count)
		if err := store.SaveSetting(ctx, tx, c.name, fmt.Sprint(c.value)); err != nil {
			return err
		}
		if c.poison {
			if err := tx.Must(ctx, "poison", 1, `UPDATE settings SET value = '' WHERE name = 'nobody'`); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *counting) Settled(placed []commit.Placed) {
	for _, p := range placed {
		c := p.State.(count)
		k.known[c.name] = c.value
	}
}

// An act that turns out to need reading is decided in its transaction; that it
// could not read before is no answer.
func TestWhatCannotBePreparedAheadIsDecidedInItsTransaction(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		_, c := open(t, address, still)
		kind := newCounting(c)
		for want := range int64(4) {
			got, err := commit.Do[int64](t.Context(), c, commit.Act{Kind: kind, Ask: count{name: "n", looks: want > 0}, Locks: []string{"n"}})
			if err != nil || got != want+1 {
				t.Fatalf("count %d: %d, %v", want+1, got, err)
			}
		}
	})
}

// However batches are prepared while others are written, whatever fails among
// them and whoever else writes: each count happens once, and nobody is answered
// before it is in the database.
func TestWhatIsPreparedAheadIsWrittenOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db, c := open(t, address, still)
		other, err := sqldb.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		two := commit.New(other, still, slog.New(slog.NewTextHandler(io.Discard, nil)))
		t.Cleanup(func() { two.Close(); other.Close() })
		kind, second := newCounting(c), newCounting(two)
		act := func(kind commit.Kind, name string, poison bool) commit.Act {
			return commit.Act{Kind: kind, Ask: count{name: name, poison: poison}, Locks: []string{name}}
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		stood := map[string]int64{}
		for n := range 16 {
			wg.Go(func() {
				for i := range 40 {
					name := fmt.Sprint("n", (n+i)%10)
					poison := n == 0 && i%9 == 8
					committer, kind := c, kind
					if n == 1 && i%13 == 12 {
						committer, kind = two, second
					}
					v, err := commit.Do[int64](context.Background(), committer, act(kind, name, poison))
					if poison != (err != nil) {
						t.Errorf("%s: %v", name, err)
					}
					if err != nil {
						continue
					}
					mu.Lock()
					stood[name]++
					mu.Unlock()
					text, err := store.Setting(context.Background(), db, name)
					if have, _ := strconv.ParseInt(text, 10, 64); err != nil || have < v {
						t.Errorf("%s was answered %d while the database had %q (%v)", name, v, text, err)
					}
				}
			})
		}
		wg.Wait()
		c.Close()
		for name, want := range stood {
			if text, err := store.Setting(t.Context(), db, name); err != nil || text != fmt.Sprint(want) {
				t.Errorf("%s is %q after %d counts (%v)", name, text, want, err)
			}
		}
		if kind.foreseen < 10 {
			t.Errorf("%d batches were foreseen", kind.foreseen)
		}
	})
}

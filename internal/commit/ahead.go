package commit

import (
	"context"
	"errors"
	"slices"
	"time"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// A batch whose acts are decided from what is remembered is prepared before its
// transaction begins, while the batch before it is still being written (ADR 38).
// It presumes that batch: its head, its ends of streams, its products. Nobody is
// answered before the commit of their own batch, which swaps the head from the
// size that was presumed; a batch that fails takes what was prepared on it along.

// flight is a prepared batch on its way into the database.
type flight struct {
	*run
	done    chan error    // of size one
	flushed time.Duration // by the commit alone; read after done
}

// landing is when a flight is over; never, without one.
func (f *flight) landing() <-chan error {
	if f == nil {
		return nil
	}
	return f.done
}

// acts is how many callers a flight has.
func (f *flight) acts() int {
	if f == nil {
		return 0
	}
	return len(f.batch)
}

// prepare decides a batch on the ledger as the last one leaves it. It is nil
// when that takes reading, or when others write too: then the batch is decided
// inside of its transaction.
func (c *Committer) prepare(batch []*waiting) *run {
	if c.size == unsure || !c.alone || !foreseen(batch) {
		return nil
	}
	began := time.Now()
	r := newRun(c.db.Ahead(), batch)
	r.ahead, r.head, r.from = true, c.head, c.size
	r.head.Tree = c.head.Tree.Clone()
	r.presume(c)
	for _, step := range []func(context.Context) error{r.decide, r.number, r.save, r.enter, r.answer} {
		if err := step(context.Background()); err != nil || r.unread() { // it is said again where it counts
			return nil
		}
	}
	c.settle(r)
	c.thought += (time.Since(began)/time.Duration(len(batch)) - c.thought) / 8
	return r
}

// unread reports whether an act was refused for want of reading, which is no
// answer to give.
func (r *run) unread() bool {
	return slices.ContainsFunc(r.outcomes, func(o Outcome) bool { return o.Fault != nil && errors.Is(o.Fault, sqldb.ErrAhead) })
}

// foreseen reports whether acts can be decided without reading.
func foreseen(batch []*waiting) bool {
	kind, ok := soleKind(batch)
	if !ok {
		return false
	}
	asks := make([]any, len(batch))
	for i, w := range batch {
		if asks[i] = w.act.Ask; w.act.Key != nil {
			return false
		}
	}
	return kind.Foresees(asks)
}

// launch writes a prepared batch and answers its callers, beside the committer's
// goroutine, which waits for it to land before it launches another.
func (c *Committer) launch(r *run) *flight {
	f := &flight{run: r, done: make(chan error, 1)}
	go func() {
		began := time.Now()
		err := c.write(f)
		c.report(r, len(r.batch), time.Since(began), err)
		if err == nil {
			r.reply()
		}
		f.done <- err
	}()
	return f
}

// write swaps the head first: that makes other writers wait, and finds out
// whether any of them came in between.
func (c *Committer) write(f *flight) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ctx, span := traced(ctx, f.batch)
	var sent time.Time
	err := c.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if f.head.Tree.Size == f.from {
			return f.stands(ctx, tx)
		}
		if err := store.SwapHead(ctx, tx, f.from, f.head); err != nil {
			return err
		}
		if err := tx.Follow(ctx, f.tx); err != nil {
			return err
		}
		err := tx.Send(ctx)
		sent = time.Now()
		return err
	})
	span.End(err)
	if !sent.IsZero() {
		f.flushed = time.Since(sent)
	}
	return err
}

// stands is for a batch that comes to nothing: what it was told must hold, and
// there is nothing to flush.
func (f *flight) stands(ctx context.Context, tx *sqldb.Tx) error {
	head, err := store.LockHead(ctx, tx)
	if err == nil && head.Tree.Size != f.from {
		err = errors.New("commit: somebody else wrote")
	}
	return err
}

// land takes in how a flight ended. After a failure what was presumed is forgotten,
// also by the batch that was prepared on it, if any, and the flight's own is decided
// anew, inside of its transaction; false says so.
func (c *Committer) land(f *flight, err error, next *run) bool {
	if err == nil {
		if f.flushed > 0 {
			c.flush += (f.flushed - c.flush) / 8
		}
		return true
	}
	c.unsettle(f.run)
	if next != nil {
		c.unsettle(next)
	}
	c.size, c.alone = f.from, false // what was written since is heard of, our own included
	if sqldb.Unavailable(err) {
		c.trouble.Store(true)
		c.fail(f.batch, err)
		return false
	}
	c.commit(f.batch)
	return false
}

// share is how many of the acts at hand go into the next batch. Preparing one
// half while the other is written keeps both sides busy, but flushes twice: that
// pays where thinking takes longer than flushing, as on a fast disk. Where it
// does not, all go together and nothing is in the air meanwhile; nor where other
// servers write too, since a batch is not prepared there at all.
func (c *Committer) share(pending int, f *flight) (acts int, together bool) {
	all := pending + f.acts()
	if !c.alone || c.thought*time.Duration(all) <= 2*c.flush {
		return maxBatch, true
	}
	return min(maxBatch, (all+1)/2), false
}

// presume fixes the moment of the batch and what is known of streams.
func (r *run) presume(c *Committer) {
	r.known = c.ends
	r.now = c.clock().UTC().Truncate(time.Microsecond)
	if r.now.Before(r.head.LastAt) {
		r.now = r.head.LastAt
	}
}

func newRun(tx *sqldb.Tx, batch []*waiting) *run {
	return &run{tx: tx, batch: batch, outcomes: make([]Outcome, len(batch)), entries: make([][]ledger.Entry, len(batch)),
		repeats: make([]*reply, len(batch)), replies: make([]reply, len(batch))}
}

func (r *run) reply() {
	for i, w := range r.batch {
		w.answer <- r.replies[i]
	}
}

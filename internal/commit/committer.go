package commit

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/trace"
)

// maxBatch bounds how long a caller waits for others' work, and the size of
// one statement.
const maxBatch = 256

// gather is how long a batch waits for callers that were just answered: without
// it they fall into two half groups (measured in the design, section 9). A
// caller that is alone never waits.
const gather = 200 * time.Microsecond

// Committer runs acts in batches, one batch at a time. One is enough for a
// process; several processes on one Postgres take turns at the ledger's head.
type Committer struct {
	db    *sqldb.DB
	clock func() time.Time
	log   *slog.Logger

	watch   func(Batch)
	queue   chan *waiting
	callers atomic.Int64  // that wait for their answer
	stop    chan struct{} // closed by Close
	done    chan struct{} // closed when the last batch is answered
	once    sync.Once

	// Of run's goroutine: the ledger as the last batch left it, or will when it lands.
	size  int64
	head  store.Head                  // unless the size is unsure
	ends  map[string]ledger.StreamEnd // of streams written to
	alone bool                        // nobody else wrote, last time

	// Running means: deciding one act, and one commit.
	thought, flush time.Duration

	trouble atomic.Bool // the database did not take the last batch

	watching sync.Mutex // guards watchers
	watchers []func(Stale)
}

// waiting is an act in the queue with its caller.
type waiting struct {
	act    Act
	ctx    context.Context
	answer chan reply // of size one: a caller that left does not block
}

type reply struct {
	answer any
	raw    json.RawMessage // of a repeat, in place of answer
	err    error
}

// New starts a committer; Close stops it.
func New(db *sqldb.DB, clock func() time.Time, log *slog.Logger) *Committer {
	c := &Committer{
		db: db, clock: clock, log: log,
		watch: func(Batch) {},
		queue: make(chan *waiting, maxBatch), stop: make(chan struct{}), done: make(chan struct{}),
		size: unsure, ends: map[string]ledger.StreamEnd{},
	}
	go c.run()
	return c
}

// Close answers what is queued and stops.
func (c *Committer) Close() {
	c.once.Do(func() { close(c.stop) })
	<-c.done
}

// Do hands an act to the committer and waits for its answer. An error is a
// fault that the act came to, or one of: unavailable (the database could not be
// reached, or did not tell whether the commit took effect: repeat under the
// same idempotency key), key_reused (the key was used for something else).
func Do[T any](ctx context.Context, c *Committer, act Act) (T, error) {
	var zero T
	r := c.do(ctx, act)
	if r.err != nil {
		return zero, r.err
	}
	if r.raw != nil {
		err := json.Unmarshal(r.raw, &zero)
		return zero, err
	}
	v, ok := r.answer.(T)
	if !ok && r.answer != nil {
		return zero, fmt.Errorf("commit: an answer of type %T, want %T", r.answer, zero)
	}
	return v, nil
}

// Each hands over many acts at once and gives their answers in the same order.
func Each[T any](ctx context.Context, c *Committer, acts []Act) ([]T, []error) {
	answers, errs := make([]T, len(acts)), make([]error, len(acts))
	var wg sync.WaitGroup
	limit := make(chan struct{}, 2*maxBatch)
	for i, act := range acts {
		limit <- struct{}{}
		wg.Go(func() {
			answers[i], errs[i] = Do[T](ctx, c, act)
			<-limit
		})
	}
	wg.Wait()
	return answers, errs
}

func (c *Committer) do(ctx context.Context, act Act) (r reply) {
	ctx, span := trace.Begin(ctx, "act")
	defer func() { span.End(r.err) }()
	c.callers.Add(1)
	defer c.callers.Add(-1)
	w := &waiting{act: act, ctx: ctx, answer: make(chan reply, 1)}
	select {
	case <-c.stop:
		return reply{err: closing()}
	default:
	}
	select {
	case c.queue <- w:
	case <-ctx.Done():
		return reply{err: ctx.Err()}
	case <-c.stop:
		return reply{err: closing()}
	}
	select {
	case r := <-w.answer:
		return r
	case <-ctx.Done():
		return reply{err: ctx.Err()}
	case <-c.done:
		select {
		case r := <-w.answer: // answered in the last moment
			return r
		default:
			return reply{err: closing()}
		}
	}
}

func closing() error {
	return fault.New(fault.Unavailable, "unavailable", "Hệ thống đang dừng; xin thử lại sau giây lát.", "The server is stopping; try again in a moment.")
}

// run is the only goroutine that decides; what it has prepared is written beside
// it, one batch at a time.
func (c *Committer) run() {
	defer close(c.done)
	var pending []*waiting // owned by this goroutine
	var air *flight        // what is being written; nil for nothing
	answered := 0
	land := func(err error, next *run) bool {
		f := air
		air, answered = nil, f.acts()
		return c.land(f, err, next)
	}
	for {
		if len(pending) == 0 {
			select {
			case w := <-c.queue:
				pending = append(pending, w)
			case err := <-air.landing():
				land(err, nil)
				continue
			case <-c.stop:
				if pending = c.drain(nil); len(pending) == 0 {
					if air != nil {
						land(<-air.done, nil)
					}
					return
				}
			}
		}
		pending = c.gather(pending, answered)
		acts, together := c.share(len(pending), air)
		if together && air != nil {
			land(<-air.done, nil)
			continue
		}
		var batch []*waiting
		batch, pending = choose(pending, acts)
		next := c.prepare(batch)
		if air != nil && !land(<-air.done, next) {
			next = nil // it presumed what did not come true
		}
		if next != nil {
			air = c.launch(next)
			continue
		}
		c.commit(batch)
		answered = len(batch)
	}
}

// gather takes what is queued and, after a batch of several, waits a moment for
// as many as were just answered.
func (c *Committer) gather(pending []*waiting, answered int) []*waiting {
	pending = c.drain(pending)
	if answered < 2 || len(pending) >= answered {
		return pending
	}
	timer := time.NewTimer(gather)
	defer timer.Stop()
	for len(pending) < answered && len(pending) < maxBatch {
		select {
		case w := <-c.queue:
			pending = append(pending, w)
		case <-timer.C:
			return pending
		}
	}
	return pending
}

func (c *Committer) drain(pending []*waiting) []*waiting {
	for len(pending) < 4*maxBatch {
		select {
		case w := <-c.queue:
			pending = append(pending, w)
		default:
			return pending
		}
	}
	return pending
}

// choose takes acts in their order, at most so many and no two with a common
// lock; the rest waits. An act whose caller has left is dropped.
func choose(pending []*waiting, acts int) (batch, rest []*waiting) {
	held := map[string]bool{}
	for _, w := range pending {
		if w.ctx.Err() != nil {
			continue
		}
		free := len(batch) < acts
		for _, l := range w.locks() {
			free = free && !held[l]
		}
		for _, l := range w.locks() {
			held[l] = true // also of one that waits: order per lock is kept
		}
		if free {
			batch = append(batch, w)
		} else {
			rest = append(rest, w)
		}
	}
	return batch, rest
}

func (w *waiting) locks() []string {
	if w.act.Key == nil {
		return w.act.Locks
	}
	k := w.act.Key
	return append([]string{"key:" + k.Account + "|" + k.Route + "|" + k.Key}, w.act.Locks...)
}

// commit runs a batch; one that fails as a whole is run act by act, so that
// only the act at fault suffers.
func (c *Committer) commit(batch []*waiting) {
	if len(batch) == 0 {
		return
	}
	began := time.Now()
	r, err := c.transact(batch)
	c.report(r, len(batch), time.Since(began), err)
	c.trouble.Store(sqldb.Unavailable(err))
	switch {
	case err == nil:
		r.reply()
	case len(batch) == 1 || sqldb.Unavailable(err):
		c.fail(batch, err)
	default:
		c.log.Warn("a batch failed and is run act by act", "acts", len(batch), "err", err)
		for _, w := range batch {
			c.commit([]*waiting{w})
		}
	}
}

// fail answers a batch that was not written.
func (c *Committer) fail(batch []*waiting, err error) {
	for _, w := range batch {
		w.answer <- reply{err: c.explain(err)}
	}
}

// explain turns the error of a transaction into what its caller can act on.
func (c *Committer) explain(err error) error {
	if f := fault.Of(err); f.Kind != fault.Internal {
		return f
	}
	switch {
	case sqldb.OnlyReads(err):
		return OnlyReads().Because(err)
	case sqldb.Unique(err):
		return fault.New(fault.Conflict, "exists", "Đã có một mục với mã này.", "Something with this code exists already.").Because(err)
	case sqldb.Unavailable(err):
		c.log.Error("the database or its disk is not available", "err", err)
		return sqldb.Fault(err)
	}
	return err
}

// OnlyReads is the fault of whatever would write where the database only reads.
func OnlyReads() *fault.Error {
	return fault.New(fault.Unavailable, "read_only",
		"Máy chủ này đọc một bản sao chỉ để xem, không ghi được. Hãy làm việc này ở máy chủ chính.",
		"This server reads a copy that takes no changes. Do this on the main server.")
}

package commit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/trace"
)

// run is one attempt at a batch inside its transaction.
type run struct {
	tx       *sqldb.Tx
	ahead    bool // prepared before its transaction
	head     store.Head
	from     int64 // size of the tree before
	now      time.Time
	batch    []*waiting
	outcomes []Outcome
	ends     map[string]ledger.StreamEnd // of the streams that the batch writes to
	known    map[string]ledger.StreamEnd // from batches before
	moved    map[string]ledger.StreamEnd // by this batch
	entries  [][]ledger.Entry            // without bytes until they are entered
	written  map[int64][]sqldb.Row       // by the index of the entry that tells them
	placed   []Placed                    // acts that stand
	repeats  []*reply                    // answered from their key
	replies  []reply
}

// patience bounds a transaction that its callers do not bound: they may leave,
// the batch is finished all the same.
const patience = 30 * time.Second

func (c *Committer) transact(batch []*waiting) (*run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ctx, span := traced(ctx, batch)
	var r *run
	err := c.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r = newRun(tx, batch)
		for _, step := range []func(context.Context) error{r.lock(c), r.recall, r.decide, r.number, r.save, r.enter, r.answer} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	span.End(err)
	if err != nil {
		c.size = unsure
		return nil, err
	}
	c.settle(r)
	return r, nil
}

// traced begins the span of a batch below its first act that is traced; the others
// are linked from it.
func traced(ctx context.Context, batch []*waiting) (context.Context, trace.Span) {
	var span trace.Span
	for _, w := range batch {
		switch {
		case !trace.Recorded(w.ctx):
		case span.On():
			span.Link(w.ctx)
		default:
			ctx, span = trace.Begin(trace.Below(ctx, w.ctx), "batch")
			span.Count("ocopflow.acts", len(batch))
		}
	}
	return ctx, span
}

// lock makes other writers wait and fixes the moment of the batch, which is
// never before the newest entry.
func (r *run) lock(c *Committer) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		if r.head, err = store.LockHead(ctx, r.tx); err != nil {
			return err
		}
		r.from = r.head.Tree.Size
		if c.alone = r.from == c.size; !c.alone {
			if err := c.hear(ctx, r); err != nil {
				return err
			}
		}
		r.presume(c)
		return nil
	}
}

// recall finds the acts whose key was answered before.
func (r *run) recall(ctx context.Context) error {
	var keys []store.Answer
	for _, w := range r.batch {
		if k := w.act.Key; k != nil {
			keys = append(keys, store.Answer{Account: k.Account, Route: k.Route, Key: k.Key})
		}
	}
	found, err := store.Answers(ctx, r.tx, keys)
	if err != nil {
		return err
	}
	for _, a := range found {
		if r.now.Sub(a.At) > keysLive {
			continue
		}
		for i, w := range r.batch {
			if k := w.act.Key; k != nil && *k == (Key{a.Account, a.Route, a.Key, k.Fingerprint}) {
				if r.repeats[i], err = repeat(a, k.Fingerprint); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func repeat(a store.Answer, fingerprint string) (*reply, error) {
	if a.Fingerprint != fingerprint {
		return &reply{err: fault.New(fault.Invalid, "key_reused",
			"Khóa lặp (Idempotency-Key) này đã dùng cho một yêu cầu khác.", "This Idempotency-Key was used for another request.")}, nil
	}
	var k kept
	if err := json.Unmarshal(a.Body, &k); err != nil {
		return nil, fmt.Errorf("stored answer: %w", err)
	}
	if k.Fault != nil {
		return &reply{err: k.Fault}, nil
	}
	return &reply{raw: k.Answer}, nil
}

// kinds calls do for each kind with the places in the batch of its acts.
func (r *run) kinds(do func(Kind, []int) error) error {
	groups := map[Kind][]int{}
	var order []Kind
	for i, w := range r.batch {
		if r.repeats[i] != nil {
			continue
		}
		if groups[w.act.Kind] == nil {
			order = append(order, w.act.Kind)
		}
		groups[w.act.Kind] = append(groups[w.act.Kind], i)
	}
	for _, k := range order {
		if err := do(k, groups[k]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) decide(ctx context.Context) error {
	return r.kinds(func(k Kind, at []int) error {
		asks := make([]any, len(at))
		for j, i := range at {
			asks[j] = r.batch[i].act.Ask
		}
		outcomes, err := k.Decide(ctx, r.tx, r.now, asks)
		if err != nil {
			return err
		}
		for j, i := range at {
			r.outcomes[i] = outcomes[j]
		}
		return nil
	})
}

// answer prepares the replies and keeps those that have a key.
func (r *run) answer(ctx context.Context) error {
	var keep []store.Answer
	for i, w := range r.batch {
		if r.repeats[i] != nil {
			r.replies[i] = *r.repeats[i]
			continue
		}
		o := r.outcomes[i]
		var k kept
		if o.Fault != nil {
			r.replies[i].err, k.Fault = o.Fault, o.Fault
		} else if o.Answer != nil {
			r.replies[i].answer = o.Answer(r.entries[i])
		}
		if w.act.Key == nil {
			continue
		}
		var err error
		if k.Answer, err = json.Marshal(r.replies[i].answer); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		body, err := json.Marshal(k)
		if err != nil {
			return err
		}
		keep = append(keep, store.Answer{Account: w.act.Key.Account, Route: w.act.Key.Route, Key: w.act.Key.Key,
			Fingerprint: w.act.Key.Fingerprint, Body: body, At: r.now})
	}
	return store.SaveAnswers(ctx, r.tx, keep)
}

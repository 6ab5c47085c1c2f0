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
)

// run is one attempt at a batch inside its transaction.
type run struct {
	tx       *sqldb.Tx
	head     store.Head
	from     int64 // size of the tree before
	now      time.Time
	batch    []*waiting
	outcomes []Outcome
	entries  [][]ledger.Entry
	repeats  []*reply // answered from their key
	replies  []reply
}

// patience bounds a transaction that its callers do not bound: they may leave,
// the batch is finished all the same.
const patience = 30 * time.Second

func (c *Committer) transact(batch []*waiting) ([]reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var r *run
	err := c.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r = &run{tx: tx, batch: batch, outcomes: make([]Outcome, len(batch)), entries: make([][]ledger.Entry, len(batch)),
			repeats: make([]*reply, len(batch)), replies: make([]reply, len(batch))}
		for _, step := range []func(context.Context) error{r.lock(c.clock), r.recall, r.decide, r.place, r.save, r.answer} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.replies, nil
}

// lock makes other writers wait and fixes the moment of the batch, which is
// never before the newest entry.
func (r *run) lock(clock func() time.Time) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		if r.head, err = store.LockHead(ctx, r.tx); err != nil {
			return err
		}
		r.from = r.head.Tree.Size
		r.now = clock().UTC().Truncate(time.Microsecond)
		if r.now.Before(r.head.LastAt) {
			r.now = r.head.LastAt
		}
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

// place gives every draft its index, its place in its stream and its bytes. An
// act whose entry is too large is refused here, before any row is written.
func (r *run) place(ctx context.Context) error {
	var streams []string
	seen := map[string]bool{}
	for _, o := range r.outcomes {
		for _, d := range o.Drafts {
			if !seen[d.Stream] {
				seen[d.Stream] = true
				streams = append(streams, d.Stream)
			}
		}
	}
	if len(streams) == 0 {
		return nil
	}
	ends, err := store.StreamEnds(ctx, r.tx, streams)
	if err != nil {
		return err
	}
	var all []ledger.Entry
	var subtrees []ledger.Subtree
	moved := map[string]store.StreamEnd{}
	for i, o := range r.outcomes {
		entries, err := r.write(o.Drafts, ends)
		if err != nil {
			f := fault.Of(err)
			if f.Kind == fault.Internal {
				return err
			}
			r.outcomes[i] = Outcome{Fault: f}
			continue
		}
		for _, e := range entries {
			subtrees = append(subtrees, r.head.Tree.Append(e.Hash)...)
			ends[e.Stream] = store.StreamEnd{Seq: e.Seq, Hash: e.Hash}
			moved[e.Stream] = ends[e.Stream]
		}
		r.entries[i] = entries
		all = append(all, entries...)
	}
	if len(all) == 0 {
		return nil
	}
	r.head.LastAt = r.now
	return store.Append(ctx, r.tx, all, moved, subtrees)
}

// write makes an act's entries without touching the tree, so that one that
// cannot be written leaves nothing behind.
func (r *run) write(drafts []ledger.Draft, ends map[string]store.StreamEnd) ([]ledger.Entry, error) {
	mine := map[string]store.StreamEnd{}
	var out []ledger.Entry
	for n, d := range drafts {
		end, ok := mine[d.Stream]
		if !ok {
			end = ends[d.Stream]
		}
		p := ledger.Place{Index: r.head.Tree.Size + int64(n), Seq: end.Seq + 1, At: r.now}
		if end.Seq > 0 {
			p.Prev = fmt.Sprintf("%x", end.Hash[:])
		}
		e, err := d.Write(p)
		if err != nil {
			return nil, err
		}
		mine[d.Stream] = store.StreamEnd{Seq: e.Seq, Hash: e.Hash}
		out = append(out, e)
	}
	return out, nil
}

func (r *run) save(ctx context.Context) error {
	err := r.kinds(func(k Kind, at []int) error {
		var placed []Placed
		for _, i := range at {
			if r.outcomes[i].Fault == nil {
				placed = append(placed, Placed{r.outcomes[i].State, r.entries[i]})
			}
		}
		if len(placed) == 0 {
			return nil
		}
		return k.Save(ctx, r.tx, placed)
	})
	if err != nil || r.head.Tree.Size == r.from {
		return err
	}
	return store.SwapHead(ctx, r.tx, r.from, r.head)
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

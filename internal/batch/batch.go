// Package batch owns the rounds of council work of a level (đợt): their days,
// their agenda, and what is taken in, left out or carried over. Who scores and
// what a session comes to is package council's; moves that follow from a result
// are package casework's.
package batch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Desk is where batches are kept.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Clock     func() time.Time
	Cases     *casework.Desk
	Councils  *council.Desk
	Library   *workflow.Library
}

// Limits of what is written, in characters, and of lists.
const (
	maxTitle    = 200
	maxText     = 2000
	MaxProducts = 200 // of a batch
	maxSlots    = 300
)

// Request is what every act on a batch carries.
type Request struct {
	ID      string
	Version *int64 // the one the caller saw; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// keepers are the roles that keep the batches of their unit.
var keepers = []ocop.Role{access.Office, access.Secretary}

// Keeps reports whether somebody keeps the batches of a unit.
func Keeps(a access.Actor, place ocop.Path) bool { return casework.MayInspect(a, place) }

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "batch_wrong", "Nội dung đợt chưa đúng; chưa lưu gì.", "What was given for the batch is not right; nothing was saved.")
}

func stale(version int64) error {
	return fault.New(fault.Stale, "stale", fmt.Sprintf("Đợt đã thay đổi (nay là phiên bản %d). Hãy tải lại.", version),
		fmt.Sprintf("The batch was changed (now version %d). Reload.", version))
}

// open refuses what only an open batch allows.
func open(b store.Batch) error {
	switch b.Status {
	case store.BatchClosed:
		return fault.New(fault.Conflict, "batch_closed", "Đợt đã kết thúc nên không sửa được nữa. Việc còn lại đưa vào đợt khác.", "The batch is closed and cannot be changed. What is left goes into another one.")
	case store.BatchCancelled:
		return fault.New(fault.Conflict, "batch_cancelled", "Đợt đã hủy. Hãy lập đợt khác.", "The batch was cancelled. Make another one.")
	}
	return nil
}

func reasoned(reason string) (string, error) {
	bad := wrong()
	reason = strings.TrimSpace(reason)
	bad.Length("body.reason", reason, 1, maxText)
	return reason, bad.OrNil()
}

// file is a batch with its products, as an act finds it and leaves it.
type file struct {
	batch store.Batch
	items []store.BatchItem
	fresh []store.BatchItem // to be added, of other batches too
	moved []store.BatchItem // to be changed
	about []ledger.Draft    // entries of products
}

func (x *file) at(product string) int {
	return slices.IndexFunc(x.items, func(i store.BatchItem) bool { return i.Product == product })
}

// set puts an item in place of the one of the same product, or adds it.
func (x *file) set(i store.BatchItem) {
	if at := x.at(i.Product); at >= 0 {
		x.items[at] = i
		x.moved = append(x.moved, i)
		return
	}
	x.items = append(x.items, i)
	x.fresh = append(x.fresh, i)
}

// waiting are the products that are in and not decided, as the agenda has them;
// those that it does not name come last.
func (x *file) waiting() []string {
	var out []string
	add := func(id string) {
		if at := x.at(id); at >= 0 && x.items[at].Status == store.ItemIn && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, s := range x.batch.Agenda {
		add(s.Product)
	}
	for _, i := range x.items {
		add(i.Product)
	}
	return out
}

// load reads a batch that the actor may see.
//
// Faults: not_found.
func load(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*file, error) {
	b, err := store.BatchByID(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, casework.NotFound()
	}
	if sees, err := inView(ctx, q, a, *b); err != nil || !sees {
		if err == nil {
			err = casework.NotFound()
		}
		return nil, err
	}
	items, err := store.BatchItems(ctx, q, []string{id})
	return &file{batch: *b, items: items[id]}, err
}

// inView: those who oversee the unit, and those who sit on the council.
func inView(ctx context.Context, q sqldb.Querier, a access.Actor, b store.Batch) (bool, error) {
	if a.Oversees().Sees("", b.Path, "") {
		return true, nil
	}
	if b.Council.ID == "" {
		return false, nil
	}
	k, err := store.CouncilByID(ctx, q, b.Council.ID)
	return k != nil && slices.ContainsFunc(k.Members, func(m store.CouncilMember) bool { return m.Account == a.ID }), err
}

// productDraft is an entry about a product's part in a batch.
func productDraft(event string, b store.Batch, i store.BatchItem, r Request) ledger.Draft {
	d := ledger.Draft{Stream: "product:" + i.Product, Kind: ledger.KindRecord, Event: event, Product: i.Product, Round: i.Round, Level: string(b.Level),
		Actor: casework.ActorOf(r.Actor), Data: ledger.Map{"batch": b.ID, "status": string(i.Status)}}
	if i.Reason != "" {
		d.Private = []ledger.Private{casework.NewPrivate("comment", i.Reason)}
	}
	if i.CarriedInto != "" {
		d.Data["into"] = i.CarriedInto
	}
	if r.Key != nil {
		d.Key = r.Key.Key
	}
	return d
}

// change decides an act on a batch and writes it: its own entry, and one for
// each product that is concerned. It locks the batch and what else is named.
func (d *Desk) change(ctx context.Context, r Request, event string, locks []string, do func(context.Context, sqldb.Querier, *file, time.Time) error) (Batch, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, err := d.begun(ctx, q, r)
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := do(ctx, q, x, now); err != nil {
			return commit.Outcome{}, err
		}
		x.batch.Version++
		seen, err := d.shown(ctx, q, *x)
		if err != nil {
			return commit.Outcome{}, err
		}
		return x.outcome(event, r, false, func() any { return seen }), nil
	}
	return commit.Do[Batch](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: append(locks, "batch:"+r.ID)})
}

// begun is a batch that the actor may change now.
func (d *Desk) begun(ctx context.Context, q sqldb.Querier, r Request) (*file, error) {
	x, err := load(ctx, q, r.Actor, r.ID)
	if err != nil {
		return nil, err
	}
	if !Keeps(r.Actor, x.batch.Path) {
		return nil, casework.MayNotPlan()
	}
	if r.Version != nil && *r.Version != x.batch.Version {
		return nil, stale(x.batch.Version)
	}
	return x, open(x.batch)
}

func (x *file) outcome(event string, r Request, fresh bool, answer func() any) commit.Outcome {
	b := x.batch
	draft := ledger.Draft{Stream: "batch:" + b.ID, Kind: ledger.KindRecord, Event: event, Actor: casework.ActorOf(r.Actor), Level: string(b.Level),
		Data: ledger.Map{"batch": b.ID, "unit": b.Unit.ID, "status": string(b.Status), "version": b.Version, "products": len(x.items)}}
	for name, day := range map[string]*ocop.Date{"requested_before": b.RequestedBefore, "held_before": b.HeldBefore} {
		if day != nil {
			draft.Data[name] = day.String()
		}
	}
	if r.Key != nil {
		draft.Key = r.Key.Key
	}
	return commit.Outcome{
		Drafts: append([]ledger.Draft{draft}, x.about...),
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			write := store.StepBatch
			if fresh {
				write = store.InsertBatch
			}
			if err := write(ctx, tx, b); err != nil {
				return err
			}
			return store.SaveBatchItems(ctx, tx, x.fresh, x.moved)
		}),
		Answer: func([]ledger.Entry) any { return answer() },
	}
}

package batch

import (
	"context"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// levels are the kinds of units that hold batches.
var levels = []ocop.UnitKind{ocop.District, ocop.Province, ocop.Ministry}

// Plan is what a batch is to be. Nil fields of a change stay as they are.
type Plan struct {
	Unit            string // id or code; "" is the keeper's own; not changed afterwards
	Title           *string
	RequestedBefore *ocop.Date
	HeldBefore      *ocop.Date
	NoDays          bool    // takes both days away
	Council         *string // id; "" takes it away
	Place           *string
	Agenda          []store.Slot
}

// Open begins a batch. Its two days may be those that the procedure in force
// names (Proposals), others, or none.
//
// Faults: who_may_not (Forbidden); batch_wrong (Invalid).
func (d *Desk) Open(ctx context.Context, a access.Actor, p Plan, key *commit.Key) (Batch, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		u, err := home(ctx, q, a, p.Unit)
		if err != nil {
			return commit.Outcome{}, err
		}
		x := &file{batch: store.Batch{ID: casework.NewID(), Unit: ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, Path: u.Path, Level: ocop.Level(u.Kind),
			Status: store.BatchOpen, CreatedBy: a.ID, CreatedAt: now, Version: 1}}
		if err := d.put(ctx, q, p, x, ocop.DateOf(now)); err != nil {
			return commit.Outcome{}, err
		}
		seen, err := d.shown(ctx, q, *x)
		if err != nil {
			return commit.Outcome{}, err
		}
		return x.outcome("open_batch", Request{Actor: a, Key: key}, true, func() any { return seen }), nil
	}
	return commit.Do[Batch](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: key})
}

// Change changes title, days, council, place and agenda.
//
// Faults: not_found; who_may_not (Forbidden); stale; batch_closed,
// batch_cancelled (Conflict); batch_wrong (Invalid).
func (d *Desk) Change(ctx context.Context, r Request, p Plan) (Batch, error) {
	return d.change(ctx, r, "change_batch", nil, func(ctx context.Context, q sqldb.Querier, x *file, now time.Time) error {
		return d.put(ctx, q, p, x, ocop.DateOf(now))
	})
}

// Cancel ends a batch in which no product waits any more.
//
// Faults: those of Change; batch_not_empty (Conflict).
func (d *Desk) Cancel(ctx context.Context, r Request, reason string) (Batch, error) {
	return d.change(ctx, r, "cancel_batch", nil, func(_ context.Context, _ sqldb.Querier, x *file, now time.Time) (err error) {
		if len(x.waiting()) > 0 {
			return fault.New(fault.Conflict, "batch_not_empty", "Đợt còn sản phẩm. Hãy để ra ngoài hoặc chuyển đợt từng sản phẩm trước.", "Products wait in the batch. Leave out or carry over each of them first.")
		}
		x.batch.Status = store.BatchCancelled
		x.batch.ClosedBy, x.batch.ClosedAt = r.Actor.ID, &now
		x.batch.Reason, err = reasoned(reason)
		return err
	})
}

// home is the unit whose batch it is, which must be of a kind that holds batches.
func home(ctx context.Context, q sqldb.Querier, a access.Actor, named string) (*ocop.Unit, error) {
	u, err := casework.Home(ctx, q, a, named)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(levels, u.Kind) {
		return nil, wrong().At("body.unit", "Phải là huyện, tỉnh hoặc bộ.", "Must be a district, a province or the ministry.")
	}
	return u, nil
}

// put puts what is given onto a batch and checks it.
func (d *Desk) put(ctx context.Context, q sqldb.Querier, p Plan, x *file, today ocop.Date) error {
	b, bad := &x.batch, wrong()
	if p.Title != nil {
		b.Title = strings.TrimSpace(*p.Title)
	}
	if p.Place != nil {
		b.Place = strings.TrimSpace(*p.Place)
	}
	if p.NoDays {
		b.RequestedBefore, b.HeldBefore = nil, nil
	}
	if p.RequestedBefore != nil {
		b.RequestedBefore = p.RequestedBefore
	}
	if p.HeldBefore != nil {
		b.HeldBefore = p.HeldBefore
	}
	bad.Length("body.title", b.Title, 1, maxTitle)
	bad.Length("body.place", b.Place, 0, maxTitle)
	if b.RequestedBefore != nil && b.HeldBefore != nil && *b.HeldBefore < *b.RequestedBefore {
		bad.At("body.held_before", "Không được trước ngày chốt nhận đề nghị.", "Must not come before the cut-off.")
	}
	if err := d.named(ctx, q, p.Council, b, bad); err != nil {
		return err
	}
	if p.Agenda != nil {
		b.Agenda = p.Agenda
		checkAgenda(bad, x)
	}
	if err := d.mark(b, today); err != nil {
		return err
	}
	return bad.OrNil()
}

// named puts the council that is given onto a batch.
func (d *Desk) named(ctx context.Context, q sqldb.Querier, id *string, b *store.Batch, bad *fault.Error) error {
	if id == nil {
		return nil
	}
	if b.Council = (ocop.Ref{}); *id == "" {
		return nil
	}
	k, err := store.CouncilByID(ctx, q, *id)
	if err != nil {
		return err
	}
	if k == nil || k.Path != b.Path {
		bad.At("body.council", "Hội đồng không thuộc đơn vị của đợt.", "The council is not one of the batch's unit.")
		return nil
	}
	b.Council = ocop.Ref{ID: k.ID, Name: k.Name}
	return nil
}

// mark says whose days those of a batch are: an act's, or the unit's own.
func (d *Desk) mark(b *store.Batch, today ocop.Date) error {
	b.Legal, b.Verified = "", false
	if b.RequestedBefore == nil || b.HeldBefore == nil {
		return nil
	}
	rules, err := d.Library.InForce(casework.ProcedureName, today)
	if err != nil {
		return err
	}
	for _, x := range rules.BatchesAfter(b.Level, min(today, *b.HeldBefore-1)) {
		if x.RequestedBefore == *b.RequestedBefore && x.HeldBefore == *b.HeldBefore {
			b.Legal, b.Verified = x.Legal, x.Verified
		}
	}
	return nil
}

// Proposals are the days that the procedure in force names for the next batches
// of a unit's level. They are proposed, never imposed.
//
// Faults: who_may_not (Forbidden); batch_wrong (Invalid).
func (d *Desk) Proposals(ctx context.Context, a access.Actor, unit string) ([]workflow.BatchDates, error) {
	u, err := home(ctx, d.DB, a, unit)
	if err != nil {
		return nil, err
	}
	today := ocop.DateOf(d.Clock())
	rules, err := d.Library.InForce(casework.ProcedureName, today)
	if err != nil {
		return nil, err
	}
	out := rules.BatchesAfter(ocop.Level(u.Kind), today)
	if out == nil {
		out = []workflow.BatchDates{}
	}
	return out, nil
}

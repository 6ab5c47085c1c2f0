package batch

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Meeting is how the sessions of a batch are held.
type Meeting struct {
	Kind   string     // meeting or written; "" for what each procedure expects
	HeldOn *ocop.Date // "" for the agenda's day of each, else today
	Place  string     // "" for the batch's
}

// Begin opens the sessions of all products that wait and have none, in the
// order of the agenda and in one act. One that cannot be scored yet is told in
// its place and holds nothing up.
//
// Faults: those of Change; batch_no_council (Conflict); of a product those of
// council.Begin.
func (d *Desk) Begin(ctx context.Context, r Request, m Meeting) (Done, error) {
	before, err := load(ctx, d.DB, r.Actor, r.ID)
	if err != nil {
		return Done{}, err
	}
	locks := append(casework.ProductLocks(before.waiting()), "batch:"+r.ID)
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, err := d.begun(ctx, q, r)
		if err != nil {
			return commit.Outcome{}, err
		}
		if x.batch.Council.ID == "" {
			return commit.Outcome{}, fault.New(fault.Conflict, "batch_no_council", "Đợt chưa có hội đồng. Hãy chọn hội đồng trước khi mở phiên chấm.", "The batch has no council. Name one before sessions are opened.")
		}
		calls, err := x.calls(ctx, q, r, m)
		if err != nil {
			return commit.Outcome{}, err
		}
		calls = slices.DeleteFunc(calls, func(c council.Call) bool { return !slices.Contains(locks, "product:"+c.Product) })
		return d.begin(ctx, q, x, r, calls, now)
	}
	return commit.Do[Done](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: locks})
}

// calls are the sessions to be opened.
func (x *file) calls(ctx context.Context, q sqldb.Querier, r Request, m Meeting) ([]council.Call, error) {
	there, err := x.sessions(ctx, q)
	if err != nil {
		return nil, err
	}
	days := map[string]ocop.Date{}
	for _, s := range x.batch.Agenda {
		days[s.Product] = s.Day
	}
	var out []council.Call
	for _, id := range x.waiting() {
		if there[id] != nil {
			continue
		}
		c := council.Call{Product: id, Council: x.batch.Council.ID, Kind: m.Kind, HeldOn: m.HeldOn, Place: m.Place, Actor: r.Actor, Key: r.Key}
		if day, ok := days[id]; ok && c.HeldOn == nil {
			c.HeldOn = &day
		}
		if c.Place == "" {
			c.Place = x.batch.Place
		}
		out = append(out, c)
	}
	return out, nil
}

func (d *Desk) begin(ctx context.Context, q sqldb.Querier, x *file, r Request, calls []council.Call, now time.Time) (commit.Outcome, error) {
	opened, faults, err := d.Councils.Openings(ctx, q, calls, now)
	if err != nil {
		return commit.Outcome{}, err
	}
	var drafts []ledger.Draft
	var parts commit.Parts
	items := []Each{}
	for i, c := range calls {
		one := Each{Product: c.Product, Fault: faults[i]}
		if one.Fault == nil {
			one.Session = opened[i].Session
			drafts, parts = append(drafts, opened[i].Draft), append(parts, opened[i].Rows)
		}
		items = append(items, one)
	}
	seen, err := d.shown(ctx, q, *x)
	if err != nil {
		return commit.Outcome{}, err
	}
	out := commit.Outcome{Drafts: drafts, Answer: func([]ledger.Entry) any { return Done{seen, items} }}
	if len(parts) > 0 {
		out.State = parts
	}
	return out, nil
}

// sessions are the newest session of each product in its round and at the
// batch's level.
func (x *file) sessions(ctx context.Context, q sqldb.Querier) (map[string]*store.Session, error) {
	var ids []string
	for _, i := range x.items {
		ids = append(ids, i.Product)
	}
	all, err := store.SessionsOfAll(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]*store.Session{}
	for _, i := range x.items {
		for _, s := range all[i.Product] {
			if s.ID == i.Session || i.Session == "" && s.Round == i.Round && s.Level == x.batch.Level {
				out[i.Product] = &s
			}
		}
	}
	return out, nil
}

// Close ends a batch once each of its products has a result or a reason.
//
// Faults: those of Change; batch_undecided (Refused), naming the products.
func (d *Desk) Close(ctx context.Context, r Request) (Batch, error) {
	before, err := load(ctx, d.DB, r.Actor, r.ID)
	if err != nil {
		return Batch{}, err
	}
	return d.change(ctx, r, "close_batch", casework.ProductLocks(before.waiting()), func(ctx context.Context, q sqldb.Querier, x *file, now time.Time) error {
		there, err := x.sessions(ctx, q)
		if err != nil {
			return err
		}
		if err := x.undecided(ctx, q, there); err != nil {
			return err
		}
		for _, id := range x.waiting() {
			i, s := x.items[x.at(id)], there[id]
			i.Status, i.Session = store.ItemDecided, s.ID
			draft := productDraft("close_batch", x.batch, i, r)
			draft.Data["session"], draft.Data["stars"] = s.ID, s.Result.Result.Stars
			x.set(i)
			x.about = append(x.about, draft)
		}
		x.batch.Status, x.batch.ClosedBy, x.batch.ClosedAt = store.BatchClosed, r.Actor.ID, &now
		return nil
	})
}

// undecided refuses while a product has neither result nor reason.
func (x *file) undecided(ctx context.Context, q sqldb.Querier, there map[string]*store.Session) error {
	waiting := x.waiting()
	names, err := store.Products(ctx, q, waiting)
	if err != nil {
		return err
	}
	bad := fault.New(fault.Refused, "batch_undecided", "Còn sản phẩm chưa có kết quả. Hãy kết thúc phiên chấm, để ra ngoài có lý do, hoặc chuyển đợt.",
		"Some products have no result. Close their sessions, leave them out with a reason, or carry them over.")
	for _, id := range waiting {
		if s := there[id]; s != nil && s.Result != nil && s.Status == store.Closed {
			continue
		}
		p := names[id]
		bad.Reasons = append(bad.Reasons, fault.Reason{Code: "no_result", Actual: p.Code, CureBy: keepers, Verified: true,
			Message: ocop.Text{Vi: p.Name + " chưa có kết quả.", En: p.Name + " has no result."}})
	}
	if len(bad.Reasons) == 0 {
		return nil
	}
	return bad
}

package batch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Each is what came of one product in an act about many: each stands or fails
// by itself.
type Each struct {
	Product string       `json:"product"` // as asked
	Session string       `json:"session,omitempty"`
	Fault   *fault.Error `json:"fault,omitempty"`
}

// Done is a batch after an act about many products.
type Done struct {
	Batch Batch  `json:"batch"`
	Items []Each `json:"items"`
}

// TakeIn takes products into a batch, named by id or code. One that does not
// fit is told in its place and holds nothing up.
//
// Faults: those of Change; of a product: not_found; batch_wrong, no_round,
// other_level, already_scored, in_batch (Conflict).
func (d *Desk) TakeIn(ctx context.Context, r Request, named []string) (Done, error) {
	if len(named) == 0 || len(named) > MaxProducts {
		return Done{}, wrong().At("body.products", fmt.Sprintf("Phải có từ 1 đến %d sản phẩm.", MaxProducts), fmt.Sprintf("Must name 1 to %d products.", MaxProducts))
	}
	list, err := store.ProductIDs(ctx, d.DB, named)
	if err != nil {
		return Done{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, err := d.begun(ctx, q, r)
		if err != nil {
			return commit.Outcome{}, err
		}
		items, err := d.take(ctx, q, x, r, named, list, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		return d.each(ctx, q, x, r, "take_into_batch", items)
	}
	return commit.Do[Done](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: append(casework.ProductLocks(list), "batch:"+r.ID)})
}

// each answers an act about many products, and writes it if any stood.
func (d *Desk) each(ctx context.Context, q sqldb.Querier, x *file, r Request, event string, items []Each) (commit.Outcome, error) {
	if len(x.about) > 0 {
		x.batch.Version++
	}
	seen, err := d.shown(ctx, q, *x)
	if err != nil {
		return commit.Outcome{}, err
	}
	answer := func() any { return Done{seen, items} }
	if len(x.about) == 0 {
		return commit.Outcome{Answer: func([]ledger.Entry) any { return answer() }}, nil
	}
	return x.outcome(event, r, false, answer), nil
}

func (d *Desk) take(ctx context.Context, q sqldb.Querier, x *file, r Request, named, list []string, now time.Time) ([]Each, error) {
	all, err := d.Cases.Standings(ctx, q, list, now)
	if err != nil {
		return nil, err
	}
	elsewhere, err := store.BatchesOf(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var out []Each
	for n, id := range list {
		one := Each{Product: named[n]}
		if err := fits(x, r, all[id], elsewhere[id]); err != nil {
			one.Fault = fault.Of(err)
		} else {
			i := store.BatchItem{Batch: x.batch.ID, Title: x.batch.Title, Level: x.batch.Level, Product: id, Round: all[id].Round.ID, Status: store.ItemIn, RequestedOn: all[id].Requested(),
				Procedure: all[id].Rules.Name, Rules: all[id].Rules.Version}
			if at := x.at(id); at >= 0 {
				i.CarriedFrom = x.items[at].CarriedFrom
			}
			x.set(i)
			x.about = append(x.about, productDraft("take_into_batch", x.batch, i, r))
		}
		out = append(out, one)
	}
	return out, nil
}

// fits refuses a product that cannot be taken into a batch.
func fits(x *file, r Request, s *casework.Standing, elsewhere []store.BatchItem) error {
	b := x.batch
	if s == nil || !r.Actor.Products().Sees(s.Product.ID, s.Product.Path, s.Product.Producer.ID) {
		return casework.NotFound()
	}
	conflict := func(code, vi, en string) error { return fault.New(fault.Conflict, code, vi, en) }
	if at := x.at(s.Product.ID); at >= 0 && x.items[at].Status == store.ItemIn {
		return conflict("in_batch", "Sản phẩm đã có trong đợt này.", "The product is in this batch already.")
	}
	if slices.ContainsFunc(elsewhere, func(i store.BatchItem) bool { return i.Status == store.ItemIn }) {
		return conflict("in_batch", "Sản phẩm đang ở một đợt khác. Hãy chuyển đợt từ đó.", "The product waits in another batch. Carry it over from there.")
	}
	switch {
	case s.Product.Path.Upto(ocop.UnitKind(b.Level)) != b.Path:
		return conflict("other_place", "Sản phẩm không thuộc địa bàn của đơn vị mở đợt.", "The product does not lie in the unit whose batch it is.")
	case s.Round == nil:
		return conflict("no_round", "Sản phẩm không có lượt đánh giá đang mở.", "The product has no open round.")
	case s.Round.Level != b.Level:
		return conflict("other_level", "Lượt đánh giá của sản phẩm đang ở cấp khác.", "The product's round stands at another level.")
	case s.Round.Data.Session != nil || s.Round.Data.Result != nil:
		return conflict("already_scored", "Hội đồng cấp này đã chấm sản phẩm trong lượt này.", "The council of this level has scored the product in this round.")
	}
	return full(x.items)
}

// full refuses one more product where as many wait as a batch holds.
func full(items []store.BatchItem) error {
	in := 0
	for _, i := range items {
		if i.Status == store.ItemIn {
			in++
		}
	}
	if in < MaxProducts {
		return nil
	}
	return fault.New(fault.Conflict, "batch_full", fmt.Sprintf("Đợt đã có %d sản phẩm. Hãy mở đợt khác.", MaxProducts), fmt.Sprintf("The batch has %d products. Open another one.", MaxProducts))
}

// LeaveOut takes a product out of a batch, with the reason. It can be taken in
// again while the batch is open.
//
// Faults: those of Change.
func (d *Desk) LeaveOut(ctx context.Context, r Request, product, reason string) (Batch, error) {
	return d.change(ctx, r, "leave_out_of_batch", []string{"product:" + product}, func(ctx context.Context, q sqldb.Querier, x *file, _ time.Time) error {
		_, err := x.drop(r, product, store.ItemOut, reason, nil)
		return err
	})
}

// drop takes a product that waits out of a batch.
func (x *file) drop(r Request, product string, status store.ItemStatus, reason string, into *store.Batch) (i store.BatchItem, err error) {
	at := x.at(product)
	if at < 0 || x.items[at].Status != store.ItemIn {
		return i, casework.NotFound()
	}
	i = x.items[at]
	if i.Reason, err = reasoned(reason); err != nil {
		return i, err
	}
	i.Status = status
	event := "leave_out_of_batch"
	if into != nil {
		i.CarriedInto, event = into.ID, "carry_over"
	}
	x.set(i)
	x.batch.Agenda = slices.DeleteFunc(slices.Clone(x.batch.Agenda), func(s store.Slot) bool { return s.Product == product })
	x.about = append(x.about, productDraft(event, x.batch, i, r))
	return i, nil
}

// CarryOver moves a product into another open batch of the same unit.
//
// Faults: those of Change; batch_full (Conflict).
func (d *Desk) CarryOver(ctx context.Context, r Request, product, into, reason string) (Batch, error) {
	return d.change(ctx, r, "carry_over", []string{"product:" + product, "batch:" + into}, func(ctx context.Context, q sqldb.Querier, x *file, _ time.Time) error {
		next, err := store.BatchByID(ctx, q, into)
		if err != nil {
			return err
		}
		if next == nil || next.ID == x.batch.ID || next.Path != x.batch.Path || next.Status != store.BatchOpen {
			return wrong().At("body.into", "Phải là một đợt khác, đang mở, của cùng đơn vị.", "Must be another open batch of the same unit.")
		}
		i, err := x.drop(r, product, store.ItemCarried, reason, next)
		if err != nil {
			return err
		}
		there, err := store.BatchItems(ctx, q, []string{into})
		if err != nil {
			return err
		}
		if err := full(there[into]); err != nil {
			return err
		}
		moved := store.BatchItem{Batch: into, Title: next.Title, Level: next.Level, Product: product, Round: i.Round, Status: store.ItemIn, RequestedOn: i.RequestedOn, CarriedFrom: x.batch.ID, Procedure: i.Procedure, Rules: i.Rules}
		if slices.ContainsFunc(there[into], func(o store.BatchItem) bool { return o.Product == product }) {
			x.moved = append(x.moved, moved)
		} else {
			x.fresh = append(x.fresh, moved)
		}
		return nil
	})
}

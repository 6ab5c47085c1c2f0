package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// MaxTogether bounds what one act enters: other writers wait for it.
const MaxTogether = 20_000

// Entering is one of many products that are entered in one act, as Register
// enters one.
type Entering struct {
	Registration
	Event ocop.Event // register or import
	Data  map[string]any
}

// RegisterAll enters products in one act, all or none, each with an entry of
// its own, and gives their ids. The decisions are those of Register.
//
// Faults: import_changed (Conflict, with each that does not stand); too_large;
// those of commit.Do.
func (d *Desk) RegisterAll(ctx context.Context, by access.Actor, list []Entering) ([]string, error) {
	if len(list) > MaxTogether {
		return nil, fault.New(fault.TooLarge, "too_large", fmt.Sprintf("Một lần chỉ nhập trọn gói được %d sản phẩm; hãy chia thành nhiều tệp.", MaxTogether),
			fmt.Sprintf("No more than %d products are entered together; split the file.", MaxTogether))
	}
	act := commit.Act{Kind: together{moves{d}}}
	asks := make([]any, len(list))
	var against refused
	for i, e := range list {
		ask, err := e.ask(by)
		if err != nil {
			against.note(i, fault.Of(err))
			continue
		}
		asks[i] = ask
		act.Locks = append(act.Locks, d.act(ask).Locks...)
	}
	if against.f != nil {
		return nil, against.f
	}
	act.Ask = asks
	ids, err := commit.Do[[]string](ctx, d.Committer, act)
	if err != nil {
		return nil, err
	}
	return ids, d.expireAll(ctx, slices.Clone(ids))
}

// TryRegister decides for each of many products whether it could be entered,
// and writes nothing: the code of RegisterAll without the commit. What two of
// them have against each other, such as the same code, it does not see.
func (d *Desk) TryRegister(ctx context.Context, by access.Actor, list []Entering) []error {
	errs := make([]error, len(list))
	var asks []Ask
	var at []int
	for i, e := range list {
		ask, err := e.ask(by)
		if errs[i] = err; err == nil {
			asks, at = append(asks, ask), append(at, i)
		}
	}
	_, tried := d.Try(ctx, asks)
	for j, err := range tried {
		errs[at[j]] = err
	}
	return errs
}

func (e Entering) ask(by access.Actor) (Ask, error) {
	ask := Ask{Actor: by, Event: e.Event, Data: e.Data, quiet: true}
	r, err := e.ready()
	ask.New = r
	return ask, err
}

// together is the kind of act that makes many moves, all or none.
type together struct{ moves }

// Decide implements commit.Kind.
func (t together) Decide(ctx context.Context, q sqldb.Querier, now time.Time, acts []any) ([]commit.Outcome, error) {
	out := make([]commit.Outcome, len(acts))
	for i, a := range acts {
		parts, err := t.moves.Decide(ctx, q, now, a.([]any))
		if err != nil {
			return nil, err
		}
		var against refused
		var changes []*change
		var ids []string
		for j, p := range parts {
			if p.Fault != nil {
				against.note(j, p.Fault)
				continue
			}
			c := p.State.(*change)
			changes, ids = append(changes, c), append(ids, c.product.ID)
			out[i].Drafts = append(out[i].Drafts, p.Drafts...)
		}
		if against.f != nil {
			out[i] = commit.Outcome{Fault: against.f}
			continue
		}
		out[i].State, out[i].Answer = changes, func([]ledger.Entry) any { return ids }
	}
	return out, nil
}

// Save implements commit.Kind: the rows of the single moves.
func (t together) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	var each []commit.Placed
	for _, p := range placed {
		rest := p.Entries
		for _, c := range p.State.([]*change) {
			each = append(each, commit.Placed{State: c, Entries: rest[:len(c.drafts)]})
			rest = rest[len(c.drafts):]
		}
	}
	return t.moves.Save(ctx, tx, each)
}

// refused collects what stands against the parts of an act that is done whole.
type refused struct{ f *fault.Error }

func (r *refused) note(i int, why *fault.Error) {
	if r.f == nil {
		r.f = fault.New(fault.Conflict, "import_changed", "Có mục không nhập được, nên chưa lưu gì; hãy kiểm tra lại tệp.",
			"Some of it cannot be entered, so nothing was saved; check the file again.")
	}
	if len(r.f.Fields) < 20 {
		r.f.At(fmt.Sprintf("items[%d]", i), why.Message.Vi, why.Message.En)
	}
}

// expireAll lets certificates that were over before they were entered expire.
func (d *Desk) expireAll(ctx context.Context, ids []string) error {
	newest, err := store.NewestCertificates(ctx, d.DB, ids)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return newest[id] == nil || newest[id].InForce(d.Today()) })
	asks := make([]Ask, len(ids))
	for i, id := range ids {
		asks[i] = Ask{Product: id, Event: "expire", Actor: access.SystemActor, quiet: true}
	}
	_, errs := d.MoveMany(ctx, asks)
	for _, err := range errs {
		if err != nil && !fault.Is(err, fault.Conflict) { // a sweep was faster
			return err
		}
	}
	return nil
}

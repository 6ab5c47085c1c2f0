package accounts

import (
	"context"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// MaxTogether bounds what one act adds: other writers wait for it.
const MaxTogether = 20_000

// newcomers decide about units and producers that are not there yet. Those of
// one act may lie below each other; what many of them share is read once.
type newcomers struct {
	q     sqldb.Querier
	by    access.Actor
	fresh map[string]ocop.Unit // of the same act, by code; nil when there is only one
	known map[string]ocop.Unit // places read before; nil when there is only one
}

// newcomer is one that may be added.
type newcomer struct {
	unit     ocop.Unit
	producer ocop.Producer
	draft    ledger.Draft
	rows     commit.Rows
}

func (n newcomers) unit(ctx context.Context, u ocop.Unit) (x newcomer, err error) {
	u.ID, u.Version = newID(), 1
	path, err := n.below(ctx, &u.Parent)
	if err != nil {
		return x, err
	}
	if !administers(n.by, path) && !(path == "" && n.by.ID == ocop.System) {
		return x, NotAdmin()
	}
	if err := n.free(ctx, u.Code); err != nil {
		return x, err
	}
	u.Path = path.Child(u.Kind, u.ID)
	if n.fresh != nil {
		n.fresh[u.Code] = u
	}
	return newcomer{unit: u,
		draft: ledger.Draft{Stream: "unit:" + u.ID, Kind: ledger.KindRecord, Event: "add_unit", Actor: actorOf(n.by),
			Data: ledger.Map{"id": u.ID, "code": u.Code, "kind": string(u.Kind), "name": u.Name.Vi, "parent": u.Parent, "assumed": u.Assumed}},
		rows: func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return store.InsertUnit(ctx, tx, u) },
	}, nil
}

func (n newcomers) producer(ctx context.Context, r ocop.Producer) (x newcomer, err error) {
	if r.Unit == "" {
		return x, producerWrong().At("body.unit", "Phải có đơn vị nơi chủ thể ở.", "The unit where it sits is needed.")
	}
	path, err := n.below(ctx, &r.Unit)
	if err != nil {
		return x, err
	}
	if _, office := n.by.Holds(access.Office, path); !office && !administers(n.by, path) {
		return x, NotAdmin()
	}
	if err := n.free(ctx, r.Code); err != nil {
		return x, err
	}
	r.Path = path.Child(ocop.Producers, r.ID)
	if n.fresh != nil {
		n.fresh[r.Code] = ocop.Unit{Kind: ocop.Producers}
	}
	return newcomer{producer: r,
		draft: ledger.Draft{Stream: "producer:" + r.ID, Kind: ledger.KindRecord, Event: "add_producer", Actor: actorOf(n.by),
			Data: ledger.Map{"id": r.ID, "code": r.Code, "name": r.Name, "form": r.Form, "unit": r.Unit}},
		rows: func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			return store.InsertProducer(ctx, tx, r)
		},
	}, nil
}

// below finds the path of a parent given by id or code, and its id.
func (n newcomers) below(ctx context.Context, parent *string) (ocop.Path, error) {
	key := *parent
	u, known := n.fresh[key]
	if !known {
		u, known = n.known[key]
	}
	if known && u.Kind != ocop.Producers {
		*parent = u.ID
		return u.Path, nil
	}
	path, err := placeBelow(ctx, n.q, parent)
	if err == nil && n.known != nil && key != "" {
		n.known[key] = ocop.Unit{ID: *parent, Path: path}
	}
	return path, err
}

// free wants a code that nobody has.
func (n newcomers) free(ctx context.Context, code string) error {
	old, err := store.UnitByCode(ctx, n.q, code)
	if _, twice := n.fresh[code]; err == nil && (old != nil || twice) {
		err = exists(nil)
	}
	return err
}

// AddUnits adds units in one act, all or none, each with an entry of its own.
// One may lie below one that stands before it.
//
// Faults: import_changed (Conflict, with each that does not stand); too_large;
// those of commit.Do.
func (p *People) AddUnits(ctx context.Context, by access.Actor, list []ocop.Unit) error {
	codes := make([]string, len(list))
	for i, u := range list {
		codes[i] = u.Code
	}
	return p.addAll(ctx, codes, func(ctx context.Context, q sqldb.Querier) ([]newcomer, []error) { return units(ctx, q, by, list) })
}

// TryUnits says what stands against each of these units: nil for one that could
// be added. Nothing is written.
func (p *People) TryUnits(ctx context.Context, by access.Actor, list []ocop.Unit) ([]error, error) {
	return p.try(ctx, func(ctx context.Context, q sqldb.Querier) ([]newcomer, []error) { return units(ctx, q, by, list) })
}

func units(ctx context.Context, q sqldb.Querier, by access.Actor, list []ocop.Unit) ([]newcomer, []error) {
	return each(list, newcomers{q, by, map[string]ocop.Unit{}, map[string]ocop.Unit{}}, func(n newcomers, u ocop.Unit) (newcomer, error) {
		if err := checkUnit(u); err != nil {
			return newcomer{}, err
		}
		return n.unit(ctx, u)
	})
}

// AddProducers adds producers in one act, as AddUnits does units.
//
// Faults: those of AddUnits.
func (p *People) AddProducers(ctx context.Context, by access.Actor, list []ocop.Producer) error {
	codes := make([]string, len(list))
	for i, n := range list {
		codes[i] = n.Code
	}
	return p.addAll(ctx, codes, func(ctx context.Context, q sqldb.Querier) ([]newcomer, []error) { return producers(ctx, q, by, list) })
}

// TryProducers says what stands against each of these producers.
func (p *People) TryProducers(ctx context.Context, by access.Actor, list []ocop.Producer) ([]error, error) {
	return p.try(ctx, func(ctx context.Context, q sqldb.Querier) ([]newcomer, []error) { return producers(ctx, q, by, list) })
}

func producers(ctx context.Context, q sqldb.Querier, by access.Actor, list []ocop.Producer) ([]newcomer, []error) {
	return each(list, newcomers{q, by, map[string]ocop.Unit{}, map[string]ocop.Unit{}}, func(n newcomers, r ocop.Producer) (newcomer, error) {
		r, err := readyProducer(r)
		if err != nil {
			return newcomer{}, err
		}
		return n.producer(ctx, r)
	})
}

func each[T any](list []T, n newcomers, one func(newcomers, T) (newcomer, error)) ([]newcomer, []error) {
	out, errs := make([]newcomer, len(list)), make([]error, len(list))
	for i, x := range list {
		out[i], errs[i] = one(n, x)
	}
	return out, errs
}

// try decides on the present state; the error of its own is that of a database
// that could not be read.
func (p *People) try(ctx context.Context, decide func(context.Context, sqldb.Querier) ([]newcomer, []error)) (errs []error, err error) {
	err = p.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		_, errs = decide(ctx, q)
		for _, err := range errs {
			if err != nil && fault.Of(err).Kind == fault.Internal {
				return err
			}
		}
		return nil
	})
	return errs, err
}

func (p *People) addAll(ctx context.Context, codes []string, decide func(context.Context, sqldb.Querier) ([]newcomer, []error)) error {
	if len(codes) > MaxTogether {
		return fault.New(fault.TooLarge, "too_large", fmt.Sprintf("Một lần chỉ nhập trọn gói được %d dòng; hãy chia thành nhiều tệp.", MaxTogether),
			fmt.Sprintf("No more than %d rows are entered together; split the file.", MaxTogether))
	}
	locks := make([]string, len(codes))
	for i, code := range codes {
		locks[i] = "unit:" + code
	}
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: locks,
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (out commit.Outcome, err error) {
			list, errs := decide(ctx, q)
			var against *fault.Error
			var parts commit.Parts
			for i, x := range list {
				if errs[i] == nil {
					out.Drafts, parts = append(out.Drafts, x.draft), append(parts, x.rows)
					continue
				}
				f := fault.Of(errs[i])
				if f.Kind == fault.Internal {
					return out, errs[i]
				}
				if against == nil {
					against = fault.New(fault.Conflict, "import_changed", "Có mục không nhập được, nên chưa lưu gì; hãy kiểm tra lại tệp.",
						"Some of it cannot be entered, so nothing was saved; check the file again.")
				}
				if len(against.Fields) < 20 {
					against.At(fmt.Sprintf("items[%d]", i), f.Message.Vi, f.Message.En)
				}
			}
			if out.State = parts; against != nil {
				return commit.Outcome{Fault: against}, nil
			}
			return out, nil
		})})
	return err
}

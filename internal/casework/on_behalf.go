package casework

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// OnBehalf says that a move is made in place of the producer, from its paper. The
// producer stays the responsible party; duties are held apart by who acts.
type OnBehalf struct {
	Producer string // id
	Scan     string // document: the paper
}

// behalf checks that a move may be made in place of the producer: by somebody who
// is not the producer, where the procedure names the producer beside others, from
// a paper that is the product's or the producer's own.
//
// Faults: on_behalf_wrong (Invalid).
func (x *dossier) behalf(rules *workflow.Rules, m *workflow.Move, ask Ask, now time.Time) (*store.OnBehalf, error) {
	bad := fault.New(fault.Invalid, "on_behalf_wrong", "Không ghi được việc làm thay chủ thể.", "This cannot be entered on behalf of the producer.")
	by := rules.By(x.subject(rules), m.Event)
	switch {
	case ask.New != nil || ask.OnBehalf.Producer != x.product.Producer.ID:
		bad.At("body.on_behalf_of", "Không phải chủ thể của sản phẩm này.", "Not the producer of this product.")
	case m.Grant.Role == access.Producer:
		bad.At("body.on_behalf_of", "Chủ thể tự làm thì không ghi làm thay.", "What the producer does itself is not done on its behalf.")
	case !slices.Contains(by, access.Producer):
		bad.At("body.on_behalf_of", "Việc này không phải của chủ thể.", "This is not the producer's to do.")
	}
	if x.document(ask.OnBehalf.Scan) == nil {
		bad.At("body.scan", "Sản phẩm không có tài liệu này; hãy tải bản chụp hồ sơ giấy lên trước.", "The product has no such document; upload the scan of the paper first.")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return &store.OnBehalf{Product: x.product.ID, Producer: x.product.Producer.ID, Scan: ask.OnBehalf.Scan, Event: m.Event, Actor: ask.Actor.ID, At: now, State: store.BehalfWaiting, Version: 1}, nil
}

// standing refuses acts in place of a producer that is no longer there.
func (b OnBehalf) standing(ctx context.Context, q sqldb.Querier, today ocop.Date) error {
	if b.Producer == "" {
		return nil
	}
	u, err := store.Unit(ctx, q, b.Producer)
	if err != nil || u == nil || u.ValidTo == nil || *u.ValidTo >= today {
		return err
	}
	return fault.New(fault.Conflict, "producer_gone", "Chủ thể này không còn hoạt động; không làm thay được.", "This producer is no longer there; nothing can be done on its behalf.")
}

// Answered is what a producer says to an act that was done in its place.
type Answered struct {
	Entry   int64 // of the act
	Confirm bool  // else it objects
	Reason  string
	Version *int64 // as the caller saw it; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// AnswerOnBehalf keeps what a producer says to an act that was done in its place.
// An objection changes nothing by itself: the office sees it and puts it right.
//
// Faults: not_found; who_may_not (Forbidden); stale; on_behalf_answered (Conflict);
// on_behalf_wrong (Invalid).
func (d *Desk) AnswerOnBehalf(ctx context.Context, a Answered) (store.OnBehalf, error) {
	before, err := store.OnBehalfByEntry(ctx, d.DB, a.Entry)
	if err != nil {
		return store.OnBehalf{}, err
	}
	if before == nil {
		return store.OnBehalf{}, NotFound()
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		b, err := store.OnBehalfByEntry(ctx, q, a.Entry)
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := a.may(*b); err != nil {
			return commit.Outcome{}, err
		}
		b.State, b.AnsweredBy, b.AnsweredAt, b.Version = store.BehalfObjected, a.Actor.ID, &now, b.Version+1
		event := "object_on_behalf"
		if a.Confirm {
			b.State, event = store.BehalfConfirmed, "confirm_on_behalf"
		}
		draft := ledger.Draft{Stream: "product:" + b.Product, Kind: ledger.KindRecord, Event: event, Product: b.Product, Actor: ActorOf(a.Actor),
			Data: ledger.Map{"entry": b.Entry, "act": string(b.Event)}}
		if a.Reason != "" {
			draft.Private = []ledger.Private{NewPrivate("comment", a.Reason)}
		}
		if a.Key != nil {
			draft.Key = a.Key.Key
		}
		return commit.Outcome{Drafts: []ledger.Draft{draft}, Answer: func([]ledger.Entry) any { return *b },
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.AnswerOnBehalf(ctx, tx, *b)
			})}, nil
	}
	return commit.Do[store.OnBehalf](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: a.Key, Locks: []string{"product:" + before.Product}})
}

// may says what stands against an answer, in the order of the API.
func (a Answered) may(b store.OnBehalf) error {
	bad := fault.New(fault.Invalid, "on_behalf_wrong", "Ý kiến chưa đúng.", "The answer is not right.")
	own := slices.ContainsFunc(a.Actor.Grants, func(g access.Grant) bool { return g.Role == access.Producer && g.Unit == b.Producer })
	switch {
	case !own && !a.Actor.Products().Sees(b.Product, b.Path, b.Producer):
		return NotFound()
	case !own:
		return fault.New(fault.Forbidden, "who_may_not", "Chỉ chủ thể được xác nhận hoặc phản đối việc làm thay mình.", "Only the producer confirms or objects to what was done in its place.")
	case a.Version != nil && *a.Version != b.Version:
		return workflow.Stale(b.Version)
	case b.State != store.BehalfWaiting:
		return fault.New(fault.Conflict, "on_behalf_answered", "Chủ thể đã có ý kiến về việc này.", "The producer has answered this already.")
	case !a.Confirm:
		checkReason(bad, "body.reason", a.Reason)
	case len([]rune(a.Reason)) > maxReason:
		bad.At("body.reason", "Dài quá 2000 ký tự.", "Longer than 2000 characters.")
	}
	return bad.OrNil()
}

// OnBehalfOf are the acts in place of a product's producer, newest first.
//
// Faults: not_found.
func (d *Desk) OnBehalfOf(ctx context.Context, a access.Actor, product string) ([]store.OnBehalf, error) {
	p, err := d.Product(ctx, a, product)
	if err != nil {
		return nil, err
	}
	return store.OnBehalfOfProduct(ctx, d.DB, p.ID)
}

// OnBehalfWaiting are those that wait for an answer of the actor's own producers,
// and the objections that an office or a commune has in view.
func (d *Desk) OnBehalfWaiting(ctx context.Context, a access.Actor, limit int) ([]store.OnBehalf, error) {
	out := []store.OnBehalf{}
	var own, lead access.View
	for _, g := range a.Grants {
		switch g.Role {
		case access.Producer:
			own.Producers = append(own.Producers, g.Unit)
		case access.Office, access.Commune:
			lead.Units = append(lead.Units, g.Path)
		}
	}
	for _, x := range []struct {
		v     access.View
		state string
	}{{own, store.BehalfWaiting}, {lead, store.BehalfObjected}} {
		if len(x.v.Units)+len(x.v.Producers) == 0 {
			continue
		}
		list, err := store.OnBehalfIn(ctx, d.DB, x.v, x.state, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

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

// OnBehalf says that something is done in place of a producer, from its paper. The
// producer stays the responsible party; duties are held apart by who acts.
type OnBehalf struct {
	Producer string // id
	Scan     string // document: the paper
	Coming   bool   // for a dry run: the scan comes with the act
}

// Given reports whether anything is done in place of a producer.
func (b OnBehalf) Given() bool { return b.Producer != "" || b.Scan != "" }

// Instead is what is done in place of whom.
type Instead struct {
	Actor    access.Actor
	Event    ocop.Event
	Producer string          // whose it is to do; "" for nobody's whom others may act for
	Place    ocop.Path       // of that producer
	Product  string          // that it is about; "" for none
	Petition string          // in which it happens; "" for none
	Theirs   bool            // the producer may do it itself
	Dry      bool            // nothing will be written
	Brings   *store.Document // what the act itself brings, where that is the paper
}

// Check says what stands against an act in place of a producer: it is that
// producer's to do, the actor is not the producer, and the scan is a document of
// the product or of the producer, which Check gives; nil where nobody's place is taken.
// Whether the actor may is for who decides the act.
//
// Faults: on_behalf_wrong (Invalid); producer_gone (Conflict).
func (b OnBehalf) Check(ctx context.Context, q sqldb.Querier, x Instead, today ocop.Date) (*store.Document, error) {
	if !b.Given() {
		return nil, nil
	}
	bad := fault.New(fault.Invalid, "on_behalf_wrong", "Không ghi được việc làm thay chủ thể.", "This cannot be entered on behalf of the producer.")
	_, own := x.Actor.Holds(access.Producer, x.Place)
	switch {
	case x.Producer == "" || b.Producer != x.Producer:
		bad.At("body.on_behalf_of", "Không phải chủ thể của việc này.", "Not the producer whose this is.")
	case own:
		bad.At("body.on_behalf_of", "Chủ thể tự làm thì không ghi làm thay.", "What the producer does itself is not done on its behalf.")
	case !x.Theirs:
		bad.At("body.on_behalf_of", "Việc này không phải của chủ thể.", "This is not the producer's to do.")
	}
	scan, err := x.Brings, error(nil)
	if scan == nil {
		scan, err = store.DocumentByID(ctx, q, b.Scan)
	}
	if err != nil {
		return nil, err
	}
	if !x.paper(scan) && !(b.Coming && x.Dry) {
		bad.At("body.scan", "Sản phẩm, chủ thể không có tài liệu này; hãy tải bản chụp hồ sơ giấy lên trước.", "Neither the product nor the producer has such a document; upload the scan of the paper first.")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	u, err := store.Unit(ctx, q, b.Producer)
	if err == nil && u != nil && u.ValidTo != nil && *u.ValidTo < today {
		err = fault.New(fault.Conflict, "producer_gone", "Chủ thể này không còn hoạt động; không làm thay được.", "This producer is no longer there; nothing can be done on its behalf.")
	}
	return scan, err
}

// paper reports whether a document is of the product or, for all of its products, of
// the producer.
func (x Instead) paper(scan *store.Document) bool {
	if scan == nil {
		return false
	}
	return scan.Product == "" && scan.Producer == x.Producer || scan.Product != "" && scan.Product == x.Product
}

// Row is what is kept of it for the producer to answer.
func (x Instead) Row(b OnBehalf, now time.Time) store.OnBehalf {
	return store.OnBehalf{Product: x.Product, Petition: x.Petition, Producer: b.Producer, Scan: b.Scan, Event: x.Event, Actor: x.Actor.ID, At: now, State: store.BehalfWaiting, Version: 1}
}

// keep leaves it for the producer to answer; nothing where nobody's place is taken.
func (x Instead) keep(ctx context.Context, tx *sqldb.Tx, b OnBehalf, entries []ledger.Entry, now time.Time) error {
	if !b.Given() {
		return nil
	}
	row := x.Row(b, now)
	row.Entry = entries[0].Index
	return store.InsertOnBehalf(ctx, tx, []store.OnBehalf{row})
}

// Tell puts it into the act's own entry; nothing without a scan.
func (b OnBehalf) Tell(d *ledger.Draft, scan *store.Document) {
	if scan == nil {
		return
	}
	d.Data["on_behalf_of"], d.Data["scan"] = b.Producer, b.Scan
	d.Refs = append(d.Refs, "sha256:"+scan.SHA256)
}

// instead looks at a move that is to be made in place of the product's producer.
//
// Faults: those of OnBehalf.Check.
func (x *dossier) instead(ctx context.Context, q sqldb.Querier, rules *workflow.Rules, ask Ask, today ocop.Date) (Ask, error) {
	by := rules.By(x.subject(rules), ask.Event)
	i := Instead{Actor: ask.Actor, Producer: x.product.Producer.ID, Place: x.product.OwnerPath, Theirs: len(by) == 0 || slices.Contains(by, access.Producer), Dry: ask.quiet}
	if ask.New == nil {
		i.Product = x.product.ID
	}
	var err error
	ask.scan, err = ask.OnBehalf.Check(ctx, q, i, today)
	return ask, err
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
		draft := ledger.Draft{Stream: streamOf(*b), Kind: ledger.KindRecord, Event: event, Product: b.Product, Actor: ActorOf(a.Actor),
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
	return commit.Do[store.OnBehalf](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: a.Key, Locks: []string{streamOf(*before)}})
}

// streamOf is where an act in place of a producer, and the answer to it, stand.
func streamOf(b store.OnBehalf) string {
	switch {
	case b.Petition != "":
		return b.Procedure + ":" + b.Petition
	case b.Product != "":
		return "product:" + b.Product
	}
	return "producer:" + b.Producer
}

// may says what stands against an answer, in the order of the API.
func (a Answered) may(b store.OnBehalf) error {
	bad := fault.New(fault.Invalid, "on_behalf_wrong", "Ý kiến chưa đúng.", "The answer is not right.")
	own := slices.ContainsFunc(a.Actor.Grants, func(g access.Grant) bool { return g.Role == access.Producer && g.Unit == b.Producer })
	_, instead := a.Actor.InPlaceOf(b.Path)
	switch {
	case !own && !instead && (b.Petition != "" || !a.Actor.Products().Sees(b.Product, b.Path, b.Producer)):
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

// OnBehalfOfPetition are those of a petition that the actor sees.
func (d *Desk) OnBehalfOfPetition(ctx context.Context, petition string) ([]store.OnBehalf, error) {
	return store.OnBehalfOfPetition(ctx, d.DB, petition)
}

// OnBehalfWaiting are those that wait for an answer of the actor's own producers,
// and the objections that an office or a commune has in view.
func (d *Desk) OnBehalfWaiting(ctx context.Context, a access.Actor, limit int) ([]store.OnBehalf, error) {
	return d.onBehalf(ctx, a, store.BehalfWaiting, store.BehalfObjected, limit)
}

// OnBehalfAll are those of the actor's own producers, and those that an office or a
// commune has in view, whatever was said to them.
func (d *Desk) OnBehalfAll(ctx context.Context, a access.Actor, limit int) ([]store.OnBehalf, error) {
	return d.onBehalf(ctx, a, "", "", limit)
}

// onBehalf lists in one state what was done for the actor's producers and, in another,
// what stands in the units in which it acts for producers.
func (d *Desk) onBehalf(ctx context.Context, a access.Actor, own, lead string, limit int) ([]store.OnBehalf, error) {
	out := []store.OnBehalf{}
	var owns, leads access.View
	for _, g := range a.Grants {
		switch g.Role {
		case access.Producer:
			owns.Producers = append(owns.Producers, g.Unit)
		case access.Office, access.Commune:
			leads.Units = append(leads.Units, g.Path)
		}
	}
	for _, x := range []struct {
		v     access.View
		state string
	}{{owns, own}, {leads, lead}} {
		if len(x.v.Units)+len(x.v.Producers) == 0 {
			continue
		}
		list, err := store.OnBehalfIn(ctx, d.DB, x.v, x.state, limit)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			if !slices.ContainsFunc(out, func(o store.OnBehalf) bool { return o.Entry == b.Entry }) {
				out = append(out, b)
			}
		}
	}
	return out, nil
}

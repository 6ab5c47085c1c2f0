package sample

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Desk is where samples are received.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Cases     *casework.Desk
}

const (
	maxUnits = 1000
	maxText  = 1000
)

// receivers take samples in and see to what becomes of them.
var receivers = []ocop.Role{access.Office, access.Secretary, access.Commune}

// Receives reports whether somebody takes in the samples of products of a place.
func Receives(a access.Actor, place ocop.Path) bool {
	return slices.ContainsFunc(receivers, func(r ocop.Role) bool { _, ok := a.Holds(r, place); return ok })
}

// Request is what every act on samples carries.
type Request struct {
	ID      string
	Version *int64 // the one the caller saw; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// State is what a product has brought in its open round, or in its last one.
type State struct {
	Rule     Rule           `json:"rule"`
	Exempt   bool           `json:"exempt"` // products of this set bring none
	Needed   int            `json:"needed"`
	Received int            `json:"received"` // in the round, without what was void
	Round    string         `json:"round"`
	Items    []store.Sample `json:"items"` // of every round, the oldest first
}

// Missing is the number of units that are still to come.
func (s State) Missing() int { return max(s.Needed-s.Received, 0) }

// Of are the samples of a product that the actor sees.
//
// Faults: not_found.
func (d *Desk) Of(ctx context.Context, a access.Actor, product string) (State, error) {
	p, err := d.Cases.Product(ctx, a, product)
	if err != nil {
		return State{}, err
	}
	rules, err := d.Cases.Rules(ctx, a, product)
	if err != nil {
		return State{}, err
	}
	list, err := store.Samples(ctx, d.DB, []string{product})
	if err != nil {
		return State{}, err
	}
	out := State{Rule: RuleOf(rules.Name, rules.Version), Round: p.Round, Items: list[product]}
	out.Exempt, out.Needed = out.Rule.Exempt(p.Set), out.Rule.Needs(p.Set)
	out.Received = Units(out.Items, out.Round)
	if out.Items == nil {
		out.Items = []store.Sample{}
	}
	return out, nil
}

// Units are those received in a round; what was void does not count.
func Units(list []store.Sample, round string) (n int) {
	for _, x := range list {
		if x.Round == round && x.Status != store.SampleVoid {
			n += int(x.Units)
		}
	}
	return n
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "sample_wrong", "Thông tin mẫu chưa đúng; chưa lưu gì.", "What was given about the samples is not right; nothing was saved.")
}

func mayNot() error {
	return fault.New(fault.Forbidden, "who_may_not", "Mẫu do Văn phòng Điều phối, thư ký hội đồng hoặc xã nhận.", "Samples are received by the coordination office, a council's secretary or the commune.")
}

// Receipt is what came.
type Receipt struct {
	Product    string
	Units      int
	ReceivedOn *ocop.Date // nil is today
	BroughtBy  string
	Condition  string
}

// Receive puts samples of a product's open round on record.
//
// Faults: not_found; who_may_not (Forbidden); sample_wrong (Invalid); no_round
// (Conflict); no_samples (Refused).
func (d *Desk) Receive(ctx context.Context, r Request, p Receipt) (store.Sample, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		s, err := d.standing(ctx, q, r.Actor, p.Product, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		if s.Round == nil {
			return commit.Outcome{}, fault.New(fault.Conflict, "no_round", "Sản phẩm không có lượt đánh giá đang mở.", "The product has no open round.")
		}
		if rule := RuleOf(s.Rules.Name, s.Rules.Version); rule.Exempt(s.Product.Set) {
			return commit.Outcome{}, exempt(rule, s.Product.Set)
		}
		x := store.Sample{ID: casework.NewID(), Product: s.Product.ID, Round: s.Round.ID, Units: int64(p.Units), ReceivedOn: ocop.DateOf(now), ReceivedBy: r.Actor.ID, ReceivedAt: now,
			BroughtBy: strings.TrimSpace(p.BroughtBy), Condition: strings.TrimSpace(p.Condition), Status: store.SampleKept, Version: 1}
		bad := wrong()
		if p.ReceivedOn != nil {
			x.ReceivedOn = *p.ReceivedOn
		}
		if x.ReceivedOn > ocop.DateOf(now) || x.ReceivedOn < ocop.DateOf(s.Round.OpenedAt) {
			bad.At("body.received_on", "Phải từ ngày mở lượt đánh giá đến hôm nay.", "Must lie between the day the round opened and today.")
		}
		if p.Units < 1 || p.Units > maxUnits {
			bad.At("body.units", fmt.Sprintf("Từ 1 đến %d.", maxUnits), fmt.Sprintf("From 1 to %d.", maxUnits))
		}
		bad.Length("body.brought_by", x.BroughtBy, 0, maxText)
		bad.Length("body.condition", x.Condition, 1, maxText)
		if err := bad.OrNil(); err != nil {
			return commit.Outcome{}, err
		}
		return outcome("receive_samples", x, r, store.InsertSample), nil
	}
	return commit.Do[store.Sample](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"product:" + p.Product}})
}

func exempt(rule Rule, set int) error {
	f := fault.New(fault.Refused, "no_samples", "Sản phẩm của bộ tiêu chí này không nộp mẫu.", "Products of this criteria set bring no samples.")
	f.Reasons = []fault.Reason{{Code: "no_samples", Actual: fmt.Sprint(set), Legal: rule.Legal, Verified: rule.Verified, CureBy: []ocop.Role{},
		Message: ocop.Text{Vi: "Dịch vụ du lịch không nộp mẫu.", En: "Tourism brings no samples."}}}
	return f
}

// Fate is what became of samples.
type Fate struct {
	UsedUp, Returned int
	On               *ocop.Date // nil is today
	Note             string
}

// Settle says what became of samples that are kept: each unit was used up or
// returned.
//
// Faults: not_found; who_may_not (Forbidden); stale; sample_wrong (Invalid);
// sample_settled (Conflict).
func (d *Desk) Settle(ctx context.Context, r Request, f Fate) (store.Sample, error) {
	return d.change(ctx, r, "settle_samples", func(x *store.Sample, today ocop.Date) error {
		bad := wrong()
		if f.UsedUp < 0 || f.Returned < 0 || int64(f.UsedUp+f.Returned) != x.Units {
			bad.At("body.used_up", fmt.Sprintf("Số đã dùng và số trả lại cộng lại phải bằng %d.", x.Units), fmt.Sprintf("Used up and returned must add up to %d.", x.Units))
		}
		day := today
		if f.On != nil {
			day = *f.On
		}
		if day > today || day < x.ReceivedOn {
			bad.At("body.on", "Phải từ ngày nhận đến hôm nay.", "Must lie between the day of receipt and today.")
		}
		x.Status, x.UsedUp, x.Returned, x.SettledOn, x.Note = store.SampleSettled, int64(f.UsedUp), int64(f.Returned), &day, strings.TrimSpace(f.Note)
		bad.Length("body.note", x.Note, 0, maxText)
		return bad.OrNil()
	})
}

// Void says that a record was a mistake: it stays, counts no more, and the
// right one is put beside it.
//
// Faults: those of Settle.
func (d *Desk) Void(ctx context.Context, r Request, reason string) (store.Sample, error) {
	return d.change(ctx, r, "void_samples", func(x *store.Sample, today ocop.Date) error {
		bad := wrong()
		x.Status, x.SettledOn, x.Note = store.SampleVoid, &today, strings.TrimSpace(reason)
		bad.Length("body.reason", x.Note, 1, maxText)
		return bad.OrNil()
	})
}

// standing is a product whose samples the actor may take in.
func (d *Desk) standing(ctx context.Context, q sqldb.Querier, a access.Actor, product string, now time.Time) (*casework.Standing, error) {
	s, err := d.Cases.Standing(ctx, q, product, now)
	if err != nil {
		return nil, err
	}
	if !a.Products().Sees(s.Product.ID, s.Product.Path, s.Product.Producer.ID) {
		return nil, casework.NotFound()
	}
	if !Receives(a, s.Product.Path) {
		return nil, mayNot()
	}
	return s, nil
}

func (d *Desk) change(ctx context.Context, r Request, event string, do func(*store.Sample, ocop.Date) error) (store.Sample, error) {
	before, err := store.SampleByID(ctx, d.DB, r.ID)
	if err != nil {
		return store.Sample{}, err
	}
	if before == nil {
		return store.Sample{}, casework.NotFound()
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		if _, err := d.standing(ctx, q, r.Actor, before.Product, now); err != nil {
			return commit.Outcome{}, err
		}
		x, err := store.SampleByID(ctx, q, r.ID)
		if err != nil {
			return commit.Outcome{}, err
		}
		if r.Version != nil && *r.Version != x.Version {
			return commit.Outcome{}, fault.New(fault.Stale, "stale", fmt.Sprintf("Bản ghi mẫu đã thay đổi (nay là phiên bản %d). Hãy tải lại.", x.Version),
				fmt.Sprintf("The record was changed (now version %d). Reload.", x.Version))
		}
		if x.Status == store.SampleVoid || x.Status == store.SampleSettled && event == "settle_samples" {
			return commit.Outcome{}, fault.New(fault.Conflict, "sample_settled", "Bản ghi này đã kết thúc. Nếu ghi nhầm, hãy hủy bản ghi và ghi bản khác.",
				"This record is finished. If it was a mistake, make it void and write another.")
		}
		if err := do(x, ocop.DateOf(now)); err != nil {
			return commit.Outcome{}, err
		}
		x.SettledBy = r.Actor.ID
		x.Version++
		return outcome(event, *x, r, store.StepSample), nil
	}
	return commit.Do[store.Sample](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"product:" + before.Product}})
}

func outcome(event string, x store.Sample, r Request, write func(context.Context, *sqldb.Tx, store.Sample) error) commit.Outcome {
	draft := ledger.Draft{Stream: "product:" + x.Product, Kind: ledger.KindRecord, Event: event, Product: x.Product, Round: x.Round, Actor: casework.ActorOf(r.Actor),
		Data: ledger.Map{"sample": x.ID, "units": x.Units, "status": string(x.Status), "received_on": x.ReceivedOn.String()}}
	if x.Status == store.SampleSettled {
		draft.Data["used_up"], draft.Data["returned"] = x.UsedUp, x.Returned
	}
	if comment := cmp.Or(x.Note, x.Condition); comment != "" {
		draft.Private = []ledger.Private{casework.NewPrivate("comment", comment)}
	}
	if r.Key != nil {
		draft.Key = r.Key.Key
	}
	return commit.Outcome{Drafts: []ledger.Draft{draft},
		State:  commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return write(ctx, tx, x) }),
		Answer: func([]ledger.Entry) any { return x }}
}

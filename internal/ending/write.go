package ending

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Sending asks for a letter to be entered as written and sent.
type Sending struct {
	Warning      string
	Certificates []string
	Unit         string // id or code of the unit that sends it; "" takes the actor's own
	Suffix       string // of its symbol, such as VPĐP; "" leaves it without one
	Actor        access.Actor
	Key          *commit.Key
}

const (
	maxSuffix  = 30
	maxParties = 50
)

// Write enters a letter about one or many certificates as written today: it gets
// its line in the register of papers sent, its producers are told of it, and the
// certificates are not asked after any more. All or none.
//
// Faults: not_found; who_may_not (Forbidden); warning_wrong (Invalid); no_warning,
// warning_written (Conflict).
func (d *Desk) Write(ctx context.Context, s Sending) (store.Paper, error) {
	unit, err := correspondence.UnitOf(ctx, d.DB, s.Actor, s.Unit, []ocop.Role{access.Office}, mayNot())
	if err != nil {
		return store.Paper{}, err
	}
	items, err := d.Pick(ctx, s.Actor, s.Warning, s.Certificates)
	if err != nil {
		return store.Paper{}, err
	}
	s.Suffix = strings.TrimSpace(s.Suffix)
	locks, to, err := addressed(items, s.Suffix)
	if err != nil {
		return store.Paper{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		var list []*casework.Warning
		for _, x := range items {
			w, err := d.Cases.Warn(ctx, q, s.Actor, x.Product.ID, store.Warning{Certificate: x.Certificate, Warning: s.Warning, WrittenBy: s.Actor.ID}, now)
			if err != nil {
				return commit.Outcome{}, err
			}
			if _, ok := s.Actor.Holds(access.Office, w.Product.Path); !ok {
				return commit.Outcome{}, mayNot()
			}
			list = append(list, w)
		}
		return d.outcome(ctx, q, now, s, unit, list, to)
	}
	return commit.Do[store.Paper](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: s.Key, Locks: append(locks, correspondence.Lock(unit.ID))})
}

// addressed are the producers to whom a letter goes, with what its act locks.
func addressed(items []Warned, suffix string) (locks, to []string, err error) {
	for _, x := range items {
		if lock := "product:" + x.Product.ID; !slices.Contains(locks, lock) {
			locks = append(locks, lock)
		}
		if !slices.Contains(to, x.Producer.ID) {
			to = append(to, x.Producer.ID)
		}
	}
	bad := fault.New(fault.Invalid, "warning_wrong", "Thông tin về thư báo chưa đúng; chưa lưu gì.", "What was given about the letter is not right; nothing was saved.")
	if len(to) > maxParties {
		bad.At("body.certificates", fmt.Sprintf("Một thư gửi tối đa %d chủ thể.", maxParties), fmt.Sprintf("One letter goes to %d producers at most.", maxParties))
	}
	if utf8.RuneCountInString(suffix) > maxSuffix {
		bad.At("body.suffix", fmt.Sprintf("Tối đa %d ký tự.", maxSuffix), fmt.Sprintf("At most %d characters.", maxSuffix))
	}
	return locks, to, bad.OrNil()
}

// outcome gives each product its part of the act: the first one's is told with the
// letter's line.
func (d *Desk) outcome(ctx context.Context, q sqldb.Querier, now time.Time, s Sending, unit *ocop.Unit, list []*casework.Warning, to []string) (commit.Outcome, error) {
	var products []ocop.Ref
	for _, w := range list {
		products = append(products, ocop.Ref{ID: w.Product.ID, Code: w.Product.Code, Name: w.Product.Name})
	}
	first := list[0]
	title := first.Rule.Title.Vi
	sent, err := d.Correspondence.Send(ctx, q, now, s.Actor, s.Key, []correspondence.Sending{{Unit: unit, Suffix: s.Suffix, Kind: "notice", Summary: title, To: to, Products: products, Of: first.Product.ID,
		Event: "warn_producer", Data: ledger.Map{"warning": s.Warning, "certificate": first.Certificate, "last_day": lastDay(first)},
		Rows: func(ctx context.Context, tx *sqldb.Tx, l store.Paper) error { return first.Save(ctx, tx, l.ID) }}})
	if err != nil {
		return commit.Outcome{}, err
	}
	line := sent[0].Paper
	drafts, parts := []ledger.Draft{sent[0].Draft}, commit.Parts{sent[0].Rows}
	for _, w := range list[1:] {
		draft := ledger.Draft{Stream: "product:" + w.Product.ID, Kind: ledger.KindRecord, Event: "warn_producer", Product: w.Product.ID, Actor: casework.ActorOf(s.Actor),
			Data: ledger.Map{"warning": s.Warning, "certificate": w.Certificate, "last_day": lastDay(w), "paper": line.ID, "number": line.Number, "year": line.Year}}
		if line.Symbol != "" {
			draft.Data["symbol"] = line.Symbol
		}
		if s.Key != nil {
			draft.Key = s.Key.Key
		}
		drafts, parts = append(drafts, draft), append(parts, func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return w.Save(ctx, tx, line.ID) })
	}
	return commit.Outcome{Drafts: drafts, State: parts, Answer: func([]ledger.Entry) any { return line }}, nil
}

func lastDay(w *casework.Warning) string { return w.Ends.String() }

func mayNot() error {
	return fault.New(fault.Forbidden, "who_may_not", "Thư này do Văn phòng Điều phối của nơi có sản phẩm, hoặc của cấp trên, gửi.", "This letter is sent by the coordination office of the product's place, or of one above.")
}

package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Tick is what a producer chose for its own product.
type Tick struct {
	Product  string
	Sheet    criteria.Sheet
	Evidence map[string][]string // documents by criterion
	OnBehalf OnBehalf            // of whom, beside who acts; zero for nobody
	Actor    access.Actor
	Key      *commit.Key

	instead Instead
	scan    *store.Document // of what is done in place of the producer
}

// SelfScored is a producer's own sheet with what it comes to.
type SelfScored struct {
	store.SelfScore
	Result   criteria.Result  `json:"result"`
	Floors   []criteria.Floor `json:"floors"`   // those missed, in words
	Previous *criteria.Sheet  `json:"previous"` // of the round before
	Changed  []Retick         `json:"changed"`  // since then
	Verified bool             `json:"verified"` // the sheets of this procedure were seen in its own annex
}

// Retick is a criterion on which two sheets differ.
type Retick struct {
	Criterion string `json:"criterion"`
	From      int    `json:"from"`
	To        int    `json:"to"`
}

// SelfScore keeps a producer's own sheet. Each is a new one; the older stay.
//
// Faults: not_found; who_may_not (Forbidden); sheet_wrong (Invalid); no_criteria;
// those of OnBehalf.Check.
func (d *Desk) SelfScore(ctx context.Context, t Tick) (SelfScored, error) {
	return commit.Do[SelfScored](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: d.ticking(t, false), Key: t.Key, Locks: []string{"product:" + t.Product}})
}

// TrySelfScore is the same without the commit.
func (d *Desk) TrySelfScore(ctx context.Context, t Tick) error {
	outcomes, _, err := d.Rehearse(ctx, commit.Once, []any{d.ticking(t, true)})
	if err == nil && outcomes[0].Fault != nil {
		return outcomes[0].Fault
	}
	return err
}

func (d *Desk) ticking(t Tick, dry bool) commit.Alone {
	return func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		s, err := d.Standing(ctx, q, t.Product, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		if !sees(t.Actor, &s.Product) {
			return commit.Outcome{}, NotFound()
		}
		t.instead = Instead{Actor: t.Actor, Event: "self_score", Producer: s.Product.Producer.ID, Place: s.Product.OwnerPath, Product: t.Product, Theirs: true, Dry: dry}
		if t.scan, err = t.OnBehalf.Check(ctx, q, t.instead, ocop.DateOf(now)); err != nil {
			return commit.Outcome{}, err
		}
		if err := mayTick(t, s); err != nil {
			return commit.Outcome{}, err
		}
		set, err := s.Set()
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := s.checkTick(set, t); err != nil {
			return commit.Outcome{}, err
		}
		before, err := store.SelfScores(ctx, q, t.Product, 1)
		if err != nil {
			return commit.Outcome{}, err
		}
		x := store.SelfScore{Product: t.Product, Number: 1, Criteria: s.Rules.Criteria, Set: set.Number, Sheet: t.Sheet, Evidence: t.Evidence, By: t.Actor.ID, At: now}
		if len(before) > 0 {
			x.Number = before[0].Number + 1
		}
		return d.ticked(ctx, q, s, set, x, t, now)
	}
}

// ticked is what a self-score that stands writes: itself, the round that now
// has one, and what time asks of the product from now on.
func (d *Desk) ticked(ctx context.Context, q sqldb.Querier, s *Standing, set *criteria.Set, x store.SelfScore, t Tick, now time.Time) (commit.Outcome, error) {
	if s.Round != nil {
		x.Round = s.Round.ID
	}
	out, err := d.evaluated(ctx, q, s, set, x)
	if err != nil {
		return commit.Outcome{}, err
	}
	if s.Round != nil {
		s.Round.Data.SelfScore = &ocop.SelfScore{Number: x.Number, Total: out.Result.Sum, Stars: out.Result.Stars}
		s.x.round = s.Round
	}
	plan, err := d.agenda(s.x, now)
	if err != nil {
		return commit.Outcome{}, err
	}
	return commit.Outcome{
		Drafts: []ledger.Draft{s.tickDraft(out, t)},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
			x.Entry = entries[0].Index
			if err := store.InsertSelfScore(ctx, tx, x); err != nil {
				return err
			}
			if err := t.instead.keep(ctx, tx, t.OnBehalf, entries, now); err != nil {
				return err
			}
			if s.Round != nil {
				if err := store.SaveRounds(ctx, tx, []*ocop.Round{s.Round}); err != nil {
					return err
				}
			}
			return plan.save(ctx, tx, t.Product, now)
		}),
		Answer: func(entries []ledger.Entry) any {
			out.Entry = entries[0].Index
			return out
		},
	}, nil
}

func mayTick(t Tick, s *Standing) error {
	_, office := t.Actor.Holds(access.Office, s.Product.Path)
	_, producer := t.Actor.Holds(access.Producer, s.Product.OwnerPath)
	_, instead := t.Actor.InPlaceOf(s.Product.OwnerPath)
	if instead && t.OnBehalf.Given() || (office || producer) && !t.OnBehalf.Given() {
		return nil
	}
	return fault.New(fault.Forbidden, "who_may_not", "Tự chấm là việc của chủ thể; Văn phòng Điều phối hoặc UBND xã làm thay theo bản chụp hồ sơ giấy.",
		"Self-scoring is for the producer; the coordination office or the commune does it on its behalf, with the scan of the paper.")
}

// SheetWrong is the fault of a sheet that breaks its rules.
func SheetWrong(wrong []criteria.Wrong) *fault.Error {
	bad := fault.New(fault.Invalid, "sheet_wrong", "Phiếu điểm chưa đúng; chưa có gì được lưu.", "The sheet is not right; nothing was saved.")
	for _, w := range wrong {
		bad.Fields = append(bad.Fields, fault.Field{Place: "body." + w.Place, Message: w.Message})
	}
	return bad
}

func (s *Standing) checkTick(set *criteria.Set, t Tick) error {
	bad := SheetWrong(set.Check(t.Sheet, ""))
	for _, code := range slices.Sorted(maps.Keys(t.Evidence)) {
		at := "body.evidence." + code
		if _, ok := set.Criterion(code); !ok {
			bad.At(at, fmt.Sprintf("Bộ %d không có tiêu chí %q.", set.Number, code), fmt.Sprintf("Set %d has no criterion %q.", set.Number, code))
		}
		for _, id := range t.Evidence[code] {
			if s.x.document(id) == nil {
				bad.At(at, "Sản phẩm không có tài liệu này.", "The product has no such document.")
			}
		}
	}
	return bad.OrNil()
}

// evaluated says what a self-score comes to, and what changed since the round
// before.
func (d *Desk) evaluated(ctx context.Context, q sqldb.Querier, s *Standing, set *criteria.Set, x store.SelfScore) (SelfScored, error) {
	if x.Evidence == nil {
		x.Evidence = map[string][]string{}
	}
	out := SelfScored{SelfScore: x, Changed: []Retick{}, Verified: s.Rules.SheetsVerified(set.Decision)}
	out.Result = set.Evaluate([]criteria.Sheet{x.Sheet}, criteria.Policy(s.Rules.Floors()), s.Rules.BandStars)
	out.Floors = set.Explain(out.Result.Missed, []criteria.Sheet{x.Sheet})
	before, err := store.SelfScoreBefore(ctx, q, x.Product, x.Round)
	if err != nil || before == nil || before.Set != x.Set || x.Round == "" {
		return out, err
	}
	out.Previous = &before.Sheet
	for _, c := range set.All() {
		if from, to := before.Sheet.Choices[c.Code], x.Sheet.Choices[c.Code]; from != to {
			out.Changed = append(out.Changed, Retick{c.Code, from, to})
		}
	}
	return out, nil
}

// tickDraft is the entry of a self-score: choices are public of the product,
// evidence is named by its hashes.
func (s *Standing) tickDraft(x SelfScored, t Tick) ledger.Draft {
	d := ledger.Draft{Stream: "product:" + x.Product, Kind: ledger.KindRecord, Event: "self_score", Product: x.Product, Round: x.Round, Actor: ActorOf(t.Actor),
		Procedure: ledger.Procedure{Name: s.Rules.Name, Version: s.Rules.Version, Hash: s.Rules.Hash},
		Data:      ledger.Map{"number": x.Number, "criteria": x.Criteria, "set": x.Set, "sheet": SheetMap(x.Sheet), "total": x.Result.Sum, "stars": x.Result.Stars}}
	for _, code := range slices.Sorted(maps.Keys(x.Evidence)) {
		for _, id := range x.Evidence[code] {
			if ref := "sha256:" + s.x.document(id).SHA256; !slices.Contains(d.Refs, ref) {
				d.Refs = append(d.Refs, ref)
			}
		}
	}
	t.OnBehalf.Tell(&d, t.scan)
	if t.Key != nil {
		d.Key = t.Key.Key
	}
	return d
}

// SheetMap is a sheet as an entry holds it.
func SheetMap(x criteria.Sheet) ledger.Map {
	choices := ledger.Map{}
	for code, points := range x.Choices {
		choices[code] = points
	}
	m := ledger.Map{"choices": choices}
	if x.Case > 0 {
		m["case"] = x.Case
	}
	if len(x.Knockouts) > 0 {
		m["knockouts"] = x.Knockouts
	}
	return m
}

// OwnScore is a product's newest self-score: that of its round or, where the
// round has none yet, an unsaved one that starts from the last (number 0).
//
// Faults: not_found; no_criteria.
func (d *Desk) OwnScore(ctx context.Context, a access.Actor, product string) (SelfScored, *criteria.Set, error) {
	s, err := d.Standing(ctx, d.DB, product, d.Clock())
	if err != nil {
		return SelfScored{}, nil, err
	}
	if !sees(a, &s.Product) {
		return SelfScored{}, nil, NotFound()
	}
	set, err := s.Set()
	if err != nil {
		return SelfScored{}, nil, err
	}
	x := store.SelfScore{Product: product, Criteria: s.Rules.Criteria, Set: set.Number, Sheet: criteria.Sheet{Choices: map[string]int{}}}
	if s.Round != nil {
		x.Round = s.Round.ID
	}
	last, err := store.SelfScores(ctx, d.DB, product, 1)
	if err != nil {
		return SelfScored{}, nil, err
	}
	if len(last) > 0 && last[0].Set == set.Number {
		if last[0].Round == x.Round {
			x = last[0]
		} else {
			x.Sheet, x.Evidence = last[0].Sheet, last[0].Evidence
		}
	}
	out, err := d.evaluated(ctx, d.DB, s, set, x)
	return out, set, err
}

// PathTo is what a product's own sheet lacks for so many stars.
//
// Faults: not_found; no_criteria; stars_wrong (Invalid).
func (d *Desk) PathTo(ctx context.Context, a access.Actor, product string, stars int) (criteria.Path, error) {
	own, set, err := d.OwnScore(ctx, a, product)
	if err != nil {
		return criteria.Path{}, err
	}
	rules, err := d.Rules(ctx, a, product)
	if err != nil {
		return criteria.Path{}, err
	}
	need, ok := rules.BandFrom(stars)
	if !ok {
		return criteria.Path{}, fault.New(fault.Invalid, "stars_wrong", "Quy trình không có hạng sao này.", "The procedure has no such number of stars.").
			At("query.stars", "Từ 1 đến 5.", "1 to 5.")
	}
	return set.Path(own.Sheet, stars, need), nil
}

package council

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Filled is what a member hands over, saved as it goes or sealed. Product, Set
// and Total are checked if they are given.
type Filled struct {
	criteria.Sheet
	Opinion string
	Product string
	Set     int
	Total   *int64
}

// Save keeps a member's own choices so far. Nobody else reads them.
//
// Faults: not_found; who_may_not, recused (Forbidden); stale; sheet_wrong,
// too_long (Invalid); declare_first, sealed, session_state (Conflict).
func (d *Desk) Save(ctx context.Context, r Request, x Filled) (View, error) {
	version := r.Version
	r.Version = nil // of the sheet, not of the session
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		own, err := f.own(r, x, version)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(own)
		if err != nil {
			return nil, err
		}
		h := store.Sheet{Session: f.session.ID, Turn: f.session.Turn, Account: r.Actor.ID, Body: string(body), Opinion: x.Opinion, Version: 1}
		f.put(h)
		return &step{keep: true, rows: func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return store.SaveDraft(ctx, tx, h) }}, nil
	})
}

// put shows a saved sheet in the answer.
func (f *file) put(h store.Sheet) {
	if old := f.sheet(h.Turn, h.Account); old != nil {
		h.Version = old.Version + 1
		*old = h
		return
	}
	f.sheets = append(f.sheets, h)
}

// own checks what a member hands over and gives the choices that are theirs:
// what merely repeats the agreement is left out.
func (f *file) own(r Request, x Filled, version *int64) (criteria.Sheet, error) {
	none := criteria.Sheet{}
	if _, err := f.scorer(r.Actor); err != nil {
		return none, err
	}
	if err := f.is(store.Scoring); err != nil {
		return none, err
	}
	if h := f.sheet(f.session.Turn, r.Actor.ID); h != nil {
		if h.Seal != "" {
			return none, fault.New(fault.Conflict, "sealed", "Phiếu đã niêm phong; không sửa được nữa.", "The sheet is sealed; it cannot be changed any more.")
		}
		if version != nil && *version != h.Version {
			return none, stale(h.Version)
		}
	}
	if utf8.RuneCountInString(x.Opinion) > maxOpinion {
		return none, tooLong("body.opinion")
	}
	own := criteria.Sheet{Choices: maps.Clone(x.Choices), Knockouts: x.Knockouts}
	agreed := f.agreed()
	for code, points := range own.Choices {
		if had, ok := agreed.Choices[code]; ok && had == points {
			delete(own.Choices, code)
		}
	}
	bad := casework.SheetWrong(f.wrongs(own, x.Case))
	f.misdirected(bad, x, criteria.Merge(agreed, own))
	if len(bad.Fields) > 0 {
		return none, bad
	}
	return own, nil
}

func (f *file) agreed() criteria.Sheet {
	if f.session.Agreed == nil {
		return criteria.Sheet{}
	}
	return *f.session.Agreed
}

// wrongs are the mistakes in a member's own choices. A condition that rests on
// the agreement is looked at when the sheet is sealed.
func (f *file) wrongs(own criteria.Sheet, inCase int) []criteria.Wrong {
	agreed := f.agreed()
	own.Case = agreed.Case
	var out []criteria.Wrong
	for _, w := range f.set.Check(own, criteria.Sensory) {
		if w.Code != "condition_unmet" {
			out = append(out, w)
		}
	}
	if inCase != 0 && inCase != agreed.Case {
		out = append(out, f.set.Check(criteria.Sheet{Case: -1}, "")...)
	}
	return out
}

// misdirected refuses a sheet of another product or set, or whose sum is not
// that of its choices.
func (f *file) misdirected(bad *fault.Error, x Filled, full criteria.Sheet) {
	if x.Product != "" && x.Product != f.session.Product {
		bad.At("body.product", "Phiếu này của sản phẩm khác.", "This sheet is of another product.")
	}
	if x.Set != 0 && x.Set != f.set.Number {
		bad.At("body.set", fmt.Sprintf("Phiên này chấm theo bộ %d.", f.set.Number), fmt.Sprintf("This session scores by set %d.", f.set.Number))
	}
	if x.Total != nil && *x.Total != full.Total() {
		bad.At("body.total", fmt.Sprintf("Tổng ghi %d, cộng các lựa chọn được %d.", *x.Total, full.Total()), fmt.Sprintf("The total says %d, the choices add up to %d.", *x.Total, full.Total()))
	}
}

// Seal closes a member's sheet for good: a salted hash goes into the ledger, the
// sheet stays unseen until all are opened. Without a sheet, the one that was
// saved is sealed.
//
// Faults: those of Save; not_agreed, nothing_saved (Conflict).
func (d *Desk) Seal(ctx context.Context, r Request, x *Filled) (View, error) {
	version := r.Version
	r.Version = nil
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		if x == nil {
			if _, err := f.scorer(r.Actor); err != nil {
				return nil, err
			}
			saved, err := f.saved(r.Actor.ID)
			if err != nil {
				return nil, err
			}
			x = saved
		}
		own, err := f.own(r, *x, version)
		if err != nil {
			return nil, err
		}
		if f.session.Agreed == nil {
			return nil, fault.New(fault.Conflict, "not_agreed", "Hội đồng chưa thống nhất các tiêu chí theo hồ sơ.", "The council has not agreed on the criteria that papers decide.")
		}
		full := criteria.Merge(*f.session.Agreed, own)
		if wrong := f.set.Check(full, ""); len(wrong) > 0 {
			return nil, casework.SheetWrong(wrong)
		}
		h, err := f.sealing(r.Actor.ID, full, strings.TrimSpace(x.Opinion), now)
		if err != nil {
			return nil, err
		}
		f.put(h)
		draft := f.draft("seal_sheet", r.Actor, r.Key)
		draft.Data["seal"] = h.Seal
		return &step{drafts: []ledger.Draft{draft}, keep: true, rows: func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
			h.Entry = &entries[0].Index
			return store.SealSheet(ctx, tx, h)
		}}, nil
	})
}

// saved is a member's draft.
func (f *file) saved(account string) (*Filled, error) {
	h := f.sheet(f.session.Turn, account)
	if h == nil {
		return nil, fault.New(fault.Conflict, "nothing_saved", "Chưa có phiếu nào được lưu.", "No sheet has been saved.")
	}
	x := &Filled{Opinion: h.Opinion}
	if h.Seal != "" {
		return x, nil // refused as sealed
	}
	if err := json.Unmarshal([]byte(h.Body), &x.Sheet); err != nil {
		return nil, fmt.Errorf("draft of %s in %s: %w", account, h.Session, err)
	}
	return x, nil
}

func (f *file) sealing(account string, full criteria.Sheet, opinion string, now time.Time) (store.Sheet, error) {
	h := store.Sheet{Session: f.session.ID, Turn: f.session.Turn, Account: account, Opinion: opinion, Salt: make([]byte, 16), SealedAt: &now, Version: 1}
	rand.Read(h.Salt) // never fails: it ends the program instead
	w := SealedSheet{Session: h.Session, Turn: h.Turn, Member: account, Product: f.session.Product, Criteria: f.rules.Criteria, Set: f.set.Number,
		Sheet: full, Total: full.Total()}
	if opinion != "" {
		w.Opinion = ledger.Commitment(h.Salt, opinion)
	}
	body, err := w.Canonical()
	if err != nil {
		return h, err
	}
	h.Body, h.Seal = string(body), ledger.Commitment(h.Salt, string(body))
	return h, nil
}

package council

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Open shows all sealed sheets of the turn at once, after checking each against
// its seal in the ledger. Who has not sealed by then was absent.
//
// Faults: not_found; stale; who_may_not (Forbidden); session_state, seal_broken
// (Conflict); quorum (Refused).
func (d *Desk) Open(ctx context.Context, r Request) (View, error) {
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		list, err := f.handedIn(r.Actor, store.Scoring)
		if err != nil {
			return nil, err
		}
		f.session.Status = store.Opened
		draft := f.draft("open_sheets", r.Actor, r.Key)
		draft.Data["sheets"] = f.disclosed(list)
		f.opened = append(f.opened, f.session.Turn)
		return &step{drafts: []ledger.Draft{draft}}, nil
	})
}

// handedIn are the turn's sheets for whoever runs the session: unchanged since
// they were sealed, and enough of them.
func (f *file) handedIn(a access.Actor, state store.Status) ([]SealedSheet, error) {
	if err := f.onlyRunner(a); err != nil {
		return nil, err
	}
	if err := f.is(state); err != nil {
		return nil, err
	}
	if err := f.unbroken(f.session.Turn); err != nil {
		return nil, err
	}
	list, err := f.wholes(f.session.Turn)
	if err != nil {
		return nil, err
	}
	return list, f.quorate(list)
}

// disclosed are the sheets as the entry of their opening holds them: with their
// salts, so that anybody with the ledger can check the seals.
func (f *file) disclosed(list []SealedSheet) []any {
	var out []any
	for _, w := range list {
		h := f.sheet(w.Turn, w.Member)
		out = append(out, ledger.Map{"member": w.Member, "salt": hex.EncodeToString(h.Salt), "sheet": casework.SheetMap(w.Sheet), "total": w.Total, "opinion": w.Opinion})
	}
	return out
}

// quorate refuses too few sheets, or none of whoever presides.
func (f *file) quorate(list []SealedSheet) error {
	bad := fault.New(fault.Refused, "quorum", "Chưa đủ điều kiện mở phiếu.", "The sheets cannot be opened yet.")
	rules := f.rules
	need, note := rules.Quorum(f.entitled()), "Quy chế hội đồng"
	if int64(len(list)) < need || len(list) == 0 {
		bad.Reasons = append(bad.Reasons, fault.Reason{Code: "quorum", Actual: fmt.Sprint(len(list)), Required: fmt.Sprint(max(need, 1)), CureBy: []ocop.Role{"member"}, Legal: note,
			Message: ocop.Text{Vi: "Số phiếu đã niêm phong không đủ tỷ lệ.", En: "Too few sheets are sealed."}})
	}
	if k := rules.Council; k != nil && k.ChairRequired && !f.presided(list) {
		bad.Reasons = append(bad.Reasons, fault.Reason{Code: "chair_present", Actual: "false", Required: "true", CureBy: []ocop.Role{"member"}, Legal: note,
			Message: ocop.Text{Vi: "Người chủ trì chưa niêm phong phiếu.", En: "Whoever presides has not sealed a sheet."}})
	}
	if len(bad.Reasons) > 0 {
		return bad
	}
	return nil
}

// presided reports whether whoever presides handed in a sheet.
func (f *file) presided(list []SealedSheet) bool {
	s := f.presiding()
	return s != nil && slices.ContainsFunc(list, func(w SealedSheet) bool { return w.Member == s.Account })
}

// Rescore begins another turn; the sheets of the one before stay. It is due when
// the totals lie too far apart or a seal is broken; else it is a correction,
// which takes a reason and stays visible.
//
// Faults: not_found; stale; who_may_not (Forbidden); reason_missing (Invalid);
// session_state, result_recorded (Conflict).
func (d *Desk) Rescore(ctx context.Context, r Request, reason string) (View, error) {
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		if err := f.onlyRunner(r.Actor); err != nil {
			return nil, err
		}
		broken := f.unbroken(f.session.Turn) != nil
		states := []store.Status{store.Opened, store.Closed}
		if broken {
			states = append(states, store.Scoring)
		}
		if err := f.is(states...); err != nil {
			return nil, err
		}
		if f.standing.Round.Data.Result != nil {
			return nil, fault.New(fault.Conflict, "result_recorded", "Kết quả đã được ghi nhận; muốn chấm lại phải trả hồ sơ để hoàn thiện.", "The result is on record; to score again, send the dossier back to be improved.")
		}
		list, err := f.wholes(f.session.Turn)
		if err != nil && !broken {
			return nil, err
		}
		due := broken || spread(list) > f.maxSpread()
		reason = strings.TrimSpace(reason)
		if !due && reason == "" {
			return nil, reasonMissing()
		}
		s := &step{}
		if f.session.Status == store.Closed {
			f.session.Result, f.standing.Round.Data.Session = nil, nil
			s.rows = f.saveRound
		}
		f.session.Status, f.session.Turn = store.Scoring, f.session.Turn+1
		draft := f.draft("score_again", r.Actor, r.Key)
		draft.Data["correction"] = !due
		if reason != "" {
			draft.Private = []ledger.Private{casework.NewPrivate("comment", reason)}
		}
		s.drafts = []ledger.Draft{draft}
		return s, nil
	})
}

func (f *file) maxSpread() int64 {
	if k := f.rules.Council; k != nil {
		return int64(k.MaxSpread)
	}
	return 100
}

func (f *file) saveRound(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
	return store.SaveRounds(ctx, tx, []*ocop.Round{f.standing.Round})
}

// Close works out what the opened sheets come to. Putting it on record is a move
// of the product.
//
// Faults: not_found; stale; who_may_not (Forbidden); session_state, seal_broken
// (Conflict); spread (Refused).
func (d *Desk) Close(ctx context.Context, r Request) (View, error) {
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		list, err := f.handedIn(r.Actor, store.Opened)
		if err != nil {
			return nil, err
		}
		if n := spread(list); n > f.maxSpread() {
			return nil, f.tooFarApart(n)
		}
		result, err := f.result(list)
		if err != nil {
			return nil, err
		}
		f.session.Status, f.session.Result = store.Closed, result
		f.standing.Round.Data.Session = result
		draft := f.draft("close_session", r.Actor, r.Key)
		draft.Data["result"] = casework.ResultMap(result.Result)
		draft.Data["entitled"], draft.Data["spread"], draft.Data["chair_present"] = result.Entitled, result.Spread, result.ChairPresent
		return &step{drafts: []ledger.Draft{draft}, rows: f.saveRound}, nil
	})
}

func (f *file) tooFarApart(n int64) error {
	bad := fault.New(fault.Refused, "spread", "Điểm giữa các thành viên chênh nhau quá mức cho phép: hội đồng thảo luận và chấm lại.", "The members' totals lie too far apart: the council discusses and scores again.")
	bad.Reasons = []fault.Reason{{Code: "spread", Actual: fmt.Sprint(n), Required: fmt.Sprint(f.maxSpread()), CureBy: []ocop.Role{"secretary"}, Legal: "Quy chế hội đồng", Message: bad.Message}}
	return bad
}

// result is what the sheets come to under the procedure's gates.
func (f *file) result(list []SealedSheet) (*ocop.Scoring, error) {
	r := f.evaluate(list)
	if len(r.Errors) > 0 {
		return nil, fmt.Errorf("sealed sheets of %s: %+v", f.session.ID, r.Errors)
	}
	out := &ocop.Scoring{ID: f.session.ID, Written: f.session.Kind == store.Written, Entitled: f.entitled(), ChairPresent: f.presided(list), Spread: spread(list),
		Result: ocop.Result{Sum: r.Sum, Members: r.Members, Mean: r.Mean, BandStars: r.BandStars, FloorStars: r.FloorStars, Stars: r.Stars,
			Missed: r.Missed, KnockedOut: r.KnockedOut, Level: f.session.Level}}
	return out, nil
}

func (f *file) evaluate(list []SealedSheet) criteria.Result {
	rules := f.rules
	return f.set.Evaluate(sheetsOf(list), criteria.Policy(rules.Floors()), rules.BandStars)
}

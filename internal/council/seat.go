package council

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/store"
)

// Declaration is what a member says before anything of the product is shown.
type Declaration struct {
	Conflict bool
	Reason   string // of a conflict, in the member's own words
}

// Declare records whether a member has a conflict of interest. A conflict that
// is declared, or that the records show, recuses the member: the quorum is
// counted without them, and a secretary no longer runs the session. It cannot
// be taken back.
//
// Faults: not_found; who_may_not (Forbidden); session_state, declared (Conflict).
func (d *Desk) Declare(ctx context.Context, r Request, x Declaration) (View, error) {
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		s := f.seat(r.Actor)
		if s == nil {
			return nil, mayNot("Bạn không có tên trong hội đồng của phiên này.", "You do not sit on the council of this session.")
		}
		if err := f.is(store.Scoring); err != nil {
			return nil, err
		}
		if s.DeclaredAt != nil {
			return nil, fault.New(fault.Conflict, "declared", "Bạn đã khai báo rồi.", "You have declared already.")
		}
		if utf8.RuneCountInString(x.Reason) > maxOpinion {
			return nil, tooLong("body.reason")
		}
		s.DeclaredAt, s.Grounds = &now, f.standing.Grounds(r.Actor)
		if x.Conflict {
			s.Grounds = append(s.Grounds, "declared")
		}
		s.Recused = len(s.Grounds) > 0
		draft := f.draft("declare", r.Actor, r.Key)
		draft.Data["recused"], draft.Data["grounds"] = s.Recused, append([]string{}, s.Grounds...)
		if reason := strings.TrimSpace(x.Reason); reason != "" {
			draft.Private = []ledger.Private{casework.NewPrivate("comment", reason)}
		}
		return &step{drafts: []ledger.Draft{draft}, seat: s}, nil
	})
}

// maxOpinion bounds an opinion or a reason, in characters.
const maxOpinion = 4000

func tooLong(place string) error {
	return fault.New(fault.Invalid, "too_long", "Nội dung quá dài.", "The text is too long.").At(place, "Nhiều hơn 4000 ký tự.", "More than 4000 characters.")
}

// Agree sets what papers decide, once for the whole council, until the first
// sheet of the turn is sealed. The sheet replaces the one before.
//
// Faults: not_found; stale; who_may_not (Forbidden); sheet_wrong (Invalid);
// session_state, agreed_frozen (Conflict).
func (d *Desk) Agree(ctx context.Context, r Request, sheet criteria.Sheet) (View, error) {
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		if !f.runs(r.Actor) {
			s, err := f.scorer(r.Actor)
			if err != nil {
				return nil, err
			}
			if presiding := f.presiding(); presiding == nil || presiding.Account != s.Account {
				return nil, mayNot("Tiêu chí theo hồ sơ do thư ký hoặc người chủ trì ghi.", "What papers decide is entered by the secretary or whoever presides.")
			}
		}
		if err := f.is(store.Scoring); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(f.sheets, func(h store.Sheet) bool { return h.Turn == f.session.Turn && h.Seal != "" }) {
			return nil, fault.New(fault.Conflict, "agreed_frozen", "Đã có phiếu niêm phong; phần thống nhất không đổi được nữa.", "A sheet is sealed; what was agreed cannot change any more.")
		}
		if wrong := f.set.Check(sheet, criteria.Evidence); len(wrong) > 0 {
			return nil, casework.SheetWrong(wrong)
		}
		f.session.Agreed = &sheet
		draft := f.draft("agree", r.Actor, r.Key)
		draft.Data["sheet"] = casework.SheetMap(sheet)
		return &step{drafts: []ledger.Draft{draft}}, nil
	})
}

// presiding is whoever presides: the chair or, where the chair is recused, the
// first vice-chair who is not. That a vice-chair steps in is an inference; the
// regulations seen only ask for the chair.
func (f *file) presiding() *store.Seat {
	for _, position := range []store.Position{store.Chair, store.ViceChair} {
		for i, s := range f.session.Seats {
			if s.Position == position && !s.Recused {
				return &f.session.Seats[i]
			}
		}
	}
	return nil
}

// entitled counts those who may score: recused members do not count.
func (f *file) entitled() (n int64) {
	for _, s := range f.session.Seats {
		if f.scores(s) && !s.Recused {
			n++
		}
	}
	return n
}

package council

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Request is what every act on a session carries.
type Request struct {
	Session string
	Version *int64 // the one the caller saw; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// step is what an act on a session writes, besides the session itself.
type step struct {
	drafts []ledger.Draft
	seat   *store.Seat
	rows   commit.Rows
	keep   bool // the session stays at its version
}

// load reads a session that the actor may see, inside or outside a batch.
func (d *Desk) load(ctx context.Context, q sqldb.Querier, a access.Actor, id string, now time.Time) (*file, error) {
	x, err := store.SessionByID(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if x == nil {
		return nil, casework.NotFound()
	}
	f := &file{session: *x}
	if f.standing, err = d.Products.Standing(ctx, q, x.Product, now); err != nil {
		return nil, err
	}
	if f.council, err = store.CouncilByID(ctx, q, x.Council); err != nil {
		return nil, err
	}
	if f.seat(a) == nil && !f.oversees(a) {
		return nil, casework.NotFound()
	}
	if f.rules = d.Products.Library.Pinned(x.Procedure, x.Rules); f.rules == nil {
		return nil, fault.New(fault.Conflict, "procedure_missing", "Quy trình của phiên chấm không còn được nạp; báo người quản trị.", "The session's procedure is not loaded; tell the administrator.")
	}
	f.set = criteria.BuiltIn(f.rules.Criteria)[x.Set]
	if f.sheets, err = store.Sheets(ctx, q, id); err != nil {
		return nil, err
	}
	if f.seals, err = sealsOf(ctx, q, x.Product, id); err != nil {
		return nil, err
	}
	f.opened, err = openedTurns(ctx, q, x.Product, id)
	return f, err
}

// change decides one act on a session and writes it.
func (d *Desk) change(ctx context.Context, r Request, decide func(*file, time.Time) (*step, error)) (View, error) {
	before, err := store.SessionByID(ctx, d.DB, r.Session) // for its product's lock; who may see it is judged below
	if err != nil {
		return View{}, err
	}
	if before == nil {
		return View{}, casework.NotFound()
	}
	act := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		f, err := d.load(ctx, q, r.Actor, r.Session, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		if r.Version != nil && *r.Version != f.session.Version {
			return commit.Outcome{}, stale(f.session.Version)
		}
		s, err := decide(f, now)
		if broken, ok := err.(*sealBroken); ok {
			return commit.Outcome{Fault: broken.fault(), Drafts: broken.drafts(f, r)}, nil
		}
		if err != nil {
			return commit.Outcome{}, err
		}
		return f.outcome(s, r), nil
	}
	return commit.Do[View](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(act), Key: r.Key,
		Locks: []string{"session:" + r.Session, "product:" + before.Product}})
}

func (f *file) outcome(s *step, r Request) commit.Outcome {
	saved := f.session
	if !s.keep {
		f.session.Version++
	}
	return commit.Outcome{
		Drafts: s.drafts,
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
			if !s.keep {
				if err := store.SaveSession(ctx, tx, saved); err != nil {
					return err
				}
			}
			if s.seat != nil {
				if err := store.SaveSeat(ctx, tx, saved.ID, *s.seat); err != nil {
					return err
				}
			}
			if s.rows != nil {
				return s.rows(ctx, tx, entries)
			}
			return nil
		}),
		Answer: func([]ledger.Entry) any { return f.view(r.Actor) },
	}
}

func stale(now int64) error {
	return fault.New(fault.Stale, "stale", fmt.Sprintf("Phiên chấm đã thay đổi (nay là phiên bản %d). Hãy tải lại.", now),
		fmt.Sprintf("The session was changed (now version %d). Reload.", now))
}

// draft is what all entries about a session share.
func (f *file) draft(event string, a access.Actor, key *commit.Key) ledger.Draft {
	rules := f.rules
	d := ledger.Draft{Stream: "council:" + f.session.Council, Kind: ledger.KindRecord, Event: event, Actor: casework.ActorOf(a),
		Product: f.session.Product, Round: f.session.Round, Level: string(f.session.Level),
		Procedure: ledger.Procedure{Name: rules.Name, Version: rules.Version, Hash: rules.Hash},
		Data:      ledger.Map{"session": f.session.ID, "product": f.session.Product, "turn": f.session.Turn}}
	if key != nil {
		d.Key = key.Key
	}
	return d
}

// is refuses an act that the session's state does not allow.
func (f *file) is(states ...store.Status) error {
	if !slices.Contains(states, f.session.Status) {
		text := stateTexts[f.session.Status]
		return fault.New(fault.Conflict, "session_state", text.Vi, text.En)
	}
	r := f.standing.Round
	if r == nil || r.ID != f.session.Round || r.Level != f.session.Level {
		return fault.New(fault.Conflict, "round_moved", "Sản phẩm đã rời lượt hoặc cấp mà phiên này chấm.", "The product has left the round or level that this session scores.")
	}
	return nil
}

var stateTexts = map[store.Status]ocop.Text{
	store.Scoring:   {Vi: "Phiếu chưa được mở.", En: "The sheets have not been opened."},
	store.Opened:    {Vi: "Phiếu đã mở; không thể chấm thêm hay sửa.", En: "The sheets are open; nothing can be scored or changed any more."},
	store.Closed:    {Vi: "Phiên chấm đã kết thúc.", En: "The session is closed."},
	store.Cancelled: {Vi: "Phiên chấm đã hủy.", En: "The session was cancelled."},
}

// runs reports whether the actor keeps the session: the council's secretary, or
// a secretary of the unit. One with a part in the product does not.
func (f *file) runs(a access.Actor) bool {
	if s := f.seat(a); s != nil && s.Recused {
		return false
	}
	return Runs(a, *f.council) && len(f.standing.Grounds(a)) == 0
}

// Runs reports whether an actor is the secretary of a council, by role or by seat.
func Runs(a access.Actor, k store.Council) bool {
	_, secretary := a.Holds(access.Secretary, k.Path)
	return secretary || slices.ContainsFunc(k.Members, func(m store.CouncilMember) bool { return m.Account == a.ID && m.Position == store.Secretary })
}

func (f *file) onlyRunner(a access.Actor) error {
	if f.runs(a) {
		return nil
	}
	return mayNot("Việc này của thư ký hội đồng không có xung đột lợi ích.", "This is for a secretary of the council without a conflict of interest.")
}

// oversees reports whether the actor may look into the session without a seat:
// held at the council's unit or above, never below.
func (f *file) oversees(a access.Actor) bool {
	return a.Oversees().Sees("", f.council.Path, "")
}

func (f *file) seat(a access.Actor) *store.Seat {
	for i := range f.session.Seats {
		if f.session.Seats[i].Account == a.ID {
			return &f.session.Seats[i]
		}
	}
	return nil
}

// scores reports whether a seat has a sheet of its own.
func (f *file) scores(s store.Seat) bool {
	k := f.rules.Council
	return s.Position != store.Secretary || k != nil && k.SecretaryScores
}

// scorer is the actor's own seat, declared and not recused.
func (f *file) scorer(a access.Actor) (*store.Seat, error) {
	s := f.seat(a)
	switch {
	case s == nil || !f.scores(*s):
		return nil, mayNot("Bạn không phải thành viên được chấm trong phiên này.", "You are not a member who scores in this session.")
	case s.Recused:
		return nil, fault.New(fault.Forbidden, "recused", "Bạn đã rút khỏi việc chấm sản phẩm này vì xung đột lợi ích.", "You are recused from this product for a conflict of interest.")
	case s.DeclaredAt == nil:
		return nil, fault.New(fault.Conflict, "declare_first", "Trước hết hãy khai báo có xung đột lợi ích hay không.", "First declare whether you have a conflict of interest.")
	}
	return s, nil
}

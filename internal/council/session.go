package council

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Call is a session to be held.
type Call struct {
	Product string
	Council string
	Kind    string // meeting or written; "" for what the procedure expects
	HeldOn  *ocop.Date
	Place   string
	Actor   access.Actor
	Key     *commit.Key
}

// Begin opens a session for a product that waits for its score. Members whose
// part in the product shows in the records are recused at once.
//
// Faults: not_found; who_may_not (Forbidden); session_wrong (Invalid);
// not_scorable, session_running, no_criteria (Conflict).
func (d *Desk) Begin(ctx context.Context, c Call) (View, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		f, err := d.prepare(ctx, q, c, people{}, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		x := f.opening(c)
		return commit.Outcome{Drafts: []ledger.Draft{x.Draft}, State: x.Rows, Answer: func([]ledger.Entry) any { return f.view(c.Actor) }}, nil
	}
	return commit.Do[View](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: c.Key, Locks: []string{"product:" + c.Product}})
}

// Opening is a session that is opened within an act that opens several.
type Opening struct {
	Session string
	Draft   ledger.Draft
	Rows    commit.Rows
}

func (f *file) opening(c Call) Opening {
	draft := f.draft("begin_session", c.Actor, c.Key)
	draft.Data = f.callMap()
	return Opening{f.session.ID, draft, func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
		return store.InsertSession(ctx, tx, f.session)
	}}
}

// Openings opens a session for each call within the caller's act, which locks
// their products ("product:ID"). Each stands or fails by itself, as Begin tells:
// a call that fails has its fault in the same place.
func (d *Desk) Openings(ctx context.Context, q sqldb.Querier, calls []Call, now time.Time) ([]Opening, []*fault.Error, error) {
	known := people{}
	out, faults := make([]Opening, len(calls)), make([]*fault.Error, len(calls))
	for i, c := range calls {
		f, err := d.prepare(ctx, q, c, known, now)
		switch {
		case err == nil:
			out[i] = f.opening(c)
		case fault.Of(err).Kind == fault.Internal:
			return nil, nil, err
		default:
			faults[i] = fault.Of(err)
		}
	}
	return out, faults, nil
}

// people are those on a council as they stand now, each read once for an act.
type people map[string]access.Actor

func (p people) of(ctx context.Context, q sqldb.Querier, account string) (access.Actor, error) {
	if a, ok := p[account]; ok {
		return a, nil
	}
	acc, err := store.AccountByID(ctx, q, account)
	if err != nil {
		return access.Actor{}, err
	}
	p[account], err = accounts.Actor(ctx, q, *acc)
	return p[account], err
}

// prepare checks a call and seats the council.
func (d *Desk) prepare(ctx context.Context, q sqldb.Querier, c Call, known people, now time.Time) (*file, error) {
	standing, err := d.Products.Standing(ctx, q, c.Product, now)
	if err != nil {
		return nil, err
	}
	if !c.Actor.Products().Sees(standing.Product.ID, standing.Product.Path, standing.Product.Producer.ID) {
		return nil, casework.NotFound()
	}
	k, err := store.CouncilByID(ctx, q, c.Council)
	if err != nil {
		return nil, err
	}
	bad := fault.New(fault.Invalid, "session_wrong", "Thông tin phiên chấm chưa đúng.", "The session's data is not right.")
	if k == nil {
		return nil, bad.At("body.council", "Không có hội đồng này.", "There is no such council.")
	}
	if !standing.Scorable() {
		return nil, fault.New(fault.Conflict, "not_scorable", "Sản phẩm chưa ở bước chấm điểm.", "The product does not stand where it is scored.")
	}
	set, err := standing.Set()
	if err != nil {
		return nil, err
	}
	round := standing.Round
	f := &file{standing: standing, council: k, rules: standing.Rules, set: set, session: store.Session{
		ID: casework.NewID(), Council: k.ID, Product: c.Product, Round: round.ID, Level: round.Level,
		Procedure: standing.Rules.Name, Rules: standing.Rules.Version, Set: set.Number, Kind: c.Kind, Place: strings.TrimSpace(c.Place),
		Status: store.Scoring, Turn: 1, CreatedBy: c.Actor.ID, CreatedAt: now, Version: 1, HeldOn: ocop.DateOf(now)}}
	if k.Level != round.Level || k.Path != standing.Product.Path.Upto(ocop.UnitKind(round.Level)) {
		bad.At("body.council", "Hội đồng không thuộc cấp đang đánh giá sản phẩm.", "The council is not that of the level at which the product stands.")
	}
	f.fill(c, bad)
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	if !f.runs(c.Actor) {
		return nil, mayNot("Phiên chấm do thư ký hội đồng mở.", "A session is opened by the council's secretary.")
	}
	if err := d.free(ctx, q, f); err != nil {
		return nil, err
	}
	return f, f.sit(ctx, q, known)
}

// fill takes kind, day and place of a call.
func (f *file) fill(c Call, bad *fault.Error) {
	x := &f.session
	if x.Kind == "" {
		x.Kind = store.Meeting
		if k := f.rules.Council; k != nil && slices.Contains(k.Written, f.standing.Round.Track) {
			x.Kind = store.Written
		}
	}
	if x.Kind != store.Meeting && x.Kind != store.Written {
		bad.At("body.kind", "Là meeting (họp) hoặc written (lấy ý kiến bằng văn bản).", "Is meeting or written.")
	}
	if c.HeldOn != nil {
		x.HeldOn = *c.HeldOn
	}
	if utf8.RuneCountInString(x.Place) > 200 {
		bad.At("body.place", "Dài quá 200 ký tự.", "Longer than 200 characters.")
	}
}

// free refuses a second session while one runs, or a closed one has not been
// put on record.
func (d *Desk) free(ctx context.Context, q sqldb.Querier, f *file) error {
	all, err := store.SessionsOf(ctx, q, f.session.Product)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.Status == store.Scoring || x.Status == store.Opened {
			return fault.New(fault.Conflict, "session_running", "Sản phẩm đang có một phiên chấm chưa kết thúc.", "A session of this product is still running.")
		}
	}
	if f.standing.Round.Data.Session != nil {
		return fault.New(fault.Conflict, "session_closed", "Phiên chấm của cấp này đã kết thúc; hãy ghi kết quả.", "The session of this level is closed; put its result on record.")
	}
	return nil
}

// sit gives every member of the council a seat; what the records hold against
// one recuses them.
func (f *file) sit(ctx context.Context, q sqldb.Querier, known people) error {
	for _, m := range f.council.Members {
		actor, err := known.of(ctx, q, m.Account)
		if err != nil {
			return err
		}
		s := store.Seat{Account: m.Account, Name: m.Name, Display: m.Display, Position: m.Position, Grounds: f.standing.Grounds(actor)}
		s.Recused = len(s.Grounds) > 0
		f.session.Seats = append(f.session.Seats, s)
	}
	return nil
}

// callMap is what the entry of a new session says.
func (f *file) callMap() ledger.Map {
	var seats []any
	for _, s := range f.session.Seats {
		seats = append(seats, ledger.Map{"account": s.Account, "position": string(s.Position), "recused": s.Recused})
	}
	return ledger.Map{"session": f.session.ID, "kind": f.session.Kind, "held_on": f.session.HeldOn.String(), "criteria": f.rules.Criteria,
		"set": f.set.Number, "seats": seats}
}

// Cancel ends a session that was opened by mistake. What was sealed stays.
//
// Faults: not_found; who_may_not (Forbidden); reason_missing (Invalid);
// session_state (Conflict).
func (d *Desk) Cancel(ctx context.Context, r Request, reason string) (View, error) {
	return d.change(ctx, r, func(f *file, now time.Time) (*step, error) {
		if err := f.onlyRunner(r.Actor); err != nil {
			return nil, err
		}
		if err := f.is(store.Scoring, store.Opened); err != nil {
			return nil, err
		}
		if strings.TrimSpace(reason) == "" {
			return nil, reasonMissing()
		}
		f.session.Status = store.Cancelled
		draft := f.draft("cancel_session", r.Actor, r.Key)
		draft.Private = []ledger.Private{casework.NewPrivate("comment", reason)}
		return &step{drafts: []ledger.Draft{draft}}, nil
	})
}

func reasonMissing() error {
	return fault.New(fault.Invalid, "reason_missing", "Phải nêu lý do.", "A reason is needed.").At("body.reason", "Phải nêu lý do.", "A reason is needed.")
}

// file is a session with everything that deciding about it needs.
type file struct {
	standing *casework.Standing
	council  *store.Council
	rules    *workflow.Rules // of the session
	set      *criteria.Set
	session  store.Session
	sheets   []store.Sheet // of every turn
	seals    []sealed      // as the ledger holds them
	opened   []int         // turns whose sheets were opened
}

package casework

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// passes bounds how often a sweep looks again for what its own doing made due.
const passes = 10

// Sweep does what has fallen due by the desk's clock, and gives the number of
// timers that came to something. It may run as often as one likes, on several
// servers at once: a product's version lets each move happen once, and each
// mark is kept once. A timer that fails does not stop the rest.
func (d *Desk) Sweep(ctx context.Context) (int, error) {
	if err := d.ReadCalendars(ctx); err != nil {
		return 0, err
	}
	if err := d.announce(ctx); err != nil {
		return 0, err
	}
	if err := d.takeUpLapses(ctx); err != nil {
		return 0, err
	}
	if err := d.takeUpMatters(ctx); err != nil {
		return 0, err
	}
	stood := 0
	for range passes {
		n, err := d.pass(ctx)
		if err == nil {
			var beside int
			beside, err = d.passMatters(ctx)
			n += beside
		}
		stood += n
		if err != nil || n == 0 {
			return stood, err
		}
	}
	return stood, nil
}

// pass goes once through the timers that are due.
func (d *Desk) pass(ctx context.Context) (int, error) {
	const page = 256
	stood := 0
	var after store.Timer
	for {
		due, err := store.DueTimers(ctx, d.DB, d.Clock(), after, page)
		if err != nil || len(due) == 0 {
			return stood, err
		}
		n, err := d.seeTo(ctx, due)
		stood += n
		if err != nil {
			return stood, err
		}
		after = due[len(due)-1]
	}
}

// seeTo does what timers ask for; the number is of those that came to something.
func (d *Desk) seeTo(ctx context.Context, due []store.Timer) (int, error) {
	acts := make([]commit.Act, len(due))
	for i, t := range due {
		if t.Kind == store.TimerEvent {
			acts[i] = d.act(Ask{Product: t.Product, Event: t.Event, Version: &t.Version, Actor: access.SystemActor, quiet: true})
		} else {
			acts[i] = commit.Act{Kind: marking{d}, Ask: t, Locks: []string{"product:" + t.Product}}
		}
	}
	answers, errs := commit.Each[any](ctx, d.Committer, acts)
	stood := 0
	for i, err := range errs {
		switch {
		case err == nil && answers[i] != nil:
			stood++
		case fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable):
			return stood, err
		}
	}
	return stood, nil
}

// marking is the kind of act that says something about deadlines: a reminder,
// that one has passed, that it was passed on. It also works deadlines out again.
type marking struct{ *Desk }

// marked is what one timer comes to.
type marked struct {
	timer store.Timer
	mark  *store.Mark
	plan  *agenda // worked out again
	now   time.Time
}

// Decide implements commit.Kind. What was met, extended or said in the
// meantime comes to nothing, and its timer goes.
func (m marking) Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]commit.Outcome, error) {
	list := make([]string, len(asks))
	for i, a := range asks {
		list[i] = a.(store.Timer).Product
	}
	files, err := m.dossiers(ctx, q, list)
	if err != nil {
		return nil, err
	}
	out := make([]commit.Outcome, len(asks))
	for i, a := range asks {
		t := a.(store.Timer)
		state := &marked{timer: t, now: now}
		out[i].State, out[i].Drafts = state, []ledger.Draft{scheduleDraft(t)}
		x := files[t.Product]
		if x == nil {
			continue
		}
		plan, err := m.agenda(x, now)
		if err != nil { // its procedure is not there: the timer waits for it
			out[i] = commit.Outcome{Fault: fault.Of(err)}
			continue
		}
		if t.Kind == store.TimerReckon {
			state.plan = &plan
			out[i].Answer = func([]ledger.Entry) any { return t.Name() }
			continue
		}
		if plan.falls(now) {
			continue // time is about to move the product itself
		}
		if state.mark = x.mark(t, plan, now); state.mark != nil {
			out[i].Drafts = []ledger.Draft{x.markDraft(*state.mark)}
			out[i].Answer = func([]ledger.Entry) any { return t.Name() }
		}
	}
	return out, nil
}

// falls reports whether a move that time alone makes is due.
func (a agenda) falls(now time.Time) bool {
	return slices.ContainsFunc(a.timers, func(t store.Timer) bool { return t.Kind == store.TimerEvent && !t.DueAt.After(now) })
}

// mark is what a timer has to say, nil when it has nothing to say any more.
func (x *dossier) mark(t store.Timer, plan agenda, now time.Time) *store.Mark {
	for _, due := range plan.dues {
		if !says(t, due, x.marks, now) {
			continue
		}
		m := store.Mark{Product: t.Product, Deadline: t.Deadline, Kind: t.Kind, Days: t.Days, LastDay: due.LastDay, At: now, Roles: []ocop.Role{}}
		if t.Kind == store.TimerEscalate {
			m.Roles = append(m.Roles, due.Chase.To...)
		} else {
			m.Roles = x.told(due)
		}
		return &m
	}
	return nil
}

// says reports whether a timer has something to say about a deadline as it stands.
func says(t store.Timer, due calendar.Due, said []store.Mark, now time.Time) bool {
	if due.ID != t.Deadline || due.Met || t.LastDay == nil || due.LastDay != *t.LastDay || wasSaid(said, t) {
		return false
	}
	// What slept through its moment says nothing: that it has passed is said instead.
	return t.Kind != store.TimerRemind || due.LastDay >= ocop.DateOf(now) || due.Notice && !due.Lapses
}

// told are the roles at the product that a deadline is for. A procedure names
// roles; a campaign names organisations, and what none of them stands for here
// stays a code.
func (x *dossier) told(due calendar.Due) []ocop.Role {
	out := []ocop.Role{}
	for _, who := range due.Who {
		role := ocop.Role(who)
		if due.Source == "campaign" {
			role = x.standsFor(who)
		}
		if !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out
}

func (x *dossier) standsFor(code string) ocop.Role {
	p := x.product
	switch kind := x.plan.Kinds[code]; {
	case code == "producers" || code == p.Producer.Code:
		return access.Producer
	case code == "communes" || p.Commune != nil && code == p.Commune.Code:
		return access.Commune
	case kind == ocop.Office:
		return access.Office
	case kind == ocop.District || kind == ocop.Province:
		return access.Leader
	}
	return ocop.Role(code)
}

// scheduleDraft tells that a timer was seen to and had nothing to say, or had
// its product's deadlines worked out again.
func scheduleDraft(t store.Timer) ledger.Draft {
	return ledger.Draft{Stream: "system", Kind: ledger.KindSchedule, Event: "reckon", Product: t.Product, Actor: ActorOf(access.SystemActor),
		Data: ledger.Map{"timer": t.Name()}}
}

func (x *dossier) markDraft(m store.Mark) ledger.Draft {
	return ledger.Draft{Stream: "product:" + x.product.ID, Kind: ledger.KindRecord, Event: "deadline_" + string(m.Kind), Product: x.product.ID,
		Round: x.product.Round, Actor: ActorOf(access.SystemActor),
		Data: ledger.Map{"deadline": m.Deadline, "last_day": m.LastDay.String(), "days": m.Days}}
}

// Save implements commit.Kind.
func (m marking) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	var seen, timers []store.Timer
	var marks []store.Mark
	var again []string
	due := map[string]*ocop.Date{}
	var now time.Time
	for _, p := range placed {
		s := p.State.(*marked)
		seen, now = append(seen, s.timer), s.now
		if s.mark != nil {
			s.mark.Entry = p.Entries[0].Index
			marks = append(marks, *s.mark)
		}
		if s.plan != nil {
			again, timers = append(again, s.timer.Product), append(timers, s.plan.timers...)
			due[s.timer.Product] = s.plan.due
		}
	}
	if err := store.DropTimers(ctx, tx, seen); err != nil {
		return err
	}
	if err := store.SetDue(ctx, tx, due); err != nil {
		return err
	}
	if err := store.ReplaceTimers(ctx, tx, now, again, timers); err != nil {
		return err
	}
	return store.InsertMarks(ctx, tx, marks)
}

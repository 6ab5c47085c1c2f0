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
	if err := d.takeUpWarnings(ctx); err != nil {
		return 0, err
	}
	if err := d.takeUpMatters(ctx); err != nil {
		return 0, err
	}
	stood := 0
	for range passes {
		before := stood
		for _, of := range []struct {
			due dueTimers
			act func(store.Timer) commit.Act
		}{{store.DueTimers, d.timed}, {store.DueMatterTimers, d.calls}} {
			n, err := d.pass(ctx, of.due, of.act)
			stood += n
			if err != nil {
				return stood, err
			}
		}
		if stood == before {
			break
		}
	}
	return stood, nil
}

// dueTimers reads a page of timers that are due at a moment, after one of them.
type dueTimers func(ctx context.Context, q sqldb.Querier, now time.Time, after store.Timer, limit int) ([]store.Timer, error)

// page is how many timers are seen to at once.
const page = 256

// pass goes once through timers that are due.
func (d *Desk) pass(ctx context.Context, due dueTimers, act func(store.Timer) commit.Act) (stood int, err error) {
	var after store.Timer
	for {
		list, err := due(ctx, d.DB, d.Clock(), after, page)
		if err != nil || len(list) == 0 {
			return stood, err
		}
		n, err := d.seeTo(ctx, list, act)
		stood += n
		if err != nil {
			return stood, err
		}
		after = list[len(list)-1]
	}
}

// seeTo does what timers ask for; the number is of those that came to something.
func (d *Desk) seeTo(ctx context.Context, due []store.Timer, act func(store.Timer) commit.Act) (int, error) {
	acts := make([]commit.Act, len(due))
	for i, t := range due {
		acts[i] = act(t)
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

// timed is what a timer of a product asks for.
func (d *Desk) timed(t store.Timer) commit.Act {
	if t.Kind == store.TimerEvent {
		return d.act(Ask{Product: t.Product, Event: t.Event, Version: &t.Version, Actor: access.SystemActor, quiet: true})
	}
	return commit.Act{Kind: marking{d}, Ask: t, Locks: []string{"product:" + t.Product}}
}

// marking is the kind of act that says something about deadlines: a reminder,
// that one has passed, that it was passed on. It also works deadlines out again.
type marking struct{ *Desk }

// marked is what one timer comes to.
type marked struct {
	timer store.Timer
	mark  *store.Mark
	again *replanned // its deadlines worked out again
	now   time.Time
}

// replanned is what deadlines come to when they are worked out again.
type replanned struct {
	due    *ocop.Date
	timers []store.Timer
}

// outcome is what several timers come to.
type outcome struct {
	seen, timers []store.Timer
	marks        []store.Mark
	again        []string
	due          map[string]*ocop.Date
	now          time.Time
}

func gathered(placed []commit.Placed, of func(store.Timer) string) outcome {
	out := outcome{due: map[string]*ocop.Date{}}
	for _, p := range placed {
		s := p.State.(*marked)
		out.seen, out.now = append(out.seen, s.timer), s.now
		if s.mark != nil {
			s.mark.Entry = p.Entries[0].Index
			out.marks = append(out.marks, *s.mark)
		}
		if s.again != nil {
			id := of(s.timer)
			out.again, out.timers, out.due[id] = append(out.again, id), append(out.timers, s.again.timers...), s.again.due
		}
	}
	return out
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
			state.again = &replanned{plan.due, plan.timers}
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
func (marking) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	o := gathered(placed, func(t store.Timer) string { return t.Product })
	if err := store.DropTimers(ctx, tx, o.seen); err != nil {
		return err
	}
	if err := store.SetDue(ctx, tx, o.due); err != nil {
		return err
	}
	if err := store.ReplaceTimers(ctx, tx, o.now, o.again, o.timers); err != nil {
		return err
	}
	return store.InsertMarks(ctx, tx, o.marks)
}

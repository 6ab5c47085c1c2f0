package casework

import (
	"context"
	"slices"
	"strings"
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

// Matter is what has days and is no product: a petition, or what a campaign asks
// of organisations. Time treats it as it treats a product's agenda.
type Matter struct {
	ID    string // its stream in the ledger
	Name  string
	Page  string // where it is seen
	Dues  []MatterDue
	Next  ocop.Date // on which further deadlines appear; 0 for none
	Marks []store.Mark

	Missing bool // its procedure is not loaded: nothing can be said of it
}

// MatterDue is a deadline of a matter, with whom it is for.
type MatterDue struct {
	calendar.Due
	Of     string       // whose it is, where a matter has deadlines of several
	Told   []store.Told // before its day and when it has passed
	Passed []store.Told // when it is passed on
}

// Keeper keeps matters of one kind.
type Keeper interface {
	// Matters are those of the streams as they stand now; what is over has none.
	Matters(ctx context.Context, q sqldb.Querier, streams []string, now time.Time) (map[string]*Matter, error)
	// Sees are those of the streams that an actor may see.
	Sees(ctx context.Context, q sqldb.Querier, a access.Actor, stream string) (bool, error)
	// Concerns are open deadlines that are for an actor, and not many more than most.
	Concerns(ctx context.Context, a access.Actor, most int) ([]Dated, error)
	// Keeps reports whether a stream is of the keeper's kind.
	Keeps(stream string) bool
}

// CampaignStream begins the streams of campaigns.
const CampaignStream = "campaign:"

// MattersOf are the matters of streams as they stand.
func (d *Desk) MattersOf(ctx context.Context, q sqldb.Querier, streams []string, now time.Time) (map[string]*Matter, error) {
	out := map[string]*Matter{}
	for _, k := range d.Matters {
		var own []string
		for _, s := range streams {
			if k.Keeps(s) && !slices.Contains(own, s) {
				own = append(own, s)
			}
		}
		if len(own) == 0 {
			continue
		}
		found, err := k.Matters(ctx, q, own, now)
		if err != nil {
			return nil, err
		}
		for id, m := range found {
			out[id] = m
		}
	}
	return out, nil
}

// MatterFor is a matter that the actor may see.
//
// Faults: not_found.
func (d *Desk) MatterFor(ctx context.Context, q sqldb.Querier, a access.Actor, stream string, now time.Time) (*Matter, error) {
	for _, k := range d.Matters {
		if !k.Keeps(stream) {
			continue
		}
		ok, err := k.Sees(ctx, q, a, stream)
		if err != nil {
			return nil, err
		}
		found, err := k.Matters(ctx, q, []string{stream}, now)
		if m := found[stream]; ok && err == nil && m != nil {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, NotFound()
}

// year is after how many days a matter is worked out again in any case.
const year = 366

// Timers are those that a matter asks for. One is always there, so that it is
// known which were worked out.
func (m *Matter) Timers(now time.Time) []store.Timer {
	dues := make([]calendar.Due, len(m.Dues))
	for i, due := range m.Dues {
		dues[i] = due.Due
	}
	again := ocop.DateOf(now) + year
	if m.Next != 0 {
		again = m.Next
	}
	return append(chasing(dues, m.Marks, store.Timer{Matter: m.ID}, now), store.Timer{Matter: m.ID, Kind: store.TimerReckon, DueAt: again.Start()})
}

// Due is the nearest open deadline.
func (m *Matter) Due() *ocop.Date {
	dues := make([]calendar.Due, len(m.Dues))
	for i, due := range m.Dues {
		dues[i] = due.Due
	}
	return calendar.Next(dues)
}

// ReckonCampaign asks for the days to be worked out again that a campaign sets to
// organisations and to petitions.
func ReckonCampaign(ctx context.Context, tx *sqldb.Tx, campaign string, now time.Time) error {
	if err := store.ReckonMatter(ctx, tx, CampaignStream+campaign, now); err != nil {
		return err
	}
	return store.ReckonAnswers(ctx, tx, campaign, now)
}

// takeUpMatters has the days worked out of matters that were there before the
// program kept them; a server looks for such once.
func (d *Desk) takeUpMatters(ctx context.Context) error {
	if d.reckoned.Load() || len(d.Matters) == 0 {
		return nil
	}
	for {
		list, err := store.Unreckoned(ctx, d.DB, 256)
		if err != nil {
			return err
		}
		timers := make([]store.Timer, len(list))
		for i, id := range list {
			timers[i] = store.Timer{Matter: id, Kind: store.TimerReckon}
		}
		n, err := d.seeToMatters(ctx, timers)
		if err != nil {
			return err
		}
		if n == 0 || len(list) < 256 {
			d.reckoned.Store(true)
			return nil
		}
	}
}

// passMatters goes once through the timers of matters that are due.
func (d *Desk) passMatters(ctx context.Context) (int, error) {
	const page = 256
	stood := 0
	var after store.Timer
	for {
		due, err := store.DueMatterTimers(ctx, d.DB, d.Clock(), after, page)
		if err != nil || len(due) == 0 {
			return stood, err
		}
		n, err := d.seeToMatters(ctx, due)
		stood += n
		if err != nil {
			return stood, err
		}
		after = due[len(due)-1]
	}
}

func (d *Desk) seeToMatters(ctx context.Context, due []store.Timer) (int, error) {
	acts := make([]commit.Act, len(due))
	for i, t := range due {
		lock := t.Matter
		if id := store.PetitionOf(t.Matter); id != "" {
			lock = "petition:" + id
		}
		acts[i] = commit.Act{Kind: calling{d}, Ask: t, Locks: []string{lock}}
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

// calling is the kind of act that says something about deadlines of matters, as
// marking does of products.
type calling struct{ *Desk }

// called is what one timer of a matter comes to.
type called struct {
	timer store.Timer
	mark  *store.Mark
	plan  *Matter // worked out again
	now   time.Time
}

// Decide implements commit.Kind.
func (c calling) Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]commit.Outcome, error) {
	streams := make([]string, len(asks))
	for i, a := range asks {
		streams[i] = a.(store.Timer).Matter
	}
	known, err := c.MattersOf(ctx, q, streams, now)
	if err != nil {
		return nil, err
	}
	out := make([]commit.Outcome, len(asks))
	for i, a := range asks {
		t := a.(store.Timer)
		m := known[t.Matter]
		state := &called{timer: t, now: now}
		out[i].State, out[i].Drafts = state, []ledger.Draft{callDraft(t)}
		switch {
		case m == nil:
			continue
		case m.Missing: // the timer waits for its procedure
			out[i] = commit.Outcome{Fault: fault.New(fault.Conflict, "procedure_missing", "Quy trình của hồ sơ này không còn được nạp.", "The procedure of this case is not loaded.")}
			continue
		}
		if t.Kind == store.TimerReckon {
			state.plan = m
			out[i].Answer = func([]ledger.Entry) any { return t.Name() }
			continue
		}
		if state.mark = m.mark(t, now); state.mark != nil {
			out[i].Drafts = []ledger.Draft{{Stream: t.Matter, Kind: ledger.KindRecord, Event: "deadline_" + string(t.Kind), Actor: ActorOf(access.SystemActor),
				Data: ledger.Map{"deadline": t.Deadline, "last_day": t.LastDay.String(), "days": t.Days}}}
			out[i].Answer = func([]ledger.Entry) any { return t.Name() }
		}
	}
	return out, nil
}

// mark is what a timer has to say of a matter, nil when it has nothing to say any more.
func (m *Matter) mark(t store.Timer, now time.Time) *store.Mark {
	for _, due := range m.Dues {
		if !says(t, due.Due, m.Marks, now) {
			continue
		}
		mark := store.Mark{Matter: m.ID, Deadline: t.Deadline, Kind: t.Kind, Days: t.Days, LastDay: due.LastDay, At: now, Roles: []ocop.Role{}, Told: due.Told}
		if t.Kind == store.TimerEscalate {
			mark.Told = due.Passed
		}
		for _, told := range mark.Told {
			role := told.Role
			if role == "" && len(due.Who) > 0 {
				role = ocop.Role(due.Who[0])
			}
			if !slices.Contains(mark.Roles, role) {
				mark.Roles = append(mark.Roles, role)
			}
		}
		return &mark
	}
	return nil
}

func callDraft(t store.Timer) ledger.Draft {
	return ledger.Draft{Stream: "system", Kind: ledger.KindSchedule, Event: "reckon", Actor: ActorOf(access.SystemActor),
		Data: ledger.Map{"matter": t.Matter, "timer": t.Name()}}
}

// Save implements commit.Kind.
func (calling) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	var seen, timers []store.Timer
	var marks []store.Mark
	var again []string
	due := map[string]*ocop.Date{}
	var now time.Time
	for _, p := range placed {
		s := p.State.(*called)
		seen, now = append(seen, s.timer), s.now
		if s.mark != nil {
			s.mark.Entry = p.Entries[0].Index
			marks = append(marks, *s.mark)
		}
		if s.plan == nil {
			continue
		}
		again, timers = append(again, s.timer.Matter), append(timers, s.plan.Timers(now)...)
		if id := store.PetitionOf(s.timer.Matter); id != "" {
			due[id] = s.plan.Due()
		}
	}
	if err := store.DropMatterTimers(ctx, tx, seen); err != nil {
		return err
	}
	if err := store.SetPetitionsDue(ctx, tx, due); err != nil {
		return err
	}
	if err := store.ReplaceMatterTimers(ctx, tx, now, again, timers); err != nil {
		return err
	}
	return store.InsertMatterMarks(ctx, tx, marks)
}

// IsCampaign reports whether a matter is what a campaign asks of organisations.
func IsCampaign(stream string) bool { return strings.HasPrefix(stream, CampaignStream) }

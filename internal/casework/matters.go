package casework

import (
	"cmp"
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
	// Sees reports whether an actor may see the matter of a stream.
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
		if err != nil || !ok {
			return nil, cmp.Or(err, error(NotFound()))
		}
		found, err := k.Matters(ctx, q, []string{stream}, now)
		if m := found[stream]; err != nil || m != nil {
			return m, err
		}
	}
	return nil, NotFound()
}

// year is after how many days a matter is worked out again in any case.
const year = 366

// Timers are those that a matter asks for. One is always there, so that it is
// known which were worked out.
func (m *Matter) Timers(now time.Time) []store.Timer {
	again := ocop.DateOf(now) + year
	if m.Next != 0 {
		again = m.Next
	}
	return append(chasing(m.Deadlines(), m.Marks, store.Timer{Matter: m.ID}, now), store.Timer{Matter: m.ID, Kind: store.TimerReckon, DueAt: again.Start()})
}

// Due is the nearest open deadline.
func (m *Matter) Due() *ocop.Date { return calendar.Next(m.Deadlines()) }

// Deadlines are those of the matter, without whom they are for.
func (m *Matter) Deadlines() []calendar.Due {
	out := make([]calendar.Due, len(m.Dues))
	for i, due := range m.Dues {
		out[i] = due.Due
	}
	return out
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
		list, err := store.Unreckoned(ctx, d.DB, page)
		if err != nil {
			return err
		}
		timers := make([]store.Timer, len(list))
		for i, id := range list {
			timers[i] = store.Timer{Matter: id, Kind: store.TimerReckon}
		}
		n, err := d.seeTo(ctx, timers, d.calls)
		if err != nil {
			return err
		}
		if n == 0 || len(list) < page {
			d.reckoned.Store(true)
			return nil
		}
	}
}

// calls is what a timer of a matter asks for.
func (d *Desk) calls(t store.Timer) commit.Act {
	lock := t.Matter
	if id := store.PetitionOf(t.Matter); id != "" {
		lock = "petition:" + id
	}
	return commit.Act{Kind: calling{d}, Ask: t, Locks: []string{lock}}
}

// calling is the kind of act that says something about deadlines of matters, as
// marking does of products.
type calling struct{ *Desk }

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
		state := &marked{timer: t, now: now}
		out[i].State, out[i].Drafts = state, []ledger.Draft{callDraft(t)}
		switch {
		case m == nil:
			continue
		case m.Missing: // the timer waits for its procedure
			out[i] = commit.Outcome{Fault: fault.New(fault.Conflict, "procedure_missing", "Quy trình của hồ sơ này không còn được nạp.", "The procedure of this case is not loaded.")}
			continue
		}
		if t.Kind == store.TimerReckon {
			state.again = &replanned{m.Due(), m.Timers(now)}
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
	o := gathered(placed, func(t store.Timer) string { return t.Matter })
	petitions := map[string]*ocop.Date{}
	for stream, due := range o.due {
		if id := store.PetitionOf(stream); id != "" {
			petitions[id] = due
		}
	}
	if err := store.DropMatterTimers(ctx, tx, o.seen); err != nil {
		return err
	}
	if err := store.SetPetitionsDue(ctx, tx, petitions); err != nil {
		return err
	}
	if err := store.ReplaceMatterTimers(ctx, tx, o.now, o.again, o.timers); err != nil {
		return err
	}
	return store.InsertMatterMarks(ctx, tx, o.marks)
}

// IsCampaign reports whether a matter is what a campaign asks of organisations.
func IsCampaign(stream string) bool { return strings.HasPrefix(stream, CampaignStream) }

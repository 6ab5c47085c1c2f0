package casework

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// agenda is what time asks of a product: its deadlines, the nearest open one,
// and the timers that follow.
type agenda struct {
	dues   []calendar.Due
	due    *ocop.Date
	timers []store.Timer
}

// agenda works out the deadlines of a dossier as it stands.
func (d *Desk) agenda(x *dossier, now time.Time) (agenda, error) {
	today := ocop.DateOf(now)
	rules, err := d.rules(x, today)
	if err != nil {
		return agenda{}, err
	}
	s, facts := x.subject(rules), x.facts(today, "")
	k := workflow.Reckoning{ID: cmp.Or(x.product.Round, x.product.ID), Days: d.Days(rules.Calendar), Known: today}
	dues, next := rules.Dues(s, facts, k)
	practice := d.LapseDays
	if practice == nil {
		practice = LapseDays
	}
	warnings, instead, again := d.warningDues(x, today)
	dues = slices.DeleteFunc(dues, func(due calendar.Due) bool { return due.Notice && slices.Contains(instead, due.Code) })
	if again != 0 && (next == 0 || again < next) {
		next = again
	}
	dues = slices.Concat(x.asked(rules, k, today), dues, x.remedyDues(), x.lapseDues(rules, practice), x.originalDues(), warnings)
	for i := range dues {
		x.extended(&dues[i])
		dues[i].Overdue = dues[i].Open() && today > dues[i].LastDay
	}
	slices.SortStableFunc(dues, func(a, b calendar.Due) int { return cmp.Compare(a.LastDay, b.LastDay) })
	a := agenda{dues: dues, due: calendar.Next(dues)}
	a.timers = x.timers(rules, dues, next, now)
	return a, nil
}

// asked are the deadlines of the campaign that a product can meet.
func (x *dossier) asked(rules *workflow.Rules, k workflow.Reckoning, today ocop.Date) []calendar.Due {
	if len(x.plan.Deadlines) == 0 {
		return nil
	}
	done := x.done(today)
	var out []calendar.Due
	for _, deadline := range x.plan.Deadlines {
		if !deadline.OfProducts() || !deadline.Applies(x.track()) {
			continue
		}
		due := deadline.Due(x.product.Plan, done)
		due.Extend, due.Chase = rules.Extend, rules.Chase
		due.Rest = k.Rest(due.LastDay)
		out = append(out, due)
	}
	return out
}

// done is what the product has behind it in its campaign, each by the day on
// which it was done first; of documents, those that count today.
func (x *dossier) done(today ocop.Date) calendar.Done {
	done := calendar.Done{Events: map[ocop.Event]ocop.Date{}, Documents: map[string]ocop.Date{}, Inspected: x.inspectedOn(today)}
	for _, a := range x.acts {
		if day := ocop.DateOf(a.At); x.ours(a.Round, a.Campaign) {
			if first, known := done.Events[a.Event]; !known || day < first {
				done.Events[a.Event] = day
			}
		}
	}
	for _, d := range x.documents {
		if day := ocop.DateOf(d.UploadedAt); d.ValidOn(today) {
			if first, known := done.Documents[d.Kind]; !known || day < first {
				done.Documents[d.Kind] = day
			}
		}
	}
	for _, kind := range x.validKinds(today) {
		if _, known := done.Documents[kind]; !known {
			done.Documents[kind] = 0 // kept as data, without a day of its own
		}
	}
	return done
}

// extended puts the last day off that somebody allowed.
func (x *dossier) extended(due *calendar.Due) {
	if e, ok := x.extensions[due.ID]; ok && e.LastDay > due.LastDay {
		due.Was, due.LastDay = &e.Was, e.LastDay
	}
}

// timers that the product's state and its deadlines ask for.
func (x *dossier) timers(rules *workflow.Rules, dues []calendar.Due, next ocop.Date, now time.Time) []store.Timer {
	p := x.product
	out := x.falling(rules)
	if next != 0 {
		out = append(out, store.Timer{Product: p.ID, Kind: store.TimerReckon, DueAt: next.Start()})
	}
	return append(out, chasing(dues, x.marks, store.Timer{Product: p.ID}, now)...)
}

// chasing are the timers that deadlines ask for, of a product or a matter.
func chasing(dues []calendar.Due, said []store.Mark, of store.Timer, now time.Time) (out []store.Timer) {
	for _, due := range dues {
		if due.Met {
			continue
		}
		add := func(kind store.TimerKind, days int, day ocop.Date, past bool) {
			t := of
			t.Kind, t.Deadline, t.Days, t.LastDay, t.DueAt = kind, due.ID, days, &due.LastDay, day.Start()
			if !wasSaid(said, t) && (past || t.DueAt.After(now)) {
				out = append(out, t)
			}
		}
		for _, n := range due.Chase.Remind {
			add(store.TimerRemind, n, due.LastDay-ocop.Date(n), due.Notice && n == 0 || (due.Lapses || due.Source == ofWarning) && n == due.Reached(ocop.DateOf(now)))
		}
		if due.Notice && !due.Lapses {
			continue
		}
		add(store.TimerOverdue, 0, due.LastDay+1, true)
		if n := due.Chase.Escalate; n != nil {
			add(store.TimerEscalate, *n, due.LastDay+1+ocop.Date(*n), true)
		}
	}
	return out
}

// falling are the moves that time alone will make.
func (x *dossier) falling(rules *workflow.Rules) []store.Timer {
	p, k := x.product, x.certificate
	state, _ := rules.States.Get(string(p.State))
	var out []store.Timer
	for _, t := range state.Timers {
		if t.At == "certificate.ends" && k != nil {
			out = append(out, store.Timer{Product: p.ID, Kind: store.TimerEvent, Event: t.Event, DueAt: (k.LastDay + 1).Start(), Version: p.Version})
		}
	}
	return out
}

// wasSaid reports whether this was said before about the deadline's last day.
func wasSaid(said []store.Mark, t store.Timer) bool {
	return slices.ContainsFunc(said, func(m store.Mark) bool {
		return m.Deadline == t.Deadline && m.Kind == t.Kind && m.Days == t.Days && m.LastDay == *t.LastDay
	})
}

// save writes a product's nearest deadline and its timers.
func (a agenda) save(ctx context.Context, tx *sqldb.Tx, product string, now time.Time) error {
	if err := store.SetDue(ctx, tx, map[string]*ocop.Date{product: a.due}); err != nil {
		return err
	}
	return store.ReplaceTimers(ctx, tx, now, []string{product}, a.timers)
}

package workflow

import (
	"fmt"
	"slices"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
)

// Happened is a move of the open round, or of the product where none is open.
type Happened struct {
	Event ocop.Event
	Day   ocop.Date
}

// Reckoning is what deadlines are worked out with.
type Reckoning struct {
	ID    string         // before the deadline's code, to name it: a round's or a product's
	Days  *calendar.Days // of working days; nil counts none
	Known ocop.Date      // up to which announcements of days off are known: today
}

// Dues are the procedure's deadlines for a product, worked out. A limit that
// has not started, or is not shown yet, is left out; next is the day on which
// another one will appear by itself, 0 when none will.
func (r *Rules) Dues(s Subject, facts Facts, k Reckoning) (out []calendar.Due, next ocop.Date) {
	facts = r.complete(facts, s, Form{}, k.Known)
	for code, d := range r.Deadlines.All() {
		if !slices.Contains(d.Tracks, s.Track) || len(d.States) > 0 && !slices.Contains(d.States, s.State) {
			continue
		}
		start, since, ok := d.start(s, facts)
		if !ok {
			continue
		}
		if day := d.appears(start); day > k.Known {
			if next == 0 || day < next {
				next = day
			}
			continue
		}
		due, ok := r.reckon(d, start, s.Level, k)
		if !ok {
			continue
		}
		due.ID, due.Code, due.Met, due.Notice = k.ID+"."+code, code, d.met(s.Done[since:], facts), d.Meets == nil
		due.Rest = k.Rest(due.LastDay)
		out = append(out, due)
	}
	return out, next
}

// start is the day from which the limit is counted, and how many of the moves
// came up to then.
func (d DeadlineRule) start(s Subject, facts Facts) (day ocop.Date, since int, ok bool) {
	if len(d.After) > 0 {
		for i, h := range slices.Backward(s.Done) {
			if slices.Contains(d.After, h.Event) {
				day, since, ok = h.Day, i+1, true
				break
			}
		}
		if !ok {
			return 0, 0, false
		}
	}
	if d.Around != "" {
		n, there := facts[d.Around].(int64)
		return ocop.Date(n), since, there
	}
	return day, since, ok
}

// appears is the day from which the limit is shown.
func (d DeadlineRule) appears(start ocop.Date) ocop.Date {
	day := ocop.Date(-farAway)
	if d.Appears != nil {
		day = start + ocop.Date(*d.Appears)
	}
	if d.Since != nil {
		day = max(day, *d.Since)
	}
	return day
}

func (d DeadlineRule) met(done []Happened, facts Facts) bool {
	if d.Meets == nil {
		return false
	}
	have := calendar.Done{Events: map[ocop.Event]ocop.Date{}, Documents: map[string]ocop.Date{}}
	for _, h := range done {
		have.Events[h.Event] = h.Day
	}
	kinds, _ := facts["documents.valid"].([]string)
	for _, k := range kinds {
		have.Documents[k] = 0
	}
	if held, _ := facts["inspection.held"].(bool); held {
		have.Inspected = new(ocop.Date)
	}
	_, met := calendar.Deadline{Meets: *d.Meets}.Met(have)
	return met
}

// reckon counts the limit.
func (r *Rules) reckon(d DeadlineRule, start ocop.Date, level ocop.Level, k Reckoning) (calendar.Due, bool) {
	c := &calendar.Count{From: start}
	due := calendar.Due{Title: d.Title, Source: "procedure", Kind: calendar.By, Count: c, Legal: d.Legal, Note: d.Note,
		Verified: d.Verified != nil && *d.Verified && !r.unverified(), Extend: d.Extend, Chase: r.Chase}
	for _, role := range d.Who {
		due.Who = append(due.Who, string(role))
	}
	if d.Chase != nil {
		due.Chase = *d.Chase
	}
	switch {
	case d.Days != nil:
		c.Unit, c.N, due.Date = calendar.CivilDays, *d.Days, start+ocop.Date(*d.Days)
	case d.Months != nil:
		c.Unit, c.N, due.Date = calendar.Months, *d.Months, start.AddMonths(*d.Months)
	case d.WorkingDays != nil && k.Days != nil:
		c.Unit, c.N = calendar.WorkingDays, *d.WorkingDays
		due.Date, c.Steps = k.Days.Count(start, c.N, k.Known)
	case d.Batch:
		held, ok := r.HeldBefore(level, start)
		if !ok {
			return due, false
		}
		c.Unit, due.Date, due.Kind = calendar.BatchDay, held, calendar.Before
	default:
		return due, false
	}
	due.LastDay = due.Date
	if due.Kind == calendar.Before {
		due.LastDay--
	}
	return due, true
}

// Rest says why a day is one of rest, as far as is known.
func (k Reckoning) Rest(day ocop.Date) *ocop.Text {
	if k.Days == nil {
		return nil
	}
	if why := k.Days.Rest(day, k.Known); !why.IsZero() {
		return &why
	}
	return nil
}

// HeldBefore is the day before which the council of a level sits that takes
// requests made on a day: the first batch whose cut-off lies after it. Both
// days are exclusive ("trước ngày").
func (r *Rules) HeldBefore(level ocop.Level, requested ocop.Date) (ocop.Date, bool) {
	level = r.LevelName(level)
	var best, held ocop.Date
	for _, b := range r.Batches {
		if b.Level != level {
			continue
		}
		for year := requested.Year(); year <= requested.Year()+1; year++ {
			if d, ok := b.in(year); ok && d.RequestedBefore > requested && (best == 0 || d.RequestedBefore < best) {
				best, held = d.RequestedBefore, d.HeldBefore
			}
		}
	}
	return held, best != 0
}

// LevelName is the level itself, or the first one for a product without a round.
func (r *Rules) LevelName(level ocop.Level) ocop.Level {
	if level == "" {
		return r.FirstLevel()
	}
	return level
}

func dayOfYear(day string, year int) (ocop.Date, error) {
	return ocop.ParseDate(fmt.Sprintf("%04d-%s", year, day))
}

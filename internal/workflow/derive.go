package workflow

import (
	"fmt"
	"maps"

	"ocopflow/internal/ocop"
)

// complete adds what follows from the procedure itself, the form and the day to
// the facts that were gathered.
func (r *Rules) complete(facts Facts, s Subject, form Form, today ocop.Date) Facts {
	out := make(Facts, len(facts)+len(form.Values)+16) // it need not grow
	maps.Copy(out, facts)
	out["today"] = int64(today)
	for name, v := range form.Values {
		out["form."+name] = v
	}
	if n := assessed(form); n > 0 || out["assessment.topics"] == nil {
		out["assessment.topics"] = n
	}
	if s.Track != ocop.NoTrack {
		if end := r.RunsUntil(s.Track); end != nil {
			out["round.rules_end"] = int64(*end)
		}
	}
	i := r.LevelIndex(s.Level)
	recognises := []int64{}
	for _, l := range r.Levels[:min(i+1, len(r.Levels))] {
		for _, stars := range l.Recognises {
			recognises = append(recognises, int64(stars))
		}
	}
	out["level.recognises"] = recognises
	if i < len(r.Levels) {
		if from := r.Levels[i].ForwardsFrom; from > 0 {
			out["level.forwards_from"] = int64(from)
		}
		if s.Track != ocop.NoTrack {
			out["round.level"] = string(r.Levels[i].Level)
			out["round.last_level"] = i == len(r.Levels)-1
		}
	}
	if k := r.Council; k != nil {
		part, whole, _ := fraction(k.Quorum)
		out["council.quorum_part"], out["council.quorum_whole"], out["council.max_spread"] = part, whole, int64(k.MaxSpread)
	}
	return out
}

// topics are the four that a commune assesses (Decision 26/2026, art. 5, and
// form 03): the fields of a form that bear these names.
var topics = []string{"local_origin", "local_labour", "idea_origin", "local_identity"}

// assessed counts the topics that a form answers.
func assessed(f Form) (n int64) {
	for _, name := range topics {
		if _, ok := f.Values[name]; ok {
			n++
		}
	}
	return n
}

// Assessment are the commune's verdicts in a form, by topic.
func (r *Rules) Assessment(f Form) map[string]string {
	out := map[string]string{}
	for _, name := range topics {
		if v, ok := f.Values[name]; ok {
			out[name] = fmt.Sprint(v)
		}
	}
	return out
}

// RunsUntil is the last day by which running rounds of a track must have ended;
// nil when the procedure sets none.
func (r *Rules) RunsUntil(track ocop.Track) *ocop.Date {
	if t, ok := r.Tracks.Get(string(track)); ok && t.Until != nil {
		return t.Until
	}
	return r.Legal.Until
}

// LevelIndex is the place of a level, the lowest being 0; an unknown or empty
// level stands for the first.
func (r *Rules) LevelIndex(level ocop.Level) int {
	for i, l := range r.Levels {
		if l.Level == level {
			return i
		}
	}
	return 0
}

// FirstLevel is where rounds begin that have no certificate behind them.
func (r *Rules) FirstLevel() ocop.Level {
	if len(r.Levels) == 0 {
		return ""
	}
	return r.Levels[0].Level
}

// NextLevel is the level above, or the same when there is none.
func (r *Rules) NextLevel(level ocop.Level) ocop.Level {
	if i := r.LevelIndex(level); i+1 < len(r.Levels) {
		return r.Levels[i+1].Level
	}
	return level
}

// RecognisedBy is the level that recognises so many stars, "" when none does.
func (r *Rules) RecognisedBy(stars int) ocop.Level {
	for _, l := range r.Levels {
		for _, s := range l.Recognises {
			if s == stars {
				return l.Level
			}
		}
	}
	return ""
}

// BandStars is the band that the mean of n sheets falls into, compared as
// sum ≥ bound·n in whole numbers (Decision 26/2026, art. 3.3: bands "from … to
// under …" of the mean; nothing is rounded). 0 without sheets.
func (r *Rules) BandStars(sum, n int64) int {
	if n <= 0 {
		return 0
	}
	for _, b := range r.Bands {
		if sum >= int64(b.From)*n {
			return b.Stars
		}
	}
	return 0
}

// BandFrom is the lowest mean of a band; false when no band gives those stars.
func (r *Rules) BandFrom(stars int) (int64, bool) {
	for _, b := range r.Bands {
		if b.Stars == stars {
			return int64(b.From), true
		}
	}
	return 0, false
}

// Floors says when a floor is met by several sheets: mean, unless the procedure
// says otherwise.
func (r *Rules) Floors() string {
	if r.Council == nil || r.Council.Floors == "" {
		return "mean"
	}
	return r.Council.Floors
}

// Quorum is the least number of sheets of so many who may score. The fraction
// is the procedure's; 3/4 is that of Tây Ninh's regulations.
func (r *Rules) Quorum(entitled int64) int64 {
	if r.Council == nil {
		return entitled
	}
	part, whole, ok := fraction(r.Council.Quorum)
	if !ok {
		return entitled
	}
	return (entitled*part + whole - 1) / whole
}

// SheetsVerified reports whether score sheets of a decision are the procedure's
// own: older regimes borrow those of a later one, which is not verified.
func (r *Rules) SheetsVerified(decision string) bool {
	return r.Legal.Act == decision && !r.unverified()
}

// LastDay is the last day of a certificate issued on day: so many civil months
// on, that day included, never moved by a weekend.
func (r *Rules) LastDay(issued ocop.Date) ocop.Date {
	if r.Certificate == nil {
		return issued
	}
	last := issued.AddMonths(r.Certificate.Months)
	if r.Certificate.LastDay == "exclusive" {
		last--
	}
	return last
}

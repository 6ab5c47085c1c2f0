// Package forecast estimates how many products reach a state before a day, from
// how long earlier ones stayed in each state and where they went then. It is
// pure: no clock, no database, the same answer for the same seed. What counts
// as reached, and against which target, is package campaign's.
//
// The method is a semi-Markov process without a formula for its durations: each
// run draws, for every track and state, a weighting of the stays that were seen
// (the Bayesian bootstrap), lets every product walk by stays drawn from them,
// the first conditioned on the days it has been there already, and counts. The
// range is taken over the runs, so that it holds both chance and what a short
// history leaves open. Stays that are not over count as at least so long
// (Kaplan and Meier's estimate). Products are taken as independent of each other.
package forecast

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ocopflow/internal/ocop"
)

// Stay is the time that a product spent in a state of a track.
type Stay struct {
	Track ocop.Track
	State ocop.State
	Next  ocop.State // where it went; "" while it is still there
	Days  float64
}

// Subject is a product whose way is foreseen.
type Subject struct {
	Track   ocop.Track
	State   ocop.State
	Elapsed float64 // days in the state
}

// Verdict is how a walk ended.
type Verdict uint8

// A walk reached the goal in time, did not, or came where too little is known.
const (
	No Verdict = iota
	Yes
	Unknown
)

// Enough are the stays of a state, over, below which nothing is said from them.
const Enough = 5

// newest bounds the stays of a state that are looked at; they come newest first.
const newest = 400

// maxSteps bounds a walk, so that products sent back again and again end.
const maxSteps = 60

// Model knows the stays of the past.
type Model struct {
	goal  ocop.State
	over  []ocop.State
	stays map[place][]Stay // sorted by days
	ended map[place]int    // of them, those that are over
}

type place struct {
	track ocop.Track
	state ocop.State
}

// New makes a model of stays, the newest first. Goal is the state to reach;
// those in over end a walk without it.
func New(stays []Stay, goal ocop.State, over ...ocop.State) *Model {
	m := &Model{goal: goal, over: over, stays: map[place][]Stay{}, ended: map[place]int{}}
	for _, s := range stays {
		for _, at := range []place{{s.Track, s.State}, {"", s.State}} { // of the track, and of all
			if len(m.stays[at]) == newest {
				continue
			}
			m.stays[at] = append(m.stays[at], s)
			if s.Next != "" {
				m.ended[at]++
			}
		}
	}
	for _, list := range m.stays {
		slices.SortStableFunc(list, func(a, b Stay) int { return cmp.Compare(a.Days, b.Days) })
	}
	return m
}

// Stays says how many stays that are over are known of a state: of the track
// where they are enough, of all tracks otherwise.
func (m *Model) Stays(track ocop.Track, state ocop.State) int {
	return m.ended[m.source(place{track, state})]
}

// source is where the stays of a state are taken from.
func (m *Model) source(at place) place {
	if m.ended[at] >= Enough {
		return at
	}
	return place{"", at.state}
}

// Walk lets every subject walk for so many days, runs times, and hands over what
// became of each; the slice is used again.
func (m *Model) Walk(subjects []Subject, days float64, runs int, seed uint64, each func([]Verdict)) {
	verdicts := make([]Verdict, len(subjects))
	for run := range runs {
		r := world{Model: m, rand: rand.New(rand.NewPCG(seed, uint64(run))), drawn: map[place]*weighting{}}
		for i, s := range subjects {
			verdicts[i] = r.walk(s, days)
		}
		each(verdicts)
	}
}

// world is one run: a world in which the weightings are what they are.
type world struct {
	*Model
	rand  *rand.Rand
	drawn map[place]*weighting
}

func (r *world) walk(s Subject, left float64) Verdict {
	elapsed := s.Elapsed
	for range maxSteps {
		switch {
		case s.State == r.goal:
			return Yes
		case slices.Contains(r.over, s.State):
			return No
		}
		stay, known := r.at(s.Track, s.State).draw(r.rand, elapsed)
		if !known {
			return Unknown
		}
		if left -= stay.Days - elapsed; left < 0 {
			return No
		}
		s.State, elapsed = stay.Next, 0
	}
	return No
}

func (r *world) at(track ocop.Track, state ocop.State) *weighting {
	from := r.source(place{track, state})
	w := r.drawn[from]
	if w == nil {
		w = new(weighting)
		if r.ended[from] >= Enough {
			w = weigh(r.stays[from], r.rand)
		}
		r.drawn[from] = w
	}
	return w
}

package workflow

import (
	"cmp"
	"slices"

	"ocopflow/internal/ocop"
)

// Step is a move of a way: an event, and the state that it leads to.
type Step struct {
	Event ocop.Event `json:"event"`
	To    ocop.State `json:"to"`
}

// Way is the shortest series of moves by which something in a track, in a state,
// comes to the goal: the first possible now, the last the one that reaches it.
// Where no round is open it begins with the event that opens one of that track.
// Nil when there is no way.
func (r *Rules) Way(track ocop.Track, state ocop.State, open bool) []Step {
	here, goal := node{track, state}, node{ocop.NoTrack, r.goal()}
	if !open {
		here.track = ocop.NoTrack
	}
	forward, ways := r.forward(), map[node][]Step{here: {}}
	for todo := []node{here}; len(todo) > 0; todo = todo[1:] {
		n := todo[0]
		for _, rule := range forward[n] {
			to := rule.target(question{n.track, n.state, rule.event})
			way := append(slices.Clone(ways[n]), Step{rule.event, to.state})
			if to == goal && n != goal {
				return way
			}
			if _, seen := ways[to]; !seen && to.track == track {
				ways[to], todo = way, append(todo, to)
			}
		}
	}
	return nil
}

// StatesToGoal are the states from where a round of a track begins to the goal.
func (r *Rules) StatesToGoal(track ocop.Track) []ocop.State {
	t, _ := r.Tracks.Get(string(track))
	out := []ocop.State{t.Entry}
	for _, step := range r.Way(track, t.Entry, true) {
		out = append(out, step.To)
	}
	return out
}

// Depths say how many moves a round of a track needs at least before each event
// is possible; the event that opens the round has 0.
func (r *Rules) Depths(track ocop.Track) map[ocop.Event]int {
	t, _ := r.Tracks.Get(string(track))
	begin, forward := node{track, t.Entry}, r.forward()
	at, out := map[node]int{begin: 1}, map[ocop.Event]int{}
	for _, rules := range forward {
		for _, rule := range rules {
			if rule.arm.Opens == track {
				out[rule.event] = 0
			}
		}
	}
	for todo := []node{begin}; len(todo) > 0; todo = todo[1:] {
		n := todo[0]
		for _, rule := range forward[n] {
			if _, known := out[rule.event]; !known {
				out[rule.event] = at[n]
			}
			to := rule.target(question{n.track, n.state, rule.event})
			if _, seen := at[to]; !seen && to.track == track {
				at[to], todo = at[n]+1, append(todo, to)
			}
		}
	}
	return out
}

// forward are the rules that lead on from each node, by their events: moves that
// are nobody's task, such as sending back, are left aside.
func (r *Rules) forward() map[node][]*rule {
	out := map[node][]*rule{}
	for q, rule := range r.arms {
		if t, _ := r.Transitions.Get(string(rule.event)); !t.Aside {
			out[q.node()] = append(out[q.node()], rule)
		}
	}
	for _, rules := range out {
		slices.SortFunc(rules, func(a, b *rule) int { return cmp.Compare(a.event, b.event) })
	}
	return out
}

// Issues reports whether an event issues a certificate.
func (r *Rules) Issues(event ocop.Event) bool {
	t, _ := r.Transitions.Get(string(event))
	return slices.Contains(t.Do, IssueCertificate) || slices.ContainsFunc(t.Arms, func(a Arm) bool { return slices.Contains(a.Do, IssueCertificate) })
}

// Resting reports whether no round is open in a state.
func (r *Rules) Resting(state ocop.State) bool {
	s, _ := r.States.Get(string(state))
	return s.Resting || s.Final
}

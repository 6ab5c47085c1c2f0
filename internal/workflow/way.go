package workflow

import (
	"slices"

	"ocopflow/internal/ocop"
)

// Way is the shortest series of events by which a product of a track, in a
// state, comes to a certificate: the first event possible now, the last the one
// that issues it. Of a product without an open round it begins with the event
// that opens one. Nil when there is no way.
func (r *Rules) Way(track ocop.Track, state ocop.State, open bool) []ocop.Event {
	type at struct {
		state ocop.State
		open  bool
	}
	here := at{state, open}
	way := map[at][]ocop.Event{here: {}}
	for queue := []at{here}; len(queue) > 0; queue = queue[1:] {
		x := queue[0]
		for name, t := range r.Transitions.All() {
			if t.Aside {
				continue
			}
			for _, a := range t.Arms {
				if !slices.Contains(a.From, x.state) || a.To == "" || x.open && !slices.Contains(a.Tracks, track) || !x.open && a.Opens != track {
					continue
				}
				on := append(slices.Clone(way[x]), ocop.Event(name))
				if slices.Contains(t.Do, IssueCertificate) || slices.Contains(a.Do, IssueCertificate) {
					return on
				}
				next := at{a.To, true}
				if _, seen := way[next]; !seen && !a.Closes {
					way[next] = on
					queue = append(queue, next)
				}
			}
		}
	}
	return nil
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

package workflow

import (
	"slices"

	"ocopflow/internal/ocop"
)

// Needed is a kind of document that the way of a round asks for.
type Needed struct {
	Kind  string
	Rule  DocumentRule
	Moves []ocop.Event // that ask for it
}

// Checklist are the documents that the moves of a track ask for, in the order
// in which the procedure names the moves. Outside a round nothing is asked.
func (r *Rules) Checklist(track ocop.Track) []Needed {
	var out []Needed
	add := func(kind, event string) {
		i := slices.IndexFunc(out, func(n Needed) bool { return n.Kind == kind })
		if i < 0 {
			rule, _ := r.Documents.Get(kind)
			out, i = append(out, Needed{Kind: kind, Rule: rule}), len(out)
		}
		if !slices.Contains(out[i].Moves, ocop.Event(event)) {
			out[i].Moves = append(out[i].Moves, ocop.Event(event))
		}
	}
	for event, t := range r.Transitions.All() {
		for _, arm := range t.Arms {
			if track == ocop.NoTrack || !slices.Contains(arm.Tracks, track) {
				continue
			}
			for _, kind := range slices.Concat(t.Needs, arm.Needs) {
				add(kind, event)
			}
		}
	}
	return out
}

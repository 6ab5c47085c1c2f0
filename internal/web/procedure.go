package web

import (
	"slices"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// procedure gives titles out of rules; without rules, names stand for themselves.
type procedure struct{ *workflow.Rules }

func plain[T ~string](name T) ocop.Text { return ocop.Text{Vi: string(name), En: string(name)} }

func (r procedure) state(s ocop.State) ocop.Text {
	if r.Rules != nil {
		if x, ok := r.States.Get(string(s)); ok {
			return x.Title
		}
	}
	return plain(s)
}

func (r procedure) track(t ocop.Track) ocop.Text {
	if r.Rules != nil {
		if x, ok := r.Tracks.Get(string(t)); ok && !x.Title.IsZero() {
			return x.Title
		}
	}
	return plain(t)
}

func (r procedure) role(name ocop.Role) ocop.Text {
	if r.Rules != nil {
		if x, ok := r.Roles.Get(string(name)); ok {
			return x.Title
		}
	}
	return plain(name)
}

func (r procedure) event(name string) (ocop.Text, bool) {
	if r.Rules != nil {
		if x, ok := r.Transitions.Get(name); ok {
			return x.Title, true
		}
	}
	return plain(name), false
}

// reason is what a guard of the event says when it does not hold.
func (r procedure) reason(event, code string) (ocop.Text, bool) {
	if r.Rules == nil {
		return ocop.Text{}, false
	}
	t, _ := r.Transitions.Get(event)
	guards := slices.Clone(t.When)
	for _, a := range t.Arms {
		guards = append(guards, a.When...)
	}
	for _, g := range guards {
		if g.Code == code {
			return g.Else, true
		}
	}
	return ocop.Text{}, false
}

// EventTitle names a move for the page of procedures.
func (r procedure) EventTitle(name string, lang ocop.Lang) string {
	t, _ := r.event(name)
	return t.In(lang)
}

// Unverified are the notes of a move's rules that were not seen in a source.
func (r procedure) Unverified(name string) []ocop.Text {
	t, _ := r.Transitions.Get(name)
	var out []ocop.Text
	if t.Verified != nil && !*t.Verified {
		out = append(out, t.Note)
	}
	for _, g := range t.When {
		if !g.Verified {
			note := g.Note
			if note.IsZero() {
				note = g.Else
			}
			out = append(out, note)
		}
	}
	return out
}

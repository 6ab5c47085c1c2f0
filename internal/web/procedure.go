package web

import (
	"net/http"
	"slices"

	"ocopflow/internal/casework"
	"ocopflow/internal/draw"
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

// Unseen are the rules that were not seen in a source, with the reasons.
func (r procedure) Unseen() []workflow.Finding {
	return slices.DeleteFunc(slices.Clone(r.Warnings), func(f workflow.Finding) bool { return f.Code != "unverified" })
}

// Legality is what a move rests on.
func (r procedure) Legality(name string) string {
	t, _ := r.Transitions.Get(name)
	return t.Legal
}

// limit is a deadline of the procedure, for people.
type limit struct {
	workflow.DeadlineRule
	Length ocop.Text
}

// Limits that the procedure sets.
func (r procedure) Limits() []limit {
	var out []limit
	for _, d := range r.Deadlines.All() {
		out = append(out, limit{d, r.Length(d)})
	}
	return out
}

// Formats in which it can be drawn.
func (procedure) Formats() []string { return draw.Formats }

// procedureBody is one procedure with what changed since the version before it.
type procedureBody struct {
	procedure
	Before  string
	Changes []workflow.Change
}

func (s *Site) procedures(p *page) error {
	var list []procedure
	for _, r := range slices.Backward(s.Library.All()) {
		list = append(list, procedure{r})
	}
	return p.show("procedures", p.T("procedures"), list)
}

func (s *Site) procedure(p *page) error {
	r := s.Library.Pinned(p.c.Param("name"), p.c.Param("version"))
	if r == nil {
		return casework.NotFound()
	}
	body := procedureBody{procedure: procedure{r}}
	for _, old := range s.Library.All() {
		if old.Name == r.Name && old.Legal.Effective < r.Legal.Effective {
			body.Before, body.Changes = old.Version, workflow.Diff(old, r)
		}
	}
	return p.show("procedure", r.Title.In(p.L()), body)
}

func (s *Site) procedureGraph(p *page) error {
	r := s.Library.Pinned(p.c.Param("name"), p.c.Param("version"))
	if r == nil {
		return casework.NotFound()
	}
	return p.picture(draw.Scene{Rules: r, Lang: p.L()})
}

func (s *Site) productGraph(p *page) error {
	rules, now, path, err := s.Desk.Way(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	return p.picture(draw.Scene{Rules: rules, Lang: p.L(), Now: now, Path: path})
}

func (p *page) picture(s draw.Scene) error {
	body, media, err := s.Draw(p.ctx, "svg")
	if err != nil {
		return err
	}
	p.c.Writer.Header().Set("Cache-Control", "no-store")
	p.c.Data(http.StatusOK, media, body)
	return nil
}

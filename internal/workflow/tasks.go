package workflow

import (
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

// Tasks are the states of rounds in which somebody can have something to do who
// holds such roles: a way forward to take, or to put right what one lacks. It
// may name a state too many, but leaves none out. Two things can happen in any
// state and are not reckoned: that a proposal waits to be decided on, and that the
// office can say of which commune a product is.
func (r *Rules) Tasks(holds func(ocop.Role) bool) []ocop.State {
	var out []ocop.State
	for q, rule := range r.arms {
		if q.track != ocop.NoTrack && !slices.Contains(out, q.state) && slices.ContainsFunc(r.hands(rule), holds) {
			out = append(out, q.state)
		}
	}
	slices.Sort(out)
	return out
}

// hands are the roles that take a way forward, and those that are named first
// among who can cure what stands against it.
func (r *Rules) hands(rule *rule) (roles []ocop.Role) {
	t, _ := r.Transitions.Get(string(rule.event))
	if t.Aside || t.Quiet && rule.judges("proposal.open") {
		return nil
	}
	cures := func(by []ocop.Role) {
		if len(by) > 0 && !t.Quiet {
			roles = append(roles, by[0])
		}
	}
	for _, role := range rule.arm.By {
		roles = append(roles, r.Held(role))
	}
	if len(rule.windows) > 0 {
		cures(rule.arm.By)
	}
	for _, kind := range rule.needs {
		d, _ := r.Documents.Get(kind)
		cures(d.By)
	}
	for _, g := range rule.guards {
		if !g.form { // judged once the form is there
			cures(g.CureBy)
		}
	}
	return slices.DeleteFunc(roles, func(role ocop.Role) bool { return role == access.System })
}

// judges reports whether a guard looks at a fact.
func (r *rule) judges(fact string) bool {
	return slices.ContainsFunc(r.guards, func(g guard) bool { return slices.Contains(g.test.reads, fact) })
}

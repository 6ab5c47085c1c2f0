package workflow

import (
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// ownCase is why a delegated role cannot be used: the delegate has a part in the
// product itself, or the delegator could not have made the move.
func (r *Rules) ownCase(rule *rule, s Subject, actor access.Actor, used access.Grant) []fault.Reason {
	if used.For == "" {
		return nil
	}
	var out []fault.Reason
	for _, e := range rule.apart {
		if slices.Contains(s.Acted[e], used.For) && !slices.Contains(s.Acted[e], actor.ID) {
			out = append(out, r.samePerson(rule, e))
		}
	}
	if r.actedForProducer(s, actor.ID) || belongs(s, actor, used) {
		out = append(out, fault.Reason{
			Code: "own_case", Who: true, Verified: true, CureBy: rule.arm.By, Actual: string(used.Role), Required: "another person",
			Message: ocop.Text{
				Vi: "Người được ủy quyền không được dùng quyền đó cho hồ sơ của chính mình, của cơ sở hoặc của xã mình.",
				En: "A delegate may not use the role on a case of their own, of their producer or of their commune.",
			},
		})
	}
	return out
}

// actedForProducer reports whether a person made a move of this round that is
// the producer's to make.
func (r *Rules) actedForProducer(s Subject, person string) bool {
	for event, people := range s.Acted {
		t, ok := r.Transitions.Get(string(event))
		if ok && slices.Contains(people, person) && slices.ContainsFunc(t.Arms, func(a Arm) bool { return slices.Contains(a.By, access.Producer) }) {
			return true
		}
	}
	return false
}

// belongs reports whether the actor is of the product's producer or, unless the
// commune's own role is used, of its commune.
func belongs(s Subject, actor access.Actor, used access.Grant) bool {
	for _, g := range actor.Grants {
		owner := g.Role == access.Producer && s.Places[ScopeProducer].Within(g.Path)
		commune := used.Role != access.Commune && s.Places[ScopeCommune] != "" && g.Path.Within(s.Places[ScopeCommune])
		if g.For == "" && (owner || commune) {
			return true
		}
	}
	return false
}

package workflow_test

import (
	"slices"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// Of a product that lacks everything, whoever may take it on or cure what it lacks
// has tasks in its state; who may do nothing anywhere has none.
func TestWhoCanActOrCureHasTasks(t *testing.T) {
	t.Parallel()
	lib := library(t)
	seen := 0
	for _, r := range lib.All() {
		if r.Name != "ocop" {
			continue
		}
		for _, track := range r.Tracks.Keys() {
			for _, state := range r.States.Keys() {
				s := workflow.Subject{Track: ocop.Track(track), State: ocop.State(state)}
				for _, role := range hands(r, s) {
					seen++
					if !slices.Contains(r.Tasks(func(x ocop.Role) bool { return x == role }), s.State) {
						t.Errorf("%s: %s has something to do in %s of %s", r.Version, role, state, track)
					}
				}
			}
		}
		if list := r.Tasks(func(x ocop.Role) bool { return x == access.Auditor }); len(list) > 0 {
			t.Errorf("%s: auditors have tasks in %v", r.Version, list)
		}
		if list := r.Tasks(func(x ocop.Role) bool { return x == access.Commune }); slices.Contains(list, "field_inspection") {
			t.Errorf("%s: communes have tasks in %v", r.Version, list)
		}
	}
	if seen < 50 {
		t.Errorf("only %d were looked at", seen)
	}
}

func hands(r *workflow.Rules, s workflow.Subject) (roles []ocop.Role) {
	for _, event := range r.Events(s) {
		offer := r.Offer(s, event)
		if offer.System || offer.Aside || event == "revoke" || event == "decline_revocation" {
			continue // the last two wait for a proposal
		}
		for _, role := range r.By(s, event) {
			if role = r.Held(role); role != access.System {
				roles = append(roles, role)
			}
		}
		d := r.Decide(s, workflow.Facts{}, workflow.Command{Event: event, Preview: true}, ocop.Day(2026, 6, 1))
		for _, reason := range d.Refusal.Reasons {
			if !reason.Who && reason.Code != "commune_unknown" && len(reason.CureBy) > 0 && !offer.Quiet {
				roles = append(roles, reason.CureBy[0])
			}
		}
	}
	return roles
}

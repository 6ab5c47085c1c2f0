package workflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// provides are the facts that an effect puts on record. A move that needs one
// of them relies on an earlier move with that effect.
var provides = map[Effect][]string{
	AcceptIdea: {"round.idea_accepted"}, FileDossier: {"round.filed_on"}, RecordAssessment: {"assessment.topics"},
	RecordResult: {"result.stars", "result.band_stars", "result.floor_stars", "result.sum", "result.members"},
	Propose:      {"proposal.open"},
}

// LevelIn is the level at which a round of an older procedure goes on: the same
// or, where it is gone, the first.
func (r *Rules) LevelIn(level ocop.Level) ocop.Level {
	if slices.ContainsFunc(r.Levels, func(l LevelRule) bool { return l.Level == level }) {
		return level
	}
	return r.FirstLevel()
}

// Takes gives the reasons why a running round could not go on under r: its
// track or state is not there, the level that scored it is gone, or a move ahead
// needs what no move ahead can bring any more. The facts are the round's.
func (r *Rules) Takes(s Subject, facts Facts) []fault.Reason {
	var out []fault.Reason
	here := node{s.Track, s.State}
	ahead := r.ahead(here)
	if len(ahead) == 0 {
		return []fault.Reason{{Code: "state_unmapped", Actual: string(s.Track) + "/" + string(s.State), Verified: true, Message: ocop.Text{
			Vi: fmt.Sprintf("Quy trình %s không có trạng thái %q trong loại lượt %q.", r.Version, s.State, s.Track),
			En: fmt.Sprintf("Procedure %s has no state %q in a round of %q.", r.Version, s.State, s.Track)}}}
	}
	if _, scored := facts["result.stars"]; scored && r.LevelIn(s.Level) != s.Level {
		out = append(out, fault.Reason{Code: "result_of_gone_level", Actual: string(s.Level), Required: string(r.LevelIn(s.Level)), Verified: true, CureBy: []ocop.Role{"secretary", "office"}, Message: ocop.Text{
			Vi: fmt.Sprintf("Kết quả do cấp %q chấm, cấp này không còn trong quy trình %s; phải hoàn thiện để cấp %q chấm lại.", s.Level, r.Version, r.LevelIn(s.Level)),
			En: fmt.Sprintf("The result was given by the level %q, which procedure %s does not have; the level %q must score again.", s.Level, r.Version, r.LevelIn(s.Level))}})
	}
	return append(out, r.lacking(ahead, facts)...)
}

// ahead are the rules on the way forward from a node inside its round.
func (r *Rules) ahead(here node) []*rule {
	forward := r.forward()
	seen, todo := map[node]bool{here: true}, []node{here}
	var out []*rule
	for len(todo) > 0 {
		n := todo[0]
		todo = todo[1:]
		for _, rule := range forward[n] {
			out = append(out, rule)
			if to := rule.target(question{n.track, n.state, rule.event}); to.track == here.track && !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	slices.SortFunc(out, func(a, b *rule) int { return cmp.Compare(a.event, b.event) })
	return out
}

// lacking names the facts that rules ahead read, that the round does not have,
// and that none of the rules ahead puts on record.
func (r *Rules) lacking(ahead []*rule, facts Facts) []fault.Reason {
	comes, recorded := map[string]bool{}, map[string]bool{}
	for _, names := range provides {
		for _, name := range names {
			recorded[name] = true
		}
	}
	for _, rule := range ahead {
		for _, e := range rule.effects {
			for _, name := range provides[e] {
				comes[name] = true
			}
		}
	}
	missing := map[string]ocop.Event{}
	for _, rule := range ahead {
		if t, _ := r.Transitions.Get(string(rule.event)); t.Quiet {
			continue
		}
		for _, g := range rule.guards {
			for _, name := range g.test.reads {
				if recorded[name] && !comes[name] && empty(facts[name]) && !passes(g, facts) {
					missing[name] = rule.event
				}
			}
		}
	}
	var out []fault.Reason
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t, _ := r.Transitions.Get(string(missing[name]))
		fact, _ := r.factNamed(name)
		out = append(out, fault.Reason{Code: "fact_missing", Required: name, Verified: true, Message: ocop.Text{
			Vi: fmt.Sprintf("Thao tác \"%s\" cần dữ kiện: %s; lượt này chưa có và các bước còn lại không tạo ra. Phải trả lại bước trước.", t.Title.Vi, fact.Meaning.Vi),
			En: fmt.Sprintf("%q needs a fact that the round lacks and no step ahead brings: %s. It must be sent back.", t.Title.En, fact.Meaning.En)}})
	}
	return out
}

// passes reports whether the guard holds all the same, without the fact.
func passes(g guard, facts Facts) bool {
	ok, err := g.test.holds(facts)
	return ok && err == nil
}

func empty(v any) bool { return v == nil || v == false || v == int64(0) }

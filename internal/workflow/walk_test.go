package workflow_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

func shippedRules(t testing.TB) *workflow.Rules { return shipped(t, "ocop-2023") }

var (
	district = ocop.Path("ministry:m/province:p/district:d")
	commune  = district.Child(ocop.Commune, "c")
	owner    = commune.Child(ocop.Producers, "o")
)

// actor holds a role at a place.
func actor(id string, role ocop.Role, place ocop.Path) access.Actor {
	return access.Actor{ID: id, Name: id, Grants: []access.Grant{{Role: role, Unit: id, Path: place}}}
}

func places() map[workflow.Scope]ocop.Path {
	return map[workflow.Scope]ocop.Path{workflow.ScopeCommune: commune, workflow.ScopeProducer: owner, workflow.ScopeRound: district, workflow.ScopeResult: district}
}

// factsOf draws facts of any kind, the optional ones there or not.
func factsOf(t *rapid.T, r *workflow.Rules) workflow.Facts {
	f := workflow.Facts{}
	for _, x := range slices.Concat(workflow.Catalogue, r.Gathered()) {
		if x.Optional && rapid.Bool().Draw(t, "no "+x.Name) {
			continue
		}
		switch x.Type {
		case workflow.FactBool:
			f[x.Name] = rapid.Bool().Draw(t, x.Name)
		case workflow.FactInt, workflow.FactDay:
			f[x.Name] = rapid.Int64Range(0, 20_000).Draw(t, x.Name)
		case workflow.FactString:
			f[x.Name] = rapid.String().Draw(t, x.Name)
		case workflow.FactInts:
			f[x.Name] = rapid.SliceOfN(rapid.Int64Range(0, 100), 0, 5).Draw(t, x.Name)
		case workflow.FactStrings:
			f[x.Name] = rapid.SliceOfN(rapid.SampledFrom([]string{"idea_form", "business_plan", "cost_estimate", "self_score", "renewal_dossier"}), 0, 5).Draw(t, x.Name)
		}
	}
	return f
}

// fill draws data for a form: right, wrong or missing.
func fill(t *rapid.T, fields []workflow.Field) map[string]any {
	data := map[string]any{}
	for _, f := range fields {
		if rapid.IntRange(0, 5).Draw(t, "leave out") == 0 {
			continue
		}
		data[f.Name] = rapid.SampledFrom([]any{true, "2024-05-24", "a", float64(4), []any{float64(70), float64(75)}, []any{"x"}, "", nil, 1.5, map[string]any{}}).Draw(t, f.Name)
	}
	return data
}

func TestRandomWalksStayInsideTheProcedure(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ocop-2023", "ocop-2025", "ocop-2026", "support"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, shipped(t, name))
		})
	}
}

func walk(t *testing.T, r *workflow.Rules) {
	roles := r.Roles.Keys()
	rapid.Check(t, func(t *rapid.T) {
		s := workflow.Subject{Track: ocop.NoTrack, State: ocop.NoState, Places: places()}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			s.Acted = map[ocop.Event][]string{"register": {rapid.SampledFrom([]string{"producer", "office", "nobody"}).Draw(t, "registered by")}}
			event := ocop.Event(rapid.SampledFrom(append(r.Transitions.Keys(), "fly")).Draw(t, "event"))
			role := rapid.SampledFrom(roles).Draw(t, "role")
			place := rapid.SampledFrom([]ocop.Path{district, commune, owner, "ministry:m", "ministry:x"}).Draw(t, "place")
			cmd := workflow.Command{Event: event, Actor: actor(role, ocop.Role(role), place), Data: fill(t, r.Form(s, event)), Comment: rapid.SampledFrom([]string{"", "vì"}).Draw(t, "comment")}
			facts := factsOf(t, r)
			kept := maps.Clone(facts)
			d := r.Decide(s, facts, cmd, 19_800)
			if diff := cmp.Diff(kept, facts); diff != "" {
				t.Fatalf("the facts were changed:\n%s", diff)
			}
			if diff := cmp.Diff(d, r.Decide(s, facts, cmd, 19_800), cmp.AllowUnexported(workflow.Form{})); diff != "" {
				t.Fatalf("the same question was answered otherwise:\n%s", diff)
			}
			if d.Refusal != nil {
				explained(t, d.Refusal)
				continue
			}
			// The entry's facts alone bring the same move about again.
			again := r.Decide(s, d.Move.Reads, cmd, 19_800)
			if again.Move == nil {
				t.Fatalf("%s cannot be replayed from the facts it read: %v", event, again.Refusal)
			}
			if diff := cmp.Diff(d.Move, again.Move, cmp.AllowUnexported(workflow.Form{})); diff != "" {
				t.Fatalf("the replay differs:\n%s", diff)
			}
			s = follow(t, r, s, d.Move)
		}
	})
}

// explained: a refusal has a code, both languages, and reasons where it is
// about rules.
func explained(t *rapid.T, f *fault.Error) {
	if f.Code == "" || f.Message.Vi == "" || f.Message.En == "" {
		t.Fatalf("refused without a word: %+v", f)
	}
	if len(f.Reasons) == 0 && f.Kind != fault.Invalid && f.Kind != fault.Stale {
		t.Fatalf("%s without a reason", f.Code)
	}
	for _, x := range f.Reasons {
		if x.Code == "" || x.Message.Vi == "" || x.Message.En == "" {
			t.Fatalf("a reason without a word: %+v", x)
		}
	}
}

func follow(t *rapid.T, r *workflow.Rules, s workflow.Subject, m *workflow.Move) workflow.Subject {
	if !r.States.Has(string(m.To)) {
		t.Fatalf("%s leads to %q, which nobody declared", m.Event, m.To)
	}
	s.State = m.To
	if m.Opens {
		s.Track = m.Track
	}
	if m.Closes {
		s.Track = ocop.NoTrack
	}
	if s.Track != ocop.NoTrack && !r.Tracks.Has(string(s.Track)) {
		t.Fatalf("%s opens %q, which nobody declared", m.Event, s.Track)
	}
	state, _ := r.States.Get(string(m.To))
	if state.Resting && s.Track != ocop.NoTrack {
		t.Fatalf("%s rests in %s inside a round of %s", m.Event, m.To, s.Track)
	}
	return s
}

func TestWhoComesBeforeVersionBeforeStateBeforeRules(t *testing.T) {
	t.Parallel()
	r := shippedRules(t)
	in := workflow.Subject{Track: "upgrade", State: "commune_confirmed", Version: 5, Places: places(), Acted: map[ocop.Event][]string{"confirm": {"both"}}}
	out := workflow.Subject{Track: "upgrade", State: "plan_approved", Version: 5, Places: places()}
	stale, fresh := int64(4), int64(5)
	for _, x := range []struct {
		name    string
		s       workflow.Subject
		actor   access.Actor
		version *int64
		event   ocop.Event
		data    map[string]any
		kind    fault.Kind
		reasons []string
	}{
		{"shape", in, actor("x", "producer", owner), &stale, "approve_plan", map[string]any{"colour": "red"}, fault.Invalid, nil},
		{"unknown event", in, actor("x", "producer", owner), &stale, "fly", nil, fault.Invalid, nil},
		{"wrong role, stale, rules", in, actor("x", "producer", owner), &stale, "approve_plan", nil, fault.Forbidden, []string{"role_missing", "document_missing", "document_missing", "document_missing", "idea_accepted"}},
		{"right role elsewhere", in, actor("x", "leader", "ministry:m/province:p/district:e"), &fresh, "accept_idea", nil, fault.Forbidden, []string{"out_of_scope"}},
		{"the same person", in, actor("both", "leader", district), &fresh, "accept_idea", nil, fault.Forbidden, []string{"same_person"}},
		{"stale, rules", in, actor("x", "leader", district), &stale, "approve_plan", nil, fault.Stale, nil},
		{"rules", in, actor("x", "leader", district), &fresh, "approve_plan", nil, fault.Refused, []string{"document_missing", "document_missing", "document_missing", "idea_accepted"}},
		{"wrong role in the wrong state", out, actor("x", "producer", owner), &stale, "approve_plan", nil, fault.Forbidden, []string{"role_missing", "wrong_state"}},
		{"stale in the wrong state", out, actor("x", "leader", district), &stale, "approve_plan", nil, fault.Stale, nil},
		{"wrong state", out, actor("x", "leader", district), &fresh, "approve_plan", nil, fault.Conflict, []string{"wrong_state"}},
		{"a higher unit may", in, actor("x", "leader", "ministry:m/province:p"), nil, "accept_idea", nil, "", nil},
	} {
		d := r.Decide(x.s, workflow.Facts{"round.idea_accepted": false}, workflow.Command{Event: x.event, Actor: x.actor, Version: x.version, Data: x.data}, 19_800)
		if x.kind == "" {
			if d.Move == nil {
				t.Errorf("%s: refused: %v", x.name, d.Refusal)
			}
			continue
		}
		if d.Refusal == nil || d.Refusal.Kind != x.kind {
			t.Errorf("%s: %v, want %s", x.name, d.Refusal, x.kind)
			continue
		}
		var got []string
		for _, reason := range d.Refusal.Reasons {
			got = append(got, reason.Code)
		}
		if !slices.Equal(got, x.reasons) {
			t.Errorf("%s: reasons %v, want %v", x.name, got, x.reasons)
		}
	}
}

func TestUnknownCommuneIsSaid(t *testing.T) {
	t.Parallel()
	r := shippedRules(t)
	where := places()
	delete(where, workflow.ScopeCommune)
	s := workflow.Subject{Track: "first", State: "idea_registered", Places: where}
	d := r.Decide(s, nil, workflow.Command{Event: "confirm", Actor: actor("x", "commune", commune), Preview: true}, 19_800)
	if d.Refusal == nil || !slices.ContainsFunc(d.Refusal.Reasons, func(x fault.Reason) bool { return x.Code == "commune_unknown" }) {
		t.Errorf("got %+v", d.Refusal)
	}
}

func TestFactsReadAreReportedEvenWhenAbsent(t *testing.T) {
	t.Parallel()
	r := shippedRules(t)
	s := workflow.Subject{Track: ocop.NoTrack, State: "certified", Places: places()}
	d := r.Decide(s, workflow.Facts{}, workflow.Command{Event: "begin_upgrade", Actor: actor("x", "producer", owner)}, 19_800)
	if d.Move == nil {
		t.Fatal(d.Refusal)
	}
	if diff := cmp.Diff(workflow.Facts{"certificate.stars": nil, "form.target": nil}, d.Move.Reads); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// Bands compare the mean exactly, in whole numbers.
func TestMeansOnTheEdgeOfABand(t *testing.T) {
	t.Parallel()
	r := shippedRules(t)
	for bound, stars := range map[int64]int{30: 2, 50: 3, 70: 4, 90: 5} {
		for _, n := range []int64{3, 7, 9, 11} {
			if got := r.BandStars(bound*n, n); got != stars {
				t.Errorf("%d sheets with a mean of %d: %d stars, want %d", n, bound, got, stars)
			}
			if got := r.BandStars(bound*n-1, n); got != stars-1 {
				t.Errorf("%d sheets, one point below %d: %d stars, want %d", n, bound, got, stars-1)
			}
		}
	}
	if got, ok := r.BandFrom(4); got != 70 || !ok {
		t.Errorf("four stars begin at %d", got)
	}
	if _, ok := r.BandFrom(6); ok {
		t.Error("six stars have a band")
	}
}

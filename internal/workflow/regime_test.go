package workflow_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/calendar"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

func dayOf(t testing.TB, s string) ocop.Date {
	t.Helper()
	d, err := ocop.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// late is the procedure of 2026 with its switch for late renewals on.
func late(t testing.TB) *workflow.Rules {
	t.Helper()
	text, err := os.ReadFile("../../workflows/ocop-2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, findings := workflow.Load("late.yaml", []byte(strings.Replace(string(text), "late_renewal: false", "late_renewal: true", 1)))
	if r == nil {
		t.Fatal(findings)
	}
	return r
}

// The worked windows of the renewal (facts, 2.4; Decision 26/2026).
func TestRenewalIsFiledFrom180To120DaysBeforeTheLastDay(t *testing.T) {
	t.Parallel()
	rules, generous := shipped(t, "ocop-2026"), late(t)
	in := workflow.Subject{Track: "renewal", State: "renewal", Places: places()}
	for _, x := range []struct{ issued, last, from, until, stretch string }{
		{"2024-10-15", "2027-10-15", "2027-04-18", "2027-06-17", "2028-04-12"},
		{"2024-02-29", "2027-02-28", "2026-09-01", "2026-10-31", "2027-08-27"},
		{"2023-08-31", "2026-08-31", "2026-03-04", "2026-05-03", "2027-02-27"},
	} {
		last := rules.LastDay(dayOf(t, x.issued))
		if last.String() != x.last || (last+ocop.Date(rules.Certificate.ExtendDays)).String() != x.stretch {
			t.Errorf("issued %s: last day %s, stretch to %s; want %s, %s", x.issued, last, last+180, x.last, x.stretch)
		}
		facts := workflow.Facts{"certificate.last_day": int64(last), "documents.valid": []string{"renewal_dossier"}}
		from, until := dayOf(t, x.from), dayOf(t, x.until)
		for day, want := range map[ocop.Date][2]string{
			from - 1: {"refused", "refused"}, from: {"", ""}, until: {"", ""}, until + 1: {"refused", "late"},
			last: {"refused", "late"}, last + 1: {"", ""}, last + 400: {"", ""},
		} {
			for i, r := range []*workflow.Rules{rules, generous} {
				d := r.Decide(in, facts, workflow.Command{Event: "file_dossier", Actor: actor("p", "producer", owner)}, day)
				got := ""
				if d.Refusal != nil {
					got = "refused"
					if len(d.Refusal.Reasons) != 1 || d.Refusal.Reasons[0].Code != "outside_window" || !strings.Contains(d.Refusal.Reasons[0].Message.En, from.In(ocop.En)) {
						t.Errorf("%s: reasons %+v", day, d.Refusal.Reasons)
					}
				} else if len(d.Move.Flags) > 0 {
					got = d.Move.Flags[0]
				}
				if got != want[i] {
					t.Errorf("issued %s, filed %s, switch %d: %q, want %q", x.issued, day, i, got, want[i])
				}
			}
		}
	}
}

func TestRenewalBeginsAtMost180DaysBeforeTheLastDay(t *testing.T) {
	t.Parallel()
	r := shipped(t, "ocop-2026")
	last := dayOf(t, "2027-10-15")
	facts := workflow.Facts{"certificate.last_day": int64(last)}
	for day, ok := range map[ocop.Date]bool{last - 181: false, last - 180: true, last: true} {
		s := workflow.Subject{Track: ocop.NoTrack, State: "certified", Places: places()}
		d := r.Decide(s, facts, workflow.Command{Event: "begin_renewal", Actor: actor("p", "producer", owner)}, day)
		if (d.Move != nil) != ok {
			t.Errorf("%s: %v, want %v", day, d.Move != nil, ok)
		}
	}
	s := workflow.Subject{Track: ocop.NoTrack, State: "expired", Places: places()}
	if d := r.Decide(s, facts, workflow.Command{Event: "begin_renewal", Actor: actor("p", "producer", owner)}, last+900); d.Move == nil {
		t.Errorf("an expired product cannot begin: %v", d.Refusal)
	}
}

// Batches of Decision 26/2026: both days exclusive.
func TestBatchesTakeRequestsBeforeTheirCutOff(t *testing.T) {
	t.Parallel()
	r := shipped(t, "ocop-2026")
	for _, x := range []struct{ level, requested, held string }{
		{"province", "2026-04-29", "2026-06-30"}, {"province", "2026-04-30", "2026-12-30"}, {"province", "2026-10-29", "2026-12-30"},
		{"province", "2026-10-30", "2027-06-30"}, {"ministry", "2026-07-29", "2026-09-30"}, {"ministry", "2026-07-30", "2027-03-30"},
		{"ministry", "2027-01-29", "2027-03-30"}, {"ministry", "2027-01-30", "2027-09-30"}, {"", "2026-05-22", "2026-12-30"},
	} {
		held, ok := r.HeldBefore(ocop.Level(x.level), dayOf(t, x.requested))
		if !ok || held.String() != x.held {
			t.Errorf("%s, requested %s: held before %s, want %s", x.level, x.requested, held, x.held)
		}
	}
	if _, ok := r.HeldBefore("district", dayOf(t, "2026-05-01")); ok {
		t.Error("a level without batches has one")
	}
}

// dues by code of a product that did so and so.
func dues(r *workflow.Rules, s workflow.Subject, facts workflow.Facts, today ocop.Date) map[string]calendar.Due {
	list, _ := r.Dues(s, facts, workflow.Reckoning{ID: "r", Days: calendar.BuiltIn("vn"), Known: today})
	out := map[string]calendar.Due{}
	for _, d := range list {
		out[d.Code] = d
	}
	return out
}

func TestLimitsOf2026(t *testing.T) {
	t.Parallel()
	r := shipped(t, "ocop-2026")
	registered := dayOf(t, "2026-06-01")
	s := workflow.Subject{Track: "first", State: "idea_registered", Done: []workflow.Happened{{Event: "register", Day: registered}}}
	d := dues(r, s, nil, registered)["commune_assessment"]
	if d.LastDay.String() != "2026-06-22" || d.Count.N != 15 || len(d.Count.Steps) != 21 || d.Met {
		t.Errorf("fifteen working days from Monday 1 June 2026: %+v", d)
	}
	s.Done = append(s.Done, workflow.Happened{Event: "confirm", Day: dayOf(t, "2026-06-10")})
	s.State = "commune_confirmed"
	if d := dues(r, s, nil, dayOf(t, "2026-06-10"))["batch"]; d.LastDay.String() != "2026-12-29" || d.Met {
		t.Errorf("the batch: %+v", d)
	}
	// Sent back and registered anew by nobody: the commune has its limit again
	// only when a new registration starts it.
	last := dayOf(t, "2027-10-15")
	certified := workflow.Subject{Track: ocop.NoTrack, State: "certified"}
	facts := workflow.Facts{"certificate.last_day": int64(last)}
	if d, shown := dues(r, certified, facts, last-181)["renewal_filing"]; shown {
		t.Errorf("shown too early: %+v", d)
	}
	if d := dues(r, certified, facts, last-180)["renewal_filing"]; d.LastDay != last-120 {
		t.Errorf("the filing: %+v", d)
	}
	proposed := workflow.Subject{Track: ocop.NoTrack, State: "certified", Done: []workflow.Happened{{Event: "propose_revocation", Day: 100}}}
	if d := dues(r, proposed, workflow.Facts{"proposal.concluded_on": int64(90)}, 100)["revocation"]; d.LastDay != 105 || d.Met {
		t.Errorf("fifteen days from the conclusion: %+v", d)
	}
	filed := workflow.Subject{Track: "renewal", State: "renewal", Done: []workflow.Happened{{Event: "begin_renewal", Day: 90}, {Event: "file_dossier", Day: 100}}}
	if d := dues(r, filed, nil, 100)["renewal_result"]; d.LastDay != 145 {
		t.Errorf("forty-five days from the dossier: %+v", d)
	}
}

func TestRoundsOf2023EndByTheTransition(t *testing.T) {
	t.Parallel()
	r := shipped(t, "ocop-2023")
	for track, last := range map[ocop.Track]string{"first": "2026-07-21", "upgrade": "2026-07-21", "renewal": "2026-06-21"} {
		s := workflow.Subject{Track: track, State: "council_scored", Places: places()}
		if d, shown := dues(r, s, nil, dayOf(t, "2026-05-21"))["rules_end"]; shown {
			t.Errorf("known before the decision: %+v", d)
		}
		if d := dues(r, s, nil, dayOf(t, "2026-05-22"))["rules_end"]; d.LastDay.String() != last {
			t.Errorf("%s: %s, want %s", track, d.LastDay, last)
		}
		facts := workflow.Facts{"result.stars": int64(3), "result.floor_stars": int64(3), "certificate.number_free": true}
		cmd := workflow.Command{Event: "certify", Actor: actor("l", "leader", district), Data: map[string]any{"number": "A-1", "decision": "1", "decided_on": "2026-06-01"}}
		for day, refused := range map[ocop.Date]bool{dayOf(t, last): false, dayOf(t, last) + 1: true} {
			d := r.Decide(s, facts, cmd, day)
			got := d.Refusal != nil && slices.ContainsFunc(d.Refusal.Reasons, func(x fault.Reason) bool { return x.Code == "rules_ended" })
			if got != refused {
				t.Errorf("%s on %s: rules_ended %v, want %v (%v)", track, day, got, refused, d.Refusal)
			}
		}
	}
}

func TestDiffSaysWhatChanged(t *testing.T) {
	t.Parallel()
	a, b := shipped(t, "ocop-2023"), shipped(t, "ocop-2026")
	if same := workflow.Diff(a, a); len(same) > 0 {
		t.Errorf("a procedure differs from itself: %v", same)
	}
	changes := workflow.Diff(a, b)
	for _, want := range []string{
		"Level district recognises stars: gone (it was: 3)", "Level province recognises stars: 4 → 3 4", "Legal act: 148/QĐ-TTg → 26/2026/QĐ-TTg",
		"Event accept_idea: gone (it was: “Consent to take part”)", "Deadline “The commune assesses the four topics and sends its request”: new: 15 working days from: Register the idea / Register again / Begin an upgrade",
		"Batch of the province for requests before 04-30: new: held before 06-30", "Extended at most, days: 0 → 180",
	} {
		if !slices.ContainsFunc(changes, func(c workflow.Change) bool { return c.Words.En == want }) {
			t.Errorf("no change says %q", want)
		}
	}
	for _, c := range changes {
		if c.Words.Vi == "" || c.Words.En == "" || c.Part == "" || !slices.Contains([]string{"added", "removed", "changed"}, c.Kind) {
			t.Errorf("change %+v", c)
		}
	}
	back := workflow.Diff(b, a)
	count := func(list []workflow.Change, kind string) (n int) {
		for _, c := range list {
			if c.Kind == kind {
				n++
			}
		}
		return n
	}
	if count(changes, "added") != count(back, "removed") || count(changes, "changed") != count(back, "changed") {
		t.Error("the way back does not mirror the way there")
	}
}

func TestAMigrationNamesWhatIsStuck(t *testing.T) {
	t.Parallel()
	r := shipped(t, "ocop-2026")
	codes := func(s workflow.Subject, facts workflow.Facts) []string {
		var out []string
		for _, x := range r.Takes(s, facts) {
			if x.Message.Vi == "" || x.Message.En == "" {
				t.Errorf("a reason without a word: %+v", x)
			}
			out = append(out, x.Code)
		}
		return out
	}
	for _, x := range []struct {
		name  string
		s     workflow.Subject
		facts workflow.Facts
		want  []string
	}{
		{"idea registered", workflow.Subject{Track: "upgrade", State: "idea_registered", Level: "district"}, nil, nil},
		{"confirmed without the assessment", workflow.Subject{Track: "upgrade", State: "commune_confirmed", Level: "district"}, workflow.Facts{"assessment.topics": int64(0)}, []string{"fact_missing"}},
		{"confirmed with it", workflow.Subject{Track: "upgrade", State: "commune_confirmed", Level: "district"}, workflow.Facts{"assessment.topics": int64(4)}, nil},
		{"plan approved", workflow.Subject{Track: "first", State: "plan_approved", Level: "district"}, nil, nil},
		{"scored by a level that is gone", workflow.Subject{Track: "first", State: "council_scored", Level: "district"},
			workflow.Facts{"result.stars": int64(3), "result.sum": int64(180), "result.members": int64(3), "result.floor_stars": int64(3)}, []string{"result_of_gone_level"}},
		{"scored by the province", workflow.Subject{Track: "first", State: "council_scored", Level: "province"},
			workflow.Facts{"result.stars": int64(4), "result.sum": int64(240), "result.members": int64(3), "result.floor_stars": int64(4)}, nil},
		{"renewal before filing", workflow.Subject{Track: "renewal", State: "renewal", Level: "district"}, nil, nil},
		{"state that is not there", workflow.Subject{Track: "first", State: "renewal", Level: "province"}, nil, []string{"state_unmapped"}},
		{"track that is not there", workflow.Subject{Track: "second", State: "renewal", Level: "province"}, nil, []string{"state_unmapped"}},
	} {
		if got := codes(x.s, x.facts); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

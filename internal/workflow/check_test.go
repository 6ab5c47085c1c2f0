package workflow_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocopflow/internal/workflow"
)

// edit replaces the first old in testdata/small.yaml by new.
type edit struct{ old, new string }

func smallText(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func edited(t testing.TB, edits ...edit) string {
	t.Helper()
	text := smallText(t)
	for _, e := range edits {
		if !strings.Contains(text, e.old) {
			t.Fatalf("small.yaml does not hold %q", e.old)
		}
		text = strings.Replace(text, e.old, e.new, 1)
	}
	return text
}

func loadEdited(t testing.TB, edits ...edit) (*workflow.Rules, []workflow.Finding) {
	t.Helper()
	return workflow.Load("small.yaml", []byte(edited(t, edits...)))
}

// broken is a file with one thing wrong: the code that must be found, on the
// first line that holds at.
type broken struct {
	name, code string
	edit       edit
	at         string
}

var errors = []broken{
	{"unknown key at the top", "unknown_key", edit{"calendar: vn", "calender: vn"}, "calender"},
	{"unknown key of an arm", "unknown_key", edit{"do: [next_level]", "does: [next_level]"}, "does"},
	{"unknown key of a guard", "unknown_key", edit{"cure_by: [producer]\n", "cure: [producer]\n"}, "cure: "},
	{"name declared twice", "yaml", edit{"  expired: {title", "  filed: {title"}, "  filed: {title: {vi: \"Hết hạn"},
	{"code of petitions in small letters", "code_wrong", edit{"calendar: vn", "petition: {code: ht, at: [district]}\ncalendar: vn"}, "petition: "},
	{"petitions that nobody decides", "at_missing", edit{"calendar: vn", "petition: {code: HT, at: []}\ncalendar: vn"}, "petition: "},
	{"petitions that go to a hamlet", "unknown_name", edit{"calendar: vn", "petition: {code: HT, at: [hamlet]}\ncalendar: vn"}, "petition: "},
	{"unit in a form of products", "unit_outside", edit{"{name: note, type: text,", "{name: note, type: unit,"}, "name: note"},
	{"kind of a text", "of_wrong", edit{"{name: note, type: text,", "{name: note, type: text, of: department,"}, "name: note"},
	{"proposal by an unknown fact", "unknown_name", edit{"{name: note, type: text,", "{name: note, type: text, proposed: {by: small.x},"}, "name: note"},
	{"field of two types", "field_differs", edit{`title: {vi: "Chuyển cấp trên", en: "Forward"}`, `title: {vi: "Chuyển cấp trên", en: "Forward"}
    form: [{name: total, type: bool, title: {vi: "Tổng", en: "Total"}}]`}, "form: [{name: total"},
	{"role held as an unknown one", "unknown_name", edit{"scope: round.unit}", "scope: round.unit, as: king}"}, "as: king"},
	{"scope of no field", "unknown_name", edit{"scope: round.unit}", "scope: small.unit}"}, "small.unit"},
	{"text where a number belongs", "yaml", edit{"months: 36", "months: many"}, "months"},
	{"title without English", "text_missing", edit{`en: "Filed"`, `en: ""`}, "  filed: "},
	{"guard without Vietnamese", "text_missing", edit{`vi: "Chưa đủ điểm."`, `vi: " "`}, "else: "},
	{"capital letter in a state's name", "name_wrong", edit{"  filed: {title", "  Filed: {title"}, "  Filed: "},
	{"looplab's wildcard as a state", "name_reserved", edit{"  filed: {title", "  state: {title"}, "  state: "},
	{"event called enter", "name_reserved", edit{"  renew:\n", "  enter:\n"}, "  enter:"},
	{"version with a space", "version_wrong", edit{`version: "1"`, `version: "1 a"`}, "version:"},
	{"no act", "legal_missing", edit{`act: "1/QĐ"`, `act: ""`}, "legal:"},
	{"ends before it starts", "legal_dates", edit{"until: 2026-01-01", "until: 2022-12-31"}, "until:"},
	{"criteria of another year", "unknown_criteria", edit{`criteria: "2026"`, `criteria: "1999"`}, "criteria:"},
	{"calendar of another country", "unknown_calendar", edit{"calendar: vn", "calendar: fr"}, "calendar:"},
	{"no events", "empty", edit{smallTransitions, "transitions: {}\n"}, "procedure:"},
	{"role without a scope", "scope_missing", edit{", scope: product.producer}", "}"}, "  producer:"},
	{"unknown scope", "unknown_name", edit{"scope: result.unit", "scope: result.place"}, "result.place"},
	{"unknown role of a document", "unknown_name", edit{"by: [producer]}\nroles", "by: [farmer]}\nroles"}, "farmer"},
	{"unknown role of an arm", "unknown_name", edit{"to: scored, by: [office]", "to: scored, by: [clerk]"}, "clerk"},
	{"unknown role that cures", "unknown_name", edit{"cure_by: [producer]", "cure_by: [farmer]"}, "farmer"},
	{"unknown role alone", "unknown_name", edit{"alone: []", "alone: [clerk]"}, "clerk"},
	{"unknown entry", "unknown_name", edit{"entry: filed", "entry: field"}, "entry: field"},
	{"unknown state to", "unknown_name", edit{"to: scored", "to: score"}, "to: score,"},
	{"unknown state from", "unknown_name", edit{"from: [scored], to: filed", "from: [score], to: filed"}, "from: [score]"},
	{"unknown track", "unknown_name", edit{"tracks: [first], from: [filed]", "tracks: [second], from: [filed]"}, "second"},
	{"unknown track opened", "unknown_name", edit{"opens: first}", "opens: second}"}, "second"},
	{"unknown document", "unknown_name", edit{"needs: [plan]", "needs: [plans]"}, "plans"},
	{"unknown event apart from", "unknown_name", edit{"apart_from: [begin]", "apart_from: [start]"}, "start"},
	{"a move of the product by a product", "moves_outside", edit{`title: {vi: "Chuyển cấp trên", en: "Forward"}`, `title: {vi: "Chuyển cấp trên", en: "Forward"}
    moves: reopen`}, "moves: reopen"},
	{"unknown effect", "unknown_name", edit{"do: [next_level]", "do: [up]"}, "do: [up]"},
	{"unknown field type", "unknown_name", edit{"type: text", "type: essay"}, "essay"},
	{"unknown moment of a timer", "unknown_name", edit{"at: certificate.ends", "at: noon"}, "noon"},
	{"window around no day", "unknown_name", edit{"around: certificate.last_day, from: -180", "around: certificate.stars, from: -180"}, "certificate.stars"},
	{"resting and final", "resting_and_final", edit{`en: "Expired"}, resting: true`, `en: "Expired"}, resting: true, final: true`}, "  expired: "},
	{"reason of another kind", "reason_wrong", edit{"reason: required", "reason: optional"}, "reason:"},
	{"event without arms", "no_arms", edit{"arms:\n      - {tracks: [none], from: [certified], to: expired, by: [system]}", "arms: []"}, "  expire:"},
	{"arm by nobody", "arm_incomplete", edit{"to: scored, by: [office]", "to: scored, by: []"}, "to: scored, by: []"},
	{"arm from nothing inside a round", "none_wrong", edit{"tracks: [first], from: [filed]", "tracks: [first], from: [none, filed]"}, "[none, filed]"},
	{"to and stay", "to_or_stay", edit{"to: scored,", "to: scored, stay: true,"}, "stay: true"},
	{"neither to nor stay", "to_or_stay", edit{"to: scored, ", ""}, "from: [filed], by"},
	{"round opened past its entry", "opens_elsewhere", edit{"to: filed, by: [producer], opens", "to: scored, by: [producer], opens"}, "to: scored, by: [producer]"},
	{"round opened inside one", "opens_inside", edit{"to: filed, by: [office]", "to: filed, by: [office], opens: first"}, "by: [office], opens"},
	{"round closed where none is open", "closes_outside", edit{"by: [system]", "by: [system], closes: true"}, "by: [system]"},
	{"open_round that opens nothing", "opens_missing", edit{"do: [next_level]", "do: [open_round]"}, "by: [office], do: [open_round]"},
	{"window that ends before it begins", "window_empty", edit{"from: 1, to: 60", "from: 60, to: 1"}, "from: 60"},
	{"field declared twice", "field_twice", edit{"name: note", "name: total"}, "name: total, type: text"},
	{"options of a number", "options_wrong", edit{"type: choice", "type: int"}, "options:"},
	{"choice without options", "options_wrong", edit{"type: text", "type: choice"}, "name: note"},
	{"two arms for one question", "arm_twice", edit{"from: [expired], to: filed", "from: [expired, certified], to: filed"}, "from: [expired, certified]"},
	{"bands that do not descend", "bands_order", edit{"stars: 4, from: 70", "stars: 4, from: 90"}, "stars: 4, from: 90"},
	{"stars that do not descend", "bands_order", edit{"{stars: 4, from: 70}\n  - {stars: 3, from: 0}", "{stars: 3, from: 70}\n  - {stars: 4, from: 0}"}, "stars: 4"},
	{"stars named twice", "bands_twice", edit{"stars: 4, from: 70", "stars: 5, from: 70"}, "stars: 5, from: 70"},
	{"six stars", "bands_range", edit{"stars: 5, from: 90", "stars: 6, from: 90"}, "stars: 6"},
	{"points without stars", "bands_gap", edit{"stars: 3, from: 0", "stars: 3, from: 10"}, "stars: 3, from: 10"},
	{"term of no month", "certificate_wrong", edit{"months: 36", "months: 0"}, "months: 0"},
	{"term of a thousand years", "certificate_wrong", edit{"months: 36", "months: 12000"}, "months: 12000"},
	{"last day of another kind", "certificate_wrong", edit{"last_day: inclusive", "last_day: about"}, "about"},
	{"quorum above the whole", "quorum_wrong", edit{`"3/4"`, `"4/3"`}, "4/3"},
	{"quorum that is no fraction", "quorum_wrong", edit{`"3/4"`, `"75%"`}, "75%"},
	{"unknown floors", "floors_wrong", edit{"floors: mean", "floors: best"}, "best"},
	{"spread above all points", "spread_wrong", edit{"max_spread: 10", "max_spread: 101"}, "max_spread"},
	{"level named twice", "level_twice", edit{"level: province", "level: district"}, "[4, 5]"},
	{"forward from the highest level", "forward_beyond", edit{"recognises: [4, 5]", "recognises: [4, 5], forwards_from: 90"}, "[4, 5]"},
	{"forward from inside a band", "forward_band", edit{"forwards_from: 70", "forwards_from: 75"}, "forwards_from: 75"},
	{"level without an event forward", "level_unreachable", edit{"  forward:\n", "  send_up:\n"}, "level: province"},
	{"forward from where no round comes", "level_unreachable", edit{"tracks: [first], from: [scored], to: filed", "tracks: [none], from: [scored], to: certified"}, "  forward:"},
	{"state that nothing leads to", "state_unreachable", edit{"  expired: {", "  lost: {title: {vi: \"Lạc\", en: \"Lost\"}, final: true}\n  expired: {"}, "  lost:"},
	{"state without a way out", "dead_end", edit{smallLastArm, ""}, "  expired: "},
	{"final state with a way out", "final_with_exit", edit{`en: "Expired"}, resting: true`, `en: "Expired"}, final: true`}, "  expired: "},
	{"round that never closes", "resting_in_round", edit{", closes: true", ""}, "  certified:"},
	{"round that cannot rest", "no_ending", edit{"from: [scored], to: certified", "from: [scored], to: filed"}, "  filed: "},
	{"track without a certificate", "no_certificate", edit{"to: certified, by: [leader]", "to: expired, by: [leader]"}, "  first:"},
	{"one role from entry to certificate", "one_role_alone", edit{"by: [leader]", "by: [office]"}, "  first:"},
	{"timer of an unknown event", "timer_stuck", edit{"event: expire", "event: expires"}, "event: expires"},
	{"timer that the system may not fire", "timer_stuck", edit{"by: [system]", "by: [office]"}, "timers:"},
	{"timer that leaves nothing", "timer_stuck", edit{"from: [certified], to: expired, by", "from: [certified], stay: true, by"}, "timers:"},
	{"windows on the same days", "windows_overlap", edit{"from: 1, to: 60", "from: 0, to: 60"}, "from: 0, to: 60"},
	{"guard that is not CEL", "guard_wrong", edit{"guard: form.total >= 50", "guard: form.total >="}, "guard:"},
	{"guard that gives a number", "guard_wrong", edit{"guard: form.total >= 50", "guard: form.total"}, "guard:"},
	{"guard over an unknown fact", "guard_wrong", edit{"guard: form.total >= 50", "guard: round.total >= 50"}, "guard:"},
	{"guard over a free text", "guard_wrong", edit{"guard: form.total >= 50", "guard: form.note == ''"}, "guard:"},
	{"guard over a group", "guard_wrong", edit{"guard: form.total >= 50", "guard: dyn(certificate).stars == 3"}, "guard:"},
	{"guard that makes a group", "guard_wrong", edit{"guard: form.total >= 50", "guard: \"certificate{stars: form.total}.stars == 3\""}, "guard:"},
	{"what is shown is wrong", "guard_wrong", edit{"actual: form.total", "actual: form.sum"}, "actual:"},
	{"fact not asked with has", "fact_may_be_absent", edit{"guard: form.total >= 50", "guard: certificate.stars >= 3"}, "guard:"},
	{"fact asked too late", "fact_may_be_absent", edit{"guard: form.total >= 50", "guard: certificate.stars >= 3 && has(certificate.stars)"}, "guard:"},
	{"fact asked for another", "fact_may_be_absent", edit{"guard: form.total >= 50", "guard: has(round.target) && certificate.stars >= 3"}, "guard:"},
	{"fact known only where it is absent", "fact_may_be_absent", edit{"guard: form.total >= 50", "guard: has(round.target) || round.target > 3"}, "guard:"},
	{"optional field not asked", "fact_may_be_absent", edit{"guard: form.total >= 50", "guard: form.kind == 'a'"}, "guard:"},
	{"fact that may be absent is shown", "fact_may_be_absent", edit{"actual: form.total", "actual: certificate.stars"}, "actual:"},
}

// Limits, windows and switches.
var brokenLimits = []broken{
	{"limit counted from nothing", "limit_start", edit{"after: [begin], working", "working"}, "  answer:"},
	{"limit of two lengths", "limit_length", edit{"working_days: 5", "working_days: 5, days: 3"}, "  answer:"},
	{"limit of no length", "limit_length", edit{", working_days: 5", ""}, "  answer:"},
	{"working days without a calendar", "calendar_missing", edit{"calendar: vn\n", ""}, "  answer:"},
	{"batch that nobody declared", "batches_missing", edit{smallBatches, ""}, "  sitting:"},
	{"batch of an unknown level", "unknown_name", edit{"- {level: district, requested", "- {level: village, requested"}, "village"},
	{"batch on no day", "day_wrong", edit{`requested_before: "04-30"`, `requested_before: "31-04"`}, "31-04"},
	{"reminder two years ahead", "chase_wrong", edit{"remind: [7]", "remind: [700]"}, "700"},
	{"warning that a document lapses two years ahead", "chase_wrong", edit{"remind: [90]", "remind: [900]"}, "900"},
	{"escalation to nobody", "chase_wrong", edit{"escalate: 3, to: [leader]", "escalate: 3"}, "chase:"},
	{"escalation to an unknown role", "unknown_name", edit{"escalate: 3, to: [leader]", "escalate: 3, to: [mayor]"}, "mayor"},
	{"limit after an unknown event", "unknown_name", edit{"after: [begin], working", "after: [start], working"}, "start"},
	{"limit met by an unknown event", "unknown_name", edit{"meets: {events: [score]}", "meets: {events: [scores]}"}, "[scores]"},
	{"limit met by an organisation's duty", "unknown_name", edit{"meets: {events: [score]}", "meets: {duty: visit}"}, "duty: visit"},
	{"limit around no day", "unknown_name", edit{"around: certificate.last_day, days", "around: certificate.stars, days"}, "certificate.stars"},
	{"limit in an unknown state", "unknown_name", edit{"states: [certified]", "states: [certain]"}, "certain]"},
	{"limit in an unknown track", "unknown_name", edit{"tracks: [first], after", "tracks: [second], after"}, "second"},
	{"limit of an unknown role", "unknown_name", edit{"who: [office], tracks: [first]", "who: [mayor], tracks: [first]"}, "mayor"},
	{"extension by an unknown role", "unknown_name", edit{"extend: [office]", "extend: [mayor]"}, "mayor"},
	{"unknown goal", "unknown_name", edit{"goal: certified", "goal: glory"}, "glory"},
	{"unknown switch", "unknown_name", edit{"from: 1, to: 60", "from: 1, to: 60, switch: kind"}, "switch: kind"},
	{"unknown flag", "unknown_name", edit{"from: 1, to: 60", "from: 1, to: 60, flag: red"}, "flag: red"},
	{"window without ends", "window_empty", edit{"from: 1, to: 60, ", ""}, "from: [expired]"},
	{"guard that no choice meets", "guard_never", edit{"guard: form.total >= 50", "guard: has(form.kind) && form.kind == 'b'"}, "guard:"},
	{"guard that no number of stars meets", "guard_never", edit{"guard: form.total >= 50", "guard: has(certificate.stars) && certificate.stars > 5"}, "guard:"},
	{"guard that two facts never meet", "guard_never", edit{"guard: form.total >= 50", "guard: has(certificate.stars) && has(round.target) && certificate.stars > round.target + 4"}, "guard:"},
}

var warnings = []broken{
	{"guard that always holds", "guard_always", edit{"guard: form.total >= 50", "guard: \"!has(certificate.stars) || certificate.stars >= 3\""}, "guard:"},
	{"value that no way out takes", "guards_gap", edit{"result.stars < 4", "result.stars < 3"}, "  certify:"},
	{"value that two ways out take", "guards_overlap", edit{"result.stars < 4", "result.stars < 5"}, "  certify:"},
	{"rule without a source", "unverified", edit{"cure_by: [producer]\n        verified: true", "cure_by: [producer]"}, "- code: enough"},
	{"gap between two windows", "windows_gap", edit{"from: 1, to: 60", "from: 2, to: 60"}, "from: 2, to: 60"},
	{"unverified without a word", "unverified", edit{"goal: certified", "verified: false"}, "verified: false"},
}

// Parts of small.yaml that whole edits take away.
const (
	smallBatches     = "batches:\n  - {level: district, requested_before: \"04-30\", held_before: \"06-30\", verified: true, note: {vi: \"Một đợt mỗi năm\", en: \"One batch a year\"}}\n"
	smallLastArm     = "      - {tracks: [none], from: [expired], to: filed, by: [producer], opens: first, window: {around: certificate.last_day, from: 1, to: 60, verified: true}}\n"
	smallTransitions = "transitions:\n  begin:"
)

func (b broken) check(t *testing.T, warning bool) {
	t.Helper()
	text := edited(t, b.edit)
	if b.code == "empty" { // all that follows goes as well
		head, _, _ := strings.Cut(text, "transitions: {}\n")
		text = head + "transitions: {}\n"
	}
	r, findings := workflow.Load("small.yaml", []byte(text))
	if got := r != nil; got != warning {
		t.Errorf("Load gives rules: %v, want %v", got, warning)
	}
	before, _, found := strings.Cut(text, b.at)
	if !found {
		t.Fatalf("the edited file does not hold %q", b.at)
	}
	line := strings.Count(before, "\n") + 1
	i := slices.IndexFunc(findings, func(f workflow.Finding) bool { return f.Code == b.code && f.Line == line })
	if i < 0 {
		t.Fatalf("findings %v, want %s on line %d", findings, b.code, line)
	}
	f := findings[i]
	if f.Warning != warning {
		t.Errorf("%v: warning %v, want %v", f, f.Warning, warning)
	}
	if f.File != "small.yaml" || f.Column < 1 {
		t.Errorf("finding stands in %q, column %d; want small.yaml and a column", f.File, f.Column)
	}
	if f.Message.Vi == "" || f.Message.En == "" || f.Message.Vi == f.Message.En {
		t.Errorf("message %+v, want a sentence in each language", f.Message)
	}
}

func TestCheckerNamesTheErrorAndItsLine(t *testing.T) {
	t.Parallel()
	for _, b := range append(slices.Clone(errors), brokenLimits...) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			b.check(t, false)
		})
	}
}

func TestCheckerNamesTheWarningAndStillLoads(t *testing.T) {
	t.Parallel()
	for _, b := range warnings {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			b.check(t, true)
		})
	}
}

func TestCheckerAcceptsWhatIsRight(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		edit edit
	}{
		{"fact asked with has", edit{"guard: form.total >= 50", "guard: has(certificate.stars) && certificate.stars >= 3"}},
		{"fact asked on the way to or", edit{"guard: form.total >= 50", "guard: \"!has(certificate.stars) || certificate.stars >= 3\""}},
		{"fact asked by a choice", edit{"guard: form.total >= 50", "guard: \"has(certificate.stars) ? certificate.stars >= 3 : true\""}},
		{"fact asked around a nested one", edit{"guard: form.total >= 50", "guard: \"!(!has(certificate.stars) || !has(round.target)) && certificate.stars < round.target\""}},
		{"fact asked before a walk over a list", edit{"guard: form.total >= 50", "guard: has(certificate.stars) && level.recognises.exists(s, s >= certificate.stars)"}},
		{"optional field asked", edit{"guard: form.total >= 50", "guard: \"!has(form.kind) || form.kind == 'a'\""}},
		{"one role alone, said so", edit{"alone: []", "alone: [office]"}},
		{"version in force before the act's end", edit{"until: 2026-01-01", "until: 2023-01-01"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if r, findings := loadEdited(t, test.edit); r == nil {
				t.Errorf("findings %v, want no error", findings)
			}
		})
	}
}

func TestCheckerReportsAllErrorsInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	_, findings := loadEdited(t, edit{"calendar: vn", "calendar: fr"}, edit{"to: scored,", "to: score,"}, edit{"floors: mean", "floors: best"})
	var got []string
	for _, f := range findings {
		got = append(got, f.Code)
	}
	if diff := cmp.Diff([]string{"unknown_calendar", "unverified", "floors_wrong", "unknown_name"}, got); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

// unbreakable are the codes that guard against our own mistakes: no file brings
// them about.
var unbreakable = []string{
	"form_wrong", // CEL refuses a variable; names of fields are checked before
	"machine",    // looplab/fsm refuses an arrow that it was given
}

func TestEveryCodeOfTheCheckerIsInATable(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	emits := regexp.MustCompile(`(?:c\.add\(|c\.warn\(|problem\{)"([a-z_]+)"`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range emits.FindAllStringSubmatch(string(source), -1) {
			got[m[1]] = true
		}
	}
	want := map[string]bool{}
	for _, b := range slices.Concat(errors, brokenLimits, warnings) {
		if b.code != "yaml" && b.code != "unknown_key" && b.code != "text_missing" { // package source's
			want[b.code] = true
		}
	}
	for _, code := range unbreakable {
		want[code] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("codes (-in the tables +in the source):\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(smallText(f)))
	for _, b := range slices.Concat(errors, brokenLimits, warnings) {
		f.Add([]byte(edited(f, b.edit)))
	}
	f.Add([]byte("procedure: &a [*a]"))
	f.Add([]byte("states: &a {b: {title: *a}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, findings := workflow.Load("fuzz.yaml", text)
		failed := slices.ContainsFunc(findings, func(f workflow.Finding) bool { return !f.Warning })
		if (r == nil) != failed {
			t.Fatalf("rules %v with findings %v, want either rules or an error", r != nil, findings)
		}
	})
}

package workflow_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/workflow"
)

// perKind bounds the edits of one kind in one file.
const perKind = 16

// mutant is a file with one edit. Where says on which lines a finding with one
// of the codes must stand; an edit without codes keeps all rules.
type mutant struct {
	kind  string
	what  string
	text  string
	codes []string
	where func(line int, text string) bool
}

// at wants the finding on one line, counted from 1.
func at(n int) func(int, string) bool { return func(line int, _ string) bool { return line == n } }

// naming wants each finding on a line that holds the name.
func naming(name string) func(int, string) bool {
	word := regexp.MustCompile(`(^|[^a-z_])` + name + `($|[^a-z_])`)
	return func(_ int, text string) bool { return word.MatchString(text) }
}

// onLine makes mutants of a kind by an edit of single lines that match.
func onLine(text, kind, pattern string, edit func(m []string, line string) string, codes ...string) []mutant {
	re := regexp.MustCompile(pattern)
	lines := strings.Split(text, "\n")
	var out []mutant
	for i, line := range lines {
		m := re.FindStringSubmatch(line)
		if m == nil || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		changed := edit(m, line)
		if changed == line {
			continue
		}
		next := slices.Clone(lines)
		next[i] = changed
		out = append(out, mutant{kind, strings.TrimSpace(changed), strings.Join(next, "\n"), codes, at(i + 1)})
	}
	return spread(out)
}

// spread takes perKind of a list, evenly.
func spread(list []mutant) []mutant {
	if len(list) <= perKind {
		return list
	}
	var out []mutant
	for i := range perKind {
		out = append(out, list[i*len(list)/perKind])
	}
	return out
}

// misspell puts an x behind what the first group of a pattern matched.
func misspell(m []string, line string) string {
	return strings.Replace(line, m[0], strings.Replace(m[0], m[1], m[1]+"x", 1), 1)
}

func nameEdits(text string) []mutant {
	var out []mutant
	for _, x := range []struct{ kind, pattern string }{
		{"misspell the state an arrow leads to", `to: ([a-z_]+),`},
		{"misspell a state it comes from", `from: \[([a-z_]+)`},
		{"misspell a role", `by: \[([a-z]+)`},
		{"misspell a track", `tracks: \[(first|upgrade|renewal|request|complaint)`},
		{"misspell a document", `needs: \[([a-z_]+)`},
		{"misspell an effect", `do: \[([a-z_]+)`},
		{"misspell the event of the product", `^    moves: ([a-z_]+)`},
		{"misspell the day of a window", `around: ([a-z_.]+)`},
		{"misspell an event apart from", `apart_from: \[([a-z_]+)`},
		{"misspell who cures", `cure_by: \[([a-z]+)`},
		{"misspell the event of a limit", `meets: \{events: \[([a-z_]+)`},
		{"misspell a field's type", `type: (int|bool|day|choice|code|text|document)\b`},
	} {
		out = append(out, onLine(text, x.kind, x.pattern, misspell, "unknown_name")...)
	}
	out = append(out, onLine(text, "misspell a fact", `guard: .*?\b((?:round|certificate|result|inspection|proposal|council|level|assessment|support|product|complaint)\.[a-z_]+)`, misspell, "guard_wrong")...)
	out = append(out, onLine(text, "misspell a key", `(legal|title|else|guard|arms|form): `, misspell, "unknown_key")...)
	return out
}

func ruleEdits(text string) []mutant {
	blank := func(old, new string) func([]string, string) string {
		return func(m []string, line string) string {
			return strings.Replace(line, m[0], strings.Replace(m[0], old, new, 1), 1)
		}
	}
	to := func(new string) func([]string, string) string {
		return func(m []string, line string) string { return strings.Replace(line, m[0], new, 1) }
	}
	out := onLine(text, "leave English out", `en: "[^"]*"`, to(`en: ""`), "text_missing")
	out = append(out, onLine(text, "leave Vietnamese out", `vi: "[^"]*"`, to(`vi: " "`), "text_missing")...)
	out = append(out, onLine(text, "an arm by nobody", `by: \[[a-z, ]*\]`, func(m []string, line string) string {
		if !strings.Contains(line, "tracks: [") {
			return line
		}
		return strings.Replace(line, m[0], "by: []", 1)
	}, "arm_incomplete")...)
	out = append(out, onLine(text, "to and stay", `to: [a-z_]+,`, func(m []string, line string) string { return strings.Replace(line, m[0], m[0]+" stay: true,", 1) }, "to_or_stay")...)
	out = append(out, onLine(text, "neither to nor stay", `to: [a-z_]+, `, to(""), "to_or_stay")...)
	out = append(out, onLine(text, "close a round that is not open", `tracks: \[none\].*(\})$`, blank("}", ", closes: true}"), "closes_outside")...)
	out = append(out, onLine(text, "drop has()", `has\((\w+\.\w+)\) && .*`, func(m []string, line string) string {
		if strings.Count(line, m[1]) < 2 || !strings.Contains(line, "guard:") {
			return line
		}
		return strings.Replace(line, "has("+m[1]+") && ", "", 1)
	}, "fact_may_be_absent")...)
	out = append(out, onLine(text, "turn a comparison into nonsense", `guard: (?:has\([^)]*\) && )?.*( >= | == | <= )`, func(m []string, line string) string {
		return strings.Replace(line, m[1], m[1]+"'a' - ", 1)
	}, "guard_wrong")...)
	out = append(out, onLine(text, "a limit with two lengths", `^    (days|working_days|batch): `, func(m []string, line string) string { return line + "\n    months: 1" }, "limit_length")...)
	for i := range out {
		if out[i].kind == "a limit with two lengths" {
			out[i].where = nil // the limit's own key, some lines above
		}
	}
	return out
}

func numberEdits(text string) []mutant {
	var out []mutant
	lines := strings.Split(text, "\n")
	band := regexp.MustCompile(`- \{stars: (\d), from: (\d+)\}`)
	for i, line := range lines {
		m := band.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		next := slices.Clone(lines)
		if m[2] != "0" {
			next[i] = strings.Replace(line, "stars: "+m[1], "stars: 9", 1)
			out = append(out, mutant{"nine stars", next[i], strings.Join(next, "\n"), []string{"bands_range"}, at(i + 1)})
		} else {
			next[i] = strings.Replace(line, "from: 0", "from: 10", 1)
			out = append(out, mutant{"points without stars", next[i], strings.Join(next, "\n"), []string{"bands_gap"}, at(i + 1)})
		}
		if prev := band.FindStringSubmatch(lines[i-1]); prev != nil {
			next = slices.Clone(lines)
			next[i] = strings.Replace(line, "from: "+m[2], "from: "+prev[2], 1)
			out = append(out, mutant{"loosen a band", next[i], strings.Join(next, "\n"), []string{"bands_order"}, at(i + 1)})
		}
	}
	out = append(out, onLine(text, "forward from inside a band", `forwards_from: (\d+)`, func(m []string, line string) string { return strings.Replace(line, m[1], m[1]+"1", 1) }, "forward_band")...)
	out = append(out, onLine(text, "a term of no month", `^  months: (36)`, func(_ []string, line string) string { return strings.Replace(line, "36", "0", 1) }, "certificate_wrong")...)
	out = append(out, onLine(text, "a quorum above the whole", `quorum: "3/4"`, func(_ []string, line string) string { return strings.Replace(line, "3/4", "5/4", 1) }, "quorum_wrong")...)
	out = append(out, onLine(text, "a batch on no day", `requested_before: "(\d\d-\d\d)"`, func(m []string, line string) string { return strings.Replace(line, m[1], "99-99", 1) }, "day_wrong")...)
	for i := range out {
		if out[i].kind == "a term of no month" {
			out[i].where = nil // the certificate's own key
		}
	}
	return out
}

// dropped removes a declared name: every finding stands where it is used.
func dropped(text, part, kind string) []mutant {
	lines := strings.Split(text, "\n")
	var out []mutant
	inside := false
	for i, line := range lines {
		if strings.HasPrefix(line, part+":") {
			inside = true
			continue
		}
		if inside && line != "" && !strings.HasPrefix(line, " ") {
			break
		}
		m := regexp.MustCompile(`^  ([a-z_]+):`).FindStringSubmatch(line)
		if !inside || m == nil || m[1] == "system" {
			continue
		}
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], "   ") {
			end++
		}
		left := strings.Join(slices.Concat(lines[:i], lines[end:]), "\n")
		used := regexp.MustCompile(`(by|cure_by|who|to|extend|needs|from|states|documents): \[[^\]]*\b` + m[1] + `\b|(entry|to): ` + m[1] + `\b`).MatchString(left)
		codes := []string{"unknown_name"}
		if !used {
			codes = nil
		}
		out = append(out, mutant{kind, m[1], left, codes, naming(m[1])})
	}
	return spread(out)
}

// doubled writes an arm twice: the second one is wrong.
func doubled(text string) []mutant {
	list := onLine(text, "an arm twice", `^      - \{tracks: .*\}$`, func(_ []string, line string) string { return line + "\n" + line }, "arm_twice")
	for i := range list {
		first := list[i].where
		list[i].where = func(line int, text string) bool { return first(line-1, text) }
	}
	return list
}

// harmless edits keep every rule.
func harmless(text string) []mutant {
	out := onLine(text, "another title", `title: \{vi: "([^"]+)"`, func(m []string, line string) string { return strings.Replace(line, m[1], m[1]+" (mới)", 1) })
	out = append(out, onLine(text, "a longer limit", `^    (?:days|working_days): (\d+)$`, func(m []string, line string) string { return strings.Replace(line, m[1], m[1]+"0", 1) })...)
	out = append(out, onLine(text, "a comment", `^  [a-z_]+:$`, func(_ []string, line string) string { return line + " # nothing" })...)
	out = append(out, onLine(text, "a word more for a reason", `else: \{vi: "([^"]+)"`, func(m []string, line string) string { return strings.Replace(line, m[1], "Lưu ý: "+m[1], 1) })...)
	out = append(out, onLine(text, "one more role to cure", `cure_by: \[(office)\]`, func(m []string, line string) string { return strings.Replace(line, "office", "office, producer", 1) })...)
	out = append(out, onLine(text, "a shorter term", `^  months: (36)`, func(_ []string, line string) string { return strings.Replace(line, "36", "24", 1) })...)
	return out
}

// judge loads a mutant and says what is wrong with how it was judged.
func judge(m mutant) string {
	r, findings := workflow.Load("mutant.yaml", []byte(m.text))
	errs := slices.DeleteFunc(slices.Clone(findings), func(f workflow.Finding) bool { return f.Warning })
	if len(m.codes) == 0 {
		if r == nil {
			return fmt.Sprintf("keeps all rules, but: %v", errs)
		}
		return ""
	}
	if r != nil {
		return "was loaded"
	}
	lines := strings.Split(m.text, "\n")
	for _, f := range errs {
		if slices.Contains(m.codes, f.Code) && (m.where == nil || m.where(f.Line, lines[f.Line-1])) {
			return ""
		}
	}
	return fmt.Sprintf("want %v where it was edited, got %v", m.codes, errs)
}

// TestEveryBreakingEditIsReportedAtItsLine takes the shipped procedures and
// edits them in one place at a time. It prints how many edits of each kind were
// made and judged rightly.
func TestEveryBreakingEditIsReportedAtItsLine(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ocop-2023", "ocop-2026", "complaint"} {
		text, err := os.ReadFile("../../workflows/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		src := string(text)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tally(t, name, slices.Concat(nameEdits(src), ruleEdits(src), numberEdits(src), doubled(src), harmless(src),
				dropped(src, "states", "drop a state"), dropped(src, "roles", "remove a role"), dropped(src, "documents", "remove a kind of document"),
				graphEdits(t, src)))
		})
	}
}

func tally(t *testing.T, name string, mutants []mutant) {
	t.Helper()
	made, right := map[string]int{}, map[string]int{}
	var kinds []string
	for _, m := range mutants {
		if made[m.kind]++; made[m.kind] == 1 {
			kinds = append(kinds, m.kind)
		}
		if wrong := judge(m); wrong != "" {
			t.Errorf("%s, %s (%s): %.600s", name, m.kind, m.what, wrong)
			continue
		}
		right[m.kind]++
	}
	var b strings.Builder
	total := 0
	for _, k := range kinds {
		fmt.Fprintf(&b, "%-40s %3d edits, %3d judged rightly\n", k, made[k], right[k])
		total += made[k]
	}
	t.Logf("%s: %d edits\n%s", name, total, b.String())
	if total < 200 {
		t.Errorf("%s: %d edits, want at least 200", name, total)
	}
}

package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
	"ocopflow/workflows"
)

// Words that are looked up by a value of the data: levels, what a certificate
// is, kinds of entries, yes and no.
var byValue = regexp.MustCompile("^(" + strings.Join([]string{
	`correct(ed|ion)_.*`,
	`event_.*`,
	`complaint_.*`, // said by Word
	`original_.*`,
	`about_.*`,
	`integrity_.*`,
	`on_behalf_.*`,
	`recognised_(in_force|expired|revoked|all)`,
	`mail_.*`,
	`delivery_.*`,
	`webhook_type_.*`,
	`mark_.*`,
	`position_.*`,
	`session_.*`,
	`kind_.*`,
	`plan_.*`,
	`counting_.*`,
	`record_(none|training|support_plan)`,
	`unit_.*`,
	`form_.*`,
	`csv_.*`,
	`place_.*`,
	`tasks_.*`,
	`flag_.*`,
	`method_.*`,
	`part_.*`,
	`table_.*`,
	`column_.*`,
	`status_.*`,
	`role_.*`,
	`ground_.*`,
	`counted_.*`,
	`added`,
	`removed`,
	`changed`,
	`reason_.*`,
	`district`,
	`province`,
	`ministry`,
	`valid`,
	`extended`,
	`expired`,
	`superseded`,
	`revoked`,
	`true`,
	`false`,
	`origin_.*`,
	`endings_(open|due|overdue|written)`,
	`producers`,
	`communes`,
}, "|") + ")$")

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	asked := regexp.MustCompile(`\.T "([a-z_]+)"|p\.T\("([a-z_]+)"\)|\.Word [^"\s]+ "([a-z_]+)"`)
	for _, pattern := range []string{"templates/*.html", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
				key := m[1] + m[2] + m[3]
				used[key] = true
				if _, ok := messages[key]; !ok && key != "event_" {
					t.Errorf("%s asks for %q, which is missing", name, key)
				}
			}
		}
	}
	for key, m := range messages {
		if !used[key] && !byValue.MatchString(key) {
			t.Errorf("message %q is not used", key)
		}
		if m.Vi == "" || m.En == "" {
			t.Errorf("message %q does not speak both languages", key)
		}
	}
}

func TestEveryTemplateParses(t *testing.T) {
	t.Parallel()
	s, err := New(Site{})
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`\.show\("([a-z-]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range shown.FindAllStringSubmatch(string(text), -1) {
			names[m[1]] = true
		}
	}
	for name := range names {
		if s.pages.Lookup(name) == nil {
			t.Errorf("no page %q", name)
		}
	}
	if len(names) < 40 {
		t.Errorf("only %d pages are shown", len(names))
	}
	for _, name := range []string{"tabler.min.css", "site.css", "score.js"} {
		if path, err := s.assets.path(name); err != nil || !strings.HasPrefix(path, "/assets/") {
			t.Errorf("asset %s: %q %v", name, path, err)
		}
	}
	if n := len(s.assets["tabler.min.css"].packed); n > 100_000 {
		t.Errorf("the style sheet has %d bytes over the wire", n)
	}
}

// Guides put the words of pages in bold, quote what the program answers, and
// show pictures and name files that are there.
func TestGuidesUseTheWordsOfThePages(t *testing.T) {
	t.Parallel()
	words := map[ocop.Lang]map[string]bool{ocop.Vi: {}, ocop.En: {}}
	add := func(x ocop.Text) { words[ocop.Vi][x.Vi], words[ocop.En][x.En] = true, true }
	for _, m := range messages {
		add(m)
	}
	library, _, err := workflow.LoadAll(workflows.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range library.All() {
		for _, x := range r.Transitions.All() {
			add(x.Title)
			for _, arm := range append([]workflow.Arm{{Requires: x.Requires}}, x.Arms...) {
				for _, f := range arm.Form {
					add(f.Title)
				}
			}
		}
	}
	answers := sources(t)
	bold, quoted, link := regexp.MustCompile(`\*\*([^*]+)\*\*`), regexp.MustCompile(`“([^”]+)”`), regexp.MustCompile(`\]\(([^)]+)\)`)
	files, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil {
		t.Fatal(err)
	}
	english, err := filepath.Glob("../../docs/guides/en/*.md")
	if err != nil || len(files) != 11 || len(english) != 11 {
		t.Fatalf("%d and %d guides: %v", len(files), len(english), err)
	}
	for _, name := range append(files, english...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lang := ocop.Vi
		if strings.Contains(name, "/en/") {
			lang = ocop.En
		}
		for _, m := range bold.FindAllStringSubmatch(string(text), -1) {
			if !words[lang][m[1]] {
				t.Errorf("%s: no page says %q", name, m[1])
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(answers, m[1]) {
				t.Errorf("%s: nothing answers %q", name, m[1])
			}
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			to, section, _ := strings.Cut(m[1], "#")
			if to = filepath.Join(filepath.Dir(name), to); strings.HasPrefix(m[1], "#") {
				to = name
			}
			there, err := os.ReadFile(to)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if !slices.Contains(sectionsOf(string(there)), section) {
				t.Errorf("%s: %s has no section %q", name, to, section)
			}
		}
	}
}

// sectionsOf are the names by which the sections of a page are linked, and "" for
// the page itself.
func sectionsOf(text string) []string {
	out := []string{""}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		out = append(out, strings.ReplaceAll(strings.ToLower(m[1]), " ", "-"))
	}
	return out
}

// sources is the text of all the program and its procedures, tests apart.
func sources(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, place := range []string{"../../internal", "../../workflows"} {
		err := filepath.WalkDir(place, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || strings.HasSuffix(name, "_test.go") || filepath.Ext(name) != ".go" && filepath.Ext(name) != ".yaml" {
				return err
			}
			text, err := os.ReadFile(name)
			out.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// The words of all pages come together in one map: a key that two files give
// different words would change a page that nobody looked at.
func TestNoMessageIsOverwritten(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("messages*.go")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\t"(\w+)":\s*(\{Vi: .*\}),`)
	said := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			if was, known := said[m[1]]; known && was != m[2] {
				t.Errorf("%s says %q anew: %s, not %s", name, m[1], m[2], was)
			}
			said[m[1]] = m[2]
		}
	}
	if len(said) < 500 {
		t.Errorf("only %d messages were found", len(said))
	}
}

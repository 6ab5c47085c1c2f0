package campaign

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/coverage-2024.md has a row for everything that the announcement asks for,
// no cell of it is empty, and the tests that it names are there.
func TestCoverageOfTheAnnouncement(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/coverage-2024.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	files, err := filepath.Glob("../*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	begins := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range begins.FindAllSubmatch(source, -1) {
			tests[string(m[1])] = true
		}
	}
	rows := map[string]bool{} // by title of the table and code
	title := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if after, ok := strings.CutPrefix(line, "## "); ok {
			title = after
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| Code |") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for _, c := range cells {
			if strings.TrimSpace(c) == "" {
				t.Errorf("an empty cell: %s", line)
			}
		}
		if shown := strings.Trim(cells[len(cells)-1], " `"); !tests[shown] {
			t.Errorf("there is no test %q: %s", shown, line)
		}
		rows[title+" "+strings.TrimSpace(cells[0])] = true
	}
	f, findings := Parse(shipped, []byte(read(t)), Nothing)
	if f == nil {
		t.Fatal(findings)
	}
	want := func(title, code string) {
		if !rows[title+" "+code] {
			t.Errorf("%s: no row for %s", title, code)
		}
	}
	for _, x := range f.Deadlines {
		want("Deadlines", x.Code)
	}
	for _, x := range f.Targets {
		want("Targets", x.Code)
	}
	for _, x := range f.Products {
		want("Products", x.Code)
	}
	for _, x := range f.Expectations {
		want("Products expected of communes", x.Unit)
	}
	for _, x := range f.Duties {
		want("Duties", x.Code)
		if x.Unit != "producers" && x.Unit != "communes" {
			want("Organisations", x.Unit)
		}
	}
	for _, x := range f.Participants {
		want("Organisations", x)
	}
	for _, x := range f.Producers {
		want("Organisations", x.Code)
	}
	for _, x := range f.Conflicts {
		want("Contradictions", x.Code)
	}
}

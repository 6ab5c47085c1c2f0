package paper

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// The documentation lists every paper and every placeholder, and nothing else.
func TestTheDocumentationTellsEveryPlaceholder(t *testing.T) {
	t.Parallel()
	const file, end = "../../docs/papers.md", "<!-- end -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "<!-- placeholders")
	mark, rest, _ := strings.Cut(rest, "\n")
	_, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatal("docs/papers.md has no place for placeholders")
	}
	var b strings.Builder
	head := fieldsOf(reflect.TypeFor[Head](), "")
	table := func(title string, list []Placeholder) {
		fmt.Fprintf(&b, "\n### %s\n\n| | | Tiếng Việt | English |\n|---|---|---|---|\n", title)
		for _, x := range list {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", x.Name, strings.ReplaceAll(x.Kind, "_", " "), x.Says.Vi, x.Says.En)
		}
	}
	table("Every paper", head)
	for _, p := range Papers {
		table(fmt.Sprintf("`%s`: %s, %s", p.Name, p.Title.Vi, strings.ToLower(p.Title.En)), p.Fields()[len(head):])
	}
	want := before + "<!-- placeholders" + mark + "\n" + b.String() + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		text = []byte(want)
	}
	if string(text) != want {
		t.Error("docs/papers.md is not as the code: go test ./internal/paper -run Documentation -update-papers")
	}
	for _, w := range Words() {
		if !strings.Contains(before, "`"+w) {
			t.Errorf("docs/papers.md does not tell of the function %s", w)
		}
	}
}

// Every placeholder says in both languages what it holds.
func TestEveryPlaceholderIsExplained(t *testing.T) {
	t.Parallel()
	for _, p := range Papers {
		for _, f := range p.Fields() {
			if f.Says.Vi == "" || f.Says.En == "" {
				t.Errorf("%s: %s is not explained", p.Name, f.Name)
			}
		}
	}
}

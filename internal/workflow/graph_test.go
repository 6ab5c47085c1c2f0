package workflow_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

var update = flag.Bool("update", false, "write the golden files anew")

// versions of ocop that are shipped.
var versions = []string{"2023", "2025", "2026"}

// shipped is a procedure as the program carries it, such as ocop-2023.
func shipped(t testing.TB, name string) *workflow.Rules {
	t.Helper()
	return load(t, "../../workflows/"+name+".yaml")
}

func small(t testing.TB) *workflow.Rules {
	t.Helper()
	return load(t, "testdata/small.yaml")
}

func load(t testing.TB, file string) *workflow.Rules {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, findings := workflow.Load(filepath.Base(file), text)
	for _, f := range findings {
		if f.Code != "unverified" || strings.Contains(f.Message.En, "does not say why") {
			t.Fatalf("Load(%s): %v; want nothing but rules whose lack of a source is explained", file, f)
		}
	}
	if r == nil {
		t.Fatalf("Load(%s) gives no rules", file)
	}
	return r
}

func TestMermaidDrawsTheProcedureAsInTheGoldenFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		golden string
		rules  *workflow.Rules
		lang   ocop.Lang
		now    ocop.State
		path   []ocop.State
	}{
		{"ocop-2023.vi.mmd", shipped(t, "ocop-2023"), ocop.Vi, "", nil},
		{"ocop-2023.en.mmd", shipped(t, "ocop-2023"), ocop.En, "", nil},
		{"small.now.mmd", small(t), ocop.En, "scored", []ocop.State{"none", "filed", "scored", "filed"}},
	} {
		t.Run(test.golden, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", test.golden)
			got := test.rules.Mermaid(test.lang, test.now, test.path)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("Mermaid (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMermaidKeepsATitleOnItsLine(t *testing.T) {
	t.Parallel()
	r, findings := loadEdited(t, edit{`{vi: "Chấm", en: "Score"}`, `{vi: "Chấm", en: "Score; then\nwait"}`})
	if r == nil {
		t.Fatalf("the edited file has findings %v, want none", findings)
	}
	got := r.Mermaid(ocop.En, "", nil)
	if want := "filed --> scored: Score, then wait\n"; !strings.Contains(got, want) {
		t.Errorf("Mermaid gives\n%swant a line %q", got, want)
	}
}

func TestMermaidLeavesOutStatesThatNobodyDeclared(t *testing.T) {
	t.Parallel()
	r := small(t)
	got := r.Mermaid(ocop.Vi, "elsewhere", []ocop.State{"nowhere"})
	if want := r.Mermaid(ocop.Vi, "", nil); got != want {
		t.Errorf("Mermaid with undeclared states gives\n%swant the same as without:\n%s", got, want)
	}
}

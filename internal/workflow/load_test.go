package workflow_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/workflow"
	"ocopflow/workflows"
)

var update = flag.Bool("update", false, "write the golden files anew")

// versions of ocop that are shipped.
var versions = []string{"2023", "2025", "2026"}

// shipped is a procedure as the program carries it, such as ocop-2023.
func shipped(t testing.TB, name string) *workflow.Rules {
	t.Helper()
	return load(t, "../../workflows/"+name+".yaml")
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

// library holds all procedures of the program.
func library(t testing.TB) *workflow.Library {
	t.Helper()
	lib, findings, err := workflow.LoadAll(workflows.Files)
	if err != nil {
		t.Fatal(findings, err)
	}
	return lib
}

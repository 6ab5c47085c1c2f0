package workflow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/workflow"
)

// A guard is whatever somebody wrote: it compiles, or its place is named.
func FuzzGuard(f *testing.F) {
	const guard = "form.total >= 50"
	for _, text := range []string{guard, "form.total >=", "dyn(form.total)", "[1].map(x, [1].map(y, x)) == []", "'a'.matches('(a+)+$')", "certificate.stars == 3 ? true : false",
		"timestamp('x') < now", "-9223372036854775808 / -1 == 0", strings.Repeat("(", 300), "size('" + strings.Repeat("a", 5000) + "') > 0"} {
		f.Add(text)
	}
	small := smallText(f)
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			return
		}
		r, findings := workflow.Load("fuzz.yaml", []byte(strings.Replace(small, guard, string(quoted), 1)))
		failed := slices.ContainsFunc(findings, func(f workflow.Finding) bool { return !f.Warning })
		if (r == nil) != failed {
			t.Fatalf("rules %v with findings %v, want either rules or an error", r != nil, findings)
		}
	})
}

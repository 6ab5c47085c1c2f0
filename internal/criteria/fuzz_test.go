package criteria_test

import (
	"io/fs"
	"path"
	"testing"

	"ocopflow/internal/criteria"
	"ocopflow/workflows"
)

// A sheet is read or refused with its place; one that is read can be filled in and
// worked out.
func FuzzParse(f *testing.F) {
	names, err := fs.Glob(workflows.Files, "criteria/2026/*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names[:min(3, len(names))] {
		text, err := fs.ReadFile(workflows.Files, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("set: 1\nparts: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, findings := criteria.Parse(path.Base("fuzz.yaml"), text)
		if s == nil {
			if len(findings) == 0 {
				t.Fatal("refused without a reason")
			}
			return
		}
		sheet := criteria.Sheet{Choices: map[string]int{}}
		for _, c := range s.All() {
			for _, o := range c.Options {
				sheet.Choices[c.Code] = o.Points
			}
		}
		_ = s.Evaluate([]criteria.Sheet{sheet, {}}, criteria.ByAll, func(sum, n int64) int { return 3 })
		_ = s.Path(sheet, 5, 0)
	})
}

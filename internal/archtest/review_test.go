package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The review against ASVS holds each of the 253 requirements of levels 1 and 2
// once, counts itself rightly, and every test that docs/security.md names is there.
func TestTheReviewIsWholeAndNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	err = filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		code, err := os.ReadFile(name)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(code, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(text, -1) {
		if !tests[string(m[1])] {
			t.Errorf("there is no test %s", m[1])
		}
	}
	seen, states := map[string]bool{}, map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\| V(\d+\.\d+\.)(\d+)(?:–\d+\.\d+\.(\d+))? \| [^|]+ \| ([^|]+) \| [^|]+ \|$`).FindAllStringSubmatch(string(text), -1) {
		from, _ := strconv.Atoi(m[2]) // digits
		to, _ := strconv.Atoi(m[3])
		for n := from; n <= max(from, to); n++ {
			key := m[1] + strconv.Itoa(n)
			if seen[key] {
				t.Errorf("V%s stands there twice", key)
			}
			seen[key] = true
			states[m[4]]++
		}
	}
	const requirements = 253
	if len(seen) != requirements || states["met"]+states["part"]+states["not met"]+states["n/a"] != requirements {
		t.Errorf("%d requirements, %v", len(seen), states)
	}
	counted := "Counted: " + strconv.Itoa(states["met"]) + " met, " + strconv.Itoa(states["part"]) + " in part, " + strconv.Itoa(states["not met"]) + " not met, " + strconv.Itoa(states["n/a"]) + " do not apply."
	if !strings.Contains(string(text), counted) {
		t.Errorf("it does not say: %s", counted)
	}
}

package source_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"ocopflow/internal/source"
)

// stairs is a mapping in a mapping, so many lines deep.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// Nested brackets made the parser take memory by the square of their number.
func TestHostileFilesAreRefusedInReasonableMemory(t *testing.T) {
	const n = source.MaxFile - 100
	for name, text := range map[string]string{
		"lists":       strings.Repeat("[", n),
		"mappings":    strings.Repeat("{a: ", n/4),
		"dashes":      strings.Repeat("- ", n/2),
		"questions":   strings.Repeat("? ", n/2),
		"colons":      strings.Repeat("a: ", n/3),
		"tags":        strings.Repeat("!a ", n/3),
		"anchors":     strings.Repeat("&a ", n/3),
		"aliases":     "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
		"merge":       "a: {b: 1}\nc:\n  <<: {d: 1}\n",
		"comments":    strings.Repeat("#\n", n/2),
		"two":         "a: 1\n---\nb: 1\n",
		"too large":   strings.Repeat("a", source.MaxFile+1),
		"no text":     "\xff\xfe",
		"nothing":     "",
		"quotes":      strings.Repeat(`"`, n),
		"deep stairs": stairs(1000) + "[",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var v any
			_, bad := source.Parse("hostile.yaml", []byte(text), &v)
			runtime.ReadMemStats(&after)
			if bad == nil {
				t.Fatal("taken")
			}
			if bad.Line < 1 || bad.Column < 1 || bad.Message.Vi == "" || bad.Message.En == "" {
				t.Errorf("finding %+v, want a place and a sentence in each language", bad)
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 400 {
				t.Errorf("took %d MiB", took)
			}
		})
	}
}

func TestAPlaceIsTheKeyItself(t *testing.T) {
	t.Parallel()
	var v struct {
		A struct {
			B []struct{ C int }
		}
	}
	f, bad := source.Parse("x.yaml", []byte("a:\n  b:\n    - {c: 1}\n    - c: 2\n"), &v)
	if bad != nil {
		t.Fatal(bad)
	}
	for path, want := range map[string]string{"a": "1:1", "a.b": "2:3", "a.b[0].c": "3:8", "a.b[1].c": "4:7", "a.b[1]": "4:7", "a.b[7].c": "2:3", "nothing.at": "1:1"} {
		f.Error("x", path, path, path)
		for _, x := range f.Findings() {
			if x.Message.En == path && fmt.Sprintf("%d:%d", x.Line, x.Column) != want {
				t.Errorf("%s stands at %d:%d, want %s", path, x.Line, x.Column, want)
			}
		}
	}
}

func TestJSONThatWouldBeMendedInSilenceIsRefused(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		`{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 2}]}`: true,
		`[]`:                        true,
		`"x"`:                       true,
		`{"a": 1, "a": 2}`:          false,
		`[{"x": {"a": 1, "a": 1}}]`: false,
		`{"a": "\u0000"}`:           false,
		`{"a": "\\u0000"}`:          true,
		"{\"a\": \"\xff\"}":         false,
		`{"a": `:                    false,
		``:                          false,
	} {
		if err := source.CheckJSON([]byte(text)); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

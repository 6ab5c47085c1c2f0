package warning

import (
	"strings"
	"testing"

	"ocopflow/internal/source"
)

const good = `warnings:
  - {code: a, procedure: ocop, version: "1", title: {vi: x, en: x}, letter: {from: -60, by: -30, remind: [7]}, tell: {who: [producer], by: 0, remind: [7], title: {vi: x, en: x}}, legal: "1", verified: true, note: {vi: x, en: x}}
`

func TestRulesAreWholeOrNotTaken(t *testing.T) {
	t.Parallel()
	if list := Rules(); len(list) != 3 || !Known("ending") || !Known("window") || Known("x") || list[0].Reckoned() != -30 || list[2].Reckoned() != -120 || !list[0].Law() || list[1].Law() || list[2].Law() {
		t.Errorf("%+v", list)
	}
	if _, err := source.Read("warnings.yaml", []byte(good), whole); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"legal: \"1\"": "legal: \"\"", "from: -60": "from: -20", "by: 0": "by: 3", "who: [producer]": "who: []", "code: a": "colour: a", "{vi: x, en: x}}\n": "{vi: '', en: ''}}\n"} {
		if _, err := source.Read("warnings.yaml", []byte(strings.Replace(good, from, to, 1)), whole); err == nil {
			t.Errorf("%s is taken", to)
		}
	}
	if _, err := source.Read("warnings.yaml", []byte(good+strings.TrimPrefix(good, "warnings:\n")), whole); err == nil {
		t.Error("a rule may be there twice")
	}
}

package campaign

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ocopflow/internal/source"
)

const shipped = "../../workflows/campaigns/cam-xuyen-2024.yaml"

func read(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheAnnouncementIsThere(t *testing.T) {
	t.Parallel()
	f, findings := Parse("cam-xuyen-2024.yaml", []byte(read(t)), Nothing)
	if f == nil {
		t.Fatal(findings)
	}
	counts := map[string][2]int{
		"products": {len(f.Products), 4}, "deadlines": {len(f.Deadlines), 9}, "targets": {len(f.Targets), 5},
		"expectations": {len(f.Expectations), 3}, "participants": {len(f.Participants), 9}, "conflicts": {len(f.Conflicts), 5},
	}
	for what, n := range counts {
		if n[0] != n[1] {
			t.Errorf("%s: %d, want %d", what, n[0], n[1])
		}
	}
	for _, d := range f.Deadlines {
		mixed := strings.Contains(d.Wording, "chậm nhất trước")
		if mixed && len(d.Flags) == 0 {
			t.Errorf("%s: the mixed wording %q is not flagged", d.Code, d.Wording)
		}
		if exclusive := strings.Contains(d.Wording, "trước ngày"); exclusive != (d.Kind == "before") {
			t.Errorf("%s: %q is %s", d.Code, d.Wording, d.Kind)
		}
	}
	for _, p := range f.Products {
		if !p.Certificate.Assumed {
			t.Errorf("%s: its certificate is not in the announcement, and not marked assumed", p.Code)
		}
	}
}

func TestEachMistakeIsNamedByItsLine(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ code, old, new string }{
		{"unknown_key", "year: 2024", "jahr: 2024"},
		{"yaml", "year: 2024", "year: soon"},
		{"year_wrong", "year: 2024", "year: 1524"},
		{"code_wrong", "campaign: cam-xuyen-2024", "campaign: Cẩm Xuyên"},
		{"text_missing", `en: "At least 1 product at 4 stars"`, `en: ""`},
		{"unknown_code", "unit: tt-thien-cam}", "unit: tt-thien-dang}"},
		{"unknown_code", "producer: htx-phu-sang\n", "producer: htx-phu-toi\n"},
		{"unknown_code", "successor: xa-thien-cam}", "successor: xa-xa}"},
		{"unknown_code", "who: [vp-ntm, tai-chinh-ke-hoach]", "who: [vp-ntm, tai-chinh]"},
		{"unknown_code", "meets: {duty: vp-support-plan}", "meets: {duty: vp-nothing}"},
		{"unknown_code", "between: [D1, D8]", "between: [D1, D18]"},
		{"code_twice", "- {code: htx-nhu-gia,", "- {code: htx-phu-sang,"},
		{"code_twice", "  - code: D4", "  - code: D3"},
		{"kind_wrong", "kind: province", "kind: kingdom"},
		{"kind_wrong", "kind: by\n    date: 2024-12-31", "kind: around\n    date: 2024-12-31"},
		{"set_wrong", "set: 20 ", "set: 0 "},
		{"number_wrong", "number: GD-2022-01", "number: gd/2022"},
		{"stars_wrong", "number: GD-2022-02, stars: 3", "number: GD-2022-02, stars: 9"},
		{"track_wrong", "plan: {track: upgrade, target: 4}\n    certificate: {number: GD-2022-01", "plan: {track: sideways, target: 4}\n    certificate: {number: GD-2022-01"},
		{"meets_missing", "meets: {inspection: true}", "meets: {}"},
		{"dates_wrong", "valid_to: 2025-06-30}\n  - {code: tt-cam-xuyen", "valid_from: 2026-01-01, valid_to: 2025-06-30}\n  - {code: tt-cam-xuyen"},
		{"producer_wrong", "form: farm", "form: farm"},
		{"record_wrong", "record: training", "record: meeting"},
		{"counting_wrong", "procedure: ocop\n", "procedure: ocop\ncounting: both\n"},
		{"date_wrong", "date: 2024-12-31", "date: 0024-12-31"},
		{"unknown_code", "only: [cam-binh, cam-quang, cam-thach]", "only: [cam-binh, cam-quang, cam-nowhere]"},
	} {
		text := read(t)
		if x.code == "producer_wrong" {
			x.old, x.new = `name: "HTX Như Gia", form: cooperative`, `name: "", form: cooperative`
		}
		if strings.Count(text, x.old) != 1 {
			t.Fatalf("%s: %q stands %d times", x.code, x.old, strings.Count(text, x.old))
		}
		line := strings.Count(text[:strings.Index(text, x.old)], "\n") + 1
		f, findings := Parse("x.yaml", []byte(strings.Replace(text, x.old, x.new, 1)), Nothing)
		if f != nil {
			t.Errorf("%s: %q was taken", x.code, x.new)
			continue
		}
		found := false
		for _, y := range findings {
			found = found || y.Code == x.code && y.Line >= line-3 && y.Line <= line+1 && y.Message.Vi != "" && y.Message.En != ""
		}
		if !found {
			t.Errorf("%s at about line %d is not among %v", x.code, line, findings)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(read(f)))
	f.Add([]byte("campaign: x\nunits: [{code: a, parent: a}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if file, findings := Parse("fuzz.yaml", text, Nothing); file == nil && len(findings) == 0 {
			t.Error("neither a campaign nor a finding")
		}
	})
}

// A plan that is written out reads back as the same plan.
func TestAPlanIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	f, findings := Parse("x.yaml", []byte(read(t)), Nothing)
	if f == nil {
		t.Fatal(findings)
	}
	text, err := source.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	again, findings := Parse("again.yaml", text, Nothing)
	if again == nil {
		t.Fatalf("%v\n%s", findings, text)
	}
	if diff := cmp.Diff(f, again, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

package calendar

import (
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocopflow/internal/ocop"
)

const shipped = "../../workflows/calendars/vn.yaml"

func text(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func vietnam(t testing.TB) *Days {
	t.Helper()
	c, findings := Parse("vn.yaml", []byte(text(t)))
	if c == nil {
		t.Fatal(findings)
	}
	return c
}

func date(t testing.TB, s string) ocop.Date {
	t.Helper()
	d, err := ocop.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// On 12/4/2024 the government swapped Monday 29 April for Saturday 4 May
// (2450/VPCP-KGVX): what was counted before did not know it.
func TestTheSwapOf2024CountsFromTheDayItWasAnnounced(t *testing.T) {
	t.Parallel()
	c := vietnam(t)
	off, worked := date(t, "2024-04-29"), date(t, "2024-05-04")
	before, after := date(t, "2024-04-11"), date(t, "2024-04-12")
	if !c.Rest(off, before).IsZero() || c.Rest(worked, before).IsZero() {
		t.Error("known before it was announced")
	}
	if c.Rest(off, after).IsZero() || !c.Rest(worked, after).IsZero() {
		t.Error("not known on the day it was announced")
	}
	// Fifteen working days from Friday 5 April, which is not counted: 8 to 12, 15
	// to 17, 19, 22 to 26 April are fourteen, because 18 April is Hùng Kings' Day.
	// The fifteenth was Monday 29 April, then Thursday 2 May.
	was, _ := c.Count(date(t, "2024-04-05"), 15, before)
	is, steps := c.Count(date(t, "2024-04-05"), 15, after)
	if was.String() != "2024-04-29" || is.String() != "2024-05-02" {
		t.Errorf("fifteen days end %s, and after the announcement %s", was, is)
	}
	// The Saturday that is worked counts.
	if day, _ := c.Count(date(t, "2024-05-03"), 1, after); day.String() != "2024-05-04" {
		t.Errorf("one working day after 3 May: %s", day)
	}
	counted := 0
	for _, s := range steps {
		if s.Counted > 0 {
			counted++
		} else if s.Rest == nil {
			t.Errorf("%s is neither counted nor explained", s.Day)
		}
	}
	if counted != 15 || steps[len(steps)-1].Day != is {
		t.Errorf("the arithmetic shows %d days up to %s", counted, steps[len(steps)-1].Day)
	}
}

func TestCountingIsExact(t *testing.T) {
	t.Parallel()
	c := vietnam(t)
	rapid.Check(t, func(t *rapid.T) {
		from := ocop.Day(2023, 1, 1) + ocop.Date(rapid.IntRange(0, 1500).Draw(t, "from"))
		known := ocop.Day(2023, 1, 1) + ocop.Date(rapid.IntRange(-400, 1500).Draw(t, "known"))
		n := rapid.IntRange(-60, 60).Draw(t, "n")
		last, steps := c.Count(from, n, known)
		if n == 0 {
			if last != from || len(steps) > 0 {
				t.Fatalf("no days from %s: %s", from, last)
			}
			return
		}
		if !c.Rest(last, known).IsZero() {
			t.Fatalf("%s is a day of rest", last)
		}
		worked := 0
		for d := min(from, last); d <= max(from, last); d++ {
			if d != from && c.Rest(d, known).IsZero() {
				worked++
			}
		}
		if worked != max(n, -n) {
			t.Fatalf("%d working days from %s to %s, want %d", worked, from, last, n)
		}
		// one more day is never nearer
		if next, _ := c.Count(from, n+1, known); n > 0 && next <= last {
			t.Fatalf("%d days end %s, %d days %s", n, last, n+1, next)
		}
	})
}

func TestEveryDayOffIsAnnouncedAndSourced(t *testing.T) {
	t.Parallel()
	c := vietnam(t)
	for _, d := range c.Single {
		rest := c.weekend[d.Date.Weekday()]
		if _, fixed := c.fixed[d.Date.String()[5:]]; (d.Kind == Off) == (rest || fixed) {
			t.Errorf("%s changes nothing", d.Date)
		}
		if d.Verified && d.Legal == "" {
			t.Errorf("%s is verified without a source", d.Date)
		}
		if !d.Verified && d.Note.IsZero() {
			t.Errorf("%s is not verified and does not say why", d.Date)
		}
	}
	for _, y := range []int{2023, 2024, 2025} {
		if !c.Covers(ocop.Day(y, 6, 1)) {
			t.Errorf("%d is not covered", y)
		}
	}
}

func TestEachMistakeInACalendarIsNamed(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ code, old, new string }{
		{"unknown_key", "zone:", "zona:"},
		{"yaml", "date: 2024-04-29", "date: soon"},
		{"name_wrong", "calendar: vn", "calendar: VN 1"},
		{"zone_wrong", "Asia/Ho_Chi_Minh", "Europe/Paris"},
		{"weekend_wrong", "[saturday, sunday]", "[saturday, someday]"},
		{"weekend_wrong", "[saturday, sunday]", "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"},
		{"day_wrong", `day: "01-01"`, `day: "13-01"`},
		{"day_wrong", `day: "04-30"`, `day: "01-01"`},
		{"kind_wrong", "date: 2024-04-29, kind: off", "date: 2024-04-29, kind: half"},
		{"days_order", "date: 2024-04-29", "date: 2030-04-29"},
		{"announced_wrong", "date: 2024-04-29, kind: off, announced: 2024-04-12", "date: 2024-04-29, kind: off, announced: 2024-04-30"},
		{"text_missing", `vi: "Tết Dương lịch"`, `vi: ""`},
	} {
		src := text(t)
		if !strings.Contains(src, x.old) {
			t.Fatalf("%s: the calendar does not hold %q", x.code, x.old)
		}
		c, findings := Parse("x.yaml", []byte(strings.Replace(src, x.old, x.new, 1)))
		if c != nil {
			t.Errorf("%s: %q was taken", x.code, x.new)
		}
		found := false
		for _, f := range findings {
			found = found || f.Code == x.code && f.Line > 0 && f.Message.Vi != "" && f.Message.En != ""
		}
		if !found {
			t.Errorf("%s is not among %v", x.code, findings)
		}
	}
	loose := strings.Replace(text(t), "verified: true", "verified: false", 1)
	if c, findings := Parse("x.yaml", []byte(loose)); c == nil || len(findings) == 0 || !findings[0].Warning {
		t.Errorf("an unverified day without a word gives %v", findings)
	}
}

func FuzzParseDays(f *testing.F) {
	f.Add([]byte(text(f)))
	f.Add([]byte("calendar: x\ndays: [{date: 2024-01-01}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, findings := Parse("fuzz.yaml", b)
		if c == nil && len(findings) == 0 {
			t.Error("neither a calendar nor a finding")
		}
		if c != nil {
			c.Count(ocop.Day(2024, 4, 10), 15, ocop.Day(2024, 4, 12))
		}
	})
}

package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocopflow/internal/ocop"
)

// The nine deadlines of the announcement of March 2024 (facts, 9.4).
func TestLastDaysOfTheAnnouncement(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		code, date string
		kind       Kind
		last       string
		weekday    time.Weekday
	}{
		{"D1", "2024-03-30", Before, "2024-03-29", time.Friday},
		{"D2", "2024-04-05", By, "2024-04-05", time.Friday},
		{"D3", "2024-04-15", Before, "2024-04-14", time.Sunday},
		{"D4", "2024-04-20", Before, "2024-04-19", time.Friday},
		{"D5", "2024-04-20", Before, "2024-04-19", time.Friday},
		{"D6", "2024-04-30", By, "2024-04-30", time.Tuesday},
		{"D7", "2024-04-30", Before, "2024-04-29", time.Monday},
		{"D8", "2024-05-05", Before, "2024-05-04", time.Saturday},
		{"D9", "2024-12-31", By, "2024-12-31", time.Tuesday},
	} {
		date, err := ocop.ParseDate(x.date)
		if err != nil {
			t.Fatal(err)
		}
		last := Deadline{Kind: x.kind, Date: date}.LastDay()
		if last.String() != x.last || last.Weekday() != x.weekday {
			t.Errorf("%s: %s, a %s; want %s, a %s", x.code, last, last.Weekday(), x.last, x.weekday)
		}
	}
}

func TestADeadlineIsMetWhenAllItNamesIsThere(t *testing.T) {
	t.Parallel()
	d := Deadline{Meets: Meets{Events: []ocop.Event{"confirm"}, Documents: []string{"idea_form"}, Inspection: true}}
	done := Done{Events: map[ocop.Event]ocop.Date{}, Documents: map[string]ocop.Date{}}
	inspected := ocop.Date(30)
	steps := []func(){
		func() { done.Events["confirm"] = 20 }, func() { done.Documents["idea_form"] = 10 }, func() { done.Inspected = &inspected },
	}
	for _, step := range steps {
		if _, met := d.Met(done); met {
			t.Errorf("met too early: %+v", done)
		}
		step()
	}
	if on, met := d.Met(done); !met || on != inspected {
		t.Errorf("met in the end: %v on %v", met, on)
	}
	d.Kind, d.Date = Before, 30
	if due := d.Due("c", done); !due.Late() || *due.MetOn != 30 {
		t.Errorf("met one day after the last: %+v", due)
	}
	done.Documents["idea_form"], d.Meets = 0, Meets{Documents: []string{"idea_form"}}
	if due := d.Due("c", done); !due.Met || due.MetOn != nil || due.Late() {
		t.Errorf("met on a day that nobody knows: %+v", due)
	}
}

func TestNextIsTheEarliestOpenOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []Due
		var want *ocop.Date
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			d := Due{LastDay: ocop.Date(rapid.IntRange(0, 20).Draw(t, "last day")), Met: rapid.Bool().Draw(t, "met"), Notice: rapid.Bool().Draw(t, "notice")}
			list = append(list, d)
			if !d.Met && !d.Notice && (want == nil || d.LastDay < *want) {
				want = &d.LastDay
			}
		}
		if got := Next(list); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

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
	done := Done{Events: map[ocop.Event]bool{}, Documents: map[string]bool{}}
	steps := []func(){
		func() { done.Events["confirm"] = true }, func() { done.Documents["idea_form"] = true }, func() { done.Inspected = true },
	}
	for _, step := range steps {
		if d.Met(done) {
			t.Errorf("met too early: %+v", done)
		}
		step()
	}
	if !d.Met(done) {
		t.Error("not met in the end")
	}
}

func TestNextIsTheEarliestOpenOneOfTheTrack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := []ocop.Event{"a", "b", "c", "d"}
		var list []Deadline
		for _, e := range events[:rapid.IntRange(0, 4).Draw(t, "n")] {
			list = append(list, Deadline{Kind: rapid.SampledFrom([]Kind{Before, By}).Draw(t, "kind"), Date: ocop.Date(rapid.IntRange(0, 20).Draw(t, "date")),
				Tracks: rapid.SampledFrom([][]ocop.Track{{"first"}, {"upgrade"}, {"first", "upgrade"}}).Draw(t, "tracks"), Meets: Meets{Events: []ocop.Event{e}}})
		}
		list = append(list, Deadline{Kind: By, Date: -5, Tracks: []ocop.Track{"first"}, Meets: Meets{Duty: "an organisation's"}})
		done := Done{Events: map[ocop.Event]bool{"b": rapid.Bool().Draw(t, "done")}}
		var want *ocop.Date
		for _, d := range list {
			last := d.LastDay()
			if d.Meets.Duty == "" && d.Applies("first") && !d.Met(done) && (want == nil || last < *want) {
				want = &last
			}
		}
		got := Next(list, "first", done)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

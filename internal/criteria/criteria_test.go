package criteria_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocopflow/internal/criteria"
)

// bands of Decision 26/2026, art. 3.3: the mean, compared in whole numbers.
func bands(sum, n int64) int {
	for stars, from := range map[int]int64{5: 90, 4: 70, 3: 50, 2: 30} {
		next := map[int]int64{5: 101, 4: 90, 3: 70, 2: 50}[stars]
		if sum >= from*n && sum < next*n {
			return stars
		}
	}
	return 1
}

func set(t testing.TB, n int) *criteria.Set {
	t.Helper()
	s := criteria.BuiltIn("2026")[n]
	if s == nil {
		t.Fatalf("no set %d", n)
	}
	return s
}

// best takes the option with most points everywhere.
func best(s *criteria.Set) criteria.Sheet {
	out := criteria.Sheet{Choices: map[string]int{}}
	for _, c := range s.All() {
		out.Choices[c.Code] = c.Max
		if len(c.Cases) > 0 {
			out.Case = 1
			top := 0
			for _, o := range c.Options {
				if o.Case == 1 {
					top = max(top, o.Points)
				}
			}
			out.Choices[c.Code] = top
		}
	}
	return out
}

func many(sheet criteria.Sheet, n int) []criteria.Sheet {
	return slices.Repeat([]criteria.Sheet{sheet}, n)
}

func TestAllSheetsAreThereAndAddUp(t *testing.T) {
	t.Parallel()
	all := criteria.BuiltIn("2026")
	total := criteria.Counts{}
	for n := 1; n <= 26; n++ {
		s := set(t, n)
		if s.Decision != criteria.Decision("2026") {
			t.Errorf("set %d is of %s", n, s.Decision)
		}
		total.Criteria += s.Counts.Criteria
		total.Options += s.Counts.Options
		total.Unprinted += s.Counts.Unprinted
		r := s.Evaluate(many(best(s), 3), criteria.ByAll, bands)
		if len(r.Errors) > 0 || n != 26 && (r.Sum != 300 || r.Stars != 5) {
			t.Errorf("set %d at its best: %+v", n, r)
		}
	}
	if want := (criteria.Counts{Criteria: 787, Options: 2535, Unprinted: 44}); total != want || len(all) != 26 {
		t.Errorf("%d sets with %+v, want 26 with %+v", len(all), total, want)
	}
}

// floorsOf writes the floors of a set as the table does.
func floorsOf(s *criteria.Set) [3][]string {
	var out [3][]string
	for _, c := range s.All() {
		for _, o := range c.Options {
			if o.Floor > 0 {
				out[o.Floor-3] = append(out[o.Floor-3], fmt.Sprintf("%s≥%d", c.Code, o.Points))
			}
		}
	}
	for i := range out {
		slices.Sort(out[i])
	}
	return out
}

// The floors of all sets stand in a table made apart from the files.
func TestFloorsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/floors.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), " | ")
		n, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		seen++
		var want [3][]string
		for i := range want {
			if cells[i+1] != "-" {
				want[i] = strings.Split(cells[i+1], ", ")
				slices.Sort(want[i])
			}
		}
		if diff := cmp.Diff(want, floorsOf(set(t, n))); diff != "" {
			t.Errorf("set %d (-table +file):\n%s", n, diff)
		}
	}
	if seen != 26 {
		t.Errorf("%d lines, want 26", seen)
	}
}

// The worked example: 96 points, but only a food-safety certificate under
// criterion 9, is a 3-star fish sauce, and the reason names criterion 9.
func TestFishSauceWithoutHACCP(t *testing.T) {
	t.Parallel()
	s := set(t, 9)
	sheet := best(s)
	sheet.Choices["9"] = 1
	r := s.Evaluate(many(sheet, 5), criteria.ByMean, bands)
	if r.BandStars != 5 || r.FloorStars != 3 || r.Stars != 3 {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff([]criteria.Missed{{Criterion: "9", Floor: 4, Have: 5, Need: 15}}, r.Missed); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
}

// In every set a sheet at its best that falls below one floor gets no more
// than the stars below it, whatever the points.
func TestEveryFloorOfEverySetHolds(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 26; n++ {
		s := set(t, n)
		floors := 0
		for _, c := range s.All() {
			for _, o := range c.Options {
				if o.Floor == 0 {
					continue
				}
				floors++
				sheet := best(s)
				below := 0
				for _, x := range c.Options {
					if x.Points < o.Points && x.Case == o.Case {
						below = max(below, x.Points)
					}
				}
				sheet.Choices[c.Code] = below
				if c.Code == "5.1" { // without a story nothing about it is scored
					for _, x := range s.All() {
						if q := x.Condition; q != nil && q.Requires != nil && below < q.Requires.MinPoints {
							sheet.Choices[x.Code] = 0
						}
					}
				}
				r := s.Evaluate(many(sheet, 7), criteria.ByMean, bands)
				if len(r.Errors) > 0 || len(r.KnockedOut) == 0 && r.Stars > o.Floor-1 || r.FloorStars > o.Floor-1 {
					t.Errorf("set %d, %s at %d below the floor of %d stars: %+v", n, c.Code, below, o.Floor, r)
				}
			}
		}
		if floors == 0 {
			t.Errorf("set %d has no floors", n)
		}
	}
}

func TestMeansOnTheEdgeOfABand(t *testing.T) {
	t.Parallel()
	s := set(t, 9)
	for bound, stars := range map[int]int{30: 2, 50: 3, 70: 4, 90: 5} {
		for _, n := range []int{3, 7, 9, 11} {
			for lost, want := range map[int]int{0: stars, 1: stars - 1} {
				sheets := make([]criteria.Sheet, n)
				for i := range sheets {
					sheets[i] = worth(t, s, bound)
				}
				if lost == 1 {
					sheets[n-1] = worth(t, s, bound-1)
				}
				if r := s.Evaluate(sheets, criteria.ByMean, bands); len(r.Errors) > 0 || r.BandStars != want || r.Sum != int64(bound*n-lost) {
					t.Errorf("%d sheets, %d points less than a mean of %d: %d stars, want %d (%v)", n, lost, bound, r.BandStars, want, r.Errors)
				}
			}
		}
	}
}

// worth fills a sheet with exactly so many points.
func worth(t testing.TB, s *criteria.Set, points int) criteria.Sheet {
	t.Helper()
	sheet, left := criteria.Sheet{Choices: map[string]int{}}, points
	all := s.All()
	slices.SortStableFunc(all, func(a, b criteria.Criterion) int { return b.Max - a.Max })
	for pass := 0; pass < 3 && left > 0; pass++ {
		for _, c := range all {
			had := sheet.Choices[c.Code]
			if c.Condition != nil {
				continue
			}
			pick := had
			for _, o := range c.Options {
				if o.Points > pick && o.Points-had <= left {
					pick = o.Points
				}
			}
			left -= pick - had
			sheet.Choices[c.Code] = pick
		}
	}
	if left != 0 {
		t.Fatalf("cannot fill a sheet of set %d with %d points", s.Number, points)
	}
	return sheet
}

// drawn fills a sheet at random, rightly.
func drawn(t *rapid.T, s *criteria.Set) criteria.Sheet {
	sheet := criteria.Sheet{Choices: map[string]int{}}
	if s.Number == 26 {
		sheet.Case = rapid.IntRange(1, 2).Draw(t, "case")
	}
	for _, c := range s.All() {
		var points []int
		for _, o := range c.Options {
			if o.Case == 0 || o.Case == sheet.Case {
				points = append(points, o.Points)
			}
		}
		sheet.Choices[c.Code] = rapid.SampledFrom(append(points, 0)).Draw(t, c.Code)
	}
	for _, c := range s.All() {
		if q := c.Condition; q != nil && q.Requires != nil && sheet.Choices[q.Requires.Criterion] < q.Requires.MinPoints {
			sheet.Choices[c.Code] = 0
		}
	}
	return sheet
}

func TestRaisingAChoiceNeverLowersTheStars(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := criteria.BuiltIn("2026")[rapid.IntRange(1, 26).Draw(t, "set")]
		policy := rapid.SampledFrom([]criteria.Policy{criteria.ByMean, criteria.ByAll, criteria.ByMajority}).Draw(t, "policy")
		var sheets []criteria.Sheet
		for range rapid.IntRange(1, 5).Draw(t, "members") {
			sheets = append(sheets, drawn(t, s))
		}
		before := s.Evaluate(sheets, policy, bands)
		if len(before.Errors) > 0 {
			t.Fatalf("a right sheet is wrong: %v", before.Errors)
		}
		turned := slices.Clone(sheets)
		slices.Reverse(turned)
		if diff := cmp.Diff(before, s.Evaluate(turned, policy, bands)); diff != "" {
			t.Fatalf("the order of members matters:\n%s", diff)
		}
		c := rapid.SampledFrom(s.All()).Draw(t, "criterion")
		one := sheets[0]
		if q := c.Condition; q != nil && q.Requires != nil && one.Choices[q.Requires.Criterion] < q.Requires.MinPoints {
			return
		}
		top := 0
		for _, o := range c.Options {
			if o.Case == 0 || o.Case == one.Case {
				top = max(top, o.Points)
			}
		}
		raised := map[string]int{}
		for code, points := range one.Choices {
			raised[code] = points
		}
		raised[c.Code] = top
		sheets[0] = criteria.Sheet{Choices: raised, Case: one.Case}
		after := s.Evaluate(sheets, policy, bands)
		if after.Stars < before.Stars || after.FloorStars < before.FloorStars {
			t.Fatalf("%s raised to %d: %d stars, then %d", c.Code, top, before.Stars, after.Stars)
		}
	})
}

func TestPoliciesOfFloors(t *testing.T) {
	t.Parallel()
	s := set(t, 9)
	low, high := best(s), best(s)
	low.Choices["9"] = 1
	high.Choices["9"] = 5
	for _, x := range []struct {
		lows, highs int
		want        map[criteria.Policy]int
	}{
		{1, 4, map[criteria.Policy]int{criteria.ByMean: 5, criteria.ByAll: 3, criteria.ByMajority: 5}},
		{3, 2, map[criteria.Policy]int{criteria.ByMean: 3, criteria.ByAll: 3, criteria.ByMajority: 3}},
		{2, 2, map[criteria.Policy]int{criteria.ByMean: 5, criteria.ByAll: 3, criteria.ByMajority: 3}},
		{0, 3, map[criteria.Policy]int{criteria.ByMean: 5, criteria.ByAll: 5, criteria.ByMajority: 5}},
	} {
		for policy, want := range x.want {
			r := s.Evaluate(append(many(low, x.lows), many(high, x.highs)...), policy, bands)
			if r.FloorStars != want {
				t.Errorf("%d low, %d high by %s: %d, want %d", x.lows, x.highs, policy, r.FloorStars, want)
			}
		}
	}
}

func TestKnockOuts(t *testing.T) {
	t.Parallel()
	fish, water := set(t, 9), set(t, 16)
	found := best(fish)
	found.Knockouts = []string{"1.1", "dossier-2"}
	r := fish.Evaluate(append(many(best(fish), 4), found), criteria.ByMean, bands)
	if r.Stars != 0 || r.BandStars != 5 || len(r.KnockedOut) != 2 || r.KnockedOut[0].Effect != "rejected" {
		t.Errorf("found by one member: %+v", r)
	}
	zero := best(water)
	zero.Choices["6.2"] = 0
	if r := water.Evaluate(many(zero, 1), criteria.ByMean, bands); r.Stars != 0 || len(r.KnockedOut) != 1 || r.KnockedOut[0] != (criteria.Struck{Code: "6.2", Kind: "stop", Effect: "no-further-steps"}) {
		t.Errorf("follows from the choice: %+v", r)
	}
}

func TestWrongSheetsComeToNothing(t *testing.T) {
	t.Parallel()
	fish, tour := set(t, 9), set(t, 26)
	with := func(s *criteria.Set, change func(*criteria.Sheet)) criteria.Result {
		sheet := best(s)
		change(&sheet)
		return s.Evaluate(many(sheet, 1), criteria.ByMean, bands)
	}
	for code, r := range map[string]criteria.Result{
		"no_sheets":         fish.Evaluate(nil, criteria.ByMean, bands),
		"floors_wrong":      fish.Evaluate(many(best(fish), 1), "most", bands),
		"unknown_criterion": with(fish, func(s *criteria.Sheet) { s.Choices["77"] = 1 }),
		"no_option":         with(fish, func(s *criteria.Sheet) { s.Choices["1.1"] = 2 }),
		"condition_unmet":   with(fish, func(s *criteria.Sheet) { s.Choices["5.1"] = 0 }),
		"unknown_knockout":  with(fish, func(s *criteria.Sheet) { s.Knockouts = []string{"dossier-9"} }),
		"case_wrong":        with(fish, func(s *criteria.Sheet) { s.Case = 1 }),
		"case_missing":      with(tour, func(s *criteria.Sheet) { s.Case = 0 }),
	} {
		if len(r.Errors) == 0 || r.Errors[0].Code != code || r.Stars != 0 || r.Sum != 0 || r.Errors[0].Message.Vi == "" || r.Errors[0].Message.En == "" {
			t.Errorf("%s: %+v", code, r)
		}
	}
}

func TestEachMistakeInASheetIsNamed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../workflows/criteria/2026/09-liquid-condiments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ code, old, new string }{
		{"unknown_key", "slug:", "slag:"},
		{"set_wrong", "set: 9", "set: 99"},
		{"total_wrong", "total: 100", "total: 99"},
		{"part_max", "    max: 40", "    max: 41"},
		{"parts_wrong", "- part: A", "- part: X"},
		{"sum_wrong", "        max: 18", "        max: 17"},
		{"counts_wrong", "counts: {criteria: 31", "counts: {criteria: 32"},
		{"points_wrong", "- {points: 1, floor: 3, gist", "- {points: 9, floor: 3, gist"},
		{"floor_wrong", "- {points: 1, floor: 3, gist", "- {points: 1, floor: 2, gist"},
		{"max_wrong", "            max: 5\n            kind: evidence\n            options:\n              - {points: 1, floor: 3", "            max: 6\n            kind: evidence\n            options:\n              - {points: 1, floor: 3"},
		{"floor_order", "- {points: 2, floor: 4,", "- {points: 3, floor: 4,"},
		{"kind_wrong", "kind: evidence", "kind: rumour"},
		{"code_twice", `code: "1.2"`, `code: "1.1"`},
		{"unknown_criterion", `requires: {criterion: "5.1"`, `requires: {criterion: "5.9"`},
		{"knockout_wrong", "knockout: {kind: reject", "knockout: {kind: maybe"},
		{"case_wrong", "- {points: 1, floor: 3, gist", "- {points: 1, case: 1, floor: 3, gist"},
		{"text_missing", `en: "Source of material"`, `en: ""`},
	} {
		if !strings.Contains(string(text), x.old) {
			t.Fatalf("%s: the sheet does not hold %q", x.code, x.old)
		}
		s, findings := criteria.Parse("x.yaml", []byte(strings.Replace(string(text), x.old, x.new, 1)))
		if s != nil || len(findings) == 0 {
			t.Errorf("%s: taken", x.code)
			continue
		}
		found := false
		for _, f := range findings {
			found = found || f.Code == x.code && f.Line > 0
		}
		if !found {
			t.Errorf("%s is not among %v", x.code, findings)
		}
	}
}

package criteria_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocopflow/internal/criteria"
)

var from = map[int]int64{1: 0, 2: 30, 3: 50, 4: 70, 5: 90}

func TestAProductThatOnlyNeedsHACCPIsToldSo(t *testing.T) {
	t.Parallel()
	s := set(t, 9)
	sheet := best(s)
	sheet.Choices["9"] = 1
	p := s.Path(sheet, 4, from[4])
	if p.Reached || p.Short != 0 || len(p.Steps) != 1 || len(p.Floors) != 1 {
		t.Fatalf("%+v", p)
	}
	if x := p.Steps[0]; x.Criterion != "9" || x.For != "floor" || x.From.Points != 1 || x.To.Points != 3 || x.Gain != 2 {
		t.Errorf("step %+v", x)
	}
	if !strings.Contains(p.Message.Vi, "Chỉ còn thiếu một điều") || !strings.Contains(p.Message.Vi, "HACCP") || !strings.Contains(p.Message.En, "HACCP") {
		t.Errorf("message %+v", p.Message)
	}
	if f := p.Floors[0]; f.Needed.Points != 3 || len(f.Chosen) != 1 || f.Chosen[0].Points != 1 {
		t.Errorf("floor %+v", f)
	}
	sheet.Choices["9"] = 3
	if p := s.Path(sheet, 4, from[4]); !p.Reached || len(p.Steps) != 0 {
		t.Errorf("with HACCP: %+v", p)
	}
	sheet.Knockouts = []string{"dossier-1"}
	if p := s.Path(sheet, 4, from[4]); p.Reached || !strings.Contains(p.Message.Vi, "dossier-1") {
		t.Errorf("with a forged dossier: %+v", p)
	}
}

// Floors come before points, the smallest raise first, and a gap is closed by
// the smallest raise that does.
func TestThePathIsCheapestFirst(t *testing.T) {
	t.Parallel()
	s := set(t, 9)
	sheet := worth(t, s, 69)
	for code, points := range map[string]int{"1.1": 1, "9": 3} {
		sheet.Choices[code] = max(sheet.Choices[code], points)
	}
	p := s.Path(sheet, 4, 70)
	for i, x := range p.Steps {
		if i > 0 && x.For == "floor" && p.Steps[i-1].For == "points" {
			t.Errorf("step %d raises a floor after points", i)
		}
	}
	for i := 1; i < len(p.Floors); i++ {
		if a, b := p.Floors[i-1], p.Floors[i]; a.Need-a.Have > b.Need-b.Have {
			t.Errorf("floor %s before %s, which is cheaper", a.Criterion, b.Criterion)
		}
	}
	if p.After < 70 {
		t.Errorf("after all steps %d points", p.After)
	}
}

// Whoever takes all steps of a path gets there.
func TestAPathLeadsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := criteria.BuiltIn("2026")[rapid.IntRange(1, 26).Draw(t, "set")]
		stars := rapid.IntRange(1, 5).Draw(t, "stars")
		sheet := drawn(t, s)
		p := s.Path(sheet, stars, from[stars])
		after := criteria.Merge(sheet, criteria.Sheet{})
		for _, x := range p.Steps {
			if x.Gain <= 0 || after.Choices[x.Criterion] != x.From.Points {
				t.Fatalf("step %+v on %d points", x, after.Choices[x.Criterion])
			}
			after.Choices[x.Criterion] = x.To.Points
		}
		r := s.Evaluate([]criteria.Sheet{after}, criteria.ByMean, bands)
		if len(r.Errors) > 0 || r.Sum != p.After || min(r.BandStars, r.FloorStars) < stars {
			t.Fatalf("set %d to %d stars: %+v, then %+v", s.Number, stars, p, r)
		}
		now := s.Evaluate([]criteria.Sheet{sheet}, criteria.ByMean, bands)
		if p.Reached != (now.Stars >= stars) {
			t.Fatalf("reached %v, but %d stars now", p.Reached, now.Stars)
		}
	})
}

package criteria

import (
	"slices"

	"ocopflow/internal/ocop"
)

// Pick is an option as people read it.
type Pick struct {
	Points int       `json:"points"`
	Text   ocop.Text `json:"text"`
}

// Floor is a missed floor in words: the criterion, what was chosen and what is
// needed.
type Floor struct {
	Missed
	Name   ocop.Text `json:"name"`
	Chosen []Pick    `json:"chosen"` // each once, the lowest first; nothing ticked counts 0
	Needed Pick      `json:"needed"`
}

// Explain words the missed floors of a result of these sheets.
func (s *Set) Explain(missed []Missed, sheets []Sheet) []Floor {
	out := []Floor{}
	for _, m := range missed {
		c, _ := s.Criterion(m.Criterion)
		f := Floor{Missed: m, Name: c.Name, Chosen: []Pick{}}
		inCase := 0
		for _, sheet := range sheets {
			inCase = sheet.Case
			if p := c.Pick(sheet.Choices[c.Code], sheet.Case); !slices.Contains(f.Chosen, p) {
				f.Chosen = append(f.Chosen, p)
			}
		}
		slices.SortFunc(f.Chosen, func(a, b Pick) int { return a.Points - b.Points })
		for _, o := range c.Options {
			if o.Floor == m.Floor && c.fits(o, inCase) {
				f.Needed = Pick{o.Points, o.Gist}
			}
		}
		out = append(out, f)
	}
	return out
}

var unticked = ocop.Text{Vi: "chưa chọn", En: "nothing ticked"}

// Pick is the option of so many points, in words.
func (c Criterion) Pick(points, inCase int) Pick {
	for _, o := range c.Options {
		if o.Points == points && c.fits(o, inCase) {
			return Pick{points, o.Gist}
		}
	}
	return Pick{points, unticked}
}

// fits reports whether an option can be chosen in a case.
func (c Criterion) fits(o Option, inCase int) bool { return len(c.Cases) == 0 || o.Case == inCase }

package criteria

import (
	"fmt"
	"slices"

	"ocopflow/internal/ocop"
)

// Path is what a sheet still lacks for a number of stars.
type Path struct {
	Stars      int       `json:"stars"` // asked for
	Reached    bool      `json:"reached"`
	Total      int64     `json:"total"` // points now
	Need       int64     `json:"need"`  // points that the band asks for
	Short      int64     `json:"short"` // points still missing, floors aside
	Floors     []Floor   `json:"floors"`
	KnockedOut []Struck  `json:"knocked_out"` // must be cured first; no step does
	Steps      []Step    `json:"steps"`
	After      int64     `json:"after"` // points once all steps are taken
	Message    ocop.Text `json:"message"`
}

// Step raises one criterion.
type Step struct {
	Criterion string    `json:"criterion"`
	Name      ocop.Text `json:"name"`
	Kind      Kind      `json:"kind"`
	For       string    `json:"for"` // floor, or points
	Gain      int       `json:"gain"`
	From      Pick      `json:"from"`
	To        Pick      `json:"to"`
}

// Path finds what a sheet lacks for so many stars, whose band begins at need
// points. Floors come first, the smallest raise first; then points, by as few
// raises as will do: the smallest single raise that closes the gap or, while
// none does, the largest one, papers before senses, in the order of the sheet.
func (s *Set) Path(sheet Sheet, stars int, need int64) Path {
	w := climb{set: s, all: s.All(), start: sheet, sheet: Merge(sheet, Sheet{})}
	if w.sheet.Case == 0 && s.hasCases() {
		w.sheet.Case = 1
	}
	missed, _ := s.floors([]Sheet{sheet}, ByMean)
	missed = slices.DeleteFunc(missed, func(m Missed) bool { return m.Floor > stars })
	out := Path{Stars: stars, Total: sheet.Total(), Need: need, KnockedOut: s.struck([]Sheet{sheet})}
	out.Short = max(0, need-out.Total)
	out.Floors = s.Explain(missed, []Sheet{w.sheet})
	slices.SortStableFunc(out.Floors, func(a, b Floor) int { return a.gain() - b.gain() })
	for _, f := range out.Floors {
		w.raise(f.Criterion, f.Needed.Points, "floor")
	}
	for w.sheet.Total() < need && w.next(int(need-w.sheet.Total())) {
	}
	out.Steps, out.After = w.result(), w.sheet.Total()
	out.Reached = len(out.Steps) == 0 && len(out.KnockedOut) == 0
	out.Message = out.message()
	return out
}

func (f Floor) gain() int { return int(f.Need - f.Have) }

func (s *Set) hasCases() bool {
	return slices.ContainsFunc(s.All(), func(c Criterion) bool { return len(c.Cases) > 0 })
}

// climb is a sheet on its way up.
type climb struct {
	set          *Set
	all          []Criterion
	start, sheet Sheet
	why          []struct{ code, why string } // in the order of the first raise
}

// raise lifts a criterion to an option, and first what it depends on.
func (w *climb) raise(code string, points int, why string) {
	c, _ := w.set.Criterion(code)
	if w.sheet.Choices[code] >= points {
		return
	}
	if q := c.Condition; q != nil && q.Requires != nil && w.sheet.Choices[q.Requires.Criterion] < q.Requires.MinPoints {
		on, _ := w.set.Criterion(q.Requires.Criterion)
		least := 0
		for _, o := range on.Options {
			if o.Points >= q.Requires.MinPoints && on.fits(o, w.sheet.Case) && (least == 0 || o.Points < least) {
				least = o.Points
			}
		}
		w.raise(on.Code, least, why)
	}
	w.sheet.Choices[code] = points
	if !slices.ContainsFunc(w.why, func(x struct{ code, why string }) bool { return x.code == code }) {
		w.why = append(w.why, struct{ code, why string }{code, why})
	}
}

// next makes one raise towards a gap; false when nothing is left to raise.
func (w *climb) next(gap int) bool {
	var best Criterion
	var to, gain int
	for _, c := range w.all {
		if q := c.Condition; q != nil && q.Requires != nil && w.sheet.Choices[q.Requires.Criterion] < q.Requires.MinPoints {
			continue
		}
		for _, o := range c.Options {
			g := o.Points - w.sheet.Choices[c.Code]
			if g > 0 && c.fits(o, w.sheet.Case) && better(g, c.Kind, gain, best.Kind, gap) {
				best, to, gain = c, o.Points, g
			}
		}
	}
	if gain > 0 {
		w.raise(best.Code, to, "points")
	}
	return gain > 0
}

// better compares two raises towards a gap.
func better(g int, kind Kind, than int, thanKind Kind, gap int) bool {
	switch {
	case than == 0:
		return true
	case g >= gap && than >= gap && g != than:
		return g < than
	case (g >= gap) != (than >= gap):
		return g >= gap
	case g != than:
		return g > than
	}
	return kind == Evidence && thanKind == Sensory
}

func (w *climb) result() []Step {
	out := []Step{}
	for _, x := range w.why {
		c, _ := w.set.Criterion(x.code)
		from, to := c.Pick(w.start.Choices[x.code], w.sheet.Case), c.Pick(w.sheet.Choices[x.code], w.sheet.Case)
		out = append(out, Step{x.code, c.Name, c.Kind, x.why, to.Points - from.Points, from, to})
	}
	return out
}

func (p Path) message() ocop.Text {
	switch {
	case len(p.KnockedOut) > 0:
		return ocop.Text{Vi: fmt.Sprintf("Trước hết phải khắc phục quy định loại: %s.", p.KnockedOut[0].Code), En: fmt.Sprintf("A knock-out must be cured first: %s.", p.KnockedOut[0].Code)}
	case len(p.Steps) == 0:
		return ocop.Text{Vi: fmt.Sprintf("Đã đủ điểm và đủ yêu cầu tối thiểu của %d sao.", p.Stars), En: fmt.Sprintf("Points and floors suffice for %d stars.", p.Stars)}
	case len(p.Steps) == 1:
		x := p.Steps[0]
		return ocop.Text{Vi: fmt.Sprintf("Chỉ còn thiếu một điều cho %d sao, ở tiêu chí %s: %s.", p.Stars, x.Criterion, x.To.Text.Vi),
			En: fmt.Sprintf("Only one thing is missing for %d stars, under criterion %s: %s.", p.Stars, x.Criterion, x.To.Text.En)}
	}
	return ocop.Text{Vi: fmt.Sprintf("Còn %d yêu cầu tối thiểu và %d điểm để đạt %d sao.", len(p.Floors), p.Short, p.Stars),
		En: fmt.Sprintf("%d floors and %d points are still missing for %d stars.", len(p.Floors), p.Short, p.Stars)}
}

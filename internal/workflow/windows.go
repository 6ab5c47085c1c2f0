package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// days are the two ends of a window on a day; ok is false without its fact.
func (w Window) days(facts Facts) (from, to ocop.Date, ok bool) {
	day, ok := facts[w.Around].(int64)
	a, b := w.span()
	return ocop.Date(day) + ocop.Date(a), ocop.Date(day) + ocop.Date(b), ok
}

// counts reports whether a window's switch, if it has one, is on.
func (r *Rules) counts(w Window) bool { return w.Switch == "" || r.Switches[w.Switch] }

// window finds the one of a list that is open today.
func (r *Rules) window(list Windows, facts Facts, today ocop.Date) (Window, bool) {
	for _, w := range list {
		if from, to, ok := w.days(facts); ok && r.counts(w) && today >= from && today <= to {
			return w, true
		}
	}
	return Window{}, false
}

// flags of the windows through which a move goes.
func (r *Rules) flags(rule *rule, facts Facts, today ocop.Date) []string {
	var out []string
	for _, list := range rule.windows {
		if w, ok := r.window(list, facts, today); ok && w.Flag != "" {
			out = append(out, w.Flag)
		}
	}
	return out
}

// outside is the reason against a move for which no window is open: it names
// all that there are.
func (r *Rules) outside(list Windows, facts Facts, today ocop.Date, rule *rule) fault.Reason {
	out := fault.Reason{Code: "outside_window", Actual: today.String(), CureBy: rule.arm.By, Verified: true,
		Message: ocop.Text{Vi: "Không có ngày để tính khoảng thời gian.", En: "There is no day to count the window from."}}
	var vi, en, required []string
	for _, w := range list {
		from, to, ok := w.days(facts)
		if !ok || !r.counts(w) {
			continue
		}
		out.Legal, out.Verified = cmp.Or(out.Legal, w.Legal), out.Verified && w.Verified && !r.unverified()
		vi, en = append(vi, w.words(from, to, ocop.Vi)), append(en, w.words(from, to, ocop.En))
		required = append(required, w.interval(from, to))
	}
	if len(vi) > 0 {
		out.Required = strings.Join(required, ", ")
		out.Message = ocop.Text{Vi: "Chỉ được làm " + strings.Join(vi, ", hoặc ") + ".", En: "Possible only " + strings.Join(en, ", or ") + "."}
	}
	return out
}

// words say a window's days; an open end is left out.
func (w Window) words(from, to ocop.Date, lang ocop.Lang) string {
	first := map[ocop.Lang]string{ocop.Vi: "từ ngày " + from.In(lang), ocop.En: "from " + from.In(lang)}[lang]
	last := map[ocop.Lang]string{ocop.Vi: "đến hết ngày " + to.In(lang), ocop.En: "until the end of " + to.In(lang)}[lang]
	switch {
	case w.From == nil:
		return last
	case w.To == nil:
		return first
	}
	return first + " " + last
}

// interval writes a window as ISO 8601 does, ".." for an open end.
func (w Window) interval(from, to ocop.Date) string {
	a, b := from.String(), to.String()
	if w.From == nil {
		a = ".."
	}
	if w.To == nil {
		b = ".."
	}
	return a + "/" + b
}

// placed is a window with its path in the file.
type placed struct {
	Window
	path string
}

// windows of one event must not overlap; a gap between two is worth a look.
// Spans of whole days are compared by their ends, which is exact.
func (c *checker) windows() {
	for name, t := range c.p.Transitions.All() {
		path := "transitions." + name
		c.apart(place(t.Window, path+".window"))
		var arms []placed
		for i, a := range t.Arms {
			arms = append(arms, place(a.Window, fmt.Sprintf("%s.arms[%d].window", path, i))...)
		}
		c.apart(arms)
	}
}

func place(list Windows, path string) []placed {
	var out []placed
	for i, w := range list {
		at := path
		if len(list) > 1 {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		out = append(out, placed{w, at})
	}
	return out
}

// apart compares the windows around each fact, from the earliest on.
func (c *checker) apart(list []placed) {
	slices.SortStableFunc(list, func(a, b placed) int {
		x, _ := a.span()
		y, _ := b.span()
		return cmp.Or(cmp.Compare(a.Around, b.Around), cmp.Compare(x, y))
	})
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		_, end := a.span()
		start, _ := b.span()
		switch {
		case a.Around != b.Around:
		case start <= end:
			c.add("windows_overlap", b.path, "Hai khoảng thời gian của cùng thao tác chồng lên nhau.", "Two windows of this event overlap.")
		case start > end+1:
			c.warn("windows_gap", b.path, fmt.Sprintf("Giữa hai khoảng thời gian có khoảng trống %d ngày.", start-end-1),
				fmt.Sprintf("There is a gap of %d days between two windows.", start-end-1))
		}
	}
}

func (c *checker) window(w Window, path string) {
	if f, ok := factNamed(w.Around); !ok || f.Type != FactDay {
		c.unknown("day fact", "dữ kiện ngày", w.Around, path+".around")
	}
	if from, to := w.span(); from > to || w.From == nil && w.To == nil {
		c.add("window_empty", path, "Khoảng thời gian rỗng: from lớn hơn to, hoặc không có đầu nào.", "The window is empty: from is after to, or neither is given.")
	}
	if _, known := c.p.Switches[w.Switch]; w.Switch != "" && !known {
		c.unknown("switch", "công tắc", w.Switch, path+".switch")
	}
	if w.Flag != "" && w.Flag != FlagLate {
		c.unknown("flag", "dấu", w.Flag, path+".flag")
	}
	c.note(w.Note, path)
	if !w.Verified {
		c.unseen(w.Note, path)
	}
}

// FlagLate marks a renewal dossier that was filed past its window.
const FlagLate = "late"

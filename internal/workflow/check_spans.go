package workflow

import (
	"cmp"
	"fmt"
	"slices"
)

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

// window checks one span. It may lie around a day that the event's own form asks
// for, if the form must give it.
func (c *checker) window(w Window, form []Field, path string) {
	asked := slices.ContainsFunc(form, func(f Field) bool { return "form."+f.Name == w.Around && f.Type == FieldDay && f.Required })
	if f, ok := c.p.factNamed(w.Around); !asked && (!ok || f.Type != FactDay) {
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

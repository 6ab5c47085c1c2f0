package campaign

import (
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// contradictions are those of a plan with itself and with the procedure. They
// are shown, and settled by nobody but the office.
func contradictions(f *File, rules *workflow.Rules) []Conflict {
	var out []Conflict
	add := func(code string, between []string, vi, en string) {
		out = append(out, Conflict{Code: code, Between: between, Note: ocop.Text{Vi: vi, En: en}})
	}
	for _, x := range wrongOrder(f, rules) {
		add("order-"+strings.ToLower(x.first.Code+"-"+x.then.Code), []string{x.first.Code, x.then.Code},
			fmt.Sprintf("%s (%s) đặt sau %s (%s), trong khi quy trình đi trước.", x.first.Code, x.first.LastDay().In(ocop.Vi), x.then.Code, x.then.LastDay().In(ocop.Vi)),
			fmt.Sprintf("%s (%s) comes after %s (%s), while the procedure puts it before.", x.first.Code, x.first.LastDay().In(ocop.En), x.then.Code, x.then.LastDay().In(ocop.En)))
	}
	if len(f.Expectations) > 0 {
		add("nobody-named", meeting(f, "certify"), "Có xã phải có sản phẩm trong năm nhưng kế hoạch chưa nêu tên sản phẩm nào.", "Some communes must end the year with a product, and none is named.")
	}
	if f.Counting == Undecided && rises(f) {
		add("net-or-gross", meeting(f, "certify"), "Một sản phẩm lên hạng thì số sản phẩm ở hạng cũ giảm; kế hoạch không nói tính gộp hay tính ròng.",
			"A product that rises leaves its old stars; the plan does not say whether net or gross counts.")
	}
	return out
}

// mixed flags a wording that mixes the two ways of meaning a day.
func mixed(d calendar.Deadline) []ocop.Text {
	if strings.Contains(d.Wording, "chậm nhất") && strings.Contains(d.Wording, "trước") {
		return []ocop.Text{{Vi: `Cách viết lẫn lộn "chậm nhất" và "trước ngày"; hiểu là không tính ngày đó.`, En: `The wording mixes "at the latest" with "before"; read as exclusive.`}}
	}
	return nil
}

// meeting are the codes of the deadlines that an event meets.
func meeting(f *File, event ocop.Event) []string {
	out := []string{}
	for _, d := range f.Deadlines {
		if slices.Contains(d.Meets.Events, event) {
			out = append(out, d.Code)
		}
	}
	return out
}

// rises reports whether a product is planned to leave stars that a target counts.
func rises(f *File) bool {
	return slices.ContainsFunc(f.Products, func(p Product) bool {
		return p.Stars() < p.Plan.Target && slices.ContainsFunc(f.Targets, func(t Target) bool { return t.Exactly && t.Stars == p.Stars() })
	})
}

// ordered are two deadlines of a track; the procedure puts first before then.
type ordered struct{ first, then calendar.Deadline }

// wrongOrder are deadlines whose days stand against the order of the procedure.
func wrongOrder(f *File, rules *workflow.Rules) (out []ordered) {
	for _, track := range rules.Tracks.Keys() {
		depth := rules.Depths(ocop.Track(track))
		for _, a := range f.Deadlines {
			for _, b := range f.Deadlines {
				if a.LastDay() <= b.LastDay() || !a.Applies(ocop.Track(track)) || !b.Applies(ocop.Track(track)) {
					continue
				}
				last, first := most(met(a, rules), depth), least(met(b, rules), depth)
				if x := (ordered{a, b}); last >= 0 && first > last && !slices.ContainsFunc(out, func(o ordered) bool { return o.first.Code == a.Code && o.then.Code == b.Code }) {
					out = append(out, x)
				}
			}
		}
	}
	return out
}

// met are the events that meet a deadline; an inspection is possible from the
// event on that plans it.
func met(d calendar.Deadline, rules *workflow.Rules) []ocop.Event {
	if !d.Meets.Inspection {
		return d.Meets.Events
	}
	out := slices.Clone(d.Meets.Events)
	for name, t := range rules.Transitions.All() {
		if slices.Contains(t.Do, workflow.PlanInspection) {
			out = append(out, ocop.Event(name))
		}
	}
	return out
}

// most and least are the ends of what events need; -1 for events that a track
// does not have.
func most(events []ocop.Event, depth map[ocop.Event]int) int {
	out := -1
	for _, e := range events {
		if n, ok := depth[e]; ok {
			out = max(out, n)
		}
	}
	return out
}

func least(events []ocop.Event, depth map[ocop.Event]int) int {
	out := -1
	for _, e := range events {
		if n, ok := depth[e]; ok && (out < 0 || n < out) {
			out = n
		}
	}
	return out
}

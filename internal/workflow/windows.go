package workflow

import (
	"cmp"
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

// asked reports whether a list counts from a day that the move's own form gives.
func (list Windows) asked() bool {
	return slices.ContainsFunc(list, func(w Window) bool { return strings.HasPrefix(w.Around, "form.") })
}

func (list Windows) arounds() (out []string) {
	for _, w := range list {
		out = append(out, w.Around)
	}
	return out
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

// FlagLate marks a renewal dossier that was filed past its window.
const FlagLate = "late"

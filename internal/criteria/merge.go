package criteria

import (
	"fmt"
	"maps"
	"slices"

	"ocopflow/internal/ocop"
)

// Merge lays a member's own sheet over what the council agreed on: papers
// decide once for all, the senses each for themselves.
func Merge(agreed, own Sheet) Sheet {
	out := Sheet{Choices: maps.Clone(agreed.Choices), Case: agreed.Case}
	if out.Choices == nil {
		out.Choices = map[string]int{}
	}
	maps.Copy(out.Choices, own.Choices)
	out.Knockouts = slices.Concat(agreed.Knockouts, own.Knockouts)
	slices.Sort(out.Knockouts)
	out.Knockouts = slices.Compact(out.Knockouts)
	return out
}

// Check names everything in one sheet that breaks a rule, whatever it comes to.
// Only bounds it to criteria of one kind; "" takes all.
func (s *Set) Check(sheet Sheet, only Kind) []Wrong {
	out := s.wrong([]Sheet{sheet}, ByMean)
	if only == "" {
		return out
	}
	for _, code := range slices.Sorted(maps.Keys(sheet.Choices)) {
		c, ok := s.Criterion(code)
		if !ok || c.Kind == only {
			continue
		}
		text := ocop.Text{Vi: fmt.Sprintf("Tiêu chí %s do từng thành viên tự chấm.", code), En: fmt.Sprintf("Criterion %s is each member's own to score.", code)}
		name := "personal_criterion"
		if only == Sensory {
			text = ocop.Text{Vi: fmt.Sprintf("Tiêu chí %s do hội đồng thống nhất một lần cho cả phiên.", code), En: fmt.Sprintf("The council agrees on criterion %s once for the session.", code)}
			name = "agreed_criterion"
		}
		out = append(out, Wrong{name, "choices." + code, text})
	}
	return out
}

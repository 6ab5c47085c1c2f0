package workflow

import (
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/ocop"
)

// Mermaid draws the states and moves as a Mermaid state diagram with titles in
// lang, in the order of the file. Moves that keep the state are left out. The
// present state, if one is given, and the path taken are highlighted.
func (r *Rules) Mermaid(lang ocop.Lang, now ocop.State, path []ocop.State) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for name, s := range r.States.All() {
		fmt.Fprintf(&b, "    %s: %s\n", name, lineOf(s.Title.In(lang)))
	}
	labels := map[[2]ocop.State][]string{}
	var order [][2]ocop.State
	for _, t := range r.Transitions.All() {
		for _, a := range t.Arms {
			if a.Stay {
				continue
			}
			for _, from := range a.From {
				arrow := [2]ocop.State{from, a.To}
				if labels[arrow] == nil {
					order = append(order, arrow)
				}
				if title := lineOf(t.Title.In(lang)); !slices.Contains(labels[arrow], title) {
					labels[arrow] = append(labels[arrow], title)
				}
			}
		}
	}
	for _, arrow := range order {
		from := string(arrow[0])
		if arrow[0] == ocop.NoState {
			from = "[*]"
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", from, arrow[1], strings.Join(labels[arrow], " / "))
	}
	var taken []string
	for _, s := range path {
		if r.States.Has(string(s)) && !slices.Contains(taken, string(s)) {
			taken = append(taken, string(s))
		}
	}
	if len(taken) > 0 {
		fmt.Fprintf(&b, "    classDef taken stroke-width:3px\n    class %s taken\n", strings.Join(taken, ","))
	}
	if r.States.Has(string(now)) {
		fmt.Fprintf(&b, "    classDef now fill:#ffd43b,color:#000\n    class %s now\n", now)
	}
	return b.String()
}

// lineOf keeps a title on its line: Mermaid ends a statement at a line break and
// at a semicolon.
func lineOf(title string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(title, ";", ",")), " ")
}

package draw

import (
	"fmt"
	"strings"

	"ocopflow/internal/ocop"
)

// Mermaid draws a Mermaid state diagram.
func (s Scene) Mermaid() string {
	p := s.picture()
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	var taken []string
	now := ""
	for _, x := range p.boxes {
		if x.state == ocop.NoState {
			continue
		}
		fmt.Fprintf(&b, "    %s: %s\n", x.state, mermaidText(x.title))
		if x.taken {
			taken = append(taken, string(x.state))
		}
		if x.now {
			now = string(x.state)
		}
	}
	for _, a := range p.arrows {
		from := string(a.from)
		if a.from == ocop.NoState {
			from = "[*]"
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", from, a.to, mermaidText(strings.Join(a.events, " / ")))
	}
	if len(taken) > 0 {
		fmt.Fprintf(&b, "    classDef taken stroke-width:3px\n    class %s taken\n", strings.Join(taken, ","))
	}
	if now != "" {
		fmt.Fprintf(&b, "    classDef now fill:#ffd43b,color:#000\n    class %s now\n", now)
	}
	return b.String()
}

// mermaidText keeps a text from ending its statement, which a semicolon does.
func mermaidText(s string) string { return strings.ReplaceAll(s, ";", ",") }

package draw

import (
	"fmt"
	"strings"

	"ocopflow/internal/ocop"
)

// Colours of what stands out.
const (
	nowFill   = "#ffd43b"
	takenLine = "#1c7ed6"
	plainLine = "#868e96"
	wayLine   = "#343a40"
	boxFill   = "#f8f9fa"
)

// DOT draws a Graphviz graph: resting states have a double border, final ones a
// thick one.
func (s Scene) DOT() string {
	p := s.picture()
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quote(s.Rules.Name+" "+s.Rules.Version))
	b.WriteString("  rankdir=TB; nodesep=0.5; ranksep=0.6;\n")
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=13, margin=\"0.25,0.12\"];\n")
	b.WriteString("  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=10];\n")
	for _, x := range p.boxes {
		fmt.Fprintf(&b, "  %s [%s];\n", quote(string(x.state)), x.attributes())
	}
	for _, a := range p.arrows {
		fmt.Fprintf(&b, "  %s -> %s [label=%s, %s];\n", quote(string(a.from)), quote(string(a.to)), lines(a.events), a.attributes())
	}
	b.WriteString("}\n")
	return b.String()
}

// attributes let the way forward run straight, and what stands beside it be
// dashed and pale.
func (a arrow) attributes() string {
	line, width, style := wayLine, 1.5, "solid, weight=8"
	if a.aside {
		line, width, style = plainLine, 0.8, `dashed, fontcolor="#868e96", fontsize=9, weight=0`
	}
	if a.taken {
		line, width = takenLine, 3
	}
	return fmt.Sprintf("color=%s, penwidth=%g, style=%s", quote(line), width, style)
}

func (x box) attributes() string {
	if x.state == ocop.NoState {
		return `label=" ", shape=circle, style=filled, fillcolor="#212529", width=0.2, height=0.2, fixedsize=true`
	}
	fill, line, width, borders := boxFill, plainLine, 1, 1
	if x.resting {
		borders = 2
	}
	if x.final {
		width = 3
	}
	if x.taken {
		line, width = takenLine, 3
	}
	if x.now {
		fill = nowFill
	}
	return fmt.Sprintf("label=%s, fillcolor=%s, color=%s, penwidth=%d, peripheries=%d", quote(x.title), quote(fill), quote(line), width, borders)
}

// quote writes a DOT string. Backslashes would start an escape.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// lines writes events one below the other.
func lines(events []string) string {
	quoted := make([]string, len(events))
	for i, e := range events {
		q := quote(e)
		quoted[i] = q[1 : len(q)-1]
	}
	return `"` + strings.Join(quoted, `\n`) + `"`
}

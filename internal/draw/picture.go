// Package draw draws procedures: as Mermaid and Graphviz DOT for people who
// keep them in text, as SVG for pages, as BPMN 2.0 for other tools. Where boxes
// and arrows go is Graphviz's to find; what a procedure means is package
// workflow's.
package draw

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// Scene is what is drawn.
type Scene struct {
	Rules *workflow.Rules
	Lang  ocop.Lang
	Now   ocop.State   // the present state, highlighted; "" for none
	Path  []ocop.State // states passed through, oldest first: they and the arrows between them stand out
}

// Formats that can be drawn.
var Formats = []string{"mermaid", "dot", "svg", "bpmn"}

// Draw draws in a format, and gives its media type.
func (s Scene) Draw(ctx context.Context, format string) (body []byte, mediaType string, err error) {
	switch format {
	case "mermaid":
		return []byte(s.Mermaid()), "text/vnd.mermaid; charset=utf-8", nil
	case "dot":
		return []byte(s.DOT()), "text/vnd.graphviz; charset=utf-8", nil
	case "svg":
		body, err = s.SVG(ctx)
		return body, "image/svg+xml", err
	case "bpmn":
		body, err = s.BPMN(ctx)
		return body, "application/xml", err
	}
	return nil, "", fmt.Errorf("no format %q: want one of %s", format, strings.Join(Formats, ", "))
}

// picture is a procedure as boxes and arrows, in the order of its file. Moves
// that keep the state are left out.
type picture struct {
	boxes  []box
	arrows []arrow
}

// box is a state; the start, before a product is there, is one without a title.
type box struct {
	state   ocop.State
	title   string
	resting bool
	final   bool
	now     bool
	taken   bool
}

// arrow joins two states; several events may take it.
type arrow struct {
	from, to ocop.State
	events   []string
	aside    bool // none of them is the way forward
	taken    bool
}

// arrowID names an arrow.
func (a arrow) id() string { return "f_" + string(a.from) + "__" + string(a.to) }

func (s Scene) picture() picture {
	p := picture{boxes: []box{{state: ocop.NoState}}}
	for name, st := range s.Rules.States.All() {
		state := ocop.State(name)
		p.boxes = append(p.boxes, box{state, lineOf(st.Title.In(s.Lang)), st.Resting, st.Final, state == s.Now, slices.Contains(s.Path, state)})
	}
	for _, t := range s.Rules.Transitions.All() {
		title := lineOf(t.Title.In(s.Lang))
		for _, a := range t.Arms {
			for _, from := range a.From {
				if !a.Stay {
					p.add(from, a.To, title, t.Aside || t.Quiet)
				}
			}
		}
	}
	for i, a := range p.arrows {
		p.arrows[i].taken = s.follows(a.from, a.to)
	}
	return p
}

func (p *picture) add(from, to ocop.State, title string, aside bool) {
	i := slices.IndexFunc(p.arrows, func(a arrow) bool { return a.from == from && a.to == to })
	if i < 0 {
		p.arrows = append(p.arrows, arrow{from: from, to: to, aside: true})
		i = len(p.arrows) - 1
	}
	p.arrows[i].aside = p.arrows[i].aside && aside
	if !slices.Contains(p.arrows[i].events, title) {
		p.arrows[i].events = append(p.arrows[i].events, title)
	}
}

// follows reports whether the path goes from one state right to the other.
func (s Scene) follows(from, to ocop.State) bool {
	for i := 1; i < len(s.Path); i++ {
		if s.Path[i-1] == from && s.Path[i] == to {
			return true
		}
	}
	return false
}

// lineOf keeps a title on one line, without control characters.
func lineOf(title string) string {
	title = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(title, " "))
	return strings.Join(strings.Fields(title), " ")
}

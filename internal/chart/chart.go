// Package chart draws small pictures of figures as SVG that stands in a page:
// without scripts or style attributes, coloured by classes so that light, dark
// and print all read well, with every value as text. What is drawn, and the
// table beside it, are the caller's.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// picture collects an SVG of a size in its own units.
type picture struct {
	b strings.Builder
}

func begin(class, title string, width, height float64) *picture {
	p := &picture{}
	fmt.Fprintf(&p.b, `<svg class="pic %s" width="%s" viewBox="0 0 %s %s" role="img" aria-label="%s"><title>%s</title>`, class, n(width), n(width), n(height), html.EscapeString(title), html.EscapeString(title))
	return p
}

func (p *picture) end() template.HTML {
	p.b.WriteString("</svg>")
	return template.HTML(p.b.String()) //nolint:gosec // every text in it was escaped
}

func (p *picture) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(&p.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, n(x), n(y), n(w), n(h))
}

func (p *picture) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(&p.b, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, n(x1), n(y1), n(x2), n(y2))
}

func (p *picture) text(class, anchor string, x, y float64, text string) {
	fmt.Fprintf(&p.b, `<text class="%s" text-anchor="%s" x="%s" y="%s">%s</text>`, class, anchor, n(x), n(y), html.EscapeString(text))
}

// n writes a coordinate; what is no number is nought.
func n(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", v), "0"), ".")
}

// share is part of whole, from 0 to 1.
func share(part, whole float64) float64 {
	if whole <= 0 || part <= 0 {
		return 0
	}
	return math.Min(1, part/whole)
}

// Bar is a bar of a table's cell, as long as its part of the whole. It says
// nothing by itself: the figure stands beside it.
func Bar(part, whole float64) template.HTML {
	p := &picture{}
	p.b.WriteString(`<svg class="pic bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">`)
	p.rect("ground", 0, 0, 100, 10)
	p.rect("value", 0, 0, 100*share(part, whole), 10)
	return p.end()
}

// Column is a stack of values over a label.
type Column struct {
	Label  string
	Values []float64 // one of each series
}

// Columns draws stacks side by side, each value written into its piece or, where
// it is too small, left to the table.
func Columns(title string, series []string, columns []Column) template.HTML {
	const step, bottom, height, room = 64.0, 190.0, 150.0, 16.0
	width := math.Max(240, step*float64(len(columns))+20)
	p := begin("columns", title, width, bottom+46)
	most := 0.0
	for _, c := range columns {
		most = math.Max(most, sum(c.Values))
	}
	for i, c := range columns {
		x, y := 10+step*float64(i), bottom
		for j, v := range c.Values {
			h := height * share(v, most)
			y -= h
			p.rect(fmt.Sprintf("series s%d", j+1), x+8, y, step-16, h)
			if h >= room {
				p.text(fmt.Sprintf("on s%d", j+1), "middle", x+step/2, y+h/2+5, n(v))
			}
		}
		p.text("total", "middle", x+step/2, y-6, n(sum(c.Values)))
		p.text("label", "middle", x+step/2, bottom+16, c.Label)
	}
	p.line("axis", 6, bottom, width-6, bottom)
	for j, name := range series {
		x := 10 + float64(j)*70
		p.rect(fmt.Sprintf("series s%d", j+1), x, bottom+28, 12, 12)
		p.text("label", "start", x+18, bottom+39, name)
	}
	return p.end()
}

func sum(list []float64) (s float64) {
	for _, v := range list {
		s += v
	}
	return s
}

// Point is a day of a timeline: At from 0 to 1 along it, a label, and a class
// that says in colour what the label says in words.
type Point struct {
	At    float64
	Label string
	Class string
}

// Timeline draws points in rows below an axis of marks, with a line for now.
func Timeline(title, now string, at float64, marks, points []Point) template.HTML {
	const left, right, row = 12.0, 588.0, 24.0
	x := func(at float64) float64 { return left + (right-left)*math.Max(0, math.Min(1, at)) }
	height := 44 + row*float64(len(points)) + 10
	p := begin("timeline", title, 600, height)
	p.line("axis", left, 28, right, 28)
	for _, m := range marks {
		p.line("tick", x(m.At), 24, x(m.At), height-6)
		p.text("label", "middle", x(m.At), 18, m.Label)
	}
	if at >= 0 && at <= 1 {
		p.line("now", x(at), 22, x(at), height-6)
		p.text("now-label", anchor(at), x(at), 40, now)
	}
	for i, d := range points {
		y := 44 + row*float64(i) + row/2
		fmt.Fprintf(&p.b, `<circle class="point %s" cx="%s" cy="%s" r="6"/>`, html.EscapeString(d.Class), n(x(d.At)), n(y))
		if d.At > 0.5 {
			p.text("label", "end", x(d.At)-12, y+5, d.Label)
		} else {
			p.text("label", "start", x(d.At)+12, y+5, d.Label)
		}
	}
	return p.end()
}

func anchor(at float64) string {
	switch {
	case at < 0.1:
		return "start"
	case at > 0.9:
		return "end"
	}
	return "middle"
}

// Shape is one outline of a radar, a share from 0 to 1 for each axis.
type Shape struct {
	Name   string
	Values []float64
}

// Radar draws outlines over axes that go out from the middle; the first shape
// stands out.
func Radar(title string, axes []string, shapes []Shape) template.HTML {
	const cx, cy, r = 160.0, 140.0, 100.0
	p := begin("radar", title, 320, 280)
	at := func(i int, v float64) (float64, float64) {
		a := -math.Pi/2 + 2*math.Pi*float64(i)/float64(max(1, len(axes)))
		return cx + r*v*math.Cos(a), cy + r*v*math.Sin(a)
	}
	outline := func(class string, value func(int) float64) {
		var points []string
		for i := range axes {
			x, y := at(i, value(i))
			points = append(points, n(x)+","+n(y))
		}
		fmt.Fprintf(&p.b, `<polygon class="%s" points="%s"/>`, class, strings.Join(points, " "))
	}
	for _, ring := range []float64{0.25, 0.5, 0.75, 1} {
		outline("ring", func(int) float64 { return ring })
	}
	for i, name := range axes {
		x, y := at(i, 1)
		p.line("tick", cx, cy, x, y)
		x, y = at(i, 1.16)
		p.text("label", [3]string{"middle", "start", "end"}[side(x, cx)], x, y+4, name)
	}
	for j := len(shapes) - 1; j >= 0; j-- {
		class := "shape"
		if j == 0 {
			class = "shape first"
		}
		s := shapes[j]
		outline(class, func(i int) float64 {
			if i >= len(s.Values) {
				return 0
			}
			return share(s.Values[i], 1)
		})
	}
	return p.end()
}

// side is where a label lies: above or below, to the right, to the left.
func side(x, middle float64) int {
	switch {
	case x > middle+5:
		return 1
	case x < middle-5:
		return 2
	}
	return 0
}

package draw

import (
	"encoding/xml"
	"math"
	"strings"

	"ocopflow/internal/ocop"
)

// The elements of BPMN 2.0 that are written (OMG, formal/2011-01-03), with the
// colours that viewers read from the extension of bpmn.io.
type definitions struct {
	XMLName xml.Name `xml:"bpmn:definitions"`
	BPMN    string   `xml:"xmlns:bpmn,attr"`
	DI      string   `xml:"xmlns:bpmndi,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	D       string   `xml:"xmlns:di,attr"`
	Color   string   `xml:"xmlns:bioc,attr"`
	ID      string   `xml:"id,attr"`
	Target  string   `xml:"targetNamespace,attr"`
	Process process  `xml:"bpmn:process"`
	Diagram diagram  `xml:"bpmndi:BPMNDiagram"`
}

type process struct {
	ID         string    `xml:"id,attr"`
	Name       string    `xml:"name,attr"`
	Executable bool      `xml:"isExecutable,attr"`
	Start      []element `xml:"bpmn:startEvent"`
	Tasks      []element `xml:"bpmn:task"`
	Ends       []element `xml:"bpmn:endEvent"`
	Flows      []flow    `xml:"bpmn:sequenceFlow"`
}

type element struct {
	ID       string   `xml:"id,attr"`
	Name     string   `xml:"name,attr,omitempty"`
	Incoming []string `xml:"bpmn:incoming"`
	Outgoing []string `xml:"bpmn:outgoing"`
}

type flow struct {
	ID     string `xml:"id,attr"`
	Name   string `xml:"name,attr,omitempty"`
	Source string `xml:"sourceRef,attr"`
	Target string `xml:"targetRef,attr"`
}

type diagram struct {
	ID    string `xml:"id,attr"`
	Plane plane  `xml:"bpmndi:BPMNPlane"`
}

type plane struct {
	ID      string  `xml:"id,attr"`
	Element string  `xml:"bpmnElement,attr"`
	Shapes  []shape `xml:"bpmndi:BPMNShape"`
	Edges   []edge  `xml:"bpmndi:BPMNEdge"`
}

type shape struct {
	ID      string `xml:"id,attr"`
	Element string `xml:"bpmnElement,attr"`
	Stroke  string `xml:"bioc:stroke,attr,omitempty"`
	Fill    string `xml:"bioc:fill,attr,omitempty"`
	Bounds  struct {
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Width  float64 `xml:"width,attr"`
		Height float64 `xml:"height,attr"`
	} `xml:"dc:Bounds"`
}

type edge struct {
	ID      string     `xml:"id,attr"`
	Element string     `xml:"bpmnElement,attr"`
	Stroke  string     `xml:"bioc:stroke,attr,omitempty"`
	Points  []waypoint `xml:"di:waypoint"`
}

type waypoint struct {
	X float64 `xml:"x,attr"`
	Y float64 `xml:"y,attr"`
}

const (
	endSize = 28
	endGap  = 26 // from a resting state to the end event at its right
)

func newDefinitions(s Scene, p picture, at layout) definitions {
	d := definitions{
		BPMN: "http://www.omg.org/spec/BPMN/20100524/MODEL", DI: "http://www.omg.org/spec/BPMN/20100524/DI",
		DC: "http://www.omg.org/spec/DD/20100524/DC", D: "http://www.omg.org/spec/DD/20100524/DI",
		Color: "http://bpmn.io/schema/bpmn/biocolor/1.0", ID: "definitions", Target: "urn:ocopflow:" + s.Rules.Name + ":" + s.Rules.Version,
	}
	d.Process.ID, d.Process.Name = "process", lineOf(s.Rules.Title.In(s.Lang))
	d.Diagram.ID, d.Diagram.Plane.ID, d.Diagram.Plane.Element = "diagram", "plane", "process"
	for _, x := range p.boxes {
		d.box(x, p, at)
	}
	for _, a := range p.arrows {
		d.Process.Flows = append(d.Process.Flows, flow{a.id(), strings.Join(a.events, " / "), stateID(a.from), stateID(a.to)})
		stroke := ""
		switch {
		case a.taken:
			stroke = takenLine
		case a.aside:
			stroke = plainLine
		}
		d.edge(a.id(), stroke, at.arrows[a.id()])
	}
	return d
}

func stateID(s ocop.State) string { return "s_" + string(s) }

// box writes a state, and after a resting or final one its end event.
func (d *definitions) box(x box, p picture, at layout) {
	e := element{ID: stateID(x.state), Name: x.title}
	for _, a := range p.arrows {
		if a.to == x.state {
			e.Incoming = append(e.Incoming, a.id())
		}
		if a.from == x.state {
			e.Outgoing = append(e.Outgoing, a.id())
		}
	}
	place := at.boxes[x.state]
	stroke, fill := "", ""
	if x.taken {
		stroke = takenLine
	}
	if x.now {
		fill = nowFill
	}
	if x.state == ocop.NoState {
		d.Process.Start = append(d.Process.Start, e)
		d.shape(e.ID, "", "", place)
		return
	}
	if x.resting || x.final {
		end, to := "e_"+string(x.state), "f_"+string(x.state)+"__end"
		e.Outgoing = append(e.Outgoing, to)
		d.Process.Ends = append(d.Process.Ends, element{ID: end, Incoming: []string{to}})
		d.Process.Flows = append(d.Process.Flows, flow{ID: to, Source: e.ID, Target: end})
		middle := place.y + place.height/2
		d.shape(end, "", "", bounds{place.x + place.width + endGap, middle - endSize/2, endSize, endSize})
		d.edge(to, "", []point{{place.x + place.width, middle}, {place.x + place.width + endGap, middle}})
	}
	d.Process.Tasks = append(d.Process.Tasks, e)
	d.shape(e.ID, stroke, fill, place)
}

func (d *definitions) shape(id, stroke, fill string, b bounds) {
	s := shape{ID: id + "_di", Element: id, Stroke: stroke, Fill: fill}
	s.Bounds.X, s.Bounds.Y, s.Bounds.Width, s.Bounds.Height = round(b.x), round(b.y), round(b.width), round(b.height)
	d.Diagram.Plane.Shapes = append(d.Diagram.Plane.Shapes, s)
}

func (d *definitions) edge(id, stroke string, points []point) {
	e := edge{ID: id + "_di", Element: id, Stroke: stroke}
	for _, p := range points {
		e.Points = append(e.Points, waypoint{round(p.x), round(p.y)})
	}
	d.Diagram.Plane.Edges = append(d.Diagram.Plane.Edges, e)
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

package draw

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"ocopflow/internal/ocop"
)

// BPMN draws a BPMN 2.0 process with its diagram: states are tasks, moves are
// sequence flows, and where a product may rest an end event follows. It is a
// picture for other tools; ocopflow itself runs the procedure's file.
func (s Scene) BPMN(ctx context.Context) ([]byte, error) {
	p := s.picture()
	places, err := s.layout(ctx)
	if err != nil {
		return nil, err
	}
	d := newDefinitions(s, p, places)
	out, err := xml.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

// layout is where Graphviz puts things, in points with the origin at the top.
type layout struct {
	boxes  map[ocop.State]bounds
	arrows map[string][]point // by arrow id
}

type point struct{ x, y float64 }

// bounds of a box: its top left corner and size.
type bounds struct{ x, y, width, height float64 }

func (s Scene) layout(ctx context.Context) (layout, error) {
	out := layout{map[ocop.State]bounds{}, map[string][]point{}}
	text, err := render(ctx, s.DOT(), "json0")
	if err != nil {
		return out, err
	}
	var g struct {
		BB      string
		Objects []struct {
			ID                       int `json:"_gvid"`
			Name, Pos, Width, Height string
		}
		Edges []struct {
			Tail, Head int
			Pos        string
		}
	}
	if err := json.Unmarshal(text, &g); err != nil {
		return out, fmt.Errorf("graphviz: %w", err)
	}
	frame := numbers(g.BB)
	if len(frame) != 4 {
		return out, fmt.Errorf("graphviz: no frame in %q", g.BB)
	}
	names := map[int]ocop.State{}
	for _, o := range g.Objects {
		names[o.ID] = ocop.State(o.Name)
		at, size := numbers(o.Pos), numbers(o.Width+","+o.Height)
		if len(at) != 2 || len(size) != 2 {
			return out, fmt.Errorf("graphviz: %q has no place", o.Name)
		}
		w, h := size[0]*72, size[1]*72
		out.boxes[ocop.State(o.Name)] = bounds{at[0] - w/2, frame[3] - at[1] - h/2, w, h}
	}
	for _, e := range g.Edges {
		id := arrow{from: names[e.Tail], to: names[e.Head]}.id()
		out.arrows[id] = path(e.Pos, frame[3])
	}
	return out, nil
}

// path reads the ends and knots of a spline: "e,x,y x,y x,y …", the end first.
func path(pos string, height float64) []point {
	var out []point
	var last *point
	for i, part := range strings.Fields(pos) {
		n := numbers(strings.TrimPrefix(part, "e,"))
		if len(n) != 2 {
			continue
		}
		at := point{n[0], height - n[1]}
		if strings.HasPrefix(part, "e,") {
			last = &at
			continue
		}
		// After the end come knots at every third place, with handles between.
		if first := strings.HasPrefix(pos, "e,"); (i-btoi(first))%3 == 0 {
			out = append(out, at)
		}
	}
	if last != nil {
		out = append(out, *last)
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func numbers(s string) []float64 {
	var out []float64
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return nil
		}
		out = append(out, n)
	}
	return out
}

package draw_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocopflow/internal/draw"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func rules(t testing.TB, text string) *workflow.Rules {
	t.Helper()
	r, findings := workflow.Load("x.yaml", []byte(text))
	if r == nil {
		t.Fatal(findings)
	}
	return r
}

const small = "../workflow/testdata/small.yaml"

func scene(t testing.TB) draw.Scene {
	return draw.Scene{Rules: rules(t, read(t, small)), Lang: ocop.Vi, Now: "scored", Path: []ocop.State{"none", "filed", "scored", "filed", "scored"}}
}

func TestEveryFormatIsAsInItsGoldenFile(t *testing.T) {
	s := scene(t)
	for _, format := range draw.Formats {
		body, media, err := s.Draw(t.Context(), format)
		if err != nil || media == "" {
			t.Fatalf("%s: %q, %v", format, media, err)
		}
		file := filepath.Join("testdata", "small."+format)
		if *update {
			if err := os.WriteFile(file, body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(read(t, file), string(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestShippedProceduresAreDrawnInEveryFormatAndLanguage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../workflows/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		r := rules(t, read(t, file))
		for _, lang := range []ocop.Lang{ocop.Vi, ocop.En} {
			for _, format := range draw.Formats {
				body, _, err := (draw.Scene{Rules: r, Lang: lang}).Draw(t.Context(), format)
				if err != nil {
					t.Fatalf("%s %s: %v", file, format, err)
				}
				for _, st := range r.States.All() {
					if first, _, _ := strings.Cut(st.Title.In(lang), " "); !strings.Contains(string(body), first) {
						t.Errorf("%s %s %s: no %q", file, format, lang, st.Title.In(lang))
					}
				}
			}
		}
	}
}

func TestUnknownFormatAndUnknownStates(t *testing.T) {
	t.Parallel()
	s := scene(t)
	if _, _, err := s.Draw(t.Context(), "gif"); err == nil {
		t.Error("a gif was drawn")
	}
	with := s
	with.Now, with.Path = "elsewhere", []ocop.State{"nowhere"}
	s.Now, s.Path = "", nil
	if with.DOT() != s.DOT() || with.Mermaid() != s.Mermaid() {
		t.Error("states that nobody declared are drawn")
	}
}

func TestACallerWhoLeftGetsNoPicture(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := scene(t).SVG(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// safe reads XML to its end and refuses what could act.
func safe(t testing.TB, body []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, body)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if name := strings.ToLower(e.Name.Local); name == "script" || name == "foreignobject" || name == "image" || name == "a" {
			t.Errorf("holds a %s", name)
		}
		for _, a := range e.Attr {
			if name := strings.ToLower(a.Name.Local); name == "href" || strings.HasPrefix(name, "on") {
				t.Errorf("%s has %s=%q", e.Name.Local, name, a.Value)
			}
		}
	}
}

func TestTitlesCannotBreakOut(t *testing.T) {
	t.Parallel()
	text := read(t, small)
	rapid.Check(t, func(rt *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			`</svg><script>alert(1)</script>`, `"];evil[label="x`, `\N \G \l \`, `a & b < c > d`, "a\nb;c", `<b>HTML</b>`, "]]>", "<!-- x", strings.Repeat("dài ", 200),
		})).Draw(rt, "title")
		quoted, err := json.Marshal(strings.ToValidUTF8(title, "?"))
		if err != nil {
			rt.Fatal(err)
		}
		r, _ := workflow.Load("x.yaml", []byte(strings.NewReplacer(`"Nhỏ"`, string(quoted), `"Đã nộp"`, string(quoted), `"Chấm"`, string(quoted)).Replace(text)))
		if r == nil {
			return // such a title is refused, as an empty one is
		}
		s := draw.Scene{Rules: r, Lang: ocop.Vi}
		for _, format := range []string{"svg", "bpmn"} {
			body, _, err := s.Draw(t.Context(), format)
			if err != nil {
				rt.Fatalf("%s of %q: %v", format, title, err)
			}
			safe(t, body)
		}
		for line := range strings.Lines(s.Mermaid()) {
			if strings.Contains(line, ";") {
				rt.Fatalf("a Mermaid statement ends early: %q", line)
			}
		}
	})
}

func TestBPMNIsWhole(t *testing.T) {
	t.Parallel()
	var doc struct {
		Process struct {
			Start []named `xml:"startEvent"`
			Tasks []named `xml:"task"`
			Ends  []named `xml:"endEvent"`
			Flows []struct {
				ID     string `xml:"id,attr"`
				Source string `xml:"sourceRef,attr"`
				Target string `xml:"targetRef,attr"`
			} `xml:"sequenceFlow"`
		} `xml:"process"`
		Diagram struct {
			Plane struct {
				Shapes []drawn `xml:"BPMNShape"`
				Edges  []drawn `xml:"BPMNEdge"`
			} `xml:"BPMNPlane"`
		} `xml:"BPMNDiagram"`
	}
	r := rules(t, read(t, "../../workflows/ocop-2026.yaml"))
	body, err := (draw.Scene{Rules: r, Lang: ocop.Vi, Now: "certified"}).BPMN(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	ids, shapes, edges := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, list := range [][]named{doc.Process.Start, doc.Process.Tasks, doc.Process.Ends} {
		for _, e := range list {
			if ids[e.ID] || !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`).MatchString(e.ID) {
				t.Errorf("id %q", e.ID)
			}
			ids[e.ID] = true
		}
	}
	for _, s := range doc.Diagram.Plane.Shapes {
		shapes[s.Element] = true
	}
	for _, e := range doc.Diagram.Plane.Edges {
		edges[e.Element] = len(e.Points)
	}
	for id := range ids {
		if !shapes[id] {
			t.Errorf("%s has no shape", id)
		}
	}
	for _, f := range doc.Process.Flows {
		if !ids[f.Source] || !ids[f.Target] || edges[f.ID] < 2 {
			t.Errorf("flow %s from %s to %s with %d waypoints", f.ID, f.Source, f.Target, edges[f.ID])
		}
	}
	if len(doc.Process.Tasks) != len(r.States.Keys()) || len(doc.Process.Start) != 1 || !strings.Contains(string(body), fmt.Sprintf("bioc:fill=%q", "#ffd43b")) {
		t.Errorf("%d tasks, %d starts", len(doc.Process.Tasks), len(doc.Process.Start))
	}
}

type named struct {
	ID string `xml:"id,attr"`
}

type drawn struct {
	Element string     `xml:"bpmnElement,attr"`
	Points  []struct{} `xml:"waypoint"`
}

package chart

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"strings"
	"testing"
)

// wellFormed reads a picture as XML and gives its texts.
func wellFormed(t *testing.T, svg template.HTML) string {
	t.Helper()
	var texts strings.Builder
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		switch x := tok.(type) {
		case xml.CharData:
			texts.Write(x)
		case xml.StartElement:
			for _, a := range x.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s: %s=%q", x.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
}

func TestPicturesAreWellFormedWhateverTheyShow(t *testing.T) {
	t.Parallel()
	evil := `</text><script>alert(1)</script>"'&`
	for _, v := range []float64{0, -5, 1, 1e300, math.NaN(), math.Inf(1)} {
		for _, svg := range []template.HTML{
			Bar(v, 10), Bar(10, v),
			Columns(evil, []string{evil}, []Column{{evil, []float64{v}}, {"b", []float64{3}}}),
			Timeline(evil, evil, v, []Point{{v, evil, ""}}, []Point{{v, evil, "late"}}),
			Radar(evil, []string{evil, "B", "C"}, []Shape{{evil, []float64{v, v, v}}, {"x", nil}}),
		} {
			wellFormed(t, svg)
			if strings.Contains(string(svg), "<script") {
				t.Errorf("it runs: %s", svg)
			}
		}
	}
	wellFormed(t, Columns("", nil, nil))
	wellFormed(t, Timeline("", "", 2, nil, nil))
	wellFormed(t, Radar("", nil, nil))
}

func TestColumnsSayTheirValues(t *testing.T) {
	t.Parallel()
	text := wellFormed(t, Columns("Sao", []string{"3 ★", "4 ★"}, []Column{{"2023", []float64{12, 4}}, {"2024", []float64{6, 3}}}))
	for _, want := range []string{"2023", "2024", "3 ★", "16", "12", "4", "9"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
}

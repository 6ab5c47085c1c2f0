package draw

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"regexp"
	"sync"

	"github.com/goccy/go-graphviz"
)

// engine is Graphviz, compiled to WebAssembly. It takes one picture at a time.
var engine struct {
	sync.Mutex
	viz *graphviz.Graphviz // guarded by Mutex; started with the first picture
}

// render lays DOT out.
func render(ctx context.Context, dot string, format graphviz.Format) (out []byte, err error) {
	engine.Lock()
	defer engine.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if engine.viz == nil {
		if engine.viz, err = graphviz.New(context.Background()); err != nil {
			return nil, fmt.Errorf("graphviz: %w", err)
		}
	}
	g, err := graphviz.ParseBytes([]byte(dot))
	if err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	defer g.Close()
	var b bytes.Buffer
	if err := engine.viz.Render(ctx, g, format, &b); err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	return b.Bytes(), nil
}

var (
	opening = regexp.MustCompile(`(?s)^.*?<svg width="[^"]*" height="[^"]*"`)
	tooltip = regexp.MustCompile(`(?s)<title>.*?</title>\s*`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->\s*`)
)

// SVG draws a picture that scales and can stand in a page: no script, nothing
// from outside, a title for those who cannot see it.
func (s Scene) SVG(ctx context.Context) ([]byte, error) {
	out, err := render(ctx, s.DOT(), graphviz.SVG)
	if err != nil {
		return nil, err
	}
	out = comment.ReplaceAll(out, nil)
	out = tooltip.ReplaceAll(out, nil)
	at := opening.FindIndex(out)
	if at == nil {
		return nil, fmt.Errorf("graphviz: its SVG begins in an unknown way")
	}
	end := bytes.IndexByte(out[at[1]:], '>')
	var b bytes.Buffer
	b.WriteString(`<svg role="img" aria-labelledby="procedure-title" width="100%"`)
	b.Write(out[at[1] : at[1]+end+1])
	b.WriteString(`<title id="procedure-title">`)
	if err := xml.EscapeText(&b, []byte(lineOf(s.Rules.Title.In(s.Lang)))); err != nil {
		return nil, err
	}
	b.WriteString("</title>")
	b.Write(out[at[1]+end+1:])
	return b.Bytes(), nil
}

package paper

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown knows what papers have: headings, paragraphs, lists, tables, bold and
// italic. Everything else of Markdown is text.
var markdown = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewListParser(), 300), util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500), util.Prioritized(parser.NewATXHeadingParser(), 600), util.Prioritized(parser.NewParagraphParser(), 1000)),
	parser.WithInlineParsers(util.Prioritized(parser.NewEmphasisParser(), 500)),
	parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
)

// writer turns Markdown into blocks; what follows an annex line goes there.
type writer struct {
	f      *filling
	source []byte
	out    []Block
	annex  []Annex
	widths []float64 // of the next table
}

// blocks reads the body of a paper.
func (f *filling) blocks(body string) ([]Block, []Annex) {
	w := &writer{f: f, source: []byte(body)}
	w.children(markdown.Parse(text.NewReader(w.source)), "")
	return w.out, w.annex
}

func (w *writer) add(b Block) {
	if n := len(w.annex); n > 0 {
		w.annex[n-1].Blocks = append(w.annex[n-1].Blocks, b)
	} else {
		w.out = append(w.out, b)
	}
}

func (w *writer) children(n ast.Node, mark string) {
	for x := n.FirstChild(); x != nil; x = x.NextSibling() {
		w.block(x, mark)
		mark = "" // the first block of an item carries its mark
	}
}

func (w *writer) block(n ast.Node, mark string) {
	switch n := n.(type) {
	case *ast.Heading:
		w.heading(n, mark)
	case *ast.List:
		number := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			sign := string(n.Marker) + " "
			if n.IsOrdered() {
				sign = fmt.Sprintf("%d%c ", number, n.Marker)
			}
			w.children(item, mark+sign)
			mark = ""
			number++
		}
	case *east.Table:
		w.paragraph([]Run{{Text: strings.TrimSpace(mark)}})
		w.table(n)
	case *ast.CodeBlock: // lines that are far from the margin
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			w.paragraph([]Run{{Text: mark + w.f.text(strings.TrimSpace(string(line.Value(w.source))))}})
			mark = ""
		}
	default:
		if w.directive(n) {
			return
		}
		w.paragraph(append([]Run{{Text: mark}}, w.runs(n, Run{})...))
	}
}

// heading: one # stands in the middle, two begin a part, three a part of that.
func (w *writer) heading(n *ast.Heading, mark string) {
	look := Run{Bold: true, Italic: n.Level > 2}
	b := Block{Runs: tidy(append([]Run{{Text: mark, Bold: true}}, w.runs(n, look)...)), Bold: true, Center: n.Level == 1, Indent: n.Level > 1}
	if len(b.Runs) > 0 {
		w.add(b)
	}
}

func (w *writer) paragraph(runs []Run) {
	if runs = tidy(runs); len(runs) > 0 {
		w.add(Block{Runs: runs, Indent: true})
	}
}

// directive is a line such as "::: annex": what Markdown has no form for. Values
// cannot make one, since they are not there yet.
func (w *writer) directive(n ast.Node) bool {
	if n.Lines() == nil || n.Lines().Len() == 0 {
		return false
	}
	line := n.Lines().At(0)
	rest, ok := strings.CutPrefix(strings.TrimSpace(string(line.Value(w.source))), ":::")
	if !ok || n.Lines().Len() > 1 {
		return false
	}
	rest = strings.TrimSpace(rest)
	word, more, _ := strings.Cut(rest, " ")
	switch word {
	case "annex":
		w.annex = append(w.annex, Annex{Landscape: strings.TrimSpace(more) == "landscape"})
	case "widths":
		w.widths = nil
		for _, field := range strings.Fields(more) {
			var parts float64
			if _, err := fmt.Sscan(field, &parts); err == nil && parts > 0 && parts <= 1000 {
				w.widths = append(w.widths, parts)
			}
		}
	case "center":
		w.add(Block{Runs: []Run{{Text: w.f.text(more)}}, Center: true})
	default:
		return false
	}
	return true
}

// runs are the parts of a paragraph in their looks.
func (w *writer) runs(n ast.Node, look Run) (out []Run) {
	for x := n.FirstChild(); x != nil; x = x.NextSibling() {
		switch x := x.(type) {
		case *ast.Text:
			look.Text = w.f.text(string(util.UnescapePunctuations(x.Segment.Value(w.source))))
			switch {
			case x.HardLineBreak():
				look.Text += "\n"
			case x.SoftLineBreak():
				look.Text += " "
			}
			out = append(out, look)
		case *ast.Emphasis:
			inner := look
			inner.Bold, inner.Italic = look.Bold || x.Level == 2, look.Italic || x.Level == 1
			out = append(out, w.runs(x, inner)...)
		case *ast.String:
			look.Text = w.f.text(string(x.Value))
			out = append(out, look)
		default:
			out = append(out, w.runs(x, look)...)
		}
	}
	return out
}

// tidy joins runs of one look and drops a paragraph that holds nothing.
func tidy(runs []Run) (out []Run) {
	full := false
	for _, r := range runs {
		full = full || strings.TrimSpace(r.Text) != ""
		if n := len(out); n > 0 && out[n-1].Bold == r.Bold && out[n-1].Italic == r.Italic {
			out[n-1].Text += r.Text
		} else if r.Text != "" {
			out = append(out, r)
		}
	}
	if !full {
		return nil
	}
	return out
}

// table: a row whose cells are all bold stands out, as one of totals.
func (w *writer) table(n *east.Table) {
	t := &Table{}
	for _, a := range n.Alignments {
		t.Right = append(t.Right, a == east.AlignRight)
	}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		strong := false
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			runs := w.runs(cell, Run{})
			cells = append(cells, strings.TrimSpace(Block{Runs: runs}.Plain()))
			for _, r := range runs {
				strong = strong || r.Bold
			}
		}
		if row.Kind() == east.KindTableHeader {
			t.Head = cells
			continue
		}
		t.Rows, t.Strong = append(t.Rows, cells), append(t.Strong, strong)
	}
	t.Widths = t.shares(w.widths)
	w.widths = nil
	if len(t.Head) > 0 {
		w.add(Block{Table: t})
	}
}

// narrowest is the share of a column that still holds a number and its head.
const narrowest = 0.07

// shares are the widths asked for, else by what the columns hold.
func (t *Table) shares(asked []float64) []float64 {
	out := make([]float64, len(t.Head))
	for i := range out {
		longest := len([]rune(t.Head[i]))
		for _, r := range t.Rows {
			if i < len(r) {
				longest = max(longest, len([]rune(r[i])))
			}
		}
		if out[i] = float64(min(max(longest, 4), 40)); len(asked) == len(out) {
			out[i] = asked[i]
		}
	}
	even(out)
	for i := range out {
		out[i] = max(out[i], narrowest)
	}
	even(out)
	return out
}

// even makes shares add up to one.
func even(list []float64) {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	for i := range list {
		list[i] /= sum
	}
}

package paper

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
)

// Measures of Decree 30/2020, annex I, in millimetres and points.
const (
	marginTop   = 20.0
	marginLeft  = 30.0
	marginRight = 15.0
	textSize    = 13.0
	lineHeight  = 6.2
	cellHeight  = 5.2
	cellSize    = 11.0
	listSize    = 11.0 // of who gets the paper
	firstLine   = 10.0 // indent of a paragraph
)

// family is metrically that of Times New Roman, which the decree asks for and
// whose licence forbids carrying it along.
const family = "serif"

// sheet is a PDF with our fonts.
func sheet(orientation string) *fpdf.Fpdf {
	f := fpdf.New(orientation, "mm", "A4", "")
	for style, ttf := range map[string][]byte{"": liberationserifregular.TTF, "B": liberationserifbold.TTF, "I": liberationserifitalic.TTF, "BI": liberationserifbolditalic.TTF} {
		f.AddUTF8FontFromBytes(family, style, ttf)
	}
	f.SetCreator("ocopflow", true)
	return f
}

// PDF writes the document.
func (d Document) PDF() ([]byte, error) {
	p := &printer{sheet("P")}
	p.SetMargins(marginLeft, marginTop, marginRight)
	p.SetAutoPageBreak(true, marginTop)
	p.SetTitle(d.Kind+" "+d.Summary, true)
	p.SetHeaderFunc(func() {
		if p.PageNo() > 1 {
			p.SetFont(family, "", textSize)
			p.SetY(10)
			p.CellFormat(0, 6, fmt.Sprint(p.PageNo()), "", 1, "C", false, 0, "")
			p.SetY(marginTop)
		}
	})
	p.AddPage()
	p.head(d)
	p.blocks(d.Blocks)
	p.signatures(d)
	for _, x := range d.Annexes {
		p.AddPageFormat(map[bool]string{false: "P", true: "L"}[x.Landscape], p.GetPageSizeStr("A4"))
		p.blocks(x.Blocks)
	}
	return output(p.Fpdf)
}

func (p *printer) blocks(list []Block) {
	for _, b := range list {
		if b.Table != nil {
			p.table(*b.Table)
		} else {
			p.block(b)
		}
	}
}

func output(f *fpdf.Fpdf) ([]byte, error) {
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return out.Bytes(), nil
}

type printer struct{ *fpdf.Fpdf }

func (p *printer) width() float64 {
	w, _ := p.GetPageSize()
	return w - marginLeft - marginRight
}

// head is the two columns at the top, and what the document is.
func (p *printer) head(d Document) {
	left, right := p.width()*0.4, p.width()*0.6
	top := p.GetY()
	p.column(marginLeft, left, []styled{{"", 12, parted(strings.ToUpper(d.Parent))}, {"B", 12, parted(strings.ToUpper(d.Issuer))}})
	p.rule(marginLeft+left/2, 20)
	below := p.GetY()
	p.SetY(top)
	p.column(marginLeft+left, right, []styled{{"B", 12, nation}, {"B", 13, motto}})
	p.rule(marginLeft+left+right/2, 56)
	below = max(below, p.GetY()) + 2.5
	p.SetXY(marginLeft, below)
	p.SetFont(family, "", 13)
	p.MultiCell(left, lineHeight, printable(d.number()), "", "C", false)
	bottom := p.GetY()
	p.SetXY(marginLeft+left, below)
	p.SetFont(family, "I", 13)
	p.MultiCell(right, lineHeight, printable(d.Date()), "", "C", false)
	p.SetY(max(bottom, p.GetY()) + 6)
	p.column(marginLeft, p.width(), []styled{{"B", 14, strings.ToUpper(d.Kind)}, {"B", 13, d.Summary}})
	p.rule(marginLeft+p.width()/2, 40)
	p.SetY(p.GetY() + 5)
}

type styled struct {
	style string
	size  float64
	text  string
}

func (p *printer) column(x, w float64, lines []styled) {
	for _, l := range lines {
		if l.text == "" {
			continue
		}
		p.SetX(x)
		p.SetFont(family, l.style, l.size)
		p.MultiCell(w, 5.4, printable(l.text), "", "C", false)
	}
}

// rule is the short line below a heading.
func (p *printer) rule(middle, length float64) {
	y := p.GetY() + 1
	p.SetLineWidth(0.2)
	p.Line(middle-length/2, y, middle+length/2, y)
}

func (p *printer) block(b Block) {
	align, indent := "J", 0.0
	switch {
	case b.Center:
		align = "C"
	case b.Indent:
		indent = firstLine
	}
	if b.Bold {
		p.Ln(1.5)
		p.need(2 * lineHeight) // with what it heads
	}
	p.flow(b.runs(), align, indent)
	p.Ln(0.8)
}

// need begins a new page where this one has no room left.
func (p *printer) need(height float64) bool {
	_, h := p.GetPageSize()
	full := p.GetY()+height > h-marginTop
	if full {
		p.AddPage()
	}
	return full
}

// headStyle is that of the head of a table, which comes again on every page.
const headStyle = "b"

func (p *printer) table(t Table) {
	p.Ln(1)
	p.row(t, t.Head, headStyle)
	for i, r := range t.Rows {
		style := ""
		if t.strong(i) {
			style = "B"
		}
		p.row(t, r, style)
	}
	p.Ln(2)
}

// row prints a row whose cells break their lines, on one page; one that is
// longer than a page goes on.
func (p *printer) row(t Table, cells []string, style string) {
	p.SetFont(family, strings.ToUpper(style), cellSize)
	lines, most := make([][]string, len(t.Widths)), 1
	for i, w := range t.Widths {
		if i < len(cells) && cells[i] != "" {
			lines[i] = p.SplitText(printable(cells[i]), w*p.width()-3)
		}
		most = max(most, len(lines[i]))
	}
	_, page := p.GetPageSize()
	fits := int((page-2*marginTop-2)/cellHeight) - 5 // the head comes again
	for from := 0; from < most; from += fits {
		n := min(fits, most-from)
		height := float64(n)*cellHeight + 1.6
		if p.need(height) && style != headStyle {
			p.row(t, t.Head, headStyle)
		}
		p.SetFont(family, strings.ToUpper(style), cellSize)
		x, y := marginLeft, p.GetY()
		for i, w := range t.Widths {
			p.Rect(x, y, w*p.width(), height, "D")
			if from < len(lines[i]) {
				p.cell(lines[i][from:min(from+n, len(lines[i]))], x, y, w*p.width(), t.align(i, style))
			}
			x += w * p.width()
		}
		p.SetXY(marginLeft, y+height)
	}
}

func (p *printer) cell(lines []string, x, y, w float64, align string) {
	for j, line := range lines {
		p.SetXY(x+0.5, y+0.8+float64(j)*cellHeight)
		p.CellFormat(w-1, cellHeight, line, "", 0, align, false, 0, "")
	}
}

func (t Table) align(column int, style string) string {
	switch {
	case style == headStyle:
		return "C"
	case column < len(t.Right) && t.Right[column]:
		return "R"
	}
	return "L"
}

// signatures keep together on one page, with who gets the paper.
func (p *printer) signatures(d Document) {
	p.need(max(50, 8+5*float64(len(d.Recipients))))
	p.Ln(4)
	half, y := p.width()/2, p.GetY()
	low := y
	for i, s := range d.Signers {
		p.SetY(y)
		p.column(marginLeft+float64(i)*half, half, []styled{{"B", 13, strings.ToUpper(s.Prefix)}, {"B", 13, strings.ToUpper(s.Title)}})
		if s != (Signer{}) {
			p.SetY(max(y+30, p.GetY()+20))
		}
		p.column(marginLeft+float64(i)*half, half, []styled{{"B", 13, s.Name}})
		low = max(low, p.GetY())
	}
	if len(d.Recipients) == 0 {
		return
	}
	width := half - 4
	if p.SetY(y); d.Signers[0] != (Signer{}) {
		p.SetY(low + 4)
		width = 2 * half
	}
	p.SetFont(family, "BI", 12)
	p.CellFormat(width, 5.2, d.receivers(), "", 1, "L", false, 0, "")
	p.SetFont(family, "", listSize)
	for _, r := range d.Recipients {
		p.MultiCell(width, 4.8, printable("- "+r), "", "L", false)
	}
}

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
	for _, b := range d.Blocks {
		if b.Table != nil {
			p.table(*b.Table)
		} else {
			p.block(b)
		}
	}
	p.signatures(d)
	return output(p.Fpdf)
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
	p.column(marginLeft, left, []styled{{"", 12, strings.ToUpper(d.Parent)}, {"B", 12, strings.ToUpper(d.Issuer)}})
	p.rule(marginLeft+left/2, 20)
	p.SetXY(marginLeft+4, p.GetY()+2)
	p.SetFont(family, "", 13)
	p.CellFormat(left-8, lineHeight, d.number(), "", 1, "C", false, 0, "")
	bottom := p.GetY()
	p.SetY(top)
	p.column(marginLeft+left, right, []styled{{"B", 12, nation}, {"B", 13, motto}})
	p.rule(marginLeft+left+right/2, 52)
	p.SetXY(marginLeft+left, p.GetY()+2)
	p.SetFont(family, "I", 13)
	p.CellFormat(right, lineHeight, d.Date(), "", 1, "C", false, 0, "")
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
		p.MultiCell(w, 5.4, l.text, "", "C", false)
	}
}

// rule is the short line below a heading.
func (p *printer) rule(middle, length float64) {
	y := p.GetY() + 0.8
	p.SetLineWidth(0.2)
	p.Line(middle-length/2, y, middle+length/2, y)
}

func (p *printer) block(b Block) {
	style, align := "", "J"
	if b.Bold {
		style, align = "B", "L"
		p.Ln(1.5)
	}
	p.SetFont(family, style, textSize)
	text := b.Text
	if b.Indent {
		text = "        " + text
	}
	p.MultiCell(0, lineHeight, text, "", align, false)
	p.Ln(0.8)
}

func (p *printer) table(t Table) {
	p.Ln(1)
	p.row(t, t.Head, "B")
	for _, r := range t.Rows {
		p.row(t, r, "")
	}
	p.Ln(2)
}

// row prints a row whose cells break their lines, on one page.
func (p *printer) row(t Table, cells []string, style string) {
	p.SetFont(family, style, cellSize)
	lines, most := make([][]string, len(t.Widths)), 1
	for i, w := range t.Widths {
		if i < len(cells) && cells[i] != "" {
			lines[i] = p.SplitText(cells[i], w*p.width()-3)
		}
		most = max(most, len(lines[i]))
	}
	height := float64(most)*cellHeight + 1.6
	if _, h := p.GetPageSize(); p.GetY()+height > h-marginTop {
		p.AddPage()
		p.SetFont(family, style, cellSize)
	}
	x, y := marginLeft, p.GetY()
	for i, w := range t.Widths {
		p.Rect(x, y, w*p.width(), height, "D")
		align := "L"
		switch {
		case style == "B":
			align = "C"
		case i < len(t.Right) && t.Right[i]:
			align = "R"
		}
		for j, line := range lines[i] {
			p.SetXY(x+0.5, y+0.8+float64(j)*cellHeight)
			p.CellFormat(w*p.width()-1, cellHeight, line, "", 0, align, false, 0, "")
		}
		x += w * p.width()
	}
	p.SetXY(marginLeft, y+height)
}

// signatures keep together on one page.
func (p *printer) signatures(d Document) {
	if _, h := p.GetPageSize(); p.GetY()+45 > h-marginTop {
		p.AddPage()
	}
	p.Ln(4)
	half, y := p.width()/2, p.GetY()
	for i, s := range d.Signers {
		p.SetY(y)
		p.column(marginLeft+float64(i)*half, half, []styled{{"B", 13, strings.ToUpper(s.Title)}})
		p.SetY(y + 30)
		p.column(marginLeft+float64(i)*half, half, []styled{{"B", 13, s.Name}})
	}
}

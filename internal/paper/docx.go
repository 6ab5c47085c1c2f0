package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// DOCX writes the document as Office Open XML. The libraries that could be had
// are unmaintained or under a licence that would bind the program (ADR 12), and
// what a document needs of the format fits one file.
func (d Document) DOCX() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels}, {"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", styles}, {"word/header1.xml", pageNumber}, {"word/document.xml", d.wordML()},
	} {
		w, err := z.Create(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part.text)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	return out.Bytes(), nil
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>`

const packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

const documentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>`

const styles = xmlHead + `<w:styles ` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/><w:sz w:val="26"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>`

const pageNumber = xmlHead + `<w:hdr ` + wordNS + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`

// twips are twentieths of a point.
func twips(mm float64) int { return int(mm * 1440 / 25.4) }

// wordML is the main part: A4, margins of the decree, the page number on top
// from the second page on. Annexes are sections of their own.
func (d Document) wordML() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:document ` + wordNS + `><w:body>`)
	b.WriteString(d.wordHead())
	wordBlocks(&b, d.Blocks, textWidth(false))
	b.WriteString(d.wordSigners())
	section := wordSection(false, true)
	for _, x := range d.Annexes {
		b.WriteString(`<w:p><w:pPr>` + section + `</w:pPr></w:p>`)
		section = wordSection(x.Landscape, false)
		wordBlocks(&b, x.Blocks, textWidth(x.Landscape))
	}
	b.WriteString(section + `</w:body></w:document>`)
	return b.String()
}

// textWidth is that between the margins, in millimetres.
func textWidth(landscape bool) float64 {
	if landscape {
		return 297 - marginLeft - marginRight
	}
	return 210 - marginLeft - marginRight
}

func wordSection(landscape, first bool) string {
	width, height, turn, title := 210.0, 297.0, "", ""
	if landscape {
		width, height, turn = height, width, ` w:orient="landscape"`
	}
	if first {
		title = `<w:titlePg/>`
	}
	return fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="567" w:footer="567" w:gutter="0"/>%s</w:sectPr>`,
		twips(width), twips(height), turn, twips(marginTop), twips(marginRight), twips(marginTop), twips(marginLeft), title)
}

// wordHead is the two columns at the top, and what the document is.
func (d Document) wordHead() string {
	part := textWidth(false) / 100
	left, right := part*40, part*60
	return plainTable([]float64{left, right}, [][]string{
		{wordLine(12, "", d.Parent) + wordLine(12, "b", d.Issuer) + wordRule(left, 20), wordLine(12, "b", nation) + wordLine(13, "b", motto) + wordRule(right, 56)},
		{wordPara("center", "", 4, "") + wordPara("center", "", 13, d.number()), wordPara("center", "", 4, "") + wordPara("center", "i", 13, d.Date())},
	}) + wordPara("center", "", 13, "") + wordPara("center", "b", 14, strings.ToUpper(d.Kind)) + wordPara("center", "b", 13, d.Summary) +
		wordRule(textWidth(false), 40) + wordPara("center", "", 6, "")
}

// wordLine is a centred line in capitals, the motto aside; nothing for no text.
func wordLine(size float64, style, text string) string {
	if text == "" {
		return ""
	}
	if text != motto {
		text = parted(strings.ToUpper(text))
	}
	return wordPara("center", style, size, text)
}

// wordRule is a short line in the middle of a column.
func wordRule(column, length float64) string {
	side := twips((column - length) / 2)
	return fmt.Sprintf(`<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr><w:spacing w:before="60" w:after="0" w:line="120" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/></w:pPr></w:p>`, side, side)
}

func wordBlocks(b *strings.Builder, list []Block, width float64) {
	for _, x := range list {
		align, indent := "both", x.Indent
		switch {
		case x.Table != nil:
			b.WriteString(x.Table.wordML(width))
			continue
		case x.Center:
			align, indent = "center", false
		case x.Bold:
			align = "left"
		}
		look := bodyLook
		look.align, look.indent, look.keep = align, indent, x.Bold
		b.WriteString(wordRuns(look, textSize, x.runs()))
	}
}

// wordSigners are those who sign, and who gets the paper.
func (d Document) wordSigners() string {
	cells := []string{"", ""}
	for i, s := range d.Signers {
		cells[i] = wordLine(13, "b", s.Prefix) + wordLine(13, "b", s.Title)
		if s != (Signer{}) {
			cells[i] += strings.Repeat(wordPara("center", "", 13, ""), 4)
		}
		cells[i] += wordPara("center", "b", 13, s.Name)
	}
	below := ""
	if len(d.Recipients) > 0 {
		list := wordPara("left", "bi", 12, d.receivers())
		for _, r := range d.Recipients {
			list += wordPara("left", "", listSize, "- "+r)
		}
		if d.Signers[0] == (Signer{}) {
			cells[0] = list
		} else {
			below = wordPara("left", "", 6, "") + list
		}
	}
	half := textWidth(false) / 2
	return wordPara("left", "", 13, "") + plainTable([]float64{half, half}, [][]string{cells}) + below
}

// look is how a paragraph is set; spaces in twentieths of a point, lines in 240ths
// of a single one.
type look struct {
	align               string
	indent, keep        bool
	before, after, line int
}

// bodyLook is that of the text: at least 6 points between paragraphs, lines
// between single and one and a half (general knowledge, not verified).
var bodyLook = look{after: 120, line: 276}

// wordPara is one paragraph of one look; style holds any of b and i. Sizes are in
// points.
func wordPara(align, style string, size float64, text string) string {
	return wordRuns(look{align: align, line: 240}, size, plainRun(style, text))
}

func plainRun(style, text string) []Run {
	return []Run{{text, strings.Contains(style, "b"), strings.Contains(style, "i")}}
}

func wordRuns(l look, size float64, runs []Run) string {
	var b strings.Builder
	b.WriteString(`<w:p><w:pPr>`)
	if l.keep { // with what it heads
		b.WriteString(`<w:keepNext/>`)
	}
	fmt.Fprintf(&b, `<w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="auto"/>`, l.before, l.after, l.line)
	if l.indent {
		fmt.Fprintf(&b, `<w:ind w:firstLine="%d"/>`, twips(firstLine))
	}
	fmt.Fprintf(&b, `<w:jc w:val="%s"/><w:rPr><w:sz w:val="%d"/></w:rPr></w:pPr>`, l.align, int(size*2))
	for _, r := range runs {
		b.WriteString(`<w:r><w:rPr>`)
		if r.Bold {
			b.WriteString("<w:b/>")
		}
		if r.Italic {
			b.WriteString("<w:i/>")
		}
		fmt.Fprintf(&b, `<w:sz w:val="%d"/></w:rPr>`, int(size*2))
		for i, line := range strings.Split(r.Text, "\n") {
			if i > 0 {
				b.WriteString(`<w:br/>`)
			}
			b.WriteString(`<w:t xml:space="preserve">`)
			_ = xml.EscapeText(&b, []byte(line)) // a strings.Builder does not fail
			b.WriteString(`</w:t>`)
		}
		b.WriteString(`</w:r>`)
	}
	b.WriteString(`</w:p>`)
	return b.String()
}

func (t Table) wordML(width float64) string {
	rows := [][]string{}
	for i, r := range append([][]string{t.Head}, t.Rows...) {
		var cells []string
		for j := range t.Widths {
			text, align, style := "", "left", ""
			if j < len(r) {
				text = r[j]
			}
			if j < len(t.Right) && t.Right[j] {
				align = "right"
			}
			if i == 0 {
				align, style = "center", "b"
			} else if t.strong(i - 1) {
				style = "b"
			}
			cells = append(cells, wordRuns(look{align: align, before: 40, after: 40, line: 240}, cellSize, plainRun(style, text)))
		}
		rows = append(rows, cells)
	}
	widths := make([]float64, len(t.Widths))
	for i, w := range t.Widths {
		widths[i] = w * width
	}
	return linedTable(widths, rows) + wordPara("left", "", 6, "")
}

func (t Table) strong(row int) bool { return row < len(t.Strong) && t.Strong[row] }

// linedTable has lines, and a first row that comes again on every page. It is set
// in by what its cells are wider than their text, so that its lines end where the
// text does.
func linedTable(widths []float64, rows [][]string) string {
	var b strings.Builder
	b.WriteString(`<w:tblInd w:w="108" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
	}
	return wordTable(widths, rows, b.String()+`</w:tblBorders>`, 1)
}

// plainTable only places what it holds.
func plainTable(widths []float64, rows [][]string) string { return wordTable(widths, rows, "", 0) }

// wordTable holds cells that are WordML already; widths in millimetres. Its
// first rows may come again on every page.
func wordTable(widths []float64, rows [][]string, properties string, heads int) string {
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/>` + properties + `<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, twips(w))
	}
	b.WriteString(`</w:tblGrid>`)
	for n, r := range rows {
		again := ""
		if n < heads {
			again = `<w:tblHeader/>`
		}
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/>` + again + `</w:trPr>`)
		for i, cell := range r {
			fmt.Fprintf(&b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc>`, twips(widths[i]), cell)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl>`)
	return b.String()
}

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
// from the second page on.
func (d Document) wordML() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:document ` + wordNS + `><w:body>`)
	part := (210 - marginLeft - marginRight) / 100
	b.WriteString(plainTable([]float64{part * 40, part * 60}, [][]string{
		{wordPara("center", "", 12, strings.ToUpper(d.Parent)) + wordPara("center", "bu", 12, strings.ToUpper(d.Issuer)), wordPara("center", "b", 12, nation) + wordPara("center", "bu", 13, motto)},
		{wordPara("center", "", 13, d.number()), wordPara("center", "i", 13, d.Date())},
	}, false))
	b.WriteString(wordPara("center", "", 13, "") + wordPara("center", "b", 14, strings.ToUpper(d.Kind)) + wordPara("center", "b", 13, d.Summary) + wordPara("center", "", 13, ""))
	for _, x := range d.Blocks {
		switch {
		case x.Table != nil:
			b.WriteString(x.Table.wordML())
		case x.Bold:
			b.WriteString(wordPara("left", "b", 13, x.Text))
		default:
			b.WriteString(wordPara("both", "f", 13, x.Text))
		}
	}
	var signers []string
	for _, s := range d.Signers {
		signers = append(signers, wordPara("center", "b", 13, strings.ToUpper(s.Title))+strings.Repeat(wordPara("center", "", 13, ""), 4)+wordPara("center", "b", 13, s.Name))
	}
	b.WriteString(wordPara("left", "", 13, "") + plainTable([]float64{part * 50, part * 50}, [][]string{signers}, false))
	fmt.Fprintf(&b, `<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="567" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr></w:body></w:document>`,
		twips(210), twips(297), twips(marginTop), twips(marginRight), twips(marginTop), twips(marginLeft))
	return b.String()
}

// wordPara is one paragraph; style holds any of b, i, u, and f for an indented
// first line. Sizes are in points.
func wordPara(align, style string, size float64, text string) string {
	var b strings.Builder
	indent := ""
	if strings.Contains(style, "f") {
		indent = fmt.Sprintf(`<w:ind w:firstLine="%d"/>`, twips(10))
	}
	fmt.Fprintf(&b, `<w:p><w:pPr><w:spacing w:before="40" w:after="40"/>%s<w:jc w:val="%s"/></w:pPr><w:r><w:rPr>`, indent, align)
	if strings.Contains(style, "b") {
		b.WriteString("<w:b/>")
	}
	if strings.Contains(style, "i") {
		b.WriteString("<w:i/>")
	}
	fmt.Fprintf(&b, `<w:sz w:val="%d"/>`, int(size*2))
	if strings.Contains(style, "u") {
		b.WriteString(`<w:u w:val="single"/>`)
	}
	b.WriteString(`</w:rPr><w:t xml:space="preserve">`)
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	b.WriteString(`</w:t></w:r></w:p>`)
	return b.String()
}

func (t Table) wordML() string {
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
			}
			cells = append(cells, wordPara(align, style, cellSize, text))
		}
		rows = append(rows, cells)
	}
	widths := make([]float64, len(t.Widths))
	for i, w := range t.Widths {
		widths[i] = w * (210 - marginLeft - marginRight)
	}
	return plainTable(widths, rows, true) + wordPara("left", "", 6, "")
}

// plainTable holds cells that are WordML already; widths in millimetres.
func plainTable(widths []float64, rows [][]string, lines bool) string {
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/>`)
	if lines {
		b.WriteString(`<w:tblBorders>`)
		for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
			fmt.Fprintf(&b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
		}
		b.WriteString(`</w:tblBorders>`)
	}
	b.WriteString(`<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, twips(w))
	}
	b.WriteString(`</w:tblGrid>`)
	for _, r := range rows {
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, cell := range r {
			fmt.Fprintf(&b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc>`, twips(widths[i]), cell)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl>`)
	return b.String()
}

// Package paper turns what happened into documents: minutes, score sheets,
// certificates, and the papers that an office writes by its own templates, as PDF
// and DOCX, with fonts that hold Vietnamese. Its layout is that of Decree
// 30/2020/NĐ-CP. It reads no database: what stands in a document is handed to it.
package paper

import (
	"context"
	"fmt"
	"strings"

	"ocopflow/internal/ocop"
)

// Document is an administrative document in the parts of Decree 30/2020, annex
// I: the body that issues it, its number, place and day, what it is, the text,
// who signs, who gets it.
type Document struct {
	Parent     string // body above the issuing one
	Issuer     string
	Number     string // "" where it is written in by hand
	Symbol     string // such as BB-HĐ
	Place      string
	Day        ocop.Date
	Undated    bool   // the day is written in by hand
	Year       int    // of an undated paper; 0 is written in by hand too
	Kind       string // such as BIÊN BẢN
	Summary    string
	Blocks     []Block
	Signers    [2]Signer // left and right
	Recipients []string  // in place of the left signer, or below both
	Annexes    []Annex   // each from a new page, behind the signatures
	Lang       ocop.Lang
}

// Signer is who signs, with room for the hand.
type Signer struct {
	Prefix string // such as TL. CHỦ TỊCH, above the title
	Title  string
	Name   string
}

// Annex is what follows the signatures.
type Annex struct {
	Landscape bool
	Blocks    []Block
}

// Block is a paragraph or a table.
type Block struct {
	Text   string
	Bold   bool
	Runs   []Run // in place of Text, where its parts look different
	Indent bool  // of the first line
	Center bool
	Table  *Table
}

// Run is a stretch of text of one look; a line end in it is kept.
type Run struct {
	Text         string
	Bold, Italic bool
}

// Table has columns of given widths, in parts of the whole.
type Table struct {
	Widths []float64 // add up to 1
	Head   []string
	Rows   [][]string
	Right  []bool // columns of numbers
	Strong []bool // rows, such as one of totals
}

// Media types of what documents are written as.
const (
	MediaPDF  = "application/pdf"
	MediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// Format is the document's media type in a format, "docx" or otherwise PDF, and
// what writes it.
func (d Document) Format(format string) (media string, draw func() ([]byte, error)) {
	if format == "docx" {
		return MediaDOCX, d.DOCX
	}
	return MediaPDF, d.PDF
}

// desks bounds how many documents are drawn up at a time: each takes a processor
// for a tenth of a second, and anybody may ask for a certificate.
var desks = make(chan struct{}, 2)

// InTurn draws something up once a desk is free.
func InTurn(ctx context.Context, draw func() ([]byte, error)) ([]byte, error) {
	select {
	case desks <- struct{}{}:
		defer func() { <-desks }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return draw()
}

func para(text string) Block    { return Block{Text: text, Indent: true} }
func heading(text string) Block { return Block{Text: text, Bold: true} }

func (b Block) runs() []Run {
	if b.Runs != nil {
		return b.Runs
	}
	return []Run{{Text: b.Text, Bold: b.Bold}}
}

// Plain is the text of a block without its looks.
func (b Block) Plain() string {
	if b.Table != nil {
		lines := []string{strings.Join(b.Table.Head, " | ")}
		for _, r := range b.Table.Rows {
			lines = append(lines, strings.Join(r, " | "))
		}
		return strings.Join(lines, "\n")
	}
	var out strings.Builder
	for _, r := range b.runs() {
		out.WriteString(r.Text)
	}
	return out.String()
}

// Date is a day as Decree 30/2020 writes it: a zero before days below 10 and
// before the months 1 and 2 only.
func (d Document) Date() string {
	day, year := d.Day.Long(ocop.Vi), "……"
	if d.Year > 0 {
		year = fmt.Sprint(d.Year)
	}
	switch {
	case d.Undated && d.Lang == ocop.En:
		day = "…… " + year
	case d.Undated:
		day = "ngày …… tháng …… năm " + year
	case d.Lang == ocop.En:
		day = d.Day.In(ocop.En)
	}
	if d.Place == "" {
		return day
	}
	return d.Place + ", " + day
}

// The national name and motto stand on every document; they have no
// translation, and an English one is said to be a translation.
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
)

// number puts a zero before numbers below 10 (general knowledge, not verified).
func (d Document) number() string {
	n := d.Number
	if n == "" {
		n = "……"
	}
	if len(n) == 1 && n[0] >= '1' && n[0] <= '9' {
		n = "0" + n
	}
	return ocop.Text{Vi: "Số: ", En: "No. "}.In(d.Lang) + n + "/" + d.Symbol
}

// parted breaks the name of a people's committee, in capitals, where papers do:
// before the place.
func parted(name string) string {
	if place, ok := strings.CutPrefix(name, "ỦY BAN NHÂN DÂN "); ok {
		return "ỦY BAN NHÂN DÂN\n" + place
	}
	return name
}

func (d Document) receivers() string {
	return ocop.Text{Vi: "Nơi nhận:", En: "To:"}.In(d.Lang)
}

// Text is the document as plain lines, for reading it without a program for papers.
func (d Document) Text() string {
	lines := []string{d.Parent, d.Issuer, d.number(), d.Date(), "", strings.ToUpper(d.Kind), d.Summary, ""}
	add := func(list []Block) {
		for _, b := range list {
			lines = append(lines, b.Plain())
		}
	}
	add(d.Blocks)
	for _, s := range d.Signers {
		lines = append(lines, "", s.Prefix, s.Title, s.Name)
	}
	if len(d.Recipients) > 0 {
		lines = append(append(lines, "", d.receivers()), d.Recipients...)
	}
	for _, x := range d.Annexes {
		lines = append(lines, "")
		add(x.Blocks)
	}
	var out strings.Builder
	blank := true
	for _, l := range lines {
		if l == "" && blank {
			continue
		}
		blank = l == ""
		out.WriteString(l + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

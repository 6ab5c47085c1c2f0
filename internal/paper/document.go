// Package paper turns what happened into documents: minutes, score sheets and
// certificates, as PDF and DOCX, with fonts that hold Vietnamese. Its layout is
// that of Decree 30/2020/NĐ-CP. It reads no database: what stands in a document
// is handed to it.
package paper

import (
	"fmt"

	"ocopflow/internal/ocop"
)

// Document is an administrative document in the parts of Decree 30/2020, annex
// I: the body that issues it, its number, place and day, what it is, the text,
// who signs.
type Document struct {
	Parent  string // body above the issuing one
	Issuer  string
	Symbol  string // such as BB-HĐ; the number is written in by hand
	Place   string
	Day     ocop.Date
	Kind    string // such as BIÊN BẢN
	Summary string
	Blocks  []Block
	Signers [2]Signer // left and right
	Lang    ocop.Lang
}

// Signer is who signs, with room for the hand.
type Signer struct {
	Title string
	Name  string
}

// Block is a paragraph or a table.
type Block struct {
	Text   string
	Bold   bool
	Indent bool
	Table  *Table
}

// Table has columns of given widths, in parts of the whole.
type Table struct {
	Widths []float64 // add up to 1
	Head   []string
	Rows   [][]string
	Right  []bool // columns of numbers
}

func para(text string) Block    { return Block{Text: text, Indent: true} }
func heading(text string) Block { return Block{Text: text, Bold: true} }

// Date is a day as Decree 30/2020 writes it: a zero before days below 10 and
// before the months 1 and 2 only.
func (d Document) Date() string {
	if d.Lang == ocop.En {
		return fmt.Sprintf("%s, %s", d.Place, d.Day.In(ocop.En))
	}
	return d.Place + ", " + d.Day.Long(ocop.Vi)
}

// The national name and motto stand on every document; they have no
// translation, and an English one is said to be a translation.
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
)

func (d Document) number() string {
	return ocop.Text{Vi: "Số: ……/" + d.Symbol, En: "No. ……/" + d.Symbol}.In(d.Lang)
}

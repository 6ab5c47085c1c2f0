// Package workbook writes and reads Excel workbooks (.xlsx), row by row, so
// that a list of a hundred thousand rows fits into little memory. It knows
// cells, not tables: which columns a list has, and what its rows mean, is left
// to those who use it.
package workbook

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/ocop"
)

// MIME is the content type of a workbook.
const MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Kind is how the cells of a column are shown.
type Kind int

// The kinds. A cell that holds something else than its column's kind is still
// written as what it is.
const (
	Text   Kind = iota // stays text, whatever it begins with
	Number             // as given
	Whole              // with separators of thousands
	Score              // two decimals
	Money              // whole đồng
	Day                // a real day of Excel, shown as dd/mm/yyyy
)

// formats of cells by kind, as Excel writes them.
var formats = map[Kind]string{Text: "@", Number: "General", Whole: "#,##0", Score: "0.00", Money: "#,##0", Day: "dd/mm/yyyy"}

// Column is one column of a sheet.
type Column struct {
	Title string
	Kind  Kind
	Width float64 // in characters; 0 for what the kind needs
}

// Book is a workbook being written. Close it, written or not: it may hold
// temporary files.
type Book struct {
	file   *excelize.File
	sheets []*Sheet
	head   int // style of headings
	style  map[Kind]int
	taken  map[string]bool // names of sheets, in lower case
}

// New begins a workbook.
func New() (*Book, error) {
	b := &Book{file: excelize.NewFile(), style: map[Kind]int{}, taken: map[string]bool{}}
	for kind, format := range formats {
		id, err := b.file.NewStyle(&excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", WrapText: kind == Text}})
		if err != nil {
			return nil, fmt.Errorf("workbook: %w", err)
		}
		b.style[kind] = id
	}
	var err error
	b.head, err = b.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	if err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return b, nil
}

// sheetName makes a name that Excel takes: at most 31 characters, none of its
// own signs, and not there yet.
func (b *Book) sheetName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name), " '")
	if name == "" {
		name = "Sheet"
	}
	out := cut(name, 31)
	for n := 2; b.taken[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s %d", cut(name, 27), n)
	}
	b.taken[strings.ToLower(out)] = true
	return out
}

// cut shortens to n units of UTF-16, in which Excel counts.
func cut(s string, n int) string {
	for i, r := range s {
		if n -= max(1, len16(r)); n < 0 {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

func len16(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return min(1, utf8.RuneLen(r))
}

// WriteTo finishes the sheets and writes the workbook. Nothing reaches w before
// all rows are known, so that a failure until here can still be told.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	for _, s := range b.sheets {
		if err := s.finish(); err != nil {
			return 0, fmt.Errorf("workbook: sheet %q: %w", s.name, err)
		}
	}
	out := &counter{w: w}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(out) }) // or all of it is put together in memory first
	if err := b.file.Write(io.Discard); err != nil {
		return out.n, fmt.Errorf("workbook: %w", err)
	}
	return out.n, nil
}

// Close removes what the workbook keeps on disk.
func (b *Book) Close() error { return b.file.Close() }

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// widths that kinds need.
var widths = map[Kind]float64{Text: 24, Number: 12, Whole: 14, Score: 12, Money: 18, Day: 13}

// serial is the number by which Excel knows a day: 1/1/1970 is 25569. Before
// March 1900 its count has a day that never was, so that such days are text.
func serial(d ocop.Date) (int64, bool) {
	n := int64(d) + 25569
	return n, n > 60
}

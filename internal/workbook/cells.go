package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"ocopflow/internal/fault"
)

// held is the kind of what a cell holds.
type held int

const (
	nothing held = iota
	aText
	aNumber
	aTruth
	anError
	aFormula
)

// cell is what stands in one cell.
type cell struct {
	is   held
	text string // as it stands in the file: of a number its digits
}

// Ref names a cell as Excel does: column from 0, row from 1.
func Ref(column, row int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name + strconv.Itoa(row)
}

// columnOf is the column of a reference, from 0; -1 when it is none.
func columnOf(ref string) int {
	n, i := 0, 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		if n = n*26 + int(ref[i]-'A') + 1; n > MaxColumns {
			return -1
		}
	}
	return n - 1
}

// rows walks the rows of a sheet that hold anything, from the first to the last.
//
// Faults: workbook_merged (Invalid); workbook_too_large (TooLarge).
func (r *Reader) rows(s sheetRef, do func(row int, cells []cell) error) error {
	last, column := 0, -1
	var line []cell
	flush := func() error {
		defer func() { line = nil }()
		for _, c := range line {
			if c.is != nothing {
				return do(last, line)
			}
		}
		return nil
	}
	err := r.each(s.part, func(d *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			if err := flush(); err != nil {
				return err
			}
			n, err := strconv.Atoi(attr(e, "r"))
			if attr(e, "r") == "" {
				n, err = last+1, nil
			}
			if err != nil || n <= last {
				return fmt.Errorf("row %q after row %d", attr(e, "r"), last)
			}
			last, column = n, -1
		case "c":
			if attr(e, "r") == "" {
				column++
			} else if column = columnOf(attr(e, "r")); column < 0 || last == 0 {
				return fmt.Errorf("cell %q", attr(e, "r"))
			}
			c, err := r.cell(d, e)
			if err != nil || c.is == nothing {
				return err
			}
			if column >= r.Columns {
				return tooLarge("Bảng có hơn %d cột có dữ liệu.", "The sheet has more than %d columns with data.", r.Columns)
			}
			for len(line) <= column {
				line = append(line, cell{})
			}
			line[column] = c
		case "mergeCell":
			return wrong("workbook_merged", "Bảng có ô gộp ("+attr(e, "ref")+"); hãy bỏ gộp ô để mỗi dòng là một mục.",
				"The sheet has merged cells ("+attr(e, "ref")+"); unmerge them, so that each row is one thing.")
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return unreadable(err)
	}
	return nil
}

func tooLarge(vi, en string, n int) error {
	return fault.New(fault.TooLarge, "workbook_too_large", fmt.Sprintf(vi, n), fmt.Sprintf(en, n))
}

// cell reads one cell up to its end.
func (r *Reader) cell(d *xml.Decoder, e xml.StartElement) (out cell, err error) {
	kind, value, inline := attr(e, "t"), "", ""
	for depth, in := 1, ""; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return out, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "is":
				if inline, err = textIn(d); err != nil {
					return out, err
				}
				continue
			case "f":
				out.is = aFormula
			}
			depth, in = depth+1, t.Name.Local
		case xml.EndElement:
			depth, in = depth-1, ""
		case xml.CharData:
			if in == "v" {
				value += string(t)
			}
		}
	}
	if out.is == aFormula {
		return out, nil
	}
	return r.typed(kind, value, inline)
}

func (r *Reader) typed(kind, value, inline string) (cell, error) {
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if value == "" {
			return cell{}, nil
		}
		if err != nil || n < 0 || n >= len(r.shared) {
			return cell{}, errors.New("a cell names a text that is not there")
		}
		return text(r.shared[n]), nil
	case "inlineStr":
		return text(inline), nil
	case "str", "d":
		return text(unescape(value)), nil
	case "b":
		return cell{aTruth, strings.TrimSpace(value)}, nil
	case "e":
		return cell{anError, value}, nil
	}
	if value = strings.TrimSpace(value); value == "" {
		return cell{}, nil
	}
	return cell{aNumber, value}, nil
}

func text(s string) cell {
	if s = tidy(s); s == "" {
		return cell{}
	}
	return cell{aText, s}
}

var escaped = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape reads the signs that no XML can hold, as Excel writes them.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(m[2:6], 16, 16) // four digits, as matched
		return string(rune(n))
	})
}

package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/ocop"
)

// What a sheet of Excel holds.
const (
	MaxRows    = 1048576 // with the row of headings
	MaxColumns = 16384
	MaxCell    = 32767 // characters
)

// Sheet is one sheet being written, from its first row to its last.
type Sheet struct {
	book    *Book
	name    string
	columns []Column
	stream  *excelize.StreamWriter
	rows    int // written, with the row of headings
	done    bool
}

// Sheet begins a sheet: headings in a row that stays in view, with a filter.
// Sheets stand in the order in which they are begun; a name that Excel does not
// take is changed.
func (b *Book) Sheet(name string, columns ...Column) (*Sheet, error) {
	if len(columns) == 0 || len(columns) > MaxColumns {
		return nil, fmt.Errorf("workbook: a sheet of %d columns", len(columns))
	}
	s := &Sheet{book: b, name: b.sheetName(name), columns: unlike(columns)}
	var err error
	if len(b.sheets) == 0 {
		err = b.file.SetSheetName("Sheet1", s.name)
	} else {
		_, err = b.file.NewSheet(s.name)
	}
	if err != nil {
		return nil, fmt.Errorf("workbook: sheet %q: %w", name, err)
	}
	if err := s.begin(); err != nil {
		return nil, fmt.Errorf("workbook: sheet %q: %w", name, err)
	}
	b.sheets = append(b.sheets, s)
	return s, nil
}

func (s *Sheet) begin() (err error) {
	if s.stream, err = s.book.file.NewStreamWriter(s.name); err != nil {
		return err
	}
	for i, c := range s.columns {
		width := c.Width
		if width == 0 {
			width = widths[c.Kind]
		}
		if err := s.stream.SetColWidth(i+1, i+1, min(width, 255)); err != nil {
			return err
		}
	}
	if err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	heads := make([]any, len(s.columns))
	for i, c := range s.columns {
		heads[i] = excelize.Cell{StyleID: s.book.head, Value: c.Title}
	}
	s.rows = 1
	return s.stream.SetRow("A1", heads)
}

// unlike makes headings that a table of Excel takes: one line each, none twice,
// none empty.
func unlike(columns []Column) []Column {
	out := make([]Column, len(columns))
	seen := map[string]bool{}
	for i, c := range columns {
		title := cut(strings.Join(strings.Fields(c.Title), " "), 250)
		if title == "" {
			title = fmt.Sprintf("Column %d", i+1)
		}
		c.Title = title
		for n := 2; seen[strings.ToLower(c.Title)]; n++ {
			c.Title = fmt.Sprintf("%s (%d)", title, n)
		}
		seen[strings.ToLower(c.Title)] = true
		out[i] = c
	}
	return out
}

// Row writes the next row. A cell is a string, a whole number or a float, a
// bool, an ocop.Date (a real day of Excel), a pointer to one of the last (nil
// stays empty), or nil. Text never becomes a formula, whatever it begins with;
// text longer than Excel holds is cut.
func (s *Sheet) Row(cells ...any) error {
	if len(cells) > len(s.columns) {
		return fmt.Errorf("workbook: %d cells in a sheet of %d columns", len(cells), len(s.columns))
	}
	if s.rows == MaxRows {
		return fmt.Errorf("workbook: more than %d rows", MaxRows)
	}
	values := make([]any, len(cells))
	for i, v := range cells {
		value, err := s.value(i, v)
		if err != nil {
			return err
		}
		values[i] = value
	}
	s.rows++
	if err := s.stream.SetRow(fmt.Sprintf("A%d", s.rows), values); err != nil {
		return fmt.Errorf("workbook: row %d: %w", s.rows, err)
	}
	return nil
}

// Rows is the number of rows written below the headings.
func (s *Sheet) Rows() int { return s.rows - 1 }

func (s *Sheet) value(column int, v any) (any, error) {
	style := s.book.style[s.columns[column].Kind]
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if v == "" {
			return nil, nil
		}
		return excelize.Cell{StyleID: s.book.style[Text], Value: cut(v, MaxCell)}, nil
	case int, int64, float64:
		return excelize.Cell{StyleID: style, Value: v}, nil
	case bool:
		return excelize.Cell{StyleID: style, Value: v}, nil
	case *int:
		return whenThere(s, column, v)
	case *int64:
		return whenThere(s, column, v)
	case *float64:
		return whenThere(s, column, v)
	case *ocop.Date:
		return whenThere(s, column, v)
	case ocop.Date:
		n, ok := serial(v)
		if !ok {
			return s.value(column, v.String())
		}
		return excelize.Cell{StyleID: s.book.style[Day], Value: n}, nil
	}
	return nil, fmt.Errorf("workbook: a cell of type %T", v)
}

func whenThere[T any](s *Sheet, column int, v *T) (any, error) {
	if v == nil {
		return nil, nil
	}
	return s.value(column, *v)
}

// finish ends the sheet; its rows become a table, which carries the filter.
func (s *Sheet) finish() error {
	if s.done {
		return nil
	}
	s.done = true
	last, err := excelize.CoordinatesToCellName(len(s.columns), max(2, s.rows))
	if err != nil {
		return err
	}
	stripes := false
	if err := s.stream.AddTable(&excelize.Table{Range: "A1:" + last, StyleName: "TableStyleLight1", ShowRowStripes: &stripes}); err != nil {
		return err
	}
	return s.stream.Flush()
}

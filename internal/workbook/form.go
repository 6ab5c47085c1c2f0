package workbook

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ocopflow/internal/ocop"
)

// FieldType is what the cells of a field hold.
type FieldType string

// The types of fields.
const (
	TextField   FieldType = "text"
	WholeField  FieldType = "whole"
	DayField    FieldType = "day"
	ChoiceField FieldType = "choice"
	YesField    FieldType = "yes"
	InfoField   FieldType = "info" // for people who read: not looked at, and in no template
)

// Choice is a value that a field may hold. People may write the value or its
// name in either language.
type Choice struct {
	Value string    `json:"value"`
	Title ocop.Text `json:"title"`
}

// Field is a column of a form: one description draws the template, reads the
// cells and words what is wrong with them.
type Field struct {
	Code     string    `json:"code"`
	Title    ocop.Text `json:"title"`
	Type     FieldType `json:"type"`
	Required bool      `json:"required"`
	Note     ocop.Text `json:"note"`
	Example  string    `json:"example"`
	Choices  []Choice  `json:"choices,omitempty"`
	Min, Max int64     `json:"-"` // of whole numbers, when Max is not 0; of a text its longest, in characters
}

// Form is a table that people fill in: one row, one thing.
type Form struct {
	Code   string    `json:"code"`
	Title  ocop.Text `json:"title"`
	Note   ocop.Text `json:"note"`
	Fields []Field   `json:"fields"`
}

// asked are the fields that people fill in.
func (form Form) asked() (out []Field) {
	for _, f := range form.Fields {
		if f.Type != InfoField {
			out = append(out, f)
		}
	}
	return out
}

// Bad is a cell that cannot be taken.
type Bad struct {
	Row     int       `json:"row"`
	Column  string    `json:"column"` // code of the field
	Cell    string    `json:"cell"`   // as Excel names it
	Code    string    `json:"code"`
	Message ocop.Text `json:"message"`
}

// Line is a row that holds something.
type Line struct {
	Row    int
	Bad    bool // something in it cannot be taken
	form   *Form
	values []any // by the form's fields: a map for each row would weigh ten times as much
}

// value is what a field holds; nil for nothing.
func (l Line) value(field string) any {
	for i := range l.values {
		if l.form.Fields[i].Code == field {
			return l.values[i]
		}
	}
	return nil
}

func (l Line) put(field string, v any) {
	for i := range l.values {
		if l.form.Fields[i].Code == field {
			l.values[i] = v
		}
	}
}

// Has reports whether a cell holds something that can be taken.
func (l Line) Has(field string) bool { return l.value(field) != nil }

// Text is what a text or a choice holds, else "".
func (l Line) Text(field string) string { s, _ := l.value(field).(string); return s }

// Whole is what a whole number holds, else 0.
func (l Line) Whole(field string) int { n, _ := l.value(field).(int64); return int(n) }

// Yes is what a mark holds, else false.
func (l Line) Yes(field string) bool { b, _ := l.value(field).(bool); return b }

// Day is what a day holds, else nil.
func (l Line) Day(field string) *ocop.Date {
	if d, ok := l.value(field).(ocop.Date); ok {
		return &d
	}
	return nil
}

// Filled is a form that was filled in.
type Filled struct {
	Form  Form
	Sheet string
	Lines []Line
	Bad   []Bad

	Beside any // what came with the workbook, for who takes it in

	head int            // row of the headings
	at   map[string]int // column of a field, from 0
	from int            // see Reader
}

// Wrong notes that a cell of a line cannot be taken. A field that the file does
// not have is said of the row's first cell.
func (f *Filled) Wrong(line int, field, code, vi, en string) {
	l := &f.Lines[line]
	l.Bad = true
	f.Bad = append(f.Bad, Bad{l.Row, field, Ref(f.at[field], l.Row), code, ocop.Text{Vi: vi, En: en}})
}

// WrongHeading notes what is wrong with the table as a whole at the heading of a field.
func (f *Filled) WrongHeading(field, code, vi, en string) {
	f.Bad = append(f.Bad, Bad{f.head, field, Ref(f.at[field], f.head), code, ocop.Text{Vi: vi, En: en}})
}

// titled reports whether a heading names the field: by its code, or in either
// language.
func (f Field) titled(s string) bool {
	s = heading(s)
	return s == f.Code || s == heading(f.Title.Vi) || s == heading(f.Title.En)
}

// heading is a heading as it is compared: case, diacritics, marks of required
// columns and signs around it do not count.
func heading(s string) string {
	return strings.TrimFunc(ocop.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ')' })
}

// tidy brings a text into the form in which texts are compared and kept: NFC,
// runs of space as one, without signs that nobody sees.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

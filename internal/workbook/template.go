package workbook

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/ocop"
)

// templateRows are the rows of a template that offer lists of choices.
const templateRows = 5001

var templateWords = map[string]ocop.Text{
	"guide": {Vi: "Hướng dẫn", En: "How to fill in"}, "example": {Vi: "Ví dụ", En: "Example"}, "lists": {Vi: "Danh mục", En: "Lists"},
	"column": {Vi: "Cột", En: "Column"}, "needed": {Vi: "Bắt buộc", En: "Required"}, "holds": {Vi: "Nội dung", En: "What it holds"}, "one_of": {Vi: "Chọn một trong", En: "One of"},
	"yes": {Vi: "có", En: "yes"}, "no": {Vi: "không", En: "no"},
}

// Template writes an empty workbook of the form: headings, an explanation of
// each column, an example on a sheet of its own (so that it is never taken for
// data), and lists to choose from. lists are those of fields whose choices are
// not the form's to know, such as the communes in reach; other words may be
// written there as well.
func (form Form) Template(w io.Writer, lang ocop.Lang, lists map[string][]string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // nothing of it lies on the disk
	form.Fields = form.asked()
	t := template{file: f, form: form, lang: lang, lists: lists}
	for _, step := range []func() error{t.styles, t.table, t.guide, t.example, t.choices} {
		if err := step(); err != nil {
			return fmt.Errorf("template of %s: %w", form.Code, err)
		}
	}
	_, err := f.WriteTo(w)
	return err
}

type template struct {
	file                   *excelize.File
	form                   Form
	lang                   ocop.Lang
	lists                  map[string][]string
	head, must, text, days int
}

func (t *template) word(name string) string { return templateWords[name].In(t.lang) }

func (t *template) styles() (err error) {
	head := func(colour string) *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	}
	day := formats[Day]
	for id, style := range map[*int]*excelize.Style{&t.head: head("DDEBF7"), &t.must: head("FCE4D6"), &t.text: {NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}, &t.days: {CustomNumFmt: &day}} {
		if *id, err = t.file.NewStyle(style); err != nil {
			return err
		}
	}
	return nil
}

// heads writes the headings into the first row of a sheet.
func (t *template) heads(sheet string) error {
	for i, x := range t.form.Fields {
		title, style := x.Title.In(t.lang), t.head
		if x.Required {
			title, style = title+" *", t.must
		}
		if err := t.put(sheet, i, 1, title, style); err != nil {
			return err
		}
		name, _ := excelize.ColumnNumberToName(i + 1) // far below the most
		if err := t.file.SetColWidth(sheet, name, name, max(14, min(40, float64(len([]rune(title))+6)))); err != nil {
			return err
		}
	}
	return t.file.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (t *template) put(sheet string, column, row int, value any, style int) error {
	ref := Ref(column, row)
	if err := t.file.SetCellValue(sheet, ref, value); err != nil {
		return err
	}
	return t.file.SetCellStyle(sheet, ref, ref, style)
}

// table is the sheet to fill in. Cells of texts are texts, so that Excel keeps
// the zeros that a code begins with.
func (t *template) table() error {
	sheet := cut(t.form.Title.In(t.lang), 31)
	if err := t.file.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	if err := t.heads(sheet); err != nil {
		return err
	}
	for i, x := range t.form.Fields {
		style := t.text
		switch x.Type {
		case DayField:
			style = t.days
		case WholeField:
			continue
		}
		if err := t.file.SetCellStyle(sheet, Ref(i, 2), Ref(i, templateRows), style); err != nil {
			return err
		}
	}
	return nil
}

// guide explains each column.
func (t *template) guide() error {
	sheet := t.word("guide")
	if _, err := t.file.NewSheet(sheet); err != nil {
		return err
	}
	if err := t.put(sheet, 0, 1, t.form.Note.In(t.lang), t.text); err != nil {
		return err
	}
	for i, name := range []string{"column", "needed", "holds", "one_of", "example"} {
		if err := t.put(sheet, i, 3, t.word(name), t.head); err != nil {
			return err
		}
	}
	for i, x := range t.form.Fields {
		needed := t.word("no")
		if x.Required {
			needed = t.word("yes")
		}
		for column, value := range []string{x.Title.In(t.lang), needed, x.Note.In(t.lang), x.oneOf(t.lang), x.Example} {
			if err := t.put(sheet, column, i+4, value, t.text); err != nil {
				return err
			}
		}
	}
	for name, width := range map[string]float64{"A": 34, "B": 12, "C": 60, "D": 50, "E": 30} {
		if err := t.file.SetColWidth(sheet, name, name, width); err != nil {
			return err
		}
	}
	return nil
}

// example shows a row as it looks when it is filled in.
func (t *template) example() error {
	sheet := t.word("example")
	if _, err := t.file.NewSheet(sheet); err != nil {
		return err
	}
	if err := t.heads(sheet); err != nil {
		return err
	}
	for i, x := range t.form.Fields {
		var value any = x.Example
		style := t.text
		if d, err := ocop.ParseDate(x.Example); err == nil && x.Type == DayField {
			value, style = int64(d)+25569, t.days
		}
		for _, c := range x.Choices {
			if c.Value == x.Example {
				value = c.Title.In(t.lang)
			}
		}
		if err := t.put(sheet, i, 2, value, style); err != nil {
			return err
		}
	}
	return nil
}

// choices lays the lists on a sheet of their own, and lets cells choose from them.
func (t *template) choices() error {
	sheet, table := t.word("lists"), cut(t.form.Title.In(t.lang), 31)
	column := 0
	for i, x := range t.form.Fields {
		list, strict := x.names(t.lang), true
		if x.Type == YesField {
			list = []string{t.word("yes"), t.word("no")}
		}
		if more := t.lists[x.Code]; len(more) > 0 {
			list, strict = more, false
		}
		if len(list) == 0 {
			continue
		}
		if column == 0 {
			if _, err := t.file.NewSheet(sheet); err != nil {
				return err
			}
		}
		if err := t.put(sheet, column, 1, x.Title.In(t.lang), t.head); err != nil {
			return err
		}
		for row, value := range list {
			if err := t.put(sheet, column, row+2, value, t.text); err != nil {
				return err
			}
		}
		dv := excelize.NewDataValidation(true)
		dv.SetSqref(Ref(i, 2) + ":" + Ref(i, templateRows))
		name, _ := excelize.ColumnNumberToName(column + 1) // far below the most
		dv.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", sheet, name, name, len(list)+1))
		if dv.ShowErrorMessage = strict; strict {
			dv.SetError(excelize.DataValidationErrorStyleStop, cut(x.Title.In(t.lang), 30), cut(x.oneOf(t.lang), 220))
		}
		if err := t.file.AddDataValidation(table, dv); err != nil {
			return err
		}
		if err := t.file.SetColWidth(sheet, name, name, 40); err != nil {
			return err
		}
		column++
	}
	return nil
}

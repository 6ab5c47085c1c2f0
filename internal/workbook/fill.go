package workbook

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// MaxBad is how many bad cells are told; further ones are counted with their row only.
const MaxBad = 5000

// TooManyRows is the code of the fault of a sheet with more rows than are taken.
const TooManyRows = "too_many_rows"

// Read takes a filled-in form out of a workbook: from the sheet that has the
// form's name, else from the first. Headings stand in the first row that holds
// anything, in either language and any order; blank rows do not count.
//
// Faults: those of Open; workbook_empty, workbook_columns (Invalid, with each
// heading that is wrong); workbook_too_large, too_many_rows.
func (form Form) Read(file io.ReaderAt, size int64, maxRows int) (*Filled, error) {
	r, err := Open(file, size)
	if err != nil {
		return nil, err
	}
	r.Rows = maxRows
	s := r.sheets[0]
	for _, x := range r.sheets {
		if t := ocop.Fold(x.name); t == ocop.Fold(form.Title.Vi) || t == ocop.Fold(form.Title.En) || t == form.Code {
			s = x
			break
		}
	}
	out := &Filled{Form: form, Sheet: s.name, from: r.from}
	var fields []*Field // by column; nil for one that is not there
	err = r.rows(s, func(row int, cells []cell) error {
		if fields == nil {
			var err error
			fields, err = out.heads(row, cells)
			return err
		}
		if len(out.Lines) == r.Rows {
			return fault.New(fault.TooLarge, TooManyRows, fmt.Sprintf("Bảng có hơn %d dòng; hãy chia thành nhiều tệp.", r.Rows), fmt.Sprintf("The sheet has more than %d rows; split it into several files.", r.Rows))
		}
		out.line(row, fields, cells)
		if len(out.Bad) > MaxBad {
			return fault.New(fault.Invalid, "workbook_wrong", fmt.Sprintf("Hơn %d ô sai: bảng này có lẽ không phải mẫu %q.", MaxBad, form.Title.Vi),
				fmt.Sprintf("More than %d bad cells: this is probably not the form %q.", MaxBad, form.Title.En))
		}
		return nil
	})
	if err == nil && len(out.Lines) == 0 {
		err = wrong("workbook_empty", "Bảng không có dòng dữ liệu nào.", "The sheet has no row of data.")
	}
	return out, err
}

// heads finds the field of each column.
func (f *Filled) heads(row int, cells []cell) ([]*Field, error) {
	bad := wrong("workbook_columns", "Hàng tiêu đề chưa đúng mẫu; hãy tải tệp mẫu và giữ nguyên tên cột.", "The headings do not fit the form; take the template and keep the names of its columns.")
	fields := make([]*Field, len(cells))
	f.head = row
	f.at = map[string]int{}
	for i, c := range cells {
		if c.is == nothing {
			continue
		}
		n := slices.IndexFunc(f.Form.Fields, func(x Field) bool { return c.is == aText && x.titled(c.text) })
		if n < 0 {
			bad.At(Ref(i, row), fmt.Sprintf("Không có cột %q trong mẫu.", short(c.text)), fmt.Sprintf("The form has no column %q.", short(c.text)))
			continue
		}
		x := &f.Form.Fields[n]
		if _, twice := f.at[x.Code]; twice {
			bad.At(Ref(i, row), fmt.Sprintf("Cột %q có hai lần.", x.Title.Vi), fmt.Sprintf("The column %q is there twice.", x.Title.En))
			continue
		}
		fields[i], f.at[x.Code] = x, i
	}
	for _, x := range f.Form.Fields {
		if _, there := f.at[x.Code]; x.Required && !there {
			bad.At(Ref(len(cells), row), fmt.Sprintf("Thiếu cột %q.", x.Title.Vi), fmt.Sprintf("The column %q is missing.", x.Title.En))
		}
	}
	return fields, bad.OrNil()
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// line reads one row.
func (f *Filled) line(row int, fields []*Field, cells []cell) {
	n, from := len(f.Lines), len(f.Bad)
	f.Lines = append(f.Lines, Line{Row: row, form: &f.Form, values: make([]any, len(f.Form.Fields))})
	for i, c := range cells {
		if c.is == nothing {
			continue
		}
		if i >= len(fields) || fields[i] == nil {
			f.Lines[n].Bad = true
			f.Bad = append(f.Bad, Bad{row, "", Ref(i, row), "no_heading", ocop.Text{Vi: "Ô nằm ở cột không có tiêu đề.", En: "The cell stands in a column without a heading."}})
			continue
		}
		if fields[i].Type == InfoField {
			continue
		}
		v, bad := fields[i].value(c, f.from)
		if bad != nil {
			f.Wrong(n, fields[i].Code, bad.Code, bad.Message.Vi, bad.Message.En)
			continue
		}
		f.Lines[n].put(fields[i].Code, v)
	}
	for _, x := range f.Form.Fields {
		said := func(b Bad) bool { return b.Column == x.Code }
		if x.Required && !f.Lines[n].Has(x.Code) && !slices.ContainsFunc(f.Bad[from:], said) {
			f.Wrong(n, x.Code, "required", "Phải điền cột này.", "This column must be filled in.")
		}
	}
}

// names are the names of what a field may hold, in one language.
func (f Field) names(lang ocop.Lang) (out []string) {
	for _, c := range f.Choices {
		out = append(out, c.Title.In(lang))
	}
	return out
}

func (f Field) oneOf(lang ocop.Lang) string { return strings.Join(f.names(lang), "; ") }

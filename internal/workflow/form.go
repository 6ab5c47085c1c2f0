package workflow

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// Limits of what a person types, in characters.
const (
	MaxComment = 4000
	maxText    = 4000
	maxCode    = 120
	maxList    = 200 // entries

	maxWhole = 1<<53 - 1 // beyond it JSON readers, and so the ledger, lose count
)

var notWhole = ocop.Text{Vi: "Phải là số nguyên.", En: "Must be a whole number."}

// Form is the data of a move, read by the fields declared.
type Form struct {
	Values  map[string]any // bool, int64, string, []int64, []string
	fields  []Field
	missing []Field // required, but not given
}

// Public are the values that the ledger may hold as they are, days as text.
func (f Form) Public() map[string]any {
	out := map[string]any{}
	for _, field := range f.fields {
		v, ok := f.Values[field.Name]
		if !ok || field.Type == FieldText || field.Type == FieldTexts {
			continue
		}
		if field.Type == FieldDay {
			v = ocop.Date(v.(int64)).String()
		}
		out[field.Name] = v
	}
	return out
}

// Private are the free texts, of which the ledger holds a commitment.
func (f Form) Private() map[string]string {
	out := map[string]string{}
	for _, field := range f.fields {
		switch v := f.Values[field.Name].(type) {
		case string:
			if field.Type == FieldText {
				out[field.Name] = v
			}
		case []string:
			if field.Type == FieldTexts {
				out[field.Name] = strings.Join(v, "\n")
			}
		}
	}
	return out
}

// JSON are all values as a caller gives them.
func (f Form) JSON() map[string]any {
	out := f.Public()
	for _, field := range f.fields {
		if v, ok := f.Values[field.Name]; ok && (field.Type == FieldText || field.Type == FieldTexts) {
			out[field.Name] = v
		}
	}
	for name, v := range out {
		switch list := v.(type) {
		case []string:
			out[name] = anys(list)
		case []int64:
			out[name] = anys(list)
		}
	}
	return out
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// String, Int, Bool and Day read one value; zero when it was not given.
func (f Form) String(name string) string { s, _ := f.Values[name].(string); return s }
func (f Form) Int(name string) int64     { n, _ := f.Values[name].(int64); return n }
func (f Form) Bool(name string) bool     { b, _ := f.Values[name].(bool); return b }
func (f Form) Ints(name string) []int64  { l, _ := f.Values[name].([]int64); return l }
func (f Form) Codes(name string) []string {
	l, _ := f.Values[name].([]string)
	return l
}

// Day reads a day field.
func (f Form) Day(name string) *ocop.Date {
	n, ok := f.Values[name].(int64)
	if !ok {
		return nil
	}
	d := ocop.Date(n)
	return &d
}

// lacks reports whether a required field among the facts read was not given.
func (f Form) lacks(reads []string) bool {
	return slices.ContainsFunc(f.missing, func(m Field) bool { return slices.Contains(reads, "form."+m.Name) })
}

// readForm checks the shape of a command's data: unknown fields and wrong types
// are faults, missing ones are reasons later.
func readForm(fields []Field, cmd Command) (Form, *fault.Error) {
	bad := fault.New(fault.Invalid, "form_wrong", "Dữ liệu nhập không đúng mẫu.", "The data does not fit the form.")
	f := Form{Values: map[string]any{}, fields: fields}
	if _, wrong := readString(cmd.Comment, MaxComment); !wrong.IsZero() {
		bad.At("comment", wrong.Vi, wrong.En)
	}
	for _, field := range fields {
		raw := cmd.Data[field.Name]
		if blank(raw) {
			if field.Required {
				f.missing = append(f.missing, field)
			}
			continue
		}
		v, wrong := field.read(raw)
		if !wrong.IsZero() {
			bad.At("data."+field.Name, wrong.Vi, wrong.En)
			continue
		}
		f.Values[field.Name] = v
	}
	for name := range cmd.Data {
		if !slices.ContainsFunc(fields, func(x Field) bool { return x.Name == name }) {
			bad.At("data."+name, "Mẫu không có ô này.", "The form has no such field.")
		}
	}
	if len(bad.Fields) > 0 {
		slices.SortFunc(bad.Fields, func(a, b fault.Field) int { return strings.Compare(a.Place, b.Place) })
		return f, bad
	}
	return f, nil
}

// blank reports whether raw says nothing: no value, no text, or a list of such.
func blank(raw any) bool {
	switch v := raw.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !blank(x) })
	}
	return false
}

// read gives the value of a JSON value, or what is wrong with it.
func (f Field) read(raw any) (any, ocop.Text) {
	switch f.Type {
	case FieldBool:
		if b, ok := raw.(bool); ok {
			return b, ocop.Text{}
		}
		return nil, ocop.Text{Vi: "Phải là đúng hoặc sai.", En: "Must be true or false."}
	case FieldInt:
		return f.readInt(raw)
	case FieldInts:
		return readList(raw, f.readInt)
	case FieldTexts:
		return readList(raw, func(v any) (any, ocop.Text) { return readString(v, maxText) })
	case FieldCodes:
		return readList(raw, func(v any) (any, ocop.Text) { return readString(v, maxCode) })
	case FieldDay:
		if s, ok := raw.(string); ok {
			if d, err := ocop.ParseDate(s); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
				return int64(d), ocop.Text{}
			}
		}
		return nil, ocop.Text{Vi: "Phải là ngày, viết NĂM-THÁNG-NGÀY, ví dụ 2024-03-29.", En: "Must be a day written YYYY-MM-DD, such as 2024-03-29."}
	case FieldChoice:
		s, _ := raw.(string)
		if slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == s }) {
			return s, ocop.Text{}
		}
		return nil, ocop.Text{Vi: "Không có lựa chọn này.", En: "There is no such option."}
	case FieldText:
		return readString(raw, maxText)
	}
	return readString(raw, maxCode)
}

func (f Field) readInt(raw any) (any, ocop.Text) {
	var n int64
	switch v := raw.(type) {
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > maxWhole {
			return nil, notWhole
		}
		n = int64(v)
	case json.Number:
		var err error
		if n, err = v.Int64(); err != nil {
			return nil, notWhole
		}
	case int64:
		n = v
	case int:
		n = int64(v)
	default:
		return nil, notWhole
	}
	if n > maxWhole || n < -maxWhole {
		return nil, notWhole
	}
	if f.Min != nil && n < *f.Min {
		return nil, ocop.Text{Vi: fmt.Sprintf("Không được nhỏ hơn %d.", *f.Min), En: fmt.Sprintf("Must not be below %d.", *f.Min)}
	}
	if f.Max != nil && n > *f.Max {
		return nil, ocop.Text{Vi: fmt.Sprintf("Không được lớn hơn %d.", *f.Max), En: fmt.Sprintf("Must not be above %d.", *f.Max)}
	}
	return n, ocop.Text{}
}

func readString(raw any, max int) (any, ocop.Text) {
	s, ok := raw.(string)
	switch {
	case !ok:
		return nil, ocop.Text{Vi: "Phải là chữ.", En: "Must be text."}
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return nil, ocop.Text{Vi: "Có ký tự không hợp lệ.", En: "Holds a character that is not valid."}
	case utf8.RuneCountInString(s) > max:
		return nil, ocop.Text{Vi: fmt.Sprintf("Dài hơn %d ký tự.", max), En: fmt.Sprintf("Longer than %d characters.", max)}
	}
	return s, ocop.Text{}
}

// readList reads a JSON list whose values have one type.
func readList(raw any, read func(any) (any, ocop.Text)) (any, ocop.Text) {
	list, ok := raw.([]any)
	if !ok {
		return nil, ocop.Text{Vi: "Phải là một danh sách.", En: "Must be a list."}
	}
	if len(list) > maxList {
		return nil, ocop.Text{Vi: fmt.Sprintf("Nhiều hơn %d mục.", maxList), En: fmt.Sprintf("More than %d entries.", maxList)}
	}
	var ints []int64
	var strs []string
	for _, v := range list {
		x, wrong := read(v)
		if !wrong.IsZero() {
			return nil, wrong
		}
		switch x := x.(type) {
		case int64:
			ints = append(ints, x)
		case string:
			strs = append(strs, x)
		}
	}
	if ints != nil {
		return ints, ocop.Text{}
	}
	return strs, ocop.Text{}
}

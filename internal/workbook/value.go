package workbook

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/ocop"
)

// bad is what is wrong with a value, without its place.
func bad(code, vi, en string) *Bad { return &Bad{Code: code, Message: ocop.Text{Vi: vi, En: en}} }

// value reads a cell as the field wants it: a string, int64, bool or ocop.Date.
// Days of Excel count from a day that the workbook names.
func (f Field) value(c cell, from int) (any, *Bad) {
	switch c.is {
	case aFormula:
		return nil, bad("formula", "Ô có công thức; hãy thay bằng giá trị (Dán đặc biệt → Giá trị).", "The cell holds a formula; put its value there (Paste Special → Values).")
	case anError:
		return nil, bad("error", "Ô báo lỗi của Excel ("+short(c.text)+").", "The cell shows an error of Excel ("+short(c.text)+").")
	}
	switch f.Type {
	case WholeField:
		return f.whole(c)
	case DayField:
		return f.day(c, from)
	case ChoiceField:
		return f.choice(c)
	case YesField:
		return f.yes(c)
	}
	s := plain(c)
	if n := utf8.RuneCountInString(s); f.Max > 0 && int64(n) > f.Max {
		return nil, bad("too_long", fmt.Sprintf("Dài quá %d ký tự.", f.Max), fmt.Sprintf("Longer than %d characters.", f.Max))
	}
	return s, nil
}

// plain is a cell as text: numbers without exponents, so that a code of digits
// stays one.
func plain(c cell) string {
	if c.is == aNumber {
		if x, err := strconv.ParseFloat(c.text, 64); err == nil && math.Abs(x) < 1e15 {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
	}
	return c.text
}

// grouped are whole numbers with separators of thousands, as Vietnamese (1.000)
// or English (1,000) writes them.
var grouped = regexp.MustCompile(`^-?\d{1,3}([., ]\d{3})+$`)

func (f Field) whole(c cell) (any, *Bad) {
	s := c.text
	if c.is == aText {
		if grouped.MatchString(s) {
			s = strings.NewReplacer(".", "", ",", "", " ", "").Replace(s)
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || c.is == aTruth || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return nil, bad("whole", "Phải là số nguyên.", "This must be a whole number.")
	}
	n := int64(x)
	if f.Max != 0 && (n < f.Min || n > f.Max) {
		return nil, bad("range", fmt.Sprintf("Phải từ %d đến %d.", f.Min, f.Max), fmt.Sprintf("This must be %d to %d.", f.Min, f.Max))
	}
	return n, nil
}

var written = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)

// day reads a day of Excel, or one written dd/mm/yyyy or YYYY-MM-DD. The year
// must be one in which somebody could mean it.
func (f Field) day(c cell, from int) (any, *Bad) {
	wrong := bad("day", "Phải là một ngày, viết dd/mm/yyyy (ví dụ 05/04/2024).", "This must be a day, written dd/mm/yyyy (such as 05/04/2024).")
	var d ocop.Date
	switch c.is {
	case aNumber:
		x, err := strconv.ParseFloat(c.text, 64)
		if err != nil || x < 0 || x > 2958465 {
			return nil, wrong
		}
		d = ocop.Date(int64(x) - 25569 + int64(from))
	case aText:
		s := strings.TrimSuffix(strings.TrimSuffix(c.text, "T00:00:00"), " 00:00:00")
		if m := written.FindStringSubmatch(s); m != nil {
			s = m[3] + "-" + ("0" + m[2])[len(m[2])-1:] + "-" + ("0" + m[1])[len(m[1])-1:]
		}
		var err error
		if d, err = ocop.ParseDate(s); err != nil {
			return nil, wrong
		}
	default:
		return nil, wrong
	}
	if d < ocop.Day(1950, time.January, 1) || d.Year() > 2100 {
		return nil, wrong
	}
	return d, nil
}

func (f Field) choice(c cell) (any, *Bad) {
	said := ocop.Fold(plain(c))
	for _, x := range f.Choices {
		if said == ocop.Fold(x.Value) || said == ocop.Fold(x.Title.Vi) || said == ocop.Fold(x.Title.En) {
			return x.Value, nil
		}
	}
	return nil, bad("choice", "Phải là một trong: "+f.oneOf(ocop.Vi)+".", "This must be one of: "+f.oneOf(ocop.En)+".")
}

func (f Field) yes(c cell) (any, *Bad) {
	switch ocop.Fold(plain(c)) {
	case "x", "co", "yes", "y", "1", "true", "dung":
		return true, nil
	case "khong", "no", "n", "0", "false", "sai":
		return false, nil
	}
	return nil, bad("yes", "Ghi \"có\" hoặc \"không\".", "Write \"yes\" or \"no\".")
}

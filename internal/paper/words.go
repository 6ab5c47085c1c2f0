package paper

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"unicode/utf8"
)

// Words that a template may use beside its placeholders; keep and round are put
// in by us alone.
const (
	keepWord  = "keep_value"
	roundWord = "one_round"
)

var words = template.FuncMap{
	"upper":  strings.ToUpper,
	"lower":  strings.ToLower,
	"first":  capital,
	"join":   join,
	"number": number,
	"two":    func(n int) string { return fmt.Sprintf("%02d", n) },
	"roman":  roman,
	"add":    func(a, b int) int { return a + b },
	"blank":  blank,
	keepWord: func(any) (string, error) { return "", errOutside }, roundWord: func(int) (string, error) { return "", errOutside },
}

var errOutside = errors.New("not while filling")

// builtin are those of text/template that stay.
var builtin = map[string]reflect.Type{"and": nil, "or": nil, "not": reflect.TypeFor[bool](), "eq": reflect.TypeFor[bool](), "ne": reflect.TypeFor[bool](),
	"lt": reflect.TypeFor[bool](), "le": reflect.TypeFor[bool](), "gt": reflect.TypeFor[bool](), "ge": reflect.TypeFor[bool](), "len": reflect.TypeFor[int]()}

// join is bounded, as a paper is.
func join(list []string, between string) (string, error) {
	if len(list)*len(between) > mostText {
		return "", errLong
	}
	return strings.Join(list, between), nil
}

// capital makes the first letter a capital.
func capital(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:n]) + text[n:]
}

// number writes a whole number as papers do: 1.250.000.
func number(n any) (string, error) {
	v := reflect.ValueOf(n)
	if !v.CanInt() {
		return "", fmt.Errorf("%v is not a whole number", n)
	}
	text, sign := fmt.Sprint(v.Int()), ""
	if text[0] == '-' {
		text, sign = text[1:], "-"
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "." + text[at:]
	}
	return sign + text, nil
}

// roman numbers the parts of a text, from 1 to 39.
func roman(n int) (string, error) {
	if n < 1 || n > 39 {
		return fmt.Sprint(n), nil
	}
	ones := []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
	return strings.Repeat("X", n/10) + ones[n%10], nil
}

// blank leaves room for the hand where there is nothing.
func blank(text string) string {
	if strings.TrimSpace(text) == "" {
		return "……………"
	}
	return text
}

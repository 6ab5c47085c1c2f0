package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"text/template"
	"unicode"
)

// What a paper may take: the longest shipped one has 15,000 characters and 200 values.
const (
	mostText   = 256 << 10 // bytes that a template writes
	mostValues = 1 << 20   // bytes that its values hold
	mostWork   = 200_000   // stretches of 16 bytes that its loops go through
)

// While Markdown is read, one character of a private plane stands for each
// value, so that no value is ever read as Markdown, whatever it holds.
const (
	firstToken = rune(0xF0000)
	mostTokens = 0xFFF0
)

// filling is one paper being filled.
type filling struct {
	values []string
	size   int
	work   int
	err    error
}

var errLong = errors.New("the paper gets too long")

// run executes a part with the bounds of this filling.
func (f *filling) run(t *template.Template, out *bytes.Buffer, data any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	c, err := t.Clone()
	if err != nil {
		return err
	}
	c.Funcs(template.FuncMap{keepWord: f.keep, roundWord: f.round})
	return c.Execute(&bounded{out}, data)
}

// keep is called on everything that is printed.
func (f *filling) keep(v any) (string, error) {
	text := fmt.Sprint(v)
	if f.size += len(text); f.size > mostValues || len(f.values) >= mostTokens {
		return "", errLong
	}
	f.values = append(f.values, text)
	return string(firstToken + rune(len(f.values)-1)), nil
}

// round is called once in every round of every loop, with how long its body is.
func (f *filling) round(weight int) (string, error) {
	if f.work += weight; f.work > mostWork {
		return "", errLong
	}
	return "", nil
}

// text puts the values back, on one line.
func (f *filling) text(text string) string {
	var out strings.Builder
	for _, r := range text {
		if n := int(r - firstToken); n >= 0 && n < len(f.values) {
			out.WriteString(oneLine(f.values[n]))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func oneLine(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
}

type bounded struct{ *bytes.Buffer }

// Write refuses what is too long, which ends the template.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > mostText {
		return 0, errLong
	}
	return b.Buffer.Write(p)
}

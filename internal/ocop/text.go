package ocop

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Lang is a language a person reads: Vi or En.
type Lang string

// The two languages of every page, message and document.
const (
	Vi Lang = "vi"
	En Lang = "en"
)

// Tenths writes a number with one decimal, as the language does.
func (l Lang) Tenths(n float64) string {
	text := strconv.FormatFloat(n, 'f', 1, 64)
	if l == Vi {
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}

// Text is one message in both languages.
type Text struct {
	Vi string `json:"vi" yaml:"vi"`
	En string `json:"en" yaml:"en"`
}

// In gives the text in lang, Vietnamese when lang is not English.
func (t Text) In(lang Lang) string {
	if lang == En {
		return t.En
	}
	return t.Vi
}

// IsZero reports whether nothing was written in either language.
func (t Text) IsZero() bool { return t == Text{} }

// Fold makes s comparable for search: lower case, without diacritics, đ as d,
// runs of space as one. Databases cannot do this alike, so it is done here and
// kept in a column of its own.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Slug makes a code from a name: folded, with hyphens for all that is not a
// Latin letter or a digit.
func Slug(s string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range Fold(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
		} else {
			hyphen = true
		}
	}
	return b.String()
}

package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Map is a JSON object of an entry. Its values are nil, bool, string, int,
// int64, []any, []string, []int64 and Map: whole numbers only, so that
// canonical bytes never depend on floating point.
type Map map[string]any

// maxInteger is the largest whole number that every JSON reader keeps exact.
const maxInteger = 1<<53 - 1

// Canonical is the RFC 8785 form of v: keys sorted, no space, shortest escapes.
// Written by hand because entries hold whole numbers and short keys alone, and
// because every move passes here; a test compares it with a library.
func Canonical(v any) ([]byte, error) { return appendValue(make([]byte, 0, 512), v) }

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v)
	case int:
		return appendInt(b, int64(v))
	case int64:
		return appendInt(b, v)
	case []any:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case []int64:
		return appendList(b, v)
	case []Map:
		return appendList(b, v)
	case []Row:
		return appendList(b, v)
	case Row:
		return append(b, v...), nil
	case map[string]any:
		return appendMap(b, v)
	case Map:
		return appendMap(b, v)
	}
	return nil, fmt.Errorf("ledger: a %T has no canonical form", v)
}

func appendInt(b []byte, n int64) ([]byte, error) {
	if n > maxInteger || n < -maxInteger {
		return nil, fmt.Errorf("ledger: %d is beyond the exact whole numbers of JSON", n)
	}
	return strconv.AppendInt(b, n, 10), nil
}

func appendList[T any](b []byte, list []T) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendMap(b []byte, m map[string]any) (_ []byte, err error) {
	keys := make([]string, 0, 24)
	for k := range m {
		if !ascii(k) {
			return nil, fmt.Errorf("ledger: key %q is not plain ASCII", k)
		}
		keys = append(keys, k)
	}
	slices.Sort(keys) // bytes sort as UTF-16 units do, for ASCII
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendString(b, k); err != nil {
			return nil, err
		}
		b = append(b, ':')
		if b, err = appendValue(b, m[k]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plain reports whether a text stands for itself between quotes.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendString(b []byte, s string) ([]byte, error) {
	const hexDigits = "0123456789abcdef"
	if plain(s) { // nine of ten: ids, codes, hashes
		return append(append(append(b, '"'), s...), '"'), nil
	}
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("ledger: a text is not valid UTF-8")
	}
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"'), nil
}

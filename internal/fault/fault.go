// Package fault holds the few kinds of error that a caller can act on, each
// with a stable code and a sentence in both languages. Turning one into an HTTP
// status is left to httpx; whatever is not a fault is internal, and its text
// never reaches a person.
package fault

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"ocopflow/internal/ocop"
)

// Kind is what a caller can do about an error.
type Kind string

// The kinds, from the most to the least of the caller's making.
const (
	Malformed    Kind = "malformed"    // cannot be read at all
	TooLarge     Kind = "too_large"    // over a stated limit
	Invalid      Kind = "invalid"      // readable, but a field is wrong
	Unauthorized Kind = "unauthorized" // nobody is signed in
	Forbidden    Kind = "forbidden"    // about who acts
	NotFound     Kind = "not_found"    // absent, or not the caller's to see
	Stale        Kind = "stale"        // the version named is not the present one
	Conflict     Kind = "conflict"     // not possible in the present state
	Refused      Kind = "refused"      // a rule stands against it
	TooMany      Kind = "too_many"     // asked too often
	Unavailable  Kind = "unavailable"  // try again with the same key
	Internal     Kind = "internal"     // ours; the log has it
)

// Error is a fault. Compare its Code, show its Message.
type Error struct {
	Kind    Kind      `json:"kind"`
	Code    string    `json:"code"`
	Message ocop.Text `json:"message"`
	Fields  []Field   `json:"fields,omitempty"`
	Reasons []Reason  `json:"reasons,omitempty"`
	Err     error     `json:"-"` // for the log
}

// Field is what is wrong at one place of an input.
type Field struct {
	Place   string    `json:"place"` // such as body.items[3].event, or line 12, column 4
	Message ocop.Text `json:"message"`
}

// Reason is one thing that stands against a move, with all that is needed to cure it.
type Reason struct {
	Code     string      `json:"code"`
	Message  ocop.Text   `json:"message"`
	Actual   string      `json:"actual"`
	Required string      `json:"required"`
	CureBy   []ocop.Role `json:"cure_by"`
	Legal    string      `json:"legal"`
	Verified bool        `json:"verified"` // the rule was seen in its source
	Who      bool        `json:"-"`        // about who acts: makes the answer 403
}

// New makes a fault with its sentence in Vietnamese and English.
func New(kind Kind, code, vi, en string) *Error {
	return &Error{Kind: kind, Code: code, Message: ocop.Text{Vi: vi, En: en}}
}

// At adds a wrong place to a fault.
func (e *Error) At(place, vi, en string) *Error {
	e.Fields = append(e.Fields, Field{place, ocop.Text{Vi: vi, En: en}})
	return e
}

// Length adds a place whose text has too few or too many characters.
func (e *Error) Length(place, text string, least, most int) {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		e.At(place, fmt.Sprintf("Phải có từ %d đến %d ký tự.", least, most), fmt.Sprintf("Must have %d to %d characters.", least, most))
	}
}

// OrNil is the fault if any place of the input was wrong, else nil.
func (e *Error) OrNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Code + ": " + e.Err.Error()
	}
	return e.Code + ": " + e.Message.En
}

func (e *Error) Unwrap() error { return e.Err }

// Of finds the fault in err; an error that carries none is Internal.
func Of(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New(Internal, "internal",
		"Hệ thống gặp lỗi. Xin thử lại; nếu còn lỗi, báo người quản trị kèm mã yêu cầu.",
		"Something went wrong here. Try again; if it persists, tell the administrator the request id.").Because(err)
}

// Is reports whether err is a fault of that kind.
func Is(err error, kind Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == kind
}

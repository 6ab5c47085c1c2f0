// Package httpx is what the API and the pages share about HTTP: the one place
// where a fault becomes a status, languages, entity tags, cookies. Routes are
// httpapi's and web's.
package httpx

import (
	"encoding/json"
	"net/http"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

var statusOf = map[fault.Kind]int{
	fault.Malformed:    http.StatusBadRequest,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Stale:        http.StatusPreconditionFailed,
	fault.Conflict:     http.StatusConflict,
	fault.Refused:      http.StatusUnprocessableEntity,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
	fault.Internal:     http.StatusInternalServerError,
}

// Status is the HTTP status of a fault.
func Status(f *fault.Error) int { return statusOf[f.Kind] }

// Problem is an RFC 9457 problem document in the caller's language.
type Problem struct {
	Type    string       `json:"type"`
	Title   string       `json:"title"`
	Status  int          `json:"status"`
	Code    string       `json:"code"`
	Detail  string       `json:"detail"`
	Errors  []FieldError `json:"errors,omitempty"`
	Reasons []Reason     `json:"reasons,omitempty"`
}

// FieldError is what is wrong at one place of a request.
type FieldError struct {
	Place   string `json:"place"`
	Message string `json:"message"`
}

// Reason is a fault.Reason in one language.
type Reason struct {
	Code     string      `json:"code"`
	Message  string      `json:"message"`
	Actual   string      `json:"actual"`
	Required string      `json:"required"`
	CureBy   []ocop.Role `json:"cure_by"`
	Legal    string      `json:"legal"`
	Verified bool        `json:"verified"`
}

// Error and GetStatus make a Problem an error that huma writes as it is.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// ProblemOf writes a fault for a reader of lang.
func ProblemOf(f *fault.Error, lang ocop.Lang) *Problem {
	status := Status(f)
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: f.Code, Detail: f.Message.In(lang)}
	for _, x := range f.Fields {
		p.Errors = append(p.Errors, FieldError{x.Place, x.Message.In(lang)})
	}
	p.Reasons = Reasons(f.Reasons, lang)
	return p
}

// Reasons writes reasons for a reader of lang.
func Reasons(list []fault.Reason, lang ocop.Lang) []Reason {
	out := []Reason{}
	for _, r := range list {
		cure := r.CureBy
		if cure == nil {
			cure = []ocop.Role{}
		}
		out = append(out, Reason{r.Code, r.Message.In(lang), r.Actual, r.Required, cure, r.Legal, r.Verified})
	}
	return out
}

// WriteProblem answers a request with a fault, outside of huma.
func WriteProblem(w http.ResponseWriter, r *http.Request, f *fault.Error) {
	lang := LangOf(r)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", string(lang))
	w.WriteHeader(Status(f))
	_ = json.NewEncoder(w).Encode(ProblemOf(f, lang)) // a caller that left reads nothing
}

package httpx

import (
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// LangCookie keeps the language that a person chose on a page.
const LangCookie = "ocopflow_lang"

var matcher = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// LangOf is the language of a request: chosen on a page, else by
// Accept-Language, else Vietnamese.
func LangOf(r *http.Request) ocop.Lang {
	if c, err := r.Cookie(LangCookie); err == nil && (c.Value == string(ocop.Vi) || c.Value == string(ocop.En)) {
		return ocop.Lang(c.Value)
	}
	return Negotiate(r.Header.Get("Accept-Language"))
}

// Negotiate picks the language for an Accept-Language header.
func Negotiate(header string) ocop.Lang {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return ocop.Vi
	}
	_, i, confidence := matcher.Match(tags...)
	if i == 1 && confidence > language.No {
		return ocop.En
	}
	return ocop.Vi
}

// ETag is the entity tag of a version.
func ETag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch reads the version of an If-Match header; nil for none and for "*".
//
// Faults: stale: a tag that is none of ours matches nothing.
func IfMatch(header string) (*int64, error) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return nil, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	if err != nil {
		return nil, fault.New(fault.Stale, "stale", "If-Match không khớp với phiên bản hiện tại.", "If-Match does not match the present version.")
	}
	return &n, nil
}

// Base is the address that a request was sent to, without a path.
func Base(r *http.Request) string {
	if secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

package httpx

import (
	"net/http"
	"strings"
)

// SessionCookie carries the secret of a session. Over TLS its name begins with
// __Host-, so that no other host of the domain can set or read it.
const SessionCookie = "ocopflow_session"

// cookieName is the name under which a request carries a cookie.
func cookieName(r *http.Request, name string) string {
	if secure(r) {
		return "__Host-" + name
	}
	return name
}

// Secret finds the bearer token or session of a request, "" without one.
func Secret(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return Cookie(r, SessionCookie)
}

// Cookie reads a cookie that SetCookie wrote, "" without one.
func Cookie(r *http.Request, name string) string {
	if c, err := r.Cookie(cookieName(r, name)); err == nil {
		return c.Value
	}
	return ""
}

// NewCookie is a cookie that scripts do not see; a negative age takes it away.
func NewCookie(r *http.Request, name, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: cookieName(r, name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(r)}
}

// SetCookie gives a browser a cookie.
func SetCookie(w http.ResponseWriter, r *http.Request, name, value string, seconds int) {
	http.SetCookie(w, NewCookie(r, name, value, seconds))
}

// SetSession gives a browser its session.
func SetSession(w http.ResponseWriter, r *http.Request, secret string, seconds int) {
	SetCookie(w, r, SessionCookie, secret, seconds)
}

// secure reports whether the request came over TLS, here or at a trusted proxy:
// app takes the header away when it comes from anybody else.
func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

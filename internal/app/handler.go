package app

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"ocopflow/internal/fault"
	"ocopflow/internal/httpapi"
	"ocopflow/internal/httpx"
	"ocopflow/internal/provider"
	"ocopflow/internal/signature"
	"ocopflow/internal/web"
)

func (a *App) handler(now func() time.Time) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.UseRawPath, engine.HandleMethodNotAllowed, engine.RedirectTrailingSlash = true, true, false
	engine.MaxMultipartMemory = 1 << 20 // larger files of a form wait on the disk
	trusted, err := networks(a.TrustedProxies)
	if err != nil {
		return nil, err
	}
	if err := engine.SetTrustedProxies(a.TrustedProxies); err != nil {
		return nil, err
	}
	var site *web.Site
	engine.Use(a.watched, a.recovered, fromTrusted(trusted), headers, newLimits(a.Rates).handle, drain, readable,
		a.changes(func(c *gin.Context, f *fault.Error) { site.Fault(c, f) }))
	var setClock func(context.Context, time.Time) error
	if a.Demo {
		setClock = a.setClock
	}
	signatures := &signature.Kept{}
	api := &httpapi.API{DB: a.DB, Desk: a.Desk, Campaigns: a.Campaigns, Councils: a.Councils, Notary: a.Notary, Archive: a.Archive, Inspector: a.Inspector, Reviews: a.Reviews, Fieldwork: a.Fieldwork, Batches: a.Batches, Samples: a.Samples, Correspondence: a.Correspondence, Announce: a.Announce, Endings: a.Endings, Notices: a.Notices, Feeds: a.Feeds, Health: a.Health, Clerk: a.Clerk, News: a.News, Privacy: a.Privacy, PublicURL: a.PublicURL, People: a.People, Library: a.Library, Log: a.Log,
		Webhooks: a.Webhooks, Signatures: signatures,
		Intake: a.Intake, Lists: a.Lists, Petitions: a.Petitions, Support: a.Support,
		Clock: now, SetClock: setClock, MaxUpload: a.MaxUpload, Version: a.Version}
	api.Mount(engine)
	site, err = web.New(web.Site{DB: a.DB, Desk: a.Desk, Campaigns: a.Campaigns, Councils: a.Councils, Notary: a.Notary, Archive: a.Archive, Inspector: a.Inspector, Reviews: a.Reviews, Fieldwork: a.Fieldwork, Batches: a.Batches, Samples: a.Samples, Correspondence: a.Correspondence, Announce: a.Announce, Endings: a.Endings, Notices: a.Notices, Feeds: a.Feeds, Health: a.Health, Clerk: a.Clerk, Privacy: a.Privacy, People: a.People, Library: a.Library, Log: a.Log, Petitions: a.Petitions, Support: a.Support,
		Webhooks: a.Webhooks, Signatures: signatures,
		Intake: a.Intake, Lists: a.Lists,
		Clock: now, SetClock: setClock, MaxUpload: a.MaxUpload, PublicURL: a.PublicURL, Provider: a.provider()})
	if err != nil {
		return nil, err
	}
	site.Mount(engine)
	for _, r := range engine.Routes() {
		a.Routes = append(a.Routes, r.Method+" "+r.Path)
	}
	slices.Sort(a.Routes)
	engine.NoRoute(missing(site, fault.NotFound, "not_found", "Không tìm thấy.", "Not found."))
	engine.NoMethod(func(c *gin.Context) {
		f := fault.New(fault.NotFound, "method", "Địa chỉ này không nhận phương thức đó.", "This address does not take that method.")
		p := httpx.ProblemOf(f, httpx.LangOf(c.Request))
		p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
		c.Header("Content-Type", "application/problem+json")
		c.JSON(p.Status, p)
	})
	return http.NewCrossOriginProtection().Handler(engine), nil
}

// provider is another way to sign in; nil without one.
func (a *App) provider() *provider.Provider {
	if a.Provider.Issuer == "" {
		return nil
	}
	return provider.New(a.Provider)
}

// missing answers an unknown address: a problem under /api, a page elsewhere.
func missing(site *web.Site, kind fault.Kind, code, vi, en string) gin.HandlerFunc {
	return func(c *gin.Context) {
		f := fault.New(kind, code, vi, en)
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			httpx.WriteProblem(c.Writer, c.Request, f)
			return
		}
		site.Fault(c, f)
	}
}

// headers that every answer carries.
func headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	h.Set("X-Request-Id", uuid.NewString())
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	c.Next()
}

// maxDrain is how much of a refused body is read and dropped.
const maxDrain = 32 << 20

// drain reads what a handler left of a body, so that a client that is still
// sending gets its answer instead of a reset connection.
func drain(c *gin.Context) {
	body := c.Request.Body
	c.Request.Body = io.NopCloser(body) // huma closes what it did not finish
	c.Next()
	_, _ = io.CopyN(io.Discard, body, maxDrain) // whatever it says, we are done
}

// readable refuses addresses that no database could be asked about: invalid
// UTF-8 or NUL, in the path or the query.
func readable(c *gin.Context) {
	good := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	ok := good(c.Request.URL.Path)
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	ok = ok && err == nil
	for name, values := range query {
		ok = ok && good(name) && !slices.ContainsFunc(values, func(v string) bool { return !good(v) })
	}
	if !ok {
		httpx.WriteProblem(c.Writer, c.Request, fault.New(fault.Malformed, "malformed", "Địa chỉ có ký tự không hợp lệ.", "The address holds a character that is not valid."))
		c.Abort()
		return
	}
	c.Next()
}

// recovered keeps a panic from ending the program or leaking anything.
func (a *App) recovered(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler {
				panic(r)
			}
			a.Log.Error("panic", "path", c.Request.URL.Path, "value", r)
			if !c.Writer.Written() {
				httpx.WriteProblem(c.Writer, c.Request, fault.Of(http.ErrAbortHandler))
			}
			c.Abort()
		}
	}()
	c.Next()
}

// Package httpapi is the JSON API under /api/v1: it reads requests, calls the
// packages that do, and writes answers. It decides nothing. All routes stand in
// routes.go.
package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/accounts"
	"ocopflow/internal/announce"
	"ocopflow/internal/batch"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/clerk"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/council"
	"ocopflow/internal/ending"
	"ocopflow/internal/fault"
	"ocopflow/internal/feed"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/health"
	"ocopflow/internal/httpx"
	"ocopflow/internal/inspect"
	"ocopflow/internal/intake"
	"ocopflow/internal/lists"
	"ocopflow/internal/live"
	"ocopflow/internal/notary"
	"ocopflow/internal/notify"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/privacy"
	"ocopflow/internal/review"
	"ocopflow/internal/sample"
	"ocopflow/internal/signature"
	"ocopflow/internal/source"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/support"
	"ocopflow/internal/webhook"
	"ocopflow/internal/workflow"
)

// API holds what the handlers call.
type API struct {
	DB             *sqldb.DB
	Desk           *casework.Desk
	Campaigns      *campaign.Desk
	Councils       *council.Desk
	Notary         *notary.Notary
	Archive        *inspect.Archive
	Privacy        *privacy.Desk
	Inspector      *inspect.Inspector
	Reviews        *review.Desk
	Fieldwork      *fieldwork.Desk
	Batches        *batch.Desk
	Samples        *sample.Desk
	Correspondence *correspondence.Desk
	Announce       *announce.Desk
	Endings        *ending.Desk
	Petitions      *petition.Desk
	Support        *support.Desk
	Notices        *notify.Desk
	Feeds          *feed.Desk
	Health         *health.Desk
	Webhooks       *webhook.Desk
	Clerk          *clerk.Desk
	Intake         *intake.Desk
	Lists          *lists.Desk
	News           *live.News
	PublicURL      string // where the public reaches this server; "" takes each request's own
	People         *accounts.People
	Library        *workflow.Library
	Log            *slog.Logger
	Clock          func() time.Time
	SetClock       func(ctx context.Context, now time.Time) error // nil outside of the demo
	MaxUpload      int64                                          // bytes
	Version        string

	Signatures *signature.Kept // of originals
}

// Body limits in bytes.
const (
	maxBody = 1 << 20
	maxBulk = 8 << 20
)

// huma makes its own validation errors through this variable alone, so it is
// set once for the whole program.
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return fromHuma(ctx, status, message, errs)
	}
}

// Mount adds the API to an engine and gives its OpenAPI document.
func (a *API) Mount(engine *gin.Engine) huma.API {
	config := huma.DefaultConfig("ocopflow", a.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no $schema in answers
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Info.Description = "Workflow of the OCOP programme. Errors are RFC 9457 problem documents; texts follow Accept-Language (vi, en)."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":  {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: httpx.SessionCookie},
	}
	api := humagin.New(engine, config)
	api.UseMiddleware(a.describe, a.authenticate(api))
	a.routes(api)
	a.uploads(engine, api)
	a.materialRoutes(engine, api)
	a.originalRoutes(engine, api)
	a.scanRoutes(engine, api)
	a.workbookRoutes(engine, api)
	a.support().files(engine, api)
	a.complaints().files(engine, api)
	a.eventsRoute(engine, api)
	a.tiles(engine, api)
	a.docs(engine)
	return api
}

// schemaName puts the package before a name that two packages use.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	switch pkg := path.Base(t.PkgPath()); pkg {
	case "campaign", "calendar", "criteria", "council", "store", "accounts", "review", "fieldwork", "batch", "workbook", "health", "correspondence", "announce":
		return strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	return name
}

// strictJSON refuses what encoding/json would mend in silence.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if err := source.CheckJSON(data); err != nil {
			return err
		}
		return json.Unmarshal(data, v)
	},
}

// fromHuma words what huma found wrong with a request.
func fromHuma(ctx huma.Context, status int, message string, errs []error) *httpx.Problem {
	lang := ocop.Vi
	if ctx != nil {
		lang = httpx.Negotiate(ctx.Header("Accept-Language"))
	}
	var f *fault.Error
	switch status {
	case http.StatusBadRequest:
		f = fault.New(fault.Malformed, "malformed", "Không đọc được yêu cầu: nội dung phải là JSON hợp lệ, mã UTF-8.", "The request cannot be read: the body must be valid JSON in UTF-8.")
	case http.StatusRequestEntityTooLarge:
		f = fault.New(fault.TooLarge, "too_large", "Nội dung gửi lên quá lớn.", "The body is too large.")
	case http.StatusUnsupportedMediaType:
		f = fault.New(fault.Malformed, "media_type", "Nội dung phải là application/json.", "The body must be application/json.")
	case http.StatusUnprocessableEntity:
		f = fault.New(fault.Invalid, "shape", "Yêu cầu không đúng mẫu.", "The request has a wrong shape.")
	default:
		f = fault.Of(errors.New(message))
	}
	p := httpx.ProblemOf(f, lang)
	if status == http.StatusUnsupportedMediaType {
		p.Status, p.Title = status, http.StatusText(status)
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			x := d.ErrorDetail()
			p.Errors = append(p.Errors, httpx.FieldError{Place: x.Location, Message: x.Message})
		}
	}
	return p
}

// describe puts language and headers of the answer.
func (a *API) describe(ctx huma.Context, next func(huma.Context)) {
	r, w := humagin.Unwrap(ctx).Request, humagin.Unwrap(ctx).Writer
	lang := httpx.LangOf(r)
	w.Header().Set("Content-Language", string(lang))
	w.Header().Add("Vary", "Accept-Language, Cookie, Authorization")
	w.Header().Set("Cache-Control", "no-store")
	next(huma.WithValue(huma.WithValue(huma.WithValue(ctx, langKey{}, lang), baseKey{}, httpx.Base(r)), requestKey{}, humagin.Unwrap(ctx)))
}

type langKey struct{}

func langOf(ctx context.Context) ocop.Lang {
	lang, _ := ctx.Value(langKey{}).(ocop.Lang)
	return lang
}

// authenticate finds who asks; an operation without security is open to all.
func (a *API) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r := humagin.Unwrap(ctx).Request
		session, err := a.People.Recognise(ctx.Context(), httpx.Secret(r))
		if err != nil {
			a.refuse(api, ctx, err)
			return
		}
		if session == nil && len(ctx.Operation().Security) > 0 {
			a.refuse(api, ctx, fault.New(fault.Unauthorized, "sign_in", "Cần đăng nhập.", "You need to sign in."))
			return
		}
		if session != nil {
			httpx.Recognise(ctx.Context(), session.Actor.ID)
			if err := session.May(reads(r), matter(ctx.Operation())); err != nil {
				a.refuse(api, ctx, err)
				return
			}
			ctx = huma.WithValue(ctx, sessionKey{}, *session)
		}
		next(ctx)
	}
}

type sessionKey struct{}

func sessionOf(ctx context.Context) accounts.Session {
	s, _ := ctx.Value(sessionKey{}).(accounts.Session)
	return s
}

// visible answers 404 before the body is read when the product is not the
// caller's to see.
func (a *API) visible(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if _, err := a.Desk.Product(ctx.Context(), sessionOf(ctx.Context()).Actor, ctx.Param("id")); err != nil {
			a.refuse(api, ctx, err)
			return
		}
		next(ctx)
	}
}

func (a *API) refuse(api huma.API, ctx huma.Context, err error) {
	p := a.problem(ctx.Context(), err)
	w := humagin.Unwrap(ctx).Writer
	w.Header().Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="ocopflow"`)
	}
	ctx.SetStatus(p.Status)
	_ = strictJSON.Marshal(w, p)
}

// problem turns an error into the document its caller gets, and logs ours.
func (a *API) problem(ctx context.Context, err error) *httpx.Problem {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return httpx.ProblemOf(fault.New(fault.Unavailable, "cancelled", "Yêu cầu đã bị ngắt.", "The request was cut off."), langOf(ctx))
	}
	f := httpx.FaultOf(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		a.Log.ErrorContext(ctx, "request failed", "err", err)
	}
	return httpx.ProblemOf(f, langOf(ctx))
}

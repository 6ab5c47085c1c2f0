// Package web is the pages: server-rendered, usable without JavaScript, in
// Vietnamese and English. It calls the same packages as the API and decides
// nothing itself. All routes stand in Mount.
package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

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
	"ocopflow/internal/notary"
	"ocopflow/internal/notify"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/privacy"
	"ocopflow/internal/provider"
	"ocopflow/internal/review"
	"ocopflow/internal/sample"
	"ocopflow/internal/signature"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/support"
	"ocopflow/internal/webhook"
	"ocopflow/internal/workflow"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// Site holds what the pages call.
type Site struct {
	DB             *sqldb.DB
	Desk           *casework.Desk
	Campaigns      *campaign.Desk
	Councils       *council.Desk
	Notary         *notary.Notary
	Privacy        *privacy.Desk
	Archive        *inspect.Archive
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
	People         *accounts.People
	Library        *workflow.Library
	Log            *slog.Logger
	Clock          func() time.Time
	SetClock       func(ctx context.Context, now time.Time) error // nil outside of the demo
	MaxUpload      int64
	PublicURL      string             // where the public reaches the server; "" takes each request's own
	Provider       *provider.Provider // another way to sign in; nil without one

	Signatures *signature.Kept // of originals

	pages  *template.Template
	assets assets
}

// look is what the binary brings along for the pages; it is read once.
type look struct {
	assets assets
	pages  *template.Template
}

var built = sync.OnceValues(func() (look, error) {
	files, err := loadAssets(static)
	if err != nil {
		return look{}, err
	}
	pages, err := template.New("").Funcs(template.FuncMap{"asset": files.path, "dict": dict}).ParseFS(templates, "templates/*.html")
	return look{files, pages}, err
})

// New makes the pages with their templates and assets.
func New(s Site) (*Site, error) {
	look, err := built()
	s.assets, s.pages = look.assets, look.pages
	return &s, err
}

// dict lets a template hand several values to another.
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is not a name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

// Mount adds the pages to an engine.
func (s *Site) Mount(e *gin.Engine) {
	e.GET("/assets/:name", s.assets.serve)
	e.GET("/", s.member(s.start))
	e.GET("/sign-in", s.handle(s.showSignIn))
	e.POST("/sign-in", s.handle(s.signIn))
	e.GET("/sign-in/code", s.handle(s.showCode))
	e.POST("/sign-in/code", s.handle(s.signInCode))
	e.GET("/settings/second-factor", s.member(s.showFactor))
	e.POST("/settings/second-factor", s.member(s.confirmFactor))
	e.POST("/settings/second-factor/drop", s.member(s.dropFactor))
	e.GET("/sign-in/provider", s.handle(s.goToProvider))
	e.GET("/sign-in/provider/return", s.handle(s.comeBack))
	e.GET("/settings/identities/new", s.member(s.goToLink))
	e.POST("/settings/identities", s.member(s.link))
	e.POST("/settings/identities/end", s.member(s.unlink))
	e.POST("/settings/tokens", s.member(s.addToken))
	e.POST("/sign-out", s.member(s.signOut))
	e.GET("/settings", s.member(s.settings))
	e.POST("/settings/password", s.member(s.changePassword))
	e.POST("/settings/credentials/:id/end", s.member(s.endCredential))
	e.POST("/settings/sign-out-everywhere", s.member(s.signOutEverywhere))
	e.GET("/accounts", s.member(s.administrator(s.accounts)))
	e.POST("/accounts", s.member(s.administrator(s.addAccount)))
	e.GET("/accounts/:id", s.member(s.administrator(s.account)))
	e.POST("/accounts/:id", s.member(s.administrator(s.accountAct)))
	e.GET("/units", s.member(s.units))
	e.POST("/units", s.member(s.addUnit))
	e.GET("/producers", s.member(s.producers))
	e.POST("/producers", s.member(s.addProducer))
	e.GET("/delegations", s.member(s.delegations))
	e.POST("/delegations", s.member(s.delegate))
	e.POST("/delegations/:id/end", s.member(s.endDelegation))
	e.POST("/language", s.handle(s.setLanguage))
	e.POST("/theme", s.handle(s.setTheme))
	e.GET("/worklist", s.member(s.worklist))
	e.GET("/products", s.member(s.products))
	e.POST("/products", s.member(s.register))
	e.GET("/products.csv", s.member(s.productsCSV))
	e.GET("/products/new", s.member(s.newProduct))
	e.POST("/products/bulk", s.member(s.tryBulk))
	e.POST("/products/bulk/moves", s.member(s.doBulk))
	e.GET("/products/:id", s.member(s.product))
	e.POST("/products/:id/moves", s.member(s.move))
	e.POST("/products/:id/erasures", s.member(s.erase))
	e.POST("/products/:id/documents", s.member(s.upload))
	e.POST("/inspections/:id/held", s.member(s.inspectionHeld))
	e.GET("/products/:id/graph.svg", s.member(s.productGraph))
	e.POST("/products/:id/deadlines", s.member(s.extendOne))
	e.POST("/products/:id/sessions", s.member(s.beginSession))
	e.GET("/products/:id/self-score", s.member(s.selfScore))
	e.POST("/products/:id/self-score", s.member(s.tickOwn))
	e.GET("/councils", s.member(s.councils))
	e.POST("/councils", s.member(s.appoint))
	e.GET("/sessions/:id", s.member(s.scoring))
	e.POST("/sessions/:id", s.member(s.sessionAct))
	e.GET("/audit", s.auditing(s.auditSearch))
	e.GET("/audit/entries/:index", s.auditing(s.auditEntry))
	e.GET("/audit/entries/:index/proof.txt", s.auditing(s.entryProof))
	e.GET("/audit/integrity", s.auditing(s.integrity))
	e.GET("/audit/flags", s.auditing(s.flags))
	e.GET("/audit/reviews", s.auditing(s.reviews))
	e.POST("/audit/reviews", s.auditing(s.openReview))
	e.GET("/audit/reviews/:id", s.auditing(s.review))
	e.POST("/audit/reviews/:id", s.auditing(s.reviewAct))
	e.GET("/audit/past", s.auditing(s.past))
	e.GET("/certificates", s.member(s.certificates))
	e.GET("/reports", s.member(s.reports))
	e.GET("/procedures", s.member(s.procedures))
	e.GET("/procedures/:name/:version", s.member(s.procedure))
	e.GET("/procedures/:name/:version/graph.svg", s.member(s.procedureGraph))
	e.GET("/verify", s.handle(s.findCertificate))
	e.GET("/verify/:number", s.handle(s.verify))
	e.GET("/offline.html", s.offline)
	s.mountFieldwork(e)
	s.mountBatches(e)
	s.mountSamples(e)
	s.mountCorrespondence(e)
	s.mountAnnounce(e)
	s.mountCorrections(e)
	s.mountDecisions(e)
	s.mountExpiries(e)
	s.mountRecognised(e)
	s.mountEndings(e)
	s.mountCampaigns(e)
	s.mountNotices(e)
	s.mountReminders(e)
	s.mountFeeds(e)
	s.mountHealth(e)
	s.mountWebhooks(e)
	s.mountDocuments(e)
	s.mountImports(e)
	s.mountPapers(e)
	s.mountSupport(e)
	if s.SetClock != nil {
		e.POST("/demo/clock", s.member(s.moveClock))
	}
}

// page is what a handler gets: the request, who asks, and what to show.
type page struct {
	c       *gin.Context
	ctx     context.Context // of the request; Gin uses its own again for the next one
	site    *Site
	session *accounts.Session
	Title   string
	Notice  string
	Watch   string // what keeps the page fresh: "products", a product's id, or ""
	Seen    int64  // entry up to which the page knows
	Problem *httpx.Problem
	Body    any
	status  int
	kept    string          // how long others may keep the page; "" for not at all
	rules   *workflow.Rules // of what the page is about, if not of products
}

type handler func(p *page) error

// handle runs a handler that anybody may call. What goes wrong becomes a page.
func (s *Site) handle(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		p := &page{c: c, ctx: c.Request.Context(), site: s, status: http.StatusOK}
		err := s.bounded(c)
		if err != nil {
			s.Fault(c, httpx.FaultOf(err))
			return
		}
		if p.session, err = s.People.Recognise(p.ctx, httpx.Secret(c.Request)); err == nil {
			if p.session != nil {
				httpx.Recognise(p.ctx, p.session.Actor.ID)
			}
			err = h(p)
		}
		if err != nil {
			s.Fault(c, httpx.FaultOf(err))
		}
	}
}

// enrolling is where a second factor is turned on.
const enrolling = "/settings/second-factor"

// matter tells how far a page is about one's own sign-in.
func matter(path string) accounts.Matter {
	switch path {
	case "/settings", "/settings/password", "/sign-out":
		return accounts.Own
	case enrolling:
		return accounts.Enrols
	}
	return accounts.Work
}

// member runs a handler for those who are signed in; others sign in first.
func (s *Site) member(h handler) gin.HandlerFunc {
	return s.handle(func(p *page) error {
		if p.session == nil {
			p.c.Redirect(http.StatusSeeOther, "/sign-in?back="+url.QueryEscape(p.Here()))
			return nil
		}
		m := matter(p.c.Request.URL.Path)
		switch {
		case p.session.Account.MustChange && m != accounts.Own:
			return p.back("", "/settings")
		case p.session.MustEnrol && m == accounts.Work:
			return p.back("", enrolling)
		}
		if err := p.session.May(p.c.Request.Method == http.MethodGet, m); err != nil {
			return err
		}
		return h(p)
	})
}

// show renders into memory first, so that a broken template becomes a clean 500.
func (p *page) show(name, title string, body any) error {
	p.Title, p.Body = title, body
	var b bytes.Buffer
	if err := p.site.pages.ExecuteTemplate(&b, name, p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := p.c.Writer.Header()
	h.Set("Content-Language", string(p.Lang()))
	h.Set("Cache-Control", cmp.Or(p.kept, "no-store"))
	if p.kept != "" {
		h.Add("Vary", "Cookie, Accept-Language")
	}
	return p.write(b.Bytes())
}

// Fault shows a fault as a page.
func (s *Site) Fault(c *gin.Context, f *fault.Error) {
	if f.Err != nil {
		s.Log.Error("page failed", "path", c.Request.URL.Path, "err", f.Err)
	}
	p := &page{c: c, ctx: c.Request.Context(), site: s, status: httpx.Status(f)}
	p.session, _ = s.People.Recognise(p.ctx, httpx.Secret(c.Request)) // the page does without
	p.Problem = httpx.ProblemOf(f, p.L())
	if err := p.show("fault", p.T("fault_title"), nil); err != nil {
		s.Log.Error("fault page failed", "err", err)
		c.String(http.StatusInternalServerError, f.Message.In(p.L()))
	}
}

// back goes to an address of ours that a form named, never to another site.
func (p *page) back(to, otherwise string) error {
	// Browsers drop tabs and line ends and read \ as /.
	odd := strings.ContainsFunc(to, func(r rune) bool { return unicode.IsControl(r) || r == '\\' })
	if odd || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		to = otherwise
	}
	p.c.Redirect(http.StatusSeeOther, to)
	return nil
}

// L is the reader's language.
func (p *page) L() ocop.Lang { return httpx.LangOf(p.c.Request) }

// Lang is the same for an attribute.
func (p *page) Lang() string { return string(p.L()) }

// Here is the address of the page that is shown, for forms that come back.
func (p *page) Here() string {
	if p.c.Request.Method != http.MethodGet {
		return "/"
	}
	return p.c.Request.URL.RequestURI()
}

// Me is who is signed in, nil for nobody.
func (p *page) Me() any {
	if p.session == nil {
		return nil
	}
	return p.session.Account
}

// Demo reports whether the clock can be moved.
func (p *page) Demo() bool { return p.site.SetClock != nil }

// Today is the day by our clock.
func (p *page) Today() string { return ocop.DateOf(p.site.Clock()).String() }

// FreshKey makes a form safe to send twice.
func (p *page) FreshKey() string { return casework.NewID() }

// Typed is what was typed into a field of a form, without what no text holds.
func (p *page) Typed(name string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(p.c.Request.PostFormValue(name), "\x00", ""), "\uFFFD")
}

// TypedFor is Typed if the form was that of the event.
func (p *page) TypedFor(event any, name string) string {
	if p.c.Request.PostFormValue("event") != fmt.Sprint(event) {
		return ""
	}
	return p.Typed(name)
}

func sub(f embed.FS, dir string) fs.FS {
	out, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // a constant name
	}
	return out
}

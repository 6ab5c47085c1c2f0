package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
)

// themeCookie keeps whether a person chose light or dark pages; without it the
// device decides.
const themeCookie = "ocopflow_theme"

const year = 365 * 24 * 3600 // seconds

// Theme is what the reader chose: "light", "dark", or "" for the device's own.
func (p *page) Theme() string {
	if c, err := p.c.Request.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

func (s *Site) setTheme(p *page) error {
	theme := "light"
	if p.Typed("theme") == "dark" {
		theme = "dark"
	}
	p.remember(themeCookie, theme)
	return p.back(p.Typed("back"), "/")
}

func (s *Site) setLanguage(p *page) error {
	lang := string(ocop.Vi)
	if p.Typed("lang") == string(ocop.En) {
		lang = string(ocop.En)
	}
	p.remember(httpx.LangCookie, lang)
	return p.back(p.Typed("back"), "/")
}

// remember keeps a choice about looks in the browser for a year.
func (p *page) remember(name, value string) {
	http.SetCookie(p.c.Writer, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: year, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// place is a line of the menu.
type place struct {
	Address, Title string
	Here           bool
}

// Menu is where the reader has something to do or to see.
func (p *page) Menu() []place {
	if p.session == nil {
		return nil
	}
	var out []place
	add := func(address, title string, roles ...ocop.Role) {
		if len(roles) > 0 && !p.holds(roles) {
			return
		}
		path := p.c.Request.URL.Path
		here := path == address || address != "/" && strings.HasPrefix(path, address+"/")
		out = append(out, place{address, title, here})
	}
	add("/", p.T("start"))
	add("/worklist", p.T("worklist"))
	add("/products", p.T("products"))
	add("/inspections", p.T("inspections"), access.Office, access.Leader, access.Secretary, access.Commune, access.Producer, access.Department, access.Auditor)
	add("/support", p.T("support"), access.Office, access.Leader, access.Commune, access.Producer, access.Department, access.Auditor)
	add("/complaints", p.T("complaint"), access.Office, access.Leader, access.Commune, access.Producer, access.Auditor)
	add("/documents", p.T("documents_menu"), access.Office, access.Leader, access.Secretary, access.Commune, access.Producer, access.Department, access.Auditor)
	add("/training", p.T("training"), access.Office, access.Leader, access.Secretary, access.Commune, access.Producer, access.Department, access.Auditor)
	add("/councils", p.T("councils"), access.Office, access.Leader, access.Secretary, access.Member, access.Auditor)
	add("/batches", p.T("batches"), batchReaders...)
	add("/certificates", p.T("certificates"))
	add("/decisions", p.T("decisions"), access.Office, access.Leader, access.Secretary, access.Auditor)
	add("/correspondence", p.T("correspondence"), correspondents...)
	add("/campaigns", p.T("campaigns"))
	add("/corrections", p.T("corrections"), access.Office, access.Leader)
	add("/reports", p.T("reports"), access.Office, access.Leader, access.Secretary, access.Commune, access.Department, access.Auditor)
	add("/papers", p.T("papers_title"), access.Office, access.Leader, access.Admin)
	add("/procedures", p.T("procedures"))
	add("/producers", p.T("producers_title"), access.Office)
	add("/import", p.T("import"), access.Office, access.Admin)
	add("/accounts", p.T("accounts"), access.Admin)
	add("/units", p.T("units"), access.Admin)
	add("/health", p.T("health"), access.Admin)
	if p.Audits() {
		add("/audit", p.T("audit_menu"))
	}
	return out
}

// write answers with a page, compressed for a browser that takes it so.
func (p *page) write(html []byte) error {
	h := p.c.Writer.Header()
	h.Add("Vary", "Accept-Encoding")
	if !strings.Contains(p.c.GetHeader("Accept-Encoding"), "gzip") {
		p.c.Data(p.status, htmlType, html)
		return nil
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // a valid level
	if _, err := z.Write(html); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	h.Set("Content-Encoding", "gzip")
	p.c.Data(p.status, htmlType, b.Bytes())
	return nil
}

const htmlType = "text/html; charset=utf-8"

package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/casework"
	"ocopflow/internal/clerk"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// mountPapers adds the pages of an office's papers and their templates.
func (s *Site) mountPapers(e *gin.Engine) {
	e.GET("/papers", s.member(s.paperList))
	e.GET("/papers/:name/draw", s.member(s.draft))
	e.POST("/papers/:name/draw", s.member(s.drawPaper))
	e.GET("/papers/:name/templates/:lang", s.member(s.paperTemplate))
	e.POST("/papers/:name/templates/:lang", s.member(s.templateAct))
}

type paperListBody struct {
	Unit   *ocop.Unit
	Units  []choice
	Papers []paperRow
}

// paperRow is a paper with what counts for it, and where it is made.
type paperRow struct {
	paper.Paper
	Templates []clerk.Template
	Made      string // address; "" where the reader may not make it
}

// madeAt are the pages where papers are made that come out of what is on record
// there; the others have a form of their own.
var madeAt = map[string]string{"inspection_record": "/inspections", "support_plan": "/support/plans"}

func (s *Site) paperList(p *page) error {
	u, all, err := s.Clerk.Templates(p.ctx, p.session.Actor, p.c.Query("unit"))
	if err != nil {
		return err
	}
	b := paperListBody{Unit: u}
	if b.Units, err = p.paperUnits(u); err != nil {
		return err
	}
	for _, x := range paper.Papers {
		row := paperRow{Paper: x}
		for _, t := range all {
			if t.Paper == x.Name {
				row.Templates = append(row.Templates, t)
			}
		}
		if p.Draws(x.Name) {
			if row.Made = madeAt[x.Name]; row.Made == "" {
				row.Made = "/papers/" + x.Name + "/draw"
			}
		}
		b.Papers = append(b.Papers, row)
	}
	return p.show("papers", p.T("papers_title"), b)
}

// Draws reports whether the reader may make a paper anywhere.
func (p *page) Draws(name string) bool { return p.holds(clerk.Makers(name)) }

// paperUnits are the units whose templates the reader may look at, the shown one
// among them.
func (p *page) paperUnits(shown *ocop.Unit) ([]choice, error) {
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if place := g.Path; place != "" && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	units, err := store.UnitsBelow(p.ctx, p.site.DB, places, "", 400)
	var out []choice
	for _, u := range units {
		if u.Kind == ocop.Department || u.Kind == ocop.Council {
			continue
		}
		out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
	}
	if !slices.ContainsFunc(out, func(c choice) bool { return c.Value == shown.Code }) {
		out = append([]choice{{Value: shown.Code, Title: shown.Name.In(p.L())}}, out...)
	}
	return out, err
}

// Origin says in words where a template comes from.
func (p *page) Origin(t clerk.Template) string {
	if t.Origin == clerk.OriginUnit {
		return t.Unit.Name
	}
	return p.T("origin_" + string(t.Origin))
}

type paperTemplateBody struct {
	clerk.Template
	Title   ocop.Text // of the paper
	Of      *ocop.Unit
	Draft   string // in the form
	Keeps   bool
	Own     bool // it is the unit's own
	Shipped bool // there is a shipped one to go back to
	Fields  []paper.Placeholder
	Words   []string
}

func (s *Site) paperTemplate(p *page) error { return s.showTemplate(p, "") }

// showTemplate shows the one that counts, and in the form what was typed.
func (s *Site) showTemplate(p *page, typed string) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	unit := p.c.Query("unit")
	if p.c.Request.Method == http.MethodPost {
		unit = p.Typed("unit")
	}
	u, t, err := s.Clerk.Template(p.ctx, p.session.Actor, unit, p.c.Param("name"), ocop.Lang(p.c.Param("lang")))
	if err != nil {
		return err
	}
	x := paper.Find(t.Paper)
	b := paperTemplateBody{Template: t, Title: x.Title, Of: u, Draft: typed, Keeps: clerk.Keeps(p.session.Actor, u.Path), Own: t.Unit.ID == u.ID,
		Shipped: paper.Shipped().Has(t.Paper, t.Lang), Fields: x.Fields(), Words: paper.Words()}
	if b.Draft == "" {
		b.Draft = t.Text
	}
	return p.show("paper-template", x.Title.In(p.L()), b)
}

func (s *Site) templateAct(p *page) error {
	name, lang := p.c.Param("name"), p.c.Param("lang")
	c := clerk.Change{Unit: p.Typed("unit"), Paper: name, Lang: ocop.Lang(lang), Key: p.key("papers " + name + " " + lang)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		c.Version = &v
	}
	var err error
	if c.Text, err = p.typedTemplate(); err != nil {
		return err
	}
	again := func(p *page) error { return s.showTemplate(p, c.Text) }
	switch act := p.Typed("act"); act {
	case "try_docx", "try_pdf":
		doc, err := s.Clerk.TryText(p.ctx, p.session.Actor, c)
		if err != nil {
			return p.retry(err, again)
		}
		return p.file(doc, "mau-"+name, strings.TrimPrefix(act, "try_"))
	case "keep":
		err = s.Clerk.Keep(p.ctx, p.session.Actor, c)
	case "drop":
		err = s.Clerk.Drop(p.ctx, p.session.Actor, c)
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return p.retry(err, again)
	}
	return p.back("/papers/"+url.PathEscape(name)+"/templates/"+url.PathEscape(lang)+"?saved=1&unit="+url.QueryEscape(c.Unit), "/papers")
}

// typedTemplate is the text of the chosen file, or else what was typed.
func (p *page) typedTemplate() (string, error) {
	header, err := p.c.FormFile("file")
	var big *http.MaxBytesError
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return p.Typed("text"), nil
	case errors.As(err, &big):
		return "", fault.New(fault.TooLarge, "too_large", "Tệp quá lớn.", "The file is too large.")
	case err != nil:
		return "", unreadable()
	}
	f, err := header.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, paper.MaxTemplate+1)) // one more is too long
	if err == nil && header.Size == 0 {
		return p.Typed("text"), nil
	}
	return string(text), err
}

// file answers with a document for saving.
func (p *page) file(doc paper.Document, name, format string) error {
	if format != "docx" {
		format = "pdf"
	}
	media, draw := doc.Format(format)
	body, err := paper.InTurn(p.ctx, draw)
	if err != nil {
		return err
	}
	h := p.c.Writer.Header()
	h.Set("Content-Disposition", `attachment; filename="`+name+"."+format+`"`)
	h.Set("Cache-Control", "no-store")
	p.c.Data(http.StatusOK, media, body)
	return nil
}

// notFound is the answer where nothing is.
func notFound() error { return casework.NotFound() }

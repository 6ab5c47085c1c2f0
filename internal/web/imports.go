package web

import (
	"bytes"
	"errors"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/fault"
	"ocopflow/internal/intake"
	"ocopflow/internal/workbook"
)

func (s *Site) mountImports(e *gin.Engine) {
	e.GET("/import", s.member(s.imports))
	e.POST("/import", s.member(s.takeIn))
}

// Oversees reports whether the reader looks into councils, so that a summary of
// their scores is of use.
func (p *page) Oversees() bool { return len(p.session.Actor.Oversees().Units) > 0 }

// shownBad is how many bad cells the page lists; the marked workbook has all.
const shownBad = 200

type importsBody struct {
	Kinds   []workbook.Form
	Kind    string
	Mode    intake.Mode
	Outcome *intake.Outcome
	Bad     []badCell
	More    int // bad cells that are not listed
}

type badCell struct {
	workbook.Bad
	Field string // in the reader's language
}

// imports shows what the reader may bring in, with a template of each.
func (s *Site) imports(p *page) error { return s.showImports(p, nil) }

func (s *Site) showImports(p *page, out *intake.Outcome) error {
	b := importsBody{Kinds: intake.Kinds(p.session.Actor), Kind: p.Typed("kind"), Mode: intake.Mode(p.Typed("mode")), Outcome: out}
	if len(b.Kinds) == 0 {
		return intake.May(p.session.Actor, "products") // says who may
	}
	if b.Kind == "" {
		b.Kind = p.c.Query("kind")
	}
	if out != nil {
		titles := map[string]string{}
		for _, k := range b.Kinds {
			for _, f := range k.Fields {
				if k.Code == out.Kind {
					titles[f.Code] = f.Title.In(p.L())
				}
			}
		}
		for _, x := range out.Bad[:min(len(out.Bad), shownBad)] {
			b.Bad = append(b.Bad, badCell{x, titles[x.Column]})
		}
		b.More = len(out.Bad) - len(b.Bad)
	}
	return p.show("imports", p.T("import"), b)
}

// takeIn tries a file, takes it in, or gives it back with its bad cells marked,
// as the button says.
func (s *Site) takeIn(p *page) error {
	header, err := p.c.FormFile("file")
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big) || err == nil && header.Size > intake.MaxSize(p.Typed("kind")):
		return p.retry(fault.New(fault.TooLarge, "too_large", "Tệp quá lớn.", "The file is too large."), s.imports)
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return p.retry(fault.New(fault.Invalid, "file_missing", "Hãy chọn một tệp Excel (.xlsx), hoặc tệp ZIP của danh sách tài liệu.", "Choose an Excel file (.xlsx), or the ZIP of a list of documents."), s.imports)
	case err != nil:
		return unreadable()
	}
	defer func() { _ = p.c.Request.MultipartForm.RemoveAll() }()
	file, err := header.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	act := p.Typed("act")
	o := intake.Order{Kind: p.Typed("kind"), Mode: intake.Mode(p.Typed("mode")), DryRun: act != "import", Actor: p.session.Actor, File: file, Size: header.Size}
	out, err := s.Intake.Import(p.ctx, o)
	if err != nil {
		return p.retry(err, s.imports)
	}
	if act == "mark" {
		return p.marked(o, out)
	}
	if out.Refused() {
		p.status = http.StatusUnprocessableEntity
	}
	return s.showImports(p, &out)
}

func (p *page) marked(o intake.Order, out intake.Outcome) error {
	var b bytes.Buffer
	if err := intake.Mark(&b, o, out, p.L()); err != nil {
		return err
	}
	h := p.c.Writer.Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.Kind + "-danh-dau.xlsx"}))
	h.Set("Cache-Control", "no-store")
	p.c.Data(http.StatusOK, workbook.MIME, b.Bytes())
	return nil
}

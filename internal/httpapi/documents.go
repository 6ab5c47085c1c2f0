package httpapi

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/casework"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// documentRoutes are lists of documents; those that stream stand in uploads.
func (a *API) documentRoutes(r router) {
	get(r, "/api/v1/documents", "find-documents", "Documents", a.findDocuments)
	get(r, "/api/v1/products/{id}/missing", "missing-documents", "Documents", a.missing)
	get(r, "/api/v1/products/{id}/evidence", "document-uses", "Documents", a.uses)
}

type documentsIn struct {
	Page
	Product      string `query:"product" maxLength:"100" doc:"id; also finds its producer's own"`
	Producer     string `query:"producer" maxLength:"100" doc:"id or code"`
	Kind         string `query:"kind" maxLength:"100"`
	LapsesBefore string `query:"lapses_before" format:"date" doc:"last day lies before, and nothing newer is there; sorted by it"`
	LapsesFrom   string `query:"lapses_from" format:"date" doc:"with lapses_before: last day is this one or later"`
}

func (a *API) findDocuments(ctx context.Context, in *documentsIn) (*listOf[store.Listed], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	f := store.DocumentFilter{Product: in.Product, Producer: in.Producer, Kind: in.Kind, After: after, Limit: in.Limit + 1}
	days := map[string]string{"lapses_before": in.LapsesBefore, "lapses_from": in.LapsesFrom}
	if f.LapsesBefore, err = dayField(days, "lapses_before"); err != nil {
		return nil, err
	}
	if f.LapsesFrom, err = dayField(days, "lapses_from"); err != nil {
		return nil, err
	}
	items, err := a.Desk.Documents(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, store.Listed.Cursor), nil
}

func (a *API) missing(ctx context.Context, in *ByID) (*listOf[casework.Lack], error) {
	items, err := a.Desk.Missing(ctx, sessionOf(ctx).Actor, in.ID)
	return &listOf[casework.Lack]{Body: list[casework.Lack]{Items: items}}, err
}

func (a *API) uses(ctx context.Context, in *ByID) (*listOf[casework.Use], error) {
	items, err := a.Desk.Uses(ctx, sessionOf(ctx).Actor, in.ID)
	return &listOf[casework.Use]{Body: list[casework.Use]{Items: items}}, err
}

// binders bounds how many dossiers are bound at a time: each may take the
// memory of all its PDFs.
var binders = make(chan struct{}, 1)

// dossierPDF binds a product's documents on the disk and sends them from there.
func (a *API) dossierPDF(c *gin.Context) error {
	ctx := c.Request.Context()
	s, documents, err := a.Desk.ToBind(ctx, sessionOf(ctx).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "ocopflow-dossier-")
	if err != nil {
		return err
	}
	defer func() {
		if err := os.RemoveAll(folder); err != nil {
			a.Log.ErrorContext(ctx, "a folder stayed", "folder", folder, "err", err)
		}
	}()
	name, err := bind(ctx, a.dossier(s, documents, httpx.LangOf(c.Request)), folder)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	h := c.Writer.Header()
	h.Set("Content-Type", mediaPDF)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "dossier-" + s.Product.Code + ".pdf"}))
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, file)
	return nil
}

// bind waits for its turn, which it does not keep while the reader reads.
func bind(ctx context.Context, d paper.Dossier, folder string) (string, error) {
	select {
	case binders <- struct{}{}:
		defer func() { <-binders }()
		return d.Bind(ctx, folder)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (a *API) dossier(s *casework.Standing, documents []casework.Bound, lang ocop.Lang) paper.Dossier {
	d := paper.Dossier{Product: s.Product.Name, Code: s.Product.Code, Producer: s.Product.Producer.Name, Day: ocop.DateOf(a.Clock()), Lang: lang}
	if s.Round != nil {
		d.Round = fmt.Sprintf(ocop.Text{Vi: "Lượt đánh giá thứ %d", En: "Round %d"}.In(lang), s.Round.Number)
	}
	for _, x := range documents {
		d.Parts = append(d.Parts, paper.Part{Title: x.Title.In(lang), Name: x.Name, MediaType: x.MediaType, Size: x.Size, SHA256: x.SHA256,
			Open: func(ctx context.Context) (io.ReadCloser, error) { return a.Desk.Content(ctx, x.SHA256) }})
	}
	return d
}

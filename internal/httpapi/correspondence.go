package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/correspondence"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// correspondenceRoutes are the registers of papers received and sent.
func (a *API) correspondenceRoutes(r router) {
	get(r, "/api/v1/correspondence", "list-correspondence", "Correspondence", a.listCorrespondence)
	post(r, "/api/v1/correspondence", "register-paper", "Correspondence", 201, a.registerPaper)
	get(r, "/api/v1/correspondence/{id}", "get-paper", "Correspondence", a.getPaper)
	post(r, "/api/v1/correspondence/{id}/void", "void-paper", "Correspondence", 200, a.voidPaper)
	get(r, "/api/v1/exports/correspondence.xlsx", "export-correspondence", "Exports", a.exportCorrespondence)
	for _, format := range []string{"docx", "pdf"} {
		get(r, "/api/v1/correspondence/{id}/paper."+format, "draw-sent-paper-"+format, "Correspondence", a.sentPaper(format))
	}
}

// scanRoutes go on Gin directly, like those of documents.
func (a *API) scanRoutes(engine *gin.Engine, api huma.API) {
	engine.POST("/api/v1/correspondence/:id/file", a.plain(a.attachScan))
	engine.GET("/api/v1/correspondence/:id/file", a.plain(a.scan))
	text := &huma.Schema{Type: huma.TypeString}
	id := []*huma.Param{{Name: "id", In: "path", Required: true, Schema: text}}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/correspondence/{id}/file", OperationID: "attach-scan", Tags: []string{"Correspondence"}, Security: signedIn,
		Summary: "Put the scan (PDF or picture) to a line that has none (multipart: file)", Parameters: id,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}}}}}},
		Responses: map[string]*huma.Response{"201": {Description: "The line"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/correspondence/{id}/file", OperationID: "download-scan", Tags: []string{"Correspondence"}, Security: signedIn,
		Summary: "Download the scan of a paper", Parameters: id, Responses: map[string]*huma.Response{"200": {Description: "The file"}},
	})
}

// CorrespondenceOf narrows a list of papers.
type CorrespondenceOf struct {
	Unit      string `query:"unit" maxLength:"100" doc:"id or code of the unit that keeps the register"`
	Direction string `query:"direction" enum:"received,sent"`
	Year      int    `query:"year" minimum:"0" maximum:"9999"`
	Kind      string `query:"kind" maxLength:"40"`
	Product   string `query:"product" maxLength:"100" doc:"id or code"`
	Q         string `query:"q" maxLength:"200" doc:"words of symbol, summary, names; diacritics and case aside"`
}

func (in CorrespondenceOf) filter() store.PaperFilter {
	return store.PaperFilter{Unit: in.Unit, Direction: store.Direction(in.Direction), Year: in.Year, Kind: in.Kind, Product: in.Product, Text: in.Q}
}

type correspondenceIn struct {
	Page
	CorrespondenceOf
}

func (a *API) listCorrespondence(ctx context.Context, in *correspondenceIn) (*listOf[store.Paper], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	f := in.filter()
	f.After, f.Limit = after, in.Limit+1
	items, err := a.Correspondence.Papers(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(p store.Paper) string { return p.ID }), nil
}

func (a *API) exportCorrespondence(ctx context.Context, in *CorrespondenceOf) (*huma.StreamResponse, error) {
	return a.sent(ctx, a.Lists.Register(readerOf(ctx), in.filter()))
}

type registerPaperIn struct {
	Writing
	Body struct {
		Unit       string          `json:"unit,omitempty" maxLength:"100" doc:"id or code; the caller's own unless given"`
		Direction  store.Direction `json:"direction" enum:"received,sent"`
		Symbol     string          `json:"symbol,omitempty" maxLength:"200" doc:"number and symbol on the paper, such as 12/TB-VPĐP"`
		Dated      *ocop.Date      `json:"dated,omitempty" format:"date" doc:"the paper's own date; of one sent today, unless given"`
		ReceivedOn *ocop.Date      `json:"received_on,omitempty" format:"date" doc:"when it came in; today, unless given"`
		Kind       string          `json:"kind,omitempty" maxLength:"40"`
		Parties    []string        `json:"parties,omitempty" maxItems:"200" doc:"ids or codes of units and producers that it came from, or goes to"`
		Others     string          `json:"others,omitempty" maxLength:"2000" doc:"others that it came from, or goes to"`
		Summary    string          `json:"summary" maxLength:"4000"`
		Products   []string        `json:"products,omitempty" maxItems:"400" doc:"ids or codes of products that it concerns"`
		Decision   string          `json:"decision,omitempty" maxLength:"100" doc:"id of the recorded decision that it is"`
	}
}

type paperOut struct {
	ETag string `header:"ETag"`
	Body paperBody
}

type paperRegisteredOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     paperBody
}

// paperBody is a line with the rule that marks it as late.
type paperBody struct {
	store.Paper
	Rule correspondence.Rule `json:"rule"`
}

func oneOfRegister(p store.Paper) paperBody { return paperBody{p, correspondence.RegistrationRule()} }

func (a *API) registerPaper(ctx context.Context, in *registerPaperIn) (*paperRegisteredOut, error) {
	key, err := in.key(ctx, "POST /correspondence", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	p, err := a.Correspondence.Register(ctx, correspondence.Entry{Unit: b.Unit, Direction: b.Direction, Symbol: b.Symbol, Dated: b.Dated, ReceivedOn: b.ReceivedOn, Kind: b.Kind,
		Parties: b.Parties, Others: b.Others, Summary: b.Summary, Products: b.Products, Decision: b.Decision, Actor: sessionOf(ctx).Actor, Key: key})
	if err != nil {
		return nil, err
	}
	return &paperRegisteredOut{httpx.ETag(p.Version), "/api/v1/correspondence/" + p.ID, oneOfRegister(p)}, nil
}

func (a *API) getPaper(ctx context.Context, in *ByID) (*paperOut, error) {
	p, err := a.Correspondence.Paper(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &paperOut{httpx.ETag(p.Version), oneOfRegister(*p)}, nil
}

func (a *API) voidPaper(ctx context.Context, in *cancelIn) (*paperOut, error) {
	v := correspondence.Voiding{ID: in.ID, Reason: in.Body.Reason, Actor: sessionOf(ctx).Actor}
	var err error
	if v.Version, err = in.version(in.Body.Version); err != nil {
		return nil, err
	}
	if v.Key, err = in.key(ctx, "POST /correspondence/{id}/void", in.ID, in.Body); err != nil {
		return nil, err
	}
	p, err := a.Correspondence.Void(ctx, v)
	if err != nil {
		return nil, err
	}
	return &paperOut{httpx.ETag(p.Version), oneOfRegister(p)}, nil
}

// sentPaper draws a paper that the program wrote, as it was sent.
func (a *API) sentPaper(format string) handler[ByID, fileOut] {
	return func(ctx context.Context, in *ByID) (*fileOut, error) {
		p, body, err := a.Correspondence.Opened(ctx, sessionOf(ctx).Actor, in.ID)
		if err != nil {
			return nil, err
		}
		name := "van-ban-" + p.RegisteredOn.String()
		if p.Symbol != "" {
			name = strings.ReplaceAll(ocop.Fold(p.Symbol), "/", "-")
		}
		return drawnUp(ctx, name, format, func() (doc paper.Document, err error) { return doc, json.Unmarshal([]byte(body), &doc) })
	}
}

func (a *API) attachScan(c *gin.Context) error {
	ctx := c.Request.Context()
	s := correspondence.Scan{ID: c.Param("id"), Actor: sessionOf(ctx).Actor}
	if _, err := a.Correspondence.Paper(ctx, s.Actor, s.ID); err != nil {
		return err
	}
	parts, err := a.parts(c)
	if err != nil {
		return err
	}
	part, err := parts.NextPart()
	for ; err == nil && part.FormName() != "file"; part, err = parts.NextPart() {
		if _, err = smallField(part); err != nil {
			return err
		}
	}
	if err != nil {
		return unreadable(err)
	}
	s.Name = part.FileName()
	if s.Taken, err = a.Desk.TakeIn(ctx, s.Actor, "", s.Name, part, a.MaxUpload); err != nil {
		return unreadable(err)
	}
	w := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}
	if s.Key, err = w.key(ctx, "POST /correspondence/{id}/file", s.ID, s.Taken.SHA256); err != nil {
		return errors.Join(err, a.Desk.Vault.Settle(ctx, s.Taken))
	}
	p, err := a.Correspondence.Attach(ctx, s)
	if err != nil {
		return err
	}
	c.Header("ETag", httpx.ETag(p.Version))
	c.JSON(http.StatusCreated, oneOfRegister(p))
	return nil
}

// scan always offers the file for saving, like a document.
func (a *API) scan(c *gin.Context) error {
	ctx := c.Request.Context()
	f, content, err := a.Correspondence.OpenScan(ctx, sessionOf(ctx).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	offer(c, f.Name, f.MediaType, f.SHA256, content)
	return nil
}

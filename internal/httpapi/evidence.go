package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
)

func (a *API) listDocuments(ctx context.Context, in *ByID) (*listOf[store.Document], error) {
	items, err := a.Desk.Evidence(ctx, sessionOf(ctx).Actor, in.ID)
	if items == nil {
		items = []store.Document{}
	}
	return &listOf[store.Document]{Body: list[store.Document]{Items: items}}, err
}

type inspectionOut struct {
	ETag string `header:"ETag"`
	Body store.Inspection
}

func oneInspection(i store.Inspection, err error) (*inspectionOut, error) {
	if i.Findings == nil {
		i.Findings = []store.Found{}
	}
	if i.Participants == nil {
		i.Participants = []string{}
	}
	return &inspectionOut{httpx.ETag(i.Version), i}, err
}

type visitBody struct {
	Day               *ocop.Date    `json:"day,omitempty" format:"date"`
	HeldOn            *ocop.Date    `json:"held_on,omitempty" format:"date"`
	ProvincialCouncil bool          `json:"provincial_council,omitempty"`
	Participants      []string      `json:"participants,omitempty" maxItems:"100"`
	Findings          []store.Found `json:"findings,omitempty" maxItems:"100"`
	Version           *int64        `json:"version,omitempty"`
}

type visitIn struct {
	ByID
	Writing
	Body visitBody
}

func (a *API) visitOf(ctx context.Context, in *visitIn, route string) (casework.Visit, error) {
	b := in.Body
	v := casework.Visit{Day: b.Day, HeldOn: b.HeldOn, ProvincialCouncil: b.ProvincialCouncil, Participants: b.Participants,
		Findings: b.Findings, Version: b.Version, Actor: sessionOf(ctx).Actor}
	match, err := httpx.IfMatch(in.IfMatch)
	if err != nil {
		return v, err
	}
	if match != nil {
		v.Version = match
	}
	v.Key, err = in.key(ctx, route, in.ID, in.Body)
	return v, err
}

func (a *API) listInspections(ctx context.Context, in *ByID) (*listOf[store.Inspection], error) {
	items, err := a.Desk.Inspections(ctx, sessionOf(ctx).Actor, in.ID)
	if items == nil {
		items = []store.Inspection{}
	}
	return &listOf[store.Inspection]{Body: list[store.Inspection]{Items: items}}, err
}

func (a *API) planInspection(ctx context.Context, in *visitIn) (*inspectionOut, error) {
	v, err := a.visitOf(ctx, in, "POST /products/{id}/inspections")
	if err != nil {
		return nil, err
	}
	return oneInspection(a.Desk.PlanVisit(ctx, in.ID, v))
}

func (a *API) getInspection(ctx context.Context, in *ByID) (*inspectionOut, error) {
	i, err := a.Desk.Inspection(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return oneInspection(*i, nil)
}

func (a *API) recordInspection(ctx context.Context, in *visitIn) (*inspectionOut, error) {
	v, err := a.visitOf(ctx, in, "PATCH /inspections/{id}")
	if err != nil {
		return nil, err
	}
	return oneInspection(a.Desk.RecordVisit(ctx, in.ID, v))
}

// uploads go on Gin directly, because huma spools multipart bodies; the routes
// are added to the document by hand.
func (a *API) uploads(engine *gin.Engine, api huma.API) {
	engine.POST("/api/v1/documents", a.plain(a.upload))
	engine.GET("/api/v1/documents/:id", a.plain(a.download))
	engine.GET("/api/v1/products/:id/dossier.pdf", a.plain(a.dossierPDF))
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/documents", OperationID: "upload-document", Tags: []string{"Documents"}, Security: signedIn,
		Summary: "Upload a document (multipart: product or producer, kind, valid_from?, valid_to?, whole?, replaces?, on_behalf_of?, scan?, and file last). On behalf of a producer the file itself is the scan unless another is named.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"kind", "file"}, Properties: map[string]*huma.Schema{
				"product": {Type: huma.TypeString}, "producer": {Type: huma.TypeString}, "on_behalf_of": {Type: huma.TypeString}, "scan": {Type: huma.TypeString}, "kind": {Type: huma.TypeString}, "whole": {Type: huma.TypeBoolean}, "replaces": {Type: huma.TypeString}, "file": {Type: huma.TypeString, Format: "binary"},
				"valid_from": {Type: huma.TypeString, Format: "date"}, "valid_to": {Type: huma.TypeString, Format: "date"}}}}}},
		Responses: map[string]*huma.Response{"201": {Description: "The document"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/products/{id}/dossier.pdf", OperationID: "dossier-pdf", Tags: []string{"Documents"}, Security: signedIn,
		Summary: "The whole dossier as one PDF", Responses: map[string]*huma.Response{"200": {Description: "The PDF"}},
		Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/documents/{id}", OperationID: "download-document", Tags: []string{"Documents"}, Security: signedIn,
		Summary: "Download a document", Responses: map[string]*huma.Response{"200": {Description: "The file"}},
		Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
	})
}

// plain runs a handler outside of huma with the same session and errors.
func (a *API) plain(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		session, err := a.People.Recognise(c.Request.Context(), httpx.Secret(c.Request))
		if err == nil && session == nil {
			c.Header("WWW-Authenticate", `Bearer realm="ocopflow"`)
			err = fault.New(fault.Unauthorized, "sign_in", "Cần đăng nhập.", "You need to sign in.")
		}
		if err == nil {
			httpx.Recognise(c.Request.Context(), session.Actor.ID)
			err = session.May(reads(c.Request), accounts.Work)
		}
		if err == nil {
			ctx := context.WithValue(c.Request.Context(), sessionKey{}, *session)
			c.Request = c.Request.WithContext(context.WithValue(ctx, langKey{}, httpx.LangOf(c.Request)))
			err = h(c)
		}
		if err != nil {
			f := httpx.FaultOf(err)
			if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
				a.Log.ErrorContext(c.Request.Context(), "request failed", "err", err)
			}
			httpx.WriteProblem(c.Writer, c.Request, f)
		}
	}
}

// upload brings a document to a product or, as its own, to a producer.
func (a *API) upload(c *gin.Context) error {
	ctx := c.Request.Context()
	f, err := a.take(c, a.mayUpload(ctx))
	if err != nil {
		return err
	}
	defer a.letGo(ctx, f)
	u := casework.Upload{Product: f.fields["product"], Producer: f.fields["producer"], Kind: f.fields["kind"], Whole: f.fields["whole"] == "true", Replaces: f.fields["replaces"],
		OnBehalf: casework.OnBehalf{Producer: f.fields["on_behalf_of"], Scan: f.fields["scan"]}, Name: f.name, Taken: f.file, Actor: sessionOf(ctx).Actor}
	if u.ValidFrom, err = dayField(f.fields, "valid_from"); err != nil {
		return err
	}
	if u.ValidTo, err = dayField(f.fields, "valid_to"); err != nil {
		return err
	}
	w := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}
	if u.Key, err = w.key(ctx, "POST /documents", f.fields, u.Taken.SHA256); err != nil {
		return err
	}
	doc, err := a.Desk.AddDocument(ctx, u)
	if err != nil {
		return err
	}
	c.Header("Location", "/api/v1/documents/"+doc.ID)
	c.JSON(http.StatusCreated, doc)
	return nil
}

// sent is a form with a file that lies in the vault; an empty one where none came.
type sent struct {
	fields map[string]string
	name   string
	file   *vault.Taken
}

// forNone is said of a file that is brought for no product.
func forNone(map[string]string) (string, error) { return "", nil }

// take reads a form part by part and lays its file in the vault. What it is brought
// for is asked before the file is read, with the fields that came first, and again
// with all of them.
//
// Faults: malformed; too_large; virus_found; those of product.
func (a *API) take(c *gin.Context, product func(fields map[string]string) (string, error)) (f sent, err error) {
	ctx := c.Request.Context()
	parts, err := a.parts(c)
	if err != nil {
		return f, err
	}
	defer func() {
		if err != nil {
			a.letGo(ctx, f)
		}
	}()
	f.fields = map[string]string{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, unreadable(err)
		}
		if part.FormName() != "file" {
			if f.fields[part.FormName()], err = smallField(part); err != nil {
				return f, err
			}
			continue
		}
		if f.file != nil {
			return f, fault.New(fault.Malformed, "malformed", "Mỗi lần chỉ gửi một tệp.", "Send one file at a time.")
		}
		of, err := product(f.fields)
		if err != nil {
			return f, err
		}
		f.name = part.FileName()
		if f.file, err = a.Desk.TakeIn(ctx, sessionOf(ctx).Actor, of, f.name, part, a.MaxUpload); err != nil {
			return f, unreadable(err)
		}
	}
	if _, err := product(f.fields); err != nil {
		return f, err
	}
	if f.file == nil {
		f.file, err = a.Desk.Vault.Take(ctx, bytes.NewReader(nil), 0)
	}
	return f, err
}

// letGo has the vault let go of a file that no act named.
func (a *API) letGo(ctx context.Context, f sent) {
	if err := a.Desk.Vault.Settle(context.WithoutCancel(ctx), f.file); err != nil {
		a.Log.ErrorContext(ctx, "an upload was not cleared away", "err", err)
	}
}

// parts are those of a form that holds a file, read as they come.
func (a *API) parts(c *gin.Context) (*multipart.Reader, error) {
	return a.partsUpTo(c, a.MaxUpload)
}

func (a *API) partsUpTo(c *gin.Context, most int64) (*multipart.Reader, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most+64<<10)
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Malformed, "malformed", "Nội dung phải là multipart/form-data.", "The body must be multipart/form-data.")
	}
	return parts, nil
}

// mayUpload refuses a product or a producer that is not the caller's to see.
func (a *API) mayUpload(ctx context.Context) func(fields map[string]string) (string, error) {
	return func(fields map[string]string) (string, error) {
		if id := fields["producer"]; id != "" && fields["product"] == "" {
			return "", a.Desk.SeesProducer(ctx, sessionOf(ctx).Actor, id)
		}
		_, err := a.Desk.Product(ctx, sessionOf(ctx).Actor, fields["product"])
		return fields["product"], err
	}
}

// smallField reads what a form says beside its file.
func smallField(part io.Reader) (string, error) {
	const limit = int64(1 << 10)
	content, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return "", unreadable(err)
	}
	if int64(len(content)) > limit {
		return "", tooLarge()
	}
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return "", fault.New(fault.Invalid, "document_wrong", "Tài liệu chưa đúng.", "The document is not right.").
			At("form", "Có ký tự không hợp lệ.", "Holds a character that is not valid.")
	}
	return string(content), nil
}

func unreadable(err error) error {
	var known *fault.Error
	if errors.As(err, &known) || sqldb.Full(err) {
		return err
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return tooLarge()
	}
	return fault.New(fault.Malformed, "malformed", "Không đọc được tệp gửi lên.", "The upload cannot be read.").Because(err)
}

func tooLarge() error {
	return fault.New(fault.TooLarge, "too_large", "Tệp quá lớn.", "The file is too large.")
}

func dayField(fields map[string]string, name string) (*ocop.Date, error) {
	if fields[name] == "" {
		return nil, nil
	}
	d, err := ocop.ParseDate(fields[name])
	if err != nil {
		return nil, fault.New(fault.Invalid, "document_wrong", "Tài liệu chưa đúng.", "The document is not right.").
			At(name, "Phải là ngày, viết NĂM-THÁNG-NGÀY.", "Must be a day written YYYY-MM-DD.")
	}
	return &d, nil
}

// download always offers the file for saving: what was uploaded is never shown
// as a page of ours.
func (a *API) download(c *gin.Context) error {
	ctx := c.Request.Context()
	doc, content, err := a.Desk.Document(ctx, sessionOf(ctx).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	offer(c, doc.Name, doc.MediaType, doc.SHA256, content)
	return nil
}

// offer gives a file for saving.
func offer(c *gin.Context, name, mediaType, sha256 string, content io.ReadSeekCloser) {
	h := c.Writer.Header()
	h.Set("Content-Type", mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("ETag", `"`+sha256+`"`)
	defer content.Close()
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, content)
}

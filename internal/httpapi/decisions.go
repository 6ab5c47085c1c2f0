package httpapi

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/signature"
	"ocopflow/internal/store"
)

func (a *API) decisionRoutes(r router) {
	get(r, "/api/v1/decisions", "list-decisions", "Decisions", a.listDecisions)
	post(r, "/api/v1/decisions", "record-decision", "Decisions", 201, a.recordDecision)
	get(r, "/api/v1/decisions/{id}", "get-decision", "Decisions", a.getDecision)
}

// originalRoutes go on Gin directly, like those of documents.
func (a *API) originalRoutes(engine *gin.Engine, api huma.API) {
	engine.POST("/api/v1/decisions/:id/original", a.plain(a.fileOriginal))
	engine.GET("/api/v1/decisions/:id/original", a.plain(a.original))
	text := &huma.Schema{Type: huma.TypeString}
	id := []*huma.Param{{Name: "id", In: "path", Required: true, Schema: text}}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/decisions/{id}/original", OperationID: "file-original", Tags: []string{"Decisions"}, Security: signedIn,
		Summary: "Put the signed original (PDF) to a decision (multipart: version, signer, summary, reason, then file)", Parameters: id,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"},
				"signer": text, "summary": text, "reason": text, "version": text}}}}},
		Responses: map[string]*huma.Response{"201": {Description: "The decision"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/decisions/{id}/original", OperationID: "download-original", Tags: []string{"Decisions"}, Security: signedIn,
		Summary: "Download the signed original of a decision", Parameters: append(id, &huma.Param{Name: "file", In: "query", Schema: text, Description: "id of an earlier file; the newest unless given"}),
		Responses: map[string]*huma.Response{"200": {Description: "The file"}},
	})
}

type decisionsIn struct {
	Page
	Original string `query:"original" enum:"pending,filed,none"`
	Issuer   string `query:"issuer" maxLength:"100" doc:"id or code of a unit"`
	Year     int    `query:"year" minimum:"0" maximum:"9999"`
	Number   string `query:"number" maxLength:"100" doc:"part of the number"`
}

func (a *API) listDecisions(ctx context.Context, in *decisionsIn) (*listOf[store.Decision], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Desk.Decisions(ctx, sessionOf(ctx).Actor, store.DecisionFilter{State: store.OriginalState(in.Original), Issuer: in.Issuer, Year: in.Year,
		Number: in.Number, After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, store.Decision.Cursor), nil
}

type decisionBody struct {
	casework.DecisionFile
	Signatures *signature.Findings `json:"signatures,omitempty" doc:"digital signatures of the newest original; the certificate chain is never checked"`
}

type decisionOut struct {
	ETag string `header:"ETag"`
	Body decisionBody
}

func (a *API) getDecision(ctx context.Context, in *ByID) (*decisionOut, error) {
	k, err := a.Desk.DecisionFile(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := &decisionOut{httpx.ETag(k.Version), decisionBody{DecisionFile: *k}}
	if len(k.Originals) > 0 {
		o := k.Originals[0]
		r, err := a.Signatures.Of(ctx, o.SHA256, o.Size, func(ctx context.Context) (io.ReadSeekCloser, error) { return a.Desk.Vault.Open(ctx, a.DB, o.SHA256) })
		if err != nil {
			return nil, err
		}
		out.Body.Signatures = &r
	}
	return out, nil
}

type recordIn struct {
	Writing
	Body struct {
		Issuer    string     `json:"issuer" maxLength:"100" doc:"id or code of the unit that issued it"`
		Number    string     `json:"number" maxLength:"200"`
		DecidedOn *ocop.Date `json:"decided_on,omitempty" format:"date"`
		About     string     `json:"about" doc:"certify or revoke"`
		Products  []string   `json:"products" doc:"ids or codes"`
		Signer    string     `json:"signer,omitempty" maxLength:"1000" doc:"as the paper names who signed"`
		Summary   string     `json:"summary,omitempty" maxLength:"2000"`
		None      bool       `json:"no_original,omitempty" doc:"no original is kept of it: it is not asked for"`
	}
}

type recordedOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     store.Decision
}

func (a *API) recordDecision(ctx context.Context, in *recordIn) (*recordedOut, error) {
	key, err := in.key(ctx, "POST /decisions", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	k, err := a.Desk.RecordDecision(ctx, casework.Recording{Unit: b.Issuer, Number: b.Number, DecidedOn: b.DecidedOn, About: ocop.Event(b.About), Products: b.Products,
		Signer: b.Signer, Summary: b.Summary, None: b.None, Actor: sessionOf(ctx).Actor, Key: key})
	if err != nil {
		return nil, err
	}
	return &recordedOut{httpx.ETag(k.Version), "/api/v1/decisions/" + k.ID, k}, nil
}

// fileOriginal reads the parts one by one: what is said of the file comes first.
func (a *API) fileOriginal(c *gin.Context) error {
	ctx := c.Request.Context()
	f := casework.Filing{Decision: c.Param("id"), Actor: sessionOf(ctx).Actor}
	k, err := a.Desk.Decision(ctx, f.Actor, f.Decision)
	if err != nil {
		return err
	}
	x, err := a.take(c, func(map[string]string) (string, error) { return k.Product, nil })
	if err != nil {
		return err
	}
	defer a.letGo(ctx, x)
	f.Name, f.Taken, f.Signer, f.Summary, f.Reason = x.name, x.file, x.fields["signer"], x.fields["summary"], x.fields["reason"]
	if f.Version, err = versionField(c, x.fields["version"]); err != nil {
		return err
	}
	w := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}
	if f.Key, err = w.key(ctx, "POST /decisions/{id}/original", f.Decision, x.fields, f.Taken.SHA256); err != nil {
		return err
	}
	done, err := a.Desk.FileOriginal(ctx, f)
	if err != nil {
		return err
	}
	c.Header("ETag", httpx.ETag(done.Version))
	c.JSON(http.StatusCreated, done)
	return nil
}

// versionField is the version of an If-Match, or of a field of a form.
func versionField(c *gin.Context, text string) (*int64, error) {
	match, err := httpx.IfMatch(c.GetHeader("If-Match"))
	if err != nil || match != nil || text == "" {
		return match, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fault.New(fault.Invalid, "shape", "Phiên bản phải là số.", "The version must be a number.")
	}
	return &n, nil
}

// original always offers the file for saving, like a document.
func (a *API) original(c *gin.Context) error {
	ctx := c.Request.Context()
	o, content, err := a.Desk.OpenOriginal(ctx, sessionOf(ctx).Actor, c.Param("id"), c.Query("file"))
	if err != nil {
		return err
	}
	offer(c, o.Name, "application/pdf", o.SHA256, content)
	return nil
}

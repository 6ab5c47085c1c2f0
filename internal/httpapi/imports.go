package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/intake"
	"ocopflow/internal/workbook"
)

// importRoutes describe what can be taken in; the files themselves go on Gin
// directly, see workbookRoutes.
func (a *API) importRoutes(r router) {
	get(r, "/api/v1/imports", "list-imports", "Imports", a.listImports)
	get(r, "/api/v1/imports/{kind}/template.xlsx", "import-template", "Imports", a.importTemplate)
}

// listImports describes the tables that the caller may take in.
func (a *API) listImports(ctx context.Context, _ *struct{}) (*listOf[workbook.Form], error) {
	items := intake.Kinds(sessionOf(ctx).Actor)
	if items == nil {
		items = []workbook.Form{}
	}
	return &listOf[workbook.Form]{Body: list[workbook.Form]{Items: items}}, nil
}

type importKind struct {
	Kind string `path:"kind" maxLength:"40" doc:"units, producers, products, certificates or documents"`
}

func (a *API) importTemplate(ctx context.Context, in *importKind) (*fileOut, error) {
	actor, lang := sessionOf(ctx).Actor, langOf(ctx)
	if err := intake.May(actor, in.Kind); err != nil {
		return nil, err
	}
	return drawn(ctx, workbook.MIME, "mau-"+in.Kind+".xlsx", func() ([]byte, error) {
		var b bytes.Buffer
		err := a.Intake.Template(ctx, actor, in.Kind, lang, &b)
		return b.Bytes(), err
	})
}

// workbookRoutes take workbooks in, as multipart/form-data with one file.
func (a *API) workbookRoutes(engine *gin.Engine, api huma.API) {
	engine.POST("/api/v1/imports/:kind", a.plain(a.importWorkbook))
	engine.POST("/api/v1/imports/:kind/marked.xlsx", a.plain(a.markWorkbook))
	text := &huma.Schema{Type: huma.TypeString}
	kind := &huma.Param{Name: "kind", In: "path", Required: true, Schema: text}
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}}}}}}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/imports/{kind}", OperationID: "import-workbook", Tags: []string{"Imports"}, Security: signedIn,
		Summary: "Take a workbook in (multipart: file), or try to", RequestBody: body,
		Parameters: []*huma.Param{kind,
			{Name: "mode", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"all", "rows"}, Default: "all"}, Description: "all: everything in one act or nothing; rows: those that are right"},
			{Name: "dry_run", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean}, Description: "decide and say what is wrong, write nothing"}},
		Responses: map[string]*huma.Response{"200": {Description: "What was entered, or would be, and every bad cell"}, "422": {Description: "Something is wrong, and nothing was entered: the same answer"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/imports/{kind}/marked.xlsx", OperationID: "mark-workbook", Tags: []string{"Imports"}, Security: signedIn,
		Summary: "Give a workbook back with its bad cells marked (multipart: file); nothing is entered", RequestBody: body, Parameters: []*huma.Param{kind},
		Responses: map[string]*huma.Response{"200": {Description: "The workbook"}},
	})
}

// patience is how long a file may take to come in and to be entered.
const patience = 30 * time.Minute

// order reads what is to be taken in; the file waits on the disk until done.
func (a *API) order(c *gin.Context) (o intake.Order, sha string, done func(), err error) {
	ctx := c.Request.Context()
	done = func() {}
	o = intake.Order{Kind: c.Param("kind"), Mode: intake.Mode(c.DefaultQuery("mode", "all")), DryRun: c.Query("dry_run") == "true", Actor: sessionOf(ctx).Actor}
	if err := intake.May(o.Actor, o.Kind); err != nil {
		return o, "", done, err
	}
	// Large files take longer than other requests may; not every writer has deadlines.
	conn, until := http.NewResponseController(c.Writer), time.Now().Add(patience)
	_, _ = conn.SetReadDeadline(until), conn.SetWriteDeadline(until)
	most := intake.MaxSize(o.Kind)
	parts, err := a.partsUpTo(c, max(most, a.MaxUpload))
	if err != nil {
		return o, "", done, err
	}
	part, err := parts.NextPart()
	for err == nil && part.FormName() != "file" {
		part, err = parts.NextPart()
	}
	if err != nil {
		return o, "", done, unreadable(err)
	}
	file, err := os.CreateTemp("", "ocopflow-import-")
	if err != nil {
		return o, "", done, err
	}
	done = func() {
		if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
			a.Log.ErrorContext(ctx, "a file stayed", "file", file.Name(), "err", err)
		}
	}
	sum := sha256.New()
	o.File = file
	if o.Size, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(part, most+1)); err != nil {
		return o, "", done, unreadable(err)
	}
	if o.Size > most {
		return o, "", done, tooLarge()
	}
	return o, hex.EncodeToString(sum.Sum(nil)), done, nil
}

// importWorkbook answers alike whether something is wrong or not: what was or
// would be entered, and every bad cell. The status tells whether it stands.
func (a *API) importWorkbook(c *gin.Context) error {
	ctx := c.Request.Context()
	o, sha, done, err := a.order(c)
	defer done()
	if err != nil {
		return err
	}
	if !o.DryRun {
		key, err := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}.key(ctx, "POST /imports/{kind}", o.Kind, o.Mode, sha)
		if err == nil && key != nil {
			// What is there already is left alone, so that repeating is safe;
			// the key only keeps another file from coming under it.
			err = a.Desk.Reserve(ctx, *key)
		}
		if err != nil {
			return err
		}
	}
	out, err := a.Intake.Import(ctx, o)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if out.Refused() {
		status = http.StatusUnprocessableEntity
	}
	c.JSON(status, out)
	return nil
}

func (a *API) markWorkbook(c *gin.Context) error {
	ctx := c.Request.Context()
	o, _, done, err := a.order(c)
	defer done()
	if err != nil {
		return err
	}
	if o.DryRun = true; c.Query("mode") == "" {
		o.Mode = intake.Rows
	}
	out, err := a.Intake.Import(ctx, o)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := intake.Mark(&b, o, out, langOf(ctx)); err != nil {
		return err
	}
	sendWorkbook(c, o.Kind+"-danh-dau.xlsx")
	_, err = b.WriteTo(c.Writer)
	return err
}

// sendWorkbook writes the headers of a workbook for saving.
func sendWorkbook(c *gin.Context, name string) {
	h := c.Writer.Header()
	h.Set("Content-Type", workbook.MIME)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Status(http.StatusOK)
}

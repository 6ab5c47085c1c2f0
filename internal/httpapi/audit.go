package httpapi

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/inspect"
	"ocopflow/internal/ledger"
	"ocopflow/internal/notary"
)

type checkpointIn struct {
	Witnessed bool `query:"witnessed" doc:"the newest that a witness co-signed, which may be older"`
}

// checkpoint is the signed tree head, as C2SP tlog-checkpoint writes it.
func (a *API) checkpoint(ctx context.Context, in *checkpointIn) (*fileOut, error) {
	take := a.Notary.Checkpoint
	if in.Witnessed {
		take = a.Notary.Witnessed
	}
	note, err := take(ctx)
	return file(mediaText, "checkpoint", note), err
}

func (a *API) ledgerKey(ctx context.Context, _ *struct{}) (*fileOut, error) {
	key, err := a.Notary.Key(ctx)
	return file(mediaText, "ocopflow.vkey", []byte(key+"\n")), err
}

type entryIn struct {
	Index int64 `path:"index" minimum:"0"`
}

type entryProofOut struct {
	Body struct {
		Index int64  `json:"index"`
		Entry string `json:"entry" doc:"the entry's canonical bytes"`
		Proof string `json:"proof" doc:"C2SP tlog-proof"`
		Key   string `json:"key"`
	}
}

// entryProof proves an entry to an auditor in whose view it lies.
func (a *API) entryProof(ctx context.Context, in *entryIn) (*entryProofOut, error) {
	if _, _, err := a.Inspector.Entry(ctx, sessionOf(ctx).Actor, in.Index); err != nil {
		return nil, err
	}
	entry, proof, err := a.Notary.Proof(ctx, in.Index)
	if err != nil {
		return nil, err
	}
	out := &entryProofOut{}
	out.Body.Index, out.Body.Entry, out.Body.Proof = in.Index, string(entry), string(proof)
	out.Body.Key, err = a.Notary.Key(ctx)
	return out, err
}

type growthIn struct {
	From int64 `query:"from" minimum:"1" required:"true" doc:"size of the older tree"`
	To   int64 `query:"to" minimum:"0" doc:"size of the newer one; the present unless given"`
}

type growthOut struct{ Body notary.Growth }

// consistency proves that an older tree is the beginning of a newer one.
func (a *API) consistency(ctx context.Context, in *growthIn) (*growthOut, error) {
	if err := a.auditor(ctx); err != nil {
		return nil, err
	}
	g, err := a.Notary.Consistency(ctx, in.From, in.To)
	return &growthOut{g}, err
}

func (a *API) auditor(ctx context.Context) error {
	if sessionOf(ctx).Actor.Has(access.Auditor) {
		return nil
	}
	return fault.New(fault.Forbidden, "who_may_not", "Việc này của thanh tra, kiểm toán.", "This is for an auditor.")
}

// auditsAll refuses whoever does not audit the whole programme: bundles of
// entries cannot be told apart by unit.
func (a *API) auditsAll(ctx context.Context) error {
	scope, err := inspect.ScopeOf(sessionOf(ctx).Actor)
	if err == nil && !scope.All {
		err = fault.New(fault.Forbidden, "who_may_not", "Việc này của thanh tra, kiểm toán toàn bộ chương trình: cấp bộ, hoặc cấp tỉnh khi chỉ có một tỉnh.",
			"This is for who audits the whole programme: at the ministry, or in the only province.")
	}
	return err
}

// tiles serve the tree as C2SP tlog-tiles, so that foreign tools read it. They
// go on Gin directly, because huma knows no wildcard.
func (a *API) tiles(engine *gin.Engine, api huma.API) {
	engine.GET("/api/v1/audit/tile/*path", a.tile)
	engine.GET("/api/v1/audit/export", a.plain(a.export))
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/audit/export", OperationID: "export-history", Tags: []string{"Audit"}, Security: signedIn,
		Summary:    "The whole history: JSON Lines, CSV, XES, OCEL 2.0 or a bundle to check offline",
		Parameters: []*huma.Param{{Name: "format", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"jsonl", "csv", "xes", "ocel", "bundle"}}}},
		Responses:  map[string]*huma.Response{"200": {Description: "The file"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/audit/tile/{path}", OperationID: "ledger-tile", Tags: []string{"Audit"},
		Summary:    "Tiles of the tree (C2SP tlog-tiles): LEVEL/N, open to all; entries/N, for auditors",
		Parameters: []*huma.Param{{Name: "path", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
		Responses:  map[string]*huma.Response{"200": {Description: "The tile"}},
	})
}

// exports are the media type and name of each format.
var exports = map[string][2]string{"jsonl": {"application/jsonl", "ledger.jsonl"}, "csv": {"text/csv; charset=utf-8", "ledger.csv"},
	"xes": {"application/xml", "ledger.xes"}, "ocel": {"application/json", "ledger.ocel.json"}, "bundle": {"application/zip", "ledger-bundle.zip"}}

// export writes the whole history to the disk and sends it from there to who
// audits the whole programme: a slow reader holds no connection of the database,
// and an export that fails is an answer, not half a file.
func (a *API) export(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := a.auditsAll(ctx); err != nil {
		return err
	}
	format := c.DefaultQuery("format", "jsonl")
	as, ok := exports[format]
	if !ok {
		return fault.New(fault.Invalid, "format_wrong", "Định dạng là jsonl, csv, xes, ocel hoặc bundle.", "A format is jsonl, csv, xes, ocel or bundle.")
	}
	file, err := os.CreateTemp("", "ocopflow-export-")
	if err != nil {
		return err
	}
	defer func() {
		if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
			a.Log.ErrorContext(ctx, "an export stayed on the disk", "file", file.Name(), "err", err)
		}
	}()
	if err := audit.Export(ctx, a.Notary, format, file); err != nil {
		return err
	}
	c.Header("Content-Type", as[0])
	c.Header("Content-Disposition", `attachment; filename="`+as[1]+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, file)
	return nil
}

func (a *API) tile(c *gin.Context) {
	t, err := ledger.ParseTile(strings.TrimPrefix(c.Param("path"), "/"))
	if err != nil {
		httpx.WriteProblem(c.Writer, c.Request, casework.NotFound())
		return
	}
	if t.Entries {
		a.plain(func(c *gin.Context) error {
			if err := a.auditsAll(c.Request.Context()); err != nil {
				return err
			}
			return a.serveTile(c, t)
		})(c)
		return
	}
	if err := a.serveTile(c, t); err != nil {
		httpx.WriteProblem(c.Writer, c.Request, httpx.FaultOf(err))
	}
}

// serveTile answers a tile. A tile never changes, so it may be kept for ever;
// bundles of entries only by the auditor's own program.
func (a *API) serveTile(c *gin.Context, t ledger.Tile) error {
	body, err := a.Notary.Tile(c.Request.Context(), t)
	if err != nil {
		return err
	}
	if body == nil {
		return casework.NotFound()
	}
	reach := "public"
	if t.Entries {
		reach = "private"
	}
	c.Header("Cache-Control", reach+", max-age=31536000, immutable")
	c.Data(http.StatusOK, "application/octet-stream", body)
	return nil
}

package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/fieldwork"
)

// materialRoutes go on Gin directly, like those of documents.
func (a *API) materialRoutes(engine *gin.Engine, api huma.API) {
	engine.POST("/api/v1/trainings/:id/materials", a.plain(a.addMaterial))
	engine.GET("/api/v1/materials/:id", a.plain(a.material))
	id := []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/trainings/{id}/materials", OperationID: "add-material", Tags: []string{"Training"}, Security: signedIn,
		Summary: "Upload a material of a training (multipart: file)", Parameters: id,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}}}}}},
		Responses: map[string]*huma.Response{"201": {Description: "The material"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/materials/{id}", OperationID: "download-material", Tags: []string{"Training"}, Security: signedIn,
		Summary: "Download a material of a training", Parameters: id, Responses: map[string]*huma.Response{"200": {Description: "The file"}},
	})
}

func (a *API) addMaterial(c *gin.Context) error {
	ctx := c.Request.Context()
	actor := sessionOf(ctx).Actor
	if _, err := a.Fieldwork.Training(ctx, actor, c.Param("id")); err != nil {
		return err
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, a.MaxUpload+64<<10)
	header, err := c.FormFile("file")
	if err != nil {
		return unreadable(err)
	}
	if header.Size > a.MaxUpload {
		return tooLarge()
	}
	file, err := header.Open()
	if err != nil {
		return unreadable(err)
	}
	content, err := io.ReadAll(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return unreadable(err)
	}
	r := fieldwork.Request{ID: c.Param("id"), Actor: actor}
	w := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}
	if r.Key, err = w.key(ctx, "POST /trainings/{id}/materials", r.ID, header.Filename, content); err != nil {
		return err
	}
	m, err := a.Fieldwork.AddMaterial(ctx, r, header.Filename, content)
	if err != nil {
		return err
	}
	c.Header("Location", "/api/v1/materials/"+m.ID)
	c.JSON(http.StatusCreated, m)
	return nil
}

// material always offers the file for saving, like a document.
func (a *API) material(c *gin.Context) error {
	ctx := c.Request.Context()
	m, content, err := a.Fieldwork.Material(ctx, sessionOf(ctx).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", m.MediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.Name}))
	c.Status(http.StatusOK)
	if _, err = c.Writer.Write(content); err != nil {
		a.Log.DebugContext(ctx, "download cut off", "err", err)
	}
	return nil
}

package httpapi

import (
	"net/http"

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
	f, err := a.take(c, forNone)
	if err != nil {
		return err
	}
	defer a.letGo(ctx, f)
	r := fieldwork.Request{ID: c.Param("id"), Actor: actor}
	w := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}
	if r.Key, err = w.key(ctx, "POST /trainings/{id}/materials", r.ID, f.name, f.file.SHA256); err != nil {
		return err
	}
	m, err := a.Fieldwork.AddMaterial(ctx, r, f.name, f.file)
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
	offer(c, m.Name, m.MediaType, m.SHA256, content)
	return nil
}

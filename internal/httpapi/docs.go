package httpapi

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/gin-gonic/gin"

	"ocopflow/workflows"
)

// static is Swagger UI, vendored so that the documentation opens offline.
//
//go:embed static
var static embed.FS

const docsPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ocopflow API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/api/docs/static/swagger-ui.css"></head>
<body><div id="docs"></div>
<script src="/api/docs/static/swagger-ui-bundle.js"></script>
<script src="/api/docs/static/start.js"></script></body></html>`

func (a *API) docs(engine *gin.Engine) {
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // embedded at build time: it is there or the program does not build
	}
	engine.GET("/api/docs", func(c *gin.Context) {
		c.Header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(docsPage))
	})
	engine.GET("/api/procedure.schema.json", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/schema+json", workflows.Schema)
	})
	engine.StaticFS("/api/docs/static", http.FS(files))
}

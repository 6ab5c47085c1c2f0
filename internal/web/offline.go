package web

import (
	"crypto/sha256"
	_ "embed" // the parts of the offline page
	"encoding/base64"
	"html"
	"net/http"
	"slices"
	"strings"

	"ocopflow/internal/httpx"

	"github.com/gin-gonic/gin"
)

//go:embed offline/offline.html
var offlinePage string

//go:embed offline/offline.css
var offlineStyle string

//go:embed offline/offline.js
var offlineScript string

// offline serves a page that checks certificates without a network once it is
// saved: one file, with the ledger's public keys in it, also those that were
// replaced. Its script and style are
// allowed by their hashes.
func (s *Site) offline(c *gin.Context) {
	published, err := s.Notary.Keys(c.Request.Context())
	if err != nil {
		s.Fault(c, httpx.FaultOf(err))
		return
	}
	var keys []string
	for _, k := range slices.Backward(published) {
		if !slices.Contains(keys, k.Key) {
			keys = append(keys, k.Key)
		}
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+hashSource(offlineScript)+"; style-src "+hashSource(offlineStyle)+"; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	page := strings.NewReplacer("STYLE", offlineStyle, "SCRIPT", offlineScript, "KEY", html.EscapeString(strings.Join(keys, " "))).Replace(offlinePage)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(page))
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

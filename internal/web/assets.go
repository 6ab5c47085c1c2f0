package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

// assets are the vendored and own style sheets, scripts and pictures, under names that change with
// their content, so that browsers may keep them for ever.
type assets map[string]asset

type asset struct {
	name    string // with its hash
	kind    string
	content []byte
	packed  []byte // gzip
}

func loadAssets(files embed.FS) (assets, error) {
	out := assets{}
	root := sub(files, "static")
	names, err := fs.Glob(root, "*.*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if path.Ext(name) == ".LICENSE" {
			continue
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		ext := path.Ext(name)
		var packed bytes.Buffer
		z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // a valid level
		if _, err := z.Write(content); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		out[name] = asset{fmt.Sprintf("%s.%s%s", strings.TrimSuffix(name, ext), hex.EncodeToString(sum[:6]), ext),
			mime.TypeByExtension(ext), content, packed.Bytes()}
	}
	return out, nil
}

// path is the address of an asset by its plain name.
func (a assets) path(name string) (string, error) {
	x, ok := a[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return "/assets/" + x.name, nil
}

func (a assets) serve(c *gin.Context) {
	for _, x := range a {
		if x.name != c.Param("name") {
			continue
		}
		h := c.Writer.Header()
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			c.Data(http.StatusOK, x.kind, x.packed)
			return
		}
		c.Data(http.StatusOK, x.kind, x.content)
		return
	}
	c.Status(http.StatusNotFound)
}

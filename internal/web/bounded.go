package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/fault"
	"ocopflow/internal/intake"
)

// maxForm bounds what a form may send: a bulk act names 5,000 products.
const maxForm = 4 << 20

// bounded reads a form of at most maxForm bytes; one with a file may hold an
// upload more.
//
// Faults: too_large; malformed.
func (s *Site) bounded(c *gin.Context) error {
	if c.Request.Method != http.MethodPost {
		return nil
	}
	if strings.HasPrefix(c.ContentType(), "multipart/") {
		most := s.MaxUpload
		if c.FullPath() == "/import" {
			most = max(most, intake.MaxBundle)
		}
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most+64<<10)
		return nil
	}
	if c.Request.ContentLength > maxForm {
		return fault.New(fault.TooLarge, "too_large", "Nội dung gửi lên quá lớn.", "What was sent is too large.")
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	if err := c.Request.ParseForm(); err != nil {
		return fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	return nil
}

package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/httpx"
)

// mountFeeds adds the calendars of a person's deadlines.
func (s *Site) mountFeeds(e *gin.Engine) {
	e.GET("/calendar/:file", s.handle(s.calendarFeed))
	e.POST("/settings/feeds", s.member(s.openFeed))
	e.POST("/settings/feeds/:id/end", s.member(s.closeFeed))
}

// calendarFeed answers calendar programs, which cannot sign in: what opens it is
// in the address.
func (s *Site) calendarFeed(p *page) error {
	token, _ := strings.CutSuffix(p.c.Param("file"), ".ics")
	body, err := s.Feeds.Read(p.ctx, token, s.base(p))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	p.c.Header("ETag", tag)
	p.c.Header("Cache-Control", "private, max-age=900")
	p.c.Header("Content-Disposition", `attachment; filename="ocop.ics"`)
	if p.c.GetHeader("If-None-Match") == tag {
		p.c.Status(http.StatusNotModified)
		return nil
	}
	p.c.Data(http.StatusOK, "text/calendar; charset=utf-8", body)
	return nil
}

// base is where the public reaches the pages.
func (s *Site) base(p *page) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	return httpx.Base(p.c.Request)
}

// openFeed makes a calendar, and shows its address this once.
func (s *Site) openFeed(p *page) error {
	made, err := s.Feeds.Open(p.ctx, p.session.Actor, p.Typed("label"), p.L())
	if err != nil {
		return p.retry(err, s.reminders)
	}
	return s.showReminders(p, s.base(p)+"/calendar/"+made.Token+".ics")
}

func (s *Site) closeFeed(p *page) error {
	if err := s.Feeds.Close(p.ctx, p.session.Actor, p.c.Param("id")); err != nil {
		return err
	}
	return p.back("", "/settings/reminders")
}

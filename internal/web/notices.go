package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/notify"
)

// mountNotices adds the page of what was said to the reader.
func (s *Site) mountNotices(e *gin.Engine) {
	e.GET("/notices", s.member(s.notices))
	e.POST("/notices/read", s.member(s.readNotices))
}

type noticesBody struct {
	Items  []notify.Notice
	Newest int64
	Unread bool
	Next   string
}

func (s *Site) notices(p *page) error {
	before, err := strconv.ParseInt(p.c.Query("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	items, err := s.Notices.List(p.ctx, p.session.Actor, before, perPage+1)
	if err != nil {
		return err
	}
	b := noticesBody{Items: items}
	if len(items) > perPage {
		b.Items = items[:perPage]
		b.Next = "/notices?before=" + strconv.FormatInt(items[perPage-1].Entry, 10)
	}
	for i, n := range b.Items {
		b.Unread = b.Unread || !n.Read
		if i == 0 {
			b.Newest = n.Entry
		}
	}
	return p.show("notices", p.T("notices"), b)
}

func (s *Site) readNotices(p *page) error {
	upTo, err := strconv.ParseInt(p.Typed("up_to"), 10, 64)
	if err != nil {
		upTo = -1 // refused as what is out of range is
	}
	if err := s.Notices.Read(p.ctx, p.session.Actor, upTo); err != nil {
		return p.retry(err, s.notices)
	}
	return p.back("/notices", "/notices")
}

// Unread is the number of notices that the reader has not read, "" for none.
func (p *page) Unread() (string, error) {
	n, err := p.site.Notices.Unread(p.ctx, p.session.Actor)
	switch {
	case err != nil || n == 0:
		return "", err
	case n >= notify.Most:
		return strconv.Itoa(notify.Most-1) + "+", nil
	}
	return strconv.Itoa(n), nil
}

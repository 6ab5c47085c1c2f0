package web

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// mountReminders adds how a person is reminded outside of the pages.
func (s *Site) mountReminders(e *gin.Engine) {
	e.GET("/settings/reminders", s.member(s.reminders))
	e.POST("/settings/reminders", s.member(s.setReminders))
	e.GET("/settings/reminders/confirm", s.member(s.askConfirm))
	e.POST("/settings/reminders/confirm", s.member(s.confirmAddress))
	e.POST("/settings/reminders/mail", s.member(s.askAgain))
	e.GET("/unsubscribe/:token", s.handle(s.showUnsubscribe))
	e.POST("/unsubscribe/:token", s.handle(s.unsubscribe))
	e.GET("/mails", s.member(s.administrator(s.mails)))
}

type remindersBody struct {
	store.Contact
	Off     bool // no mail is sent by this server
	Hours   []int
	Choices []store.Frequency
	Feeds   []store.Feed
	Made    string // address of a new calendar, shown once
}

func (s *Site) reminders(p *page) error { return s.showReminders(p, "") }

func (s *Site) showReminders(p *page, made string) error {
	c, err := s.Notices.Contact(p.ctx, p.session.Actor, p.L())
	if err != nil {
		return err
	}
	b := remindersBody{Contact: c, Made: made, Off: s.Notices.Mail == nil, Choices: []store.Frequency{store.DeliverEach, store.DeliverDaily, store.DeliverNone}}
	for h := range 24 {
		b.Hours = append(b.Hours, h)
	}
	if b.Feeds, err = s.Feeds.List(p.ctx, p.session.Actor); err != nil {
		return err
	}
	if p.Problem != nil && p.c.Request.PostForm.Has("address") { // what was typed stays
		b.Contact = p.typedContact()
		b.VerifiedAt = c.VerifiedAt
	}
	switch p.c.Query("done") {
	case "saved":
		p.Notice = p.T("reminders_saved")
	case "asked":
		p.Notice = p.T("address_asked")
	case "confirmed":
		p.Notice = p.T("address_confirmed")
	}
	return p.show("reminders", p.T("reminders"), b)
}

// typedContact are the settings of the form; what is no hour is refused as one.
func (p *page) typedContact() store.Contact {
	hour := func(name string) int {
		h, err := strconv.Atoi(p.Typed(name))
		if err != nil {
			return -1
		}
		return h
	}
	version, _ := strconv.ParseInt(p.Typed("version"), 10, 64) // 0 for the first time
	return store.Contact{Address: p.Typed("address"), Delivery: store.Frequency(p.Typed("delivery")), QuietFrom: hour("quiet_from"), QuietUntil: hour("quiet_until"),
		RestDays: p.Typed("rest_days") != "", Lang: ocop.Lang(p.Typed("lang")), Version: version}
}

func (s *Site) setReminders(p *page) error {
	c, err := s.Notices.SetContact(p.ctx, p.session.Actor, p.typedContact(), p.key("contact"))
	if err != nil {
		return p.retry(err, s.reminders)
	}
	if c.Address != "" && c.VerifiedAt == nil {
		return p.back("", "/settings/reminders?done=asked")
	}
	return p.back("", "/settings/reminders?done=saved")
}

func (s *Site) askAgain(p *page) error {
	if err := s.Notices.AskAgain(p.ctx, p.session.Actor); err != nil {
		return p.retry(err, s.reminders)
	}
	return p.back("", "/settings/reminders?done=asked")
}

// askConfirm asks for a click: programs that look into mails follow links.
func (s *Site) askConfirm(p *page) error {
	return p.show("confirm-address", p.T("address_confirm"), p.c.Query("ticket"))
}

func (s *Site) confirmAddress(p *page) error {
	if err := s.Notices.Confirm(p.ctx, p.session.Actor, p.Typed("ticket")); err != nil {
		return err
	}
	return p.back("", "/settings/reminders?done=confirmed")
}

type unsubscribeBody struct {
	Token string
	Done  bool
}

func (s *Site) showUnsubscribe(p *page) error {
	return p.show("unsubscribe", p.T("unsubscribe"), unsubscribeBody{Token: p.c.Param("token")})
}

// unsubscribe answers a click and, for mail programs, RFC 8058.
func (s *Site) unsubscribe(p *page) error {
	if err := s.Notices.Unsubscribe(p.ctx, p.c.Param("token")); err != nil {
		return err
	}
	return p.show("unsubscribe", p.T("unsubscribe"), unsubscribeBody{Done: true})
}

type mailsBody struct {
	State string
	Items []store.Mail
	Next  string
}

func (s *Site) mails(p *page) error {
	b := mailsBody{State: p.c.Query("state")}
	var err error
	if b.Items, err = s.Notices.Mails(p.ctx, p.session.Actor, store.MailState(b.State), p.c.Query("before"), perPage+1); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/mails?" + url.Values{"state": {b.State}, "before": {b.Items[perPage-1].ID}}.Encode()
	}
	return p.show("mails", p.T("mails"), b)
}

// MailStates are what may have become of a mail.
func (p *page) MailStates() []string {
	return []string{string(store.MailWaiting), string(store.MailSent), string(store.MailDropped), string(store.MailFailed)}
}

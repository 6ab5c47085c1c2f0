package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/store"
	"ocopflow/internal/webhook"
)

// mountWebhooks adds the pages of receivers of events.
func (s *Site) mountWebhooks(e *gin.Engine) {
	e.GET("/webhooks", s.member(s.webhooks))
	e.POST("/webhooks", s.member(s.registerWebhook))
	e.GET("/webhooks/:id", s.member(s.webhook))
	e.POST("/webhooks/:id", s.member(s.webhookAct))
}

// Connects reports whether the reader registers webhooks.
func (p *page) Connects() bool { return p.holds([]ocop.Role{access.Admin, access.Office}) }

type webhooksBody struct {
	Items []store.Webhook
	Next  string
	Types []string
	Made  *webhook.Registered // shown once
}

func (s *Site) webhooks(p *page) error { return s.showWebhooks(p, nil) }

func (s *Site) showWebhooks(p *page, made *webhook.Registered) error {
	b := webhooksBody{Types: webhook.Types, Made: made}
	var err error
	if b.Items, err = s.Webhooks.List(p.ctx, p.session.Actor, p.c.Query("after"), perPage+1); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/webhooks?after=" + b.Items[perPage-1].ID
	}
	return p.show("webhooks", p.T("webhooks"), b)
}

func (s *Site) registerWebhook(p *page) error {
	made, err := s.Webhooks.Register(p.ctx, p.session.Actor, webhook.New{Unit: p.Typed("unit"), URL: p.Typed("url"), Types: p.c.Request.PostForm["types"]})
	if err != nil {
		if fault.Is(err, fault.Forbidden) {
			return err
		}
		if fault.Is(err, fault.NotFound) { // of the unit that was typed
			err = fault.New(fault.Invalid, "webhook_wrong", "Không có đơn vị này.", "There is no such unit.")
		}
		return p.retry(err, s.webhooks)
	}
	return s.showWebhooks(p, &made)
}

type webhookBody struct {
	store.Webhook
	Fresh  string // a new secret, shown once
	State  string
	States []store.DeliveryState
	Log    []store.Delivery
	Next   string
}

func (s *Site) webhook(p *page) error { return s.showWebhook(p, "") }

func (s *Site) showWebhook(p *page, secret string) error {
	id := p.c.Param("id")
	w, err := s.Webhooks.Get(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	b := webhookBody{Webhook: w, Fresh: secret, State: p.c.Query("state"), States: []store.DeliveryState{store.DeliveryWaiting, store.DeliveryDone, store.DeliveryFailed}}
	if b.Log, err = s.Webhooks.Deliveries(p.ctx, p.session.Actor, store.DeliveryFilter{Webhook: id, State: store.DeliveryState(b.State), Before: p.c.Query("before"), Limit: perPage + 1}); err != nil {
		return err
	}
	if len(b.Log) > perPage {
		b.Log = b.Log[:perPage]
		b.Next = "/webhooks/" + id + "?" + url.Values{"state": {b.State}, "before": {b.Log[perPage-1].ID}}.Encode()
	}
	if n, err := strconv.Atoi(p.c.Query("replayed")); err == nil {
		p.Notice = p.T("replayed") + ": " + strconv.Itoa(n)
	}
	return p.show("webhook", p.T("webhooks")+" – "+w.Unit.Name, b)
}

// Subject is the page of what the events of a stream are about.
func (p *page) Subject(stream string) string {
	switch kind, id, _ := strings.Cut(stream, ":"); kind {
	case "product":
		return "/products/" + id
	case "campaign":
		return "/campaigns/" + id
	default:
		return petition.Page(stream)
	}
}

// webhookAct does what one of the page's forms asks for.
func (s *Site) webhookAct(p *page) error {
	id, a := p.c.Param("id"), p.session.Actor
	to := "/webhooks/" + id
	var err error
	switch p.Typed("act") {
	case "remove":
		err, to = s.Webhooks.Remove(p.ctx, a, id), "/webhooks"
	case "enable":
		_, err = s.Webhooks.Enable(p.ctx, a, id)
	case "ping":
		_, err = s.Webhooks.Ping(p.ctx, a, id)
	case "replay":
		var n int64
		if n, err = s.Webhooks.Replay(p.ctx, a, id, p.again()); err == nil {
			to += "?replayed=" + strconv.FormatInt(n, 10)
		}
	case "rotate":
		made, err := s.Webhooks.Rotate(p.ctx, a, id)
		if err != nil {
			return err
		}
		return s.showWebhook(p, made.Secret)
	default:
		if _, err := s.Webhooks.Get(p.ctx, a, id); err != nil {
			return err
		}
		err = fault.New(fault.Invalid, "act", "Không rõ muốn làm gì.", "It is not clear what to do.")
	}
	if err != nil {
		return p.retry(err, s.webhook)
	}
	return p.back("", to)
}

// again is what a form wants sent once more; what is no number is no range.
func (p *page) again() webhook.Again {
	number := func(name string) *int64 {
		n, err := strconv.ParseInt(p.Typed(name), 10, 64)
		if err != nil {
			return nil
		}
		return &n
	}
	return webhook.Again{Delivery: p.Typed("delivery"), From: number("from"), To: number("to")}
}

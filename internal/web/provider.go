package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/provider"
	"ocopflow/internal/store"
)

// providerCookie keeps a sign-in with another provider while the browser is there.
const providerCookie = "ocopflow_provider"

const providerLife = 10 * time.Minute

// away is what is kept while a browser is at the provider.
type away struct {
	provider.Started
	Back string
	Link string // account to link to; "" to sign in
}

// ProviderLabel is what people call the other way to sign in; "" without one.
func (p *page) ProviderLabel() string {
	if p.site.Provider == nil {
		return ""
	}
	return p.site.Provider.Label
}

func (s *Site) goToProvider(p *page) error { return s.leave(p, away{Back: p.c.Query("back")}) }

func (s *Site) goToLink(p *page) error { return s.leave(p, away{Link: p.session.Account.ID}) }

func (s *Site) leave(p *page, a away) error {
	if s.Provider == nil {
		return noProvider()
	}
	base := s.PublicURL
	if base == "" {
		base = httpx.Base(p.c.Request)
	}
	address, started, err := s.Provider.Begin(p.ctx, base+"/sign-in/provider/return")
	if err != nil {
		return err
	}
	a.Started = started
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	ticket, err := s.People.Ticket("provider", string(text), providerLife)
	if err != nil {
		return err
	}
	httpx.SetCookie(p.c.Writer, p.c.Request, providerCookie, ticket, int(providerLife/time.Second))
	p.c.Redirect(http.StatusSeeOther, address)
	return nil
}

func noProvider() error {
	return fault.New(fault.NotFound, "not_found", "Không tìm thấy.", "Not found.")
}

// comeBack takes a browser from the provider: signed in, or asked whether the
// identity shall stand for the account.
func (s *Site) comeBack(p *page) error {
	if s.Provider == nil {
		return noProvider()
	}
	text, err := s.People.ReadTicket("provider", httpx.Cookie(p.c.Request, providerCookie))
	if err != nil {
		return err
	}
	httpx.SetCookie(p.c.Writer, p.c.Request, providerCookie, "", -1)
	var a away
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return err
	}
	who, err := s.Provider.Finish(p.ctx, a.Started, p.c.Query("state"), p.c.Query("code"))
	if err != nil {
		return p.refusedSignIn(err, "sign-in", signInBody{Back: a.Back})
	}
	if a.Link != "" {
		return s.askToLink(p, a.Link, who)
	}
	entered, err := s.People.BeginAs(p.ctx, who.Issuer, who.Subject, who.Factors, p.caller())
	if err != nil {
		return p.refusedSignIn(err, "sign-in", signInBody{Back: a.Back})
	}
	return p.entered(entered, a.Back)
}

type linkBody struct {
	provider.Person
	Ticket string
}

// askToLink shows whom the provider named before anything is linked, so that
// nobody links a stranger's identity unseen.
func (s *Site) askToLink(p *page, account string, who provider.Person) error {
	if p.session == nil || p.session.Account.ID != account {
		return p.back("/sign-in?back="+url.QueryEscape("/settings"), "/sign-in")
	}
	text, err := json.Marshal(who)
	if err != nil {
		return err
	}
	b := linkBody{Person: who}
	if b.Ticket, err = s.People.Ticket("link "+account, string(text), providerLife); err != nil {
		return err
	}
	return p.show("link", p.T("link_identity"), b)
}

func (s *Site) link(p *page) error {
	text, err := s.People.ReadTicket("link "+p.session.Account.ID, p.Typed("ticket"))
	if err != nil {
		return p.retry(err, s.settings)
	}
	var who provider.Person
	if err := json.Unmarshal([]byte(text), &who); err != nil {
		return err
	}
	if err := s.People.Link(p.ctx, *p.session, store.Identity{Issuer: who.Issuer, Subject: who.Subject, Label: who.Label}); err != nil {
		return p.retry(err, s.settings)
	}
	return p.back("", "/settings")
}

func (s *Site) unlink(p *page) error {
	if err := s.People.Unlink(p.ctx, *p.session, p.Typed("issuer"), p.Typed("subject")); err != nil {
		return p.retry(err, s.settings)
	}
	return p.back("", "/settings")
}

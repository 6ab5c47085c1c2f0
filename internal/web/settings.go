package web

import (
	"strconv"
	"time"

	"ocopflow/internal/accounts"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/store"
)

type settingsBody struct {
	Sessions []store.Credential
	Tokens   []store.Credential
	Current  string
	Factor   struct {
		On   bool
		Left int // recovery codes
	}
	Identities []store.Identity
	Made       *accounts.Secret // a token, shown once
}

func (s *Site) settings(p *page) error { return s.showSettings(p, nil) }

func (s *Site) showSettings(p *page, made *accounts.Secret) error {
	b := settingsBody{Current: p.session.Credential, Made: made}
	var err error
	if _, b.Factor.Left, b.Factor.On, err = s.People.HasFactor(p.ctx, p.session.Account.ID); err != nil {
		return err
	}
	if b.Identities, err = s.People.Identities(p.ctx, *p.session); err != nil {
		return err
	}
	if b.Sessions, err = s.People.Sessions(p.ctx, *p.session); err != nil {
		return err
	}
	if b.Tokens, err = s.People.Tokens(p.ctx, p.session.Actor); err != nil {
		return err
	}
	if p.c.Query("done") == "password" {
		p.Notice = p.T("password_changed")
	}
	if p.session.Account.MustChange && p.Problem == nil {
		p.Notice = p.T("password_must_change")
	} else if p.session.MustEnrol && p.Problem == nil {
		p.Notice = p.T("factor_must")
	}
	return p.show("settings", p.T("settings"), b)
}

func (s *Site) changePassword(p *page) error {
	err := s.People.ChangePassword(p.ctx, *p.session, p.Typed("present"), p.Typed("next"))
	if err == nil {
		return p.back("", "/settings?done=password")
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.TooMany {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return s.settings(p)
}

// endCredential ends a session or a token of one's own.
func (s *Site) endCredential(p *page) error {
	if err := s.People.Forget(p.ctx, p.session.Actor, p.c.Param("id")); err != nil {
		return err
	}
	return p.back("", "/settings")
}

func (s *Site) signOutEverywhere(p *page) error {
	if err := s.People.SignOutEverywhere(p.ctx, *p.session); err != nil {
		return err
	}
	httpx.SetSession(p.c.Writer, p.c.Request, "", -1)
	return p.back("", "/sign-in")
}

// addToken makes a token for a program, and shows its secret this once.
func (s *Site) addToken(p *page) error {
	days, _ := strconv.Atoi(p.Typed("days")) // 0 means the longest
	scope := ""
	if p.Typed("scope") != "write" {
		scope = accounts.ScopeRead
	}
	made, err := s.People.ScopedToken(p.ctx, p.session.Actor, p.Typed("label"), time.Duration(days)*24*time.Hour, scope)
	if err != nil {
		return p.retry(err, s.settings)
	}
	return s.showSettings(p, &made)
}

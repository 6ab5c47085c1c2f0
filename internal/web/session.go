package web

import (
	"net/url"
	"time"

	"ocopflow/internal/accounts"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
)

type signInBody struct{ Back, Name string }

func (s *Site) showSignIn(p *page) error {
	return p.show("sign-in", p.T("sign_in"), signInBody{Back: p.c.Query("back")})
}

// halfCookie carries a sign-in from the password to the second factor.
const halfCookie = "ocopflow_sign_in"

func (s *Site) signIn(p *page) error {
	name := p.Typed("name")
	entered, err := s.People.Begin(p.ctx, name, p.Typed("password"), p.caller())
	if err != nil {
		return p.refusedSignIn(err, "sign-in", signInBody{p.Typed("back"), name})
	}
	return p.entered(entered, p.Typed("back"))
}

func (p *page) caller() accounts.Caller {
	return accounts.Caller{Address: p.c.ClientIP(), Browser: accounts.Browser(p.c.Request.UserAgent())}
}

// entered goes on with a session, or asks for the second factor first.
func (p *page) entered(e accounts.Entered, back string) error {
	if e.Half != "" {
		httpx.SetCookie(p.c.Writer, p.c.Request, halfCookie, e.Half, int(accounts.HalfLife/time.Second))
		return p.back("/sign-in/code?back="+url.QueryEscape(back), "/sign-in")
	}
	httpx.SetSession(p.c.Writer, p.c.Request, e.Session.Secret, int(accounts.SessionLife/time.Second))
	return p.back(back, "/")
}

// refusedSignIn shows a step of signing in again with what went wrong.
func (p *page) refusedSignIn(err error, name string, body signInBody) error {
	f := fault.Of(err)
	if f.Kind != fault.Unauthorized && f.Kind != fault.TooMany && f.Kind != fault.Invalid && f.Kind != fault.Forbidden {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return p.show(name, p.T("sign_in"), body)
}

func (s *Site) showCode(p *page) error {
	return p.show("sign-in-code", p.T("second_factor"), signInBody{Back: p.c.Query("back")})
}

func (s *Site) signInCode(p *page) error {
	secret, err := s.People.Finish(p.ctx, httpx.Cookie(p.c.Request, halfCookie), p.Typed("code"), p.caller())
	if err != nil {
		return p.refusedSignIn(err, "sign-in-code", signInBody{Back: p.Typed("back")})
	}
	httpx.SetCookie(p.c.Writer, p.c.Request, halfCookie, "", -1)
	return p.entered(accounts.Entered{Session: secret}, p.Typed("back"))
}

func (s *Site) signOut(p *page) error {
	if err := s.People.Forget(p.ctx, p.session.Actor, p.session.Credential); err != nil {
		return err
	}
	httpx.SetSession(p.c.Writer, p.c.Request, "", -1)
	return p.back("", "/sign-in")
}

// moveClock moves the demo to the morning of a day.
func (s *Site) moveClock(p *page) error {
	day, err := ocop.ParseDate(p.Typed("day"))
	if err != nil {
		return fault.New(fault.Invalid, "shape", "Ngày không hợp lệ.", "That is not a day.")
	}
	to := day.Start().Add(8 * time.Hour)
	if ocop.DateOf(s.Clock()) == day {
		to = s.Clock()
	}
	if err := s.SetClock(p.ctx, to); err != nil {
		return err
	}
	return p.back("", "/")
}

type verifyBody struct {
	Number string
	Found  *register.Verification
}

func (s *Site) findCertificate(p *page) error {
	if n := p.c.Query("number"); n != "" {
		return s.showCertificate(p, n)
	}
	return p.show("verify", p.T("verify_title"), verifyBody{})
}

func (s *Site) verify(p *page) error { return s.showCertificate(p, p.c.Param("number")) }

func (s *Site) showCertificate(p *page, number string) error {
	body := verifyBody{Number: number}
	v, err := register.Verify(p.ctx, s.DB, number, ocop.DateOf(s.Clock()))
	switch {
	case err == nil:
		body.Found = &v
	case fault.Is(err, fault.NotFound):
		f := fault.Of(err)
		p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	default:
		return err
	}
	return p.show("verify", p.T("verify_title"), body)
}

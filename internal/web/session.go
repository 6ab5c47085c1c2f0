package web

import (
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

func (s *Site) signIn(p *page) error {
	name := p.Typed("name")
	secret, _, err := s.People.SignIn(p.ctx, name, p.Typed("password"), accounts.Caller{Address: p.c.ClientIP(), Browser: accounts.Browser(p.c.Request.UserAgent())})
	switch {
	case err == nil:
		httpx.SetSession(p.c.Writer, p.c.Request, secret.Secret, int(accounts.SessionLife/time.Second))
		return p.back(p.Typed("back"), "/")
	case !fault.Is(err, fault.Unauthorized) && !fault.Is(err, fault.TooMany):
		return err
	}
	f := fault.Of(err)
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return p.show("sign-in", p.T("sign_in"), signInBody{p.Typed("back"), name})
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

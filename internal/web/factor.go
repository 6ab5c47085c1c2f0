package web

import (
	"encoding/base64"
	"html/template"

	"ocopflow/internal/accounts"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/paper"
)

type factorBody struct {
	accounts.Enrolment
	QR    template.URL // of the address for the app, as a picture in itself
	Codes []string     // for recovery, shown once
}

// showFactor offers a second factor: a code to scan, and a field for the first
// code of the app.
func (s *Site) showFactor(p *page) error {
	e, err := s.People.Enrol(p.ctx, *p.session)
	if err != nil {
		return p.retry(err, s.settings)
	}
	return p.factor(e)
}

func (p *page) factor(e accounts.Enrolment) error {
	picture, err := paper.QR(e.URI, 240)
	if err != nil {
		return err
	}
	if p.session.MustEnrol && p.Problem == nil {
		p.Notice = p.T("factor_must")
	}
	qr := template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)) //nolint:gosec // made here
	return p.show("factor", p.T("second_factor"), factorBody{Enrolment: e, QR: qr})
}

func (s *Site) confirmFactor(p *page) error {
	codes, err := s.People.Confirm(p.ctx, *p.session, p.Typed("ticket"), p.Typed("code"))
	if err == nil {
		return p.show("factor", p.T("second_factor"), factorBody{Codes: codes})
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	if e, err := s.People.Resume(*p.session, p.Typed("ticket")); err == nil && f.Code == "wrong_code" {
		return p.factor(e)
	}
	return s.settings(p)
}

func (s *Site) dropFactor(p *page) error {
	if err := s.People.DropFactor(p.ctx, *p.session, p.Typed("present")); err != nil {
		return p.retry(err, s.settings)
	}
	return p.back("", "/settings")
}

package web

import (
	"net/url"

	"ocopflow/internal/access"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type councilsBody struct {
	Sessions []council.View
	Councils []store.Council
	Units    []candidates // in which the reader may appoint
}

// candidates are the people of a unit who may sit on its council.
type candidates struct {
	Unit   ocop.Unit
	People []store.Account
}

func (s *Site) councils(p *page) error {
	actor := p.session.Actor
	var b councilsBody
	var err error
	if b.Sessions, err = s.Councils.Sessions(p.ctx, actor, store.SessionFilter{Limit: 100}); err != nil {
		return err
	}
	if b.Councils, err = s.Councils.Councils(p.ctx, actor, "", 100); err != nil {
		return err
	}
	for _, g := range actor.Grants {
		if g.Role != access.Office && g.Role != access.Leader && g.Role != access.Secretary {
			continue
		}
		u, err := store.Unit(p.ctx, s.DB, g.Unit)
		if err != nil {
			return err
		}
		people, err := store.AccountsIn(p.ctx, s.DB, g.Unit)
		if err != nil {
			return err
		}
		b.Units = append(b.Units, candidates{*u, people})
	}
	return p.show("councils", p.T("councils"), b)
}

func (s *Site) appoint(p *page) error {
	a := council.Appointment{Name: p.Typed("name"), Unit: p.Typed("unit"), Decision: p.Typed("decision"), Actor: p.session.Actor, Key: p.key("appoint")}
	if day, err := ocop.ParseDate(p.Typed("decided_on")); err == nil {
		a.DecidedOn = &day
	}
	people, err := store.AccountsIn(p.ctx, s.DB, a.Unit)
	if err != nil {
		return err
	}
	for _, x := range people {
		if position := p.Typed("position." + x.ID); position != "" {
			a.Members = append(a.Members, council.Sitting{Account: x.ID, Position: store.Position(position)})
		}
	}
	if _, err := s.Councils.Appoint(p.ctx, a); err != nil {
		return p.retry(err, s.councils)
	}
	return p.back("/councils", "/councils")
}

// retry shows a page again with what went wrong.
func (p *page) retry(err error, show handler) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return show(p)
}

func (s *Site) beginSession(p *page) error {
	id := p.c.Param("id")
	c := council.Call{Product: id, Council: p.Typed("council"), Kind: p.Typed("kind"), Place: p.Typed("place"), Actor: p.session.Actor, Key: p.key("begin " + id)}
	if day, err := ocop.ParseDate(p.Typed("held_on")); err == nil {
		c.HeldOn = &day
	}
	v, err := s.Councils.Begin(p.ctx, c)
	if err != nil {
		return s.again(p, err, "")
	}
	return p.back("/sessions/"+url.PathEscape(v.ID), "/councils")
}

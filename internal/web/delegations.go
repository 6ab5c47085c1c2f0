package web

import (
	"slices"
	"strings"

	"ocopflow/internal/accounts"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type delegationsBody struct {
	Given, Got []delegationLine
	Roles      []choice // role and unit that the reader can give on
}

// delegationLine is a delegation in words.
type delegationLine struct {
	store.Delegation
	RoleName, UnitName, With string
	Runs                     bool // or will
}

func (s *Site) delegations(p *page) error {
	actor := p.session.Actor
	rows, err := s.People.Delegations(p.ctx, actor, "", 200)
	if err != nil {
		return err
	}
	b := delegationsBody{}
	for _, d := range rows {
		line, err := p.delegationLine(d)
		if err != nil {
			return err
		}
		if d.Delegator == actor.ID {
			b.Given = append(b.Given, line)
		} else {
			b.Got = append(b.Got, line)
		}
	}
	for _, g := range actor.Grants {
		if g.For != "" || !slices.Contains(accounts.Delegable, g.Role) {
			continue
		}
		u, err := store.Unit(p.ctx, s.DB, g.Unit)
		if err != nil {
			return err
		}
		if u != nil {
			b.Roles = append(b.Roles, choice{Value: string(g.Role) + " " + u.Code, Title: p.RoleName(g.Role) + " · " + u.Name.In(p.L())})
		}
	}
	return p.show("delegations", p.T("delegations"), b)
}

func (p *page) delegationLine(d store.Delegation) (delegationLine, error) {
	line := delegationLine{Delegation: d, RoleName: p.RoleName(d.Role), UnitName: d.Unit, Runs: d.EndedAt == nil && d.Until >= ocop.DateOf(p.site.Clock())}
	u, err := store.Unit(p.ctx, p.site.DB, d.Unit)
	if err != nil {
		return line, err
	}
	if u != nil {
		line.UnitName = u.Name.In(p.L())
	}
	other := d.Delegate
	if other == p.session.Account.ID {
		other = d.Delegator
	}
	acc, err := store.AccountByID(p.ctx, p.site.DB, other)
	if err == nil && acc != nil {
		line.With = acc.Display
	}
	return line, err
}

func (s *Site) delegate(p *page) error {
	role, unit := cutRole(p.Typed("role"))
	n := accounts.NewDelegation{Role: role, Unit: unit, To: p.Typed("to"), From: p.Typed("from"), Until: p.Typed("until"), Reason: p.Typed("reason")}
	if _, err := s.People.Delegate(p.ctx, p.session.Actor, n, p.key("delegate")); err != nil {
		return p.retry(err, s.delegations)
	}
	return p.back("/delegations", "/delegations")
}

func (s *Site) endDelegation(p *page) error {
	if err := s.People.EndDelegation(p.ctx, p.session.Actor, p.c.Param("id")); err != nil {
		return p.retry(err, s.delegations)
	}
	return p.back("/delegations", "/delegations")
}

// cutRole reads a role and a unit's code as the form joins them.
func cutRole(text string) (ocop.Role, string) {
	role, unit, _ := strings.Cut(text, " ")
	return ocop.Role(role), unit
}

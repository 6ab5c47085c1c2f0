package web

import (
	"net/url"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// administrator runs a handler for those who look after accounts.
func (s *Site) administrator(h handler) handler {
	return func(p *page) error {
		if !p.session.Actor.Has(access.Admin) {
			return accounts.NotAdmin()
		}
		return h(p)
	}
}

type accountsBody struct {
	Q     string
	Items []personLine
	Next  string
	Roles []ocop.Role
	Units []ocop.Unit // below the reader, to choose from
}

// personLine is an account with what it holds, in words.
type personLine struct {
	store.Account
	Held []heldLine
}

type heldLine struct {
	ID   string // of the grant
	Role string
	Unit string
}

func (s *Site) accounts(p *page) error {
	b := accountsBody{Q: p.c.Query("q"), Roles: access.Grantable}
	rows, err := s.People.List(p.ctx, p.session.Actor, p.c.Query("after"), b.Q, perPage+1)
	if err != nil {
		return err
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		b.Next = "/accounts?" + url.Values{"q": {b.Q}, "after": {rows[perPage-1].Name}}.Encode()
	}
	for _, acc := range rows {
		held, err := store.HeldBy(p.ctx, s.DB, acc.ID)
		if err != nil {
			return err
		}
		line, err := p.heldLines(held)
		if err != nil {
			return err
		}
		b.Items = append(b.Items, personLine{acc, line})
	}
	if b.Units, err = p.administered(); err != nil {
		return err
	}
	return p.show("accounts", p.T("accounts"), b)
}

func (p *page) heldLines(held []store.HeldGrant) ([]heldLine, error) {
	var out []heldLine
	for _, h := range held {
		u, err := store.Unit(p.ctx, p.site.DB, h.Unit)
		if err != nil {
			return nil, err
		}
		line := heldLine{ID: h.ID, Role: p.RoleName(h.Role), Unit: h.Unit}
		if u != nil {
			line.Unit = u.Name.In(p.L())
		}
		out = append(out, line)
	}
	return out, nil
}

// maxOffered is how many units a form offers; others are typed by their code.
const maxOffered = 300

// administered are the first units that the reader administers.
func (p *page) administered() ([]ocop.Unit, error) {
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if g.Role == access.Admin {
			places = append(places, g.Path)
		}
	}
	return store.UnitsBelow(p.ctx, p.site.DB, places, "", maxOffered)
}

// addAccount makes an account with its first role and a password that serves
// once, and shows both.
func (s *Site) addAccount(p *page) error {
	actor := p.session.Actor
	acc, err := s.People.Add(p.ctx, actor, accounts.NewAccount{Name: p.Typed("name"), Display: p.Typed("display")}, p.key("account"))
	if err != nil {
		return p.retry(err, s.accounts)
	}
	password, err := s.People.Reset(p.ctx, actor, acc.ID)
	if err != nil {
		return err
	}
	if role := p.Typed("role"); role != "" {
		if _, err := s.People.Grant(p.ctx, actor, acc.ID, ocop.Role(role), p.Typed("unit"), nil); err != nil {
			return p.retry(err, func(p *page) error { return s.showAccount(p, acc.ID, password) })
		}
	}
	return s.showAccount(p, acc.ID, password)
}

type accountBody struct {
	personLine
	Password string // that was just given, shown once
	Roles    []ocop.Role
	Units    []ocop.Unit
	Self     bool
	Factor   bool
}

func (s *Site) account(p *page) error { return s.showAccount(p, p.c.Param("id"), "") }

func (s *Site) showAccount(p *page, id, password string) error {
	who, err := s.People.Person(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	b := accountBody{personLine: personLine{Account: who.Account}, Password: password, Self: who.ID == p.session.Account.ID}
	if b.Held, err = p.heldLines(who.Held); err != nil {
		return err
	}
	if _, _, b.Factor, err = s.People.HasFactor(p.ctx, who.ID); err != nil {
		return err
	}
	if b.Units, err = p.administered(); err != nil {
		return err
	}
	b.Roles = slices.Clone(access.Grantable)
	return p.show("account", b.Display, b)
}

// accountAct is one of the buttons of an account's page.
func (s *Site) accountAct(p *page) error {
	id, actor := p.c.Param("id"), p.session.Actor
	if _, err := s.People.Person(p.ctx, actor, id); err != nil {
		return err
	}
	var err error
	password := ""
	switch p.Typed("act") {
	case "grant":
		_, err = s.People.Grant(p.ctx, actor, id, ocop.Role(p.Typed("role")), p.Typed("unit"), p.key("grant "+id))
	case "revoke":
		err = s.People.Revoke(p.ctx, actor, id, p.Typed("grant"))
	case "disable":
		_, err = s.People.Disable(p.ctx, actor, id, true)
	case "enable":
		_, err = s.People.Disable(p.ctx, actor, id, false)
	case "reset":
		password, err = s.People.Reset(p.ctx, actor, id)
	case "reset-factor":
		err = s.People.ResetFactor(p.ctx, actor, id)
	default:
		err = fault.New(fault.Invalid, "shape", "Hãy chọn một việc trên trang.", "Choose one of the acts on the page.")
	}
	if err != nil {
		return p.retry(err, s.account)
	}
	if password != "" {
		return s.showAccount(p, id, password)
	}
	return p.back("/accounts/"+url.PathEscape(id), "/accounts")
}

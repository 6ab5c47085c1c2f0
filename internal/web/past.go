package web

import (
	"strings"
	"time"

	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/inspect"
	"ocopflow/internal/ocop"
)

type pastBody struct {
	Product, At, To string // as typed
	Asked           bool
	Then            *casework.Product
	Moment, Until   time.Time
	Deadlines       []calendar.Due
	Holders         []inspect.Holder
	Changes         []change
	Compared        bool
}

// past shows a product as it stood at a moment, and what changed of it until
// another.
func (s *Site) past(p *page) error {
	b := pastBody{Product: strings.TrimSpace(p.c.Query("product")), At: p.c.Query("at"), To: p.c.Query("to")}
	if b.At == "" {
		b.At = s.Clock().In(ocop.Hanoi).Format(localForm)
	}
	if b.Product != "" {
		b.Asked = true
		if err := s.then(p, &b); err != nil {
			if err = p.wrong(err); err != nil {
				return err
			}
		}
	}
	return p.show("past", p.T("past"), b)
}

// localForm is how browsers write a moment without a zone; ours is Hanoi's.
const localForm = "2006-01-02T15:04"

// momentOf reads a minute of a form, which means its end, but never later than
// now; or whatever the API takes for a moment.
//
// Faults: moment_wrong (Invalid).
func (s *Site) momentOf(text string) (time.Time, error) {
	at, err := time.ParseInLocation(localForm, text, ocop.Hanoi)
	if err != nil {
		return inspect.ParseMoment(text)
	}
	end := at.Add(time.Minute - time.Microsecond).UTC()
	if now := s.Clock(); end.After(now) && !at.After(now) {
		return now, nil
	}
	return end, nil
}

func (s *Site) then(p *page, b *pastBody) error {
	id, err := s.Inspector.Product(p.ctx, p.session.Actor, b.Product)
	if err != nil {
		return err
	}
	if b.Moment, err = s.momentOf(b.At); err != nil {
		return err
	}
	if err := s.Archive.At(p.ctx, b.Moment, id, func(m *inspect.Moment) error { return s.stood(p, m, id, b) }); err != nil {
		return err
	}
	if b.To == "" {
		return nil
	}
	if b.Until, err = s.momentOf(b.To); err != nil {
		return err
	}
	list, err := s.Archive.Diff(p.ctx, b.Moment, b.Until, id)
	if err != nil {
		return err
	}
	b.Compared = true
	b.Changes, err = p.changes(list)
	return err
}

// stood reads what is shown of a moment.
func (s *Site) stood(p *page, m *inspect.Moment, id string, b *pastBody) error {
	x, err := m.Desk.Product(p.ctx, p.session.Actor, id)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "not_then", "Lúc đó chưa có sản phẩm này.", "The product was not there at that moment.")
	}
	if err != nil {
		return err
	}
	v := casework.View(*x)
	b.Then = &v
	if b.Deadlines, _, err = m.Desk.Deadlines(p.ctx, p.session.Actor, id); err != nil || !p.AuditsAll() {
		return err
	}
	b.Holders, err = m.Holders(p.ctx, *x)
	return err
}

// RoleName names a role, also one that no procedure knows.
func (p *page) RoleName(r ocop.Role) string {
	if m, ok := messages["role_"+string(r)]; ok {
		return m.In(p.L())
	}
	return p.newest().role(r).In(p.L())
}

package web

import (
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/council"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// atStart is how many tasks and products the first page shows; the rest is a
// click away.
const atStart = 20

type startBody struct {
	Roles    []held
	Groups   []taskGroup
	More     bool
	Sessions []council.View      // that wait for the reader
	Requests []waiting           // for support and complaints, that wait for the reader
	Duties   []campaign.Assigned // late, or due soon
	Own      []casework.Product
	Ledger   *ledgerBrief  // for auditors
	Remedies []store.Asked // late, or due within a week
	Figures  *brief        // for those who look after many
}

// held is a role that the reader has, and where.
type held struct{ Role, Unit, For string }

// taskGroup are the tasks of a stretch of time.
type taskGroup struct {
	Name  string // message key
	Tasks []casework.Task
}

type ledgerBrief struct {
	Size string
	Open int // reviews
}

// start answers what the reader must do today, and by when.
func (s *Site) start(p *page) error {
	if err := p.watch("products"); err != nil {
		return err
	}
	actor := p.session.Actor
	b := startBody{}
	var err error
	if b.Roles, err = p.roles(); err != nil {
		return err
	}
	tasks, next, err := s.Desk.Worklist(p.ctx, actor, "", atStart)
	if err != nil {
		return err
	}
	b.Groups, b.More = p.grouped(tasks), next != ""
	if b.Sessions, err = s.waiting(p); err != nil {
		return err
	}
	if b.Requests, err = s.requests(p, atStart); err != nil {
		return err
	}
	if b.Duties, err = s.Campaigns.DutiesSoon(p.ctx, actor); err != nil {
		return err
	}
	if actor.Has(access.Producer) || actor.Has(access.Commune) {
		if b.Own, err = s.own(p); err != nil {
			return err
		}
	}
	if b.Remedies, err = s.remediesSoon(p); err != nil {
		return err
	}
	if b.Figures, err = s.figures(p); err != nil {
		return err
	}
	if p.Audits() {
		if b.Ledger, err = s.brief(p); err != nil {
			return err
		}
	}
	return p.show("start", p.T("start"), b)
}

// roles are what the reader holds, with the units' names.
func (p *page) roles() ([]held, error) {
	var out []held
	for _, g := range p.session.Actor.Grants {
		u, err := store.Unit(p.ctx, p.site.DB, g.Unit)
		if err != nil || u == nil {
			return nil, err
		}
		h := held{Role: p.RoleName(g.Role), Unit: u.Name.In(p.L())}
		if g.For != "" {
			from, err := store.AccountByID(p.ctx, p.site.DB, g.For)
			if err != nil {
				return nil, err
			}
			if from != nil {
				h.For = from.Display
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// grouped puts tasks, which come by deadline, under what is late, what is due
// within a week, and the rest.
func (p *page) grouped(tasks []casework.Task) []taskGroup {
	soon := p.site.Desk.Today() + 7
	groups := []taskGroup{{Name: "tasks_overdue"}, {Name: "tasks_week"}, {Name: "tasks_later"}, {Name: "tasks_undated"}}
	for _, t := range tasks {
		i := 2
		switch {
		case t.Overdue:
			i = 0
		case t.Due == nil:
			i = 3
		case *t.Due <= soon:
			i = 1
		}
		groups[i].Tasks = append(groups[i].Tasks, t)
	}
	var out []taskGroup
	for _, g := range groups {
		if len(g.Tasks) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// own are the first of the products that the reader answers for.
func (s *Site) own(p *page) ([]casework.Product, error) {
	rows, err := s.Desk.Products(p.ctx, p.session.Actor, store.Filter{Limit: atStart})
	var out []casework.Product
	for _, x := range rows {
		out = append(out, casework.View(x))
	}
	return out, err
}

// brief says where the ledger stands.
func (s *Site) brief(p *page) (*ledgerBrief, error) {
	open, err := s.Reviews.List(p.ctx, p.session.Actor, store.ReviewOpen, "", perPage)
	return &ledgerBrief{Size: p.Count(p.Seen + 1), Open: len(open)}, err
}

// Int64 widens a number for Count.
func (p *page) Int64(n int) int64 { return int64(n) }

// Count writes a number with its thousands set apart.
func (p *page) Count(n int64) string {
	mark := "."
	if p.L() == ocop.En {
		mark = ","
	}
	text := number(int(n))
	var b strings.Builder
	for i, r := range text {
		if i > 0 && (len(text)-i)%3 == 0 && text[i-1] != '-' {
			b.WriteString(mark)
		}
		b.WriteRune(r)
	}
	return b.String()
}

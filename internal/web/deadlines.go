package web

import (
	"net/url"
	"slices"
	"strings"

	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// deadline is one of a product's deadlines with what was said about it.
type deadline struct {
	calendar.Due
	Marks     []store.Mark
	CanExtend bool
}

func (p *page) deadlines(product string) ([]deadline, error) {
	dues, marks, err := p.site.Desk.Deadlines(p.ctx, p.session.Actor, product)
	return p.withMarks(dues, marks), err
}

// withMarks puts to deadlines what was said about them.
func (p *page) withMarks(dues []calendar.Due, marks []store.Mark) (out []deadline) {
	for _, d := range dues {
		x := deadline{Due: d, CanExtend: d.Open() && p.holds(d.Extend)}
		for _, m := range marks {
			if m.Deadline == d.ID {
				x.Marks = append(x.Marks, m)
			}
		}
		out = append(out, x)
	}
	return out
}

// holds reports whether the reader has one of the roles somewhere; where it
// must be held is judged with the act.
func (p *page) holds(roles []ocop.Role) bool { return slices.ContainsFunc(roles, p.session.Actor.Has) }

// Counted says in words what a limit is counted from and how.
func (p *page) Counted(c *calendar.Count) string {
	return strings.NewReplacer("{n}", number(c.N), "{from}", c.From.In(p.L())).Replace(p.T("counted_" + string(c.Unit)))
}

// extension reads the form that puts a deadline off.
func (p *page) extension(product string) casework.Extension {
	e := casework.Extension{Deadline: p.Typed("deadline"), Product: product, Reason: p.Typed("reason"), Actor: p.session.Actor, Key: p.key("extend " + p.Typed("deadline"))}
	if day, err := ocop.ParseDate(p.Typed("to")); err == nil {
		e.To = &day
	}
	return e
}

func (s *Site) extendOne(p *page) error {
	id := p.c.Param("id")
	if _, err := s.Desk.Extend(p.ctx, p.extension(id)); err != nil {
		return s.again(p, err, "")
	}
	return p.back("/products/"+url.PathEscape(id)+"?saved=1", "/products")
}

func (s *Site) extendAll(p *page) error {
	if _, err := s.Desk.Extend(p.ctx, p.extension("")); err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal || f.Kind == fault.NotFound {
			return err
		}
		p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
		return s.campaign(p)
	}
	return p.back("/campaigns/"+url.PathEscape(p.c.Param("id")), "/campaigns")
}

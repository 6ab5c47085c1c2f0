package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/register"
)

// mountExpiries adds the page of what will expire.
func (s *Site) mountExpiries(e *gin.Engine) {
	e.GET("/certificates/expiring", s.member(s.expiries))
}

type expiriesBody struct {
	Months int
	Total  int64
	Items  []register.ExpiryMonth
}

// Ladder are the stars that certificates recognise.
func (expiriesBody) Ladder() []int { return []int{3, 4, 5} }

func (s *Site) expiries(p *page) error {
	b := expiriesBody{Months: 12}
	if text := p.c.Query("months"); text != "" {
		b.Months, _ = strconv.Atoi(text) // what is no number is refused as 0
	}
	var err error
	if b.Items, err = register.Expiring(p.ctx, s.DB, p.session.Actor.Products(), s.Desk.Today(), b.Months); err != nil {
		if err = p.wrong(err); err != nil {
			return err
		}
	}
	for _, m := range b.Items {
		b.Total += m.Total
	}
	return p.show("expiries", p.T("expiries"), b)
}

package web

import (
	"github.com/gin-gonic/gin"

	"ocopflow/internal/health"
)

// mountHealth adds the page on which administrators see how the program does.
func (s *Site) mountHealth(e *gin.Engine) {
	e.GET("/health", s.member(s.administrator(s.health)))
}

type healthBody struct{ health.Report }

// Bad are the lines that ask for something, the urgent ones first.
func (b healthBody) Bad() (out []health.Line) {
	for _, state := range []health.State{health.Act, health.Look} {
		for _, l := range b.Lines {
			if l.State == state {
				out = append(out, l)
			}
		}
	}
	return out
}

func (s *Site) health(p *page) error {
	report, err := s.Health.Look(p.ctx, p.session.Actor)
	if err != nil {
		return err
	}
	return p.show("health", p.T("health"), healthBody{report})
}

package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/clerk"
	"ocopflow/internal/ending"
	"ocopflow/internal/ocop"
)

// mountEndings adds the list of letters before certificates end.
func (s *Site) mountEndings(e *gin.Engine) {
	e.GET("/certificates/warnings", s.member(s.endings))
	e.POST("/certificates/warnings", s.member(s.endingAct))
}

type endingsBody struct {
	Status, Warning string
	Statuses        []string
	Groups          []endingGroup
	Next            string
	Sends           bool
	Units           []choice
}

// endingGroup are the certificates of one rule: a letter is about those of one.
type endingGroup struct {
	ending.Warned // the first, for what the rule says
	Items         []ending.Warned
}

func (s *Site) endings(p *page) error {
	p.saidSaved()
	b := endingsBody{Status: p.c.Query("status"), Warning: p.c.Query("warning"), Statuses: ending.Standings(), Sends: p.session.Actor.Has(access.Office)}
	if !slices.Contains(b.Statuses, b.Status) {
		b.Status = ending.Open
	}
	items, err := s.Endings.List(p.ctx, p.session.Actor, ending.Filter{Status: b.Status, Warning: b.Warning, After: p.c.Query("after"), Limit: perPage + 1})
	if err != nil {
		return err
	}
	if len(items) > perPage {
		items = items[:perPage]
		b.Next = "/certificates/warnings?" + url.Values{"status": {b.Status}, "warning": {b.Warning}, "after": {items[perPage-1].Cursor()}}.Encode()
	}
	for _, x := range items {
		if n := len(b.Groups); n > 0 && b.Groups[n-1].Rule().Version == x.Rule().Version && b.Groups[n-1].Warning == x.Warning {
			b.Groups[n-1].Items = append(b.Groups[n-1].Items, x)
			continue
		}
		b.Groups = append(b.Groups, endingGroup{x, []ending.Warned{x}})
	}
	if b.Sends {
		if b.Units, err = p.issuers("ending_letter", ""); err != nil {
			return err
		}
	}
	return p.show("endings", p.T("endings"), b)
}

// endingAct draws a letter about the certificates that were ticked, or enters it as
// written.
func (s *Site) endingAct(p *page) error {
	numbers := p.c.Request.PostForm["certificate"]
	if act := p.Typed("act"); act == "docx" || act == "pdf" {
		lang := ocop.Vi
		if p.Typed("lang") == string(ocop.En) {
			lang = ocop.En
		}
		doc, err := s.Clerk.EndingLetter(p.ctx, p.session.Actor, clerk.EndingLetter{Heading: clerk.Heading{Unit: p.Typed("unit")}, Warning: p.Typed("warning"), Certificates: numbers}, lang)
		if err != nil {
			return p.retry(err, s.endings)
		}
		return p.file(doc, "thu-bao-het-han", act)
	}
	l, err := s.Endings.Write(p.ctx, ending.Sending{Warning: p.Typed("warning"), Certificates: numbers, Unit: p.Typed("unit"), Suffix: strings.TrimSpace(p.Typed("suffix")), Actor: p.session.Actor, Key: p.key("warnings")})
	if err != nil {
		return p.retry(err, s.endings)
	}
	return p.back("/correspondence/"+l.ID+"?saved=1", "/correspondence")
}

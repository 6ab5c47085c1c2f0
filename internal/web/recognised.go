package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/store"
)

// mountRecognised adds the page on which anybody sees what was recognised.
func (s *Site) mountRecognised(e *gin.Engine) { e.GET("/recognised", s.handle(s.recognised)) }

type recognisedBody struct {
	Filter   url.Values
	Communes []choice
	Statuses []string
	Items    []register.Recognised
	Next     string
	CSV      string
}

// Was is what the filter says about a name.
func (b recognisedBody) Was(name string) string { return b.Filter.Get(name) }

// Ladder are the stars that certificates recognise.
func (recognisedBody) Ladder() []string { return []string{"3", "4", "5"} }

// recognised is the public list; whoever reads it need not sign in.
func (s *Site) recognised(p *page) error {
	kept := url.Values{}
	for _, name := range []string{"q", "stars", "commune", "status"} {
		if v := strings.TrimSpace(p.c.Query(name)); v != "" && len(v) <= 200 {
			kept.Set(name, v)
		}
	}
	stars, _ := strconv.Atoi(kept.Get("stars")) // 0 narrows nothing
	f := store.RecognisedFilter{Text: ocop.Fold(kept.Get("q")), Stars: stars, Commune: kept.Get("commune"), Status: kept.Get("status"), After: p.c.Query("after"), Limit: perPage + 1}
	b := recognisedBody{Filter: kept, Statuses: register.Statuses(), CSV: "/api/v1/recognised.csv?" + with(kept, "lang", p.Lang()).Encode()}
	var err error
	if b.Items, err = s.Lists.Recognised(p.ctx, f); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/recognised?" + with(kept, "after", b.Items[perPage-1].Cursor).Encode()
	}
	communes, err := store.RecognisedCommunes(p.ctx, s.DB, maxCommunes+1)
	if err != nil {
		return err
	}
	if len(communes) <= maxCommunes {
		for _, u := range communes {
			b.Communes = append(b.Communes, choice{Value: u.Code, Title: u.Name.In(p.L())})
		}
	}
	if p.session == nil {
		p.kept = "public, max-age=60"
	}
	return p.show("recognised", p.T("recognised"), b)
}

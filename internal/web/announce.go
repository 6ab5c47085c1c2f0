package web

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/announce"
	"ocopflow/internal/httpx"
)

// mountAnnounce adds what gives notice of a result at a product's page.
func (s *Site) mountAnnounce(e *gin.Engine) {
	e.POST("/products/:id/result-notice", s.member(s.announceResult))
}

func (s *Site) announceResult(p *page) error {
	id := p.c.Param("id")
	if _, err := s.Desk.Product(p.ctx, p.session.Actor, id); err != nil {
		return err
	}
	if _, err := s.Announce.SendOne(p.ctx, announce.Request{Products: []string{id}, Signer: p.Typed("signer"), Actor: p.session.Actor, Key: p.key("announce " + id)}); err != nil {
		return s.again(p, err, "")
	}
	return p.back("/products/"+url.PathEscape(id)+"?saved=1#result-notice", "/products")
}

// announceBatch gives notice of all results of a batch whose notice is lacking, and
// gives those that were not reached.
func (s *Site) announceBatch(p *page, id string) ([]toldItem, error) {
	actor := p.session.Actor
	v, err := s.Batches.Batch(p.ctx, actor, id)
	if err != nil {
		return nil, err
	}
	done, err := s.Announce.SendOf(p.ctx, announce.Request{Signer: p.Typed("signer"), Actor: actor, Key: p.key("announce batch " + id)}, v.Judged())
	var out []toldItem
	for _, x := range done {
		if x.Fault == nil {
			continue
		}
		t := toldItem{x.Product, httpx.ProblemOf(x.Fault, p.L())}
		for _, i := range v.Items {
			if i.Product == x.Product {
				t.Name = i.Name
			}
		}
		out = append(out, t)
	}
	return out, err
}

// announced puts results with their notices to a batch's page.
func (b *batchBody) announced(a access.Actor, results []announce.Scored) {
	b.Announced = map[string]announce.Scored{}
	for _, r := range results {
		b.Announced[r.Product.ID] = r
		if r.Lacks() {
			b.Lacking++
		}
		b.Announces = b.Announces || r.Gives(a)
	}
}

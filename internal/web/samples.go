package web

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/fault"
	"ocopflow/internal/sample"
)

// mountSamples adds what is done with samples at a product's page.
func (s *Site) mountSamples(e *gin.Engine) { e.POST("/products/:id/samples", s.member(s.sampleAct)) }

// samplesOf are those of a product, with whether the reader takes them in.
type samplesOf struct {
	sample.State
	Receives bool
	Open     bool // a round is open
}

func (s *Site) sampleAct(p *page) error {
	product := p.c.Param("id")
	r := sample.Request{ID: p.Typed("sample"), Actor: p.session.Actor, Key: p.key("samples " + product)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &v
	}
	number := func(name string) int {
		n, err := strconv.Atoi(p.Typed(name))
		if err != nil {
			return -1 // refused
		}
		return n
	}
	if _, err := s.Desk.Product(p.ctx, p.session.Actor, product); err != nil {
		return err
	}
	var err error
	switch p.Typed("act") {
	case "receive":
		_, err = s.Samples.Receive(p.ctx, r, sample.Receipt{Product: product, Units: number("units"), ReceivedOn: p.typedDay("received_on"), BroughtBy: p.Typed("brought_by"), Condition: p.Typed("condition")})
	case "settle":
		_, err = s.Samples.Settle(p.ctx, r, sample.Fate{UsedUp: number("used_up"), Returned: number("returned"), On: p.typedDay("on"), Note: p.Typed("note")})
	case "void":
		_, err = s.Samples.Void(p.ctx, r, p.Typed("reason"))
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return s.again(p, err, "")
	}
	return p.back("/products/"+url.PathEscape(product)+"?saved=1#samples", "/products")
}

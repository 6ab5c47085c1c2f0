package web

import (
	"net/url"
	"strconv"
	"strings"

	"ocopflow/internal/fault"
	"ocopflow/internal/review"
	"ocopflow/internal/store"
)

type reviewsBody struct {
	Status string
	Items  []review.Review
	Next   string
	Form   reviewForm
}

// reviewForm is what a new review begins with: as typed, or as a link gave it.
type reviewForm struct{ Title, Note, Search, Product, Entry string }

// New reports whether somebody came to open a review.
func (f reviewForm) New() bool { return f != reviewForm{} }

func (s *Site) reviews(p *page) error {
	q := p.c.Request.URL.Query()
	return s.showReviews(p, reviewForm{Title: q.Get("title"), Search: q.Get("search"), Product: q.Get("product"), Entry: q.Get("entry")})
}

func (s *Site) showReviews(p *page, form reviewForm) error {
	b := reviewsBody{Status: p.c.Query("status"), Form: form}
	list, err := s.Reviews.List(p.ctx, p.session.Actor, store.ReviewStatus(b.Status), p.c.Query("after"), perPage+1)
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		b.Next = "/audit/reviews?" + url.Values{"status": {b.Status}, "after": {list[perPage-1].ID}}.Encode()
	}
	b.Items = list
	return p.show("reviews", p.T("reviews"), b)
}

func (s *Site) openReview(p *page) error {
	form := reviewForm{p.Typed("title"), p.Typed("note"), p.Typed("search"), p.Typed("product"), p.Typed("entry")}
	o := review.Opening{Title: form.Title, Note: form.Note, Search: form.Search, Product: strings.TrimSpace(form.Product), Actor: p.session.Actor, Key: p.key("reviews")}
	if form.Entry != "" {
		n, err := strconv.ParseInt(strings.TrimSpace(form.Entry), 10, 64)
		if err != nil {
			n = -1 // no entry has it: refused with the rest
		}
		o.Entry = &n
	}
	r, err := s.Reviews.Open(p.ctx, o)
	if err != nil {
		if err = p.wrong(err); err != nil {
			return err
		}
		return s.showReviews(p, form)
	}
	return p.back("/audit/reviews/"+url.PathEscape(r.ID)+"?saved=1", "/audit/reviews")
}

func (s *Site) review(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	r, err := s.Reviews.Get(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	return p.show("review", r.Title, r)
}

// reviewAct adds a note, or closes the review with one.
func (s *Site) reviewAct(p *page) error {
	id := p.c.Param("id")
	r := review.Request{Review: id, Actor: p.session.Actor, Key: p.key("review " + id)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &v
	}
	do := s.Reviews.Note
	if p.Typed("act") == "close" {
		do = s.Reviews.Close
	}
	if _, err := do(p.ctx, r, p.Typed("text")); err != nil {
		if fault.Is(err, fault.NotFound) {
			return err
		}
		if err = p.wrong(err); err != nil {
			return err
		}
		return s.review(p)
	}
	return p.back("/audit/reviews/"+url.PathEscape(id)+"?saved=1", "/audit/reviews")
}

package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/store"
)

// sessionBody is a scoring session as its reader works on it.
type sessionBody struct {
	council.View
	Me       *council.Seat
	Agree    *grid // what papers decide: to be agreed on by whoever runs it, else to be read
	Own      *grid // the reader's own sheet
	Declares bool  // the reader must declare first
	Agrees   bool  // the reader may enter what papers decide
	CanOpen  bool
	Apart    bool // the totals lie too far apart
	Open     bool // the sheets are
	Over     bool // closed or cancelled
	Bands    string
	Parts    *parts // of the opened sheets
}

func (s *Site) scoring(p *page) error {
	v, err := s.Councils.Session(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := sessionBody{View: v, Open: v.Result != nil, Over: v.Status == store.Closed || v.Status == store.Cancelled}
	set := criteria.BuiltIn(v.Criteria)[v.Set]
	frozen := false
	for i, seat := range v.Seats {
		frozen = frozen || seat.Sealed
		if seat.Account == p.session.Account.ID {
			b.Me = &v.Seats[i]
		}
	}
	scoring := v.Status == store.Scoring
	b.Declares = scoring && b.Me != nil && b.Me.Scores && !b.Me.Declared && !b.Me.Recused
	presides := b.Me != nil && v.Scores && b.Me.Position == store.Chair
	b.Agrees = scoring && !frozen && (v.Runs || presides)
	b.CanOpen = scoring && v.Runs
	b.Apart = v.Spread != nil && *v.Spread > v.MaxSpread
	rules := s.Library.Pinned("ocop", p.newest().Version)
	if rules != nil {
		for _, band := range rules.Bands {
			b.Bands += fmt.Sprintf("%d:%d ", band.Stars, band.From)
		}
	}
	b.lay(set)
	if err := s.ownScores(p, &b, set); err != nil {
		return err
	}
	if b.Open {
		b.Parts = p.byPart(v, set)
	}
	return p.show("session", p.T("session")+": "+v.Product.Name, b)
}

// lay puts the two halves of the sheet out.
func (b *sessionBody) lay(set *criteria.Set) {
	agreed := criteria.Sheet{}
	if b.View.Agreed != nil {
		agreed = *b.View.Agreed
	}
	if b.View.Agreed != nil || b.Agrees {
		g := shown(set, agreed, criteria.Evidence, func(criteria.Criterion) bool { return b.Agrees })
		b.Agree = &g
	}
	if b.Mine == nil || b.Over {
		return
	}
	sealed := b.Mine.Sealed || b.Status != store.Scoring
	g := shown(set, b.Mine.Sheet, criteria.Sensory, func(criteria.Criterion) bool { return !sealed })
	g.Agreed, g.Bands = agreed.Total(), strings.TrimSpace(b.Bands)
	g.Total = b.Mine.Total
	b.Own = &g
}

// ownScores shows beside the papers' criteria what the producer chose and how
// much it brought.
func (s *Site) ownScores(p *page, b *sessionBody, set *criteria.Set) error {
	if b.Agree == nil {
		return nil
	}
	scores, err := store.SelfScores(p.ctx, s.DB, b.Product.ID, 1)
	if err != nil || len(scores) == 0 || scores[0].Set != set.Number {
		return err
	}
	for i := range b.Agree.Parts {
		for j := range b.Agree.Parts[i].Rows {
			r := &b.Agree.Parts[i].Rows[j]
			if n, ok := scores[0].Sheet.Choices[r.Code]; ok {
				r.Own = n
			}
			r.Papers = len(scores[0].Evidence[r.Code])
		}
	}
	return nil
}

// request is what every act on a session from a page carries.
func (p *page) request(act string) council.Request {
	id := p.c.Param("id")
	r := council.Request{Session: id, Actor: p.session.Actor, Key: p.key(act + " " + id)}
	if n, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &n
	}
	return r
}

// sessionAct runs one of the acts that the page's buttons name.
func (s *Site) sessionAct(p *page) error {
	act, id := p.Typed("act"), p.c.Param("id")
	r := p.request(act)
	v, err := s.Councils.Session(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	set := criteria.BuiltIn(v.Criteria)[v.Set]
	d := s.Councils
	switch act {
	case "declare":
		_, err = d.Declare(p.ctx, r, council.Declaration{Conflict: p.Typed("conflict") == "true", Reason: p.Typed("reason")})
	case "agree":
		_, err = d.Agree(p.ctx, r, p.ticked(set))
	case "save":
		r.Version = nil
		_, err = d.Save(p.ctx, r, p.filled(set))
	case "seal":
		r.Version = nil
		x := p.filled(set)
		_, err = d.Seal(p.ctx, r, &x)
	case "open":
		_, err = d.Open(p.ctx, r)
	case "rescore":
		_, err = d.Rescore(p.ctx, r, p.Typed("reason"))
	case "close":
		_, err = d.Close(p.ctx, r)
	case "cancel":
		_, err = d.Cancel(p.ctx, r, p.Typed("reason"))
	default:
		return p.back("/sessions/"+url.PathEscape(id), "/councils")
	}
	if err != nil {
		return p.retry(err, s.scoring)
	}
	return p.back("/sessions/"+url.PathEscape(id), "/councils")
}

// filled is a member's own sheet as the form holds it.
func (p *page) filled(set *criteria.Set) council.Filled {
	sheet := p.ticked(set)
	for code := range sheet.Choices {
		if c, _ := set.Criterion(code); c.Kind != criteria.Sensory {
			delete(sheet.Choices, code)
		}
	}
	sheet.Case = 0
	return council.Filled{Sheet: sheet, Opinion: p.Typed("opinion")}
}

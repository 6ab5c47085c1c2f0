package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/campaign"
	"ocopflow/internal/forecast"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type boardBody struct {
	campaign.Board
	Title   ocop.Text
	Outlook []outlook
	Past    bool // the campaign's year is over
}

// outlook is a target with its figures drawn.
type outlook struct {
	campaign.Outlook
	Bar template.HTML
}

func (s *Site) board(p *page) error {
	b, err := s.Campaigns.Board(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	c, err := s.Campaigns.Get(p.ctx, p.session.Actor, b.Campaign)
	if err != nil {
		return err
	}
	body := boardBody{Board: b, Title: c.Title, Past: b.On >= b.Forecast.Until}
	for _, o := range b.Targets {
		body.Outlook = append(body.Outlook, outlook{o, reached(o.Progress)})
	}
	return p.show("board", c.Title.In(p.L()), body)
}

// Standings are the columns of a tally.
func (p *page) Standings() []campaign.Status { return campaign.Statuses() }

// Cell of a product against a deadline; nil where it is none of its own.
func (boardBody) Cell(r campaign.Row, deadline string) *campaign.Cell {
	for i := range r.Cells {
		if r.Cells[i].Deadline == deadline {
			return &r.Cells[i]
		}
	}
	return nil
}

// Percent of a chance, whole.
func (boardBody) Percent(share float64) string { return strconv.Itoa(int(share*100 + 0.5)) }

// Span is a range in words.
func (p *page) Span(r forecast.Range) string {
	if r.Low == r.High {
		return strconv.Itoa(r.Low)
	}
	return strconv.Itoa(r.Low) + " " + p.T("up_to") + " " + strconv.Itoa(r.High)
}

// Thin are the states of which too little is known, in words.
func (p *page) Thin(states []ocop.State) string {
	var out []string
	for _, s := range states {
		out = append(out, p.State(s))
	}
	return strings.Join(out, ", ")
}

type dutiesBody struct {
	Code, Unit string
	Title      ocop.Text
	Groups     []dutyGroup
}

// dutyGroup are the duties of one organisation.
type dutyGroup struct {
	Organisation ocop.Ref
	Duties       []campaign.Assigned
}

// DutyStates are those that somebody can report.
func (dutiesBody) DutyStates() []store.DutyState {
	return []store.DutyState{store.DutyOpen, store.DutyBegun, store.DutyDone, store.DutyNotHere}
}

func (s *Site) duties(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	c, err := s.Campaigns.Get(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	all, err := s.Campaigns.Duties(p.ctx, p.session.Actor, c.ID)
	if err != nil {
		return err
	}
	b := dutiesBody{Code: c.Code, Title: c.Title}
	for _, x := range all {
		i := slices.IndexFunc(b.Groups, func(g dutyGroup) bool { return g.Organisation.ID == x.Organisation.ID })
		if i < 0 {
			i = len(b.Groups)
			b.Groups = append(b.Groups, dutyGroup{Organisation: x.Organisation})
		}
		b.Groups[i].Duties = append(b.Groups[i].Duties, x)
	}
	return p.show("duties", p.T("duties"), b)
}

func (s *Site) reportDuty(p *page) error {
	r := p.campaignRequest("duty")
	w := campaign.Word{Duty: p.Typed("duty"), Organisation: p.Typed("organisation"), State: store.DutyState(p.Typed("state")), Owner: p.Typed("owner"),
		DoneOn: p.typedDay("done_on"), Note: p.Typed("note")}
	if _, err := s.Campaigns.Say(p.ctx, r, w); err != nil {
		return p.retry(err, s.duties)
	}
	return p.back("/campaigns/"+url.PathEscape(r.Campaign)+"/duties?saved=1", "/campaigns")
}

package web

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/campaign"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

func (s *Site) mountCampaigns(e *gin.Engine) {
	e.GET("/campaigns", s.member(s.campaigns))
	e.POST("/campaigns", s.member(s.makeCampaign))
	e.GET("/campaigns/:id", s.member(s.campaign))
	e.POST("/campaigns/:id/deadlines", s.member(s.extendAll))
	e.POST("/campaigns/:id/clone", s.member(s.cloneCampaign))
	e.GET("/campaigns/:id/board", s.member(s.board))
	e.GET("/campaigns/:id/report", s.member(s.campaignReport))
	e.GET("/campaigns/:id/duties", s.member(s.duties))
	e.POST("/campaigns/:id/duties", s.member(s.reportDuty))
	e.GET("/campaigns/:id/edit", s.member(s.editCampaign))
	e.POST("/campaigns/:id/edit", s.member(s.changeCampaign))
	e.GET("/campaigns/:id/edit/:part", s.member(s.editPart))
	e.POST("/campaigns/:id/edit/:part", s.member(s.changePart))
}

type campaignsBody struct {
	Items []campaign.Campaign
	Plans bool // the reader plans campaigns somewhere
}

func (s *Site) campaigns(p *page) error {
	list, err := s.Campaigns.List(p.ctx, p.session.Actor, "", perPage)
	if err != nil {
		return err
	}
	return p.show("campaigns", p.T("campaigns"), campaignsBody{list, p.holds(planners)})
}

// planners are the roles that plan campaigns in their unit.
var planners = []ocop.Role{"office", "admin"}

func (s *Site) makeCampaign(p *page) error {
	made, err := s.Campaigns.Import(p.ctx, p.session.Actor, "campaign.yaml", []byte(p.Typed("yaml")))
	if err != nil {
		return p.retry(err, s.campaigns)
	}
	return p.back("/campaigns/"+url.PathEscape(made.Campaign), "/campaigns")
}

// Planning reports whether the reader plans campaigns somewhere.
func (p *page) Planning() bool { return p.holds(planners) }

type campaignBody struct {
	campaign.Campaign
	Plan      plan
	CanExtend bool
	Mine      bool // the reader plans it
	names     map[string]ocop.Text
}

// Name is what people call a unit or producer that a plan names by its code.
func (b campaignBody) Name(code string, lang ocop.Lang) string {
	if n, ok := b.names[code]; ok {
		return n.In(lang)
	}
	return code
}

// NextYear is the year that a clone is for, unless another is asked for.
func (b campaignBody) NextYear() int { return b.Year + 1 }

func (s *Site) campaign(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	c, err := s.Campaigns.Get(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	body := campaignBody{Campaign: c}
	if r := p.newest(); r.Rules != nil {
		body.CanExtend = p.holds(r.Extend)
	}
	body.Mine = c.PlannedBy(p.session.Actor)
	if body.Plan, err = s.plan(p, c); err != nil {
		return err
	}
	if body.names, err = s.namesIn(p, c); err != nil {
		return err
	}
	return p.show("campaign", c.Title.In(p.L()), body)
}

// namesIn are the names of the units and producers that duties and expectations
// name.
func (s *Site) namesIn(p *page, c campaign.Campaign) (map[string]ocop.Text, error) {
	names := map[string]ocop.Text{"producers": messages["producers"], "communes": messages["communes"]}
	var codes []string
	for _, d := range c.Duties {
		codes = append(codes, d.Unit)
	}
	for _, e := range c.Expectations {
		codes = append(codes, e.Unit)
	}
	units, err := store.UnitsByCode(p.ctx, s.DB, codes)
	for code, u := range units {
		names[code] = u.Name
	}
	return names, err
}

func (s *Site) cloneCampaign(p *page) error {
	id := p.c.Param("id")
	year, err := strconv.Atoi(p.Typed("year"))
	if err != nil && p.Typed("year") != "" {
		year = -1 // refused with the rest
	}
	made, err := s.Campaigns.Clone(p.ctx, p.session.Actor, id, campaign.Copy{Code: p.Typed("code"), Year: year, Unit: p.Typed("unit")}, p.key("clone "+id))
	if err != nil {
		return p.retry(err, s.campaign)
	}
	return p.show("cloned", made.Campaign.Title.In(p.L()), made)
}

func (s *Site) editCampaign(p *page) error {
	text, version, err := s.Campaigns.Text(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := editBody{Code: p.c.Param("id"), Version: version, Text: string(text)}
	if typed := p.Typed("yaml"); typed != "" {
		b.Text = typed
	}
	return p.show("campaign-edit", p.T("campaign_edit"), b)
}

func (s *Site) changeCampaign(p *page) error {
	r := p.campaignRequest("change")
	if _, err := s.Campaigns.Change(p.ctx, r, campaign.Edit{Name: "campaign.yaml", Text: []byte(p.Typed("yaml"))}); err != nil {
		return p.retry(err, s.editCampaign)
	}
	return p.back("/campaigns/"+url.PathEscape(r.Campaign)+"?saved=1", "/campaigns")
}

// campaignRequest reads what every form about a campaign has.
func (p *page) campaignRequest(what string) campaign.Request {
	id := p.c.Param("id")
	r := campaign.Request{Campaign: id, Actor: p.session.Actor, Key: p.key(what + " " + id)}
	if version, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &version
	}
	return r
}

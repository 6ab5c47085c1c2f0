package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/chart"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/support"
)

// mountSupport adds the pages of support requests and of the plans that gather
// them.
func (s *Site) mountSupport(e *gin.Engine) {
	s.mountOnBehalf(e)
	for _, t := range s.petitionsOf() {
		t.mount(e)
	}
	e.GET("/support/plans", s.member(s.supportPlans))
	e.POST("/support/plans", s.member(s.beginSupportPlan))
	e.GET("/support/plans/:id", s.member(s.supportPlan))
	e.POST("/support/plans/:id", s.member(s.supportPlanAct))
}

type supportPlansBody struct {
	Items     []support.Plan
	Next      string
	Campaigns []choice
	MayBegin  bool
}

func (s *Site) supportPlans(p *page) error {
	b := supportPlansBody{MayBegin: p.holds([]ocop.Role{access.Office, access.Department})}
	var err error
	if b.Items, err = s.Support.List(p.ctx, p.session.Actor, store.PlanFilter{Before: p.c.Query("after"), Limit: perPage + 1}); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/support/plans?" + url.Values{"after": {b.Items[perPage-1].ID}}.Encode()
	}
	if b.MayBegin {
		if b.Campaigns, err = s.campaignChoices(p); err != nil {
			return err
		}
	}
	return p.show("support-plans", p.T("support_plans"), b)
}

func (s *Site) beginSupportPlan(p *page) error {
	k, err := s.Support.Begin(p.ctx, support.NewPlan{Campaign: p.Typed("campaign"), Title: p.Typed("title"), Actor: p.session.Actor, Key: p.key("support plan")})
	if err != nil {
		return p.retry(err, s.supportPlans)
	}
	return p.back("/support/plans/"+url.PathEscape(k.ID)+"?saved=1", "/support/plans")
}

type supportPlanBody struct {
	support.Plan
	May    support.May
	Rows   []supportRow
	Sums   []supportSums
	Denied []support.Denied
	Draws  bool // the reader may make its paper
}

type supportRow struct {
	support.Line
	Link, KindTitle, SourceTitle, StateTitle string
}

// supportSums are totals by one thing.
type supportSums struct {
	Title string
	List  []bar
}

func (s *Site) supportPlan(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	return s.showSupportPlan(p, nil)
}

func (s *Site) showSupportPlan(p *page, denied []support.Denied) error {
	k, err := s.Support.Get(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	if p.rules, err = s.Petitions.InForce(support.Procedure, s.Desk.Today()); err != nil {
		return err
	}
	b := supportPlanBody{Plan: k, Denied: denied}
	if b.May, err = s.Support.May(p.ctx, p.session.Actor, k); err != nil {
		return err
	}
	own, err := s.Support.Plans(p.ctx, p.session.Actor, k.Path)
	if err != nil {
		return err
	}
	_, leads := p.session.Actor.Holds(access.Leader, k.Path)
	b.Draws = own || leads
	for _, l := range k.Lines {
		b.Rows = append(b.Rows, supportRow{l, s.support().base + "/requests/" + l.Petition, s.Support.Kind(l.Kind).In(p.L()), s.Support.Source(l.Source).In(p.L()), p.State(l.State)})
	}
	named := func(x support.Amount) string { return x.Name }
	for _, part := range []struct {
		title string
		list  []support.Amount
		name  func(support.Amount) string
	}{
		{p.T("by_department"), k.Totals.Department, named},
		{p.T("by_source"), k.Totals.Source, func(x support.Amount) string { return s.Support.Source(x.Key).In(p.L()) }},
		{p.T("by_product"), k.Totals.Product, named},
		{p.T("by_kind"), k.Totals.Kind, func(x support.Amount) string { return s.Support.Kind(x.Key).In(p.L()) }},
	} {
		sums := supportSums{Title: part.title}
		for _, x := range part.list {
			sums.List = append(sums.List, bar{Title: part.name(x), Text: p.Count(x.Amount), Bar: chart.Bar(float64(x.Amount), float64(k.Total))})
		}
		b.Sums = append(b.Sums, sums)
	}
	return p.show("support-plan", k.Title, b)
}

// supportPlanAct runs one of the acts on a plan.
func (s *Site) supportPlanAct(p *page) error {
	r := support.Request{ID: p.c.Param("id"), Actor: p.session.Actor, Comment: p.Typed("comment"), Key: p.key("support plan " + p.c.Param("id"))}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &v
	}
	var err error
	switch p.Typed("act") {
	case "put":
		_, err = s.Support.Put(p.ctx, r, nil)
	case "drop":
		_, err = s.Support.Drop(p.ctx, r, p.Typed("request"))
	case "propose":
		_, err = s.Support.Propose(p.ctx, r)
	case "return":
		_, err = s.Support.Return(p.ctx, r)
	case "approve":
		return s.approveSupportPlan(p, r)
	default:
		err = fault.New(fault.Invalid, "shape", "Không rõ việc cần làm.", "It is not clear what to do.")
	}
	if err != nil {
		return p.retry(err, s.supportPlan)
	}
	return p.back("/support/plans/"+url.PathEscape(r.ID)+"?saved=1", "/support/plans")
}

func (s *Site) approveSupportPlan(p *page, r support.Request) error {
	a := support.Approval{Request: r, Decision: p.Typed("decision"), Granted: map[string]int64{}}
	for name, values := range p.c.Request.PostForm {
		id, ok := strings.CutPrefix(name, "granted.")
		if !ok || strings.TrimSpace(values[0]) == "" {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(values[0]), 10, 64)
		if err != nil {
			return p.retry(fault.New(fault.Invalid, "plan_wrong", "Nội dung kế hoạch chưa đúng.", "The plan is not right.").
				At("body.granted", "Phải là số nguyên.", "Must be a whole number."), s.supportPlan)
		}
		a.Granted[id] = n
	}
	done, err := s.Support.Approve(p.ctx, a)
	if err != nil {
		return p.retry(err, s.supportPlan)
	}
	if len(done.Refused) == 0 {
		return p.back("/support/plans/"+url.PathEscape(r.ID)+"?saved=1", "/support/plans")
	}
	p.Notice = p.T("saved")
	return s.showSupportPlan(p, done.Refused)
}

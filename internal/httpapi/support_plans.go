package httpapi

import (
	"context"

	"ocopflow/internal/clerk"
	"ocopflow/internal/commit"
	"ocopflow/internal/httpx"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
	"ocopflow/internal/support"
	"ocopflow/internal/workbook"
)

// supportRoutes are support requests and the plans that gather them.
func (a *API) supportRoutes(r router) {
	a.support().routes(r)
	a.complaints().routes(r)
	a.onBehalfRoutes(r)
	get(r, "/api/v1/products/{id}/petition-outcomes", "list-petition-outcomes", "Products", a.petitionOutcomes)
	get(r, "/api/v1/support-plans", "list-support-plans", "Support", a.listSupportPlans)
	post(r, "/api/v1/support-plans", "begin-support-plan", "Support", 201, a.beginSupportPlan)
	get(r, "/api/v1/support-plans/{id}", "get-support-plan", "Support", a.getSupportPlan)
	post(r, "/api/v1/support-plans/{id}/requests", "put-support-plan-requests", "Support", 200, a.putSupportPlan)
	post(r, "/api/v1/support-plans/{id}/requests/{request}/drop", "drop-support-plan-request", "Support", 200, a.dropSupportPlan)
	post(r, "/api/v1/support-plans/{id}/propose", "propose-support-plan", "Support", 200, a.supportPlanStep("propose", (*support.Desk).Propose))
	post(r, "/api/v1/support-plans/{id}/return", "return-support-plan", "Support", 200, a.supportPlanStep("return", (*support.Desk).Return))
	post(r, "/api/v1/support-plans/{id}/approve", "approve-support-plan", "Support", 200, a.approveSupportPlan)
	get(r, "/api/v1/support-plans/{id}/annex.xlsx", "support-plan-annex", "Support", a.supportPlanAnnex)
	for _, format := range []string{"docx", "pdf"} {
		get(r, "/api/v1/support-plans/{id}/plan."+format, "support-plan-"+format, "Support", a.supportPaper(format))
	}
}

type supportPlansIn struct {
	Page
	Campaign string `query:"campaign" maxLength:"100" doc:"id or code"`
	State    string `query:"state" enum:"draft,proposed,approved"`
}

func (a *API) listSupportPlans(ctx context.Context, in *supportPlansIn) (*listOf[support.Plan], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Support.List(ctx, sessionOf(ctx).Actor, store.PlanFilter{Campaign: in.Campaign, State: store.PlanState(in.State), Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(p support.Plan) string { return p.ID }), nil
}

type supportPlanOut struct {
	ETag string `header:"ETag"`
	Body support.Plan
}

func oneSupportPlan(p support.Plan, err error) (*supportPlanOut, error) {
	return &supportPlanOut{httpx.ETag(p.Version), p}, err
}

type supportPlanIn struct {
	Writing
	Body struct {
		Campaign string `json:"campaign" maxLength:"100" doc:"id or code; its unit is the plan's"`
		Title    string `json:"title" maxLength:"1000"`
	}
}

func (a *API) beginSupportPlan(ctx context.Context, in *supportPlanIn) (*supportPlanOut, error) {
	key, err := in.key(ctx, "POST /support-plans", in.Body)
	if err != nil {
		return nil, err
	}
	return oneSupportPlan(a.Support.Begin(ctx, support.NewPlan{Campaign: in.Body.Campaign, Title: in.Body.Title, Actor: sessionOf(ctx).Actor, Key: key}))
}

func (a *API) getSupportPlan(ctx context.Context, in *ByID) (*supportPlanOut, error) {
	return oneSupportPlan(a.Support.Get(ctx, sessionOf(ctx).Actor, in.ID))
}

type supportRequestsIn struct {
	ByID
	Writing
	Body struct {
		Requests []string `json:"requests,omitempty" maxItems:"200" doc:"ids; without any, all that wait to be planned"`
		Version  *int64   `json:"version,omitempty"`
	}
}

// supportAct is what every act on a plan carries.
func (w Writing) supportAct(ctx context.Context, id, route string, version *int64, asked ...any) (support.Request, error) {
	r := support.Request{ID: id, Actor: sessionOf(ctx).Actor}
	var err error
	if r.Version, err = w.version(version); err == nil {
		var key *commit.Key
		key, err = w.key(ctx, "POST /support-plans/{id}/"+route, append(asked, id)...)
		r.Key = key
	}
	return r, err
}

func (a *API) putSupportPlan(ctx context.Context, in *supportRequestsIn) (*supportPlanOut, error) {
	r, err := in.supportAct(ctx, in.ID, "requests", in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneSupportPlan(a.Support.Put(ctx, r, in.Body.Requests))
}

type supportStepBody struct {
	Comment string `json:"comment,omitempty"`
	Version *int64 `json:"version,omitempty"`
}

type dropRequestIn struct {
	ByID
	Writing
	Request string `path:"request" maxLength:"100"`
	Body    *supportStepBody
}

func (a *API) dropSupportPlan(ctx context.Context, in *dropRequestIn) (*supportPlanOut, error) {
	b := given(in.Body)
	r, err := in.supportAct(ctx, in.ID, "requests/{request}/drop", b.Version, in.Request, b)
	if err != nil {
		return nil, err
	}
	return oneSupportPlan(a.Support.Drop(ctx, r, in.Request))
}

type supportStepIn struct {
	ByID
	Writing
	Body *supportStepBody
}

func (a *API) supportPlanStep(name string, do func(*support.Desk, context.Context, support.Request) (support.Plan, error)) handler[supportStepIn, supportPlanOut] {
	return func(ctx context.Context, in *supportStepIn) (*supportPlanOut, error) {
		b := given(in.Body)
		r, err := in.supportAct(ctx, in.ID, name, b.Version, b)
		if err != nil {
			return nil, err
		}
		r.Comment = b.Comment
		return oneSupportPlan(do(a.Support, ctx, r))
	}
}

type approvePlanIn struct {
	ByID
	Writing
	Body struct {
		Decision string           `json:"decision,omitempty" maxLength:"1000" doc:"number of the paper"`
		Granted  map[string]int64 `json:"granted,omitempty" doc:"dong by the request's id; the planned amount for the others"`
		Version  *int64           `json:"version,omitempty"`
	}
}

type deniedRequest struct {
	Petition string         `json:"petition"`
	Code     string         `json:"code"`
	Problem  *httpx.Problem `json:"problem"`
}

type approvedPlanOut struct {
	ETag string `header:"ETag"`
	Body struct {
		Plan    support.Plan    `json:"plan"`
		Refused []deniedRequest `json:"refused"`
	}
}

func (a *API) approveSupportPlan(ctx context.Context, in *approvePlanIn) (*approvedPlanOut, error) {
	r, err := in.supportAct(ctx, in.ID, "approve", in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	done, err := a.Support.Approve(ctx, support.Approval{Request: r, Decision: in.Body.Decision, Granted: in.Body.Granted})
	if err != nil {
		return nil, err
	}
	out := &approvedPlanOut{ETag: httpx.ETag(done.Plan.Version)}
	out.Body.Plan, out.Body.Refused = done.Plan, []deniedRequest{}
	for _, x := range done.Refused {
		out.Body.Refused = append(out.Body.Refused, deniedRequest{x.Petition, x.Code, a.problem(ctx, x.Fault)})
	}
	return out, nil
}

// supportPlanAnnex is the plan's annex as a workbook.
func (a *API) supportPlanAnnex(ctx context.Context, in *langByID) (*fileOut, error) {
	return drawn(ctx, workbook.MIME, "phu-luc-ho-tro.xlsx", func() ([]byte, error) {
		return a.Clerk.Annex(ctx, sessionOf(ctx).Actor, in.ID, in.of(ctx))
	})
}

type langByID struct {
	ByID
	InLang
}

type supportPaperIn struct {
	ByID
	InLang
	Number string `query:"number" maxLength:"500" doc:"of the paper; the plan's decision unless given"`
	Day    string `query:"day" maxLength:"10" doc:"YYYY-MM-DD; left to the hand unless given"`
	Signer string `query:"signer" maxLength:"500"`
}

// supportPaper is the plan as a paper.
func (a *API) supportPaper(format string) handler[supportPaperIn, fileOut] {
	return func(ctx context.Context, in *supportPaperIn) (*fileOut, error) {
		return drawnUp(ctx, "ke-hoach-ho-tro", format, func() (paper.Document, error) {
			return a.Clerk.SupportPlan(ctx, sessionOf(ctx).Actor, clerk.Backing{Heading: clerk.Heading{Number: in.Number, Day: in.Day, Signer: in.Signer}, Plan: in.ID}, in.of(ctx))
		})
	}
}

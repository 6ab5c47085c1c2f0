package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"ocopflow/internal/campaign"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

func (a *API) campaignRoutes(r router) {
	patch(r, "/api/v1/campaigns/{id}", "change-campaign", "Campaigns", a.changeCampaign)
	post(r, "/api/v1/campaigns/{id}/clone", "clone-campaign", "Campaigns", 201, a.cloneCampaign)
	get(r, "/api/v1/campaigns/{id}/board", "campaign-board", "Campaigns", a.campaignBoard)
	get(r, "/api/v1/campaigns/{id}/report", "campaign-progress", "Campaigns", a.campaignProgress)
	get(r, "/api/v1/campaigns/{id}/report.xlsx", "campaign-progress-xlsx", "Campaigns", a.campaignSheets)
	get(r, "/api/v1/campaigns/{id}/duties", "list-duties", "Campaigns", a.listDuties)
	post(r, "/api/v1/campaigns/{id}/duties", "report-duty", "Campaigns", 200, a.reportDuty)
}

// CampaignParts are the parts of a plan that a change gives anew; the others stay.
type CampaignParts struct {
	YAML         string                  `json:"yaml,omitempty" doc:"the whole file, in place of single parts"`
	Version      *int64                  `json:"version,omitempty" doc:"that was seen; If-Match does as well"`
	Title        *ocop.Text              `json:"title,omitempty"`
	Counting     *string                 `json:"counting,omitempty" enum:"net,gross," doc:"which of both figures decides whether a target is met"`
	Products     *[]campaign.Product     `json:"products,omitempty" doc:"all that take part: code and plan"`
	Expectations *[]campaign.Expectation `json:"expectations,omitempty"`
	Deadlines    *[]any                  `json:"deadlines,omitempty"`
	Targets      *[]campaign.Target      `json:"targets,omitempty"`
	Duties       *[]campaign.Duty        `json:"duties,omitempty"`
	Participants *[]string               `json:"participants,omitempty"`
	Conflicts    *[]campaign.Conflict    `json:"conflicts,omitempty"`
}

// edit turns the parts that are given into an edit of the plan.
func (p CampaignParts) edit() (campaign.Edit, error) {
	e := campaign.Edit{Name: "campaign.yaml", Parts: map[string]json.RawMessage{}}
	text, err := json.Marshal(p)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(text, &e.Parts); err != nil {
		return e, err
	}
	delete(e.Parts, "yaml")
	delete(e.Parts, "version")
	switch {
	case p.YAML != "" && len(e.Parts) > 0:
		return e, fault.New(fault.Invalid, "campaign_file", "Gửi cả tệp hoặc từng phần, không gửi cả hai.", "Send the whole file or single parts, not both.")
	case p.YAML != "":
		e.Text = []byte(p.YAML)
	case len(e.Parts) == 0:
		return e, fault.New(fault.Invalid, "campaign_file", "Không có gì để thay đổi.", "There is nothing to change.")
	}
	return e, nil
}

type changeCampaignIn struct {
	ByID
	Writing
	Body CampaignParts
}

func (a *API) changeCampaign(ctx context.Context, in *changeCampaignIn) (*campaignOut, error) {
	r, err := in.campaign(ctx, "PATCH /campaigns/{id}", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	e, err := in.Body.edit()
	if err != nil {
		return nil, err
	}
	c, err := a.Campaigns.Change(ctx, r, e)
	return &campaignOut{httpx.ETag(c.Version), c}, err
}

// campaign reads what every change of a campaign has.
func (w Writing) campaign(ctx context.Context, route, id string, version *int64, asked ...any) (r campaign.Request, err error) {
	r = campaign.Request{Campaign: id, Actor: sessionOf(ctx).Actor}
	if r.Version, err = w.version(version); err != nil {
		return r, err
	}
	var key *commit.Key
	key, err = w.key(ctx, route, append([]any{id}, asked...)...)
	r.Key = key
	return r, err
}

type cloneIn struct {
	ByID
	Writing
	Body struct {
		Code string `json:"code,omitempty" maxLength:"63" doc:"the old one with the new year unless given"`
		Year int    `json:"year,omitempty" minimum:"2018" maximum:"2200" doc:"the year after unless given"`
		Unit string `json:"unit,omitempty" maxLength:"63" doc:"code, where the old unit has ended"`
	}
}

type cloneOut struct{ Body campaign.Cloned }

func (a *API) cloneCampaign(ctx context.Context, in *cloneIn) (*cloneOut, error) {
	key, err := in.key(ctx, "POST /campaigns/{id}/clone", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	c, err := a.Campaigns.Clone(ctx, sessionOf(ctx).Actor, in.ID, campaign.Copy{Code: in.Body.Code, Year: in.Body.Year, Unit: in.Body.Unit}, key)
	return &cloneOut{c}, err
}

type boardOut struct{ Body campaign.Board }

func (a *API) campaignBoard(ctx context.Context, in *ByID) (*boardOut, error) {
	b, err := a.Campaigns.Board(ctx, sessionOf(ctx).Actor, in.ID)
	return &boardOut{b}, err
}

type progressIn struct {
	ByID
	InLang
	Period string `query:"period" maxLength:"7" doc:"a month (2024-04), a quarter (2024-Q2) or a year (2024); the campaign's year unless given"`
}

// period that is asked for.
func (in *progressIn) period(ctx context.Context, a *API) (campaign.Period, error) {
	if in.Period != "" {
		return campaign.ParsePeriod(in.Period)
	}
	c, err := a.Campaigns.Get(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return campaign.Period{}, err
	}
	return campaign.ParsePeriod(strconv.Itoa(c.Year))
}

type progressOut struct{ Body campaign.Report }

func (a *API) campaignProgress(ctx context.Context, in *progressIn) (*progressOut, error) {
	p, err := in.period(ctx, a)
	if err != nil {
		return nil, err
	}
	r, err := a.Campaigns.Report(ctx, sessionOf(ctx).Actor, in.ID, p)
	return &progressOut{r}, err
}

func (a *API) campaignSheets(ctx context.Context, in *progressIn) (*fileOut, error) {
	p, err := in.period(ctx, a)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := a.Clerk.ReportSheets(ctx, sessionOf(ctx).Actor, in.ID, p, in.of(ctx), &b); err != nil {
		return nil, err
	}
	return file(workbook.MIME, "bao-cao-"+in.ID+".xlsx", b.Bytes()), nil
}

func (a *API) listDuties(ctx context.Context, in *ByID) (*listOf[campaign.Assigned], error) {
	items, err := a.Campaigns.Duties(ctx, sessionOf(ctx).Actor, in.ID)
	return &listOf[campaign.Assigned]{Body: list[campaign.Assigned]{Items: items}}, err
}

type dutyIn struct {
	ByID
	Writing
	Body struct {
		Duty         string          `json:"duty" maxLength:"40" doc:"code in the campaign"`
		Organisation string          `json:"organisation" maxLength:"100" doc:"id or code of the unit or producer"`
		State        store.DutyState `json:"state" maxLength:"20"`
		Owner        string          `json:"owner,omitempty" maxLength:"100" doc:"id or name of the account that sees to it"`
		DoneOn       *ocop.Date      `json:"done_on,omitempty" format:"date" doc:"today unless given"`
		Note         string          `json:"note,omitempty"`
		Version      *int64          `json:"version,omitempty" doc:"of the duty; 0 before anything was said"`
	}
}

type dutyOut struct{ Body campaign.Assigned }

func (a *API) reportDuty(ctx context.Context, in *dutyIn) (*dutyOut, error) {
	b := in.Body
	r, err := in.campaign(ctx, "POST /campaigns/{id}/duties", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	x, err := a.Campaigns.Say(ctx, r, campaign.Word{Duty: b.Duty, Organisation: b.Organisation, State: b.State, Owner: b.Owner, DoneOn: b.DoneOn, Note: b.Note})
	return &dutyOut{x}, err
}

package httpapi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/campaign"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const timeForm = time.RFC3339Nano

func parseTime(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }

type campaignsIn struct{ Page }

func (a *API) listCampaigns(ctx context.Context, in *campaignsIn) (*listOf[campaign.Campaign], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Campaigns.List(ctx, sessionOf(ctx).Actor, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(c campaign.Campaign) string { return c.Code }), nil
}

type campaignOut struct {
	ETag string `header:"ETag"`
	Body campaign.Campaign
}

// followedCampaign is a campaign with how far its targets are reached today.
type followedCampaign struct {
	ETag string `header:"ETag"`
	Body struct {
		campaign.Campaign
		Progress []campaign.Progress `json:"progress"`
	}
}

func (a *API) getCampaign(ctx context.Context, in *ByID) (*followedCampaign, error) {
	c, err := a.Campaigns.Get(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	progress, err := a.Campaigns.Progress(ctx, c)
	if err != nil {
		return nil, err
	}
	out := &followedCampaign{ETag: httpx.ETag(c.Version)}
	out.Body.Campaign, out.Body.Progress = c, progress
	return out, nil
}

type importIn struct {
	Body struct {
		Name string `json:"name,omitempty" maxLength:"200" doc:"of the file, for messages"`
		YAML string `json:"yaml" doc:"the campaign file"`
	}
}

type importOut struct{ Body campaign.Imported }

func (a *API) importCampaign(ctx context.Context, in *importIn) (*importOut, error) {
	actor := sessionOf(ctx).Actor
	name := in.Body.Name
	if name == "" {
		name = "campaign.yaml"
	}
	done, err := a.Campaigns.Import(ctx, actor, name, []byte(in.Body.YAML))
	return &importOut{done}, err
}

func adminOnly() error {
	return fault.New(fault.Forbidden, "who_may_not", "Việc này của người quản trị.", "This is for an administrator.")
}

// staff is everyone but producers and council members: those who may look up
// units and producers.
func staff(ctx context.Context) error {
	for _, g := range sessionOf(ctx).Actor.Grants {
		if g.Role != access.Producer && g.Role != access.Member {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
}

func (a *API) listProducers(ctx context.Context, in *Page) (*listOf[ocop.Producer], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	actor := sessionOf(ctx).Actor
	all := []ocop.Producer{}
	for len(all) <= in.Limit {
		rows, err := store.Producers(ctx, a.DB, after, 200)
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			if seesProducer(actor, p) {
				all = append(all, p)
			}
		}
		if len(rows) < 200 {
			break
		}
		after = rows[len(rows)-1].Code
	}
	return cut(all, in.Limit, func(p ocop.Producer) string { return p.Code }), nil
}

func seesProducer(actor access.Actor, p ocop.Producer) bool {
	if actor.Products().Sees("", p.Path, p.ID) {
		return true
	}
	_, admin := actor.Holds(access.Admin, p.Path)
	return admin
}

type producerIn struct {
	Writing
	Body struct {
		Name string `json:"name" maxLength:"200"`
		Code string `json:"code,omitempty" maxLength:"63"`
		Form string `json:"form" maxLength:"40"`
		Unit string `json:"unit" doc:"id or code of the commune, or of the authority above where it is not known"`
	}
}

type producerOut struct{ Body ocop.Producer }

func (a *API) addProducer(ctx context.Context, in *producerIn) (*producerOut, error) {
	key, err := in.key(ctx, "POST /producers", in.Body)
	if err != nil {
		return nil, err
	}
	p, err := a.People.AddProducer(ctx, sessionOf(ctx).Actor, ocop.Producer{Name: in.Body.Name, Code: in.Body.Code, Form: in.Body.Form, Unit: in.Body.Unit}, key)
	return &producerOut{p}, err
}

func (a *API) listUnits(ctx context.Context, in *Page) (*listOf[ocop.Unit], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	if err := staff(ctx); err != nil {
		return nil, err
	}
	from := ocop.Path(after)
	if after != "" {
		from += "\x01" // just behind the last one seen
	}
	rows, err := store.Units(ctx, a.DB, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(rows, in.Limit, func(u ocop.Unit) string { return string(u.Path) }), nil
}

type unitIn struct {
	Writing
	Body struct {
		Code   string        `json:"code" maxLength:"63"`
		Name   ocop.Text     `json:"name"`
		Kind   ocop.UnitKind `json:"kind" maxLength:"20"`
		Parent string        `json:"parent,omitempty" doc:"id or code"`
	}
}

type unitOut struct{ Body ocop.Unit }

func (a *API) addUnit(ctx context.Context, in *unitIn) (*unitOut, error) {
	key, err := in.key(ctx, "POST /units", in.Body)
	if err != nil {
		return nil, err
	}
	u, err := a.People.AddUnit(ctx, sessionOf(ctx).Actor, ocop.Unit{Code: in.Body.Code, Name: in.Body.Name, Kind: in.Body.Kind, Parent: in.Body.Parent}, key)
	return &unitOut{u}, err
}

type accountIn struct {
	Writing
	Body struct {
		Name     string `json:"name" maxLength:"63"`
		Display  string `json:"display,omitempty" maxLength:"200"`
		Password string `json:"password,omitempty" maxLength:"1000"`
	}
}

type accountOut struct{ Body store.Account }

func (a *API) addAccount(ctx context.Context, in *accountIn) (*accountOut, error) {
	key, err := in.key(ctx, "POST /accounts", in.Body)
	if err != nil {
		return nil, err
	}
	acc, err := a.People.Add(ctx, sessionOf(ctx).Actor, accounts.NewAccount{Name: in.Body.Name, Display: in.Body.Display, Password: in.Body.Password}, key)
	return &accountOut{acc}, err
}

type stateBody struct {
	Status string `json:"status"`
}

type stateOut struct{ Body stateBody }

func (a *API) healthz(context.Context, *struct{}) (*stateOut, error) {
	return &stateOut{stateBody{"ok"}}, nil
}

// readyz tells whether a move could be made now. A standby, which reads well, says so.
func (a *API) readyz(ctx context.Context, _ *struct{}) (*stateOut, error) {
	err := a.Desk.Committer.Ready(ctx)
	switch {
	case sqldb.OnlyReads(err):
		return nil, commit.OnlyReads()
	case err != nil:
		// The probe's own time-out is no request that was cut off: its kind is left behind.
		return nil, fault.New(fault.Unavailable, "not_ready", "Cơ sở dữ liệu chưa sẵn sàng.", "The database is not ready.").Because(errors.New(fmt.Sprint(err)))
	}
	return &stateOut{stateBody{"ready"}}, nil
}

package httpapi

import (
	"context"

	"ocopflow/internal/casework"
	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

func (a *API) listCouncils(ctx context.Context, in *Page) (*listOf[store.Council], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := a.Councils.Councils(ctx, sessionOf(ctx).Actor, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(rows, in.Limit, func(k store.Council) string { return k.ID }), nil
}

type councilBody struct {
	Name      string            `json:"name,omitempty" maxLength:"400"`
	Unit      string            `json:"unit" doc:"id or code of the district, province or ministry; its level is the council's" maxLength:"100"`
	Decision  string            `json:"decision" doc:"number of the decision that appoints it" maxLength:"200"`
	DecidedOn *ocop.Date        `json:"decided_on" format:"date"`
	Members   []council.Sitting `json:"members" minItems:"1" maxItems:"40"`
}

type councilIn struct {
	Writing
	Body councilBody
}

type councilOut struct{ Body store.Council }

func (a *API) appointCouncil(ctx context.Context, in *councilIn) (*councilOut, error) {
	key, err := in.key(ctx, "POST /councils", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	k, err := a.Councils.Appoint(ctx, council.Appointment{Name: b.Name, Unit: b.Unit, Decision: b.Decision, DecidedOn: b.DecidedOn, Members: b.Members,
		Actor: sessionOf(ctx).Actor, Key: key})
	return &councilOut{k}, err
}

func (a *API) getCouncil(ctx context.Context, in *ByID) (*councilOut, error) {
	k, err := a.Councils.Council(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &councilOut{*k}, nil
}

type sessionsIn struct {
	Page
	Product string `query:"product" maxLength:"100"`
	Status  string `query:"status" maxLength:"20"`
}

func (a *API) listSessions(ctx context.Context, in *sessionsIn) (*listOf[council.View], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := a.Councils.Sessions(ctx, sessionOf(ctx).Actor, store.SessionFilter{Product: in.Product, Status: in.Status, After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return cut(rows, in.Limit, func(v council.View) string { return v.ID }), nil
}

type scoringOut struct {
	ETag string `header:"ETag"`
	Body council.View
}

func oneSession(v council.View, err error) (*scoringOut, error) {
	if err != nil {
		return nil, err
	}
	return &scoringOut{httpx.ETag(v.Version), v}, nil
}

type beginIn struct {
	Writing
	Body struct {
		Product string     `json:"product" maxLength:"100" doc:"id"`
		Council string     `json:"council" maxLength:"100" doc:"id"`
		Kind    string     `json:"kind,omitempty" enum:"meeting,written" doc:"as the procedure expects, unless given"`
		HeldOn  *ocop.Date `json:"held_on,omitempty" format:"date" doc:"today, unless given"`
		Place   string     `json:"place,omitempty" maxLength:"400"`
	}
}

func (a *API) beginSession(ctx context.Context, in *beginIn) (*scoringOut, error) {
	key, err := in.key(ctx, "POST /scoring-sessions", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return oneSession(a.Councils.Begin(ctx, council.Call{Product: b.Product, Council: b.Council, Kind: b.Kind, HeldOn: b.HeldOn, Place: b.Place,
		Actor: sessionOf(ctx).Actor, Key: key}))
}

func (a *API) getSession(ctx context.Context, in *ByID) (*scoringOut, error) {
	return oneSession(a.Councils.Session(ctx, sessionOf(ctx).Actor, in.ID))
}

// request is what every act on a session carries.
func (a *API) request(ctx context.Context, w Writing, id, route string, body any) (council.Request, error) {
	version, err := httpx.IfMatch(w.IfMatch)
	if err != nil {
		return council.Request{}, err
	}
	key, err := w.key(ctx, route+" /scoring-sessions/{id}", id, body)
	return council.Request{Session: id, Version: version, Actor: sessionOf(ctx).Actor, Key: key}, err
}

type declareIn struct {
	ByID
	Writing
	Body struct {
		Conflict bool   `json:"conflict"`
		Reason   string `json:"reason,omitempty" maxLength:"20000"`
	}
}

func (a *API) declare(ctx context.Context, in *declareIn) (*scoringOut, error) {
	r, err := a.request(ctx, in.Writing, in.ID, "declaration", in.Body)
	if err != nil {
		return nil, err
	}
	return oneSession(a.Councils.Declare(ctx, r, council.Declaration{Conflict: in.Body.Conflict, Reason: in.Body.Reason}))
}

// SheetBody is a sheet as it is written everywhere. Exported, for huma looks only
// into embedded structs that are.
type SheetBody struct {
	Choices   map[string]int `json:"choices" doc:"criterion code to the points of the chosen option"`
	Case      int            `json:"case,omitempty" doc:"of set 26: 1 or 2"`
	Knockouts []string       `json:"knockouts,omitempty" maxItems:"50" doc:"found: a criterion's code, or dossier-N"`
}

func (b SheetBody) sheet() criteria.Sheet {
	if b.Choices == nil {
		b.Choices = map[string]int{}
	}
	return criteria.Sheet{Choices: b.Choices, Case: b.Case, Knockouts: b.Knockouts}
}

type agreedIn struct {
	ByID
	Writing
	Body SheetBody
}

func (a *API) agree(ctx context.Context, in *agreedIn) (*scoringOut, error) {
	r, err := a.request(ctx, in.Writing, in.ID, "agreed", in.Body)
	if err != nil {
		return nil, err
	}
	return oneSession(a.Councils.Agree(ctx, r, in.Body.sheet()))
}

type filledBody struct {
	SheetBody
	Opinion string `json:"opinion,omitempty" maxLength:"20000"`
	Product string `json:"product,omitempty" maxLength:"100" doc:"checked if given"`
	Set     int    `json:"set,omitempty" doc:"checked if given"`
	Total   *int64 `json:"total,omitempty" doc:"of the whole sheet, with what was agreed; checked if given"`
}

func (b filledBody) filled() council.Filled {
	return council.Filled{Sheet: b.sheet(), Opinion: b.Opinion, Product: b.Product, Set: b.Set, Total: b.Total}
}

type filledIn struct {
	ByID
	Writing
	Body filledBody
}

func (a *API) saveSheet(ctx context.Context, in *filledIn) (*scoringOut, error) {
	r, err := a.request(ctx, in.Writing, in.ID, "sheets/me", in.Body)
	if err != nil {
		return nil, err
	}
	v, err := a.Councils.Save(ctx, r, in.Body.filled())
	out, err := oneSession(v, err)
	if out != nil && v.Mine != nil {
		out.ETag = httpx.ETag(v.Mine.Version)
	}
	return out, err
}

type sealIn struct {
	ByID
	Writing
	Body *filledBody `required:"false"`
}

func (a *API) sealSheet(ctx context.Context, in *sealIn) (*scoringOut, error) {
	r, err := a.request(ctx, in.Writing, in.ID, "sheets/me/seal", in.Body)
	if err != nil {
		return nil, err
	}
	var x *council.Filled
	if in.Body != nil && in.Body.Choices != nil {
		filled := in.Body.filled()
		x = &filled
	}
	return oneSession(a.Councils.Seal(ctx, r, x))
}

type reasonIn struct {
	ByID
	Writing
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"20000"`
	} `required:"false"`
}

func (in *reasonIn) reason() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Reason
}

// step is an act of the secretary that takes a reason at most.
func (a *API) step(name string, do func(*council.Desk, context.Context, council.Request, string) (council.View, error)) handler[reasonIn, scoringOut] {
	return func(ctx context.Context, in *reasonIn) (*scoringOut, error) {
		r, err := a.request(ctx, in.Writing, in.ID, name, in.Body)
		if err != nil {
			return nil, err
		}
		return oneSession(do(a.Councils, ctx, r, in.reason()))
	}
}

func openSheets(d *council.Desk, ctx context.Context, r council.Request, _ string) (council.View, error) {
	return d.Open(ctx, r)
}

func closeSession(d *council.Desk, ctx context.Context, r council.Request, _ string) (council.View, error) {
	return d.Close(ctx, r)
}

type selfScoreIn struct {
	ByID
	Writing
	Body struct {
		SheetBody
		Evidence map[string][]string `json:"evidence,omitempty" doc:"documents by criterion"`
		Behalf
	}
}

type selfScoreOut struct{ Body casework.SelfScored }

func (a *API) selfScore(ctx context.Context, in *selfScoreIn) (*selfScoreOut, error) {
	key, err := in.key(ctx, "POST /products/{id}/self-score", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	done, err := a.Desk.SelfScore(ctx, casework.Tick{Product: in.ID, Sheet: in.Body.sheet(), Evidence: in.Body.Evidence, OnBehalf: in.Body.given(), Actor: sessionOf(ctx).Actor, Key: key})
	return &selfScoreOut{done}, err
}

func (a *API) getSelfScore(ctx context.Context, in *ByID) (*selfScoreOut, error) {
	own, _, err := a.Desk.OwnScore(ctx, sessionOf(ctx).Actor, in.ID)
	return &selfScoreOut{own}, err
}

type pathIn struct {
	ByID
	Stars int `query:"stars" minimum:"1" maximum:"5" required:"true"`
}

type pathOut struct{ Body criteria.Path }

func (a *API) pathTo(ctx context.Context, in *pathIn) (*pathOut, error) {
	p, err := a.Desk.PathTo(ctx, sessionOf(ctx).Actor, in.ID, in.Stars)
	return &pathOut{p}, err
}

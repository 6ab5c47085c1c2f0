package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"ocopflow/internal/access"
	"ocopflow/internal/batch"
	"ocopflow/internal/clerk"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// batchRoutes are the rounds of council work of a level.
func (a *API) batchRoutes(r router) {
	get(r, "/api/v1/batches", "list-batches", "Batches", a.listBatches)
	post(r, "/api/v1/batches", "open-batch", "Batches", 201, a.openBatch)
	get(r, "/api/v1/batches/proposals", "propose-batches", "Batches", a.proposeBatches)
	get(r, "/api/v1/batches/{id}", "get-batch", "Batches", a.getBatch)
	patch(r, "/api/v1/batches/{id}", "change-batch", "Batches", a.changeBatch)
	post(r, "/api/v1/batches/{id}/layout", "lay-out-batch", "Batches", 200, a.layOutBatch)
	post(r, "/api/v1/batches/{id}/products", "take-into-batch", "Batches", 200, a.takeIntoBatch)
	post(r, "/api/v1/batches/{id}/products/{product}/leave-out", "leave-out-of-batch", "Batches", 200, a.leaveOut)
	post(r, "/api/v1/batches/{id}/products/{product}/carry-over", "carry-over", "Batches", 200, a.carryOver)
	post(r, "/api/v1/batches/{id}/sessions", "begin-batch-sessions", "Batches", 200, a.beginBatch)
	post(r, "/api/v1/batches/{id}/close", "close-batch", "Batches", 200, a.closeBatch)
	post(r, "/api/v1/batches/{id}/cancel", "cancel-batch", "Batches", 200, a.cancelBatch)
	get(r, "/api/v1/batches/{id}/results.xlsx", "batch-results-xlsx", "Batches", a.batchTable)
	for _, format := range []string{"pdf", "docx"} {
		for _, name := range []string{"invitation", "agenda", "minutes", "results"} {
			get(r, "/api/v1/batches/{id}/"+name+"."+format, "batch-"+name+"-"+format, "Batches", a.batchPaper(name, format))
		}
	}
}

type batchesIn struct {
	Page
	Status string `query:"status" enum:"open,closed,cancelled"`
	Unit   string `query:"unit" maxLength:"100" doc:"id"`
}

func (a *API) listBatches(ctx context.Context, in *batchesIn) (*listOf[batch.Batch], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Batches.Batches(ctx, sessionOf(ctx).Actor, store.BatchFilter{Status: store.BatchStatus(in.Status), Unit: in.Unit, Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(v batch.Batch) string { return v.ID }), nil
}

func (a *API) proposeBatches(ctx context.Context, in *OfUnit) (*listOf[workflow.BatchDates], error) {
	items, err := a.Batches.Proposals(ctx, sessionOf(ctx).Actor, in.Unit)
	return &listOf[workflow.BatchDates]{Body: list[workflow.BatchDates]{Items: items}}, err
}

type batchOut struct {
	ETag string `header:"ETag"`
	Body batch.Batch
}

func oneBatch(v batch.Batch, err error) (*batchOut, error) {
	return &batchOut{httpx.ETag(v.Version), v}, err
}

func (a *API) getBatch(ctx context.Context, in *ByID) (*batchOut, error) {
	return oneBatch(a.Batches.Batch(ctx, sessionOf(ctx).Actor, in.ID))
}

type batchIn struct {
	Writing
	Body struct {
		Unit            string     `json:"unit,omitempty" maxLength:"100" doc:"id or code; empty for one's own"`
		Title           string     `json:"title" maxLength:"1000"`
		RequestedBefore *ocop.Date `json:"requested_before,omitempty" format:"date" doc:"cut-off, exclusive"`
		HeldBefore      *ocop.Date `json:"held_before,omitempty" format:"date" doc:"exclusive"`
		Council         string     `json:"council,omitempty" maxLength:"100" doc:"id"`
		Place           string     `json:"place,omitempty" maxLength:"1000"`
	}
}

func (a *API) openBatch(ctx context.Context, in *batchIn) (*batchOut, error) {
	key, err := in.key(ctx, "POST /batches", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return oneBatch(a.Batches.Open(ctx, sessionOf(ctx).Actor, batch.Plan{Unit: b.Unit, Title: &b.Title, RequestedBefore: b.RequestedBefore, HeldBefore: b.HeldBefore,
		Council: &b.Council, Place: &b.Place}, key))
}

// ofBatch is what every act on a batch carries.
func (w Writing) ofBatch(ctx context.Context, route, id string, version *int64, asked ...any) (r batch.Request, err error) {
	r = batch.Request{ID: id, Actor: sessionOf(ctx).Actor}
	if r.Version, err = w.version(version); err != nil {
		return r, err
	}
	r.Key, err = w.key(ctx, route, append([]any{id}, asked...)...)
	return r, err
}

type batchChangeIn struct {
	ByID
	Writing
	Body struct {
		Title           *string      `json:"title,omitempty" maxLength:"1000"`
		RequestedBefore *ocop.Date   `json:"requested_before,omitempty" format:"date"`
		HeldBefore      *ocop.Date   `json:"held_before,omitempty" format:"date"`
		NoDays          bool         `json:"no_days,omitempty" doc:"takes both days away"`
		Council         *string      `json:"council,omitempty" maxLength:"100" doc:"id; empty takes it away"`
		Place           *string      `json:"place,omitempty" maxLength:"1000"`
		Agenda          []store.Slot `json:"agenda,omitempty" maxItems:"400" doc:"whole, in the order in which it is gone through"`
		Version         *int64       `json:"version,omitempty"`
	}
}

func (a *API) changeBatch(ctx context.Context, in *batchChangeIn) (*batchOut, error) {
	b := in.Body
	r, err := in.ofBatch(ctx, "PATCH /batches/{id}", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	return oneBatch(a.Batches.Change(ctx, r, batch.Plan{Title: b.Title, RequestedBefore: b.RequestedBefore, HeldBefore: b.HeldBefore, NoDays: b.NoDays, Council: b.Council, Place: b.Place, Agenda: b.Agenda}))
}

type layoutIn struct {
	ByID
	Writing
	Body struct {
		Day       *ocop.Date `json:"day" format:"date" doc:"the first; the next ones are working days"`
		From      string     `json:"from" maxLength:"5" doc:"HH:MM"`
		To        string     `json:"to" maxLength:"5"`
		PauseFrom string     `json:"pause_from,omitempty" maxLength:"5"`
		PauseTo   string     `json:"pause_to,omitempty" maxLength:"5"`
		Minutes   int        `json:"minutes" doc:"for each product"`
		Order     []string   `json:"order,omitempty" maxItems:"400" doc:"ids; the others come after them"`
		Place     string     `json:"place,omitempty" maxLength:"200"`
		Version   *int64     `json:"version,omitempty"`
	}
}

func (a *API) layOutBatch(ctx context.Context, in *layoutIn) (*batchOut, error) {
	b := in.Body
	r, err := in.ofBatch(ctx, "POST /batches/{id}/layout", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	return oneBatch(a.Batches.LayOut(ctx, r, batch.Layout{Day: b.Day, From: b.From, To: b.To, PauseFrom: b.PauseFrom, PauseTo: b.PauseTo, Minutes: b.Minutes, Order: b.Order, Place: b.Place}))
}

// eachOut is what came of an act about many products of a batch.
type eachOut struct {
	ETag string `header:"ETag"`
	Body struct {
		Batch batch.Batch `json:"batch"`
		Items []eachThing `json:"items"`
	}
}

type eachThing struct {
	Product string         `json:"product" doc:"as asked"`
	Status  int            `json:"status"`
	Session string         `json:"session,omitempty"`
	Problem *httpx.Problem `json:"problem,omitempty"`
}

func (a *API) eachOf(ctx context.Context, d batch.Done, err error) (*eachOut, error) {
	if err != nil {
		return nil, err
	}
	out := &eachOut{ETag: httpx.ETag(d.Batch.Version)}
	out.Body.Batch, out.Body.Items = d.Batch, []eachThing{}
	for _, x := range d.Items {
		e := eachThing{Product: x.Product, Status: 200, Session: x.Session}
		if x.Fault != nil {
			e.Problem = a.problem(ctx, x.Fault)
			e.Status = e.Problem.Status
		}
		out.Body.Items = append(out.Body.Items, e)
	}
	return out, nil
}

type takeIn struct {
	ByID
	Writing
	Body struct {
		Products []string `json:"products" maxItems:"400" doc:"ids or codes"`
		Version  *int64   `json:"version,omitempty"`
	}
}

func (a *API) takeIntoBatch(ctx context.Context, in *takeIn) (*eachOut, error) {
	r, err := in.ofBatch(ctx, "POST /batches/{id}/products", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	done, err := a.Batches.TakeIn(ctx, r, in.Body.Products)
	return a.eachOf(ctx, done, err)
}

type leaveIn struct {
	ByID
	Writing
	Product string `path:"product" maxLength:"100" doc:"id"`
	Body    reasonBody
}

func (a *API) leaveOut(ctx context.Context, in *leaveIn) (*batchOut, error) {
	r, err := in.ofBatch(ctx, "POST /batches/{id}/products/{product}/leave-out", in.ID, in.Body.Version, in.Product, in.Body)
	if err != nil {
		return nil, err
	}
	return oneBatch(a.Batches.LeaveOut(ctx, r, in.Product, in.Body.Reason))
}

type carryIn struct {
	ByID
	Writing
	Product string `path:"product" maxLength:"100" doc:"id"`
	Body    struct {
		Into    string `json:"into" maxLength:"100" doc:"id of another open batch of the unit"`
		Reason  string `json:"reason" maxLength:"4000"`
		Version *int64 `json:"version,omitempty"`
	}
}

func (a *API) carryOver(ctx context.Context, in *carryIn) (*batchOut, error) {
	r, err := in.ofBatch(ctx, "POST /batches/{id}/products/{product}/carry-over", in.ID, in.Body.Version, in.Product, in.Body)
	if err != nil {
		return nil, err
	}
	return oneBatch(a.Batches.CarryOver(ctx, r, in.Product, in.Body.Into, in.Body.Reason))
}

type sittingBody struct {
	Kind    string     `json:"kind,omitempty" enum:"meeting,written" doc:"as each procedure expects, unless given"`
	HeldOn  *ocop.Date `json:"held_on,omitempty" format:"date" doc:"the agenda's day of each product, unless given"`
	Place   string     `json:"place,omitempty" maxLength:"200"`
	Version *int64     `json:"version,omitempty"`
}

type beginBatchIn struct {
	ByID
	Writing
	Body *sittingBody
}

func (a *API) beginBatch(ctx context.Context, in *beginBatchIn) (*eachOut, error) {
	b := given(in.Body)
	r, err := in.ofBatch(ctx, "POST /batches/{id}/sessions", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	done, err := a.Batches.Begin(ctx, r, batch.Meeting{Kind: b.Kind, HeldOn: b.HeldOn, Place: b.Place})
	return a.eachOf(ctx, done, err)
}

// versionBody names what the caller saw.
type versionBody struct {
	Version *int64 `json:"version,omitempty"`
}

type closeBatchIn struct {
	ByID
	Writing
	Body *versionBody
}

func (a *API) closeBatch(ctx context.Context, in *closeBatchIn) (*batchOut, error) {
	r, err := in.ofBatch(ctx, "POST /batches/{id}/close", in.ID, given(in.Body).Version)
	if err != nil {
		return nil, err
	}
	return oneBatch(a.Batches.Close(ctx, r))
}

func (a *API) cancelBatch(ctx context.Context, in *cancelIn) (*batchOut, error) {
	r, err := in.ofBatch(ctx, "POST /batches/{id}/cancel", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneBatch(a.Batches.Cancel(ctx, r, in.Body.Reason))
}

// batchTable gives the results as a workbook to whoever sees the batch.
func (a *API) batchTable(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	v, err := a.Batches.Batch(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return a.sent(ctx, a.Lists.BatchResults(readerOf(ctx), v))
}

// batchPapers are the templates of a batch's papers, and the names of files.
var batchPapers = map[string]struct{ template, file string }{
	"invitation": {"invitation", "giay-moi-hop"}, "agenda": {"batch_agenda", "chuong-trinh"}, "minutes": {"minutes", "bien-ban"}, "results": {"batch_results", "ket-qua"},
}

// batchPaper draws one of a batch's papers up.
func (a *API) batchPaper(name, format string) handler[ByID, fileOut] {
	made := batchPapers[name]
	return func(ctx context.Context, in *ByID) (*fileOut, error) {
		actor := sessionOf(ctx).Actor
		v, err := a.Batches.Batch(ctx, actor, in.ID)
		if err != nil {
			return nil, err
		}
		if !clerk.Makes(actor, made.template, v.Path) {
			return nil, fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
		}
		data, err := a.batchData(ctx, actor, name, v)
		if err != nil {
			return nil, err
		}
		return drawnUp(ctx, made.file, format, func() (paper.Document, error) { return a.Clerk.Write(ctx, v.Path, made.template, langOf(ctx), data) })
	}
}

func (a *API) batchData(ctx context.Context, actor access.Actor, name string, v batch.Batch) (any, error) {
	year, lang := ocop.DateOf(a.Clock()).Year(), langOf(ctx)
	switch name {
	case "agenda":
		return paper.AgendaOf(v, year, lang), nil
	case "results":
		return paper.ResultsOf(v, year, lang), nil
	}
	var members []store.CouncilMember
	if v.Council.ID != "" {
		k, err := a.Councils.Council(ctx, actor, v.Council.ID)
		if err != nil {
			return nil, err
		}
		members = k.Members
	}
	if name == "minutes" {
		return paper.MinutesOf(v, members, year, lang), nil
	}
	return paper.InvitationOf(v, members, year, lang), nil
}

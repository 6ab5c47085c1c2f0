package httpapi

import (
	"context"

	"ocopflow/internal/announce"
	"ocopflow/internal/httpx"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// announceRoutes are the written notices of results.
func (a *API) announceRoutes(r router) {
	get(r, "/api/v1/products/{id}/result-notice", "get-result-notice", "Notices of results", a.resultNotice)
	post(r, "/api/v1/products/{id}/result-notice", "send-result-notice", "Notices of results", 201, a.sendResultNotice)
	get(r, "/api/v1/batches/{id}/result-notices", "batch-result-notices", "Notices of results", a.batchNotices)
	post(r, "/api/v1/batches/{id}/result-notices", "send-batch-result-notices", "Notices of results", 200, a.sendBatchNotices)
	get(r, "/api/v1/result-notices/lacking", "lacking-result-notices", "Notices of results", a.lackingNotices)
	for _, format := range []string{"docx", "pdf"} {
		get(r, "/api/v1/products/{id}/result-notice."+format, "draw-result-notice-"+format, "Notices of results", a.draftNotice(format))
	}
}

type resultOut struct {
	Body struct {
		Result *announce.Scored `json:"result" doc:"the newest result that stands; null without one"`
	}
}

func (a *API) resultNotice(ctx context.Context, in *ByID) (*resultOut, error) {
	r, err := a.Announce.Of(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := &resultOut{}
	out.Body.Result = r
	return out, nil
}

type sendNoticeIn struct {
	ByID
	Writing
	Body struct {
		Signer string `json:"signer,omitempty" maxLength:"1000" doc:"who signs it; left to the hand unless given"`
	}
}

func (a *API) sendResultNotice(ctx context.Context, in *sendNoticeIn) (*paperRegisteredOut, error) {
	key, err := in.key(ctx, "POST /products/{id}/result-notice", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	p, err := a.Announce.SendOne(ctx, announce.Request{Products: []string{in.ID}, Signer: in.Body.Signer, Actor: sessionOf(ctx).Actor, Key: key})
	if err != nil {
		return nil, err
	}
	return &paperRegisteredOut{httpx.ETag(p.Version), "/api/v1/correspondence/" + p.ID, oneOfRegister(p)}, nil
}

func (a *API) batchNotices(ctx context.Context, in *ByID) (*listOf[announce.Scored], error) {
	v, err := a.Batches.Batch(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.Announce.Among(ctx, sessionOf(ctx).Actor, v.Judged())
	return &listOf[announce.Scored]{Body: list[announce.Scored]{Items: items}}, err
}

type sendNoticesIn struct {
	ByID
	Writing
	Body struct {
		Products []string `json:"products,omitempty" maxItems:"400" doc:"ids; all results of the batch that lack a notice, unless given"`
		Signer   string   `json:"signer,omitempty" maxLength:"1000"`
	}
}

type sentNotice struct {
	Product string         `json:"product"`
	Status  int            `json:"status"`
	Paper   *store.Paper   `json:"paper,omitempty"`
	Problem *httpx.Problem `json:"problem,omitempty"`
}

func (a *API) sendBatchNotices(ctx context.Context, in *sendNoticesIn) (*listOf[sentNotice], error) {
	actor := sessionOf(ctx).Actor
	key, err := in.key(ctx, "POST /batches/{id}/result-notices", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	v, err := a.Batches.Batch(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	done, err := a.Announce.SendOf(ctx, announce.Request{Products: in.Body.Products, Signer: in.Body.Signer, Actor: actor, Key: key}, v.Judged())
	out := &listOf[sentNotice]{Body: list[sentNotice]{Items: []sentNotice{}}}
	for _, x := range done {
		e := sentNotice{Product: x.Product, Status: 200, Paper: x.Paper}
		if x.Fault != nil {
			e.Problem = a.problem(ctx, x.Fault)
			e.Status = e.Problem.Status
		}
		out.Body.Items = append(out.Body.Items, e)
	}
	return out, err
}

// mostLacking bounds how many results without a notice are told at once.
const mostLacking = 200

func (a *API) lackingNotices(ctx context.Context, _ *struct{}) (*listOf[announce.Scored], error) {
	items, err := a.Announce.Lacking(ctx, sessionOf(ctx).Actor, mostLacking)
	return &listOf[announce.Scored]{Body: list[announce.Scored]{Items: items}}, err
}

func (a *API) draftNotice(format string) handler[ByID, fileOut] {
	return func(ctx context.Context, in *ByID) (*fileOut, error) {
		return drawnUp(ctx, "thong-bao-ket-qua", format, func() (paper.Document, error) {
			return a.Announce.Draft(ctx, sessionOf(ctx).Actor, in.ID, langOf(ctx))
		})
	}
}

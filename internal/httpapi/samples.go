package httpapi

import (
	"context"

	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sample"
	"ocopflow/internal/store"
)

// sampleRoutes are the samples of products.
func (a *API) sampleRoutes(r router) {
	get(r, "/api/v1/products/{id}/samples", "product-samples", "Samples", a.productSamples)
	post(r, "/api/v1/products/{id}/samples", "receive-samples", "Samples", 201, a.receiveSamples)
	post(r, "/api/v1/samples/{id}/settle", "settle-samples", "Samples", 200, a.settleSamples)
	post(r, "/api/v1/samples/{id}/void", "void-samples", "Samples", 200, a.voidSamples)
}

type samplesOut struct{ Body sample.State }

func (a *API) productSamples(ctx context.Context, in *ByID) (*samplesOut, error) {
	s, err := a.Samples.Of(ctx, sessionOf(ctx).Actor, in.ID)
	return &samplesOut{s}, err
}

type sampleOut struct {
	ETag string `header:"ETag"`
	Body store.Sample
}

func oneSample(x store.Sample, err error) (*sampleOut, error) {
	return &sampleOut{httpx.ETag(x.Version), x}, err
}

// ofSample is what every act on samples carries.
func (w Writing) ofSample(ctx context.Context, route, id string, version *int64, asked any) (r sample.Request, err error) {
	r = sample.Request{ID: id, Actor: sessionOf(ctx).Actor}
	if r.Version, err = w.version(version); err != nil {
		return r, err
	}
	r.Key, err = w.key(ctx, route, id, asked)
	return r, err
}

type receiveIn struct {
	ByID
	Writing
	Body struct {
		Units      int        `json:"units"`
		ReceivedOn *ocop.Date `json:"received_on,omitempty" format:"date" doc:"today, unless given"`
		BroughtBy  string     `json:"brought_by,omitempty" maxLength:"4000"`
		Condition  string     `json:"condition" maxLength:"4000" doc:"in which they came"`
	}
}

func (a *API) receiveSamples(ctx context.Context, in *receiveIn) (*sampleOut, error) {
	r, err := in.ofSample(ctx, "POST /products/{id}/samples", in.ID, nil, in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return oneSample(a.Samples.Receive(ctx, r, sample.Receipt{Product: in.ID, Units: b.Units, ReceivedOn: b.ReceivedOn, BroughtBy: b.BroughtBy, Condition: b.Condition}))
}

type settleIn struct {
	ByID
	Writing
	Body struct {
		UsedUp   int        `json:"used_up"`
		Returned int        `json:"returned"`
		On       *ocop.Date `json:"on,omitempty" format:"date" doc:"today, unless given"`
		Note     string     `json:"note,omitempty" maxLength:"4000"`
		Version  *int64     `json:"version,omitempty"`
	}
}

func (a *API) settleSamples(ctx context.Context, in *settleIn) (*sampleOut, error) {
	b := in.Body
	r, err := in.ofSample(ctx, "POST /samples/{id}/settle", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	return oneSample(a.Samples.Settle(ctx, r, sample.Fate{UsedUp: b.UsedUp, Returned: b.Returned, On: b.On, Note: b.Note}))
}

func (a *API) voidSamples(ctx context.Context, in *cancelIn) (*sampleOut, error) {
	r, err := in.ofSample(ctx, "POST /samples/{id}/void", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneSample(a.Samples.Void(ctx, r, in.Body.Reason))
}

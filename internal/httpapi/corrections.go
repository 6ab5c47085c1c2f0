package httpapi

import (
	"context"

	"ocopflow/internal/casework"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

func (a *API) correctionRoutes(r router) {
	patch(r, "/api/v1/products/{id}", "correct-product", "Corrections", a.correctProduct, a.visible(r.api))
	get(r, "/api/v1/products/{id}/corrections", "product-corrections", "Corrections", a.productCorrections, a.visible(r.api))
	patch(r, "/api/v1/producers/{id}", "correct-producer", "Corrections", a.correctProducer)
	get(r, "/api/v1/producers/{id}/corrections", "producer-corrections", "Corrections", a.producerCorrections)
	get(r, "/api/v1/corrections", "list-corrections", "Corrections", a.listCorrections)
	get(r, "/api/v1/corrections/{id}", "get-correction", "Corrections", a.getCorrection)
	post(r, "/api/v1/corrections/{id}/confirm", "confirm-correction", "Corrections", 200, a.decideCorrection(true))
	post(r, "/api/v1/corrections/{id}/decline", "decline-correction", "Corrections", 200, a.decideCorrection(false))
}

type correctProductIn struct {
	ByID
	Writing
	Body struct {
		Name     *string `json:"name,omitempty" maxLength:"1000"`
		Set      *int    `json:"set,omitempty"`
		Producer *string `json:"producer,omitempty" maxLength:"100" doc:"id or code"`
		Unit     *string `json:"unit,omitempty" maxLength:"100" doc:"id or code of the commune, or of the authority above where it is not known"`
		Reason   string  `json:"reason" maxLength:"4000"`
		Version  *int64  `json:"version,omitempty"`
	}
}

// correctedProduct is the product as it now stands, with the correction: one
// that waits for a second person has changed nothing yet.
type correctedProduct struct {
	casework.Product
	Correction store.Correction `json:"correction"`
}

type correctedProductOut struct {
	ETag string `header:"ETag"`
	Body correctedProduct
}

func (a *API) correctProduct(ctx context.Context, in *correctProductIn) (*correctedProductOut, error) {
	f := casework.Fix{Name: in.Body.Name, Set: in.Body.Set, Producer: in.Body.Producer, Unit: in.Body.Unit, Reason: in.Body.Reason, Version: in.Body.Version, Actor: sessionOf(ctx).Actor}
	if err := in.into(&f.Version); err != nil {
		return nil, err
	}
	var err error
	if f.Key, err = in.key(ctx, "PATCH /products/{id}", in.ID, in.Body); err != nil {
		return nil, err
	}
	k, err := a.Desk.CorrectProduct(ctx, in.ID, f)
	if err != nil {
		return nil, err
	}
	p, err := store.Product(ctx, a.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return &correctedProductOut{httpx.ETag(p.Version), correctedProduct{casework.View(*p), k}}, nil
}

// into puts the version of an If-Match before the one of the body.
func (w Writing) into(version **int64) error {
	match, err := httpx.IfMatch(w.IfMatch)
	if match != nil {
		*version = match
	}
	return err
}

type correctProducerIn struct {
	ByID
	Writing
	Body struct {
		Name         *string `json:"name,omitempty" maxLength:"1000"`
		Form         *string `json:"form,omitempty" maxLength:"40"`
		Registration *string `json:"registration,omitempty" maxLength:"200" doc:"number in the register of businesses or cooperatives"`
		Reason       string  `json:"reason" maxLength:"4000"`
		Version      *int64  `json:"version,omitempty"`
	}
}

type correctedProducer struct {
	ocop.Producer
	Correction store.Correction `json:"correction"`
}

type correctedProducerOut struct {
	ETag string `header:"ETag"`
	Body correctedProducer
}

func (a *API) correctProducer(ctx context.Context, in *correctProducerIn) (*correctedProducerOut, error) {
	f := casework.Fix{Name: in.Body.Name, Form: in.Body.Form, Registration: in.Body.Registration, Reason: in.Body.Reason, Version: in.Body.Version, Actor: sessionOf(ctx).Actor}
	if err := in.into(&f.Version); err != nil {
		return nil, err
	}
	var err error
	if f.Key, err = in.key(ctx, "PATCH /producers/{id}", in.ID, in.Body); err != nil {
		return nil, err
	}
	k, err := a.Desk.CorrectProducer(ctx, in.ID, f)
	if err != nil {
		return nil, err
	}
	n, err := store.Producer(ctx, a.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return &correctedProducerOut{httpx.ETag(n.Version), correctedProducer{*n, k}}, nil
}

func (a *API) productCorrections(ctx context.Context, in *ByID) (*listOf[store.Correction], error) {
	items, err := a.Desk.CorrectionsOf(ctx, sessionOf(ctx).Actor, in.ID)
	return cut(items, len(items), func(k store.Correction) string { return k.ID }), err
}

func (a *API) producerCorrections(ctx context.Context, in *ByID) (*listOf[store.Correction], error) {
	items, err := a.Desk.CorrectionsOfProducer(ctx, sessionOf(ctx).Actor, in.ID)
	return cut(items, len(items), func(k store.Correction) string { return k.ID }), err
}

type correctionsIn struct {
	Page
	State string `query:"state" enum:"proposed,applied,declined"`
}

func (a *API) listCorrections(ctx context.Context, in *correctionsIn) (*listOf[store.Correction], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Desk.Corrections(ctx, sessionOf(ctx).Actor, store.CorrectionState(in.State), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(k store.Correction) string { return k.ID }), nil
}

type correctionOut struct {
	ETag string `header:"ETag"`
	Body store.Correction
}

func (a *API) getCorrection(ctx context.Context, in *ByID) (*correctionOut, error) {
	k, err := a.Desk.Correction(ctx, sessionOf(ctx).Actor, in.ID)
	return &correctionOut{httpx.ETag(k.Version), k}, err
}

type choiceIn struct {
	ByID
	Writing
	Body struct {
		Note    string `json:"note,omitempty" maxLength:"4000" doc:"the reason, when it is declined"`
		Version *int64 `json:"version,omitempty"`
	}
}

func (a *API) decideCorrection(confirm bool) handler[choiceIn, correctionOut] {
	route := "POST /corrections/{id}/decline"
	if confirm {
		route = "POST /corrections/{id}/confirm"
	}
	return func(ctx context.Context, in *choiceIn) (*correctionOut, error) {
		c := casework.Choice{Correction: in.ID, Note: in.Body.Note, Version: in.Body.Version, Actor: sessionOf(ctx).Actor}
		if err := in.into(&c.Version); err != nil {
			return nil, err
		}
		var err error
		if c.Key, err = in.key(ctx, route, in.ID, in.Body); err != nil {
			return nil, err
		}
		k, err := a.Desk.DecideCorrection(ctx, c, confirm)
		return &correctionOut{httpx.ETag(k.Version), k}, err
	}
}

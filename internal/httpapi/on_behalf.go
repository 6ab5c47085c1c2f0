package httpapi

import (
	"context"

	"ocopflow/internal/casework"
	"ocopflow/internal/httpx"
	"ocopflow/internal/store"
)

// Behalf says in whose place something is done, and from which paper.
type Behalf struct {
	OnBehalfOf string `json:"on_behalf_of,omitempty" maxLength:"100" doc:"id of the producer in whose place somebody else acts"`
	Scan       string `json:"scan,omitempty" maxLength:"100" doc:"the producer's paper: a document of the product or of the producer; needed with on_behalf_of"`
}

func (b Behalf) given() casework.OnBehalf {
	return casework.OnBehalf{Producer: b.OnBehalfOf, Scan: b.Scan}
}

// onBehalfRoutes are what was done in place of producers, and what they say to it.
func (a *API) onBehalfRoutes(r router) {
	get(r, "/api/v1/on-behalf", "list-on-behalf", "Products", a.onBehalfWaiting)
	get(r, "/api/v1/products/{id}/on-behalf", "product-on-behalf", "Products", a.productOnBehalf)
	post(r, "/api/v1/on-behalf/{index}/confirm", "confirm-on-behalf", "Products", 200, a.answerOnBehalf(true))
	post(r, "/api/v1/on-behalf/{index}/object", "object-on-behalf", "Products", 200, a.answerOnBehalf(false))
}

type onBehalfIn struct {
	All bool `query:"all" doc:"also what was answered; otherwise what waits for the caller's producers, and objections to who acts for producers"`
}

func (a *API) onBehalfWaiting(ctx context.Context, in *onBehalfIn) (*listOf[store.OnBehalf], error) {
	read := a.Desk.OnBehalfWaiting
	if in.All {
		read = a.Desk.OnBehalfAll
	}
	items, err := read(ctx, sessionOf(ctx).Actor, 200)
	return &listOf[store.OnBehalf]{Body: list[store.OnBehalf]{Items: items}}, err
}

func (a *API) productOnBehalf(ctx context.Context, in *ByID) (*listOf[store.OnBehalf], error) {
	items, err := a.Desk.OnBehalfOf(ctx, sessionOf(ctx).Actor, in.ID)
	return &listOf[store.OnBehalf]{Body: list[store.OnBehalf]{Items: append([]store.OnBehalf{}, items...)}}, err
}

type answerOnBehalfIn struct {
	Writing
	Index int64 `path:"index" minimum:"0" doc:"of the act's entry"`
	Body  struct {
		Reason  string `json:"reason,omitempty" doc:"needed for an objection"`
		Version *int64 `json:"version,omitempty" doc:"the version that the caller saw"`
	}
}

type onBehalfOut struct {
	ETag string `header:"ETag"`
	Body store.OnBehalf
}

func (a *API) answerOnBehalf(confirm bool) func(context.Context, *answerOnBehalfIn) (*onBehalfOut, error) {
	return func(ctx context.Context, in *answerOnBehalfIn) (*onBehalfOut, error) {
		version, err := in.version(in.Body.Version)
		if err != nil {
			return nil, err
		}
		key, err := in.key(ctx, "POST /on-behalf/{index}", in.Index, confirm, in.Body, in.IfMatch)
		if err != nil {
			return nil, err
		}
		b, err := a.Desk.AnswerOnBehalf(ctx, casework.Answered{Entry: in.Index, Confirm: confirm, Reason: in.Body.Reason, Version: version, Actor: sessionOf(ctx).Actor, Key: key})
		if err != nil {
			return nil, err
		}
		return &onBehalfOut{httpx.ETag(b.Version), b}, nil
	}
}

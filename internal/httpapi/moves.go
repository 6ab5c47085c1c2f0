package httpapi

import (
	"context"
	"fmt"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
)

type moveBody struct {
	Event   ocop.Event     `json:"event" minLength:"1" maxLength:"100"`
	Version *int64         `json:"version,omitempty" doc:"the version that the caller saw"`
	Comment string         `json:"comment,omitempty"`
	Data    map[string]any `json:"data,omitempty"`
	DryRun  bool           `json:"dry_run,omitempty"`
	Behalf
}

type moveIn struct {
	ByID
	Writing
	Body moveBody
}

type moveOut struct {
	ETag string `header:"ETag"`
	Body casework.Moved
}

func (a *API) moveProduct(ctx context.Context, in *moveIn) (*moveOut, error) {
	version, err := httpx.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if version == nil {
		version = in.Body.Version
	}
	key, err := in.key(ctx, "POST /products/{id}/transitions", in.ID, in.Body, in.IfMatch)
	if err != nil {
		return nil, err
	}
	ask := casework.Ask{Product: in.ID, Actor: sessionOf(ctx).Actor, Event: in.Body.Event, Version: version,
		Comment: in.Body.Comment, Data: in.Body.Data, Key: key, OnBehalf: in.Body.given()}
	var moved casework.Moved
	if in.Body.DryRun {
		all, errs := a.Desk.Try(ctx, []casework.Ask{ask})
		moved, err = all[0], errs[0]
	} else {
		moved, err = a.Desk.Move(ctx, ask)
	}
	if err != nil {
		return nil, err
	}
	return &moveOut{httpx.ETag(moved.Product.Version), moved}, nil
}

type bulkItem struct {
	Product string         `json:"product" minLength:"1" maxLength:"100"`
	Event   ocop.Event     `json:"event" minLength:"1" maxLength:"100"`
	Version *int64         `json:"version,omitempty"`
	Comment string         `json:"comment,omitempty"`
	Data    map[string]any `json:"data,omitempty"`
	Behalf
}

type bulkIn struct {
	Writing
	Body struct {
		Items  []bulkItem `json:"items" minItems:"1" maxItems:"5000"`
		DryRun bool       `json:"dry_run,omitempty"`
	}
}

type bulkResult struct {
	Product string          `json:"product" doc:"id, as asked"`
	Status  int             `json:"status"`
	State   *ocop.State     `json:"state,omitempty"`
	Version *int64          `json:"version,omitempty"`
	Entry   *casework.Entry `json:"entry,omitempty"`
	Problem *httpx.Problem  `json:"problem,omitempty"`
}

type bulkOut struct {
	Body struct {
		Items []bulkResult `json:"items"`
	}
}

func (a *API) moveMany(ctx context.Context, in *bulkIn) (*bulkOut, error) {
	whole, err := in.key(ctx, "POST /transitions", in.Body)
	if err != nil {
		return nil, err
	}
	if whole != nil && !in.Body.DryRun {
		// The whole request takes its key first, so that the same key with
		// another body is refused before any item is moved.
		if err := a.Desk.Reserve(ctx, *whole); err != nil {
			return nil, err
		}
	}
	asks := make([]casework.Ask, len(in.Body.Items))
	for i, x := range in.Body.Items {
		asks[i] = casework.Ask{Product: x.Product, Actor: sessionOf(ctx).Actor, Event: x.Event, Version: x.Version, Comment: x.Comment, Data: x.Data, OnBehalf: x.given()}
		if whole != nil {
			key := *whole
			key.Route = fmt.Sprintf("%s#%d", key.Route, i)
			asks[i].Key = &key
		}
	}
	do := a.Desk.MoveMany
	if in.Body.DryRun {
		do = a.Desk.Try
	}
	moved, errs := do(ctx, asks)
	out := &bulkOut{}
	for i, x := range in.Body.Items {
		out.Body.Items = append(out.Body.Items, a.result(ctx, x.Product, moved[i], errs[i]))
	}
	return out, nil
}

func (a *API) result(ctx context.Context, product string, moved casework.Moved, err error) bulkResult {
	if err != nil {
		p := a.problem(ctx, err)
		return bulkResult{Product: product, Status: p.Status, Problem: p}
	}
	return bulkResult{Product: product, Status: 200, State: &moved.Product.State, Version: &moved.Product.Version, Entry: &moved.Entry}
}

type clockBody struct {
	Now string `json:"now" format:"date-time" doc:"RFC 3339"`
}

type clockIn struct {
	Body clockBody
}

type clockOut struct {
	Body clockBody
}

func (a *API) demoClock(context.Context, *struct{}) (*clockOut, error) {
	return &clockOut{clockBody{a.Clock().Format(timeForm)}}, nil
}

func (a *API) moveClock(ctx context.Context, in *clockIn) (*clockOut, error) {
	now, err := parseTime(in.Body.Now)
	if err != nil {
		return nil, fault.New(fault.Invalid, "shape", "Thời điểm phải viết theo RFC 3339.", "The moment must be written as in RFC 3339.").
			At("body.now", "Ví dụ 2024-04-05T08:00:00+07:00.", "Such as 2024-04-05T08:00:00+07:00.")
	}
	if err := a.SetClock(ctx, now); err != nil {
		return nil, err
	}
	return a.demoClock(ctx, nil)
}

package httpapi

import (
	"context"
	"time"

	"ocopflow/internal/accounts"
)

type factorBody struct {
	On    bool       `json:"on"`
	Since *time.Time `json:"since"`
	Left  int        `json:"recovery_codes_left"`
}

type factorOut struct{ Body factorBody }

func (a *API) secondFactor(ctx context.Context, _ *struct{}) (*factorOut, error) {
	since, left, ok, err := a.People.HasFactor(ctx, sessionOf(ctx).Account.ID)
	out := &factorOut{factorBody{On: ok, Left: left}}
	if ok {
		out.Body.Since = &since
	}
	return out, err
}

type enrolOut struct{ Body accounts.Enrolment }

func (a *API) enrolFactor(ctx context.Context, _ *struct{}) (*enrolOut, error) {
	e, err := a.People.Enrol(ctx, sessionOf(ctx))
	return &enrolOut{e}, err
}

type confirmIn struct {
	Body struct {
		Ticket string `json:"ticket" maxLength:"2000"`
		Code   string `json:"code" maxLength:"40" doc:"that the app shows"`
	}
}

type confirmOut struct {
	Body struct {
		Codes []string `json:"recovery_codes" doc:"shown once; each stands in for the app once"`
	}
}

func (a *API) confirmFactor(ctx context.Context, in *confirmIn) (*confirmOut, error) {
	var out confirmOut
	var err error
	out.Body.Codes, err = a.People.Confirm(ctx, sessionOf(ctx), in.Body.Ticket, in.Body.Code)
	return &out, err
}

type dropIn struct {
	Body struct {
		Password string `json:"password" maxLength:"1000" doc:"the present one"`
	}
}

func (a *API) dropFactor(ctx context.Context, in *dropIn) (*noContent, error) {
	return nil, a.People.DropFactor(ctx, sessionOf(ctx), in.Body.Password)
}

func (a *API) resetFactor(ctx context.Context, in *ByID) (*noContent, error) {
	return nil, a.People.ResetFactor(ctx, sessionOf(ctx).Actor, in.ID)
}

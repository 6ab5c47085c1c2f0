package httpapi

import (
	"context"

	"ocopflow/internal/accounts"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type delegationIn struct {
	Writing
	Body struct {
		Role   ocop.Role `json:"role" maxLength:"40"`
		Unit   string    `json:"unit" maxLength:"100" doc:"id or code"`
		To     string    `json:"to" maxLength:"100" doc:"id or name of an account"`
		From   string    `json:"from" maxLength:"10" doc:"first day"`
		Until  string    `json:"until" maxLength:"10" doc:"last day"`
		Reason string    `json:"reason" maxLength:"4000"`
	}
}

type delegationOut struct{ Body store.Delegation }

func (a *API) delegate(ctx context.Context, in *delegationIn) (*delegationOut, error) {
	key, err := in.key(ctx, "POST /delegations", in.Body)
	if err != nil {
		return nil, err
	}
	d, err := a.People.Delegate(ctx, sessionOf(ctx).Actor, accounts.NewDelegation(in.Body), key)
	return &delegationOut{d}, err
}

func (a *API) listDelegations(ctx context.Context, in *Page) (*listOf[store.Delegation], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := a.People.Delegations(ctx, sessionOf(ctx).Actor, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(rows, in.Limit, func(d store.Delegation) string { return d.ID }), nil
}

func (a *API) endDelegation(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, a.People.EndDelegation(ctx, sessionOf(ctx).Actor, in.ID)
}

package httpapi

import (
	"context"
	"slices"

	"ocopflow/internal/accounts"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type accountsIn struct {
	Page
	Q string `query:"q" maxLength:"100" doc:"part of the name or of the name shown"`
}

func (a *API) listAccounts(ctx context.Context, in *accountsIn) (*listOf[store.Account], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := a.People.List(ctx, sessionOf(ctx).Actor, after, in.Q, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(rows, in.Limit, func(x store.Account) string { return x.Name }), nil
}

// personBody is an account with its roles.
type personBody struct {
	store.Account
	Roles []heldBody `json:"roles"`
}

// heldBody is a role that can be taken back by its id.
type heldBody struct {
	ID   string    `json:"id"`
	Role ocop.Role `json:"role"`
	Unit string    `json:"unit"`
}

type personOut struct{ Body personBody }

func personOf(p accounts.Person) personBody {
	out := personBody{p.Account, []heldBody{}}
	for _, h := range p.Held {
		out.Roles = append(out.Roles, heldBody{h.ID, h.Role, h.Unit})
	}
	return out
}

func (a *API) getAccount(ctx context.Context, in *ByID) (*personOut, error) {
	p, err := a.People.Person(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &personOut{personOf(p)}, nil
}

func (a *API) disableAccount(disabled bool) handler[ByID, accountOut] {
	return func(ctx context.Context, in *ByID) (*accountOut, error) {
		acc, err := a.People.Disable(ctx, sessionOf(ctx).Actor, in.ID, disabled)
		return &accountOut{acc}, err
	}
}

type grantIn struct {
	ByID
	Writing
	Body struct {
		Role ocop.Role `json:"role" maxLength:"40"`
		Unit string    `json:"unit" doc:"id or code"`
	}
}

type grantBody struct {
	Role ocop.Role `json:"role"`
	Unit string    `json:"unit"`
}

type grantOut struct{ Body heldBody }

func (a *API) grantRole(ctx context.Context, in *grantIn) (*grantOut, error) {
	key, err := in.key(ctx, "POST /accounts/{id}/roles", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	actor := sessionOf(ctx).Actor
	g, err := a.People.Grant(ctx, actor, in.ID, in.Body.Role, in.Body.Unit, key)
	if err != nil {
		return nil, err
	}
	p, err := a.People.Person(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := &grantOut{heldBody{Role: g.Role, Unit: g.Unit}}
	if i := slices.IndexFunc(p.Held, func(h store.HeldGrant) bool { return h.Role == g.Role && h.Unit == g.Unit }); i >= 0 {
		out.Body.ID = p.Held[i].ID
	}
	return out, nil
}

type revokeIn struct {
	ByID
	Grant string `path:"grant" maxLength:"100"`
}

func (a *API) revokeRole(ctx context.Context, in *revokeIn) (*struct{}, error) {
	return nil, a.People.Revoke(ctx, sessionOf(ctx).Actor, in.ID, in.Grant)
}

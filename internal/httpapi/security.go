package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"ocopflow/internal/accounts"
	"ocopflow/internal/store"
)

// securityRoutes are what a person does about the safety of their own account.
func (a *API) securityRoutes(r router) {
	put(r, "/api/v1/auth/password", "change-password", "People", a.changePassword)
	get(r, "/api/v1/auth/sessions", "list-own-sessions", "People", a.ownSessions)
	remove(r, "/api/v1/auth/sessions", "sign-out-everywhere", "People", a.signOutEverywhere)
	remove(r, "/api/v1/auth/sessions/{id}", "end-session", "People", a.removeToken)
}

type callerKey struct{}

// callerOf is where a request comes from.
func callerOf(ctx huma.Context) accounts.Caller {
	c := humagin.Unwrap(ctx)
	return accounts.Caller{Address: c.ClientIP(), Browser: accounts.Browser(c.Request.UserAgent())}
}

type changePasswordIn struct {
	Body struct {
		Present string `json:"present" maxLength:"1000"`
		Next    string `json:"next" maxLength:"1000" doc:"at least 10 characters, not the account's name, none of the most common ones"`
	}
}

type noContent struct{}

func (a *API) changePassword(ctx context.Context, in *changePasswordIn) (*noContent, error) {
	return nil, a.People.ChangePassword(ctx, sessionOf(ctx), in.Body.Present, in.Body.Next)
}

// ownSession is a session of the caller's.
type ownSession struct {
	store.Credential
	Current bool `json:"current" doc:"the one that asks"`
}

func (a *API) ownSessions(ctx context.Context, _ *struct{}) (*listOf[ownSession], error) {
	s := sessionOf(ctx)
	found, err := a.People.Sessions(ctx, s)
	items := []ownSession{}
	for _, c := range found {
		items = append(items, ownSession{c, c.ID == s.Credential})
	}
	return &listOf[ownSession]{Body: list[ownSession]{Items: items}}, err
}

func (a *API) signOutEverywhere(ctx context.Context, _ *struct{}) (*signOutOut, error) {
	if err := a.People.SignOutEverywhere(ctx, sessionOf(ctx)); err != nil {
		return nil, err
	}
	return &signOutOut{noSession()}, nil
}

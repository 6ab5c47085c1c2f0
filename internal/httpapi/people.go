package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"ocopflow/internal/accounts"
	"ocopflow/internal/httpx"
	"ocopflow/internal/store"
)

type signInIn struct {
	Body struct {
		Name     string `json:"name" maxLength:"100"`
		Password string `json:"password" maxLength:"1000"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"of the second factor, or a recovery code; asked for by the fault second_factor_needed"`
	}
}

// me is who is signed in.
type me struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Display string      `json:"display"`
	Roles   []grantBody `json:"roles"`
}

type signInOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      me
}

func meOf(s accounts.Session) me {
	m := me{ID: s.Account.ID, Name: s.Account.Name, Display: s.Account.Display, Roles: []grantBody{}}
	for _, g := range s.Actor.Grants {
		m.Roles = append(m.Roles, grantBody{g.Role, g.Unit})
	}
	return m
}

func (a *API) signIn(ctx context.Context, in *signInIn) (*signInOut, error) {
	secret, actor, err := a.People.SignIn(ctx, in.Body.Name, in.Body.Password, in.Body.Code, callerOf(ctx))
	if err != nil {
		return nil, err
	}
	acc, err := store.AccountByID(ctx, a.DB, actor.ID)
	if err != nil {
		return nil, err
	}
	return &signInOut{
		SetCookie: *httpx.NewCookie(requestOf(ctx), httpx.SessionCookie, secret.Secret, int(accounts.SessionLife/time.Second)),
		Body:      meOf(accounts.Session{Actor: actor, Account: *acc}),
	}, nil
}

type meOut struct{ Body me }

func (a *API) whoAmI(ctx context.Context, _ *struct{}) (*meOut, error) {
	return &meOut{meOf(sessionOf(ctx))}, nil
}

type signOutOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*signOutOut, error) {
	s := sessionOf(ctx)
	if err := a.People.Forget(ctx, s.Actor, s.Credential); err != nil {
		return nil, err
	}
	return &signOutOut{noSession(ctx)}, nil
}

// noSession takes a browser's session away.
func noSession(ctx context.Context) http.Cookie {
	return *httpx.NewCookie(requestOf(ctx), httpx.SessionCookie, "", -1)
}

func (a *API) listTokens(ctx context.Context, _ *struct{}) (*listOf[store.Credential], error) {
	items, err := a.People.Tokens(ctx, sessionOf(ctx).Actor)
	return &listOf[store.Credential]{Body: list[store.Credential]{Items: items}}, err
}

type tokenIn struct {
	Body struct {
		Label string `json:"label,omitempty" maxLength:"200"`
		Days  int    `json:"days,omitempty" minimum:"1" maximum:"365"`
		Scope string `json:"scope,omitempty" enum:"read,write" doc:"write, unless said otherwise"`
	}
}

type tokenOut struct{ Body accounts.Secret }

func (a *API) addToken(ctx context.Context, in *tokenIn) (*tokenOut, error) {
	scope := strings.TrimPrefix(in.Body.Scope, "write") // kept as none
	s, err := a.People.ScopedToken(ctx, sessionOf(ctx).Actor, in.Body.Label, time.Duration(in.Body.Days)*24*time.Hour, scope)
	return &tokenOut{s}, err
}

func (a *API) removeToken(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, a.People.Forget(ctx, sessionOf(ctx).Actor, in.ID)
}

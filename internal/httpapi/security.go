package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/accounts"
	"ocopflow/internal/store"
)

// securityRoutes are what a person does about the safety of their own account.
func (a *API) securityRoutes(r router) {
	put(r, "/api/v1/auth/password", "change-password", "People", a.changePassword)
	post(r, "/api/v1/accounts/{id}/password", "reset-password", "People", 200, a.resetPassword)
	get(r, "/api/v1/auth/sessions", "list-own-sessions", "People", a.ownSessions)
	remove(r, "/api/v1/auth/sessions", "sign-out-everywhere", "People", a.signOutEverywhere)
	remove(r, "/api/v1/auth/sessions/{id}", "end-session", "People", a.removeToken)
	get(r, "/api/v1/auth/second-factor", "second-factor", "People", a.secondFactor)
	post(r, "/api/v1/auth/second-factor", "enrol-second-factor", "People", 200, a.enrolFactor)
	put(r, "/api/v1/auth/second-factor", "confirm-second-factor", "People", a.confirmFactor)
	post(r, "/api/v1/auth/second-factor/drop", "drop-second-factor", "People", 204, a.dropFactor)
	remove(r, "/api/v1/accounts/{id}/second-factor", "reset-second-factor", "People", a.resetFactor)
}

// reads reports whether a request writes nothing.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// matter tells how far an operation is about one's own sign-in; what is open to
// all is so too.
func matter(op *huma.Operation) accounts.Matter {
	switch op.OperationID {
	case "change-password", "who-am-i", "sign-out":
		return accounts.Own
	case "second-factor", "enrol-second-factor", "confirm-second-factor":
		return accounts.Enrols
	}
	if len(op.Security) == 0 {
		return accounts.Own
	}
	return accounts.Work
}

type resetOut struct {
	Body struct {
		Password string `json:"password" doc:"shown once; it must be changed at the next sign-in"`
	}
}

func (a *API) resetPassword(ctx context.Context, in *ByID) (*resetOut, error) {
	var out resetOut
	var err error
	out.Body.Password, err = a.People.Reset(ctx, sessionOf(ctx).Actor, in.ID)
	return &out, err
}

type requestKey struct{}

// requestOf is the request that an operation answers.
func requestOf(ctx context.Context) *http.Request {
	return ctx.Value(requestKey{}).(*gin.Context).Request
}

// callerOf is where a request comes from.
func callerOf(ctx context.Context) accounts.Caller {
	c := ctx.Value(requestKey{}).(*gin.Context)
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
	return &signOutOut{noSession(ctx)}, nil
}

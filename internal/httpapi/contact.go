package httpapi

import (
	"context"

	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// contactRoutes are where a person is written to, and what was sent.
func (a *API) contactRoutes(r router) {
	get(r, "/api/v1/contact", "get-contact", "Notices", a.getContact)
	put(r, "/api/v1/contact", "set-contact", "Notices", a.setContact)
	post(r, "/api/v1/contact/confirmation", "confirm-contact", "Notices", 204, a.confirmContact)
	post(r, "/api/v1/contact/mail", "ask-contact-again", "Notices", 204, a.askContactAgain)
	get(r, "/api/v1/mails", "list-mails", "Notices", a.listMails)
}

type contactOut struct {
	ETag string `header:"ETag"`
	Body store.Contact
}

func (a *API) getContact(ctx context.Context, _ *struct{}) (*contactOut, error) {
	c, err := a.Notices.Contact(ctx, sessionOf(ctx).Actor, langOf(ctx))
	return &contactOut{httpx.ETag(c.Version), c}, err
}

type contactIn struct {
	Writing
	Body struct {
		Address    string          `json:"address" maxLength:"254" doc:"empty for no mails at all"`
		Delivery   store.Frequency `json:"delivery,omitempty" maxLength:"10" default:"each" doc:"each, daily or none"`
		QuietFrom  *int            `json:"quiet_from,omitempty" doc:"hour in Vietnam; 19 unless given"`
		QuietUntil *int            `json:"quiet_until,omitempty" doc:"hour in Vietnam; 7 unless given"`
		RestDays   bool            `json:"rest_days,omitempty" doc:"mails come on days off too"`
		Lang       ocop.Lang       `json:"lang,omitempty" maxLength:"5" doc:"that of the request unless given"`
		Version    *int64          `json:"version,omitempty"`
	}
}

func (a *API) setContact(ctx context.Context, in *contactIn) (*contactOut, error) {
	key, err := in.key(ctx, "PUT /contact", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	version, err := in.version(b.Version)
	if err != nil {
		return nil, err
	}
	want := store.Contact{Address: b.Address, Delivery: b.Delivery, QuietFrom: 19, QuietUntil: 7, RestDays: b.RestDays, Lang: b.Lang}
	if b.QuietFrom != nil {
		want.QuietFrom = *b.QuietFrom
	}
	if b.QuietUntil != nil {
		want.QuietUntil = *b.QuietUntil
	}
	if version != nil {
		want.Version = *version
	}
	if want.Lang == "" {
		want.Lang = langOf(ctx)
	}
	c, err := a.Notices.SetContact(ctx, sessionOf(ctx).Actor, want, key)
	return &contactOut{httpx.ETag(c.Version), c}, err
}

type ticketIn struct {
	Body struct {
		Ticket string `json:"ticket" maxLength:"2000" doc:"from the link that was sent to the address"`
	}
}

// confirmContact may be asked again: what is confirmed stays so.
func (a *API) confirmContact(ctx context.Context, in *ticketIn) (*struct{}, error) {
	return nil, a.Notices.Confirm(ctx, sessionOf(ctx).Actor, in.Body.Ticket)
}

func (a *API) askContactAgain(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, a.Notices.AskAgain(ctx, sessionOf(ctx).Actor)
}

type mailsIn struct {
	Page
	State string `query:"state" enum:"waiting,sent,dropped,failed"`
}

func (a *API) listMails(ctx context.Context, in *mailsIn) (*listOf[store.Mail], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Notices.Mails(ctx, sessionOf(ctx).Actor, store.MailState(in.State), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(m store.Mail) string { return m.ID }), nil
}

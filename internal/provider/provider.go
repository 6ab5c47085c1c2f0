// Package provider asks another sign-in provider who a person is, by OpenID
// Connect with PKCE. Which account that person has here is accounts' to say.
package provider

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"ocopflow/internal/fault"
)

// Settings name the provider and this program's registration with it.
type Settings struct {
	Issuer string // its address, "" for none
	Client string // id that it knows this program by
	Secret string // "" for a public client
	Label  string // what people call it
}

// Provider is one that people can sign in through.
type Provider struct {
	Settings
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider // nil until it was reached
}

// New makes a provider; it is first asked when somebody signs in.
func New(s Settings) *Provider {
	return &Provider{Settings: s, client: &http.Client{Timeout: 10 * time.Second}}
}

// Started is a sign-in that was begun, to be kept with the browser until it
// comes back.
type Started struct {
	State, Nonce, Verifier, Return string
}

// Person is who the provider says has signed in.
type Person struct {
	Issuer, Subject string
	Label           string // a name or address, for people
	Factors         bool   // a second factor was asked for there
}

// reached finds what the provider offers, once.
//
// Faults: provider_unreachable (Unavailable).
func (p *Provider) reached(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The provider keeps the context for fetching keys later: not the request's.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.Issuer)
	if err != nil {
		return nil, unreachable(err)
	}
	p.found = found
	return found, nil
}

func unreachable(err error) error {
	return fault.New(fault.Unavailable, "provider_unreachable",
		"Không kết nối được nhà cung cấp đăng nhập. Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.",
		"The sign-in provider cannot be reached. Try again later, or sign in with the password.").Because(err)
}

func refused(err error) error {
	return fault.New(fault.Unauthorized, "provider_refused",
		"Đăng nhập qua nhà cung cấp không thành công. Hãy thử lại từ đầu.", "Signing in through the provider did not succeed. Begin again.").Because(err)
}

func (p *Provider) config(found *oidc.Provider, back string) oauth2.Config {
	return oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: back, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// Begin gives the address to send a browser to, which comes back to back.
//
// Faults: provider_unreachable (Unavailable).
func (p *Provider) Begin(ctx context.Context, back string) (address string, s Started, err error) {
	found, err := p.reached(ctx)
	if err != nil {
		return "", s, err
	}
	s = Started{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: back}
	c := p.config(found, back)
	return c.AuthCodeURL(s.State, oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)), s, nil
}

// Finish asks the provider who came back with a code.
//
// Faults: provider_unreachable (Unavailable); provider_refused (Unauthorized):
// the answer is for another browser, was used, forged or refused.
func (p *Provider) Finish(ctx context.Context, s Started, state, code string) (Person, error) {
	if subtle.ConstantTimeCompare([]byte(s.State), []byte(state)) != 1 || s.State == "" || code == "" {
		return Person{}, refused(nil)
	}
	found, err := p.reached(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	c := p.config(found, s.Return)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return Person{}, refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.Client}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(s.Nonce)) != 1 {
		return Person{}, refused(err)
	}
	var claims struct {
		Name, Email string
		Amr         []string
	}
	if err := id.Claims(&claims); err != nil {
		return Person{}, refused(err)
	}
	label := cmp.Or(claims.Email, claims.Name)
	if label == "" { // some tell names only here
		if info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token)); err == nil {
			label = info.Email
		}
	}
	return Person{id.Issuer, id.Subject, label, slices.Contains(claims.Amr, "mfa")}, nil
}

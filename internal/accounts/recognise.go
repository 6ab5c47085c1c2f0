package accounts

import (
	"context"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Session is who a secret stands for, and which credential it is.
type Session struct {
	Actor      access.Actor
	Account    store.Account
	Credential string
	ReadOnly   bool // a token for reading alone
	MustEnrol  bool // a role demands a second factor that the account does not have yet
}

// Recognise finds the actor of a session or token secret; nil when it is not
// known, has run out, or belongs to a disabled account. It is read anew each
// time, for all who ask at that moment together: what was taken back a moment
// ago, by whichever server, is gone.
func (p *People) Recognise(ctx context.Context, secret string) (*Session, error) {
	if !strings.HasPrefix(secret, tokenPrefix) || len(secret) > 100 {
		return nil, nil
	}
	found, err := p.who.Ask(ctx, string(hashOf(secret)), p.recognise)
	if err != nil || found == nil {
		return nil, err
	}
	s := *found // others may have got the same
	s.Actor.Grants, s.Actor.Sits = slices.Clone(s.Actor.Grants), slices.Clone(s.Actor.Sits)
	return &s, nil
}

func (p *People) recognise(ctx context.Context, hashes []string) (map[string]*Session, error) {
	list := make([][]byte, len(hashes))
	for i, h := range hashes {
		list[i] = []byte(h)
	}
	holders, err := store.Holders(ctx, p.DB, list, time.Now())
	if err != nil || len(holders) == 0 {
		return nil, err
	}
	var accounts []string
	for _, h := range holders {
		if !slices.Contains(accounts, h.ID) {
			accounts = append(accounts, h.ID)
		}
	}
	grants, err := store.GrantsOf(ctx, p.DB, accounts)
	if err != nil {
		return nil, err
	}
	lent, err := store.Delegated(ctx, p.DB, accounts, ocop.DateOf(p.Clock()))
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Session, len(holders))
	for hash, h := range holders {
		s := &Session{access.Actor{ID: h.ID, Name: h.Name, Grants: grants[h.ID]}, h.Account, h.Credential.ID, h.Credential.Scope == ScopeRead, false}
		if s.Actor.Has(access.Member) {
			if s.Actor.Sits, err = store.Sits(ctx, p.DB, h.ID); err != nil {
				return nil, err
			}
		}
		s.Actor.Grants = slices.Concat(s.Actor.Grants, lent[h.ID])
		s.MustEnrol = h.Credential.Kind == KindSession && !h.Factor && slices.ContainsFunc(p.Demanding, s.Actor.Has)
		out[hash] = s
	}
	return out, nil
}

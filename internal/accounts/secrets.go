package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Kinds of credentials.
const (
	KindSession = "session"
	KindToken   = "token"
)

// ScopeRead is of a token that reads and writes nothing.
const ScopeRead = "read"

// How long secrets live.
const (
	SessionLife = 12 * time.Hour
	TokenLife   = 365 * 24 * time.Hour
)

// tokenPrefix lets a leaked token be recognised as ours.
const tokenPrefix = "ocop_"

// Secret is a new credential together with the only copy of its secret.
type Secret struct {
	store.Credential
	Secret string `json:"secret"`
}

func hashOf(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// Token makes a bearer token for programs, for the actor's own account.
func (p *People) Token(ctx context.Context, actor access.Actor, label string, life time.Duration) (Secret, error) {
	return p.ScopedToken(ctx, actor, label, life, "")
}

// ScopedToken is Token for what a scope allows: ScopeRead, or all with "".
func (p *People) ScopedToken(ctx context.Context, actor access.Actor, label string, life time.Duration, scope string) (Secret, error) {
	acc, err := store.AccountByID(ctx, p.DB, actor.ID)
	if err != nil {
		return Secret{}, err
	}
	if acc == nil {
		return Secret{}, fault.New(fault.NotFound, "not_found", "Không có tài khoản này.", "There is no such account.")
	}
	if len(label) > 200 {
		return Secret{}, fault.New(fault.Invalid, "token_wrong", "Tên khóa quá dài.", "The label is too long.").At("body.label", "Tối đa 200 ký tự.", "At most 200 characters.")
	}
	if life <= 0 || life > TokenLife {
		life = TokenLife
	}
	return p.issue(ctx, actor, *acc, store.Credential{Kind: KindToken, Label: label, Scope: scope}, life, "add_token")
}

// newSecret is a secret that nobody can guess.
func newSecret() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
}

func (p *People) issue(ctx context.Context, actor access.Actor, acc store.Account, c store.Credential, life time.Duration, event string) (Secret, error) {
	secret := newSecret()
	return commit.Do[Secret](ctx, p.Committer, commit.Act{Kind: commit.Once,
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return issued(actor, acc, c, life, event, secret, nil), nil
		})})
}

// issued is a new credential with what goes with it.
func issued(actor access.Actor, acc store.Account, c store.Credential, life time.Duration, event, secret string, besides func(context.Context, *sqldb.Tx) error) commit.Outcome {
	// Secrets live by the world's clock, not by a demo's.
	real := time.Now().UTC()
	c.ID, c.Account, c.CreatedAt, c.ExpiresAt = newID(), acc.ID, real, real.Add(life)
	return commit.Outcome{
		Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindSecurity, Event: event, Actor: ledger.Actor{ID: actor.ID},
			Data: ledger.Map{"credential": c.ID}}},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			if c.Kind == KindSession {
				if err := store.ForgiveAttempts(ctx, tx, subject("name", acc.Name)); err != nil {
					return err
				}
			}
			if besides != nil {
				if err := besides(ctx, tx); err != nil {
					return err
				}
			}
			return store.InsertCredential(ctx, tx, hashOf(secret), c)
		}),
		Answer: func([]ledger.Entry) any { return Secret{c, secret} },
	}
}

// Forget ends a session or token of the actor's own.
//
// Faults: not_found.
func (p *People) Forget(ctx context.Context, actor access.Actor, credential string) error {
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once,
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + actor.ID, Kind: ledger.KindSecurity, Event: "forget_credential", Actor: ledger.Actor{ID: actor.ID},
					Data: ledger.Map{"credential": credential}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					ok, err := store.DeleteCredential(ctx, tx, actor.ID, credential)
					if err == nil && !ok {
						err = fault.New(fault.NotFound, "not_found", "Không tìm thấy.", "Not found.")
					}
					return err
				}),
			}, nil
		})})
	return err
}

// Tokens lists the actor's unexpired tokens.
func (p *People) Tokens(ctx context.Context, actor access.Actor) ([]store.Credential, error) {
	return store.Credentials(ctx, p.DB, actor.ID, KindToken, time.Now())
}

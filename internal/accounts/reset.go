package accounts

import (
	"context"
	"crypto/rand"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Reset gives an account a password that serves once: it must be changed before
// anything else. All sessions end. Who resets administers every unit in which
// the account holds a role.
//
// Faults: not_found; who_may_not (Forbidden).
func (p *People) Reset(ctx context.Context, by access.Actor, account string) (password string, err error) {
	password = rand.Text()
	hash, err := p.HashPassword(password)
	if err != nil {
		return "", err
	}
	_, err = commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + account},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			acc, err := resettable(ctx, q, by, account)
			if err != nil {
				return commit.Outcome{}, err
			}
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindSecurity, Event: "reset_password", Actor: actorOf(by)}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					if err := store.SetPassword(ctx, tx, *acc, hash, true); err != nil {
						return err
					}
					_, err := store.DeleteSessions(ctx, tx, acc.ID, "")
					return err
				}),
			}, nil
		})})
	return password, err
}

// resettable finds the account if the actor administers all that it holds.
func resettable(ctx context.Context, q sqldb.Querier, by access.Actor, account string) (*store.Account, error) {
	if !administers(by, "") {
		return nil, NotAdmin()
	}
	who, err := person(ctx, q, by, account)
	if err != nil {
		return nil, err
	}
	if !by.AdministersAll(paths(who.Held)) {
		return nil, NotAdmin()
	}
	return &who.Account, nil
}

// Matter is how far a request is about the caller's own sign-in.
type Matter int

// Matters. An own one is open to who still has to do something about their
// sign-in: to see who they are, change the password, leave. One that enrols turns
// a second factor on.
const (
	Work Matter = iota
	Own
	Enrols
)

// May refuses what a secret cannot be used for: a token for reading writes
// nothing, who was given a password changes it first, and whose role demands a
// second factor turns it on first.
//
// Faults: token_scope, password_must_change, second_factor_must (Forbidden).
func (s Session) May(reads bool, m Matter) error {
	if s.ReadOnly && !reads {
		return fault.New(fault.Forbidden, "token_scope", "Khóa này chỉ để đọc.", "This token is for reading alone.")
	}
	if s.Account.MustChange && m != Own {
		return fault.New(fault.Forbidden, "password_must_change", "Hãy đổi mật khẩu được cấp trước khi làm việc khác.", "Change the password that you were given before anything else.")
	}
	if s.MustEnrol && m == Work {
		return fault.New(fault.Forbidden, "second_factor_must", "Vai trò của bạn cần xác thực hai bước. Hãy bật ở trang Thiết lập của tôi trước khi làm việc khác.",
			"Your role needs a second factor. Turn it on under My settings before anything else.")
	}
	return nil
}

package accounts

import (
	"context"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// BeginAs is Begin for whom another provider vouches for in place of a
// password. Nobody is let in who did not link the identity to their account;
// proven says that the provider asked for a second factor, which then is not
// asked for again.
//
// Faults: identity_unknown (Unauthorized).
func (p *People) BeginAs(ctx context.Context, issuer, subject string, proven bool, from Caller) (e Entered, err error) {
	i, err := store.IdentityBy(ctx, p.DB, issuer, subject)
	if err != nil {
		return e, err
	}
	var acc *store.Account
	if i != nil {
		if acc, err = store.AccountByID(ctx, p.DB, i.Account); err != nil {
			return e, err
		}
	}
	if acc == nil || acc.Disabled {
		return e, fault.New(fault.Unauthorized, "identity_unknown",
			"Danh tính này chưa được liên kết với tài khoản nào đang hoạt động. Hãy đăng nhập bằng mật khẩu, rồi liên kết ở trang Thiết lập của tôi.",
			"This identity is not linked to an open account. Sign in with the password, then link it under My settings.")
	}
	if !proven {
		return p.begin(ctx, *acc, from)
	}
	actor, err := Actor(ctx, p.DB, *acc)
	if err != nil {
		return e, err
	}
	e.Session, err = p.issue(ctx, actor, *acc, store.Credential{Kind: KindSession, Label: from.Browser}, SessionLife, "sign_in")
	return e, err
}

// Link lets an identity stand for the session's account.
//
// Faults: exists (Conflict): it stands for an account already.
func (p *People) Link(ctx context.Context, s Session, i store.Identity) error {
	i.Account = s.Account.ID
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"identity:" + i.Issuer + " " + i.Subject},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			if old, err := store.IdentityBy(ctx, q, i.Issuer, i.Subject); err != nil || old != nil {
				if err == nil {
					err = fault.New(fault.Conflict, "exists", "Danh tính này đã liên kết với một tài khoản.", "This identity is linked to an account already.")
				}
				return commit.Outcome{}, err
			}
			i.LinkedAt = now
			return commit.Outcome{Drafts: []ledger.Draft{securityDraft(i.Account, i.Account, "link_identity")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.InsertIdentity(ctx, tx, i)
				})}, nil
		})})
	return err
}

// Unlink ends what Link began.
//
// Faults: not_found.
func (p *People) Unlink(ctx context.Context, s Session, issuer, subject string) error {
	return p.secure(ctx, s.Account, "unlink_identity", nil, func(ctx context.Context, tx *sqldb.Tx) error {
		ok, err := store.DeleteIdentity(ctx, tx, store.Identity{Account: s.Account.ID, Issuer: issuer, Subject: subject})
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "not_found", "Không tìm thấy.", "Not found.")
		}
		return err
	})
}

// Identities are those that stand for the session's account.
func (p *People) Identities(ctx context.Context, s Session) ([]store.Identity, error) {
	return store.IdentitiesOf(ctx, p.DB, s.Account.ID)
}

package accounts

import (
	"context"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Person is an account with what it holds.
type Person struct {
	store.Account
	Held []store.HeldGrant
}

// Person opens an account for its administrator.
//
// Faults: not_found, also where the account is not the caller's to see.
func (p *People) Person(ctx context.Context, by access.Actor, id string) (Person, error) {
	return person(ctx, p.DB, by, id)
}

// person finds an account by id or name, if by may see it.
func person(ctx context.Context, q sqldb.Querier, by access.Actor, id string) (Person, error) {
	acc, err := store.AccountBy(ctx, q, id)
	if err != nil {
		return Person{}, err
	}
	if acc == nil {
		return Person{}, noAccount()
	}
	held, err := store.HeldBy(ctx, q, acc.ID)
	if err != nil {
		return Person{}, err
	}
	if !by.Administers(paths(held)) {
		return Person{}, noAccount()
	}
	return Person{*acc, held}, nil
}

func paths(held []store.HeldGrant) []ocop.Path {
	out := make([]ocop.Path, len(held))
	for i, h := range held {
		out[i] = h.Path
	}
	return out
}

func noAccount() error {
	return fault.New(fault.NotFound, "not_found", "Không có tài khoản này.", "There is no such account.")
}

// List gives the accounts that the actor administers, by name, after the name
// given; q, when not "", must stand in the name or in the name shown.
//
// Faults: who_may_not (Forbidden).
func (p *People) List(ctx context.Context, by access.Actor, after, q string, limit int) ([]store.Account, error) {
	var places []ocop.Path
	for _, g := range by.Grants {
		if g.Role == access.Admin {
			places = append(places, g.Path)
		}
	}
	if len(places) == 0 {
		return nil, NotAdmin()
	}
	q = ocop.Fold(q)
	out := []store.Account{}
	for len(out) < limit {
		rows, err := store.AccountsBelow(ctx, p.DB, places, after)
		if err != nil {
			return nil, err
		}
		for _, acc := range rows {
			if strings.Contains(acc.Name, q) || strings.Contains(ocop.Fold(acc.Display), q) {
				out = append(out, acc)
			}
		}
		if len(rows) < store.PageOfAccounts {
			break
		}
		after = rows[len(rows)-1].Name
	}
	return out[:min(len(out), limit)], nil
}

// Revoke takes a role back.
//
// Faults: not_found; who_may_not (Forbidden): who could not give it cannot take it.
func (p *People) Revoke(ctx context.Context, by access.Actor, account, grant string) error {
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + account},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			if !administers(by, "") {
				return commit.Outcome{}, NotAdmin()
			}
			who, err := person(ctx, q, by, account)
			if err != nil {
				return commit.Outcome{}, err
			}
			i := slices.IndexFunc(who.Held, func(h store.HeldGrant) bool { return h.ID == grant })
			if i < 0 {
				return commit.Outcome{}, fault.New(fault.NotFound, "not_found", "Tài khoản không có vai trò này.", "The account does not hold this role.")
			}
			h := who.Held[i]
			if !by.MayGrant(h.Role, h.Path) {
				return commit.Outcome{}, notYours(by, h.Role, h.Path)
			}
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + who.ID, Kind: ledger.KindRecord, Event: "revoke_role", Actor: actorOf(by),
					Data: ledger.Map{"account": who.ID, "grant": h.ID, "role": string(h.Role), "unit": h.Unit}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					ok, err := store.DeleteGrant(ctx, tx, who.ID, h.ID)
					if err == nil && !ok {
						err = noAccount()
					}
					return err
				}),
			}, nil
		})})
	return err
}

// notYours says why a role cannot be given or taken by an actor in a place.
func notYours(by access.Actor, role ocop.Role, place ocop.Path) error {
	if !administers(by, place) {
		return NotAdmin()
	}
	return fault.New(fault.Forbidden, "who_may_not",
		"Vai trò này do người quản trị từ cấp tỉnh trở lên giao.", "This role is given by an administrator of a province or above.")
}

// Disable closes an account, which ends its sessions and tokens, or opens it
// again. Who does so administers every unit in which the account holds a role.
//
// Faults: not_found; who_may_not (Forbidden); own_account (Conflict).
func (p *People) Disable(ctx context.Context, by access.Actor, account string, disabled bool) (store.Account, error) {
	return commit.Do[store.Account](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + account},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			if !administers(by, "") {
				return commit.Outcome{}, NotAdmin()
			}
			who, err := person(ctx, q, by, account)
			switch {
			case err != nil:
				return commit.Outcome{}, err
			case !by.AdministersAll(paths(who.Held)):
				return commit.Outcome{}, NotAdmin()
			case who.ID == by.ID:
				return commit.Outcome{}, fault.New(fault.Conflict, "own_account", "Không thể tự khóa tài khoản của mình.", "Nobody disables their own account.")
			}
			return disable(by, who.Account, disabled), nil
		})})
}

func disable(by access.Actor, acc store.Account, disabled bool) commit.Outcome {
	after, event := acc, "enable_account"
	if after.Disabled = disabled; disabled {
		event = "disable_account"
	}
	if acc.Disabled == disabled {
		return commit.Outcome{Answer: func([]ledger.Entry) any { return acc }}
	}
	after.Version++
	return commit.Outcome{
		Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindRecord, Event: event, Actor: actorOf(by), Data: ledger.Map{"account": acc.ID}}},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			if err := store.SetDisabled(ctx, tx, acc, disabled); err != nil || !disabled {
				return err
			}
			return store.DeleteCredentials(ctx, tx, acc.ID)
		}),
		Answer: func([]ledger.Entry) any { return after },
	}
}

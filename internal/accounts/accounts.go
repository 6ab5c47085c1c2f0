// Package accounts owns people, units, roles and the secrets they sign in
// with. Which role may make which move is a procedure's to say; what a role
// sees is package access's.
package accounts

import (
	"context"
	"crypto/cipher"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// People keeps accounts and their grants.
type People struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Clock     func() time.Time
	Hashing   *argon2id.Params // nil for the library's defaults
	SealFile  string           // with the key under which secrets are kept
	Demanding []ocop.Role      // roles whose holders sign in with a second factor

	mu   sync.Mutex
	aead cipher.AEAD

	who sqldb.Jointly[string, *Session] // by the hash of a secret
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// HashPassword makes the hash that is kept of a password.
func (p *People) HashPassword(password string) (string, error) {
	params := p.Hashing
	if params == nil {
		params = argon2id.DefaultParams
	}
	return argon2id.CreateHash(password, params)
}

// NewAccount is an account to be made.
type NewAccount struct {
	Name     string
	Display  string
	Password string // "" makes an account that only tokens can use
}

// Add makes an account.
//
// Faults: who_may_not (Forbidden); account_wrong (Invalid); exists (Conflict).
func (p *People) Add(ctx context.Context, by access.Actor, n NewAccount, key *commit.Key) (store.Account, error) {
	if err := n.check(by); err != nil {
		return store.Account{}, err
	}
	hash := ""
	if n.Password != "" {
		var err error
		if hash, err = p.HashPassword(n.Password); err != nil {
			return store.Account{}, err
		}
	}
	return p.add(ctx, by, n, hash, key)
}

// AddHashed makes an account whose password was hashed before.
//
// Faults: those of Add.
func (p *People) AddHashed(ctx context.Context, by access.Actor, n NewAccount, hash string) (store.Account, error) {
	if err := n.check(by); err != nil {
		return store.Account{}, err
	}
	return p.add(ctx, by, n, hash, nil)
}

// ResetHashed gives an account another password; it is entered in the ledger.
//
// Faults: not_found.
func (p *People) ResetHashed(ctx context.Context, name, hash string) (store.Account, error) {
	return commit.Do[store.Account](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + name},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			acc, err := store.AccountByName(ctx, q, name)
			if err != nil {
				return commit.Outcome{}, err
			}
			if acc == nil {
				return commit.Outcome{}, fault.New(fault.NotFound, "not_found", "Không có tài khoản này.", "There is no such account.")
			}
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindSecurity, Event: "reset_password", Actor: ledger.Actor{ID: ocop.System}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.SetPassword(ctx, tx, *acc, hash, false)
				}),
				Answer: func([]ledger.Entry) any { return *acc },
			}, nil
		})})
}

func (p *People) add(ctx context.Context, by access.Actor, n NewAccount, hash string, key *commit.Key) (store.Account, error) {
	acc := store.Account{ID: newID(), Name: n.Name, Display: strings.TrimSpace(n.Display), Password: hash, Version: 1}
	if acc.Display == "" {
		acc.Display = n.Name
	}
	return commit.Do[store.Account](ctx, p.Committer, commit.Act{Kind: commit.Once, Key: key, Locks: []string{"account:" + n.Name},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			if !administers(by, "") {
				return commit.Outcome{}, NotAdmin()
			}
			if old, err := store.AccountByName(ctx, q, n.Name); err != nil || old != nil {
				return commit.Outcome{Fault: exists(err)}, err
			}
			acc.CreatedAt = now
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindRecord, Event: "add_account", Actor: actorOf(by),
					Data: ledger.Map{"id": acc.ID, "name": acc.Name}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.InsertAccount(ctx, tx, acc)
				}),
				Answer: func([]ledger.Entry) any { return acc },
			}, nil
		})})
}

func (n NewAccount) check(by access.Actor) error {
	bad := fault.New(fault.Invalid, "account_wrong", "Thông tin tài khoản chưa đúng.", "The account's data is not right.")
	if !nameForm.MatchString(n.Name) {
		bad.At("body.name", "Tên đăng nhập gồm chữ thường không dấu, chữ số, chấm, gạch; tối đa 63 ký tự.", "A name holds lower-case letters, digits, dots and hyphens, at most 63.")
	}
	if utf8.RuneCountInString(n.Display) > 200 {
		bad.At("body.display", "Tên hiển thị quá dài.", "The display name is too long.")
	}
	if n.Password != "" {
		weak(bad, "body.password", n.Name, n.Password, by)
	}
	return bad.OrNil()
}

// Grant gives an account a role in a unit.
//
// Faults: not_found; who_may_not (Forbidden): nobody gives what does not lie
// below a unit they administer; role_wrong (Invalid).
func (p *People) Grant(ctx context.Context, by access.Actor, account string, role ocop.Role, unit string, key *commit.Key) (access.Grant, error) {
	if !slices.Contains(access.Grantable, role) {
		return access.Grant{}, fault.New(fault.Invalid, "role_wrong", fmt.Sprintf("Không có vai trò %q.", role), fmt.Sprintf("There is no role %q.", role)).
			At("body.role", "Không có vai trò này.", "There is no such role.")
	}
	return commit.Do[access.Grant](ctx, p.Committer, commit.Act{Kind: commit.Once, Key: key, Locks: []string{"account:" + account},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			if !administers(by, "") {
				return commit.Outcome{}, NotAdmin()
			}
			acc, err := person(ctx, q, by, account)
			if err != nil {
				return commit.Outcome{}, err
			}
			u, err := findUnit(ctx, q, unit)
			if err != nil {
				return commit.Outcome{}, err
			}
			if !by.MayGrant(role, u.Path) {
				return commit.Outcome{}, notYours(by, role, u.Path)
			}
			if role == access.Producer && u.Kind != ocop.Producers || role == access.Commune && u.Kind != ocop.Commune {
				return commit.Outcome{}, fault.New(fault.Invalid, "role_wrong", "Vai trò này không hợp với loại đơn vị.", "This role does not fit that kind of unit.").
					At("body.unit", "Loại đơn vị không phù hợp.", "The wrong kind of unit.")
			}
			g := access.Grant{Role: role, Unit: u.ID, Path: u.Path}
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindRecord, Event: "grant", Actor: actorOf(by),
					Data: ledger.Map{"account": acc.ID, "role": string(role), "unit": u.ID}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					_, err := store.InsertGrant(ctx, tx, newID(), acc.ID, g, by.ID, now)
					return err
				}),
				Answer: func([]ledger.Entry) any { return g },
			}, nil
		})})
}

// findUnit takes an id or a code.
func findUnit(ctx context.Context, q sqldb.Querier, unit string) (*ocop.Unit, error) {
	u, err := store.UnitBy(ctx, q, unit)
	if err == nil && u == nil {
		err = fault.New(fault.NotFound, "not_found", "Không có đơn vị này.", "There is no such unit.")
	}
	return u, err
}

// Actor is an account with every grant it holds now and, of a council member,
// the products of its sessions.
func Actor(ctx context.Context, q sqldb.Querier, acc store.Account) (access.Actor, error) {
	grants, err := store.Grants(ctx, q, acc.ID)
	a := access.Actor{ID: acc.ID, Name: acc.Name, Grants: grants}
	if err == nil && a.Has(access.Member) {
		a.Sits, err = store.Sits(ctx, q, acc.ID)
	}
	return a, err
}

// administers reports whether the actor is an administrator of place, or of
// anything when place is "". The system sets an office up.
func administers(a access.Actor, place ocop.Path) bool {
	if a.ID == ocop.System {
		return true
	}
	if place == "" {
		return a.Has(access.Admin)
	}
	_, ok := a.Holds(access.Admin, place)
	return ok
}

// NotAdmin says that something is for the administrators of a place.
func NotAdmin() error {
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này của người quản trị.", "This is for an administrator.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, Verified: true, Required: string(access.Admin), CureBy: []ocop.Role{access.Admin}, Message: f.Message}}
	return f
}

func exists(err error) *fault.Error {
	if err != nil {
		return nil
	}
	return fault.New(fault.Conflict, "exists", "Đã có mục mang tên hoặc mã này.", "Something of this name or code exists already.")
}

func actorOf(a access.Actor) ledger.Actor {
	out := ledger.Actor{ID: a.ID}
	for _, g := range a.Grants {
		if g.Role == access.Admin || g.Role == access.Office {
			out.Grants = append(out.Grants, ledger.Grant{Role: string(g.Role), Unit: g.Unit})
		}
	}
	return out
}

package store

import (
	"context"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Account is a person who can sign in.
type Account struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Display    string    `json:"display"`
	Password   string    `json:"-"` // argon2id
	Disabled   bool      `json:"disabled"`
	CreatedAt  time.Time `json:"created_at"`
	Version    int64     `json:"version"`
	MustChange bool      `json:"must_change" doc:"the password was given by an administrator"`
}

// Credential is a session or a bearer token; the secret itself is not kept.
type Credential struct {
	ID        string    `json:"id"`
	Account   string    `json:"account"`
	Kind      string    `json:"kind"`
	Label     string    `json:"label"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Scope     string    `json:"scope" enum:",read" doc:"read, or empty for everything"`
}

// A name to show that was erased leaves the one to sign in with.
const displayed = `COALESCE(NULLIF(a.display, ''), a.name)`

const accountColumns = `a.id, a.name, ` + displayed + `, a.password, a.disabled, a.created_at, a.version, a.must_change`

const grantColumns = `g.role, g.unit, u.path, u.kind = 'ministry' OR u.kind = 'province' AND NOT EXISTS (SELECT 1 FROM units o WHERE o.kind = 'province' AND o.id <> u.id)`

const (
	sqlAccount       = `SELECT ` + accountColumns + ` FROM accounts a WHERE a.id = $1`
	sqlAccountByName = `SELECT ` + accountColumns + ` FROM accounts a WHERE a.name = $1`
	sqlAccounts      = `SELECT ` + accountColumns + ` FROM accounts a WHERE a.name > $1 ORDER BY a.name LIMIT $2`
	sqlGrants        = `SELECT ` + grantColumns + ` FROM grants g JOIN units u ON u.id = g.unit WHERE g.account = $1 ORDER BY g.granted_at, g.id`
	sqlGranted       = `SELECT count(*) FROM grants WHERE account = $1 AND role = $2 AND unit = $3`
	sqlCredentials   = `SELECT id, account, kind, label, created_at, expires_at, scope FROM credentials WHERE account = $1 AND kind = $2 AND expires_at > $3 ORDER BY created_at, id`
	sqlDeleteSecret  = `DELETE FROM credentials WHERE account = $1 AND id = $2 RETURNING hash`
	sqlEndSessions   = `DELETE FROM credentials WHERE account = $1 AND kind = 'session' AND id <> $2 RETURNING hash`
	sqlDeleteExpired = `DELETE FROM credentials WHERE expires_at <= $1`
	sqlAccountExists = `SELECT count(*) FROM accounts WHERE id = $1 AND NOT disabled`
)

var (
	writeAccount    = inserts(tableAccounts)
	writePassword   = updates(tableAccounts, "password", "must_change", "version").next()
	writeGrant      = inserts(tableGrants)
	writeCredential = inserts(tableCredentials)
)

func scanAccount(s scanner) (a Account, err error) {
	var created int64
	err = s.Scan(&a.ID, &a.Name, &a.Display, &a.Password, &a.Disabled, &created, &a.Version, &a.MustChange)
	a.CreatedAt = sqldb.Time(created)
	return a, err
}

// AccountByID finds an account; nil when there is none.
func AccountByID(ctx context.Context, q sqldb.Querier, id string) (*Account, error) {
	return one(q.QueryRow(ctx, sqlAccount, id), "account", scanAccount)
}

// AccountByName finds an account by the name it signs in with.
func AccountByName(ctx context.Context, q sqldb.Querier, name string) (*Account, error) {
	return one(q.QueryRow(ctx, sqlAccountByName, name), "account by name", scanAccount)
}

// AccountBy finds an account by its id or its name; nil when there is none.
func AccountBy(ctx context.Context, q sqldb.Querier, key string) (*Account, error) {
	acc, err := AccountByID(ctx, q, key)
	if err != nil || acc != nil {
		return acc, err
	}
	return AccountByName(ctx, q, key)
}

// setAccountsBelow finds accounts that hold a role at or below any of the places,
// or none yet, after a name. Its columns: the place, its steps downwards, where
// they end, the name.
var setAccountsBelow = sqldb.Set{
	SQL: `SELECT DISTINCT ` + accountColumns + ` FROM {rows} JOIN accounts a ON a.name > r.c4
		WHERE NOT EXISTS (SELECT 1 FROM grants g WHERE g.account = a.id)
			OR EXISTS (SELECT 1 FROM grants g JOIN units u ON u.id = g.unit WHERE g.account = a.id AND (u.path = r.c1 OR u.path >= r.c2 AND u.path < r.c3))
		ORDER BY a.name LIMIT 200`,
	Columns: []sqldb.Kind{sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text},
}

// PageOfAccounts is the number that AccountsBelow gives at most.
const PageOfAccounts = 200

// AccountsBelow lists accounts that hold a role at or below any of the places, or
// none yet, by name, after the name given.
func AccountsBelow(ctx context.Context, q sqldb.Querier, places []ocop.Path, after string) ([]Account, error) {
	var rows [][]any
	for _, p := range places {
		rows = append(rows, []any{string(p), string(p) + "/", p.Above(), after})
	}
	found, err := sqldb.QuerySet(ctx, q, setAccountsBelow, rows)
	return collect(found, err, "accounts", scanAccount)
}

// Accounts lists accounts by name, after the name given.
func Accounts(ctx context.Context, q sqldb.Querier, after string, limit int) ([]Account, error) {
	rows, err := q.Query(ctx, sqlAccounts, after, limit)
	return collect(rows, err, "accounts", scanAccount)
}

// InsertAccount adds an account; its name must be new.
func InsertAccount(ctx context.Context, tx *sqldb.Tx, a Account) error {
	return writeAccount.one(ctx, tx, "insert account "+a.Name, a.ID, a.Name, a.Display, a.Password, false, sqldb.Micros(a.CreatedAt), int64(1), false)
}

// SetPassword replaces the hash of the password of an account that is still as
// it was read.
func SetPassword(ctx context.Context, tx *sqldb.Tx, a Account, hash string, mustChange bool) error {
	return writePassword.one(ctx, tx, "set password", a.ID, hash, mustChange, a.Version+1)
}

// AccountActive reports whether the account exists and is not disabled.
func AccountActive(ctx context.Context, q sqldb.Querier, id string) (bool, error) {
	var n int64
	err := q.QueryRow(ctx, sqlAccountExists, id).Scan(&n)
	return n == 1, err
}

// Grants are the roles of an account, with the paths of their units.
func Grants(ctx context.Context, q sqldb.Querier, account string) ([]access.Grant, error) {
	rows, err := q.Query(ctx, sqlGrants, account)
	return collect(rows, err, "grants", func(s scanner) (g access.Grant, err error) {
		return g, s.Scan(&g.Role, &g.Unit, &g.Path, &g.Whole)
	})
}

// InsertGrant gives a role; false when the account held it already.
func InsertGrant(ctx context.Context, tx *sqldb.Tx, id, account string, g access.Grant, by string, at time.Time) (bool, error) {
	var n int64
	if err := tx.QueryRow(ctx, sqlGranted, account, string(g.Role), g.Unit).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	return true, writeGrant.one(ctx, tx, "insert grant", id, account, string(g.Role), g.Unit, sqldb.Micros(at), by)
}

// Holder is an account with the credential by which it was found.
type Holder struct {
	Account
	Credential Credential // id, kind and scope
	Factor     bool       // a second factor is on
}

var (
	setByCredential = sqldb.Set{
		SQL: `SELECT c.hash, c.id, c.kind, c.scope, EXISTS (SELECT 1 FROM second_factors f WHERE f.account = a.id), ` + accountColumns + ` FROM {rows} JOIN credentials c ON c.hash = r.c1 JOIN accounts a ON a.id = c.account
			WHERE c.expires_at > r.c2 AND NOT a.disabled`,
		Columns: []sqldb.Kind{sqldb.Bytes, sqldb.Int},
	}
	setGrants = sqldb.Set{
		SQL:     `SELECT g.account, ` + grantColumns + ` FROM grants g JOIN units u ON u.id = g.unit WHERE g.account IN (SELECT c1 FROM {rows}) ORDER BY g.granted_at, g.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

// Holders finds whose unexpired secrets have those hashes.
func Holders(ctx context.Context, q sqldb.Querier, hashes [][]byte, now time.Time) (map[string]*Holder, error) {
	in := make([][]any, len(hashes))
	for i, h := range hashes {
		in[i] = []any{h, sqldb.Micros(now)}
	}
	rows, err := sqldb.QuerySet(ctx, q, setByCredential, in)
	out := map[string]*Holder{}
	_, err = collect(rows, err, "credentials", func(s scanner) (struct{}, error) {
		var h Holder
		var hash []byte
		var created int64
		err := s.Scan(&hash, &h.Credential.ID, &h.Credential.Kind, &h.Credential.Scope, &h.Factor, &h.ID, &h.Name, &h.Display, &h.Password, &h.Disabled, &created, &h.Version, &h.MustChange)
		h.CreatedAt = sqldb.Time(created)
		out[string(hash)] = &h
		return struct{}{}, err
	})
	return out, err
}

// GrantsOf are the roles of accounts, with the paths of their units.
func GrantsOf(ctx context.Context, q sqldb.Querier, accounts []string) (map[string][]access.Grant, error) {
	rows, err := sqldb.QuerySet(ctx, q, setGrants, ids(accounts))
	return grouped(rows, err, "grants", func(s scanner) (of string, g access.Grant, err error) {
		return of, g, s.Scan(&of, &g.Role, &g.Unit, &g.Path, &g.Whole)
	})
}

// Credentials lists the unexpired secrets of one kind of an account.
func Credentials(ctx context.Context, q sqldb.Querier, account, kind string, now time.Time) ([]Credential, error) {
	rows, err := q.Query(ctx, sqlCredentials, account, kind, sqldb.Micros(now))
	return collect(rows, err, "credentials", func(s scanner) (c Credential, err error) {
		var created, expires int64
		err = s.Scan(&c.ID, &c.Account, &c.Kind, &c.Label, &created, &expires, &c.Scope)
		c.CreatedAt, c.ExpiresAt = sqldb.Time(created), sqldb.Time(expires)
		return c, err
	})
}

// InsertCredential keeps the hash of a secret.
func InsertCredential(ctx context.Context, tx *sqldb.Tx, hash []byte, c Credential) error {
	return writeCredential.one(ctx, tx, "insert credential", hash, c.ID, c.Account, c.Kind, c.Label, sqldb.Micros(c.CreatedAt), sqldb.Micros(c.ExpiresAt), c.Scope)
}

// DeleteCredential ends a session or token; false when the account has no such.
func DeleteCredential(ctx context.Context, tx *sqldb.Tx, account, id string) (bool, error) {
	rows, err := tx.Query(ctx, sqlDeleteSecret, account, id)
	n, err := returned(tx, sqldb.OpGone, tableCredentials, []string{"hash"}, rows, err)
	return n == 1, err
}

// DeleteSessions ends the sessions of an account but the one named, and gives
// their number.
func DeleteSessions(ctx context.Context, tx *sqldb.Tx, account, but string) (int, error) {
	rows, err := tx.Query(ctx, sqlEndSessions, account, but)
	return returned(tx, sqldb.OpGone, tableCredentials, []string{"hash"}, rows, err)
}

// DeleteExpired forgets secrets that have run out.
func DeleteExpired(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, sqlDeleteExpired, sqldb.Micros(now))
	return err
}

const sqlAccountsIn = `SELECT DISTINCT ` + accountColumns + ` FROM accounts a JOIN grants g ON g.account = a.id WHERE g.unit = $1 AND NOT a.disabled ORDER BY a.name LIMIT 200`

// AccountsIn lists the accounts that hold a role in a unit itself.
func AccountsIn(ctx context.Context, q sqldb.Querier, unit string) ([]Account, error) {
	rows, err := q.Query(ctx, sqlAccountsIn, unit)
	return collect(rows, err, "accounts in unit", scanAccount)
}

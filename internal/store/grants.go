package store

import (
	"context"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/sqldb"
)

// HeldGrant is a grant with its own id, so that it can be taken back.
type HeldGrant struct {
	access.Grant
	ID        string
	Account   string
	GrantedAt time.Time
	GrantedBy string
}

const (
	sqlHeld          = `SELECT g.id, g.account, g.role, g.unit, u.path, g.granted_at, g.granted_by FROM grants g JOIN units u ON u.id = g.unit WHERE g.account = $1 ORDER BY g.granted_at, g.id`
	sqlDeleteGrant   = `DELETE FROM grants WHERE account = $1 AND id = $2 RETURNING id`
	sqlDeleteSecrets = `DELETE FROM credentials WHERE account = $1 RETURNING hash`
)

var writeDisabled = updates(tableAccounts, "disabled", "version").next()

// HeldBy are the grants of an account, in the order in which they were given.
func HeldBy(ctx context.Context, q sqldb.Querier, account string) ([]HeldGrant, error) {
	rows, err := q.Query(ctx, sqlHeld, account)
	return collect(rows, err, "grants held", func(s scanner) (h HeldGrant, err error) {
		var at int64
		err = s.Scan(&h.ID, &h.Account, &h.Role, &h.Unit, &h.Path, &at, &h.GrantedBy)
		h.GrantedAt = sqldb.Time(at)
		return h, err
	})
}

// DeleteGrant takes a role back; false when the account has no such grant.
func DeleteGrant(ctx context.Context, tx *sqldb.Tx, account, id string) (bool, error) {
	rows, err := tx.Query(ctx, sqlDeleteGrant, account, id)
	n, err := returned(tx, sqldb.OpGone, tableGrants, []string{"id"}, rows, err)
	return n == 1, err
}

// SetDisabled closes or opens an account that is still as it was read.
func SetDisabled(ctx context.Context, tx *sqldb.Tx, a Account, disabled bool) error {
	return writeDisabled.one(ctx, tx, "disable account", a.ID, disabled, a.Version+1)
}

// DeleteCredentials ends all sessions and tokens of an account.
func DeleteCredentials(ctx context.Context, tx *sqldb.Tx, account string) error {
	rows, err := tx.Query(ctx, sqlDeleteSecrets, account)
	_, err = returned(tx, sqldb.OpGone, tableCredentials, []string{"hash"}, rows, err)
	return err
}

package store

import (
	"context"
	"strings"
	"time"

	"ocopflow/internal/sqldb"
)

// SecondFactor is what an account proves at sign-in beside its password.
type SecondFactor struct {
	Account  string
	Secret   string   // under the server's key
	Recovery []string // hashes of the codes that are left
	Since    time.Time
	Version  int64
}

// Identity is who an account is to another provider.
type Identity struct {
	Issuer   string    `json:"issuer"`
	Subject  string    `json:"subject"`
	Account  string    `json:"-"`
	Label    string    `json:"label"` // what the provider calls the person
	LinkedAt time.Time `json:"linked_at"`
}

var (
	tableFactors    = table("second_factors", "account").with(text("account"), text("secret").kept(digest), text("recovery").kept(digest), whole("since"), whole("version"))
	tableIdentities = table("identities", "issuer", "subject").with(text("issuer"), text("subject"), text("account"), text("label").kept(private), whole("linked_at"))

	writeFactor   = inserts(tableFactors)
	writeRecovery = updates(tableFactors, "recovery", "version").next()
	writeIdentity = inserts(tableIdentities)
)

const (
	sqlFactor       = `SELECT account, secret, recovery, since, version FROM second_factors WHERE account = $1`
	sqlDeleteFactor = `DELETE FROM second_factors WHERE account = $1 RETURNING account`
	sqlStep         = `SELECT step FROM used_steps WHERE account = $1`
	sqlSaveStep     = `INSERT INTO used_steps (account, step) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET step = excluded.step`

	identityColumns   = `issuer, subject, account, label, linked_at`
	sqlIdentity       = `SELECT ` + identityColumns + ` FROM identities WHERE issuer = $1 AND subject = $2`
	sqlIdentities     = `SELECT ` + identityColumns + ` FROM identities WHERE account = $1 ORDER BY issuer, subject`
	sqlDeleteIdentity = `DELETE FROM identities WHERE account = $1 AND issuer = $2 AND subject = $3 RETURNING issuer, subject`
)

// FactorOf finds an account's second factor; nil when it has none.
func FactorOf(ctx context.Context, q sqldb.Querier, account string) (*SecondFactor, error) {
	return one(q.QueryRow(ctx, sqlFactor, account), "second factor", func(s scanner) (f SecondFactor, err error) {
		var recovery string
		var since int64
		err = s.Scan(&f.Account, &f.Secret, &recovery, &since, &f.Version)
		f.Recovery, f.Since = strings.Fields(recovery), sqldb.Time(since)
		return f, err
	})
}

// InsertFactor gives an account a second factor; it must have none.
func InsertFactor(ctx context.Context, tx *sqldb.Tx, f SecondFactor) error {
	return writeFactor.one(ctx, tx, "insert second factor", f.Account, f.Secret, strings.Join(f.Recovery, " "), sqldb.Micros(f.Since), f.Version)
}

// SetRecovery keeps the recovery codes that are left of a factor as it was read.
func SetRecovery(ctx context.Context, tx *sqldb.Tx, f SecondFactor) error {
	return writeRecovery.one(ctx, tx, "recovery codes", f.Account, strings.Join(f.Recovery, " "), f.Version+1)
}

// DeleteFactor takes an account's second factor away; false when it had none.
func DeleteFactor(ctx context.Context, tx *sqldb.Tx, account string) (bool, error) {
	rows, err := tx.Query(ctx, sqlDeleteFactor, account)
	n, err := returned(tx, sqldb.OpGone, tableFactors, []string{"account"}, rows, err)
	return n == 1, err
}

// UsedStep is the last time step whose code an account used; 0 for none.
func UsedStep(ctx context.Context, q sqldb.Querier, account string) (int64, error) {
	n, err := one(q.QueryRow(ctx, sqlStep, account), "used step", func(s scanner) (n int64, err error) { return n, s.Scan(&n) })
	if err != nil || n == nil {
		return 0, err
	}
	return *n, nil
}

// SaveStep keeps the last time step that an account used.
func SaveStep(ctx context.Context, tx *sqldb.Tx, account string, step int64) error {
	_, err := tx.Exec(ctx, sqlSaveStep, account, step)
	return err
}

func scanIdentity(s scanner) (i Identity, err error) {
	var at int64
	err = s.Scan(&i.Issuer, &i.Subject, &i.Account, &i.Label, &at)
	i.LinkedAt = sqldb.Time(at)
	return i, err
}

// IdentityBy finds whom a provider's subject stands for; nil for nobody.
func IdentityBy(ctx context.Context, q sqldb.Querier, issuer, subject string) (*Identity, error) {
	return one(q.QueryRow(ctx, sqlIdentity, issuer, subject), "identity", scanIdentity)
}

// IdentitiesOf are those linked to an account.
func IdentitiesOf(ctx context.Context, q sqldb.Querier, account string) ([]Identity, error) {
	rows, err := q.Query(ctx, sqlIdentities, account)
	return collect(rows, err, "identities", scanIdentity)
}

// InsertIdentity links a provider's subject to an account.
func InsertIdentity(ctx context.Context, tx *sqldb.Tx, i Identity) error {
	return writeIdentity.one(ctx, tx, "insert identity", i.Issuer, i.Subject, i.Account, i.Label, sqldb.Micros(i.LinkedAt))
}

// DeleteIdentity unlinks a subject from its account; false when it was not linked.
func DeleteIdentity(ctx context.Context, tx *sqldb.Tx, i Identity) (bool, error) {
	rows, err := tx.Query(ctx, sqlDeleteIdentity, i.Account, i.Issuer, i.Subject)
	n, err := returned(tx, sqldb.OpGone, tableIdentities, []string{"issuer", "subject"}, rows, err)
	return n == 1, err
}

package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Delegation is a role that one person acts with for another for a while.
type Delegation struct {
	ID        string     `json:"id"`
	Role      ocop.Role  `json:"role"`
	Unit      string     `json:"unit"`
	Delegator string     `json:"delegator"`
	Delegate  string     `json:"delegate"`
	From      ocop.Date  `json:"from"`
	Until     ocop.Date  `json:"until"` // the last day
	Reason    string     `json:"reason"`
	GivenAt   time.Time  `json:"given_at"`
	EndedBy   string     `json:"ended_by,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Version   int64      `json:"version"`
}

var tableDelegations = table("delegations", "id").with(text("id"), text("role"), text("unit"), text("delegator"), text("delegate"), whole("first_day"),
	whole("last_day"), text("reason").kept(private), whole("given_at"), text("ended_by").null(), whole("ended_at").null(), whole("version"))

const delegationColumns = `d.id, d.role, d.unit, d.delegator, d.delegate, d.first_day, d.last_day, d.reason, d.given_at, d.ended_by, d.ended_at, d.version`

const (
	sqlDelegation  = `SELECT ` + delegationColumns + ` FROM delegations d WHERE d.id = $1`
	sqlDelegations = `SELECT ` + delegationColumns + ` FROM delegations d WHERE (d.delegator = $1 OR d.delegate = $1) AND d.id > $2 ORDER BY d.id LIMIT $3`
)

var (
	// Only what the delegator holds to this day, and is not shut out from, can be acted with.
	setDelegated = sqldb.Set{
		SQL: `SELECT d.delegate, d.role, d.unit, u.path, d.delegator FROM {rows} JOIN delegations d ON d.delegate = r.c1 JOIN units u ON u.id = d.unit
			JOIN accounts a ON a.id = d.delegator AND NOT a.disabled
			JOIN grants g ON g.account = d.delegator AND g.role = d.role AND g.unit = d.unit
			WHERE d.first_day <= r.c2 AND d.last_day >= r.c2 AND d.ended_at IS NULL ORDER BY d.given_at, d.id`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Int},
	}

	writeDelegation    = inserts(tableDelegations)
	writeDelegationEnd = updates(tableDelegations, "ended_by", "ended_at", "version").next()
)

func scanDelegation(s scanner) (d Delegation, err error) {
	var given int64
	var by sql.NullString
	var ended sql.NullInt64
	err = s.Scan(&d.ID, &d.Role, &d.Unit, &d.Delegator, &d.Delegate, &d.From, &d.Until, &d.Reason, &given, &by, &ended, &d.Version)
	if d.GivenAt, d.EndedBy = sqldb.Time(given), by.String; ended.Valid {
		at := sqldb.Time(ended.Int64)
		d.EndedAt = &at
	}
	return d, err
}

// DelegationByID finds a delegation; nil when there is none.
func DelegationByID(ctx context.Context, q sqldb.Querier, id string) (*Delegation, error) {
	return one(q.QueryRow(ctx, sqlDelegation, id), "delegation", scanDelegation)
}

// Delegations lists what an account gave and got, oldest first, after the id given.
func Delegations(ctx context.Context, q sqldb.Querier, account, after string, limit int) ([]Delegation, error) {
	rows, err := q.Query(ctx, sqlDelegations, account, after, limit)
	return collect(rows, err, "delegations", scanDelegation)
}

// Delegated are the roles that accounts act with for others on a day.
func Delegated(ctx context.Context, q sqldb.Querier, accounts []string, day ocop.Date) (map[string][]access.Grant, error) {
	in := make([][]any, len(accounts))
	for i, id := range accounts {
		in[i] = []any{id, int64(day)}
	}
	rows, err := sqldb.QuerySet(ctx, q, setDelegated, in)
	return grouped(rows, err, "delegated roles", func(s scanner) (of string, g access.Grant, err error) {
		return of, g, s.Scan(&of, &g.Role, &g.Unit, &g.Path, &g.For)
	})
}

// InsertDelegation adds a delegation.
func InsertDelegation(ctx context.Context, tx *sqldb.Tx, d Delegation) error {
	return writeDelegation.one(ctx, tx, "insert delegation", d.ID, string(d.Role), d.Unit, d.Delegator, d.Delegate, int64(d.From), int64(d.Until), d.Reason,
		sqldb.Micros(d.GivenAt), nullText(d.EndedBy), nullTime(d.EndedAt), d.Version)
}

// EndDelegation ends a delegation that is still as it was read.
func EndDelegation(ctx context.Context, tx *sqldb.Tx, d Delegation, by string, at time.Time) error {
	return writeDelegationEnd.one(ctx, tx, "end delegation", d.ID, by, sqldb.Micros(at), d.Version+1)
}

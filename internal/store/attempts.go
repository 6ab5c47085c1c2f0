package store

import (
	"context"
	"time"

	"ocopflow/internal/sqldb"
)

// Attempts counts the wrong passwords of a name or an address. The ledger does
// not tell these rows: they pass, and the entries tell of each attempt.
type Attempts struct {
	Subject string // a hash
	Wrong   int64
	Last    time.Time
	Until   time.Time // when the next may come
}

const (
	sqlAttempts     = `SELECT subject, wrong, last_at, until FROM attempts WHERE subject = $1`
	sqlSaveAttempts = `INSERT INTO attempts (subject, wrong, last_at, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject) DO UPDATE SET wrong = excluded.wrong, last_at = excluded.last_at, until = excluded.until`
	sqlForgive = `DELETE FROM attempts WHERE subject = $1`
)

// AttemptsOf finds the wrong passwords of a subject.
func AttemptsOf(ctx context.Context, q sqldb.Querier, subject string) (Attempts, error) {
	a, err := one(q.QueryRow(ctx, sqlAttempts, subject), "attempts", func(s scanner) (a Attempts, err error) {
		var last, until int64
		err = s.Scan(&a.Subject, &a.Wrong, &last, &until)
		a.Last, a.Until = sqldb.Time(last), sqldb.Time(until)
		return a, err
	})
	if err != nil || a == nil {
		return Attempts{Subject: subject}, err
	}
	return *a, nil
}

// SaveAttempts keeps counts.
func SaveAttempts(ctx context.Context, tx *sqldb.Tx, list []Attempts) error {
	for _, a := range list {
		until := int64(0)
		if !a.Until.IsZero() {
			until = sqldb.Micros(a.Until)
		}
		if _, err := tx.Exec(ctx, sqlSaveAttempts, a.Subject, a.Wrong, sqldb.Micros(a.Last), until); err != nil {
			return err
		}
	}
	return nil
}

// ForgiveAttempts forgets the wrong passwords of a subject.
func ForgiveAttempts(ctx context.Context, tx *sqldb.Tx, subject string) error {
	_, err := tx.Exec(ctx, sqlForgive, subject)
	return err
}

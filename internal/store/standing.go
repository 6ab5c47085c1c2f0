package store

import (
	"context"
	"time"

	"ocopflow/internal/sqldb"
)

const (
	sqlOverdueTimers = `SELECT COUNT(*) FROM timers WHERE due_at <= $1`
	sqlRunning       = `SELECT COUNT(*) FROM credentials WHERE kind = 'session' AND expires_at > $1`
)

// OverdueTimers counts what is due and not done.
func OverdueTimers(ctx context.Context, q sqldb.Querier, now time.Time) (n int64, err error) {
	err = q.QueryRow(ctx, sqlOverdueTimers, sqldb.Micros(now)).Scan(&n)
	return n, err
}

// RunningSessions counts the sessions of people that have not ended.
func RunningSessions(ctx context.Context, q sqldb.Querier, now time.Time) (n int64, err error) {
	err = q.QueryRow(ctx, sqlRunning, sqldb.Micros(now)).Scan(&n)
	return n, err
}

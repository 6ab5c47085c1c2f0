package store

import (
	"context"
	"time"

	"ocopflow/internal/sqldb"
)

// Backlog is what waits to be sent, and what was given up.
type Backlog struct {
	Waiting int64
	Late    int64 // of these, for more than an hour
	Failed  int64 // within seven days
}

const (
	sqlMailBacklog     = `SELECT COUNT(*) FILTER (WHERE state = 'waiting'), COUNT(*) FILTER (WHERE state = 'waiting' AND tries > 0 AND created_at < $1), COUNT(*) FILTER (WHERE state = 'failed' AND ended_at > $2) FROM mails`
	sqlDeliveryBacklog = `SELECT COUNT(*) FILTER (WHERE state = 'waiting'), COUNT(*) FILTER (WHERE state = 'waiting' AND created_at < $1), COUNT(*) FILTER (WHERE state = 'failed' AND ended_at > $2) FROM deliveries`
)

// MailBacklog counts mails. One that waits for a quiet hour to end was not tried
// yet, and is not late.
func MailBacklog(ctx context.Context, q sqldb.Querier, now time.Time) (Backlog, error) {
	return backlog(ctx, q, sqlMailBacklog, now)
}

// DeliveryBacklog counts deliveries to webhooks.
func DeliveryBacklog(ctx context.Context, q sqldb.Querier, now time.Time) (Backlog, error) {
	return backlog(ctx, q, sqlDeliveryBacklog, now)
}

func backlog(ctx context.Context, q sqldb.Querier, text string, now time.Time) (b Backlog, err error) {
	err = q.QueryRow(ctx, text, sqldb.Micros(now.Add(-time.Hour)), sqldb.Micros(now.Add(-7*24*time.Hour))).Scan(&b.Waiting, &b.Late, &b.Failed)
	return b, err
}

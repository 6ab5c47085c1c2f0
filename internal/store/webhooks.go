package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Webhook is a receiver of events about products in a unit.
type Webhook struct {
	ID           string     `json:"id"`
	Unit         ocop.Ref   `json:"unit"`
	Path         ocop.Path  `json:"-"`
	URL          string     `json:"url" doc:"empty when it was erased"`
	Types        []string   `json:"types" doc:"of events that are sent"`
	Secret       string     `json:"-"` // under the server's key
	OldSecret    string     `json:"-"` // signs too, until OldUntil
	OldUntil     *time.Time `json:"old_secret_until"`
	CreatedBy    string     `json:"created_by"`
	CreatedAt    time.Time  `json:"created_at"`
	DisabledAt   *time.Time `json:"disabled_at" doc:"since when nothing is sent"`
	Version      int64      `json:"version"`
	FailingSince *time.Time `json:"failing_since" doc:"since when the receiver took nothing"`
	Next         int64      `json:"-"` // entry to look at next
}

var tableWebhooks = table("webhooks", "id").with(text("id"), text("unit"), text("url").kept(private), text("types"), text("secret").kept(digest), text("old_secret").kept(digest),
	whole("old_until").null(), text("created_by"), whole("created_at"), whole("disabled_at").null(), whole("version"))

const webhookColumns = `w.id, u.id, u.code, u.name_vi, u.path, w.url, w.types, w.secret, w.old_secret, w.old_until, w.created_by, w.created_at, w.disabled_at, w.version, h.failing_since, COALESCE(h.next, 0)`

const webhookFrom = ` FROM webhooks w JOIN units u ON u.id = w.unit LEFT JOIN webhook_heads h ON h.webhook = w.id WHERE `

const (
	sqlWebhook        = `SELECT ` + webhookColumns + webhookFrom + `w.id = $1`
	sqlOpenWebhooks   = `SELECT ` + webhookColumns + webhookFrom + `w.disabled_at IS NULL AND w.url <> '' ORDER BY w.id`
	sqlWebhooksIn     = `SELECT count(*) FROM webhooks WHERE unit = $1`
	sqlDeleteWebhook  = `DELETE FROM webhooks WHERE id = $1 AND version = $2 RETURNING id`
	sqlWebhookHead    = `INSERT INTO webhook_heads (webhook, next, failing_since) VALUES ($1, $2, NULL)`
	sqlMoveHead       = `UPDATE webhook_heads SET next = $3 WHERE webhook = $1 AND next = $2`
	sqlFailing        = `UPDATE webhook_heads SET failing_since = COALESCE(failing_since, $2) WHERE webhook = $1`
	sqlTaking         = `UPDATE webhook_heads SET failing_since = NULL WHERE webhook = $1 AND failing_since IS NOT NULL`
	sqlForgetHead     = `DELETE FROM webhook_heads WHERE webhook = $1`
	sqlForgetAttempts = `DELETE FROM delivery_attempts WHERE delivery IN (SELECT id FROM deliveries WHERE webhook = $1)`
	sqlForgetWebhook  = `DELETE FROM deliveries WHERE webhook = $1`
)

var (
	writeWebhook       = inserts(tableWebhooks)
	writeWebhookSecret = updates(tableWebhooks, "secret", "old_secret", "old_until", "version").next()
	writeWebhookState  = updates(tableWebhooks, "disabled_at", "version").next()
)

func scanWebhook(s scanner) (w Webhook, err error) {
	var types string
	var created int64
	var until, disabled, failing sql.NullInt64
	err = s.Scan(&w.ID, &w.Unit.ID, &w.Unit.Code, &w.Unit.Name, &w.Path, &w.URL, &types, &w.Secret, &w.OldSecret, &until, &w.CreatedBy, &created, &disabled, &w.Version, &failing, &w.Next)
	w.Types, w.CreatedAt = strings.Fields(types), sqldb.Time(created)
	w.OldUntil, w.DisabledAt, w.FailingSince = moment(until), moment(disabled), moment(failing)
	return w, err
}

// WebhookByID finds a webhook; nil when there is none.
func WebhookByID(ctx context.Context, q sqldb.Querier, id string) (*Webhook, error) {
	return one(q.QueryRow(ctx, sqlWebhook, id), "webhook", scanWebhook)
}

// OpenWebhooks are all to which something may be sent.
func OpenWebhooks(ctx context.Context, q sqldb.Querier) ([]Webhook, error) {
	rows, err := q.Query(ctx, sqlOpenWebhooks)
	return collect(rows, err, "webhooks", scanWebhook)
}

// Webhooks lists those of units at or below the places, after an id.
func Webhooks(ctx context.Context, q sqldb.Querier, places []ocop.Path, after string, limit int) ([]Webhook, error) {
	var b binder
	where := pathsBelow("u.path", places, b.bind) + " AND w.id > " + b.bind(after)
	rows, err := q.Query(ctx, `SELECT `+webhookColumns+webhookFrom+where+` ORDER BY w.id LIMIT `+b.bind(limit), b.args...)
	return collect(rows, err, "webhooks", scanWebhook)
}

// WebhooksIn counts those of a unit itself.
func WebhooksIn(ctx context.Context, q sqldb.Querier, unit string) (n int, err error) {
	return n, q.QueryRow(ctx, sqlWebhooksIn, unit).Scan(&n)
}

// InsertWebhook adds a webhook that begins with an entry.
func InsertWebhook(ctx context.Context, tx *sqldb.Tx, w Webhook, next int64) error {
	if err := exec(ctx, tx, "insert webhook", sqlWebhookHead, w.ID, next); err != nil {
		return err
	}
	return writeWebhook.one(ctx, tx, "insert webhook", w.ID, w.Unit.ID, w.URL, strings.Join(w.Types, " "), w.Secret, w.OldSecret, nullTime(w.OldUntil), w.CreatedBy,
		sqldb.Micros(w.CreatedAt), nullTime(w.DisabledAt), int64(1))
}

// SaveWebhookSecret replaces the secret of a webhook that is still as it was read.
func SaveWebhookSecret(ctx context.Context, tx *sqldb.Tx, w Webhook, secret string, oldUntil time.Time) error {
	return writeWebhookSecret.one(ctx, tx, "webhook secret", w.ID, secret, w.Secret, sqldb.Micros(oldUntil), w.Version+1)
}

// SwitchWebhook switches a webhook that is still as it was read off, or on with nil.
func SwitchWebhook(ctx context.Context, tx *sqldb.Tx, w Webhook, off *time.Time) error {
	if _, err := tx.Exec(ctx, sqlTaking, w.ID); err != nil {
		return err
	}
	return writeWebhookState.one(ctx, tx, "switch webhook", w.ID, nullTime(off), w.Version+1)
}

// DeleteWebhook removes a webhook as it was read, with what waits for it; false
// when it was changed in the meantime.
func DeleteWebhook(ctx context.Context, tx *sqldb.Tx, w Webhook) (bool, error) {
	for _, text := range []string{sqlForgetAttempts, sqlForgetWebhook, sqlForgetHead} {
		if _, err := tx.Exec(ctx, text, w.ID); err != nil {
			return false, err
		}
	}
	rows, err := tx.Query(ctx, sqlDeleteWebhook, w.ID, w.Version)
	n, err := returned(tx, sqldb.OpGone, tableWebhooks, []string{"id"}, rows, err)
	return n == 1, err
}

// MoveWebhookHead notes that entries up to next were looked at; false when
// another server did so.
func MoveWebhookHead(ctx context.Context, tx *sqldb.Tx, w Webhook, next int64) (bool, error) {
	n, err := tx.Exec(ctx, sqlMoveHead, w.ID, w.Next, next)
	return n == 1, err
}

// WebhookTook notes whether the receiver took what was sent to it at a moment.
func WebhookTook(ctx context.Context, tx *sqldb.Tx, webhook string, took bool, at time.Time) error {
	var err error
	if took {
		_, err = tx.Exec(ctx, sqlTaking, webhook)
	} else {
		_, err = tx.Exec(ctx, sqlFailing, webhook, sqldb.Micros(at))
	}
	return err
}

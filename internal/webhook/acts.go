package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// freshSecret makes a secret as Standard Webhooks writes them, and how it is kept.
func (d *Desk) freshSecret(webhook string) (secret, sealed string, err error) {
	raw := make([]byte, 32)
	rand.Read(raw)
	secret = "whsec_" + base64.StdEncoding.EncodeToString(raw)
	sealed, err = d.People.Seal("webhook "+webhook, secret)
	return secret, sealed, err
}

// change is an act on one webhook.
func change[T any](ctx context.Context, d *Desk, a access.Actor, id, event string, do func(ctx context.Context, tx *sqldb.Tx, w store.Webhook, now time.Time) error, answer func(store.Webhook) T) (T, error) {
	return commit.Do[T](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"webhook:" + id},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			w, err := find(ctx, q, a, id)
			if err != nil {
				return commit.Outcome{}, err
			}
			return commit.Outcome{
				Drafts: []ledger.Draft{draft(w, a, event)},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return do(ctx, tx, w, now)
				}),
				Answer: func([]ledger.Entry) any { return answer(w) },
			}, nil
		})})
}

// Remove ends a webhook, with all that waits for it.
//
// Faults: not_found.
func (d *Desk) Remove(ctx context.Context, a access.Actor, id string) error {
	_, err := change(ctx, d, a, id, "remove_webhook", func(ctx context.Context, tx *sqldb.Tx, w store.Webhook, _ time.Time) error {
		ok, err := store.DeleteWebhook(ctx, tx, w)
		if err == nil && !ok {
			err = notFound()
		}
		return err
	}, func(w store.Webhook) store.Webhook { return w })
	return err
}

// Rotate gives a webhook another secret; the one before signs too for a day, so
// that a receiver can change over.
//
// Faults: not_found.
func (d *Desk) Rotate(ctx context.Context, a access.Actor, id string) (Registered, error) {
	secret, sealed, err := d.freshSecret(id)
	if err != nil {
		return Registered{}, err
	}
	until := time.Now().UTC().Truncate(time.Microsecond).Add(secretLife) // receivers live by the world's clock
	return change(ctx, d, a, id, "rotate_webhook_secret", func(ctx context.Context, tx *sqldb.Tx, w store.Webhook, _ time.Time) error {
		return store.SaveWebhookSecret(ctx, tx, w, sealed, until)
	}, func(w store.Webhook) Registered {
		w.OldUntil, w.Version = &until, w.Version+1
		return Registered{w, secret}
	})
}

// Enable lets a webhook that was switched off go on from where it stopped.
//
// Faults: not_found.
func (d *Desk) Enable(ctx context.Context, a access.Actor, id string) (store.Webhook, error) {
	return change(ctx, d, a, id, "enable_webhook", func(ctx context.Context, tx *sqldb.Tx, w store.Webhook, now time.Time) error {
		if err := store.DeliverWaiting(ctx, tx, w.ID, now); err != nil {
			return err
		}
		return store.SwitchWebhook(ctx, tx, w, nil)
	}, func(w store.Webhook) store.Webhook {
		w.DisabledAt, w.FailingSince, w.Version = nil, nil, w.Version+1
		return w
	})
}

// switchOff ends deliveries to a receiver that took nothing for days, or said
// that it is gone, and writes to who registered it.
func (d *Desk) switchOff(ctx context.Context, id string) error {
	_, err := commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"webhook:" + id},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			w, err := store.WebhookByID(ctx, q, id)
			if err != nil || w == nil || w.DisabledAt != nil {
				return commit.Outcome{}, err
			}
			return commit.Outcome{Drafts: []ledger.Draft{draft(*w, access.SystemActor, "disable_webhook")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					if err := store.SwitchWebhook(ctx, tx, *w, &now); err != nil {
						return err
					}
					return store.InsertMail(ctx, tx, store.Mail{ID: newID(), Account: w.CreatedBy, Kind: store.MailWebhook, About: w.ID}, now)
				})}, nil
		})})
	return err
}

// Deliveries is what was sent to a webhook, the newest first.
//
// Faults: not_found.
func (d *Desk) Deliveries(ctx context.Context, a access.Actor, f store.DeliveryFilter) ([]store.Delivery, error) {
	if _, err := d.Get(ctx, a, f.Webhook); err != nil {
		return nil, err
	}
	return store.Deliveries(ctx, d.DB, f)
}

// mostPings in an hour, so that nobody is hammered through us.
const mostPings = 30

// Ping sends an event that says nothing, to see whether the receiver takes it.
//
// Faults: not_found; webhook_off (Conflict); too_many.
func (d *Desk) Ping(ctx context.Context, a access.Actor, id string) (store.Delivery, error) {
	w, err := d.on(ctx, a, id)
	if err != nil {
		return store.Delivery{}, err
	}
	now := d.Clock()
	n, err := store.PingsSince(ctx, d.DB, id, now.Add(-time.Hour))
	if err != nil {
		return store.Delivery{}, err
	}
	if n >= mostPings {
		return store.Delivery{}, fault.New(fault.TooMany, "too_many", "Đã gửi thử quá nhiều lần trong một giờ.", "Too many pings in an hour.")
	}
	p := store.Delivery{ID: newID(), Webhook: w.ID, Entry: -1, Type: Ping}
	if err := d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.InsertDelivery(ctx, tx, p, now) }); err != nil {
		return p, err
	}
	made, err := store.DeliveryByID(ctx, d.DB, id, p.ID)
	if err != nil || made == nil {
		return p, err
	}
	return *made, nil
}

// on finds a webhook that is switched on.
func (d *Desk) on(ctx context.Context, a access.Actor, id string) (store.Webhook, error) {
	w, err := d.Get(ctx, a, id)
	if err == nil && w.DisabledAt != nil {
		err = fault.New(fault.Conflict, "webhook_off", "Webhook đang tắt; hãy bật lại trước.", "The webhook is switched off; switch it on first.")
	}
	return w, err
}

// Again says what is to be sent once more: one delivery, or those between two
// entries of the ledger, both inside.
type Again struct {
	Delivery string
	From, To *int64
}

// Replay sends again what was sent before, under the same ids, so that a
// receiver that has it can tell; the number is of those that will be.
//
// Faults: not_found; webhook_off (Conflict); webhook_wrong (Invalid).
func (d *Desk) Replay(ctx context.Context, a access.Actor, id string, what Again) (int64, error) {
	w, err := d.on(ctx, a, id)
	if err != nil {
		return 0, err
	}
	if one := what.Delivery != ""; one == (what.From != nil || what.To != nil) || !one && (what.From == nil || what.To == nil || *what.From > *what.To) {
		return 0, wrong().At("body.delivery", "Chọn một lần gửi, hoặc khoảng từ bản ghi (from) đến bản ghi (to).", "Name one delivery, or a range of entries by from and to.")
	}
	var n int64
	err = d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if what.Delivery == "" {
			n, err = store.DeliverRange(ctx, tx, w.ID, *what.From, *what.To, d.Clock())
			return err
		}
		ok, err := store.DeliverOnceMore(ctx, tx, w.ID, what.Delivery, d.Clock())
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "not_found", "Không có lần gửi này.", "There is no such delivery.")
		}
		n = 1
		return err
	})
	return n, err
}

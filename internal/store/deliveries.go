package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/sqldb"
)

// DeliveryState says what became of an event that is sent to a webhook.
type DeliveryState string

// A delivery waits until the receiver took it; one that it refused for days has failed.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliveryDone    DeliveryState = "done"
	DeliveryFailed  DeliveryState = "failed"
)

// Delivery is an event that is sent to a webhook.
type Delivery struct {
	ID        string        `json:"id" doc:"webhook-id of the event, the same at every attempt"`
	Webhook   string        `json:"webhook"`
	Entry     int64         `json:"entry" doc:"of the ledger; -1 for a ping"`
	Stream    string        `json:"stream" doc:"of the ledger, whose events come in order: product:ID, support:ID, complaint:ID, campaign:ID; empty for a ping"`
	Product   string        `json:"product" doc:"empty for what is not about one alone"`
	Type      string        `json:"type"`
	State     DeliveryState `json:"state" enum:"waiting,done,failed"`
	Tries     int           `json:"tries" doc:"since it was first sent, or sent again on request"`
	FirstAt   *time.Time    `json:"first_at"`
	NextAt    time.Time     `json:"next_at"`
	CreatedAt time.Time     `json:"created_at"`
	EndedAt   *time.Time    `json:"ended_at"`
	Attempts  []Attempt     `json:"attempts"`
}

// Attempt is one time that an event was sent.
type Attempt struct {
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	Status int       `json:"status" doc:"of HTTP; 0 when there was no answer"`
	Error  string    `json:"error"`
	Millis int64     `json:"millis"`
}

const deliveryColumns = `d.id, d.webhook, d.entry, d.stream, d.product, d.type, d.state, d.tries, d.first_at, d.next_at, d.created_at, d.ended_at`

const (
	sqlDelivery       = `SELECT ` + deliveryColumns + ` FROM deliveries d WHERE d.webhook = $1 AND d.id = $2`
	sqlInsertDelivery = `INSERT INTO deliveries (id, webhook, entry, stream, product, type, state, tries, first_at, next_at, created_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, NULL, $7, $7, NULL)`
	// Of each stream only the first that waits: it holds back the later ones.
	sqlDueDeliveries = `SELECT ` + deliveryColumns + ` FROM deliveries d WHERE d.webhook = $1 AND d.state = 'waiting' AND d.next_at <= $2
AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.webhook = d.webhook AND e.state = 'waiting' AND e.stream = d.stream AND (e.entry, e.id) < (d.entry, d.id))
ORDER BY d.entry, d.id LIMIT $3`
	// Whoever gets the row has it until next_at: then it is anybody's again.
	sqlClaimDelivery  = `UPDATE deliveries SET next_at = $3, tries = tries + 1, first_at = COALESCE(first_at, $4) WHERE id = $1 AND next_at = $2 AND state = 'waiting'`
	sqlEndDelivery    = `UPDATE deliveries SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'waiting'`
	sqlAgainDelivery  = `UPDATE deliveries SET next_at = $2 WHERE id = $1 AND state = 'waiting'`
	sqlInsertAttempt  = `INSERT INTO delivery_attempts (delivery, number, at, status, error, millis) SELECT $1, COALESCE(max(number), 0) + 1, $2, $3, $4, $5 FROM delivery_attempts WHERE delivery = $1`
	sqlWaiting        = `SELECT count(*) FROM deliveries WHERE webhook = $1 AND state = 'waiting'`
	sqlOnceMore       = `UPDATE deliveries SET state = 'waiting', tries = 0, first_at = NULL, next_at = $3, ended_at = NULL WHERE webhook = $1 AND id = $2`
	sqlRangeOnceMore  = `UPDATE deliveries SET state = 'waiting', tries = 0, first_at = NULL, next_at = $4, ended_at = NULL WHERE webhook = $1 AND entry >= $2 AND entry <= $3 AND (state <> 'waiting' OR first_at IS NOT NULL)`
	sqlWaitingAnew    = `UPDATE deliveries SET tries = 0, first_at = NULL, next_at = $2 WHERE webhook = $1 AND state = 'waiting'`
	sqlOldAttempts    = `DELETE FROM delivery_attempts WHERE delivery IN (SELECT id FROM deliveries WHERE state <> 'waiting' AND created_at < $1)`
	sqlOldDeliveries  = `DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < $1`
	sqlDeliveriesPast = `SELECT count(*) FROM deliveries WHERE webhook = $1 AND type = 'ping' AND created_at > $2`
)

var setAttempts = sqldb.Set{
	SQL:     `SELECT a.delivery, a.number, a.at, a.status, a.error, a.millis FROM delivery_attempts a WHERE a.delivery IN (SELECT c1 FROM {rows}) ORDER BY a.delivery, a.number`,
	Columns: []sqldb.Kind{sqldb.Text},
}

func scanDelivery(s scanner) (d Delivery, err error) {
	var next, created int64
	var first, ended sql.NullInt64
	err = s.Scan(&d.ID, &d.Webhook, &d.Entry, &d.Stream, &d.Product, &d.Type, &d.State, &d.Tries, &first, &next, &created, &ended)
	d.FirstAt, d.NextAt, d.CreatedAt, d.EndedAt, d.Attempts = moment(first), sqldb.Time(next), sqldb.Time(created), moment(ended), []Attempt{}
	return d, err
}

// InsertDelivery adds an event that is to be sent at a moment.
func InsertDelivery(ctx context.Context, tx *sqldb.Tx, d Delivery, at time.Time) error {
	return exec(ctx, tx, "insert delivery", sqlInsertDelivery, d.ID, d.Webhook, d.Entry, d.Stream, d.Product, d.Type, sqldb.Micros(at))
}

// DueDeliveries are those of a webhook to be sent by a moment: of each stream
// the earliest that waits.
func DueDeliveries(ctx context.Context, q sqldb.Querier, webhook string, now time.Time, limit int) ([]Delivery, error) {
	rows, err := q.Query(ctx, sqlDueDeliveries, webhook, sqldb.Micros(now), limit)
	return collect(rows, err, "due deliveries", scanDelivery)
}

// ClaimDelivery takes a delivery to send it, until a moment; false when somebody
// else has it.
func ClaimDelivery(ctx context.Context, tx *sqldb.Tx, d Delivery, now, until time.Time) (bool, error) {
	n, err := tx.Exec(ctx, sqlClaimDelivery, d.ID, sqldb.Micros(d.NextAt), sqldb.Micros(until), sqldb.Micros(now))
	return n == 1, err
}

// InsertAttempt keeps how an attempt went.
func InsertAttempt(ctx context.Context, tx *sqldb.Tx, delivery string, a Attempt) error {
	return exec(ctx, tx, "insert attempt", sqlInsertAttempt, delivery, sqldb.Micros(a.At), int64(a.Status), a.Error, a.Millis)
}

// EndDelivery says what became of a delivery.
func EndDelivery(ctx context.Context, tx *sqldb.Tx, id string, state DeliveryState, at time.Time) error {
	_, err := tx.Exec(ctx, sqlEndDelivery, id, string(state), sqldb.Micros(at))
	return err
}

// DeliverAgain says when a delivery is tried again.
func DeliverAgain(ctx context.Context, tx *sqldb.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, sqlAgainDelivery, id, sqldb.Micros(at))
	return err
}

// Waiting counts what waits for a webhook.
func Waiting(ctx context.Context, q sqldb.Querier, webhook string) (n int, err error) {
	return n, q.QueryRow(ctx, sqlWaiting, webhook).Scan(&n)
}

// PingsSince counts the pings of a webhook since a moment.
func PingsSince(ctx context.Context, q sqldb.Querier, webhook string, since time.Time) (n int, err error) {
	return n, q.QueryRow(ctx, sqlDeliveriesPast, webhook, sqldb.Micros(since)).Scan(&n)
}

// DeliverOnceMore lets one delivery of a webhook be sent again; false when there is none.
func DeliverOnceMore(ctx context.Context, tx *sqldb.Tx, webhook, id string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, sqlOnceMore, webhook, id, sqldb.Micros(now))
	return n == 1, err
}

// DeliverRange lets those of a webhook between two entries be sent again, and
// gives their number.
func DeliverRange(ctx context.Context, tx *sqldb.Tx, webhook string, from, to int64, now time.Time) (int64, error) {
	return tx.Exec(ctx, sqlRangeOnceMore, webhook, from, to, sqldb.Micros(now))
}

// DeliverWaiting begins anew with all that waits for a webhook.
func DeliverWaiting(ctx context.Context, tx *sqldb.Tx, webhook string, now time.Time) error {
	_, err := tx.Exec(ctx, sqlWaitingAnew, webhook, sqldb.Micros(now))
	return err
}

// ForgetDeliveries drops what was delivered, or given up, before a moment.
func ForgetDeliveries(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	for _, text := range []string{sqlOldAttempts, sqlOldDeliveries} {
		if _, err := tx.Exec(ctx, text, sqldb.Micros(before)); err != nil {
			return err
		}
	}
	return nil
}

// DeliveryByID finds a delivery of a webhook; nil when there is none.
func DeliveryByID(ctx context.Context, q sqldb.Querier, webhook, id string) (*Delivery, error) {
	return one(q.QueryRow(ctx, sqlDelivery, webhook, id), "delivery", scanDelivery)
}

// DeliveryFilter narrows the log of a webhook.
type DeliveryFilter struct {
	Webhook string
	State   DeliveryState // "" for any
	Stream  string        // of the ledger; "" for any
	Product string        // id; "" for any
	Before  string        // id of the last one seen; "" begins
	Limit   int
}

// Deliveries is the log of a webhook, the newest first, with all attempts.
func Deliveries(ctx context.Context, q sqldb.Querier, f DeliveryFilter) ([]Delivery, error) {
	var b binder
	where := "d.webhook = " + b.bind(f.Webhook)
	for _, c := range [][2]string{{"d.state = ", string(f.State)}, {"d.stream = ", f.Stream}, {"d.product = ", f.Product}, {"d.id < ", f.Before}} {
		if c[1] != "" {
			where += " AND " + c[0] + b.bind(c[1])
		}
	}
	rows, err := q.Query(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE `+where+` ORDER BY d.id DESC LIMIT `+b.bind(f.Limit), b.args...)
	list, err := collect(rows, err, "deliveries", scanDelivery)
	if err != nil || len(list) == 0 {
		return list, err
	}
	var keys []string
	for _, d := range list {
		keys = append(keys, d.ID)
	}
	tries, err := sqldb.QuerySet(ctx, q, setAttempts, ids(keys))
	made, err := grouped(tries, err, "attempts", func(s scanner) (of string, a Attempt, err error) {
		var at int64
		err = s.Scan(&of, &a.Number, &at, &a.Status, &a.Error, &a.Millis)
		a.At = sqldb.Time(at)
		return of, a, err
	})
	for i := range list {
		if x := made[list[i].ID]; x != nil {
			list[i].Attempts = x
		}
	}
	return list, err
}

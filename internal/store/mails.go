package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// MailState says what became of a mail.
type MailState string

// A mail waits until it was sent; one that had nothing to say any more is
// dropped, one that was refused for good or too often has failed.
const (
	MailWaiting MailState = "waiting"
	MailSent    MailState = "sent"
	MailDropped MailState = "dropped"
	MailFailed  MailState = "failed"
)

// MailKind says what a mail is about.
type MailKind string

// Kinds of mails.
const (
	MailReminder MailKind = "reminder" // marks, as they were said
	MailDigest   MailKind = "digest"   // marks of a day, together
	MailConfirm  MailKind = "confirm"  // asks whether an address is right
	MailWebhook  MailKind = "webhook"  // a webhook was switched off
)

// Mail is one that is to be sent, or was. Neither its text nor the address is
// kept with it.
type Mail struct {
	ID        string     `json:"id"`
	Account   string     `json:"account"`
	Name      string     `json:"account_name"`
	Kind      MailKind   `json:"kind" enum:"reminder,digest,confirm,webhook"`
	About     string     `json:"-"`
	Since     int64      `json:"since"` // marks after this entry
	UpTo      int64      `json:"up_to"` // and up to this one
	State     MailState  `json:"state" enum:"waiting,sent,dropped,failed"`
	Tries     int        `json:"tries"`
	NextAt    time.Time  `json:"next_at"`
	Error     string     `json:"error" doc:"what the mail server answered last, without addresses"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
}

const mailColumns = `m.id, m.account, a.name, m.kind, m.about, m.since, m.up_to, m.state, m.tries, m.next_at, m.error, m.created_at, m.ended_at`

const mailFrom = ` FROM mails m JOIN accounts a ON a.id = m.account WHERE `

const (
	newestMark    = `SELECT COALESCE(max(x.entry), -1) FROM (SELECT max(entry) AS entry FROM marks UNION ALL SELECT max(entry) FROM matter_marks) x`
	sqlNewestMark = newestMark
	sqlMailed     = `INSERT INTO mail_readings (account, entry, day) VALUES ($1, $2, $3)
ON CONFLICT (account) DO UPDATE SET entry = excluded.entry, day = excluded.day WHERE mail_readings.entry = $4`
	sqlCaughtUp = `INSERT INTO mail_readings (account, entry, day) SELECT $1, (` + newestMark + `), 0 WHERE TRUE
ON CONFLICT (account) DO UPDATE SET entry = excluded.entry`
	sqlInsertMail = `INSERT INTO mails (id, account, kind, about, since, up_to, state, tries, next_at, error, created_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, '', $7, NULL)`
	sqlDueMails = `SELECT ` + mailColumns + mailFrom + `m.state = 'waiting' AND m.next_at <= $1 ORDER BY m.next_at, m.id LIMIT $2`
	// Whoever gets the row has it until next_at: then it is anybody's again.
	sqlClaimMail  = `UPDATE mails SET next_at = $3, tries = tries + 1 WHERE id = $1 AND next_at = $2 AND state = 'waiting'`
	sqlEndMail    = `UPDATE mails SET state = $2, error = $3, ended_at = $4 WHERE id = $1 AND state = 'waiting'`
	sqlAgainMail  = `UPDATE mails SET next_at = $2, error = $3 WHERE id = $1 AND state = 'waiting'`
	sqlAskedSince = `SELECT count(*) FROM mails WHERE account = $1 AND kind = 'confirm' AND created_at > $2`
	sqlForgetMail = `DELETE FROM mails WHERE state <> 'waiting' AND created_at < $1`
)

func scanMail(s scanner) (m Mail, err error) {
	var next, created int64
	var ended sql.NullInt64
	err = s.Scan(&m.ID, &m.Account, &m.Name, &m.Kind, &m.About, &m.Since, &m.UpTo, &m.State, &m.Tries, &next, &m.Error, &created, &ended)
	m.NextAt, m.CreatedAt, m.EndedAt = sqldb.Time(next), sqldb.Time(created), moment(ended)
	return m, err
}

// NewestMark is the entry of the newest mark; -1 when there is none.
func NewestMark(ctx context.Context, q sqldb.Querier) (entry int64, err error) {
	return entry, q.QueryRow(ctx, sqlNewestMark).Scan(&entry)
}

// Mailed notes up to which entry an account's marks were put into mails; false
// when somebody else did so since it was read.
func Mailed(ctx context.Context, tx *sqldb.Tx, was Behind, entry int64, day ocop.Date) (bool, error) {
	n, err := tx.Exec(ctx, sqlMailed, was.Account, entry, int64(day), was.Entry)
	return n == 1, err
}

// CaughtUp lets mails to an account begin with what is said from now on.
func CaughtUp(ctx context.Context, tx *sqldb.Tx, account string) error {
	_, err := tx.Exec(ctx, sqlCaughtUp, account)
	return err
}

// InsertMail adds a mail to be sent at a moment.
func InsertMail(ctx context.Context, tx *sqldb.Tx, m Mail, at time.Time) error {
	return exec(ctx, tx, "insert mail", sqlInsertMail, m.ID, m.Account, string(m.Kind), m.About, m.Since, m.UpTo, sqldb.Micros(at))
}

// DueMails are those to be sent by a moment, the oldest first.
func DueMails(ctx context.Context, q sqldb.Querier, now time.Time, limit int) ([]Mail, error) {
	rows, err := q.Query(ctx, sqlDueMails, sqldb.Micros(now), limit)
	return collect(rows, err, "due mails", scanMail)
}

// ClaimMail takes a mail to send it, until a moment; false when somebody else has it.
func ClaimMail(ctx context.Context, tx *sqldb.Tx, m Mail, until time.Time) (bool, error) {
	n, err := tx.Exec(ctx, sqlClaimMail, m.ID, sqldb.Micros(m.NextAt), sqldb.Micros(until))
	return n == 1, err
}

// EndMail says what became of a mail.
func EndMail(ctx context.Context, tx *sqldb.Tx, id string, state MailState, why string, at time.Time) error {
	_, err := tx.Exec(ctx, sqlEndMail, id, string(state), why, sqldb.Micros(at))
	return err
}

// TryMailAgain says when a mail is tried again, and why.
func TryMailAgain(ctx context.Context, tx *sqldb.Tx, id string, at time.Time, why string) error {
	_, err := tx.Exec(ctx, sqlAgainMail, id, sqldb.Micros(at), why)
	return err
}

// AskedSince counts the confirmations that an account asked for since a moment.
func AskedSince(ctx context.Context, q sqldb.Querier, account string, since time.Time) (n int, err error) {
	return n, q.QueryRow(ctx, sqlAskedSince, account, sqldb.Micros(since)).Scan(&n)
}

// ForgetMails drops what was sent, or given up, before a moment.
func ForgetMails(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, sqlForgetMail, sqldb.Micros(before))
	return err
}

// Mails lists those to accounts that hold a role at or below the places, the
// newest first, before an id; "" begins.
func Mails(ctx context.Context, q sqldb.Querier, places []ocop.Path, state MailState, before string, limit int) ([]Mail, error) {
	var b binder
	where := `EXISTS (SELECT 1 FROM grants g JOIN units u ON u.id = g.unit WHERE g.account = m.account AND ` + pathsBelow("u.path", places, b.bind) + `)`
	if state != "" {
		where += " AND m.state = " + b.bind(string(state))
	}
	if before != "" {
		where += " AND m.id < " + b.bind(before)
	}
	rows, err := q.Query(ctx, `SELECT `+mailColumns+mailFrom+where+` ORDER BY m.id DESC LIMIT `+b.bind(limit), b.args...)
	return collect(rows, err, "mails", scanMail)
}

package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Frequency says how reminders reach a person by mail.
type Frequency string

// Reminders come as they are said, once a day together, or not at all.
const (
	DeliverEach  Frequency = "each"
	DeliverDaily Frequency = "daily"
	DeliverNone  Frequency = "none"
)

// Contact is where a person is written to, and when.
type Contact struct {
	Account    string     `json:"-"`
	Address    string     `json:"address" doc:"empty when none was given, or it was erased"`
	VerifiedAt *time.Time `json:"verified_at" doc:"null until the address was confirmed by what was sent to it"`
	Delivery   Frequency  `json:"delivery" enum:"each,daily,none"`
	QuietFrom  int        `json:"quiet_from" minimum:"0" maximum:"23" doc:"hour from which nothing is sent"`
	QuietUntil int        `json:"quiet_until" minimum:"0" maximum:"23" doc:"hour until which nothing is sent, and at which a digest goes; the same hour means no quiet hours"`
	RestDays   bool       `json:"rest_days" doc:"whether mails come on days off too"`
	Lang       ocop.Lang  `json:"lang" enum:"vi,en"`
	Version    int64      `json:"version"`
}

var tableContacts = table("contacts", "account").with(text("account"), text("address").kept(private), whole("verified_at").null(), text("delivery"),
	whole("quiet_from"), whole("quiet_until"), flag("rest_days"), text("lang"), whole("version"))

const contactColumns = `c.account, c.address, c.verified_at, c.delivery, c.quiet_from, c.quiet_until, c.rest_days, c.lang, c.version`

const (
	sqlContact = `SELECT ` + contactColumns + ` FROM contacts c WHERE c.account = $1`

	// Those who are written to and for whom there may be marks after those that were put into mails.
	sqlContactsBehind = `SELECT ` + contactColumns + `, a.name, COALESCE(r.entry, -1), COALESCE(r.day, 0) FROM contacts c
JOIN accounts a ON a.id = c.account AND NOT a.disabled LEFT JOIN mail_readings r ON r.account = c.account
WHERE c.address <> '' AND c.verified_at IS NOT NULL AND c.delivery <> 'none' AND COALESCE(r.entry, -1) < $1 AND c.account > $2 ORDER BY c.account LIMIT $3`
)

var (
	writeContact  = inserts(tableContacts)
	writeSettings = updates(tableContacts, "address", "verified_at", "delivery", "quiet_from", "quiet_until", "rest_days", "lang", "version").next()
	writeVerified = updates(tableContacts, "verified_at", "version").next()
	writeDelivery = updates(tableContacts, "delivery", "version").next()
)

func (c *Contact) scan(s scanner, more ...any) error {
	var verified sql.NullInt64
	err := s.Scan(append([]any{&c.Account, &c.Address, &verified, &c.Delivery, &c.QuietFrom, &c.QuietUntil, &c.RestDays, &c.Lang, &c.Version}, more...)...)
	c.VerifiedAt = moment(verified)
	return err
}

// ContactOf is where an account is written to; nil when that was never said.
func ContactOf(ctx context.Context, q sqldb.Querier, account string) (*Contact, error) {
	return one(q.QueryRow(ctx, sqlContact, account), "contact", func(s scanner) (c Contact, err error) {
		return c, c.scan(s)
	})
}

// Behind is somebody who is written to, with what was put into mails so far.
type Behind struct {
	Contact
	Name  string // of the account
	Entry int64  // up to which marks were put into mails; -1 for none
	Day   ocop.Date
}

// ContactsBehind are those for whom marks up to an entry were not all put into
// mails, after an account.
func ContactsBehind(ctx context.Context, q sqldb.Querier, entry int64, after string, limit int) ([]Behind, error) {
	rows, err := q.Query(ctx, sqlContactsBehind, entry, after, limit)
	return collect(rows, err, "contacts", func(s scanner) (b Behind, err error) {
		return b, b.Contact.scan(s, &b.Name, &b.Entry, &b.Day)
	})
}

// InsertContact keeps where an account is written to; it must have none.
func InsertContact(ctx context.Context, tx *sqldb.Tx, c Contact) error {
	return writeContact.one(ctx, tx, "insert contact", c.Account, c.Address, nullTime(c.VerifiedAt), string(c.Delivery), int64(c.QuietFrom), int64(c.QuietUntil), c.RestDays, string(c.Lang), int64(1))
}

// SaveContact changes a contact that is still as it was read; its version is
// the one before.
func SaveContact(ctx context.Context, tx *sqldb.Tx, c Contact) error {
	return writeSettings.one(ctx, tx, "save contact", c.Account, c.Address, nullTime(c.VerifiedAt), string(c.Delivery), int64(c.QuietFrom), int64(c.QuietUntil), c.RestDays, string(c.Lang), c.Version+1)
}

// VerifyContact notes when the address of a contact as it was read was confirmed.
func VerifyContact(ctx context.Context, tx *sqldb.Tx, c Contact, at time.Time) error {
	return writeVerified.one(ctx, tx, "verify contact", c.Account, sqldb.Micros(at), c.Version+1)
}

// SetDelivery changes how reminders reach a contact that is still as it was read.
func SetDelivery(ctx context.Context, tx *sqldb.Tx, c Contact, to Frequency) error {
	return writeDelivery.one(ctx, tx, "set delivery", c.Account, string(to), c.Version+1)
}

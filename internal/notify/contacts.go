package notify

import (
	"context"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Usual are the settings of somebody who made none: mails as things are said,
// by day, on working days.
func Usual(account string, lang ocop.Lang) store.Contact {
	return store.Contact{Account: account, Delivery: store.DeliverEach, QuietFrom: 19, QuietUntil: 7, Lang: lang}
}

// Limits of asking whether an address is right: nobody floods a stranger's.
const (
	confirmLife = 48 * time.Hour
	mostAsked   = 5 // in a day
)

// Contact is where an account is written to; the usual settings without an
// address when that was never said.
func (d *Desk) Contact(ctx context.Context, a access.Actor, lang ocop.Lang) (store.Contact, error) {
	c, err := store.ContactOf(ctx, d.DB, a.ID)
	if err != nil || c == nil {
		return Usual(a.ID, lang), err
	}
	return *c, nil
}

// SetContact says where the actor is written to, and when. A new address is
// asked whether it is right, and gets nothing else before it said so.
//
// Faults: mail_off (Conflict); contact_wrong (Invalid); too_many; version (Stale).
func (d *Desk) SetContact(ctx context.Context, a access.Actor, want store.Contact, key *commit.Key) (store.Contact, error) {
	if d.Mail == nil {
		return store.Contact{}, fault.New(fault.Conflict, "mail_off", "Máy chủ này chưa được đặt để gửi thư. Hãy hỏi người quản trị.", "This server is not set up to send mail. Ask the administrator.")
	}
	want.Address = strings.TrimSpace(want.Address)
	if err := check(want); err != nil {
		return store.Contact{}, err
	}
	return commit.Do[store.Contact](ctx, d.Committer, commit.Act{Kind: commit.Once, Key: key, Locks: []string{"contact:" + a.ID},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			was, err := store.ContactOf(ctx, q, a.ID)
			if err != nil {
				return commit.Outcome{}, err
			}
			c := want
			c.Account, c.VerifiedAt, c.Version = a.ID, nil, 0
			if was != nil {
				if c.Version = was.Version; want.Version != 0 && want.Version != was.Version {
					return commit.Outcome{}, fault.New(fault.Stale, "version", "Thiết lập vừa được thay đổi ở nơi khác; hãy tải lại trang.", "The settings were changed elsewhere; load the page again.")
				}
				if c.Address == was.Address {
					c.VerifiedAt = was.VerifiedAt
				}
			}
			return d.saving(ctx, q, was, c, now)
		})})
}

// saving is the act that keeps a contact.
func (d *Desk) saving(ctx context.Context, q sqldb.Querier, was *store.Contact, c store.Contact, now time.Time) (commit.Outcome, error) {
	ask := c.Address != "" && c.VerifiedAt == nil && (was == nil || was.Address != c.Address)
	if ask {
		if err := askedTooOften(ctx, q, c.Account, now); err != nil {
			return commit.Outcome{}, err
		}
	}
	after := c
	after.Version++
	return commit.Outcome{
		Drafts: []ledger.Draft{contactDraft(c.Account, "set_contact")},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			save := store.SaveContact
			if was == nil {
				save = store.InsertContact
			}
			if err := save(ctx, tx, c); err != nil {
				return err
			}
			if was != nil && was.Delivery == store.DeliverNone && c.Delivery != store.DeliverNone { // not what was said in between
				if err := store.CaughtUp(ctx, tx, c.Account); err != nil {
					return err
				}
			}
			if !ask {
				return nil
			}
			return store.InsertMail(ctx, tx, store.Mail{ID: newID(), Account: c.Account, Kind: store.MailConfirm, About: store.SHA256(c.Address)}, now)
		}),
		Answer: func([]ledger.Entry) any { return after },
	}, nil
}

func askedTooOften(ctx context.Context, q sqldb.Querier, account string, now time.Time) error {
	n, err := store.AskedSince(ctx, q, account, now.Add(-24*time.Hour))
	if err == nil && n >= mostAsked {
		err = fault.New(fault.TooMany, "too_many", "Đã gửi thư xác nhận quá nhiều lần trong ngày; hãy thử lại ngày mai.", "Too many confirmations were sent today; try again tomorrow.")
	}
	return err
}

func contactDraft(account, event string) ledger.Draft {
	return ledger.Draft{Stream: "account:" + account, Kind: ledger.KindRecord, Event: event, Actor: ledger.Actor{ID: account}}
}

// check looks at the shape of settings.
func check(c store.Contact) error {
	bad := fault.New(fault.Invalid, "contact_wrong", "Thiết lập nhắc việc chưa đúng.", "The settings of reminders are not right.")
	if c.Address != "" && !deliverable(c.Address) {
		bad.At("body.address", "Địa chỉ thư phải có dạng ten@don-vi.vn, tối đa 254 ký tự không dấu.", "An address looks like name@office.vn, at most 254 characters without diacritics.")
	}
	if c.Delivery != store.DeliverEach && c.Delivery != store.DeliverDaily && c.Delivery != store.DeliverNone {
		bad.At("body.delivery", "Chọn each, daily hoặc none.", "Choose each, daily or none.")
	}
	if c.QuietFrom < 0 || c.QuietFrom > 23 {
		bad.At("body.quiet_from", "Giờ từ 0 đến 23.", "An hour from 0 to 23.")
	}
	if c.QuietUntil < 0 || c.QuietUntil > 23 {
		bad.At("body.quiet_until", "Giờ từ 0 đến 23.", "An hour from 0 to 23.")
	}
	if c.Lang != ocop.Vi && c.Lang != ocop.En {
		bad.At("body.lang", "Chọn vi hoặc en.", "Choose vi or en.")
	}
	return bad.OrNil()
}

// deliverable reports whether a text is an address and nothing beside it.
func deliverable(s string) bool {
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || strings.ContainsRune(`",;<>()[]\`, r) })
	_, domain, _ := strings.Cut(s, "@")
	a, err := mail.ParseAddress(s)
	return plain && len(s) <= 254 && err == nil && a.Address == s && strings.Contains(domain, ".")
}

// AskAgain sends the confirmation of the actor's address once more.
//
// Faults: mail_off, nothing_to_confirm (Conflict); too_many.
func (d *Desk) AskAgain(ctx context.Context, a access.Actor) error {
	c, err := store.ContactOf(ctx, d.DB, a.ID)
	if err != nil {
		return err
	}
	if c == nil || c.Address == "" || c.VerifiedAt != nil {
		return fault.New(fault.Conflict, "nothing_to_confirm", "Không có địa chỉ nào đang chờ xác nhận.", "No address waits to be confirmed.")
	}
	now := d.Clock()
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := askedTooOften(ctx, tx, a.ID, now); err != nil {
			return err
		}
		return store.InsertMail(ctx, tx, store.Mail{ID: newID(), Account: a.ID, Kind: store.MailConfirm, About: store.SHA256(c.Address)}, now)
	})
}

// Confirm takes what was sent to the actor's address as proof that it is right.
//
// Faults: ticket_wrong (Invalid): not ours, too old, for another address or
// another account.
func (d *Desk) Confirm(ctx context.Context, a access.Actor, ticket string) error {
	told, err := d.People.ReadTicket("mail address", ticket)
	if err != nil {
		return err
	}
	_, err = commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"contact:" + a.ID},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			c, err := store.ContactOf(ctx, q, a.ID)
			switch {
			case err != nil:
				return commit.Outcome{}, err
			case c == nil || told != owner(*c):
				return commit.Outcome{}, fault.New(fault.Invalid, "ticket_wrong", "Liên kết này không dành cho địa chỉ hiện nay của bạn.", "This link is not for your present address.")
			case c.VerifiedAt != nil:
				return commit.Outcome{}, nil
			}
			return commit.Outcome{Drafts: []ledger.Draft{contactDraft(a.ID, "confirm_contact")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					if err := store.VerifyContact(ctx, tx, *c, now); err != nil {
						return err
					}
					return store.CaughtUp(ctx, tx, a.ID)
				})}, nil
		})})
	return err
}

// owner is what a link in a mail stands for: an account under an address.
func owner(c store.Contact) string { return c.Account + " " + c.Address }

// Unsubscribe ends reminders by mail for whoever a link of one of them was made
// for; who has the link needs no session (RFC 8058). Notices in the program go on.
//
// Faults: not_found: not our link, or for an address that is not theirs any more.
func (d *Desk) Unsubscribe(ctx context.Context, token string) error {
	told, err := d.People.Unseal("unsubscribe", token)
	account, _, ok := strings.Cut(told, " ")
	if err != nil || !ok {
		return noLink()
	}
	_, err = commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"contact:" + account},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			c, err := store.ContactOf(ctx, q, account)
			switch {
			case err != nil:
				return commit.Outcome{}, err
			case c == nil || told != owner(*c):
				return commit.Outcome{}, noLink()
			case c.Delivery == store.DeliverNone: // asked twice
				return commit.Outcome{}, nil
			}
			return commit.Outcome{Drafts: []ledger.Draft{contactDraft(account, "unsubscribe")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.SetDelivery(ctx, tx, *c, store.DeliverNone)
				})}, nil
		})})
	return err
}

func noLink() error {
	return fault.New(fault.NotFound, "not_found", "Liên kết này không còn dùng được.", "This link is of no use any more.")
}

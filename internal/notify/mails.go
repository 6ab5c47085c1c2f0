package notify

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/mail"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const (
	pageOfContacts = 200
	pageOfMails    = 50
	lease          = 5 * time.Minute    // until a mail that a server took is anybody's again
	firstAgain     = time.Minute        // after the first failure; each time twice as long
	longestAgain   = 2 * time.Hour      // between two tries
	giveUp         = 3 * 24 * time.Hour // after which a mail is not tried again
	keptMails      = 90 * 24 * time.Hour
	runsFor        = 10 * time.Minute // of one run, so that it ends before the next is asked for in vain
)

// Post puts what was said into mails and sends those that are due; the number
// is of those sent. It may run on several servers at once: a mail is taken by
// one of them at a time. A server that dies after the mail server took a mail
// and before it wrote so down sends it again, under the same Message-ID.
func (d *Desk) Post(ctx context.Context) (int, error) {
	if d.Mail == nil {
		return 0, nil
	}
	if err := d.plan(ctx); err != nil {
		return 0, err
	}
	sent := 0
	for begun := time.Now(); time.Since(begun) < runsFor; {
		n, more, err := d.sendSome(ctx)
		if sent += n; err != nil || !more {
			return sent, err
		}
	}
	return sent, nil
}

// plan puts marks into mails for those who are written to and whose hours allow it.
func (d *Desk) plan(ctx context.Context) error {
	newest, err := store.NewestMark(ctx, d.DB)
	if err != nil || newest < 0 {
		return err
	}
	after := ""
	for {
		behind, err := store.ContactsBehind(ctx, d.DB, newest, after, pageOfContacts)
		if err != nil {
			return err
		}
		for _, b := range behind {
			if now := d.Clock(); !d.opportune(b, now) {
				continue
			}
			if err := d.planFor(ctx, b, newest); err != nil {
				return err
			}
		}
		if len(behind) < pageOfContacts {
			return nil
		}
		after = behind[len(behind)-1].Account
	}
}

// quiet reports whether a person is to be left alone at a moment.
func (d *Desk) quiet(c store.Contact, now time.Time) bool {
	hour, today := now.In(ocop.Hanoi).Hour(), ocop.DateOf(now)
	if days := d.Cases.Days(usualCalendar); !c.RestDays && days != nil && !isWork(days.Rest(today, today)) {
		return true
	}
	if c.QuietFrom <= c.QuietUntil {
		return hour >= c.QuietFrom && hour < c.QuietUntil
	}
	return hour >= c.QuietFrom || hour < c.QuietUntil
}

// usualCalendar says which days are off for mails.
const usualCalendar = "vn"

func isWork(rest ocop.Text) bool { return rest.IsZero() }

// opportune reports whether marks may be put into a mail now: a digest goes
// once a day, from the end of the quiet hours on.
func (d *Desk) opportune(b store.Behind, now time.Time) bool {
	if d.quiet(b.Contact, now) {
		return false
	}
	return b.Delivery != store.DeliverDaily || b.Day < ocop.DateOf(now) && now.In(ocop.Hanoi).Hour() >= b.QuietUntil
}

func (d *Desk) planFor(ctx context.Context, b store.Behind, newest int64) error {
	a, ok, err := d.People.ActingAs(ctx, b.Account)
	if err != nil || !ok {
		return err
	}
	said, err := store.Notices(ctx, d.DB, filter(a, store.NoticeFilter{Since: b.Entry, Before: newest + 1, Limit: 1}))
	if err != nil {
		return err
	}
	m := store.Mail{ID: newID(), Account: b.Account, Kind: store.MailReminder, Since: b.Entry, UpTo: newest}
	if b.Delivery == store.DeliverDaily {
		m.Kind = store.MailDigest
	}
	now := d.Clock()
	day := b.Day
	if len(said) > 0 {
		day = ocop.DateOf(now)
	}
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		first, err := store.Mailed(ctx, tx, b, newest, day)
		if err != nil || !first || len(said) == 0 {
			return err
		}
		return store.InsertMail(ctx, tx, m, now)
	})
}

// sendSome sends a page of mails over one connection; more says that others
// may be due.
func (d *Desk) sendSome(ctx context.Context) (sent int, more bool, err error) {
	due, err := store.DueMails(ctx, d.DB, d.Clock(), pageOfMails)
	if err != nil || len(due) == 0 {
		return 0, false, err
	}
	talk, down := d.Mail.Begin(ctx)
	if down == nil {
		defer talk.End()
	} else {
		d.Log.Warn("mails wait", "number", len(due), "err", down)
	}
	for _, m := range due {
		if ctx.Err() != nil {
			return sent, false, ctx.Err()
		}
		ok, err := d.take(ctx, m)
		if err != nil {
			return sent, false, err
		}
		if !ok {
			continue
		}
		done, err := d.send(ctx, talk, down, m)
		if err != nil {
			return sent, false, err
		}
		if done {
			sent++
		}
	}
	return sent, len(due) == pageOfMails && down == nil, nil
}

func (d *Desk) take(ctx context.Context, m store.Mail) (ok bool, err error) {
	err = d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		ok, err = store.ClaimMail(ctx, tx, m, d.Clock().Add(lease))
		return err
	})
	return ok, err
}

// send writes a mail and hands it in. What goes wrong with it is kept beside it;
// an error is of the database.
func (d *Desk) send(ctx context.Context, talk *mail.Talk, down error, m store.Mail) (bool, error) {
	letter, wait, err := d.write(ctx, m)
	switch {
	case err != nil:
		return false, err
	case wait > 0:
		return false, d.again(ctx, m, wait, "")
	case letter == nil:
		return false, d.end(ctx, m, store.MailDropped, "")
	}
	failed := down
	if failed == nil {
		failed = talk.Send(*letter)
	}
	late := d.Clock().Sub(m.CreatedAt) > giveUp
	switch {
	case failed == nil:
		return true, d.end(ctx, m, store.MailSent, "")
	case errors.Is(failed, mail.ErrRefused) || late:
		d.Log.Warn("a mail was given up", "mail", m.ID, "account", m.Name, "tries", m.Tries+1, "err", failed)
		return false, d.end(ctx, m, store.MailFailed, brief(failed))
	}
	return false, d.again(ctx, m, pause(m.Tries, firstAgain, longestAgain), brief(failed))
}

// brief is an error for the eyes of an administrator.
func brief(err error) string {
	text := err.Error()
	return text[:min(len(text), 500)]
}

// pause grows with each try, with a share of chance so that not all come back at once.
func pause(tries int, first, longest time.Duration) time.Duration {
	p := longest
	if tries < 20 {
		p = min(first<<tries, longest)
	}
	return p - time.Duration(rand.Int64N(int64(p)/4+1))
}

func (d *Desk) end(ctx context.Context, m store.Mail, state store.MailState, why string) error {
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.EndMail(ctx, tx, m.ID, state, why, d.Clock())
	})
}

func (d *Desk) again(ctx context.Context, m store.Mail, wait time.Duration, why string) error {
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.TryMailAgain(ctx, tx, m.ID, d.Clock().Add(wait), why)
	})
}

// Forget drops mails that are over.
func (d *Desk) Forget(ctx context.Context) error {
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.ForgetMails(ctx, tx, d.Clock().Add(-keptMails))
	})
}

// Mails lists what was sent, or waits, for people whom the actor administers,
// the newest first, before an id.
//
// Faults: who_may_not (Forbidden).
func (d *Desk) Mails(ctx context.Context, a access.Actor, state store.MailState, before string, limit int) ([]store.Mail, error) {
	var places []ocop.Path
	for _, g := range a.Grants {
		if g.Role == access.Admin {
			places = append(places, g.Path)
		}
	}
	if len(places) == 0 {
		return nil, fault.New(fault.Forbidden, "who_may_not", "Việc này của người quản trị.", "This is for an administrator.")
	}
	return store.Mails(ctx, d.DB, places, state, before, limit)
}

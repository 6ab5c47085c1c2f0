// Package feed owns the addresses at which calendar programs read a person's
// deadlines, and writes them as iCalendar (RFC 5545). Which deadlines are for
// whom is casework's to say.
package feed

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const (
	mostFeeds = 5   // of one account
	maxLabel  = 100 // characters
)

// prefix lets a leaked address be recognised as ours.
const prefix = "ocopcal_"

// Desk opens, closes and serves feeds.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	People    *accounts.People
	Cases     *casework.Desk
	Clock     func() time.Time
}

// Opened is a new feed together with the only copy of what opens it.
type Opened struct {
	store.Feed
	Token string `json:"token" doc:"goes into /calendar/{token}.ics; shown this once"`
}

// List gives the actor's feeds.
func (d *Desk) List(ctx context.Context, a access.Actor) ([]store.Feed, error) {
	return store.Feeds(ctx, d.DB, a.ID)
}

// Open makes a feed of the actor's deadlines.
//
// Faults: feed_wrong (Invalid); too_many_feeds (Conflict).
func (d *Desk) Open(ctx context.Context, a access.Actor, label string, lang ocop.Lang) (Opened, error) {
	label = strings.TrimSpace(label)
	if n := utf8.RuneCountInString(label); n == 0 || n > maxLabel {
		return Opened{}, fault.New(fault.Invalid, "feed_wrong", "Chưa ghi đúng tên lịch.", "The calendar's name is not right.").
			At("body.label", "Phải có, tối đa 100 ký tự.", "Needed, at most 100 characters.")
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	token := prefix + base64.RawURLEncoding.EncodeToString(raw)
	return commit.Do[Opened](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"feeds:" + a.ID},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			had, err := store.Feeds(ctx, q, a.ID)
			if err != nil {
				return commit.Outcome{}, err
			}
			if len(had) >= mostFeeds {
				return commit.Outcome{}, fault.New(fault.Conflict, "too_many_feeds", "Đã có 5 lịch; hãy xóa bớt một lịch không dùng.", "There are 5 calendars already; remove one that is not used.")
			}
			f := store.Feed{ID: uuid.Must(uuid.NewV7()).String(), Account: a.ID, Label: label, Lang: lang, CreatedAt: now}
			return commit.Outcome{
				Drafts: []ledger.Draft{draft(a.ID, "open_feed", f.ID)},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.InsertFeed(ctx, tx, f, hashOf(token))
				}),
				Answer: func([]ledger.Entry) any { return Opened{f, token} },
			}, nil
		})})
}

// Close ends a feed of the actor's own: its address opens nothing any more.
//
// Faults: not_found.
func (d *Desk) Close(ctx context.Context, a access.Actor, id string) error {
	_, err := commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"feeds:" + a.ID},
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{
				Drafts: []ledger.Draft{draft(a.ID, "close_feed", id)},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					ok, err := store.DeleteFeed(ctx, tx, a.ID, id)
					if err == nil && !ok {
						err = notFound()
					}
					return err
				}),
			}, nil
		})})
	return err
}

func draft(account, event, feed string) ledger.Draft {
	return ledger.Draft{Stream: "account:" + account, Kind: ledger.KindSecurity, Event: event, Actor: ledger.Actor{ID: account}, Data: ledger.Map{"feed": feed}}
}

func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

func notFound() error {
	return fault.New(fault.NotFound, "not_found", "Không có lịch này.", "There is no such calendar.")
}

// Read is the calendar behind a token, as a file.
//
// Faults: not_found: not a token of ours, closed, or of a closed account.
func (d *Desk) Read(ctx context.Context, token, base string) ([]byte, error) {
	if !strings.HasPrefix(token, prefix) || len(token) > 100 {
		return nil, notFound()
	}
	f, err := store.FeedByHash(ctx, d.DB, hashOf(token))
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, notFound()
	}
	a, ok, err := d.People.ActingAs(ctx, f.Account)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notFound()
	}
	dues, err := d.Cases.Concerns(ctx, a, mostEvents)
	if err != nil {
		return nil, err
	}
	return write(dues, f.Lang, base), nil
}

package store

import (
	"context"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Feed is an address at which a calendar program reads a person's deadlines.
type Feed struct {
	ID        string    `json:"id"`
	Account   string    `json:"-"`
	Label     string    `json:"label"`
	Lang      ocop.Lang `json:"lang" enum:"vi,en"`
	CreatedAt time.Time `json:"created_at"`
}

var tableFeeds = table("calendar_feeds", "id").with(text("id"), text("account"), raw("hash"), text("label").kept(private), text("lang"), whole("created_at"))

var writeFeed = inserts(tableFeeds)

const (
	feedColumns   = `id, account, label, lang, created_at`
	sqlFeeds      = `SELECT ` + feedColumns + ` FROM calendar_feeds WHERE account = $1 ORDER BY id`
	sqlFeedByHash = `SELECT ` + feedColumns + ` FROM calendar_feeds WHERE hash = $1`
	sqlDeleteFeed = `DELETE FROM calendar_feeds WHERE account = $1 AND id = $2 RETURNING id`
)

func scanFeed(s scanner) (f Feed, err error) {
	var at int64
	err = s.Scan(&f.ID, &f.Account, &f.Label, &f.Lang, &at)
	f.CreatedAt = sqldb.Time(at)
	return f, err
}

// Feeds are those of an account.
func Feeds(ctx context.Context, q sqldb.Querier, account string) ([]Feed, error) {
	rows, err := q.Query(ctx, sqlFeeds, account)
	return collect(rows, err, "feeds", scanFeed)
}

// FeedByHash finds the feed that a secret of that hash opens; nil when there is none.
func FeedByHash(ctx context.Context, q sqldb.Querier, hash []byte) (*Feed, error) {
	return one(q.QueryRow(ctx, sqlFeedByHash, hash), "feed", scanFeed)
}

// InsertFeed adds a feed, with the hash of what opens it.
func InsertFeed(ctx context.Context, tx *sqldb.Tx, f Feed, hash []byte) error {
	return writeFeed.one(ctx, tx, "insert feed", f.ID, f.Account, hash, f.Label, string(f.Lang), sqldb.Micros(f.CreatedAt))
}

// DeleteFeed closes a feed; false when the account has no such.
func DeleteFeed(ctx context.Context, tx *sqldb.Tx, account, id string) (bool, error) {
	rows, err := tx.Query(ctx, sqlDeleteFeed, account, id)
	n, err := returned(tx, sqldb.OpGone, tableFeeds, []string{"id"}, rows, err)
	return n == 1, err
}

// Package review keeps what auditors look into: a review of a search, a product
// or an entry, with their notes, until it is closed. Finding what is worth a
// review is package audit's.
package review

import (
	"context"
	"net/url"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/inspect"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Desk is where reviews are kept.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Inspector *inspect.Inspector
}

// Limits of what is written, in characters; of a search, in bytes.
const (
	maxTitle  = 200
	maxNote   = 4000
	maxSearch = 1000
)

// Opening asks for a new review. It concerns what a search finds, a product, or
// an entry; any of them, or none, may be left out.
type Opening struct {
	Title   string
	Note    string // the first; may be empty
	Unit    string // id or code: where the actor audits; "" takes the highest
	Search  string // query string of the search for entries
	Product string // id or code
	Entry   *int64
	Actor   access.Actor
	Key     *commit.Key
}

// Open opens a review. Its title and its notes are private values: the ledger
// holds commitments to them.
//
// Faults: who_may_not (Forbidden); review_wrong (Invalid).
func (d *Desk) Open(ctx context.Context, o Opening) (Review, error) {
	missing, err := d.missing(ctx, o)
	if err != nil {
		return Review{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		r, err := opened(ctx, q, o, missing, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		var first []store.ReviewNote
		if note := strings.TrimSpace(o.Note); note != "" {
			first = append(first, store.ReviewNote{Number: 1, Text: note, WrittenBy: o.Actor.ID, WrittenAt: now})
		}
		seen, err := shown(ctx, q, r, first)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft("open_review", r, o.Actor, o.Key)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.InsertReview(ctx, tx, r); err != nil {
					return err
				}
				for _, n := range first {
					if err := store.InsertReviewNote(ctx, tx, r.ID, n); err != nil {
						return err
					}
				}
				return nil
			}),
			Answer: func([]ledger.Entry) any { return seen },
		}, nil
	}
	return commit.Do[Review](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: o.Key, Locks: []string{"reviews"}})
}

// opened is the review that is asked for, checked.
func opened(ctx context.Context, q sqldb.Querier, o Opening, missing bool, now time.Time) (store.Review, error) {
	r := store.Review{ID: casework.NewID(), Title: strings.TrimSpace(o.Title), Search: strings.TrimPrefix(o.Search, "?"), About: o.Entry,
		Status: store.ReviewOpen, OpenedBy: o.Actor.ID, OpenedAt: now, Version: 1}
	scope, err := inspect.ScopeOf(o.Actor)
	if err != nil {
		return r, err
	}
	bad := wrong()
	bad.Length("body.title", r.Title, 1, maxTitle)
	bad.Length("body.note", strings.TrimSpace(o.Note), 0, maxNote)
	checkSearch(bad, r.Search)
	if missing {
		bad.At("body.entry", "Không có bản ghi này.", "There is no such entry.")
	}
	if err := concerns(ctx, q, o, scope, &r, bad); err != nil {
		return r, err
	}
	u, err := unit(ctx, q, o)
	if err != nil {
		return r, err
	}
	if u == nil {
		bad.At("body.unit", "Phải là đơn vị nơi bạn là thanh tra, kiểm toán.", "Must be a unit in which you are an auditor.")
	} else {
		r.Unit, r.Path = ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, u.Path
	}
	if len(bad.Fields) > 0 {
		return r, bad
	}
	return r, nil
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "review_wrong", "Nội dung rà soát chưa đúng.", "The review is not right.")
}

func checkSearch(bad *fault.Error, text string) {
	q, err := url.ParseQuery(text)
	if err == nil {
		_, err = inspect.ReadQuestion(q)
	}
	if err != nil || len(text) > maxSearch {
		bad.At("body.search", "Không phải điều kiện tìm bản ghi.", "Not a search for entries.")
	}
}

// concerns finds the product that a review names: it must be one that the auditor
// is shown.
func concerns(ctx context.Context, q sqldb.Querier, o Opening, scope inspect.Scope, r *store.Review, bad *fault.Error) error {
	if o.Product != "" {
		p, err := store.Product(ctx, q, o.Product)
		if err == nil && p == nil {
			p, err = store.ProductByCode(ctx, q, o.Product)
		}
		if err != nil {
			return err
		}
		if p == nil || !scope.Sees(p.Path) {
			bad.At("body.product", "Không có sản phẩm này.", "There is no such product.")
		} else {
			r.Product = p.ID
		}
	}
	return nil
}

// missing reports whether the entry that is named is not one the auditor is
// shown. Entries never change, so it is asked before the transaction.
func (d *Desk) missing(ctx context.Context, o Opening) (bool, error) {
	if o.Entry == nil {
		return false, nil
	}
	_, _, err := d.Inspector.Entry(ctx, o.Actor, *o.Entry)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return false, err
}

// unit is the one named, if the actor audits there, else the highest in which
// the actor does; nil for none.
func unit(ctx context.Context, q sqldb.Querier, o Opening) (*ocop.Unit, error) {
	var highest *access.Grant
	for _, g := range o.Actor.Grants {
		if g.Role == access.Auditor && (highest == nil || len(g.Path) < len(highest.Path)) {
			highest = &g
		}
	}
	if highest == nil {
		return nil, nil
	}
	if o.Unit == "" {
		return store.Unit(ctx, q, highest.Unit)
	}
	u, err := store.UnitBy(ctx, q, o.Unit)
	for _, g := range o.Actor.Grants {
		if u != nil && g.Role == access.Auditor && g.Unit == u.ID {
			return u, err
		}
	}
	return nil, err
}

// draft is the entry of an act on a review. It names no product as its own, so
// that the review does not show in the product's history.
func draft(event string, r store.Review, a access.Actor, key *commit.Key) ledger.Draft {
	d := ledger.Draft{Stream: "review:" + r.ID, Kind: ledger.KindRecord, Event: event, Actor: casework.ActorOf(a),
		Data: ledger.Map{"review": r.ID, "unit": r.Unit.ID, "version": r.Version}}
	if key != nil {
		d.Key = key.Key
	}
	return d
}

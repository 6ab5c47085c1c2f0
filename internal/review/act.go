package review

import (
	"context"
	"fmt"
	"slices"
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

// Request is what every act on a review carries.
type Request struct {
	Review  string
	Version *int64 // the one the caller saw; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// Note adds a note to an open review.
//
// Faults: not_found; who_may_not (Forbidden); stale; review_closed (Conflict);
// review_wrong (Invalid).
func (d *Desk) Note(ctx context.Context, r Request, text string) (Review, error) {
	bad := wrong()
	bad.Length("body.text", strings.TrimSpace(text), 1, maxNote)
	return d.change(ctx, r, "note_review", text, bad)
}

// Close ends a review, with a last note unless that is empty. It stays closed.
//
// Faults: those of Note.
func (d *Desk) Close(ctx context.Context, r Request, text string) (Review, error) {
	bad := wrong()
	bad.Length("body.note", strings.TrimSpace(text), 0, maxNote)
	return d.change(ctx, r, "close_review", text, bad)
}

func (d *Desk) change(ctx context.Context, r Request, event, text string, bad *fault.Error) (Review, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, notes, err := load(ctx, q, r.Actor, r.Review)
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := judge(*x, r, bad); err != nil {
			return commit.Outcome{}, err
		}
		if x.Version++; event == "close_review" {
			x.Status, x.ClosedBy, x.ClosedAt = store.ReviewClosed, r.Actor.ID, &now
		}
		var fresh *store.ReviewNote
		if text = strings.TrimSpace(text); text != "" {
			fresh = &store.ReviewNote{Number: int64(len(notes)) + 1, Text: text, WrittenBy: r.Actor.ID, WrittenAt: now}
			notes = append(notes, *fresh)
		}
		seen, err := shown(ctx, q, *x, notes)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft(event, *x, r.Actor, r.Key)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.StepReview(ctx, tx, *x); err != nil || fresh == nil {
					return err
				}
				return store.InsertReviewNote(ctx, tx, x.ID, *fresh)
			}),
			Answer: func([]ledger.Entry) any { return seen },
		}, nil
	}
	return commit.Do[Review](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"review:" + r.Review}})
}

// judge says what stands against an act on a review, in the order of the API.
func judge(x store.Review, r Request, bad *fault.Error) error {
	switch {
	case len(bad.Fields) > 0:
		return bad
	case r.Version != nil && *r.Version != x.Version:
		return fault.New(fault.Stale, "stale", fmt.Sprintf("Rà soát đã thay đổi (nay là phiên bản %d). Hãy tải lại.", x.Version),
			fmt.Sprintf("The review was changed (now version %d). Reload.", x.Version))
	case x.Status == store.ReviewClosed:
		return fault.New(fault.Conflict, "review_closed", "Rà soát đã kết thúc.", "The review is closed.")
	}
	return nil
}

// load reads a review of a unit in which the actor audits, or one below.
func load(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*store.Review, []store.ReviewNote, error) {
	scope, err := inspect.ScopeOf(a)
	if err != nil {
		return nil, nil, err
	}
	r, err := store.ReviewByID(ctx, q, id)
	if err != nil {
		return nil, nil, err
	}
	if r == nil || !slices.ContainsFunc(scope.Units, r.Path.Within) {
		return nil, nil, casework.NotFound()
	}
	notes, err := store.ReviewNotes(ctx, q, id)
	return r, notes, err
}

// Review is one as auditors see it.
type Review struct {
	ID       string             `json:"id"`
	Unit     ocop.Ref           `json:"unit"`
	Title    string             `json:"title"`
	Search   string             `json:"search"`
	Product  *ocop.Ref          `json:"product"`
	Entry    *int64             `json:"entry"`
	Status   store.ReviewStatus `json:"status"`
	OpenedBy inspect.Person     `json:"opened_by"`
	OpenedAt time.Time          `json:"opened_at"`
	ClosedBy *inspect.Person    `json:"closed_by"`
	ClosedAt *time.Time         `json:"closed_at"`
	Version  int64              `json:"version"`
	Notes    []Note             `json:"notes"`
}

// Note is what an auditor wrote.
type Note struct {
	Number    int64          `json:"number"`
	Text      string         `json:"text"`
	WrittenBy inspect.Person `json:"written_by"`
	WrittenAt time.Time      `json:"written_at"`
}

// Get reads one review.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Get(ctx context.Context, a access.Actor, id string) (Review, error) {
	r, notes, err := load(ctx, d.DB, a, id)
	if err != nil {
		return Review{}, err
	}
	return shown(ctx, d.DB, *r, notes)
}

// List gives one page of reviews, the newest first, before an id; "" begins.
//
// Faults: who_may_not (Forbidden).
func (d *Desk) List(ctx context.Context, a access.Actor, status store.ReviewStatus, before string, limit int) ([]Review, error) {
	scope, err := inspect.ScopeOf(a)
	if err != nil {
		return nil, err
	}
	rows, err := store.Reviews(ctx, d.DB, scope.Units, status, before, limit)
	if err != nil {
		return nil, err
	}
	out := []Review{}
	for _, r := range rows {
		notes, err := store.ReviewNotes(ctx, d.DB, r.ID)
		if err != nil {
			return nil, err
		}
		v, err := shown(ctx, d.DB, r, notes)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// shown puts names to a review.
func shown(ctx context.Context, q sqldb.Querier, r store.Review, notes []store.ReviewNote) (Review, error) {
	people := []string{r.OpenedBy, r.ClosedBy}
	for _, n := range notes {
		people = append(people, n.WrittenBy)
	}
	names, err := store.AccountNames(ctx, q, people)
	if err != nil {
		return Review{}, err
	}
	v := Review{ID: r.ID, Unit: r.Unit, Title: r.Title, Search: r.Search, Entry: r.About, Status: r.Status, OpenedBy: inspect.Person{ID: r.OpenedBy, Name: names[r.OpenedBy]},
		OpenedAt: r.OpenedAt, ClosedAt: r.ClosedAt, Version: r.Version, Notes: []Note{}}
	if r.ClosedBy != "" {
		v.ClosedBy = &inspect.Person{ID: r.ClosedBy, Name: names[r.ClosedBy]}
	}
	for _, n := range notes {
		v.Notes = append(v.Notes, Note{n.Number, n.Text, inspect.Person{ID: n.WrittenBy, Name: names[n.WrittenBy]}, n.WrittenAt})
	}
	if r.Product != "" {
		p, err := store.Product(ctx, q, r.Product)
		if err != nil || p == nil {
			return v, err
		}
		v.Product = &ocop.Ref{ID: p.ID, Code: p.Code, Name: p.Name}
	}
	return v, nil
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// ReviewStatus says whether a review goes on.
type ReviewStatus string

// A review is open until an auditor closes it.
const (
	ReviewOpen   ReviewStatus = "open"
	ReviewClosed ReviewStatus = "closed"
)

// Review (rà soát) is what an auditor looked into: entries that a search finds,
// a product, or one entry.
type Review struct {
	ID       string
	Unit     ocop.Ref
	Path     ocop.Path // of the unit
	Title    string
	Search   string // query string of the search; "" without one
	Product  string // id; "" without one
	About    *int64 // index of an entry; nil without one
	Status   ReviewStatus
	OpenedBy string
	OpenedAt time.Time
	ClosedBy string
	ClosedAt *time.Time
	Version  int64
}

// ReviewNote is what an auditor wrote about a review.
type ReviewNote struct {
	Number    int64
	Text      string
	WrittenBy string
	WrittenAt time.Time
}

const reviewColumns = `r.id, u.id, u.code, u.name_vi, u.path, r.title, r.search, r.product, r.about, r.status, r.opened_by, r.opened_at, r.closed_by, r.closed_at, r.version`

const reviewFrom = ` FROM reviews r JOIN units u ON u.id = r.unit `

const (
	sqlReview      = `SELECT ` + reviewColumns + reviewFrom + `WHERE r.id = $1`
	sqlReviewNotes = `SELECT number, body, written_by, written_at FROM review_notes WHERE review = $1 ORDER BY number`
)

var (
	writeReview     = inserts(tableReviews)
	writeReviewStep = updates(tableReviews, "status", "closed_by", "closed_at", "version").next()
	writeReviewNote = inserts(tableReviewNotes)
)

func scanReview(s scanner) (r Review, err error) {
	var product, closedBy sql.NullString
	var about, closedAt sql.NullInt64
	var opened int64
	err = s.Scan(&r.ID, &r.Unit.ID, &r.Unit.Code, &r.Unit.Name, &r.Path, &r.Title, &r.Search, &product, &about, &r.Status, &r.OpenedBy, &opened,
		&closedBy, &closedAt, &r.Version)
	r.Product, r.ClosedBy, r.OpenedAt, r.ClosedAt = product.String, closedBy.String, sqldb.Time(opened), moment(closedAt)
	if about.Valid {
		r.About = &about.Int64
	}
	return r, err
}

// ReviewByID finds a review; nil when there is none.
func ReviewByID(ctx context.Context, q sqldb.Querier, id string) (*Review, error) {
	return one(q.QueryRow(ctx, sqlReview, id), "review", scanReview)
}

// Reviews lists those of the units and below, the newest first, before an id; ""
// begins.
func Reviews(ctx context.Context, q sqldb.Querier, units []ocop.Path, status ReviewStatus, before string, limit int) ([]Review, error) {
	var b binder
	where := pathsBelow("u.path", units, b.bind)
	if status != "" {
		where += " AND r.status = " + b.bind(string(status))
	}
	if before != "" {
		where += " AND r.id < " + b.bind(before)
	}
	text := fmt.Sprintf("SELECT %s%sWHERE %s ORDER BY r.id DESC LIMIT %s", reviewColumns, reviewFrom, where, b.bind(limit))
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "reviews", scanReview)
}

// ReviewNotes are those of a review, the first first.
func ReviewNotes(ctx context.Context, q sqldb.Querier, review string) ([]ReviewNote, error) {
	rows, err := q.Query(ctx, sqlReviewNotes, review)
	return collect(rows, err, "review notes", func(s scanner) (n ReviewNote, err error) {
		var at int64
		err = s.Scan(&n.Number, &n.Text, &n.WrittenBy, &at)
		n.WrittenAt = sqldb.Time(at)
		return n, err
	})
}

// InsertReview adds a review.
func InsertReview(ctx context.Context, tx *sqldb.Tx, r Review) error {
	return writeReview.one(ctx, tx, "insert review", r.ID, r.Unit.ID, r.Title, r.Search, nullText(r.Product), nullIndex(r.About), string(r.Status),
		r.OpenedBy, sqldb.Micros(r.OpenedAt), nil, nil, int64(1))
}

// StepReview saves a review that is still at the version before this one.
func StepReview(ctx context.Context, tx *sqldb.Tx, r Review) error {
	return writeReviewStep.one(ctx, tx, "save review", r.ID, string(r.Status), nullText(r.ClosedBy), nullTime(r.ClosedAt), r.Version)
}

// InsertReviewNote adds a note.
func InsertReviewNote(ctx context.Context, tx *sqldb.Tx, review string, n ReviewNote) error {
	return writeReviewNote.one(ctx, tx, "insert review note", review, n.Number, n.Text, n.WrittenBy, sqldb.Micros(n.WrittenAt))
}

func nullIndex(i *int64) any {
	if i == nil {
		return nil
	}
	return *i
}

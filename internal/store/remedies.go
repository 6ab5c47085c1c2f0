package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// RemedyState says how far a remedy has come.
type RemedyState string

// A remedy is open until its owner reports it as done, and closed once the
// office has confirmed that. One that is no longer asked for is dropped.
const (
	RemedyOpen      RemedyState = "open"
	RemedyDone      RemedyState = "done"
	RemedyConfirmed RemedyState = "confirmed"
	RemedyDropped   RemedyState = "dropped"
)

// Remedy is what a finding asks somebody to put right. Its words stand in the
// finding.
type Remedy struct {
	ID         string      `json:"id"` // of the finding
	Inspection string      `json:"inspection"`
	Product    string      `json:"product"`
	Owner      string      `json:"owner,omitempty"` // unit; "" is the producer, or whom the finding names in words
	Due        *ocop.Date  `json:"due"`
	State      RemedyState `json:"state"`
	Comment    string      `json:"comment"`            // of the last report, or why it was sent back
	Document   string      `json:"document,omitempty"` // evidence of the last report
	ReportedBy string      `json:"reported_by,omitempty"`
	ReportedAt *time.Time  `json:"reported_at,omitempty"`
	DecidedBy  string      `json:"decided_by,omitempty"`
	DecidedAt  *time.Time  `json:"decided_at,omitempty"`
	Version    int64       `json:"version"`
}

// Waits reports whether somebody still has to do something about it.
func (r Remedy) Waits() bool { return r.State == RemedyOpen || r.State == RemedyDone }

var tableRemedies = table("remedies", "id").of("product").with(text("id"), text("inspection"), text("product"), text("owner").null(), whole("due").null(),
	text("state"), text("comment").kept(private), text("document").null(), text("reported_by").null(), whole("reported_at").null(),
	text("decided_by").null(), whole("decided_at").null(), whole("version"))

const remedyColumns = `r.id, r.inspection, r.product, r.owner, r.due, r.state, r.comment, r.document, r.reported_by, r.reported_at, r.decided_by, r.decided_at, r.version`

const (
	sqlRemedy     = `SELECT ` + remedyColumns + ` FROM remedies r WHERE r.id = $1`
	sqlRemediesOf = `SELECT ` + remedyColumns + ` FROM remedies r WHERE r.inspection = $1 ORDER BY r.id`
	// what has no date comes last
	remedyDue = `COALESCE(r.due, 9999999)`
)

var (
	setRemedies = sqldb.Set{
		SQL:     `SELECT ` + remedyColumns + ` FROM remedies r WHERE r.product IN (SELECT c1 FROM {rows}) AND r.state IN ('open','done') ORDER BY r.due, r.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeRemedies = inserts(tableRemedies)
	writeRemedy   = updates(tableRemedies, "owner", "due", "state", "comment", "document", "reported_by", "reported_at", "decided_by", "decided_at", "version").next()
)

func scanRemedy(s scanner, more ...any) (r Remedy, err error) {
	var owner, document, reportedBy, decidedBy sql.NullString
	var due, reportedAt, decidedAt sql.NullInt64
	err = s.Scan(append([]any{&r.ID, &r.Inspection, &r.Product, &owner, &due, &r.State, &r.Comment, &document, &reportedBy, &reportedAt, &decidedBy, &decidedAt, &r.Version}, more...)...)
	r.Owner, r.Document, r.ReportedBy, r.DecidedBy = owner.String, document.String, reportedBy.String, decidedBy.String
	r.Due, r.ReportedAt, r.DecidedAt = day(due), moment(reportedAt), moment(decidedAt)
	r.Comment = readable(r.Comment)
	return r, err
}

// Remedies that wait, of each product, the earliest first.
func Remedies(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Remedy, error) {
	rows, err := sqldb.QuerySet(ctx, q, setRemedies, ids(products))
	return grouped(rows, err, "remedies", func(s scanner) (string, Remedy, error) {
		r, err := scanRemedy(s)
		return r.Product, r, err
	})
}

// RemedyByID finds a remedy; nil when there is none.
func RemedyByID(ctx context.Context, q sqldb.Querier, id string) (*Remedy, error) {
	return one(q.QueryRow(ctx, sqlRemedy, id), "remedy", func(s scanner) (Remedy, error) { return scanRemedy(s) })
}

// RemediesOf are those of an inspection, dropped and confirmed ones too.
func RemediesOf(ctx context.Context, q sqldb.Querier, inspection string) ([]Remedy, error) {
	rows, err := q.Query(ctx, sqlRemediesOf, inspection)
	return collect(rows, err, "remedies of an inspection", func(s scanner) (Remedy, error) { return scanRemedy(s) })
}

// RemedyFilter narrows a list of remedies. Zero fields do not.
type RemedyFilter struct {
	View    access.View
	Product string     // id
	Owner   string     // id or code of a unit; a producer owns what names nobody else of its products
	State   string     // "" for those that wait
	Before  *ocop.Date // to be done before this day
	After   string     // "due|id" of the last one seen
	Limit   int
}

// Asked is a remedy with the finding that asks for it.
type Asked struct {
	Remedy
	Name     string    `json:"product_name"`
	Producer ocop.Ref  `json:"producer"`
	Place    ocop.Path `json:"-"`
	Owned    ocop.Path `json:"-"` // where the producer is
	Finding  Found     `json:"finding"`
}

// Cursor is the place of a remedy in its list.
func (a Asked) Cursor() string {
	due := ocop.Date(9999999)
	if a.Due != nil {
		due = *a.Due
	}
	return fmt.Sprintf("%d|%s", due, a.ID)
}

// ListRemedies lists remedies by the day on which they are to be done.
func ListRemedies(ctx context.Context, q sqldb.Querier, f RemedyFilter) ([]Asked, error) {
	var b binder
	where := viewCondition(f.View, b.bind)
	if f.State == "" {
		where += " AND r.state IN ('open','done')"
	} else {
		where += " AND r.state = " + b.bind(f.State)
	}
	if f.Product != "" {
		where += " AND r.product = " + b.bind(f.Product)
	}
	if f.Owner != "" {
		n := b.bind(f.Owner)
		where += fmt.Sprintf(" AND COALESCE(r.owner, p.producer) = COALESCE((SELECT w.id FROM units w WHERE w.code = %s), %s)", n, n)
	}
	if f.Before != nil {
		where += " AND r.due < " + b.bind(int64(*f.Before))
	}
	if due, id, ok := strings.Cut(f.After, "|"); ok {
		if last, err := strconv.ParseInt(due, 10, 64); err == nil {
			where += fmt.Sprintf(" AND (%s, r.id) > (%s, %s)", remedyDue, b.bind(last), b.bind(id))
		}
	}
	text := `SELECT ` + remedyColumns + `, p.name, u.id, u.code, u.name_vi, p.path, u.path, i.findings FROM remedies r JOIN products p ON p.id = r.product JOIN units u ON u.id = p.producer
		JOIN inspections i ON i.id = r.inspection WHERE ` + where + fmt.Sprintf(" ORDER BY %s, r.id LIMIT %s", remedyDue, b.bind(f.Limit))
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "remedies", func(s scanner) (a Asked, err error) {
		var findings string
		if a.Remedy, err = scanRemedy(s, &a.Name, &a.Producer.ID, &a.Producer.Code, &a.Producer.Name, &a.Place, &a.Owned, &findings); err != nil {
			return a, err
		}
		var all []Found
		err = readPrivate(findings, &all)
		for _, x := range all {
			if x.ID == a.ID {
				a.Finding = x
			}
		}
		return a, err
	})
}

// InsertRemedies adds remedies that findings ask for.
func InsertRemedies(ctx context.Context, tx *sqldb.Tx, list []Remedy) error {
	var rows [][]any
	for _, r := range list {
		rows = append(rows, []any{r.ID, r.Inspection, r.Product, nullText(r.Owner), nullDay(r.Due), string(r.State), r.Comment, nullText(r.Document),
			nullText(r.ReportedBy), nullTime(r.ReportedAt), nullText(r.DecidedBy), nullTime(r.DecidedAt), int64(1)})
	}
	return writeRemedies.all(ctx, tx, "insert remedies", rows)
}

// SaveRemedies saves remedies that are still at the version before these.
func SaveRemedies(ctx context.Context, tx *sqldb.Tx, list []Remedy) error {
	var rows [][]any
	for _, r := range list {
		rows = append(rows, []any{r.ID, nullText(r.Owner), nullDay(r.Due), string(r.State), r.Comment, nullText(r.Document),
			nullText(r.ReportedBy), nullTime(r.ReportedAt), nullText(r.DecidedBy), nullTime(r.DecidedAt), r.Version})
	}
	return writeRemedy.all(ctx, tx, "save remedies", rows)
}

// Photo is a picture taken at an inspection, of one finding or of the whole.
type Photo struct {
	Document   string `json:"document"`
	Inspection string `json:"inspection"`
	Product    string `json:"product"`
	Finding    string `json:"finding,omitempty"`
	Name       string `json:"name"`
	MediaType  string `json:"media_type"`
	Size       int64  `json:"size"`
}

var tablePhotos = table("inspection_photos", "document").of("product").with(text("document"), text("inspection"), text("product"), text("finding"))

const sqlPhotos = `SELECT f.document, f.inspection, f.product, f.finding, d.name, d.media_type, d.size FROM inspection_photos f JOIN documents d ON d.id = f.document
	WHERE f.inspection = $1 ORDER BY f.document`

const sqlPhotoTaken = `SELECT f.inspection FROM inspection_photos f WHERE f.document = $1`

// PhotoTaken reports whether a picture belongs to an inspection already.
func PhotoTaken(ctx context.Context, q sqldb.Querier, document string) (bool, error) {
	i, err := one(q.QueryRow(ctx, sqlPhotoTaken, document), "photo", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
	return i != nil, err
}

var writePhoto = inserts(tablePhotos)

// Photos are those of an inspection, the first first.
func Photos(ctx context.Context, q sqldb.Querier, inspection string) ([]Photo, error) {
	rows, err := q.Query(ctx, sqlPhotos, inspection)
	return collect(rows, err, "photos", func(s scanner) (p Photo, err error) {
		err = s.Scan(&p.Document, &p.Inspection, &p.Product, &p.Finding, &p.Name, &p.MediaType, &p.Size)
		return p, err
	})
}

// InsertPhoto puts a picture to an inspection.
func InsertPhoto(ctx context.Context, tx *sqldb.Tx, p Photo) error {
	return writePhoto.one(ctx, tx, "insert photo", p.Document, p.Inspection, p.Product, p.Finding)
}

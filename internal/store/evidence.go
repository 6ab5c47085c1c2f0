package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Document is an uploaded file's description; its content is a blob.
type Document struct {
	ID         string     `json:"id"`
	Producer   string     `json:"producer"`
	Product    string     `json:"product,omitempty"`
	Kind       string     `json:"kind"`
	Name       string     `json:"name"`
	MediaType  string     `json:"media_type"`
	Size       int64      `json:"size"`
	SHA256     string     `json:"sha256"`
	ValidFrom  *ocop.Date `json:"valid_from,omitempty"`
	ValidTo    *ocop.Date `json:"valid_to,omitempty"`
	UploadedBy string     `json:"uploaded_by"`
	UploadedAt time.Time  `json:"uploaded_at"`
}

// ValidOn reports whether the document counts as evidence on day.
func (d Document) ValidOn(day ocop.Date) bool {
	return (d.ValidFrom == nil || day >= *d.ValidFrom) && (d.ValidTo == nil || day <= *d.ValidTo)
}

const documentColumns = `d.id, d.producer, d.product, d.kind, d.name, d.media_type, d.size, d.sha256, d.valid_from, d.valid_to, d.uploaded_by, d.uploaded_at`

const (
	sqlDocument   = `SELECT ` + documentColumns + ` FROM documents d WHERE d.id = $1`
	sqlInsertBlob = `INSERT INTO blobs (sha256, content) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING`
	sqlBlob       = `SELECT content FROM blobs WHERE sha256 = $1`
)

var writeDocument = inserts(tableDocuments)

// A producer's own documents count for all its products.
var setDocuments = sqldb.Set{
	SQL: `SELECT p.id, ` + documentColumns + ` FROM products p JOIN documents d ON d.product = p.id WHERE p.id IN (SELECT c1 FROM {rows})
		UNION ALL SELECT p.id, ` + documentColumns + ` FROM products p JOIN documents d ON d.producer = p.producer AND d.product IS NULL WHERE p.id IN (SELECT c1 FROM {rows})`,
	Columns: []sqldb.Kind{sqldb.Text},
}

func scanDocument(s scanner, more ...any) (d Document, err error) {
	var product sql.NullString
	var from, to sql.NullInt64
	var at int64
	err = s.Scan(append(more, &d.ID, &d.Producer, &product, &d.Kind, &d.Name, &d.MediaType, &d.Size, &d.SHA256, &from, &to, &d.UploadedBy, &at)...)
	d.Product, d.ValidFrom, d.ValidTo, d.UploadedAt = product.String, day(from), day(to), sqldb.Time(at)
	return d, err
}

// Documents that can be evidence for each product: its own and its producer's.
func Documents(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Document, error) {
	rows, err := sqldb.QuerySet(ctx, q, setDocuments, ids(products))
	out := map[string][]Document{}
	_, err = collect(rows, err, "documents", func(s scanner) (struct{}, error) {
		var product string
		d, err := scanDocument(s, &product)
		out[product] = append(out[product], d)
		return struct{}{}, err
	})
	return out, err
}

// DocumentByID finds a document; nil when there is none.
func DocumentByID(ctx context.Context, q sqldb.Querier, id string) (*Document, error) {
	return one(q.QueryRow(ctx, sqlDocument, id), "document", func(s scanner) (Document, error) { return scanDocument(s) })
}

// InsertDocument adds a document and, unless it is there already, its content.
func InsertDocument(ctx context.Context, tx *sqldb.Tx, d Document, content []byte) error {
	if _, err := tx.Exec(ctx, sqlInsertBlob, d.SHA256, content); err != nil {
		return err
	}
	return writeDocument.one(ctx, tx, "insert document", d.ID, d.Producer, nullText(d.Product), d.Kind, d.Name, d.MediaType, d.Size,
		d.SHA256, nullDay(d.ValidFrom), nullDay(d.ValidTo), d.UploadedBy, sqldb.Micros(d.UploadedAt))
}

// Blob reads a document's content.
func Blob(ctx context.Context, q sqldb.Querier, sha256 string) ([]byte, error) {
	var b []byte
	err := q.QueryRow(ctx, sqlBlob, sha256).Scan(&b)
	return b, err
}

// Inspection is one field visit.
type Inspection struct {
	ID                string     `json:"id"`
	Product           string     `json:"product"`
	Round             string     `json:"round,omitempty"`
	Campaign          string     `json:"campaign,omitempty"`
	Day               ocop.Date  `json:"day"`
	HeldOn            *ocop.Date `json:"held_on,omitempty"`
	ProvincialCouncil bool       `json:"provincial_council"`
	Participants      []string   `json:"participants"`
	Findings          []Found    `json:"findings"`
	Open              int64      `json:"open_remedies"` // known even where the findings were forgotten
	Version           int64      `json:"version"`
}

// Found is one finding of an inspection with its remedy.
type Found struct {
	Topic  string     `json:"topic"`
	Remedy string     `json:"remedy,omitempty"` // empty: nothing to be done
	Owner  string     `json:"owner,omitempty"`
	By     *ocop.Date `json:"by,omitempty"`
	Closed bool       `json:"closed"`
}

// OpenRemedies counts what is still to be done.
func (i Inspection) OpenRemedies() int64 {
	var n int64
	for _, f := range i.Findings {
		if f.Remedy != "" && !f.Closed {
			n++
		}
	}
	return n
}

const inspectionColumns = `i.id, i.product, i.round, i.campaign, i.day, i.held_on, i.provincial_council, i.participants, i.findings, i.open_remedies, i.version`

const (
	sqlInspection = `SELECT ` + inspectionColumns + ` FROM inspections i WHERE i.id = $1`
)

var (
	setInspections = sqldb.Set{
		SQL:     `SELECT ` + inspectionColumns + ` FROM inspections i WHERE i.product IN (SELECT c1 FROM {rows}) ORDER BY i.day, i.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeInspections = inserts(tableInspections)
	writeInspection  = updates(tableInspections, "day", "held_on", "participants", "findings", "open_remedies", "version").next()
)

func scanInspection(s scanner) (i Inspection, err error) {
	var round, campaign sql.NullString
	var on int64
	var held sql.NullInt64
	var participants, findings string
	if err = s.Scan(&i.ID, &i.Product, &round, &campaign, &on, &held, &i.ProvincialCouncil, &participants, &findings, &i.Open, &i.Version); err != nil {
		return i, err
	}
	i.Round, i.Campaign, i.Day, i.HeldOn = round.String, campaign.String, ocop.Date(on), day(held)
	return i, errors.Join(readPrivate(participants, &i.Participants), readPrivate(findings, &i.Findings))
}

// readPrivate reads a private column. A replay has the commitment in its place,
// and knows no more.
func readPrivate(text string, into any) error {
	if strings.HasPrefix(text, "committed:") {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// Inspections of each product, the earliest first.
func Inspections(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Inspection, error) {
	rows, err := sqldb.QuerySet(ctx, q, setInspections, ids(products))
	out := map[string][]Inspection{}
	_, err = collect(rows, err, "inspections", func(s scanner) (struct{}, error) {
		i, err := scanInspection(s)
		out[i.Product] = append(out[i.Product], i)
		return struct{}{}, err
	})
	return out, err
}

// InspectionByID finds an inspection; nil when there is none.
func InspectionByID(ctx context.Context, q sqldb.Querier, id string) (*Inspection, error) {
	return one(q.QueryRow(ctx, sqlInspection, id), "inspection", scanInspection)
}

// InsertInspections adds planned or held visits.
func InsertInspections(ctx context.Context, tx *sqldb.Tx, list []Inspection) error {
	var rows [][]any
	for _, i := range list {
		participants, findings, err := i.texts()
		if err != nil {
			return err
		}
		rows = append(rows, []any{i.ID, i.Product, nullText(i.Round), nullText(i.Campaign), int64(i.Day), nullDay(i.HeldOn),
			i.ProvincialCouncil, participants, findings, i.OpenRemedies(), int64(1)})
	}
	return writeInspections.all(ctx, tx, "insert inspections", rows)
}

// UpdateInspection saves a visit that is still at the version read, and fails
// otherwise.
func UpdateInspection(ctx context.Context, tx *sqldb.Tx, i Inspection) error {
	participants, findings, err := i.texts()
	if err != nil {
		return err
	}
	return writeInspection.one(ctx, tx, "save inspection", i.ID, int64(i.Day), nullDay(i.HeldOn), participants, findings, i.OpenRemedies(), i.Version+1)
}

func (i Inspection) texts() (participants, findings string, err error) {
	if i.Participants == nil {
		i.Participants = []string{}
	}
	if i.Findings == nil {
		i.Findings = []Found{}
	}
	p, err := json.Marshal(i.Participants)
	if err != nil {
		return "", "", err
	}
	f, err := json.Marshal(i.Findings)
	return string(p), string(f), err
}

package store

import (
	"context"
	"database/sql"
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
	Replaces   string     `json:"replaces,omitempty"` // the earlier version
}

// ValidOn reports whether the document counts as evidence on day.
func (d Document) ValidOn(day ocop.Date) bool {
	return (d.ValidFrom == nil || day >= *d.ValidFrom) && (d.ValidTo == nil || day <= *d.ValidTo)
}

const documentColumns = `d.id, d.producer, d.product, d.kind, d.name, d.media_type, d.size, d.sha256, d.valid_from, d.valid_to, d.uploaded_by, d.uploaded_at, d.replaces`

const (
	sqlDocument = `SELECT ` + documentColumns + ` FROM documents d WHERE d.id = $1`
	// A text that is read whole lies in its row, also when the same bytes came as a file before.
	sqlInsertBlob        = `INSERT INTO blobs (sha256, content) VALUES ($1, $2) ON CONFLICT (sha256) DO UPDATE SET content = excluded.content, home = '', upload = NULL WHERE blobs.home <> ''`
	sqlProducerDocuments = `SELECT ` + documentColumns + ` FROM documents d WHERE d.producer = $1 AND d.product IS NULL ORDER BY d.id LIMIT 1000`

	sqlBlob = `SELECT content FROM blobs WHERE sha256 = $1`
)

var writeDocument = inserts(tableDocuments)

// A producer's own documents count for all its products. CROSS JOIN makes SQLite
// begin with the products: it began with all documents that are of no product.
var setDocuments = sqldb.Set{
	SQL: `SELECT p.id, ` + documentColumns + ` FROM products p JOIN documents d ON d.product = p.id WHERE p.id IN (SELECT c1 FROM {rows})
		UNION ALL SELECT p.id, ` + documentColumns + ` FROM products p CROSS JOIN documents d WHERE p.id IN (SELECT c1 FROM {rows}) AND d.producer = p.producer AND d.product IS NULL ORDER BY 2`,
	Columns: []sqldb.Kind{sqldb.Text},
}

func scanDocument(s scanner, more ...any) (d Document, err error) {
	var product, replaces sql.NullString
	var from, to sql.NullInt64
	var at int64
	err = s.Scan(append(more, &d.ID, &d.Producer, &product, &d.Kind, &d.Name, &d.MediaType, &d.Size, &d.SHA256, &from, &to, &d.UploadedBy, &at, &replaces)...)
	d.Product, d.ValidFrom, d.ValidTo, d.UploadedAt, d.Replaces = product.String, day(from), day(to), sqldb.Time(at), replaces.String
	return d, err
}

// Documents that can be evidence for each product: its own and its producer's.
func Documents(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Document, error) {
	rows, err := sqldb.QuerySet(ctx, q, setDocuments, ids(products))
	return grouped(rows, err, "documents", func(s scanner) (product string, d Document, err error) {
		d, err = scanDocument(s, &product)
		return product, d, err
	})
}

// ProducerDocuments are a producer's own, for all of its products.
func ProducerDocuments(ctx context.Context, q sqldb.Querier, producer string) ([]Document, error) {
	rows, err := q.Query(ctx, sqlProducerDocuments, producer)
	return collect(rows, err, "documents of a producer", func(s scanner) (Document, error) { return scanDocument(s) })
}

// DocumentByID finds a document; nil when there is none.
func DocumentByID(ctx context.Context, q sqldb.Querier, id string) (*Document, error) {
	return one(q.QueryRow(ctx, sqlDocument, id), "document", func(s scanner) (Document, error) { return scanDocument(s) })
}

// InsertDocument adds a document and, unless it is there already, its content.
func InsertDocument(ctx context.Context, tx *sqldb.Tx, d Document, c Content) error {
	if err := KeepContent(ctx, tx, c); err != nil {
		return err
	}
	return writeDocument.one(ctx, tx, "insert document", d.ID, d.Producer, nullText(d.Product), d.Kind, d.Name, d.MediaType, d.Size,
		d.SHA256, nullDay(d.ValidFrom), nullDay(d.ValidTo), d.UploadedBy, sqldb.Micros(d.UploadedAt), nullText(d.Replaces))
}

// Blob reads the text of a procedure, a plan or a calendar.
func Blob(ctx context.Context, q sqldb.Querier, sha256 string) ([]byte, error) {
	var b []byte
	err := q.QueryRow(ctx, sqlBlob, sha256).Scan(&b)
	return b, err
}

const sqlProductsOf = `SELECT id FROM products WHERE producer = $1 ORDER BY id LIMIT 1000`

// ProductsOf are the ids of a producer's products, at most 1000.
func ProductsOf(ctx context.Context, q sqldb.Querier, producer string) ([]string, error) {
	rows, err := q.Query(ctx, sqlProductsOf, producer)
	return collect(rows, err, "products of a producer", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
}

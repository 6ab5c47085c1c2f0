package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// SampleStatus says what became of samples.
type SampleStatus string

// Samples are kept, then settled: used up or returned. A mistake is void.
const (
	SampleKept    SampleStatus = "kept"
	SampleSettled SampleStatus = "settled"
	SampleVoid    SampleStatus = "void"
)

// Sample (mẫu) are units of a product that came in at once.
type Sample struct {
	ID         string       `json:"id"`
	Product    string       `json:"product"`
	Round      string       `json:"round"`
	Units      int64        `json:"units"`
	ReceivedOn ocop.Date    `json:"received_on"`
	ReceivedBy string       `json:"received_by"`
	ReceivedAt time.Time    `json:"received_at"`
	BroughtBy  string       `json:"brought_by"`
	Condition  string       `json:"condition"`
	Status     SampleStatus `json:"status" enum:"kept,settled,void"`
	UsedUp     int64        `json:"used_up"`
	Returned   int64        `json:"returned"`
	SettledOn  *ocop.Date   `json:"settled_on"`
	SettledBy  string       `json:"settled_by,omitempty"`
	Note       string       `json:"note"`
	Version    int64        `json:"version"`
}

var tableSamples = table("samples", "id").of("product").with(text("id"), text("product"), text("round"), whole("units"), whole("received_on"), text("received_by"),
	whole("received_at"), text("brought_by").kept(private), text("condition").kept(private), text("status"), whole("used_up"), whole("returned"),
	whole("settled_on").null(), text("settled_by").null(), text("note").kept(private), whole("version"))

const sampleColumns = `x.id, x.product, x.round, x.units, x.received_on, x.received_by, x.received_at, x.brought_by, x.condition, x.status, x.used_up, x.returned, x.settled_on, x.settled_by, x.note, x.version`

const sqlSample = `SELECT ` + sampleColumns + ` FROM samples x WHERE x.id = $1`

var setSamples = sqldb.Set{
	SQL:     `SELECT ` + sampleColumns + ` FROM samples x WHERE x.product IN (SELECT c1 FROM {rows}) ORDER BY x.id`,
	Columns: []sqldb.Kind{sqldb.Text},
}

var (
	writeSample     = inserts(tableSamples)
	writeSampleStep = updates(tableSamples, "status", "used_up", "returned", "settled_on", "settled_by", "note", "version").next()
)

func scanSample(s scanner) (x Sample, err error) {
	var on, at int64
	var ended sql.NullInt64
	var by sql.NullString
	err = s.Scan(&x.ID, &x.Product, &x.Round, &x.Units, &on, &x.ReceivedBy, &at, &x.BroughtBy, &x.Condition, &x.Status, &x.UsedUp, &x.Returned, &ended, &by, &x.Note, &x.Version)
	x.ReceivedOn, x.ReceivedAt, x.SettledOn, x.SettledBy = ocop.Date(on), sqldb.Time(at), day(ended), by.String
	return x, err
}

// SampleByID finds a record of samples; nil when there is none.
func SampleByID(ctx context.Context, q sqldb.Querier, id string) (*Sample, error) {
	return one(q.QueryRow(ctx, sqlSample, id), "sample", scanSample)
}

// Samples are those of each product, the oldest first.
func Samples(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Sample, error) {
	rows, err := sqldb.QuerySet(ctx, q, setSamples, ids(products))
	return grouped(rows, err, "samples", func(s scanner) (string, Sample, error) {
		x, err := scanSample(s)
		return x.Product, x, err
	})
}

// InsertSample adds samples that came.
func InsertSample(ctx context.Context, tx *sqldb.Tx, x Sample) error {
	return writeSample.one(ctx, tx, "insert sample", x.ID, x.Product, x.Round, x.Units, int64(x.ReceivedOn), x.ReceivedBy, sqldb.Micros(x.ReceivedAt), x.BroughtBy, x.Condition,
		string(x.Status), int64(0), int64(0), nil, nil, "", int64(1))
}

// StepSample saves samples that are still at the version before this one.
func StepSample(ctx context.Context, tx *sqldb.Tx, x Sample) error {
	return writeSampleStep.one(ctx, tx, "save sample", x.ID, string(x.Status), x.UsedUp, x.Returned, nullDay(x.SettledOn), nullText(x.SettledBy), x.Note, x.Version)
}

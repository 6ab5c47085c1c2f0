package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// BatchStatus says how far a batch has come.
type BatchStatus string

// A batch is open until each of its products has a result or a reason.
const (
	BatchOpen      BatchStatus = "open"
	BatchClosed    BatchStatus = "closed"
	BatchCancelled BatchStatus = "cancelled"
)

// Batch (đợt) is one round of council work of a level.
type Batch struct {
	ID              string
	Unit            ocop.Ref
	Path            ocop.Path // of the unit
	Level           ocop.Level
	Title           string
	RequestedBefore *ocop.Date // cut-off, exclusive
	HeldBefore      *ocop.Date // exclusive
	Legal           string     // act that names these two days; "" where they are the unit's own
	Verified        bool       // the act's words were seen
	Council         ocop.Ref   // empty before one is named
	Place           string
	Agenda          []Slot // in the order in which it is gone through
	Status          BatchStatus
	Reason          string // of a cancellation
	CreatedBy       string
	CreatedAt       time.Time
	ClosedBy        string
	ClosedAt        *time.Time
	Version         int64
}

// ItemStatus says what became of a product in a batch.
type ItemStatus string

// A product is taken in, and then decided, left out or carried over.
const (
	ItemIn      ItemStatus = "in"
	ItemOut     ItemStatus = "out"
	ItemCarried ItemStatus = "carried"
	ItemDecided ItemStatus = "decided"
)

// BatchItem is a product in a batch.
type BatchItem struct {
	Batch       string     `json:"batch"`
	Title       string     `json:"title"` // of the batch
	Level       ocop.Level `json:"level"`
	Product     string     `json:"product"`
	Round       string     `json:"round"`
	Status      ItemStatus `json:"status" enum:"in,out,carried,decided"`
	RequestedOn *ocop.Date `json:"requested_on"` // the request that brought it there
	Reason      string     `json:"reason"`
	CarriedFrom string     `json:"carried_from,omitempty"`
	CarriedInto string     `json:"carried_into,omitempty"`
	Session     string     `json:"session,omitempty"` // that decided it, once the batch is closed
	Procedure   string     `json:"-"`                 // of the round, with its version
	Rules       string     `json:"-"`
}

var (
	tableBatches = table("batches", "id").with(text("id"), text("unit"), text("level"), text("title").kept(private), whole("requested_before").null(),
		whole("held_before").null(), text("legal"), flag("verified"), text("council").null(), text("place").kept(private), text("agenda").kept(private),
		text("status"), text("reason").kept(private), text("created_by"), whole("created_at"), text("closed_by").null(), whole("closed_at").null(), whole("version"))

	tableBatchItems = table("batch_items", "batch", "product").of("product").with(text("batch"), text("product"), text("round"), text("status"),
		whole("requested_on").null(), text("reason").kept(private), text("carried_from").null(), text("carried_into").null(), text("session").null())
)

const batchColumns = `b.id, u.id, u.code, u.name_vi, u.path, b.level, b.title, b.requested_before, b.held_before, b.legal, b.verified, b.council, k.name, b.place,
	b.agenda, b.status, b.reason, b.created_by, b.created_at, b.closed_by, b.closed_at, b.version`

const batchFrom = ` FROM batches b JOIN units u ON u.id = b.unit LEFT JOIN councils k ON k.id = b.council `

const sqlBatch = `SELECT ` + batchColumns + batchFrom + `WHERE b.id = $1`

const batchItemColumns = `i.batch, b.title, b.level, i.product, i.round, i.status, i.requested_on, i.reason, i.carried_from, i.carried_into, i.session, r.procedure_name, r.procedure_version`

var (
	setBatchItems = sqldb.Set{
		SQL:     `SELECT ` + batchItemColumns + ` FROM batch_items i JOIN batches b ON b.id = i.batch JOIN rounds r ON r.id = i.round WHERE i.batch IN (SELECT c1 FROM {rows}) ORDER BY i.batch, i.product`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setBatchesOf = sqldb.Set{
		SQL:     `SELECT ` + batchItemColumns + ` FROM batch_items i JOIN batches b ON b.id = i.batch JOIN rounds r ON r.id = i.round WHERE i.product IN (SELECT c1 FROM {rows}) ORDER BY i.product, i.batch`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setSessionsOf = sqldb.Set{
		SQL:     `SELECT ` + sessionColumns + ` FROM sessions s WHERE s.status <> 'cancelled' AND s.product IN (SELECT c1 FROM {rows}) ORDER BY s.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

var (
	writeBatch      = inserts(tableBatches)
	writeBatchStep  = updates(tableBatches, "title", "requested_before", "held_before", "legal", "verified", "council", "place", "agenda", "status", "reason", "closed_by", "closed_at", "version").next()
	writeBatchItems = inserts(tableBatchItems)
	writeBatchItem  = updates(tableBatchItems, "round", "status", "requested_on", "reason", "carried_from", "carried_into", "session")
)

func scanBatch(s scanner) (b Batch, err error) {
	var before, held, closed sql.NullInt64
	var council, name, by sql.NullString
	var created int64
	var agenda string
	if err = s.Scan(&b.ID, &b.Unit.ID, &b.Unit.Code, &b.Unit.Name, &b.Path, &b.Level, &b.Title, &before, &held, &b.Legal, &b.Verified, &council, &name, &b.Place,
		&agenda, &b.Status, &b.Reason, &b.CreatedBy, &created, &by, &closed, &b.Version); err != nil {
		return b, err
	}
	b.RequestedBefore, b.HeldBefore, b.Council = day(before), day(held), ocop.Ref{ID: council.String, Name: name.String}
	b.CreatedAt, b.ClosedBy, b.ClosedAt = sqldb.Time(created), by.String, moment(closed)
	return b, readPrivate(agenda, &b.Agenda)
}

func scanBatchItem(s scanner) (i BatchItem, err error) {
	var asked sql.NullInt64
	var from, into, session sql.NullString
	err = s.Scan(&i.Batch, &i.Title, &i.Level, &i.Product, &i.Round, &i.Status, &asked, &i.Reason, &from, &into, &session, &i.Procedure, &i.Rules)
	i.RequestedOn, i.CarriedFrom, i.CarriedInto, i.Session = day(asked), from.String, into.String, session.String
	return i, err
}

// BatchByID finds a batch; nil when there is none.
func BatchByID(ctx context.Context, q sqldb.Querier, id string) (*Batch, error) {
	return one(q.QueryRow(ctx, sqlBatch, id), "batch", scanBatch)
}

// BatchFilter narrows a list of batches. Zero fields do not.
type BatchFilter struct {
	View    access.View // of units
	Account string      // or those on whose council somebody sits
	Status  BatchStatus
	Unit    string // id
	Before  string // id; "" begins
	Limit   int
}

// Batches lists those in view, the newest first.
func Batches(ctx context.Context, q sqldb.Querier, f BatchFilter) ([]Batch, error) {
	var b binder
	where := seenBy(f.View, "u.path", `EXISTS (SELECT 1 FROM council_members m WHERE m.council = b.council AND m.account = %s)`, f.Account, b.bind)
	if f.Status != "" {
		where += " AND b.status = " + b.bind(string(f.Status))
	}
	if f.Unit != "" {
		where += " AND b.unit = " + b.bind(f.Unit)
	}
	if f.Before != "" {
		where += " AND b.id < " + b.bind(f.Before)
	}
	text := `SELECT ` + batchColumns + batchFrom + `WHERE ` + where + ` ORDER BY b.id DESC LIMIT ` + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "batches", scanBatch)
}

// BatchItems are the products of each batch.
func BatchItems(ctx context.Context, q sqldb.Querier, batches []string) (map[string][]BatchItem, error) {
	rows, err := sqldb.QuerySet(ctx, q, setBatchItems, ids(batches))
	return grouped(rows, err, "products of batches", func(s scanner) (string, BatchItem, error) {
		i, err := scanBatchItem(s)
		return i.Batch, i, err
	})
}

// BatchesOf are the batches in which each product was or is.
func BatchesOf(ctx context.Context, q sqldb.Querier, products []string) (map[string][]BatchItem, error) {
	rows, err := sqldb.QuerySet(ctx, q, setBatchesOf, ids(products))
	return grouped(rows, err, "batches of products", func(s scanner) (string, BatchItem, error) {
		i, err := scanBatchItem(s)
		return i.Product, i, err
	})
}

// SessionsOfAll are the sessions of each product that were not cancelled, the
// oldest first and without their seats.
func SessionsOfAll(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Session, error) {
	rows, err := sqldb.QuerySet(ctx, q, setSessionsOf, ids(products))
	return grouped(rows, err, "sessions of products", func(s scanner) (string, Session, error) {
		x, err := scanSession(s)
		return x.Product, x, err
	})
}

// InsertBatch adds a batch.
func InsertBatch(ctx context.Context, tx *sqldb.Tx, b Batch) error {
	agenda, err := slotsText(b.Agenda)
	if err != nil {
		return err
	}
	return writeBatch.one(ctx, tx, "insert batch", b.ID, b.Unit.ID, string(b.Level), b.Title, nullDay(b.RequestedBefore), nullDay(b.HeldBefore), b.Legal, b.Verified,
		nullText(b.Council.ID), b.Place, agenda, string(b.Status), b.Reason, b.CreatedBy, sqldb.Micros(b.CreatedAt), nil, nil, int64(1))
}

// StepBatch saves a batch that is still at the version before this one.
func StepBatch(ctx context.Context, tx *sqldb.Tx, b Batch) error {
	agenda, err := slotsText(b.Agenda)
	if err != nil {
		return err
	}
	return writeBatchStep.one(ctx, tx, "save batch", b.ID, b.Title, nullDay(b.RequestedBefore), nullDay(b.HeldBefore), b.Legal, b.Verified, nullText(b.Council.ID),
		b.Place, agenda, string(b.Status), b.Reason, nullText(b.ClosedBy), nullTime(b.ClosedAt), b.Version)
}

// SaveBatchItems adds products to batches and changes those that are there.
func SaveBatchItems(ctx context.Context, tx *sqldb.Tx, fresh, changed []BatchItem) error {
	var add, change [][]any
	values := func(i BatchItem) []any {
		return []any{i.Batch, i.Product, i.Round, string(i.Status), nullDay(i.RequestedOn), i.Reason, nullText(i.CarriedFrom), nullText(i.CarriedInto), nullText(i.Session)}
	}
	for _, i := range fresh {
		add = append(add, values(i))
	}
	for _, i := range changed {
		change = append(change, values(i))
	}
	if err := writeBatchItem.all(ctx, tx, "save products of a batch", change); err != nil {
		return err
	}
	return writeBatchItems.all(ctx, tx, "add products to a batch", add)
}

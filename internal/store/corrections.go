package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// CorrectionState says how far a correction has come.
type CorrectionState string

// A correction applies at once, or waits until a second person has confirmed it.
const (
	CorrectionProposed CorrectionState = "proposed"
	CorrectionApplied  CorrectionState = "applied"
	CorrectionDeclined CorrectionState = "declined"
)

// Corrected is one value that is put right. From and To are as the register
// holds them: texts, or the ids of units and producers, whose names stand beside.
type Corrected struct {
	Field    string `json:"field"` // name, set, producer, unit; of a producer name, form, registration
	From     string `json:"from"`
	To       string `json:"to"`
	FromName string `json:"from_name,omitempty"`
	ToName   string `json:"to_name,omitempty"`
}

// Correction (đính chính) puts right what was wrong about a product or a producer.
type Correction struct {
	ID         string          `json:"id"`
	Product    string          `json:"product,omitempty"`
	Producer   string          `json:"producer,omitempty"`
	Of         string          `json:"of"` // name of the product or producer today
	Path       ocop.Path       `json:"-"`
	Changes    []Corrected     `json:"changes"`
	Reason     string          `json:"reason"`
	State      CorrectionState `json:"state"`
	Second     bool            `json:"needs_second"`
	ProposedBy string          `json:"proposed_by"`
	ProposedAt time.Time       `json:"proposed_at"`
	DecidedBy  string          `json:"decided_by,omitempty"`
	DecidedAt  *time.Time      `json:"decided_at,omitempty"`
	Note       string          `json:"note"`
	Version    int64           `json:"version"`
}

var tableCorrections = table("corrections", "id").of("product").with(text("id"), text("product").null(), text("producer").null(), text("changes"),
	text("reason").kept(private), text("state"), flag("second"), text("proposed_by"), whole("proposed_at"), text("decided_by").null(),
	whole("decided_at").null(), text("note").kept(private), whole("version"))

const (
	correctionColumns = `k.id, k.product, k.producer, COALESCE(p.name, u.name_vi), COALESCE(p.path, u.path), k.changes, k.reason, k.state, k.second, k.proposed_by, k.proposed_at,
	k.decided_by, k.decided_at, k.note, k.version`
	correctionFrom = ` FROM corrections k LEFT JOIN products p ON p.id = k.product LEFT JOIN units u ON u.id = k.producer `
)

const (
	sqlCorrection           = `SELECT ` + correctionColumns + correctionFrom + `WHERE k.id = $1`
	sqlCorrectionsOfProduct = `SELECT ` + correctionColumns + correctionFrom + `WHERE k.product = $1 ORDER BY k.id DESC LIMIT 200`
	sqlCorrectionsOfOwner   = `SELECT ` + correctionColumns + correctionFrom + `WHERE k.producer = $1 ORDER BY k.id DESC LIMIT 200`

	// A certificate or the result of a closed scoring.
	sqlRestsOnProduct = `SELECT COUNT(*) FROM products p WHERE p.id = $1 AND (p.certificate IS NOT NULL OR EXISTS (SELECT 1 FROM sessions s WHERE s.product = p.id AND s.status = 'closed'))`
	sqlRestsOnOwner   = `SELECT COUNT(*) FROM products p WHERE p.producer = $1 AND (p.certificate IS NOT NULL OR EXISTS (SELECT 1 FROM sessions s WHERE s.product = p.id AND s.status = 'closed'))`
	sqlScoredRound    = `SELECT COUNT(*) FROM sessions s WHERE s.round = $1 AND s.status = 'closed'`

	sqlStreamAuthor = `SELECT actor FROM entries WHERE stream = $1 AND seq = 1`

	sqlDropWords = `DELETE FROM product_words WHERE product = $1`
)

var (
	writeCorrection     = inserts(tableCorrections)
	writeCorrectionStep = updates(tableCorrections, "state", "decided_by", "decided_at", "note", "version").next()
	writeCorrected      = updates(tableProducts, "name", "folded", "producer", "unit", "commune", "path", "criteria_set", "state", "level", "version", "due", "updated_at").next()
	writeRenamedUnit    = updates(tableUnits, "name_vi", "name_en", "version").next()
	writeOwner          = updates(tableProducers, "form", "folded", "registration")
)

func scanCorrection(s scanner) (k Correction, err error) {
	var product, producer, decidedBy sql.NullString
	var decidedAt sql.NullInt64
	var changes string
	var proposed int64
	if err = s.Scan(&k.ID, &product, &producer, &k.Of, &k.Path, &changes, &k.Reason, &k.State, &k.Second, &k.ProposedBy, &proposed, &decidedBy, &decidedAt, &k.Note, &k.Version); err != nil {
		return k, err
	}
	k.Product, k.Producer, k.DecidedBy, k.DecidedAt, k.ProposedAt = product.String, producer.String, decidedBy.String, moment(decidedAt), sqldb.Time(proposed)
	k.Reason, k.Note = readable(k.Reason), readable(k.Note)
	return k, json.Unmarshal([]byte(changes), &k.Changes)
}

// CorrectionByID finds a correction; nil when there is none.
func CorrectionByID(ctx context.Context, q sqldb.Querier, id string) (*Correction, error) {
	return one(q.QueryRow(ctx, sqlCorrection, id), "correction", scanCorrection)
}

// CorrectionsOfProduct are the newest of a product, the newest first.
func CorrectionsOfProduct(ctx context.Context, q sqldb.Querier, product string) ([]Correction, error) {
	rows, err := q.Query(ctx, sqlCorrectionsOfProduct, product)
	return collect(rows, err, "corrections of a product", scanCorrection)
}

// CorrectionsOfProducer are the newest of a producer, the newest first.
func CorrectionsOfProducer(ctx context.Context, q sqldb.Querier, producer string) ([]Correction, error) {
	rows, err := q.Query(ctx, sqlCorrectionsOfOwner, producer)
	return collect(rows, err, "corrections of a producer", scanCorrection)
}

// Corrections lists those in view, the newest first, before an id; "" begins.
func Corrections(ctx context.Context, q sqldb.Querier, v access.View, state CorrectionState, before string, limit int) ([]Correction, error) {
	var b binder
	conds := []string{pathsBelow("COALESCE(p.path, u.path)", v.Units, b.bind)}
	for _, id := range v.Producers {
		n := b.bind(id)
		conds = append(conds, fmt.Sprintf("p.producer = %s OR k.producer = %s", n, n))
	}
	where := "(" + anyOf(conds) + ")"
	if state != "" {
		where += " AND k.state = " + b.bind(string(state))
	}
	if before != "" {
		where += " AND k.id < " + b.bind(before)
	}
	rows, err := q.Query(ctx, fmt.Sprintf("SELECT %s%sWHERE %s ORDER BY k.id DESC LIMIT %s", correctionColumns, correctionFrom, where, b.bind(limit)), b.args...)
	return collect(rows, err, "corrections", scanCorrection)
}

func found(ctx context.Context, q sqldb.Querier, text, id string) (bool, error) {
	var n int64
	err := q.QueryRow(ctx, text, id).Scan(&n)
	return n > 0, err
}

// RestsOnProduct reports whether a result or certificate rests on a product's data.
func RestsOnProduct(ctx context.Context, q sqldb.Querier, product string) (bool, error) {
	return found(ctx, q, sqlRestsOnProduct, product)
}

// RestsOnProducer reports the same of any product of a producer.
func RestsOnProducer(ctx context.Context, q sqldb.Querier, producer string) (bool, error) {
	return found(ctx, q, sqlRestsOnOwner, producer)
}

// ScoredRound reports whether a session of a round was closed.
func ScoredRound(ctx context.Context, q sqldb.Querier, round string) (bool, error) {
	return found(ctx, q, sqlScoredRound, round)
}

// StreamAuthor is who made the first entry of a stream; "" without one.
func StreamAuthor(ctx context.Context, q sqldb.Querier, stream string) (string, error) {
	id, err := one(q.QueryRow(ctx, sqlStreamAuthor, stream), "author of a stream", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
	if err != nil || id == nil {
		return "", err
	}
	return *id, nil
}

// InsertCorrection adds a correction.
func InsertCorrection(ctx context.Context, tx *sqldb.Tx, k Correction) error {
	changes, err := json.Marshal(k.Changes)
	if err != nil {
		return err
	}
	return writeCorrection.one(ctx, tx, "insert correction", k.ID, nullText(k.Product), nullText(k.Producer), string(changes), k.Reason, string(k.State), k.Second,
		k.ProposedBy, sqldb.Micros(k.ProposedAt), nullText(k.DecidedBy), nullTime(k.DecidedAt), k.Note, k.Version)
}

// DecideCorrection saves what became of one that waited.
func DecideCorrection(ctx context.Context, tx *sqldb.Tx, k Correction) error {
	return writeCorrectionStep.one(ctx, tx, "decide correction", k.ID, string(k.State), nullText(k.DecidedBy), nullTime(k.DecidedAt), k.Note, k.Version)
}

// CorrectProduct saves a product that was corrected, and makes it findable by
// its new words; its code stays.
func CorrectProduct(ctx context.Context, tx *sqldb.Tx, p *ocop.Product) error {
	var commune any
	if p.Commune != nil {
		commune = p.Commune.ID
	}
	err := writeCorrected.one(ctx, tx, "correct product", p.ID, p.Name, ocop.Fold(p.Name), p.Producer.ID, p.Unit, commune, string(p.Path), int64(p.Set),
		string(p.State), string(p.Level), p.Version, nullDay(p.Due), sqldb.Micros(p.UpdatedAt))
	if err != nil {
		return err
	}
	return newWords(ctx, tx, []*ocop.Product{p})
}

// CorrectProducer saves a producer that was corrected; its products are those
// that are found by its name.
func CorrectProducer(ctx context.Context, tx *sqldb.Tx, n ocop.Producer, products []*ocop.Product) error {
	if err := writeRenamedUnit.one(ctx, tx, "rename producer", n.ID, n.Name, n.Name, n.Version); err != nil {
		return err
	}
	if err := writeOwner.one(ctx, tx, "correct producer", n.ID, n.Form, ocop.Fold(n.Name), n.Registration); err != nil {
		return err
	}
	return newWords(ctx, tx, products)
}

func newWords(ctx context.Context, tx *sqldb.Tx, list []*ocop.Product) error {
	for _, p := range list {
		if _, err := tx.Exec(ctx, sqlDropWords, p.ID); err != nil {
			return fmt.Errorf("words of product: %w", err)
		}
	}
	return saveWords(ctx, tx, list)
}

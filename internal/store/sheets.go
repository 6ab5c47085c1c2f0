package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ocopflow/internal/criteria"
	"ocopflow/internal/sqldb"
)

// Sheet (phiếu điểm) is one member's choices in one turn of a session. Once
// sealed, Body is the whole sheet as it was hashed; before, the member's own
// choices alone.
type Sheet struct {
	Session  string
	Turn     int
	Account  string
	Body     string // JSON
	Opinion  string // free text
	Salt     []byte
	Seal     string // hex, "" before
	SealedAt *time.Time
	Entry    *int64 // that holds the seal
	Version  int64
}

const sheetColumns = `h.session, h.turn, h.account, h.body, h.opinion, h.salt, h.seal, h.sealed_at, h.entry, h.version`

const (
	sqlSheets    = `SELECT ` + sheetColumns + ` FROM sheets h WHERE h.session = $1 ORDER BY h.turn, h.account`
	sqlAllSheets = `SELECT ` + sheetColumns + ` FROM sheets h WHERE h.seal <> '' AND (h.session, h.turn, h.account) > ($1, $2, $3) ORDER BY h.session, h.turn, h.account LIMIT $4`
	sqlSaveDraft = `INSERT INTO sheets (session, turn, account, body, opinion, salt, seal, sealed_at, entry, version) VALUES ($1,$2,$3,$4,$5,NULL,'',NULL,NULL,1)
		ON CONFLICT (session, turn, account) DO UPDATE SET body = excluded.body, opinion = excluded.opinion, version = sheets.version + 1 WHERE sheets.seal = ''`
	sqlSealSheet = `INSERT INTO sheets (session, turn, account, body, opinion, salt, seal, sealed_at, entry, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,1)
		ON CONFLICT (session, turn, account) DO UPDATE SET body = excluded.body, opinion = excluded.opinion, salt = excluded.salt, seal = excluded.seal,
			sealed_at = excluded.sealed_at, entry = excluded.entry, version = sheets.version + 1 WHERE sheets.seal = ''`
	sqlEntryProduct = `SELECT product FROM entries WHERE idx = $1`
	sqlLine         = `SELECT ` + lineColumns + ` FROM entries WHERE idx = $1`
)

func scanSheet(s scanner) (h Sheet, err error) {
	var turn int64
	var sealed, entry sql.NullInt64
	err = s.Scan(&h.Session, &turn, &h.Account, &h.Body, &h.Opinion, &h.Salt, &h.Seal, &sealed, &entry, &h.Version)
	h.Turn, h.SealedAt = int(turn), moment(sealed)
	if entry.Valid {
		h.Entry = &entry.Int64
	}
	return h, err
}

// Sheets are all of a session, of every turn.
func Sheets(ctx context.Context, q sqldb.Querier, session string) ([]Sheet, error) {
	rows, err := q.Query(ctx, sqlSheets, session)
	return collect(rows, err, "sheets", scanSheet)
}

// SealedSheets pages through all sealed sheets, after one.
func SealedSheets(ctx context.Context, q sqldb.Querier, after Sheet, limit int) ([]Sheet, error) {
	rows, err := q.Query(ctx, sqlAllSheets, after.Session, int64(after.Turn), after.Account, limit)
	return collect(rows, err, "sealed sheets", scanSheet)
}

// SaveDraft keeps what a member chose so far. A sealed sheet is not touched,
// and that is an error.
func SaveDraft(ctx context.Context, tx *sqldb.Tx, h Sheet) error {
	return exec(ctx, tx, "save draft", sqlSaveDraft, h.Session, int64(h.Turn), h.Account, h.Body, h.Opinion)
}

// SealSheet keeps a sheet for good.
func SealSheet(ctx context.Context, tx *sqldb.Tx, h Sheet) error {
	return exec(ctx, tx, "seal sheet", sqlSealSheet, h.Session, int64(h.Turn), h.Account, h.Body, h.Opinion, h.Salt, h.Seal, nullTime(h.SealedAt), *h.Entry)
}

// LineAt is the entry at an index; nil when there is none.
func LineAt(ctx context.Context, q sqldb.Querier, index int64) (*Line, error) {
	return one(q.QueryRow(ctx, sqlLine, index), "entry", scanLine)
}

// ProductOfEntry is the product that an entry is about, "" for none.
func ProductOfEntry(ctx context.Context, q sqldb.Querier, index int64) (string, error) {
	var product sql.NullString
	err := q.QueryRow(ctx, sqlEntryProduct, index).Scan(&product)
	if sqldb.NoRows(err) {
		return "", nil
	}
	return product.String, err
}

// SelfScore is what a producer made of a product.
type SelfScore struct {
	Product  string              `json:"product"`
	Number   int                 `json:"number"`
	Round    string              `json:"round,omitempty"`
	Criteria string              `json:"criteria"`
	Set      int                 `json:"set"`
	Sheet    criteria.Sheet      `json:"sheet"`
	Evidence map[string][]string `json:"evidence"` // documents by criterion
	By       string              `json:"by"`
	At       time.Time           `json:"at"`
	Entry    int64               `json:"entry"`
}

const (
	sqlSelfScores = `SELECT product, number, round, criteria, criteria_set, body, evidence, scored_by, scored_at, entry FROM self_scores
		WHERE product = $1 ORDER BY number DESC LIMIT $2`
	sqlInsertSelfScore = `INSERT INTO self_scores (product, number, round, criteria, criteria_set, body, evidence, scored_by, scored_at, entry) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`
	sqlBeforeRound     = `SELECT product, number, round, criteria, criteria_set, body, evidence, scored_by, scored_at, entry FROM self_scores
		WHERE product = $1 AND (round IS NULL OR round <> $2) ORDER BY number DESC LIMIT 1`
)

func scanSelfScore(s scanner) (x SelfScore, err error) {
	var round sql.NullString
	var number, kind, at int64
	var body, evidence string
	if err = s.Scan(&x.Product, &number, &round, &x.Criteria, &kind, &body, &evidence, &x.By, &at, &x.Entry); err != nil {
		return x, err
	}
	x.Number, x.Round, x.Set, x.At = int(number), round.String, int(kind), sqldb.Time(at)
	if err = json.Unmarshal([]byte(body), &x.Sheet); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(evidence), &x.Evidence)
}

// SelfScores lists those of a product, the newest first.
func SelfScores(ctx context.Context, q sqldb.Querier, product string, limit int) ([]SelfScore, error) {
	rows, err := q.Query(ctx, sqlSelfScores, product, limit)
	return collect(rows, err, "self-scores", scanSelfScore)
}

// SelfScoreBefore is the newest that belongs to another round; nil when there
// is none.
func SelfScoreBefore(ctx context.Context, q sqldb.Querier, product, round string) (*SelfScore, error) {
	return one(q.QueryRow(ctx, sqlBeforeRound, product, round), "self-score", scanSelfScore)
}

// InsertSelfScore adds one.
func InsertSelfScore(ctx context.Context, tx *sqldb.Tx, x SelfScore) error {
	body, err := json.Marshal(x.Sheet)
	if err != nil {
		return err
	}
	evidence, err := json.Marshal(x.Evidence)
	if err != nil {
		return err
	}
	return exec(ctx, tx, "insert self-score", sqlInsertSelfScore, x.Product, int64(x.Number), nullText(x.Round), x.Criteria, int64(x.Set),
		string(body), string(evidence), x.By, sqldb.Micros(x.At), x.Entry)
}

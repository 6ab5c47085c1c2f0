package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

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
			sealed_at = excluded.sealed_at, entry = excluded.entry, version = sheets.version + 1 WHERE sheets.seal = ''
		RETURNING session, turn, account, seal, sealed_at, entry, version`
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

// SealSheet keeps a sheet for good. A sealed sheet is not touched, and that is
// an error.
func SealSheet(ctx context.Context, tx *sqldb.Tx, h Sheet) error {
	rows, err := tx.Query(ctx, sqlSealSheet, h.Session, int64(h.Turn), h.Account, h.Body, h.Opinion, h.Salt, h.Seal, nullTime(h.SealedAt), *h.Entry)
	n, err := returned(tx, sqldb.OpPut, tableSheets, []string{"session", "turn", "account", "seal", "sealed_at", "entry", "version"}, rows, err)
	if err == nil && n != 1 {
		err = fmt.Errorf("seal sheet: it is sealed already")
	}
	return err
}

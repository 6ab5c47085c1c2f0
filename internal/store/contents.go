package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ocopflow/internal/sqldb"
)

// Where the bytes of a content lie.
const (
	HomeRow       = ""          // in its own row: small ones, and the texts of procedures
	HomePieces    = "pieces"    // in the pieces of the upload that brought it
	HomeDirectory = "directory" // in a file named by its hash
)

// Content is bytes kept once under their SHA-256.
type Content struct {
	SHA256 string
	Home   string
	Upload string // whose pieces hold it
	Size   int64
	Bytes  []byte // those of HomeRow
}

const (
	sqlInsertContent = `INSERT INTO blobs (sha256, content, home, upload, size) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sha256) DO NOTHING`
	sqlContent       = `SELECT sha256, home, upload, size, content FROM blobs WHERE sha256 = $1`
	sqlBeginUpload   = `INSERT INTO uploads (id, started_at) VALUES ($1, $2)`
	sqlInsertPiece   = `INSERT INTO upload_pieces (upload, number, content) VALUES ($1, $2, $3)`
	sqlPiece         = `SELECT content FROM upload_pieces WHERE upload = $1 AND number = $2`
	sqlLockUpload    = `SELECT id FROM uploads WHERE id = $1 {lock}`
	sqlDropPieces    = `DELETE FROM upload_pieces WHERE upload = $1 AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.upload = $1)`
	sqlDropUpload    = `DELETE FROM uploads WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM upload_pieces p WHERE p.upload = $1)`
	sqlStrayUploads  = `SELECT u.id FROM uploads u WHERE u.started_at < $1 AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.upload = u.id) ORDER BY u.id LIMIT 500`
)

// KeepContent names a content, unless it is kept already.
func KeepContent(ctx context.Context, tx *sqldb.Tx, c Content) error {
	if c.Bytes == nil {
		c.Bytes = []byte{}
	}
	_, err := tx.Exec(ctx, sqlInsertContent, c.SHA256, c.Bytes, c.Home, nullText(c.Upload), c.Size)
	return err
}

// FindContent says where a content lies; nil when it is not kept.
func FindContent(ctx context.Context, q sqldb.Querier, sha256 string) (*Content, error) {
	return one(q.QueryRow(ctx, sqlContent, sha256), "content", func(s scanner) (Content, error) {
		var c Content
		var upload sql.NullString
		err := s.Scan(&c.SHA256, &c.Home, &upload, &c.Size, &c.Bytes)
		c.Upload = upload.String
		if c.Home == HomeRow {
			c.Size = int64(len(c.Bytes))
		}
		return c, err
	})
}

// BeginUpload opens an upload whose pieces follow.
func BeginUpload(ctx context.Context, tx *sqldb.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, sqlBeginUpload, id, sqldb.Micros(at))
	return err
}

// AddPiece keeps a piece of an upload.
func AddPiece(ctx context.Context, tx *sqldb.Tx, upload string, number int64, content []byte) error {
	_, err := tx.Exec(ctx, sqlInsertPiece, upload, number, content)
	return err
}

// Piece reads a piece of an upload.
func Piece(ctx context.Context, q sqldb.Querier, upload string, number int64) ([]byte, error) {
	var b []byte
	err := q.QueryRow(ctx, sqlPiece, upload, number).Scan(&b)
	return b, err
}

// DropUpload removes an upload, unless a content lies in it. It waits for a piece
// that a server which is gone was still putting in.
func DropUpload(ctx context.Context, tx *sqldb.Tx, id string) error {
	err := tx.QueryRow(ctx, sqlLockUpload, id).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlDropPieces, id); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlDropUpload, id)
	return err
}

// StrayUploads are uploads begun before a moment that no content lies in, at most 500.
func StrayUploads(ctx context.Context, q sqldb.Querier, before time.Time) ([]string, error) {
	rows, err := q.Query(ctx, sqlStrayUploads, sqldb.Micros(before))
	return collect(rows, err, "uploads", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
}

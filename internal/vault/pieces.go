package vault

import (
	"context"
	"errors"
	"io"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// pieceWriter keeps an upload in the database, a piece at a time, each in a
// transaction of its own: an upload is slow and must not hold the writer.
type pieceWriter struct {
	ctx    context.Context
	vault  *Vault
	upload string
	number int64
	full   []byte
}

func (v *Vault) newPieces(ctx context.Context, upload string) (*pieceWriter, error) {
	err := v.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.BeginUpload(ctx, tx, upload, v.Now()) })
	return &pieceWriter{ctx: ctx, vault: v, upload: upload, full: make([]byte, 0, pieceSize)}, err
}

// Write implements io.Writer.
func (w *pieceWriter) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		part := b[:min(len(b), pieceSize-len(w.full))]
		w.full = append(w.full, part...)
		b, n = b[len(part):], n+len(part)
		if len(w.full) == pieceSize {
			if err := w.flush(w.ctx); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (w *pieceWriter) flush(ctx context.Context) error {
	if len(w.full) == 0 {
		return nil
	}
	err := w.vault.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.AddPiece(ctx, tx, w.upload, w.number, w.full)
	})
	w.number, w.full = w.number+1, w.full[:0]
	return err
}

func (w *pieceWriter) done(ctx context.Context, _ string) error { return w.flush(ctx) }
func (w *pieceWriter) drop(ctx context.Context) error           { return w.vault.dropUpload(ctx, w.upload) }

// pieces reads content out of the pieces of its upload.
type pieces struct {
	ctx    context.Context
	q      sqldb.Querier
	upload string
	size   int64
	at     int64
	number int64 // of the piece at hand; -1 for none
	hand   []byte
}

// Read implements io.Reader.
func (p *pieces) Read(b []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	if n := p.at / pieceSize; n != p.number {
		hand, err := store.Piece(p.ctx, p.q, p.upload, n)
		if err != nil {
			return 0, err
		}
		p.number, p.hand = n, hand
	}
	from := p.at % pieceSize
	if from >= int64(len(p.hand)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, p.hand[from:])
	p.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (p *pieces) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.at
	case io.SeekEnd:
		offset += p.size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning")
	}
	p.at = offset
	return offset, nil
}

// Close implements io.Closer.
func (*pieces) Close() error { return nil }

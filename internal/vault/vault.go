// Package vault takes in the bytes of documents, gives them back, and clears
// away what an upload that was cut off left. Bytes are kept once under their
// SHA-256, in the database or in a directory. It never holds a file in memory.
// What a document is, and who may see it, is left to casework.
package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/google/uuid"

	"ocopflow/internal/disk"
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const (
	small     = 256 << 10 // up to here bytes lie in the content's own row
	pieceSize = 1 << 20
	headSize  = 3072 // what a type is told from
)

// Vault keeps contents in the database, or in Dir when it names a directory.
type Vault struct {
	DB      *sqldb.DB
	Dir     string
	Scanner *Clamd           // nil: nothing is scanned
	Now     func() time.Time // the world's: it is held against the age of files
	Disk    disk.Disk        // of Dir; nil for the machine's own
}

// Taken is content that lies in the vault but that no document names yet.
type Taken struct {
	store.Content
	Head []byte // the first bytes
}

// home is a place for the bytes of one upload.
type home interface {
	io.Writer
	// done makes the bytes last, under their hash.
	done(ctx context.Context, sha256 string) error
	// drop removes what was written.
	drop(ctx context.Context) error
}

// Take reads content to its end and keeps it. A document that names it must
// follow within the hour, or it is cleared away. Of malware hash and size are
// given beside the fault.
//
// Faults: too_large; virus_found (Invalid); scanner_down (Unavailable).
func (v *Vault) Take(ctx context.Context, r io.Reader, limit int64) (*Taken, error) {
	sum := sha256.New()
	r = io.LimitReader(r, limit+1)
	first, err := io.ReadAll(io.LimitReader(r, small+1))
	if err != nil {
		return nil, err
	}
	t := &Taken{Head: bytes.Clone(first[:min(len(first), headSize)])}
	if len(first) <= small {
		if int64(len(first)) > limit {
			return nil, tooLarge()
		}
		sum.Write(first)
		t.SHA256, t.Size, t.Bytes = hex.EncodeToString(sum.Sum(nil)), int64(len(first)), first
		return t, v.Scanner.Check(ctx, bytes.NewReader(first))
	}
	return t, v.takeLarge(ctx, t, io.MultiReader(bytes.NewReader(first), r), sum, limit)
}

// TakeAside is Take for one of many contents that wait together: its bytes stay in
// the vault and none of them in memory.
//
// Faults: those of Take.
func (v *Vault) TakeAside(ctx context.Context, r io.Reader, limit int64) (*Taken, error) {
	r = io.LimitReader(r, limit+1)
	head, err := io.ReadAll(io.LimitReader(r, headSize))
	if err != nil {
		return nil, err
	}
	t := &Taken{Head: head}
	return t, v.takeLarge(ctx, t, io.MultiReader(bytes.NewReader(head), r), sha256.New(), limit)
}

// Look reads content to its end and keeps nothing of it: its hash, size and first
// bytes, and what the scanner says.
//
// Faults: those of Take.
func (v *Vault) Look(ctx context.Context, r io.Reader, limit int64) (*Taken, error) {
	r = io.LimitReader(r, limit+1)
	head, err := io.ReadAll(io.LimitReader(r, headSize))
	if err != nil {
		return nil, err
	}
	t, sum, scan := &Taken{Head: head}, sha256.New(), v.Scanner.begin(ctx)
	defer scan.close()
	if t.Size, err = io.Copy(io.MultiWriter(sum, scan), io.MultiReader(bytes.NewReader(head), r)); err != nil {
		return nil, err
	}
	if t.Size > limit {
		return nil, tooLarge()
	}
	t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return t, scan.verdict()
}

func (v *Vault) takeLarge(ctx context.Context, t *Taken, r io.Reader, sum hash.Hash, limit int64) (err error) {
	h, err := v.begin(ctx, t)
	if err != nil {
		return sqldb.Fault(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.drop(context.WithoutCancel(ctx)))
		}
	}()
	scan := v.Scanner.begin(ctx)
	defer scan.close()
	t.Size, err = io.Copy(io.MultiWriter(sum, keeping{h}, scan), r)
	if err != nil {
		return err
	}
	if t.Size > limit {
		return tooLarge()
	}
	t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if err := scan.verdict(); err != nil {
		return err
	}
	return sqldb.Fault(h.done(ctx, t.SHA256))
}

// keeping tells trouble with what is kept from trouble with what comes in.
type keeping struct{ home }

// Write implements io.Writer.
func (k keeping) Write(b []byte) (int, error) {
	n, err := k.home.Write(b)
	return n, sqldb.Fault(err)
}

func (v *Vault) begin(ctx context.Context, t *Taken) (home, error) {
	if v.Dir != "" {
		t.Home = store.HomeDirectory
		return v.newFile()
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	t.Home, t.Upload = store.HomePieces, id.String()
	return v.newPieces(ctx, t.Upload)
}

// Settle clears away what was taken if no document came to name it, or if the
// same content was there before.
func (v *Vault) Settle(ctx context.Context, t *Taken) error {
	if t == nil || t.Upload == "" {
		return nil // rows vanish with their transaction; a file may be another upload's by now: the sweep knows
	}
	return v.dropUpload(ctx, t.Upload)
}

func (v *Vault) dropUpload(ctx context.Context, id string) error {
	return v.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.DropUpload(ctx, tx, id) })
}

// Open gives content back as a stream.
//
// Faults: content_gone (Internal).
func (v *Vault) Open(ctx context.Context, q sqldb.Querier, sha256 string) (io.ReadSeekCloser, error) {
	c, err := store.FindContent(ctx, q, sha256)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, fmt.Errorf("content %s is gone", sha256)
	}
	switch c.Home {
	case store.HomePieces:
		return &pieces{ctx: ctx, q: q, upload: c.Upload, size: c.Size, number: -1}, nil
	case store.HomeDirectory:
		return v.openFile(sha256)
	}
	return closer{bytes.NewReader(c.Bytes)}, nil
}

// Sum reads content through and gives its hash.
func (v *Vault) Sum(ctx context.Context, q sqldb.Querier, sha string) (string, error) {
	r, err := v.Open(ctx, q, sha)
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	return hex.EncodeToString(sum.Sum(nil)), err
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }

func tooLarge() error {
	return fault.New(fault.TooLarge, "too_large", "Tệp quá lớn.", "The file is too large.")
}

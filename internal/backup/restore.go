package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"ocopflow/internal/audit"
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
)

// Target is an empty place for an office.
type Target struct {
	DB    *sqldb.DB
	Data  string
	Files string // directory for contents that lay in one; "" when there are none
}

// Restored says what came back.
type Restored struct {
	Header Header       `json:"backup"`
	Audit  audit.Report `json:"audit"`
	Newer  []string     `json:"newer"` // checkpoints of this ledger that stood in the data directory, and were left
}

// Restore checks every byte of a backup, brings it into an empty place in one
// transaction, and audits what is there then.
//
// Faults: backup_damaged, backup_encrypted, backup_key, not_empty (Conflict).
func (t Target) Restore(ctx context.Context, f io.ReadSeeker, identities []age.Identity) (out Restored, err error) {
	if out.Header, err = Check(f, identities); err != nil {
		return out, err
	}
	if err := t.prepare(ctx, out.Header); err != nil {
		return out, err
	}
	standing := filepath.Join(t.Data, "checkpoint-"+strings.ReplaceAll(out.Header.Origin, "/", "-")+".txt")
	if _, err := os.Stat(standing); err == nil {
		out.Newer = []string{standing}
	}
	if err := read(f, identities, &files{load{target: t, ctx: ctx}}); err != nil {
		return out, err
	}
	err = t.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		settle, err := store.Unordered(ctx, tx)
		if err != nil {
			return err
		}
		if err := read(f, identities, &load{target: t, ctx: ctx, tx: tx}); err != nil {
			return err
		}
		return settle()
	})
	if err != nil {
		return out, err
	}
	if _, err := migrations.Up(ctx, t.DB); err != nil {
		return out, err
	}
	if out.Audit, err = audit.Verify(ctx, t.DB, audit.Options{Files: t.Files}); err != nil {
		return out, err
	}
	if !out.Audit.OK || out.Audit.Root != out.Header.Root {
		return out, fmt.Errorf("what was restored does not verify, do not use it: root %s, want %s; %s", out.Audit.Root, out.Header.Root, out.Audit.Fault)
	}
	return out, nil
}

// prepare makes the tables that the rows were kept in, and refuses a place that
// is not empty.
func (t Target) prepare(ctx context.Context, h Header) error {
	tables, err := store.CarriedTables(ctx, t.DB)
	if err != nil {
		return err
	}
	for _, x := range tables {
		empty, err := x.Empty(ctx, t.DB)
		if err != nil {
			return err
		}
		if !empty {
			return fault.New(fault.Conflict, "not_empty", "Cơ sở dữ liệu đích đã có dữ liệu. Hãy khôi phục vào một cơ sở dữ liệu trống.",
				"The database already holds something. Restore into an empty one.").At(x.Name, "Đã có dữ liệu.", "It holds rows.")
		}
	}
	return migrations.UpTo(ctx, t.DB, h.Schema)
}

// load puts rows into the database.
type load struct {
	target Target
	ctx    context.Context
	tx     *sqldb.Tx
}

func (l *load) header(Header) error { return nil }

func (l *load) rows(t store.Carried, rows [][]any) error { return t.Insert(l.ctx, l.tx, rows) }

func (l *load) content(string, io.Reader) error { return nil }

func (l *load) data(string, []byte) error { return nil }

// files puts files into their directories, before the rows that name them.
type files struct{ load }

func (f *files) rows(store.Carried, [][]any) error { return nil }

func (f *files) content(sum string, r io.Reader) error {
	if f.target.Files == "" {
		return fault.New(fault.Invalid, "files_needed", "Bản sao lưu có tệp nằm trong thư mục; hãy chỉ thư mục bằng --files.",
			"The backup holds contents that lay in a directory; name one with --files.")
	}
	return writeFile(filepath.Join(f.target.Files, sum[:2], sum[2:4], sum), r)
}

// data puts a small file beside the database. One that is there with another
// content is never written over: a key would be lost. A checkpoint that was kept
// there stays, and raises the alarm if it is ahead of what was restored.
func (f *files) data(name string, content []byte) error {
	place := filepath.Join(f.target.Data, name)
	has, err := os.ReadFile(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeFile(place, bytes.NewReader(content))
	case err != nil:
		return err
	case bytes.Equal(has, content), strings.HasSuffix(name, ".txt"):
		return nil
	}
	return fault.New(fault.Conflict, "not_empty", "Thư mục dữ liệu đã có khóa khác. Hãy khôi phục vào một thư mục trống.",
		"The data directory already holds another key. Restore into an empty one.").At(place, "Đã có.", "It is there.")
}

// keptName reports whether a file of that name belongs into a data directory.
func keptName(name string) bool {
	for _, pattern := range kept {
		if ok, _ := filepath.Match(pattern, name); ok && filepath.Base(name) == name {
			return true
		}
	}
	return false
}

// writeFile writes a file whole or not at all.
func writeFile(place string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(place), ".restore-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), place)
}

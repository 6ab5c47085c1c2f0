// Package backup writes an office whole into one file and brings it back: every
// row as one unchanging view of the database has it, the contents that lie in a
// directory, and the keys of the data directory. The file does not depend on the
// database, so that it also moves an office between SQLite and Postgres. What
// rows mean is store's, whether they are true is audit's.
package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
)

// Source is what is backed up.
type Source struct {
	DB      *sqldb.DB
	Data    string // data directory
	Files   string // directory of documents' contents; "" when they lie in the database
	Version string // of the program
	Now     func() time.Time
}

// Header comes first in a backup and says what it is.
type Header struct {
	Format  int             `json:"format"`
	Program string          `json:"program"`
	Schema  int64           `json:"schema"`
	Origin  string          `json:"origin"` // the ledger's name
	Entries int64           `json:"entries"`
	Root    string          `json:"root"` // of the ledger's tree, base64
	MadeAt  time.Time       `json:"made_at"`
	Tables  []store.Carried `json:"tables"`
}

const (
	format     = 1
	headerName = "backup.json"
	rowsFolder = "rows/"
	dataFolder = "data/"
	fileFolder = "files/"
	chunk      = 4 << 20 // bytes of rows in one member
	chunkRows  = 500
)

// write writes the whole office to w, sealed by a hash at its end.
func (s Source) write(ctx context.Context, w io.Writer) (h Header, err error) {
	sealed := newSealer(w)
	zip, err := gzip.NewWriterLevel(sealed, gzip.BestSpeed)
	if err != nil {
		return h, err
	}
	out := &writer{tar: tar.NewWriter(zip), at: s.Now()}
	// The kept checkpoint is read before the view is opened, so that it can never
	// be ahead of the rows; it is written behind them.
	data, err := dataFiles(s.Data)
	if err != nil {
		return h, err
	}
	if h.Schema, err = migrations.Version(ctx, s.DB); err != nil {
		return h, err
	}
	err = s.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		if err := s.head(ctx, q, &h); err != nil {
			return err
		}
		if err := out.json(headerName, h); err != nil {
			return err
		}
		for _, t := range h.Tables {
			if err := out.rows(ctx, q, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return h, err
	}
	for _, sum := range out.contents {
		if err := out.file(filepath.Join(s.Files, sum[:2], sum[2:4], sum), fileFolder+sum); err != nil {
			return h, fmt.Errorf("a content that lies in a directory (say which by --files): %w", err)
		}
	}
	for _, d := range data {
		if err := out.bytes(dataFolder+d.name, d.content); err != nil {
			return h, err
		}
	}
	if err := errors.Join(out.tar.Close(), zip.Close()); err != nil {
		return h, err
	}
	return h, sealed.close()
}

func (s Source) head(ctx context.Context, q sqldb.Querier, h *Header) error {
	head, err := store.LoadHead(ctx, q)
	if err != nil {
		return err
	}
	h.Format, h.Program, h.MadeAt = format, s.Version, s.Now().UTC()
	h.Origin, h.Entries, h.Root = head.Origin, head.Tree.Size, head.Tree.Root().String()
	h.Tables, err = store.CarriedTables(ctx, q)
	return err
}

// dataFile is one of the few small files beside the database.
type dataFile struct {
	name    string
	content []byte
}

// kept names the files of the data directory that an office cannot do without:
// keys, and the checkpoints that the rollback alarm looks at.
var kept = []string{"checkpoint.key", "checkpoint-*.key", "checkpoint-*.txt", "witnessed-*.txt", "secrets.key"}

func dataFiles(dir string) ([]dataFile, error) {
	var out []dataFile
	for _, pattern := range kept {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed by a rotation meanwhile
			}
			if err != nil {
				return nil, err
			}
			out = append(out, dataFile{filepath.Base(name), content})
		}
	}
	return out, nil
}

// writer adds members to a backup.
type writer struct {
	tar      *tar.Writer
	at       time.Time
	contents []string // hashes of those that lie in a directory
}

func (w *writer) open(name string, size int64) error {
	return w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX})
}

func (w *writer) bytes(name string, b []byte) error {
	if err := w.open(name, int64(len(b))); err != nil {
		return err
	}
	_, err := w.tar.Write(b)
	return err
}

func (w *writer) json(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.bytes(name, b)
}

func (w *writer) file(from, name string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.open(name, info.Size()); err != nil {
		return err
	}
	_, err = io.Copy(w.tar, f)
	return err
}

// rows writes a table as members of some megabytes, a row a line.
func (w *writer) rows(ctx context.Context, q sqldb.Querier, t store.Carried) error {
	var lines []byte
	part, n := 0, 0
	flush := func() error {
		if len(lines) == 0 {
			return nil
		}
		part++
		err := w.bytes(fmt.Sprintf("%s%s/%08d.jsonl", rowsFolder, t.Name, part), lines)
		lines, n = lines[:0], 0
		return err
	}
	err := t.Each(ctx, q, func(row []any) error {
		for i, v := range row {
			if s, ok := v.(string); ok && !utf8.ValidString(s) {
				return fmt.Errorf("%s.%s holds a text that is not UTF-8", t.Name, t.Columns[i].Name)
			}
		}
		w.note(t, row)
		line, err := json.Marshal(row)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
		if n++; len(lines) < chunk && n < chunkRows {
			return nil
		}
		return flush()
	})
	return errors.Join(err, flush())
}

// note remembers a content whose bytes lie in a directory.
func (w *writer) note(t store.Carried, row []any) {
	if t.Name != "blobs" {
		return
	}
	var sum, home any
	for i, c := range t.Columns {
		switch c.Name {
		case "sha256":
			sum = row[i]
		case "home":
			home = row[i]
		}
	}
	if s, ok := sum.(string); ok && home == store.HomeDirectory && isHash(s) {
		w.contents = append(w.contents, s)
	}
}

func isHash(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Check reads a backup through: that no byte was changed, and that the ledger in
// it, computed anew from the bytes of its entries, has the root that the backup
// names. Nothing is written.
//
// Faults: backup_damaged, backup_encrypted, backup_key.
func Check(f io.ReadSeeker, identities []age.Identity) (Header, error) {
	// First the bytes alone, so that nothing unsound is ever unpacked.
	u, err := unwrap(f, identities)
	if err != nil {
		return Header{}, err
	}
	if _, err := io.Copy(io.Discard, u); err != nil {
		return Header{}, err
	}
	c := &check{}
	if err := read(f, identities, c); err != nil {
		return c.head, err
	}
	if got := c.ledger.Tree.Root().String(); c.ledger.Tree.Size != c.head.Entries || got != c.head.Root {
		return c.head, damaged(fmt.Errorf("its ledger has %d entries and the root %s, not %d and %s", c.ledger.Tree.Size, got, c.head.Entries, c.head.Root))
	}
	return c.head, nil
}

// taker takes the parts of a backup in the order in which they come.
type taker interface {
	header(Header) error
	rows(t store.Carried, rows [][]any) error
	content(sha256 string, r io.Reader) error
	data(name string, content []byte) error
}

// maxHeader and maxMember bound what is read into memory of a backup: a piece of
// a content is a megabyte, and stands in base64.
const (
	maxHeader = 4 << 20
	maxMember = 64 << 20
)

// read hands the parts of a backup over.
func read(f io.ReadSeeker, identities []age.Identity, to taker) error {
	u, err := unwrap(f, identities)
	if err != nil {
		return err
	}
	zip, err := gzip.NewReader(u)
	if err != nil {
		return damaged(err)
	}
	var h Header
	for members := tar.NewReader(zip); ; {
		m, err := members.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged(err)
		}
		if h.Format == 0 {
			if h, err = readHeader(m.Name, members); err != nil {
				return err
			}
			err = to.header(h)
		} else {
			err = member(h, m, members, to)
		}
		if err != nil {
			return err
		}
	}
	if h.Format == 0 {
		return damaged(errors.New("it is empty"))
	}
	_, err = io.Copy(io.Discard, zip) // to its own checksum
	return err
}

func readHeader(name string, r io.Reader) (h Header, err error) {
	b, err := io.ReadAll(io.LimitReader(r, maxHeader))
	if err == nil {
		err = json.Unmarshal(b, &h)
	}
	if err != nil || name != headerName || h.Format < 1 {
		return h, damaged(errors.Join(err, errors.New("it begins with no header")))
	}
	if h.Format > format {
		return h, fmt.Errorf("the backup has form %d, this program knows %d: use a newer program", h.Format, format)
	}
	return h, nil
}

func member(h Header, m *tar.Header, r io.Reader, to taker) error {
	if sum, ok := strings.CutPrefix(m.Name, fileFolder); ok && isHash(sum) {
		return to.content(sum, r)
	}
	if m.Size > maxMember {
		return damaged(fmt.Errorf("%s is too large", m.Name))
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return damaged(err)
	}
	if name, ok := strings.CutPrefix(m.Name, dataFolder); ok && keptName(name) {
		return to.data(name, b)
	}
	table, _, _ := strings.Cut(strings.TrimPrefix(m.Name, rowsFolder), "/")
	for _, t := range h.Tables {
		if t.Name == table {
			rows, err := decode(t, b)
			if err != nil {
				return damaged(err)
			}
			return to.rows(t, rows)
		}
	}
	return damaged(fmt.Errorf("%q has no place in a backup", m.Name))
}

// decode reads rows as values of the kinds of their columns.
func decode(t store.Carried, lines []byte) ([][]any, error) {
	kinds := t.Kinds()
	var out [][]any
	for line := range bytes.Lines(lines) {
		var raws []json.RawMessage
		if err := json.Unmarshal(line, &raws); err != nil || len(raws) != len(kinds) {
			return nil, fmt.Errorf("%s: a row that is none: %w", t.Name, err)
		}
		row := make([]any, len(raws))
		for i, raw := range raws {
			v, err := value(kinds[i], raw)
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", t.Name, t.Columns[i].Name, err)
			}
			row[i] = v
		}
		out = append(out, row)
	}
	return out, nil
}

func value(k sqldb.Kind, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch k {
	case sqldb.Int:
		return as[int64](raw)
	case sqldb.Bool:
		return as[bool](raw)
	case sqldb.Bytes:
		return as[[]byte](raw)
	}
	return as[string](raw)
}

func as[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

// check takes a backup in to look at it.
type check struct {
	head   Header
	ledger ledger.Checker
}

func (c *check) header(h Header) error { c.head = h; return nil }

func (c *check) rows(t store.Carried, rows [][]any) error {
	if t.Name != "entries" {
		return nil
	}
	for _, row := range rows {
		e, err := storedEntry(t, row)
		if err == nil {
			_, err = c.ledger.Next(e)
		}
		if err != nil {
			return damaged(fmt.Errorf("entry %d: %w", e.Index, err))
		}
	}
	return nil
}

// storedEntry reads a row of the table of entries.
func storedEntry(t store.Carried, row []any) (e ledger.Stored, err error) {
	for i, c := range t.Columns {
		n, _ := row[i].(int64) // of another kind, or null: none
		s, _ := row[i].(string)
		b, _ := row[i].([]byte)
		switch c.Name {
		case "idx":
			e.Index = n
		case "stream":
			e.Stream = s
		case "seq":
			e.Seq = n
		case "at":
			e.At = sqldb.Time(n)
		case "actor":
			e.Actor = s
		case "kind":
			e.Kind = s
		case "event":
			e.Event = s
		case "product":
			e.Product = s
		case "round":
			e.Round = s
		case "hash":
			copy(e.Hash[:], b)
		case "body":
			e.Bytes = []byte(s)
		}
	}
	e.Told, err = ledger.Read(e.Bytes)
	return e, err
}

func (c *check) content(sum string, r io.Reader) error {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return damaged(err)
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return damaged(fmt.Errorf("the content %s is another", sum))
	}
	return nil
}

func (c *check) data(string, []byte) error { return nil }

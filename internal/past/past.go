// Package past makes the programme's data again from the ledger alone: the rows
// that entries tell, in their order, up to any of them, in a database of its
// own. Whoever reads the present by package store reads the past by the same
// statements. What the data means is left to those who read it.
package past

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Past is the data as the entries so far tell it.
type Past struct {
	DB   *sqldb.DB
	Size int64 // entries told so far

	dir     string
	values  Values
	pending map[string]*change // by table and key
	order   []string
}

// Values finds what an entry holds only by a commitment or a hash.
type Values interface {
	// Text is the value behind what stands for it in an entry; a value that is
	// forgotten is "".
	Text(c store.Column, standing string) string
}

// change is what is to be written of one row.
type change struct {
	table  *store.Table
	op     sqldb.Op
	values map[string]any
}

// held bounds the rows that wait to be written.
const held = 20000

// Open starts an empty past in a folder of its own, which Close removes.
func Open(ctx context.Context, v Values) (*Past, error) {
	dir, err := os.MkdirTemp("", "ocopflow-past-*")
	if err != nil {
		return nil, err
	}
	p := &Past{dir: dir, values: v, pending: map[string]*change{}}
	if p.DB, err = sqldb.OpenScratch(ctx, filepath.Join(dir, "past.db")); err == nil {
		err = p.DB.InTx(ctx, store.CreateTold)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close forgets the past.
func (p *Past) Close() error {
	var err error
	if p.DB != nil {
		err = p.DB.Close()
	}
	return errors.Join(err, os.RemoveAll(p.dir))
}

// told is what an entry says of rows.
type told struct {
	Rows []json.RawMessage
}

// Tell adds the rows of the next entry; they wait until Settle. What it cannot
// read is an error, and nothing of that entry is kept.
func (p *Past) Tell(body []byte) error {
	p.Size++
	if !bytes.Contains(body, []byte(`"rows":[[`)) {
		return nil
	}
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return err
	}
	for _, raw := range t.Rows {
		c, err := p.read(raw)
		if err != nil {
			return err
		}
		p.merge(c)
	}
	return nil
}

// Full reports whether so much waits that it should be settled soon.
func (p *Past) Full() bool { return len(p.pending) >= held }

func (p *Past) read(raw json.RawMessage) (*change, error) {
	var op, name string
	values := map[string]any{}
	if err := json.Unmarshal(raw, &[]any{&op, &name, &values}); err != nil {
		return nil, fmt.Errorf("a row cannot be read: %w", err)
	}
	t := store.TableNamed(name)
	if t == nil {
		return nil, fmt.Errorf("a row of an unknown table %q", name)
	}
	c := &change{t, sqldb.Op(op), map[string]any{}}
	for column, v := range values {
		col, ok := t.Column(column)
		if !ok {
			return nil, fmt.Errorf("a row of %s with an unknown column %q", name, column)
		}
		var err error
		if c.values[column], err = p.value(col, v); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", name, column, err)
		}
	}
	if c.op == sqldb.OpPut {
		for _, col := range t.Columns {
			if _, named := c.values[col.Name]; !named {
				c.values[col.Name] = col.Empty()
			}
		}
	}
	return c, nil
}

// value reads a JSON value as the column's.
func (p *Past) value(c store.Column, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool:
		if c.Kind == sqldb.Bool {
			return v, nil
		}
	case float64:
		if c.Kind == sqldb.Int {
			return int64(v), nil
		}
	case string:
		if c.Kind == sqldb.Bytes {
			return hex.DecodeString(v)
		}
		if c.Kind == sqldb.Text {
			return v, nil
		}
	case map[string]any:
		for kind, sum := range v {
			if s, ok := sum.(string); ok && c.Kind == sqldb.Text {
				return p.values.Text(c, kind+":"+s), nil
			}
		}
	}
	return nil, fmt.Errorf("a %T in place of its kind", v)
}

// merge lays a change over what waits for the same row.
func (p *Past) merge(c *change) {
	key := c.key()
	old := p.pending[key]
	switch {
	case old == nil:
		p.order = append(p.order, key)
	case c.op == sqldb.OpSet && old.op != sqldb.OpGone:
		for k, v := range c.values {
			old.values[k] = v
		}
		return
	}
	p.pending[key] = c
}

func (c *change) key() string {
	var b strings.Builder
	b.WriteString(c.table.Name)
	for _, k := range c.table.Key {
		fmt.Fprintf(&b, "\x00%v", c.values[k])
	}
	return b.String()
}

// Settle writes what waits, so that the database can be read.
func (p *Past) Settle(ctx context.Context) error {
	rows := make([]sqldb.Row, 0, len(p.order))
	for _, key := range p.order {
		c := p.pending[key]
		r := sqldb.Row{Op: c.op, Table: c.table.Name}
		for _, col := range c.table.Columns {
			if v, ok := c.values[col.Name]; ok && (c.op != sqldb.OpGone || slices.Contains(c.table.Key, col.Name)) {
				r.Columns, r.Values = append(r.Columns, col.Name), append(r.Values, v)
			}
		}
		rows = append(rows, r)
	}
	p.pending, p.order = map[string]*change{}, nil
	return p.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.Replay(ctx, tx, rows) })
}

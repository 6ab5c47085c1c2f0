// Package past makes the programme's data again from the ledger alone: the rows
// that entries tell, in their order, up to any of them, in a database of its
// own. Whoever reads the present by package store reads the past by the same
// statements. What the data means is left to those who read it.
package past

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/ledger"
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

// Tell adds the rows of the next entry; they wait until Settle. What it cannot
// read is an error, and nothing of that entry is kept.
func (p *Past) Tell(rows []ledger.ToldRow) error {
	p.Size++
	changes := make([]*change, len(rows))
	for i, r := range rows {
		var err error
		if changes[i], err = p.read(r); err != nil {
			return err
		}
	}
	for _, c := range changes {
		p.merge(c)
	}
	return nil
}

// Full reports whether so much waits that it should be settled soon.
func (p *Past) Full() bool { return len(p.pending) >= held }

func (p *Past) read(r ledger.ToldRow) (*change, error) {
	t := store.TableNamed(r.Table)
	if t == nil {
		return nil, fmt.Errorf("a row of an unknown table %q", r.Table)
	}
	c := &change{t, sqldb.Op(r.Op), make(map[string]any, len(t.Columns))}
	for column, v := range r.Values {
		col, ok := t.Column(column)
		if !ok {
			return nil, fmt.Errorf("a row of %s with an unknown column %q", r.Table, column)
		}
		var err error
		if c.values[column], err = p.value(col, v); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", r.Table, column, err)
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
func (p *Past) value(c store.Column, v json.RawMessage) (any, error) {
	switch {
	case string(v) == "null":
		return nil, nil
	case c.Kind == sqldb.Bool:
		return strconv.ParseBool(string(v))
	case c.Kind == sqldb.Int:
		return strconv.ParseInt(string(v), 10, 64)
	case len(v) > 0 && v[0] == '{':
		var standing map[string]string
		if err := json.Unmarshal(v, &standing); err != nil {
			return nil, err
		}
		for kind, sum := range standing {
			return p.values.Text(c, kind+":"+sum), nil
		}
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil || c.Kind == sqldb.Text {
		return s, err
	}
	return hex.DecodeString(s)
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

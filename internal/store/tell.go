package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
)

// Tell appends a row that was written, in the words of the ledger, and gives the
// private values behind its commitments.
func Tell(b []byte, r sqldb.Row) ([]byte, []ledger.Private, error) {
	way, err := tellingOf(r)
	if err != nil {
		return b, nil, err
	}
	var hidden []ledger.Private
	t := TableNamed(r.Table)
	b = ledger.AppendRow(b, string(r.Op), r.Table)
	for _, c := range way {
		told, p, ok := c.value(t, r)
		if !ok {
			continue
		}
		if p != nil {
			hidden = append(hidden, *p)
		}
		if b, err = ledger.AppendColumn(b, c.Name, told); err != nil {
			return b, nil, err
		}
	}
	return ledger.EndRow(b), hidden, nil
}

// toldColumn is a column of a written row, and where its value lies in it.
type toldColumn struct {
	Column
	at  int
	key bool
}

// tellings are the columns of rows in the order of their names, by table and
// columns as written: worked out once.
var tellings sync.Map

func tellingOf(r sqldb.Row) ([]toldColumn, error) {
	key := r.Table + ":" + strings.Join(r.Columns, ",")
	if way, ok := tellings.Load(key); ok {
		return way.([]toldColumn), nil
	}
	t := TableNamed(r.Table)
	var way []toldColumn
	for i, name := range r.Columns {
		c, ok := t.Column(name)
		if !ok {
			return nil, fmt.Errorf("store: table %s has no column %s", r.Table, name)
		}
		if c.keeping != sealed {
			way = append(way, toldColumn{c, i, slices.Contains(t.Key, name)})
		}
	}
	slices.SortFunc(way, func(a, b toldColumn) int { return strings.Compare(a.Name, b.Name) })
	tellings.Store(key, way)
	return way, nil
}

// value is what is told of a column; false where nothing is.
func (c toldColumn) value(t *Table, r sqldb.Row) (any, *ledger.Private, bool) {
	v := r.Values[c.at]
	if r.Op == sqldb.OpPut && empty(v) && !c.key {
		return nil, nil, false
	}
	told, p := c.tell(t, v)
	return told, p, true
}

// TellValues are the values of a row in the words of the ledger.
func TellValues(r sqldb.Row) (ledger.Map, []ledger.Private, error) {
	way, err := tellingOf(r)
	if err != nil {
		return nil, nil, err
	}
	t := TableNamed(r.Table)
	values := make(ledger.Map, len(way))
	var hidden []ledger.Private
	for _, c := range way {
		told, p, ok := c.value(t, r)
		if !ok {
			continue
		}
		if values[c.Name] = told; p != nil {
			hidden = append(hidden, *p)
		}
	}
	return values, hidden, nil
}

func (c Column) tell(t *Table, v any) (any, *ledger.Private) {
	if b, ok := v.([]byte); ok {
		return hex.EncodeToString(b), nil
	}
	s, ok := v.(string)
	if !ok || s == "" {
		return v, nil
	}
	switch c.keeping {
	case private:
		p := ledger.Private{Field: t.Name + "." + c.Name, Value: s}
		rand.Read(p.Salt[:])
		return ledger.Committed(p.Commitment()), &p
	case body, digest:
		return ledger.Hashed(SHA256(s)), nil
	}
	return s, nil
}

// SHA256 of a text, in hex.
func SHA256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// empty is a value that a put row need not name.
func empty(v any) bool { return v == nil || v == "" || v == int64(0) || v == false }

// OwnerOf is the product or petition that a row belongs to, "" for none.
func OwnerOf(r sqldb.Row) string {
	t := TableNamed(r.Table)
	for _, column := range []string{t.Product, t.petition} {
		if i := slices.Index(r.Columns, column); i >= 0 {
			if id, _ := r.Values[i].(string); id != "" {
				return id
			}
		}
	}
	return ""
}

// ToldOwner is OwnerOf for a row as an entry tells it.
func ToldOwner(r ledger.ToldRow) string {
	t := TableNamed(r.Table)
	if t == nil {
		return ""
	}
	for _, column := range []string{t.Product, t.petition} {
		var id string
		if err := json.Unmarshal(r.Values[column], &id); err == nil && id != "" {
			return id
		}
	}
	return ""
}

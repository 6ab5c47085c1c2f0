package store

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
)

// Tell puts a row that was written into the words of the ledger, with the
// private values behind its commitments.
func Tell(r sqldb.Row) (ledger.Row, []ledger.Private, error) {
	values, hidden, err := TellValues(r)
	if err != nil {
		return nil, nil, err
	}
	row, err := ledger.NewRow(string(r.Op), r.Table, values)
	return row, hidden, err
}

// TellValues are the values of a row in the words of the ledger.
func TellValues(r sqldb.Row) (ledger.Map, []ledger.Private, error) {
	t := TableNamed(r.Table)
	values := make(ledger.Map, len(r.Columns))
	var hidden []ledger.Private
	for i, name := range r.Columns {
		c, ok := t.Column(name)
		if !ok {
			return nil, nil, fmt.Errorf("store: table %s has no column %s", r.Table, name)
		}
		v := r.Values[i]
		if c.keeping == sealed || r.Op == sqldb.OpPut && empty(v) && !slices.Contains(t.Key, name) {
			continue
		}
		told, p := c.tell(t, v)
		values[name] = told
		if p != nil {
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
	if i := slices.Index(r.Columns, cmp.Or(t.Product, t.petition)); i >= 0 {
		id, _ := r.Values[i].(string)
		return id
	}
	return ""
}

package privacy

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// telling is a private value as an entry tells it, in its data or as a column of
// a row.
type telling struct {
	commitment string
	entry      int64
	field      string
	value      string

	table  *store.Table // nil in data
	column store.Column
	key    []any
}

// tellings are the private values that an entry commits to.
func tellings(l store.Line) (out []telling, err error) {
	var e struct {
		Data map[string]any
		Rows [][3]any
	}
	if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
		return nil, fmt.Errorf("entry %d: %w", l.Index, err)
	}
	for field, v := range e.Data {
		if c := committed(v); c != "" {
			out = append(out, telling{commitment: c, entry: l.Index, field: field})
		}
	}
	for _, r := range e.Rows {
		name, _ := r[1].(string)
		values, _ := r[2].(map[string]any)
		t := store.TableNamed(name)
		for column, v := range values {
			c := committed(v)
			if c == "" || t == nil {
				continue
			}
			key, err := keyOf(t, values)
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", l.Index, err)
			}
			col, _ := t.Column(column)
			out = append(out, telling{commitment: c, entry: l.Index, field: name + "." + column, table: t, column: col, key: key})
		}
	}
	slices.SortFunc(out, func(a, b telling) int { return strings.Compare(a.field+a.commitment, b.field+b.commitment) })
	return out, nil
}

func committed(v any) string {
	m, _ := v.(map[string]any)
	c, _ := m["committed"].(string)
	return c
}

// keyOf reads the key of a row that an entry tells.
func keyOf(t *store.Table, values map[string]any) (key []any, err error) {
	for _, k := range t.Key {
		c, _ := t.Column(k)
		switch v := values[k].(type) {
		case string:
			if c.Kind != sqldb.Bytes {
				key = append(key, v)
				continue
			}
			b, err := hex.DecodeString(v)
			if err != nil {
				return nil, err
			}
			key = append(key, b)
		case float64:
			key = append(key, int64(v))
		default:
			return nil, fmt.Errorf("a row of %s without its %s", t.Name, k)
		}
	}
	return key, nil
}

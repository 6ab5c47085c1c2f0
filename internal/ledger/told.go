package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Told is an entry as its bytes tell it, read once for all who judge it. What
// only some of them look into stays as it is written.
type Told struct {
	Stream, Time, Kind, Event, From, To, Product, Round, Track, Level, Prev string

	Seq       int64
	Actor     Actor
	Procedure Procedure
	Data      map[string]json.RawMessage
	Facts     map[string]json.RawMessage
	Refs      []string
	Rows      []ToldRow
}

// ToldRow is what an entry says of a row of a table.
type ToldRow struct {
	Op, Table string
	Values    map[string]json.RawMessage
}

// Read reads an entry's bytes. The product that its stream names stands where
// the bytes do not repeat it.
func Read(body []byte) (*Told, error) {
	var read struct {
		Told
		Rows [][]json.RawMessage
	}
	if err := json.Unmarshal(body, &read); err != nil {
		return nil, err
	}
	t := &read.Told
	if id, ok := strings.CutPrefix(t.Stream, "product:"); ok && t.Product == "" {
		t.Product = id
	}
	for _, parts := range read.Rows {
		r, err := readRow(parts)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, r)
	}
	return t, nil
}

// readRow reads the form that NewRow writes.
func readRow(parts []json.RawMessage) (r ToldRow, err error) {
	if len(parts) != 3 {
		return r, fmt.Errorf("ledger: a row of %d parts", len(parts))
	}
	for i, into := range []*string{&r.Op, &r.Table} {
		if *into, err = plainText(parts[i]); err != nil {
			return r, err
		}
	}
	return r, json.Unmarshal(parts[2], &r.Values)
}

// plainText is a JSON text of plain letters.
func plainText(b []byte) (string, error) {
	if len(b) < 2 || b[0] != '"' || bytes.IndexByte(b, '\\') >= 0 {
		return "", fmt.Errorf("ledger: %.20q is no plain text", b)
	}
	return string(b[1 : len(b)-1]), nil
}

// CommitmentIn is what stands for a private value in an entry; false for any other
// value.
func CommitmentIn(value []byte) (string, bool) {
	hex, ok := bytes.CutPrefix(value, []byte(`{"committed":"`))
	if !ok {
		return "", false
	}
	hex, ok = bytes.CutSuffix(hex, []byte(`"}`))
	return string(hex), ok
}

// Differs names the first member, in the order of names, in which what an entry
// tells is not what is expected; "" when there is none. Of two commitments
// nobody can say more than that they are there.
func Differs(want Map, told map[string]json.RawMessage) (string, error) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		b, err := Canonical(want[name])
		if err != nil {
			return name, err
		}
		if bytes.Equal(b, told[name]) {
			continue
		}
		_, hidden := CommitmentIn(b)
		if _, also := CommitmentIn(told[name]); !hidden || !also {
			return name, nil
		}
	}
	if len(told) > len(want) {
		for _, name := range slices.Sorted(maps.Keys(told)) {
			if _, ok := want[name]; !ok {
				return name, nil
			}
		}
	}
	return "", nil
}

package ledger

// Row is what an act did with one row of a table, in canonical bytes:
// ["put","products",{…}]. A row that is put is there as a whole, what it does
// not name being empty; of one that is set the columns named changed; one that
// is gone is named by its key.
type Row []byte

// NewRow writes a row.
func NewRow(op, table string, values Map) (Row, error) {
	return Canonical([]any{op, table, values})
}

// NewRowOf writes a row whose columns are given in the order of their names, so
// that nothing need be sorted: every row of every move passes here.
func NewRowOf(op, table string, names []string, values []any) (Row, error) {
	b := make([]byte, 0, 512)
	b = append(append(append(append(append(b, '[', '"'), op...), '"', ',', '"'), table...), '"', ',', '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), '"', ':')
		var err error
		if b, err = appendValue(b, values[i]); err != nil {
			return nil, err
		}
	}
	return append(b, '}', ']'), nil
}

// Committed stands for a private value in an entry.
func Committed(commitment string) Map { return Map{"committed": commitment} }

// Hashed stands for a value that an entry knows by its SHA-256 alone.
func Hashed(sum string) Map { return Map{"sha256": sum} }

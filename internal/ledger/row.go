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

// AppendRow writes a row whose columns follow in the order of their names, so
// that nothing need be sorted: every row of every move passes here.
func AppendRow(b []byte, op, table string) []byte {
	return append(append(append(append(append(b, `["`...), op...), `","`...), table...), `",{`...)
}

// AppendColumn writes the next column.
func AppendColumn(b []byte, name string, value any) ([]byte, error) {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return appendValue(append(append(append(b, '"'), name...), `":`...), value)
}

// EndRow ends a row.
func EndRow(b []byte) []byte { return append(b, `}]`...) }

// Committed stands for a private value in an entry.
func Committed(commitment string) Map { return Map{"committed": commitment} }

// Hashed stands for a value that an entry knows by its SHA-256 alone.
func Hashed(sum string) Map { return Map{"sha256": sum} }

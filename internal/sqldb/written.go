package sqldb

import "slices"

// Op is what a transaction did with a row.
type Op string

// Operations on rows.
const (
	OpPut  Op = "put"  // it is there now, as a whole: columns not named are empty
	OpSet  Op = "set"  // the columns named have other values
	OpGone Op = "gone" // it is not there any more
)

// Row is one row that a transaction wrote. Values are string, int64, bool,
// []byte or nil, as in a Set; the row's key is among them.
type Row struct {
	Op      Op
	Table   string
	Columns []string
	Values  []any
}

// Note says that the transaction wrote rows, so that whoever commits can enter
// them in the ledger.
func (tx *Tx) Note(row Row) { tx.written = append(tx.written, row) }

// Expect makes room for so many rows to be noted.
func (tx *Tx) Expect(rows int) { tx.written = slices.Grow(tx.written, rows) }

// Written takes what was noted since the last call.
func (tx *Tx) Written() []Row {
	rows := tx.written
	tx.written = nil
	return rows
}

// Rehearse gives a transaction in which nothing is written: it only notes what
// would be. There is nothing in it to read.
func Rehearse() *Tx { return &Tx{dialect: SQLite} }

// Rehearsal reports whether nothing is written.
func (tx *Tx) Rehearsal() bool { return tx.tx == nil }

// Writes reports whether the transaction may write: a snapshot may not, and a
// rehearsal does not.
func (tx *Tx) Writes() bool { return tx.conn != nil || tx.ahead != nil }

package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// ErrAhead is what reading comes to in a transaction that has not begun.
var ErrAhead = errors.New("sqldb: nothing can be read before the transaction has begun")

// Ahead gives a transaction that is prepared before it begins: what must be
// written is kept until another one follows it, and nothing can be read.
func (db *DB) Ahead() *Tx {
	return &Tx{tx: nothing(), dialect: db.dialect, ahead: &[]later{}}
}

// later is something to be written once there is a transaction.
type later func(context.Context, *Tx) error

// Follow writes what another transaction has kept. It may be followed again, by
// one that is tried again.
func (tx *Tx) Follow(ctx context.Context, prepared *Tx) error {
	for _, write := range *prepared.ahead {
		if err := write(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// Send sends what waits to be sent: the commit is all that is left.
func (tx *Tx) Send(ctx context.Context) error { return tx.ready(ctx) }

// keep lets a write be done by whoever follows; false in a transaction that has
// begun.
func (tx *Tx) keep(write later) bool {
	if tx.ahead == nil {
		return false
	}
	*tx.ahead = append(*tx.ahead, write)
	return true
}

// nothing answers every question with ErrAhead.
var nothing = sync.OnceValue(func() *sql.DB { return sql.OpenDB(unopened{}) })

type unopened struct{}

func (unopened) Connect(context.Context) (driver.Conn, error) { return nil, ErrAhead }
func (unopened) Driver() driver.Driver                        { return nil }

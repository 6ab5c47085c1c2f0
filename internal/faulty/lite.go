package faulty

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"path/filepath"
	"sync"

	"modernc.org/sqlite"
)

// Between sees SQLite's driver through the seam.
func (s *Seam) Between(d driver.Driver) driver.Driver { return liteDriver{d, s} }

type liteDriver struct {
	driver.Driver
	seam *Seam
}

// Open implements driver.Driver.
func (d liteDriver) Open(name string) (driver.Conn, error) {
	if d.seam.Dead() {
		return nil, unreachable()
	}
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return &liteConn{c.(fullConn), d.seam}, nil
}

// unreachable is an error of SQLite's own, whose class the program knows.
var unreachable = sync.OnceValue(func() error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join("nowhere", "at", "all"))
	if err == nil {
		err = db.Ping()
		_ = db.Close() // never opened
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		panic("SQLite opened a file that cannot be")
	}
	return lite
})

type fullConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type liteConn struct {
	fullConn
	seam *Seam
}

// Prepare implements driver.Conn.
func (c *liteConn) Prepare(text string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *liteConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	st, err := c.fullConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &liteStmt{st.(fullStmt), c.seam, Name(text)}, nil
}

// Begin implements driver.Conn.
func (c *liteConn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx implements driver.ConnBeginTx.
func (c *liteConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.ReadOnly { // a snapshot
		if c.seam.Dead() {
			return nil, unreachable()
		}
		return c.fullConn.BeginTx(ctx, o)
	}
	var tx driver.Tx
	err := c.seam.around("begin", unreachable(), func() (err error) { tx, err = c.fullConn.BeginTx(ctx, o); return err })
	if err != nil {
		if tx != nil && !c.seam.Dead() {
			_ = tx.Rollback() // its caller does not know of it
		}
		return nil, err
	}
	return liteTx{tx, c.seam}, nil
}

type liteTx struct {
	driver.Tx
	seam *Seam
}

// Commit implements driver.Tx. One that fails is rolled back, as the driver does.
func (t liteTx) Commit() error {
	tried := false
	err := t.seam.around("commit", unreachable(), func() error { tried = true; return t.Tx.Commit() })
	if !tried && !t.seam.Dead() {
		_ = t.Tx.Rollback() // the first error is the one to tell
	}
	return err
}

// Rollback implements driver.Tx. The dead do not roll back.
func (t liteTx) Rollback() error {
	if t.seam.Dead() {
		return unreachable()
	}
	return t.Tx.Rollback()
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type liteStmt struct {
	fullStmt
	seam *Seam
	name string
}

// ExecContext implements driver.StmtExecContext.
func (st *liteStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	err = st.seam.around(st.name, unreachable(), func() (err error) { r, err = st.fullStmt.ExecContext(ctx, args); return err })
	return r, err
}

// QueryContext implements driver.StmtQueryContext.
func (st *liteStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = st.seam.around(st.name, unreachable(), func() (err error) { rows, err = st.fullStmt.QueryContext(ctx, args); return err })
	if err != nil && rows != nil {
		spare := make([]driver.Value, len(rows.Columns()))
		for rows.Next(spare) == nil { // it takes effect as it is read
		}
		return nil, errors.Join(err, rows.Close())
	}
	return rows, err
}

var _ io.Closer = (*liteStmt)(nil)

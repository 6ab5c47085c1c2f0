package sqldb

import (
	"context"
	"database/sql/driver"
)

// maxPrepared bounds the statements that a connection keeps prepared. Those of
// package store are constants, a few hundred; lists with filters make more.
const maxPrepared = 512

// preparing opens connections that keep their statements prepared. SQLite reads
// and plans a text anew with each call, which for a batch of moves took half of
// its time; pgx does the same for Postgres by itself.
type preparing struct {
	driver driver.Driver
	name   string
}

// Connect implements driver.Connector.
func (p preparing) Connect(context.Context) (driver.Conn, error) {
	c, err := p.driver.Open(p.name)
	if err != nil {
		return nil, err
	}
	return &preparedConn{liteConn: c.(liteConn), idle: map[string]liteStmt{}}, nil
}

// Driver implements driver.Connector.
func (p preparing) Driver() driver.Driver { return p.driver }

// plain opens connections that are the driver's own.
type plain preparing

// Connect implements driver.Connector.
func (p plain) Connect(context.Context) (driver.Conn, error) { return p.driver.Open(p.name) }

// Driver implements driver.Connector.
func (p plain) Driver() driver.Driver { return p.driver }

// liteConn is what the driver's connections can do.
type liteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedConn is used by one goroutine at a time, as database/sql sees to. A
// statement whose rows are still being read is out of the map, so that the same
// text can be asked again meanwhile.
type preparedConn struct {
	liteConn
	idle map[string]liteStmt
}

func (c *preparedConn) take(ctx context.Context, text string) (liteStmt, error) {
	if s, ok := c.idle[text]; ok {
		delete(c.idle, text)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.(liteStmt), nil
}

func (c *preparedConn) give(text string, s liteStmt) error {
	if _, ok := c.idle[text]; ok {
		return s.Close()
	}
	for old, x := range c.idle { // any will do
		if len(c.idle) < maxPrepared {
			break
		}
		delete(c.idle, old)
		if err := x.Close(); err != nil {
			return err
		}
	}
	c.idle[text] = s
	return nil
}

// ExecContext implements driver.ExecerContext.
func (c *preparedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := s.ExecContext(ctx, args)
	if err != nil {
		s.Close() // its error was said
		return nil, err
	}
	return r, c.give(text, s)
}

// QueryContext implements driver.QueryerContext.
func (c *preparedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(ctx, args)
	if err != nil {
		s.Close() // its error was said
		return nil, err
	}
	return &preparedRows{r, c, text, s}, nil
}

// Close implements driver.Conn.
func (c *preparedConn) Close() error {
	for _, s := range c.idle {
		s.Close() // the connection's end says what matters
	}
	clear(c.idle)
	return c.liteConn.Close()
}

// preparedRows give their statement back at their end.
type preparedRows struct {
	driver.Rows
	conn *preparedConn
	text string
	stmt liteStmt
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		r.stmt.Close() // its error was said
		return err
	}
	return r.conn.give(r.text, r.stmt)
}

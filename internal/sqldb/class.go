package sqldb

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Postgres says what happened by SQLSTATE, SQLite by extended result code.
// Both are stable; texts are not, and are never compared.

// Unique reports that a row with the same key exists.
func Unique(err error) bool { return is(err, "23505", 2067, 1555) }

// ForeignKey reports that a row named does not exist, or is still needed.
func ForeignKey(err error) bool { return is(err, "23503", 787) }

// Check reports that a value breaks a CHECK of the schema.
func Check(err error) bool { return is(err, "23514", 275) }

// NoRows reports that nothing was found.
func NoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Retryable reports that the same transaction may succeed when run again.
func Retryable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		low := lite.Code() & 0xff
		return low == 5 || low == 6 // busy, locked
	}
	return errors.Is(err, driver.ErrBadConn)
}

// OnlyReads reports that the database takes no writes: a standby, or one that was
// set to read only.
func OnlyReads(err error) bool {
	if is(err, "25006") {
		return true
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == 8
}

// Unavailable reports that the database could not be reached or is full or
// shutting down, or that the disk does not write: the caller's input was not the reason.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return len(pg.Code) == 5 && (pg.Code[:2] == "08" || pg.Code[:2] == "53" || pg.Code[:2] == "57" || pg.Code == "25006")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case 5, 6, 8, 10, 13, 14: // busy, locked, read-only, i/o, full, cannot open
			return true
		}
	}
	if Full(err) || errors.Is(err, syscall.EIO) || errors.Is(err, syscall.EROFS) {
		return true
	}
	var op net.Error
	return errors.As(err, &op) || errors.Is(err, io.ErrUnexpectedEOF) || // the server is gone in the middle of an answer
		errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, ErrUnknown) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, pgconn.ErrConnClosed)
}

// Full reports that there is no room on a disk, the database's or ours.
func Full(err error) bool {
	return is(err, "53100", 13) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func is(err error, state string, codes ...int) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == state
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		for _, c := range codes {
			if lite.Code() == c {
				return true
			}
		}
	}
	return false
}

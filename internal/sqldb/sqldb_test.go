//go:build unix

package sqldb_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const schema = `CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0), b BYTEA, yes BOOLEAN, up TEXT REFERENCES things (id))`

func open(t *testing.T, address string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Writer().ExecContext(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return db
}

func exec(t *testing.T, db *sqldb.DB, text string, args ...any) error {
	t.Helper()
	return db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	})
}

func TestErrorClassesAreToldByCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		insert := `INSERT INTO things (id, n, up) VALUES ($1, $2, $3)`
		if err := exec(t, db, insert, "a", 1, nil); err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]struct {
			err error
			is  func(error) bool
		}{
			"unique":      {exec(t, db, insert, "a", 1, nil), sqldb.Unique},
			"check":       {exec(t, db, insert, "b", -1, nil), sqldb.Check},
			"foreign key": {exec(t, db, insert, "c", 1, "nobody"), sqldb.ForeignKey},
		} {
			if !x.is(x.err) {
				t.Errorf("%s: %v", name, x.err)
			}
			if sqldb.Retryable(x.err) || sqldb.Unavailable(x.err) {
				t.Errorf("%s: taken for a passing trouble", name)
			}
		}
	})
}

// A connection that broke before it was asked is the database's fault, not the
// asker's, who is told to try again.
func TestAConnectionThatIsClosedIsUnavailable(t *testing.T) {
	t.Parallel()
	c, err := pgx.Connect(t.Context(), dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err = c.Begin(t.Context()); err == nil || !sqldb.Unavailable(err) {
		t.Errorf("%v is not told as unavailable", err)
	}
}

func TestSetsRoundTripEveryKind(t *testing.T) {
	t.Parallel()
	insert := sqldb.Set{SQL: `INSERT INTO things (id, n, b, yes) SELECT c1, c2, c3, c4 FROM {rows}`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Int, sqldb.Bytes, sqldb.Bool}}
	pick := sqldb.Set{SQL: `SELECT id, n, b, yes FROM things WHERE id IN (SELECT c1 FROM {rows}) ORDER BY id`, Columns: []sqldb.Kind{sqldb.Text}}
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		blob := []byte{0, 1, 255, '\'', '"'}
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			n, err := sqldb.ExecSet(ctx, tx, insert, [][]any{
				{`Nước "mắm" \ đ`, int64(1) << 60, blob, true}, {"z", int64(0), nil, nil},
			})
			if n != 2 {
				t.Errorf("%d rows, want 2", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := sqldb.QuerySet(t.Context(), db, pick, [][]any{{`Nước "mắm" \ đ`}, {"z"}, {"nobody"}})
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var ids []string
		for rows.Next() {
			var id string
			var n int64
			var b []byte
			var yes *bool
			if err := rows.Scan(&id, &n, &b, &yes); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
			if id == "z" && (b != nil || yes != nil) {
				t.Errorf("null came back as %v, %v", b, yes)
			}
			if id != "z" && (n != 1<<60 || !bytes.Equal(b, blob) || yes == nil || !*yes) {
				t.Errorf("came back as %d, %v, %v", n, b, yes)
			}
		}
		if strings.Join(ids, "|") != `Nước "mắm" \ đ|z` {
			t.Errorf("ids %q", ids)
		}
	})
}

func TestWrongTypeInASetIsAnError(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Postgres(t))
	set := sqldb.Set{SQL: `SELECT c1 FROM {rows}`, Columns: []sqldb.Kind{sqldb.Int}}
	if _, err := sqldb.QuerySet(t.Context(), db, set, [][]any{{"text"}}); err == nil {
		t.Error("a text went through for a number")
	}
	if _, err := sqldb.QuerySet(t.Context(), db, set, [][]any{{int64(1), int64(2)}}); err == nil {
		t.Error("two values went through for one column")
	}
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		wrong := errors.New("wrong")
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO things (id, n) VALUES ('a', 1)`); err != nil {
				return err
			}
			if err := db.InTx(ctx, func(context.Context, *sqldb.Tx) error { return nil }); !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("a nested transaction: %v", err)
			}
			return wrong
		})
		if !errors.Is(err, wrong) {
			t.Errorf("got %v, want %v", err, wrong)
		}
		var n int
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM things`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows, %v; want none", n, err)
		}
	})
}

func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		if err := exec(t, db, `INSERT INTO things (id, n) VALUES ('a', 0)`); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					err := db.InTx(context.Background(), func(ctx context.Context, tx *sqldb.Tx) error {
						var n int64
						if err := tx.QueryRow(ctx, `SELECT n FROM things WHERE id = 'a' {lock}`).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE things SET n = $1 WHERE id = 'a'`, n+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int
		if err := db.QueryRow(t.Context(), `SELECT n FROM things`).Scan(&n); err != nil || n != 160 {
			t.Errorf("%d, %v; want 160", n, err)
		}
	})
}

func TestSQLiteKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.SQLite(t))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := db.Writer().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

func TestMomentsRoundTripToTheMicrosecond(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 3, 22, 1, 2, 3, 456789000, time.UTC)
	if got := sqldb.Time(sqldb.Micros(at)); !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "mysql://x", "sqlite:", "postgres://nobody:secret@127.0.0.1:1/x?connect_timeout=1"} {
		_, err := sqldb.Open(t.Context(), address)
		if err == nil {
			t.Errorf("%q opened", address)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in the message: %v", err)
		}
	}
}

//go:build unix

package app

import (
	"compress/bzip2"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
)

// older unpacks a database that an earlier program made (testdata/older; how they
// are made stands in docs/adr/0043).
func older(t *testing.T, packed string) string {
	t.Helper()
	f, err := os.Open(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := filepath.Join(t.TempDir(), "ocopflow.db")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, bzip2.NewReader(f)); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + name
}

// A database that an earlier program made opens with this one: as it is, and
// brought to Postgres at its own schema and migrated there. Every entry keeps its
// place under the same root, the audit finds nothing, and it is worked on further.
func TestDatabasesOfEarlierProgramsOpen(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/older/*.db.bz2")
	if err != nil || len(names) < 2 {
		t.Fatalf("%d earlier databases, %v", len(names), err)
	}
	for _, packed := range names {
		t.Run(strings.TrimSuffix(filepath.Base(packed), ".db.bz2"), func(t *testing.T) {
			t.Parallel()
			address := older(t, packed)
			db, err := sqldb.Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			schema, err := migrations.Version(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			was, err := store.LoadHead(t.Context(), db)
			if err != nil || was.Tree.Size < 100 {
				t.Fatalf("%d entries, %v", was.Tree.Size, err)
			}
			file, h := backUp(t, db, t.TempDir(), "")
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if h.Schema != schema {
				t.Errorf("kept as schema %d, not %d", h.Schema, schema)
			}
			there := bare(t, dbtest.Postgres(t))
			moved, done, err := bringBack(t, file, there, t.TempDir(), "")
			if err != nil || done.Audit.Root != was.Tree.Root().String() {
				t.Fatalf("to Postgres: %+v %v", done.Audit, err)
			}
			if err := moved.Close(); err != nil {
				t.Fatal(err)
			}
			for _, place := range []string{address, there} {
				worksOn(t, place, schema, was)
			}
		})
	}
}

// bare takes the tables away that a database of the tests begins with.
func bare(t *testing.T, address string) string {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Writer().ExecContext(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
	return address
}

func worksOn(t *testing.T, place string, schema int64, was store.Head) {
	t.Helper()
	a, err := openPlain(t, Config{Database: place})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if now, err := migrations.Version(t.Context(), a.DB); err != nil || now <= schema {
		t.Errorf("schema %d after %d, %v", now, schema, err)
	}
	report, err := audit.Verify(t.Context(), a.DB, audit.Options{})
	if err != nil || !report.OK || report.Entries <= was.Tree.Size {
		t.Errorf("%s: %+v %v", a.DB.Dialect(), report, err)
	}
	if g, err := a.Notary.Consistency(t.Context(), was.Tree.Size, 0); err != nil || g.FromRoot != was.Tree.Root().String() {
		t.Errorf("it does not continue what was: %+v %v", g, err)
	}
}

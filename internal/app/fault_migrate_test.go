//go:build unix

package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/faulty"
	"ocopflow/internal/sqldb"
	"ocopflow/migrations"
)

// migrateFrom is the schema that the table of faults goes on from; River's tables
// are not there yet.
const migrateFrom = 44

// A migration that fails or is killed at any step is taken up by the next start,
// and comes to the same schema.
func TestMigrationsSurviveFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		base := dbtest.Empty(t, address)
		if err := upTo(t, base, migrateFrom); err != nil {
			t.Fatal(err)
		}
		m := &migrating{t: t, base: base}
		if failed, _ := m.up(t, "", faulty.None); failed != nil {
			t.Fatal(failed)
		}
		m.want, m.version = m.schema, m.reached
		var steps []string
		for _, s := range m.seen {
			if !strings.HasPrefix(s, "read") && !strings.HasPrefix(s, "begin ") && s != "pragma" && s != "" && s != "set" {
				steps = append(steps, s)
			}
		}
		for _, s := range []string{"begin", "insert goose_db_version", "commit", "create table river_migration"} {
			if !slices.Contains(steps, s) {
				t.Errorf("the step %q was never come to, only %q", s, steps)
			}
		}
		if os.Getenv("OCOPFLOW_FAULTS") == "all" {
			m.base = dbtest.Empty(t, address)
		}
		for _, s := range steps {
			for _, how := range []faulty.How{faulty.Before, faulty.After, faulty.Killed} {
				err, hit := m.up(t, s, how)
				switch {
				case !hit:
					t.Errorf("%s, %s: the step was never come to", s, how)
				case m.version != m.reached || m.want != m.schema:
					t.Errorf("%s, %s: failed with %v, then came to version %d, want %d:\n%s", s, how, err, m.reached, m.version, m.schema)
				}
			}
		}
		t.Logf("%d cells: %q", 3*len(steps), steps)
	})
}

type migrating struct {
	t                *testing.T
	base             string
	seen             []string
	schema, want     string
	reached, version int64
}

// up migrates a twin with a fault, then without, and looks at what it came to.
func (m *migrating) up(t *testing.T, step string, how faulty.How) (failed error, hit bool) {
	t.Helper()
	where, seam := dbtest.Twin(t, m.base), faulty.New()
	through, image := where, filepath.Join(t.TempDir(), "image.db")
	file, lite := strings.CutPrefix(where, "sqlite:")
	if lite {
		seam.OnDeath(func() {
			if err := dbtest.Image(file, image); err != nil {
				t.Error(err)
			}
		})
	} else {
		wire, address, err := seam.Wire(where)
		if err != nil {
			t.Fatal(err)
		}
		defer wire.Close()
		through = address
	}
	db, err := sqldb.OpenThrough(t.Context(), through, seam.Between)
	if err != nil {
		t.Fatal(err)
	}
	seam.Arm(step, how)
	_, failed = migrations.Up(t.Context(), db)
	hit, m.seen = seam.Disarm(), seam.Seen()
	_ = db.Close() // one that is gone does not close well
	if !lite {
		dbtest.Alone(t, where)
	} else if seam.Dead() {
		where = "sqlite:" + image
	}
	if db, err = sqldb.Open(t.Context(), where); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Errorf("%s, %s: the next start: %v", step, how, err)
	}
	if m.reached, err = migrations.Version(t.Context(), db); err != nil {
		t.Error(err)
	}
	m.schema = schemaOf(t, db)
	return failed, hit
}

func upTo(t *testing.T, address string, version int64) error {
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		return err
	}
	defer db.Close()
	return migrations.UpTo(context.Background(), db, version)
}

func schemaOf(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	text := `SELECT type, name, COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2`
	if db.Dialect() == sqldb.Postgres {
		text = `SELECT table_name, column_name, data_type || is_nullable FROM information_schema.columns WHERE table_schema = current_schema()
			UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2`
	}
	rows, err := db.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out strings.Builder
	for rows.Next() {
		var a, b, c string
		if err := rows.Scan(&a, &b, &c); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, a, b, c)
	}
	return out.String()
}

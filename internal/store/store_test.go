//go:build unix

package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
	"ocopflow/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func open(t *testing.T, address string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// sets are all statements that take rows.
var sets = map[string]sqldb.Set{
	"setProducts": setProducts, "setInsertProducts": setInsertProducts, "setMoveProducts": setMoveProducts, "setDue": setDue,
	"setOpenRounds": setOpenRounds, "setInsertRounds": setInsertRounds, "setSaveRounds": setSaveRounds, "setActs": setActs,
	"setInsertActs": setInsertActs, "setClearTimers": setClearTimers, "setTimers": setTimers, "setDropTimers": setDropTimers, "setMarks": setMarks, "setInsertMarks": setInsertMarks, "setExtensions": setExtensions, "setAnswers": setAnswers,
	"setSaveAnswers": setSaveAnswers, "setDocuments": setDocuments, "setInspections": setInspections,
	"setInsertInspections": setInsertInspections, "setCertificates": setCertificates, "setTaken": setTaken,
	"setInsertCertificates": setInsertCertificates, "setAmend": setAmend, "setStreams": setStreams,
	"setSaveStreams": setSaveStreams, "setEntries": setEntries, "setSubtrees": setSubtrees, "setPrivate": setPrivate,
	"setCampaignVersions": setCampaignVersions, "setCancelSessions": setCancelSessions, "setProducers": setProducers,
}

// constants are all statements of the package, read from its source so that a
// new one cannot be forgotten.
func constants(t *testing.T) (texts map[string]string, setNames []string) {
	t.Helper()
	texts = map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]ast.Expr{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for i, id := range spec.Names {
					if i < len(spec.Values) {
						values[id.Name] = spec.Values[i]
					}
					if strings.HasPrefix(id.Name, "set") {
						setNames = append(setNames, id.Name)
					}
				}
			}
			return true
		})
	}
	var text func(ast.Expr) string
	text = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			return strings.Trim(e.Value, "`\"")
		case *ast.BinaryExpr:
			return text(e.X) + text(e.Y)
		case *ast.Ident:
			return text(values[e.Name])
		}
		return ""
	}
	for name, v := range values {
		if strings.HasPrefix(name, "sql") {
			texts[name] = text(v)
		}
	}
	return texts, setNames
}

func TestEveryStatementIsPreparedOnBothDatabases(t *testing.T) {
	t.Parallel()
	texts, names := constants(t)
	for _, name := range names {
		if _, ok := sets[name]; !ok {
			t.Errorf("%s is missing from the table of sets", name)
		}
	}
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		prepare := func(name, text string) {
			s, err := db.Writer().PrepareContext(t.Context(), text)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
				return
			}
			s.Close()
		}
		for name, text := range texts {
			prepare(name, db.Dialect().Text(text))
		}
		for name, s := range sets {
			prepare(name, s.Text(db.Dialect()))
		}
		t.Logf("%d statements, %d sets", len(texts), len(sets))
	})
}

func TestEntriesAreAppendOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		insert := `INSERT INTO entries (idx, stream, seq, at, actor, kind, event, product, round, hash, body) VALUES (0, 's', 1, 0, 'a', 'k', 'e', NULL, NULL, 'h', '{}')`
		subtree := `INSERT INTO subtrees (level, idx, hash) VALUES (1, 0, 'h')`
		for _, text := range []string{insert, subtree} {
			if _, err := db.Writer().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		forbidden := []string{
			`UPDATE entries SET body = 'x'`, `DELETE FROM entries`, `UPDATE subtrees SET hash = 'x'`, `DELETE FROM subtrees`,
		}
		if db.Dialect() == sqldb.Postgres {
			forbidden = append(forbidden, `TRUNCATE entries`, `TRUNCATE subtrees`)
		} else {
			forbidden = append(forbidden, strings.Replace(insert, "INSERT", "REPLACE", 1), strings.Replace(subtree, "INSERT", "INSERT OR REPLACE", 1))
		}
		for _, text := range forbidden {
			if _, err := db.Writer().ExecContext(t.Context(), text); err == nil {
				t.Errorf("%s was let through", text)
			}
		}
	})
}

//go:build unix

package pgprivate

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestACommittedRowSurvivesAKill(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		dir := s.dir
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", dir, err)
		}
	})
	run(t, s, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1)")
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(t, s, "SELECT 1/count(*) FROM kept")
}

func run(t *testing.T, s *Server, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, text := range statements {
		if _, err := c.Exec(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

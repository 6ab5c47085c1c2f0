//go:build unix

package bench

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/pgprivate"
	"ocopflow/internal/sqldb"
)

// A short run has a row for each contestant and number of clients, says which
// settings were in force, and holds the engine to a peer as to the yardsticks.
func TestAShortRunMeasuresEverybody(t *testing.T) {
	t.Parallel()
	stopped := false
	r, err := Run(t.Context(), Settings{Clients: []int{1, 4}, Each: 100 * time.Millisecond, Runs: 1, Products: 40, Peers: []Peer{stepPeer(t, &stopped)}})
	if err != nil || !stopped {
		t.Fatalf("the peer was stopped: %v; %v", stopped, err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Rows []struct {
			Contestant, Database string
			Clients              int
			MovesPerS            float64 `json:"moves_per_s"`
			P50                  int64   `json:"p50_us"`
			P95                  int64   `json:"p95_us"`
			P99                  int64   `json:"p99_us"`
		}
		Settings map[string]map[string]string
	}
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, x := range told.Rows {
		who = append(who, x.Contestant+" "+x.Database)
		if x.MovesPerS <= 0 || x.P50 <= 0 || x.P95 < x.P50 || x.P99 < x.P95 {
			t.Errorf("%+v", x)
		}
	}
	slices.Sort(who)
	want := []string{"engine postgres", "engine sqlite", "http postgres", "http sqlite", "pgbench-cte postgres", "pgbench-transaction postgres", "sqlite-transaction sqlite", "step-peer postgres"}
	if got := slices.Compact(slices.Clone(who)); !slices.Equal(got, want) || len(who) != 2*len(want) {
		t.Errorf("contestants %v", who)
	}
	if got := told.Settings; got["postgres"]["synchronous_commit"] != "on" || got["postgres"]["fsync"] != "on" || got["sqlite"]["synchronous"] != "2" {
		t.Errorf("settings %v", got)
	}
	if len(r.Ratios) != 16 {
		t.Errorf("%d ratios, want 16: %+v", len(r.Ratios), r.Ratios)
	}
	var out strings.Builder
	if r.Text(&out); !strings.Contains(out.String(), "sqlite-transaction") || !strings.Contains(out.String(), " ×") {
		t.Error(out.String())
	}
}

// Where nothing is flushed, nothing is measured.
func TestADatabaseThatDoesNotFlushIsRefused(t *testing.T) {
	t.Parallel()
	pg, err := pgprivate.Start(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	if _, err := Run(t.Context(), Settings{Database: pg.URL("postgres"), Clients: []int{1}, Each: time.Millisecond, Runs: 1, Products: 10}); !errors.Is(err, ErrRelaxed) {
		t.Errorf("%v, want %v", err, ErrRelaxed)
	}
	// The refused run left its tables: nobody's data is measured upon.
	if _, err := Run(t.Context(), Settings{Database: pg.URL("postgres"), Clients: []int{1}, Each: time.Millisecond, Runs: 1}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("%v, want %v", err, ErrNotEmpty)
	}
}

func TestAFileThatIsThereIsLeftAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "office.db")
	if err := os.WriteFile(file, []byte("something"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), Settings{Database: "sqlite:" + file}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("%v, want %v", err, ErrNotEmpty)
	}
	for _, s := range []Settings{{Clients: []int{0}}, {Each: -1}, {Runs: -1}, {Clients: []int{100_000}}} {
		if _, err := Run(t.Context(), s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}

// What was measured can be verified like any office's ledger.
func TestMeasuredMovesVerify(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "measured.db")
	r, err := Run(t.Context(), Settings{Database: "sqlite:" + file, Clients: []int{4}, Each: 100 * time.Millisecond, Runs: 1, Products: 20})
	if err != nil || len(r.Rows) != 3 {
		t.Fatalf("%+v %v", r.Rows, err)
	}
	db, err := sqldb.Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report, err := audit.Verify(t.Context(), db, audit.Options{})
	if err != nil || !report.OK || report.Entries < 60 {
		t.Errorf("%+v %v", report, err)
	}
}

//go:build unix

package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/pgprivate"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// TestKillLoop kills the server at random moments during a stream of moves.
// What was acknowledged must be there, nothing may be half applied, and the
// ledger must recompute. OCOPFLOW_KILLS says how often; `make chaos` says 50.
func TestKillLoop(t *testing.T) {
	kills := 5
	if s := os.Getenv("OCOPFLOW_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(t.TempDir(), "ocopflow")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "../../cmd/ocopflow").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	t.Run("sqlite", func(t *testing.T) { killLoop(t, binary, dbtest.SQLite(t), kills) })
	t.Run("postgres", func(t *testing.T) {
		pg, err := pgprivate.Start(t.Context(), false) // flushes as a real one
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := pg.Stop(); err != nil {
				t.Error(err)
			}
		})
		killLoop(t, binary, pg.URL("postgres"), kills)
	})
}

// acknowledged are the entries that the server said it had written, by index.
type acknowledged struct {
	mu      sync.Mutex
	entries map[int64]string
}

func killLoop(t *testing.T, binary, address string, kills int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	acks, data := &acknowledged{entries: map[int64]string{}}, t.TempDir()
	for round := range kills {
		s := startServer(t, binary, address, data)
		ctx, stop := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for _, p := range s.products(t) {
			for n := range 3 {
				clients.Go(func() { s.stream(ctx, p, fmt.Sprintf("%d-%d", round, n), acks) })
			}
		}
		time.Sleep(time.Duration(50+random.IntN(250)) * time.Millisecond) // the moment of the kill is what is random here
		if err := s.process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = s.process.Wait() // it was killed
		stop()
		clients.Wait()
		lookInto(t, address, acks)
		if t.Failed() {
			t.Fatalf("after kill %d", round+1)
		}
	}
	t.Logf("%d kills, %d acknowledged moves, all there", kills, len(acks.entries))
	if len(acks.entries) < kills {
		t.Errorf("only %d moves in %d rounds: the stream did not run", len(acks.entries), kills)
	}
}

type server struct {
	process *exec.Cmd
	address string
	token   string
}

func startServer(t *testing.T, binary, database, data string) *server {
	t.Helper()
	s := &server{process: exec.Command(binary, "serve", "--demo", "--json", "--database", database, "--data", data, "--listen", "127.0.0.1:0")}
	var log bytes.Buffer
	s.process.Stderr = &log
	out, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		_ = s.process.Wait()
		t.Fatalf("the server did not start: %v\n%s", err, log.String())
	}
	var ready struct {
		Address  string
		Accounts []DemoAccount
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatal(err)
	}
	s.address = ready.Address
	for _, a := range ready.Accounts {
		if a.Name == "office" {
			s.token = a.Token
		}
	}
	return s
}

func (s *server) request(ctx context.Context, method, path, key string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.address+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// products whose certificate is in force: they can go round and round.
func (s *server) products(t *testing.T) []string {
	t.Helper()
	var page struct{ Items []struct{ ID, Code string } }
	if err := s.request(t.Context(), "GET", "/products", "", nil, &page); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range page.Items {
		if p.Code == fishSauce || p.Code == simWine {
			out = append(out, p.ID)
		}
	}
	return out
}

// stream begins and abandons upgrades until the server is gone.
func (s *server) stream(ctx context.Context, product, name string, acks *acknowledged) {
	for n := 0; ctx.Err() == nil; n++ {
		for _, event := range []string{"begin_upgrade", "abandon"} {
			var a struct {
				Entry struct {
					Index int64
					Hash  string
				}
			}
			body := map[string]any{"event": event, "comment": "chạy thử"}
			err := s.request(ctx, "POST", "/products/"+product+"/transitions", fmt.Sprintf("%s-%s-%d-%s", product, name, n, event), body, &a)
			if err != nil {
				continue // refused because another client was faster, or the server is gone
			}
			acks.mu.Lock()
			acks.entries[a.Entry.Index] = a.Entry.Hash
			acks.mu.Unlock()
		}
	}
}

// lookInto sees what the dead server left: every acknowledged entry, and
// products that stand where their last entry put them.
func lookInto(t *testing.T, address string, acks *acknowledged) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report, err := audit.Verify(t.Context(), db, audit.Options{})
	if err != nil || !report.OK {
		t.Fatalf("ledger: %+v %v", report, err)
	}
	lines, err := store.Lines(t.Context(), db, 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	standing := map[string]ended{}
	for _, l := range lines {
		if want, ok := acks.entries[l.Index]; ok && want != fmt.Sprintf("%x", l.Hash[:]) {
			t.Errorf("entry %d is not the one that was acknowledged", l.Index)
		}
		if l.Kind == "move" {
			var e ended
			if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
				t.Fatal(err)
			}
			standing[l.Stream] = e
		}
	}
	for index := range acks.entries {
		if index >= int64(len(lines)) {
			t.Errorf("acknowledged entry %d is lost: there are %d", index, len(lines))
		}
	}
	for _, code := range []string{fishSauce, simWine} {
		p, err := store.ProductByCode(t.Context(), db, code)
		if err != nil {
			t.Fatal(err)
		}
		if e := standing["product:"+p.ID]; string(p.State) != e.To || p.Version != e.Data.Version {
			t.Errorf("%s stands at %s, version %d; its last entry says %s, %d", code, p.State, p.Version, e.To, e.Data.Version)
		}
	}
}

type ended struct {
	To   string
	Data struct{ Version int64 }
}

//go:build unix

package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
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
// What was acknowledged must be there, nothing may be half applied or stand twice,
// and the ledger must recompute. On Postgres the database is killed as well.
// OCOPFLOW_KILLS says how often; `make chaos` says 1,000.
func TestKillLoop(t *testing.T) {
	kills := asked(t, "OCOPFLOW_KILLS", 5)
	binary, _ := builtBinary(t)
	t.Run("sqlite", func(t *testing.T) { killLoop(t, binary, dbtest.SQLite(t), kills, nil) })
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
		killLoop(t, binary, pg.URL("postgres"), kills, pg)
	})
}

// builtBinary is the program, where every account of the machine may run it.
func builtBinary(t *testing.T) (binary, folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(folder, "ocopflow")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "../../cmd/ocopflow").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	return binary, folder
}

// acknowledged are the entries that the server said it had written, by index.
type acknowledged struct {
	mu       sync.Mutex
	entries  map[int64]string
	unheard  map[string][]string // by client: what it asked for last without hearing, to be asked for again
	repeated int
	read     int64            // entries read by the checks so far
	standing map[string]ended // of streams, by the last entry read
}

// killLoop kills the server, or its database where it has one to kill, or both. A
// server whose database was killed goes on by itself.
func killLoop(t *testing.T, binary, address string, kills int, pg *pgprivate.Server) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	acks := &acknowledged{entries: map[int64]string{}, unheard: map[string][]string{}, standing: map[string]ended{}}
	data, databases := t.TempDir(), 0
	s := startServer(t, binary, address, data)
	products, token := s.products(t), s.token
	for round := range kills {
		ctx, stop := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for i, p := range products {
			for n := range 3 {
				clients.Go(func() { s.stream(ctx, p, fmt.Sprintf("%d-%d", i, n), fmt.Sprint(round), acks) })
			}
		}
		acks.await(t)
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond) // the moment of the kill is what is random here
		database := pg != nil && random.IntN(2) == 0
		if database {
			databases++
			if err := pg.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		goesOn := database && random.IntN(2) == 0
		if !goesOn {
			s.kill(t)
		}
		if database {
			if err := pg.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if goesOn {
			s.recovers(t, products[0], acks)
		}
		stop()
		clients.Wait()
		whole := round%100 == 99 || round == kills-1 || kills < 20 // of a ledger that grows with each round
		lookInto(t, address, acks, products, whole)
		if t.Failed() {
			t.Fatalf("after kill %d", round+1)
		}
		if whole {
			t.Logf("%d kills, %d of them of the database; %d acknowledged moves, all there; %d asked for again", round+1, databases, len(acks.entries), acks.repeated)
		}
		if !goesOn && round < kills-1 {
			s = restart(t, binary, address, data, token)
		}
	}
	s.kill(t)
	if len(acks.entries) < kills {
		t.Errorf("only %d moves in %d rounds: the stream did not run", len(acks.entries), kills)
	}
}

// await waits until one more move is acknowledged, so that something runs.
func (a *acknowledged) await(t *testing.T) {
	t.Helper()
	count := func() int {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.entries)
	}
	before := count()
	for limit := time.Now().Add(time.Minute); count() == before; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("no move was acknowledged for a minute")
		}
	}
}

func (s *server) kill(t *testing.T) {
	t.Helper()
	if s.process.ProcessState != nil {
		return
	}
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.process.Wait() // it was killed
}

// recovers waits until a server whose database was away is ready again, by itself.
func (s *server) recovers(t *testing.T, product string, acks *acknowledged) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		r, err := http.Get(s.address + "/readyz")
		if err == nil {
			_ = r.Body.Close() // only the status counts
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(limit) {
			t.Fatal("the server does not go on after its database came back")
		}
	}
}

type server struct {
	process *exec.Cmd
	address string
	token   string
}

func startServer(t *testing.T, binary, database, data string) *server {
	t.Helper()
	return startWith(t, binary, database, data, "--demo")
}

func startWith(t *testing.T, binary, database, data string, more ...string) *server {
	t.Helper()
	s := &server{process: exec.Command(binary, append([]string{"serve", "--json", "--database", database, "--data", data, "--listen", "127.0.0.1:0"}, more...)...)}
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

// restart runs the server on a demo that is there already.
func restart(t *testing.T, binary, database, data, token string) *server {
	t.Helper()
	s := startWith(t, binary, database, data)
	s.token = token
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
		return refusal(answer.StatusCode)
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// refusal is the status of an answer that is no yes.
type refusal int

func (r refusal) Error() string { return fmt.Sprintf("status %d", int(r)) }

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

// stream begins and abandons upgrades until the server is gone. What a client did
// not hear of is asked for again under its key, first thing in the next round.
func (s *server) stream(ctx context.Context, product, client, round string, acks *acknowledged) {
	ask := func(event, key string) {
		var a struct {
			Entry struct {
				Index int64
				Hash  string
			}
		}
		err := s.request(ctx, "POST", "/products/"+product+"/transitions", key, map[string]any{"event": event, "comment": "kill:" + key}, &a)
		acks.mu.Lock()
		defer acks.mu.Unlock()
		delete(acks.unheard, client)
		var refused refusal
		switch {
		case err == nil:
			acks.entries[a.Entry.Index] = a.Entry.Hash
		case !errors.As(err, &refused) || refused >= 500: // else another client was faster
			acks.unheard[client] = []string{event, key}
		}
	}
	acks.mu.Lock()
	last := acks.unheard[client]
	if last != nil {
		acks.repeated++
	}
	acks.mu.Unlock()
	if last != nil {
		ask(last[0], last[1])
	}
	for n := 0; ctx.Err() == nil; n++ {
		for _, event := range []string{"begin_upgrade", "abandon"} {
			acks.mu.Lock()
			waits := acks.unheard[client] != nil
			acks.mu.Unlock()
			if waits {
				return // the server is gone
			}
			ask(event, fmt.Sprintf("%s-%s-%s-%d-%s", product, client, round, n, event))
		}
	}
}

// lookInto sees what the dead server left: every acknowledged entry, products that
// stand where their last entry put them, and no request twice. The whole ledger is
// recomputed where that is asked for.
func lookInto(t *testing.T, address string, acks *acknowledged, products []string, whole bool) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if whole {
		report, err := audit.Verify(t.Context(), db, audit.Options{})
		if err != nil || !report.OK {
			t.Fatalf("ledger: %+v %v", report, err)
		}
		acks.read = 0
	}
	// A database goes on with what a dead server had sent it: one moment for all.
	if err := db.Snapshot(t.Context(), func(q sqldb.Querier) error { return acks.hold(t, q, products) }); err != nil {
		t.Fatal(err)
	}
}

// hold compares entries and products with what was acknowledged.
func (a *acknowledged) hold(t *testing.T, q sqldb.Querier, products []string) error {
	t.Helper()
	lines, err := store.Lines(t.Context(), q, a.read, 10_000_000)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if want, ok := a.entries[l.Index]; ok && want != fmt.Sprintf("%x", l.Hash[:]) {
			t.Errorf("entry %d is not the one that was acknowledged", l.Index)
		}
		if l.Kind == "move" {
			var e ended
			if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
				return err
			}
			a.standing[l.Stream] = e
		}
		a.read = l.Index + 1
	}
	for index := range a.entries {
		if index >= a.read {
			t.Errorf("acknowledged entry %d is lost: there are %d", index, a.read)
		}
	}
	for _, id := range products {
		p, err := store.Product(t.Context(), q, id)
		if err != nil {
			return err
		}
		if e := a.standing["product:"+p.ID]; string(p.State) != e.To || p.Version != e.Data.Version {
			t.Errorf("%s stands at %s, version %d; its last entry says %s, %d", p.Code, p.State, p.Version, e.To, e.Data.Version)
		}
	}
	var twice int
	if err := q.QueryRow(t.Context(), `SELECT count(*) FROM (SELECT value FROM private_values WHERE value LIKE '%kill:%' GROUP BY value HAVING count(*) > 1) AS x`).Scan(&twice); err != nil || twice > 0 {
		t.Errorf("%d requests stand twice, %v", twice, err)
	}
	return nil
}

type ended struct {
	To   string
	Data struct{ Version int64 }
}

//go:build unix

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/faulty"
)

// TestHistoriesAreLinearizable lets clients move, withdraw, move in bulk, fill in,
// seal and read, all at once and impatiently, while answers get lost and the server
// is killed. What they saw must be what one could have seen who did one thing after
// the other. OCOPFLOW_ROUNDS says how long; `make linear` says 40.
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	rounds := asked(t, "OCOPFLOW_ROUNDS", 1)
	dbtest.Each(t, func(t *testing.T, address string) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		done, lost, kills := 0, 0, 0
		stages := []*stage{movingStage(t, address), scoringStage(t, dbtest.Like(t, address))}
		for round := range 2 * rounds {
			s := stages[round%2]
			h := &history{t: t, f: s.begin(t, false), random: rand.New(rand.NewPCG(seed, uint64(round))), round: round}
			h.play(s.ids["session"], s.ids["one"], s.ids["two"])
			h.check()
			done, lost, kills = done+len(h.seen), lost+h.lost, kills+h.kills
			if t.Failed() {
				return
			}
		}
		t.Logf("%d operations, %d answers lost on the way and asked for again, %d kills", done, lost, kills)
		if lost == 0 || kills == 0 {
			t.Error("nothing was lost, so nothing was shown")
		}
	})
}

// stageOf is an office that was brought somewhere, and closed.
func stageOf(t *testing.T, address string, bring func(*office, map[string]string)) *stage {
	t.Helper()
	s := &stage{t: t, address: address, data: t.TempDir(), ids: map[string]string{}}
	t.Run("stage", func(t *testing.T) {
		o := openOffice(t, address, func(c *Config) { c.Data = s.data })
		s.tokens = o.tokens
		bring(o, s.ids)
	})
	if t.Failed() {
		t.FailNow()
	}
	return s
}

// movingStage has two products that can go round and round.
func movingStage(t *testing.T, address string) *stage {
	return stageOf(t, address, func(o *office, ids map[string]string) {
		ids["one"], ids["two"] = o.product(fishSauce), o.product(simWine)
	})
}

// scoringStage has a session with three members who have declared.
func scoringStage(t *testing.T, address string) *stage {
	return stageOf(t, address, func(o *office, ids map[string]string) {
		ids["session"] = o.session("province", o.council("province", panel("province", 3)...), o.waiting("Nước mắm được chấm"))
		agreed, _ := split(9, worth(o.t, 9, 4, 75))
		o.must(200, o.ask("secretary-province", "PUT", sessionPath(ids["session"], "/agreed"), agreed))
		for _, who := range panel("province", 3) {
			o.must(200, o.ask(who, "POST", sessionPath(ids["session"], "/declaration"), map[string]any{"conflict": false}))
		}
	})
}

// wish is what a client asks of one thing; sight is what it was told.
type (
	wish struct {
		thing   string // a product, or "sheet:" and its member
		what    string // event, "save", "seal" or "read"
		version int64  // that it must have; 0 for any
	}
	sight struct {
		known   bool // else the answer never came
		ok      bool
		closed  bool // withdrawn, or sealed
		version int64
	}
	standing struct {
		closed  bool
		version int64
	}
)

// promise is what the program promises, in the fewest words: the events of a thing
// that is closed are refused, so is a version that is not the present one; what
// stands makes one version more; what was not answered happened or did not.
func promise(start map[string]standing) porcupine.Model {
	m := porcupine.NondeterministicModel{
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			parts := map[string][]porcupine.Operation{}
			for _, o := range all {
				parts[o.Input.(wish).thing] = append(parts[o.Input.(wish).thing], o)
			}
			var out [][]porcupine.Operation
			for thing, p := range parts { // the start stands before everything
				first := porcupine.Operation{ClientId: 0, Input: wish{thing: thing, what: "start"}, Call: -2, Output: sight{true, true, start[thing].closed, start[thing].version}, Return: -1}
				out = append(out, append([]porcupine.Operation{first}, p...))
			}
			return out
		},
		Init: func() []any { return []any{standing{}} },
		Step: func(state, input, output any) []any {
			s, w, saw := state.(standing), input.(wish), output.(sight)
			next, stands := s, !s.closed && (w.version == 0 || w.version == s.version)
			switch w.what {
			case "start":
				return []any{standing{saw.closed, saw.version}}
			case "read":
				if saw.known && (saw.closed != s.closed || !s.closed && saw.version != s.version) {
					return nil
				}
				return []any{s}
			case "abandon", "seal":
				next = standing{true, s.version + 1}
			case "begin_upgrade":
				stands = s.closed && (w.version == 0 || w.version == s.version)
				next = standing{false, s.version + 1}
			case "save":
				next.version++
			}
			switch {
			case !saw.known && stands:
				return []any{s, next}
			case !saw.known || !saw.ok && !stands:
				return []any{s}
			case saw.ok && stands && (saw.version == 0 || saw.version == next.version):
				return []any{next}
			}
			return nil
		},
		DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v -> %+v", in, out) },
	}
	return m.ToModel()
}

// history is one round: a server that dies and comes back, clients, what they saw.
type history struct {
	t      *testing.T
	f      *faultyOffice
	round  int
	random *rand.Rand
	start  map[string]standing
	began  time.Time

	mu    sync.Mutex // guards the rest
	seen  []porcupine.Operation
	lost  int
	kills int
	next  int64 // client
}

func (h *history) dice(n int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.random.IntN(n)
}

func (h *history) play(session string, products ...string) {
	h.start, h.began = map[string]standing{}, time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var clients sync.WaitGroup
	if session != "" {
		for _, m := range panel("province", 3) {
			h.start["sheet:"+m] = standing{}
			for range 2 {
				clients.Go(func() { h.member(ctx, session, m) })
			}
		}
	} else {
		for _, p := range products {
			saw := h.one(ctx, wish{p, "read", 0}, "office", "", "")
			h.start[p] = standing{saw.closed, saw.version}
		}
		for range 5 {
			clients.Go(func() { h.office(ctx, products) })
		}
	}
	ended := make(chan struct{})
	go func() { clients.Wait(); close(ended) }()
	for n := 0; ; n++ {
		select {
		case <-ended:
			h.f.stop()
			return
		case <-time.After(time.Duration(10+h.dice(30)) * time.Millisecond): // when something fails is what is random here
		}
		if h.f.seam.Disarm(); n%8 == 5 && h.kills < 2 {
			h.die()
			continue
		}
		h.f.seam.Arm([]string{"commit", "read ledger_head", "update ledger_head"}[h.dice(3)], []faulty.How{faulty.Before, faulty.After}[h.dice(2)])
	}
}

// die kills the server with its next commit and starts it again.
func (h *history) die() {
	h.f.seam.Arm("commit", faulty.Killed)
	for limit := time.Now().Add(2 * time.Second); !h.f.seam.Dead() && time.Now().Before(limit); {
		time.Sleep(time.Millisecond)
	}
	if !h.f.seam.Dead() {
		return // everybody has left
	}
	h.mu.Lock()
	defer h.mu.Unlock() // nobody looks for the server meanwhile
	h.kills++
	h.f.revive(h.t)
}

// killed reports whether the server was killed once.
func (h *history) killed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kills > 0
}

// office works until the server was killed once, on a fast machine as on a slow one.
func (h *history) office(ctx context.Context, products []string) {
	id := h.client()
	version := map[string]int64{}
	for turn := 0; turn < 12 || !h.killed() && ctx.Err() == nil; turn++ {
		p := products[h.dice(len(products))]
		w := wish{p, []string{"begin_upgrade", "abandon", "read"}[h.dice(3)], 0}
		if w.what != "read" && h.dice(2) == 0 {
			w.version = version[p]
		}
		if w.what != "read" && h.dice(4) == 0 {
			h.bulk(ctx, id, w.what, products)
			continue
		}
		saw := h.asked(ctx, id, w, "office", "")
		if saw.version > 0 {
			version[p] = saw.version
		}
	}
}

func (h *history) member(ctx context.Context, session, name string) {
	id := h.client()
	for range 10 {
		what := []string{"save", "save", "read", "read", "save", "read", "seal"}[h.dice(7)]
		h.asked(ctx, id, wish{"sheet:" + name, what, 0}, name, session)
	}
}

func (h *history) client() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	return int(h.next)
}

// asked asks until somebody answers, under one key, and writes down what was seen.
func (h *history) asked(ctx context.Context, client int, w wish, who, session string) sight {
	call := time.Since(h.began)
	key := fmt.Sprintf("%d-%d-%d", h.round, client, call)
	saw := h.one(ctx, w, who, session, key)
	h.note(client, w, saw, call)
	return saw
}

func (h *history) note(client int, w wish, saw sight, call time.Duration) {
	back := time.Since(h.began)
	if !saw.known {
		back = time.Hour
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen = append(h.seen, porcupine.Operation{ClientId: client, Input: w, Call: int64(call), Output: saw, Return: int64(back)})
}

// bulk moves all products with one request; each is an operation of its own.
func (h *history) bulk(ctx context.Context, client int, event string, products []string) {
	call := time.Since(h.began)
	var items []map[string]any
	for _, p := range products {
		items = append(items, map[string]any{"product": p, "event": event, "comment": "vì một lý do"})
	}
	key := fmt.Sprintf("bulk-%d-%d-%d", h.round, client, call)
	var out struct {
		Items []struct {
			Status  int
			Version int64
		}
	}
	h.until(ctx, "office", "POST", "/api/v1/transitions", map[string]any{"items": items}, key, func(status int, text []byte) bool {
		if status != http.StatusOK || json.Unmarshal(text, &out) != nil || len(out.Items) != len(products) {
			return false
		}
		for _, x := range out.Items { // an item that was not reached is asked for again
			if x.Status >= 500 {
				return false
			}
		}
		return true
	})
	for i, p := range products {
		saw := sight{}
		if len(out.Items) == len(products) && out.Items[i].Status < 500 {
			saw = sight{known: true, ok: out.Items[i].Status == http.StatusOK, version: out.Items[i].Version}
		}
		// Operations of one request overlap, so each needs a client of its own.
		h.note(1000*(i+1)+client, wish{p, event, 0}, saw, call)
	}
}

// one is a request about one thing.
func (h *history) one(ctx context.Context, w wish, who, session, key string) (saw sight) {
	method, path, body := "GET", "/api/v1/products/"+w.thing, any(nil)
	_, own := split(9, worth(h.t, 9, 4, 75))
	sheet := len(w.thing) > 6 && w.thing[:6] == "sheet:"
	switch {
	case w.what == "read" && sheet:
		path = sessionPath(session, "")
	case w.what == "save":
		method, path, body = "PUT", sessionPath(session, "/sheets/me"), own
	case w.what == "seal":
		method, path, body = "POST", sessionPath(session, "/sheets/me/seal"), own
	case w.what != "read":
		method, path = "POST", path+"/transitions"
		b := map[string]any{"event": w.what, "comment": "vì một lý do"}
		if w.version > 0 {
			b["version"] = w.version
		}
		body = b
	}
	h.until(ctx, who, method, path, body, key, func(status int, text []byte) bool {
		if status >= 500 {
			return false
		}
		saw = sight{known: true, ok: status == http.StatusOK}
		var a struct {
			State   string
			Version int64
			Product struct {
				State   string
				Version int64
			}
			Mine *struct {
				Sealed  bool
				Version int64
			}
		}
		if !saw.ok || json.Unmarshal(text, &a) != nil {
			return true
		}
		switch {
		case sheet && w.what == "read" && a.Mine != nil:
			saw.closed, saw.version = a.Mine.Sealed, a.Mine.Version
		case !sheet && w.what == "read":
			saw.closed, saw.version = a.State == "certified", a.Version
		case !sheet:
			saw.version = a.Product.Version
		}
		return true
	})
	return saw
}

// until asks again and again, under the same key, with little patience.
func (h *history) until(ctx context.Context, who, method, path string, body any, key string, heard func(int, []byte) bool) {
	for try := 0; ctx.Err() == nil; try++ {
		patience := 10 * time.Second
		if try == 0 && h.dice(4) == 0 {
			patience = time.Duration(1+h.dice(15)) * time.Millisecond
		}
		status, text, err := h.send(ctx, patience, who, method, path, body, key)
		if err == nil && status == http.StatusInternalServerError {
			h.t.Errorf("%s %s: %s", method, path, text)
			return
		}
		if err == nil && heard(status, text) {
			return
		}
		h.mu.Lock()
		h.lost++
		h.mu.Unlock()
		select { // a server that starts takes a moment
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (h *history) send(ctx context.Context, patience time.Duration, who, method, path string, body any, key string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	h.mu.Lock()
	base, token := h.f.office.address, h.f.office.tokens[who]
	h.mu.Unlock()
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, base+path, content)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" && method != "GET" {
		r.Header.Set("Idempotency-Key", key)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	text, err = io.ReadAll(a.Body)
	return a.StatusCode, text, err
}

// check holds what was seen against the model, and what is on record against the
// ledger.
func (h *history) check() {
	take(h.t, h.f.where, "")
	result, info := porcupine.CheckOperationsVerbose(promise(h.start), h.seen, time.Minute)
	if result == porcupine.Ok {
		return
	}
	file := h.t.ArtifactDir() + "/history.html"
	err := porcupine.VisualizePath(promise(h.start), info, file)
	h.t.Errorf("%s: %d operations are not linearizable; see %s", result, len(h.seen), errors.Join(err, errors.New(file)))
}

//go:build unix

package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	fmtlog "github.com/transparency-dev/formats/log"
	fmtnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/notary"
)

// watcher is a witness as C2SP tlog-witness has it, on golang.org/x/mod alone.
type watcher struct {
	t        *testing.T
	key      string // its own, public
	signer   note.Signer
	trusts   note.Verifier // the ledger's key
	server   *httptest.Server
	instead  func(w http.ResponseWriter, r *http.Request, checkpoint []byte) bool // what it does wrong; nil for nothing
	mu       sync.Mutex
	size     int64
	root     tlog.Hash
	statuses []int
}

func newWatcher(t *testing.T, name, ledgerKey string) *watcher {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := fmtnote.NewSignerForCosignatureV1(private)
	if err != nil {
		t.Fatal(err)
	}
	if public, err = fmtnote.VKeyToCosignatureV1(public); err != nil {
		t.Fatal(err)
	}
	trusts, err := note.NewVerifier(ledgerKey)
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{t: t, key: public, signer: signer, trusts: trusts}
	w.server = httptest.NewServer(w)
	t.Cleanup(w.server.Close)
	return w
}

func (w *watcher) setting() string { return w.server.URL + "/w/=" + w.key }

func (w *watcher) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/w/add-checkpoint" {
		w.answer(out, http.StatusBadRequest, "")
		return
	}
	head, checkpoint, _ := strings.Cut(string(body), "\n\n")
	if w.instead != nil && w.instead(out, r, []byte(checkpoint)) {
		return
	}
	lines := strings.Split(head, "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	c, _, signed, wrong := fmtlog.ParseCheckpoint([]byte(checkpoint), w.trusts.Name(), w.trusts)
	switch {
	case err != nil || lines[0] != fmt.Sprintf("old %d", old):
		w.answer(out, http.StatusBadRequest, "")
		return
	case wrong != nil:
		w.answer(out, http.StatusForbidden, "")
		return
	case old > int64(c.Size):
		w.answer(out, http.StatusBadRequest, "")
		return
	case old != w.size || old == int64(c.Size) && tlog.Hash(c.Hash) != w.root:
		out.Header().Set("Content-Type", "text/x.tlog.size")
		w.answer(out, http.StatusConflict, fmt.Sprintf("%d\n", w.size))
		return
	}
	if !w.grew(lines[1:], c) {
		w.answer(out, http.StatusUnprocessableEntity, "")
		return
	}
	w.size, w.root = int64(c.Size), tlog.Hash(c.Hash)
	w.answer(out, http.StatusOK, w.line(&note.Note{Text: signed.Text}, w.signer))
}

func (w *watcher) answer(out http.ResponseWriter, status int, text string) {
	w.statuses = append(w.statuses, status)
	out.WriteHeader(status)
	io.WriteString(out, text)
}

// grew checks the proof that a checkpoint extends the one before.
func (w *watcher) grew(lines []string, c *fmtlog.Checkpoint) bool {
	var proof tlog.TreeProof
	for _, l := range lines {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return false
		}
		proof = append(proof, h)
	}
	if w.size == 0 || w.size == int64(c.Size) {
		return len(proof) == 0
	}
	return tlog.CheckTree(proof, int64(c.Size), tlog.Hash(c.Hash), w.size, w.root) == nil
}

// line is a signature line alone.
func (w *watcher) line(n *note.Note, signer note.Signer) string {
	text, err := note.Sign(n, signer)
	if err != nil {
		w.t.Error(err)
	}
	return string(text[len(n.Text)+1:])
}

// witnessed reads a checkpoint and gives those of the witnesses who co-signed it.
func witnessed(t *testing.T, checkpoint []byte, ledger note.Verifier, all ...*watcher) (size int64, names []string) {
	t.Helper()
	var others []note.Verifier
	for _, w := range all {
		v, err := fmtnote.NewVerifierForCosignatureV1(w.key)
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, v)
	}
	c, _, n, err := fmtlog.ParseCheckpoint(checkpoint, ledger.Name(), ledger, others...)
	if err != nil {
		t.Fatalf("%v\n%s", err, checkpoint)
	}
	for _, s := range n.Sigs {
		if s.Name != ledger.Name() {
			names = append(names, s.Name)
		}
	}
	return int64(c.Size), names
}

// witnesses lets an office's ledger be co-signed.
func (o *office) witnesses(list ...*watcher) {
	o.t.Helper()
	o.app.Notary.Witnesses = nil
	for _, w := range list {
		x, err := notary.ParseWitness(w.setting())
		if err != nil {
			o.t.Fatal(err)
		}
		o.app.Notary.Witnesses = append(o.app.Notary.Witnesses, x)
	}
}

func (o *office) ledgerKey() string {
	o.t.Helper()
	key, err := o.app.Notary.Key(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return key
}

func (o *office) keep() {
	o.t.Helper()
	if err := o.app.Notary.Keep(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) grow(n int) {
	o.t.Helper()
	for range n {
		o.must(201, o.ask("office", "POST", "/api/v1/producers", map[string]any{"name": fmt.Sprintf("Cơ sở %d", o.size()), "form": "household", "unit": "cam-my"}))
	}
}

func TestWitnessesCoSignWhatTheyHaveSeenGrow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		one, two := newWatcher(t, "witness.example/1", o.ledgerKey()), newWatcher(t, "witness.example/2", o.ledgerKey())
		o.witnesses(one, two)
		if a := o.must(404, o.ask("", "GET", "/api/v1/audit/checkpoint?witnessed=1", nil, "Accept-Language", "vi")); a.code() != "not_witnessed" || !strings.Contains(a.text, "nhân chứng") {
			t.Errorf("%s", a.text)
		}
		if a := o.ask("", "GET", "/api/v1/audit/checkpoint?witnessed=1", nil); !strings.Contains(a.text, "No witness") {
			t.Errorf("%s", a.text)
		}
		o.keep()
		seen := o.size()
		o.grow(3)
		o.keep() // with a consistency proof
		if one.size != o.size() || one.size == seen || !slices.Equal(one.statuses, []int{200, 200}) {
			t.Fatalf("%d of %d, %v", one.size, o.size(), one.statuses)
		}
		now := []byte(o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint", nil)).text)
		if size, names := witnessed(t, now, one.trusts, one, two); size != o.size() || len(names) != 2 {
			t.Errorf("%d %v", size, names)
		}
		kept, err := filepath.Glob(filepath.Join(filepath.Dir(o.app.Notary.File), "*.txt"))
		if err != nil || len(kept) != 2 {
			t.Fatal(kept, err)
		}
		for _, name := range kept {
			if text, err := os.ReadFile(name); err != nil || !bytes.Equal(text, now) {
				t.Errorf("%s: %s %v", name, text, err)
			}
		}
		o.grow(1)
		if _, names := witnessed(t, []byte(o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint", nil)).text), one.trusts, one, two); len(names) != 0 {
			t.Errorf("a tree that nobody saw is co-signed by %v", names)
		}
		if text := o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint?witnessed=1", nil)).text; text != string(now) {
			t.Errorf("%s", text)
		}
		again := &notary.Notary{DB: o.app.DB, Committer: o.app.Committer, File: o.app.Notary.File} // after a restart
		if text, err := again.Witnessed(t.Context()); err != nil || !bytes.Equal(text, now) {
			t.Errorf("%s %v", text, err)
		}
		if err := again.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A witness that knows an older size than we think, or one that we do not know
// of after a restart, is asked again from there.
func TestAWitnessThatKnowsAnotherSizeIsAskedFromThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		w := newWatcher(t, "witness.example/1", o.ledgerKey())
		o.witnesses(w)
		o.keep()
		o.grow(2)
		o.witnesses(w) // we have forgotten
		o.keep()
		if !slices.Equal(w.statuses, []int{200, 409, 200}) || w.size != o.size() {
			t.Errorf("%v, %d of %d", w.statuses, w.size, o.size())
		}
		w.size, w.root = 0, tlog.Hash{} // the witness has
		o.grow(1)
		o.keep()
		if !slices.Equal(w.statuses, []int{200, 409, 200, 409, 200}) || w.size != o.size() {
			t.Errorf("%v, %d of %d", w.statuses, w.size, o.size())
		}
	})
}

// What goes wrong with a witness is logged, and everything else goes on.
func TestAWitnessThatFailsStopsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		var log bytes.Buffer
		o.app.Notary.Log = slog.New(slog.NewTextHandler(&log, nil))
		good := newWatcher(t, "witness.example/good", o.ledgerKey())
		bad := newWatcher(t, "witness.example/bad", o.ledgerKey())
		stranger := newWatcher(t, "witness.example/bad", o.ledgerKey()).signer
		text := func(c []byte) string { return string(c[:bytes.LastIndex(c, []byte("\n\n"))+1]) }
		reply := func(status int, say func(c []byte) string) func(http.ResponseWriter, *http.Request, []byte) bool {
			return func(w http.ResponseWriter, _ *http.Request, c []byte) bool {
				w.WriteHeader(status)
				io.WriteString(w, say(c))
				return true
			}
		}
		fixed := func(s string) func([]byte) string { return func([]byte) string { return s } }
		for name, instead := range map[string]func(http.ResponseWriter, *http.Request, []byte) bool{
			"its co-signature does not hold": reply(200, func(c []byte) string { return bad.line(&note.Note{Text: text(c)}, stranger) }),
			"invalid signature": reply(200, func(c []byte) string {
				return bad.line(&note.Note{Text: strings.Replace(text(c), "\n", "0\n", 2)}, bad.signer)
			}),
			"it is for another text": reply(200, func(c []byte) string {
				n := &note.Note{Text: string(c) + "\nmore\n"}
				return "\nmore\n\n" + bad.line(n, bad.signer)
			}),
			"malformed note":  reply(200, fixed("hello\n")),
			"without a size":  reply(409, fixed("hello\n")),
			"another tree of": reply(409, fixed("0\n")),
			"larger tree":     reply(409, fixed("99999999\n")),
			"it answered 500": reply(500, fixed("")),
			"it answered 403": reply(403, fixed("")),
			"it answered 302": func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
				http.Redirect(w, r, good.server.URL, http.StatusFound)
				return true
			},
			"its answer is too long": reply(200, fixed(strings.Repeat("— x "+base64.StdEncoding.EncodeToString(make([]byte, 76))+"\n", 1000))),
		} {
			log.Reset()
			bad.instead = instead
			o.witnesses(bad, good)
			o.grow(1)
			o.keep()
			size, names := witnessed(t, []byte(o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint", nil)).text), good.trusts, good, bad)
			if size != o.size() || !slices.Equal(names, []string{"witness.example/good"}) {
				t.Errorf("%s: co-signed by %v", name, names)
			}
			if !strings.Contains(log.String(), name) {
				t.Errorf("the log does not say %q: %s", name, log.String())
			}
		}
		bad.instead = nil
		bad.server.Close() // down
		o.witnesses(bad)
		log.Reset()
		o.grow(1)
		o.keep()
		if !strings.Contains(log.String(), "did not co-sign") {
			t.Errorf("nothing is said of a witness that is down: %s", log.String())
		}
	})
}

// A witness that never answers is left when the caller leaves; the checkpoint is
// kept by then.
func TestASlowWitnessIsLeft(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	w := newWatcher(t, "witness.example/slow", o.ledgerKey())
	ctx, cancel := context.WithCancel(t.Context())
	w.instead = func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		cancel()
		<-r.Context().Done()
		return true
	}
	o.witnesses(w)
	if err := o.app.Notary.Keep(ctx); err != nil {
		t.Fatal(err)
	}
	if err := o.app.Notary.Check(t.Context()); err != nil {
		t.Error(err)
	}
	kept, err := filepath.Glob(filepath.Join(filepath.Dir(o.app.Notary.File), "checkpoint-*.txt"))
	if err != nil || len(kept) != 1 {
		t.Errorf("%v %v", kept, err)
	}
}

func TestAWitnessSettingThatIsWrongStopsTheStart(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "https://witness.example", "https://witness.example=nobody", "ftp://witness.example=w+00000000+AAAA", "=w"} {
		if _, err := openPlain(t, Config{Database: dbtest.SQLite(t), Witnesses: []string{text}}); err == nil || !strings.Contains(err.Error(), "witness") {
			t.Errorf("%q: %v", text, err)
		} else if fault.Of(err).Kind != fault.Internal {
			t.Errorf("%q: %v", text, err)
		}
	}
}

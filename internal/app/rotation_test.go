//go:build unix

package app

import (
	"context"
	"crypto/rand"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	fmtlog "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"ocopflow/internal/audit"
	"ocopflow/internal/commit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/notary"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// signedBy reports whether a checkpoint bears a key's signature.
func signedBy(t *testing.T, checkpoint []byte, key string) bool {
	t.Helper()
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = fmtlog.ParseCheckpoint(checkpoint, v.Name(), v)
	return err == nil
}

// A new key takes over, the old one vouches for it, and what the old one signed
// goes on holding.
func TestANewKeyTakesOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		n := o.app.Notary
		old, err := n.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		evidence := o.must(200, o.ask("", "GET", "/api/v1/verify/GD-2022-01/evidence", nil)).text
		before, err := n.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		server := &notary.Notary{DB: o.app.DB, Committer: o.app.Committer, File: n.File} // another process with the same file
		if _, err := server.Key(t.Context()); err != nil {
			t.Fatal(err)
		}
		k, err := n.Rotate(t.Context(), " Người giữ máy chủ nghỉ việc ", false)
		if err != nil || k.Key == old || k.Replaces != old {
			t.Fatalf("%+v %v", k, err)
		}
		for _, n := range []*notary.Notary{n, server} {
			c, err := n.Checkpoint(t.Context())
			if err != nil || !signedBy(t, c, k.Key) || signedBy(t, c, old) {
				t.Errorf("after the rotation: %s %v", c, err)
			}
		}
		if !signedBy(t, before, old) {
			t.Error("the older checkpoint does not hold any more")
		}
		if x, err := register.CheckEvidence(evidence, old); err != nil || x.Number != "GD-2022-01" {
			t.Errorf("a certificate of before: %+v %v", x, err)
		}
		if _, err := register.CheckEvidence(o.must(200, o.ask("", "GET", "/api/v1/verify/GD-2022-01/evidence", nil)).text, k.Key); err != nil {
			t.Errorf("a certificate of after: %v", err)
		}
		if text := o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text; strings.TrimSpace(text) != k.Key {
			t.Errorf("key: %s", text)
		}
		keys := o.must(200, o.ask("", "GET", "/api/v1/audit/keys", nil)).items()
		if len(keys) != 2 || keys[0]["key"] != old || keys[1]["key"] != k.Key || keys[1]["replaces"] != old || keys[1]["since"].(float64) <= keys[0]["since"].(float64) {
			t.Fatalf("%v", keys)
		}
		if page := o.must(200, o.ask("", "GET", "/offline.html", nil)).text; !strings.Contains(html.UnescapeString(page), `value="`+k.Key+" "+old+`"`) {
			t.Error("the offline page does not know both keys")
		}
		cross := keys[1]["cross"].(string)
		if next, err := notary.CheckCross(cross, old); err != nil || next != k.Key {
			t.Errorf("the old key vouches for %q, %v", next, err)
		}
		if _, err := notary.CheckCross(strings.Replace(cross, "ocopflow/", "ocopflaw/", 1), old); err == nil {
			t.Error("a changed note is taken")
		}
		if info, err := os.Stat(n.Retired(old)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the old private key: %v %v", info, err)
		}
		if _, err := n.Rotate(t.Context(), "Lần nữa", true); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(n.Retired(k.Key)); !os.IsNotExist(err) {
			t.Errorf("the destroyed key is there: %v", err)
		}
		if public, err := notary.PublicKeys(n.File); err != nil || len(public) != 3 || public[1] != k.Key || public[2] != old {
			t.Errorf("%v %v", public, err)
		}
		kept, err := store.HiddenOf(t.Context(), o.app.DB, int64(keys[1]["since"].(float64)), int64(keys[1]["since"].(float64))+1)
		if err != nil || len(kept) != 1 || kept[0].Value != "Người giữ máy chủ nghỉ việc" {
			t.Errorf("%+v %v", kept, err)
		}
	})
}

func TestARotationNeedsAReason(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	before := o.size()
	for reason, code := range map[string]string{"": "reason_missing", " \n": "reason_missing", strings.Repeat("x", 4001): "reason_too_long"} {
		_, err := o.app.Notary.Rotate(t.Context(), reason, false)
		if f := fault.Of(err); f.Code != code || f.Message.Vi == "" || f.Message.En == "" {
			t.Errorf("%.10q: %v", reason, err)
		}
	}
	if o.size() != before {
		t.Error("something was entered")
	}
}

// A rotation that breaks off leaves a program that works: with the old key if the
// new one was not published, else with the new one.
func TestABrokenOffRotationLeavesAWorkingKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		dir := t.TempDir()
		config := Config{Database: address, Data: dir}
		open := func() *App {
			t.Helper()
			a, err := openPlain(t, config)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Notary.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
			return a
		}
		key := func(a *App) string {
			t.Helper()
			k, err := a.Notary.Key(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		a := open()
		old := key(a)
		a.Committer.Close() // nothing can be published
		if _, err := a.Notary.Rotate(t.Context(), "x", false); err == nil {
			t.Fatal("a rotation without its entry")
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		a = open()
		if key(a) != old {
			t.Fatal("an unpublished key is used")
		}
		kept := filepath.Join(dir, "checkpoint-"+strings.ReplaceAll(strings.Split(old, "+")[0], "/", "-")+".txt")
		before, err := os.ReadFile(kept)
		if err != nil {
			t.Fatal(err)
		}
		block := a.Notary.Retired(old) // a folder where the old key should go
		if err := os.Mkdir(block, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Notary.Rotate(t.Context(), "x", false); err == nil {
			t.Fatal("the old key went nowhere")
		}
		if err := os.Remove(block); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		a = open() // the kept checkpoint bears the old key's signature
		fresh := key(a)
		if fresh == old {
			t.Fatal("the published key is not used")
		}
		if c, err := a.Notary.Checkpoint(t.Context()); err != nil || !signedBy(t, c, fresh) {
			t.Errorf("%s %v", c, err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(kept, before, 0o600); err != nil { // as if it had broken off before it was kept again
			t.Fatal(err)
		}
		a = open()
		defer a.Close()
		if report, err := audit.Verify(t.Context(), a.DB, audit.Options{}); err != nil || !report.OK {
			t.Errorf("%+v %v", report, err)
		}
	})
}

// A server that still has the replaced key stops signing.
func TestAReplacedKeySignsNoMore(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	n := o.app.Notary
	if _, err := n.Key(t.Context()); err != nil {
		t.Fatal(err)
	}
	elsewhere := &notary.Notary{DB: o.app.DB, Committer: o.app.Committer, File: filepath.Join(t.TempDir(), notary.KeyFile)}
	pair, err := os.ReadFile(n.File)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(elsewhere.File, pair, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.Key(t.Context()); err != nil {
		t.Fatal(err)
	}
	k, err := n.Rotate(t.Context(), "x", true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.Checkpoint(t.Context()); err == nil || !strings.Contains(err.Error(), "was replaced on another server") {
		t.Errorf("got %v", err)
	}
	pair, err = os.ReadFile(n.File)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(elsewhere.File, pair, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := elsewhere.Key(t.Context()); err != nil || got != k.Key {
		t.Errorf("%s %v", got, err)
	}
}

// A key that claims to follow another without its word is found.
func TestAKeyWithoutTheWordOfTheOldOneIsFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a, err := openPlain(t, Config{Database: address, Data: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		k, err := a.Notary.Rotate(t.Context(), "x", false)
		if err != nil {
			t.Fatal(err)
		}
		if report, err := audit.Verify(t.Context(), a.DB, audit.Options{}); err != nil || !report.OK {
			t.Fatalf("%+v %v", report, err)
		}
		_, forged, err := note.GenerateKey(rand.Reader, strings.Split(k.Key, "+")[0])
		if err != nil {
			t.Fatal(err)
		}
		_, err = commit.Do[any](t.Context(), a.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindSecurity, Event: "publish_key", Actor: ledger.Actor{ID: ocop.System},
				Data: ledger.Map{"key": forged, "replaces": k.Key, "cross": k.Cross}}}}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		if report, err := audit.Verify(t.Context(), a.DB, audit.Options{}); err != nil || report.OK || !strings.Contains(report.Fault, "does not vouch") {
			t.Errorf("%+v %v", report, err)
		}
	})
}

// A rotation and a running server: restored databases are still noticed.
func TestARotationKeepsTheRollbackAlarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "x.db")
	config := Config{Database: "sqlite:" + file, Sweep: time.Hour}
	run := func(do func(*App)) {
		t.Helper()
		a, err := openPlain(t, config)
		if err != nil {
			t.Fatal(err)
		}
		do(a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	run(func(*App) {})
	older, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	run(func(a *App) {
		if _, err := a.Notary.Rotate(t.Context(), "x", false); err != nil {
			t.Fatal(err)
		}
	})
	run(func(*App) {})
	if err := os.WriteFile(file, older, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openPlain(t, config); err == nil || !strings.Contains(err.Error(), "acknowledge") {
		t.Errorf("an older database was taken: %v", err)
	}
}

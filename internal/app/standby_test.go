//go:build unix

package app

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/notary"
	"ocopflow/internal/pgprivate"
	"ocopflow/internal/store"
	"ocopflow/workflows"
)

// A server on a standby shows an auditor what the main server shows, and the
// ledger can be recomputed there. It changes nothing and says so, as do readyz
// and its pages; once the standby is promoted, it takes over by itself.
func TestAServerOnAStandbyOnlyReads(t *testing.T) {
	t.Parallel()
	primary, err := pgprivate.Start(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	stop := func(pg *pgprivate.Server) {
		t.Cleanup(func() {
			if err := pg.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	stop(primary)
	o := openOfficeWith(t, primary.URL("postgres"), workflows.Files)      // its Postgres is its own, with no demo to copy from
	o.must(200, o.ask("auditor", "GET", "/api/v1/audit/checkpoint", nil)) // makes the key, which the standby must not
	standby, err := primary.Standby(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop(standby)
	o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "truoc-ban-sao", "password": "mat khau rat dai 1"}))
	if err := standby.CaughtUp(t.Context()); err != nil {
		t.Fatal(err)
	}

	data := t.TempDir()
	a, err := Open(t.Context(), Config{Database: standby.URL("postgres"), Data: data, Hashing: quick, Rates: Rates{-1, -1}, Sweep: time.Hour, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler)
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	copied := &office{t: t, app: a, address: server.URL, tokens: o.tokens}
	product := o.must(200, o.ask("auditor", "GET", "/api/v1/products", nil)).items()[0]["id"].(string)
	asked, unsigned := 0, []string{}
	for _, route := range a.Routes {
		path, get := strings.CutPrefix(route, "GET ")
		path = strings.NewReplacer("/products/:id", "/products/"+product, "/audit/entries/:index", "/audit/entries/1").Replace(path)
		if !get || path == "/readyz" || path == "/api/v1/events" || strings.ContainsAny(path, ":*") {
			continue // what has its own check, what never ends, what wants an id
		}
		there, here := o.ask("auditor", "GET", path, nil), copied.ask("auditor", "GET", path, nil)
		switch {
		case here.status == 503 && strings.Contains(here.text, "does not hold the ledger"):
			unsigned = append(unsigned, path)
		case here.status != there.status:
			t.Errorf("%s: %d on the standby, %d on the main server: %.300s", path, here.status, there.status, here.text)
		case here.status == 200:
			asked++
		}
	}
	want := []string{"/api/v1/audit/checkpoint", "/api/v1/audit/entries/1/proof", "/api/v1/audit/export", "/api/v1/audit/key", "/audit/entries/1/proof.txt", "/audit/integrity"}
	if slices.Sort(unsigned); asked < 40 || !slices.Equal(unsigned, want) {
		t.Errorf("an auditor reads %d pages on the standby, and misses a signature on %v", asked, unsigned)
	}

	refused := func(got answer) {
		t.Helper()
		if got.status != 503 || got.code() != "read_only" || !strings.Contains(got.text, "main server") {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	copied.must(200, copied.ask("", "GET", "/healthz", nil))
	refused(copied.ask("", "GET", "/readyz", nil))
	if got := databaseOf(copied); got != "look" {
		t.Errorf("the database is %q to an administrator", got)
	}
	write := func(name string) answer {
		return copied.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": name, "password": "mat khau rat dai 1"})
	}
	refused(write("tren-ban-sao"))
	form, err := http.PostForm(server.URL+"/sign-in", url.Values{"name": {"auditor"}, "password": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer form.Body.Close()
	if text, err := io.ReadAll(form.Body); err != nil || form.StatusCode != 503 || !strings.Contains(string(text), "máy chủ chính") {
		t.Errorf("a form: %d %.400s %v", form.StatusCode, text, err)
	}
	if _, err := os.Stat(filepath.Join(data, notary.KeyFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key of the ledger was made on the standby: %v", err)
	}
	recomputed := func() {
		t.Helper()
		head, err := store.LoadHead(t.Context(), a.DB)
		if err != nil {
			t.Fatal(err)
		}
		report, err := audit.Verify(t.Context(), a.DB, audit.Options{})
		if err != nil || !report.OK || report.Entries != head.Tree.Size {
			t.Errorf("%d entries: %+v %v", head.Tree.Size, report, err)
		}
	}
	recomputed()
	key, err := os.ReadFile(filepath.Join(o.app.Data, notary.KeyFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(data, notary.KeyFile), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range want { // with the key, it signs too
		copied.must(200, copied.ask("auditor", "GET", path, nil))
	}

	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := write("sau-khi-len-chinh")
	for got.status == 503 && t.Context().Err() == nil { // noticed within a second
		got = write("sau-khi-len-chinh")
	}
	copied.must(201, got)
	copied.must(200, copied.ask("", "GET", "/readyz", nil))
	recomputed()
}

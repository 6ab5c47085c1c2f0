//go:build unix

package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
	"ocopflow/workflows"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func openPlain(t *testing.T, c Config) (*App, error) {
	t.Helper()
	c.Hashing, c.Log = quick, quiet()
	c.Idle = c.Sweep == 0
	if c.Data == "" && !strings.HasPrefix(c.Database, "sqlite:") {
		c.Data = t.TempDir()
	}
	return Open(t.Context(), c)
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a, err := openPlain(t, Config{Database: address})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.DB.Writer().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, TRUE)`); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := openPlain(t, Config{Database: address}); !errors.Is(err, migrations.ErrNewer) {
			t.Errorf("got %v, want %v", err, migrations.ErrNewer)
		} else if f := fault.Of(err); f.Code != "database_newer" || !strings.Contains(f.Message.Vi, "999") || !strings.Contains(f.Message.En, "999") || !strings.Contains(f.Message.En, "restore") {
			t.Errorf("it does not say what to do: %+v", f)
		}
	})
}

func TestImportTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		before, err := audit.Verify(t.Context(), o.app.DB, audit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(workflows.Files, demoCampaign)
		if err != nil {
			t.Fatal(err)
		}
		done, err := o.app.Campaigns.Import(t.Context(), access.SystemActor, "again.yaml", text)
		if err != nil || done.Units+done.Producers+done.Products != 0 || done.Added {
			t.Errorf("a second import: %+v, %v", done, err)
		}
		after, err := audit.Verify(t.Context(), o.app.DB, audit.Options{})
		if err != nil || after.Entries != before.Entries || after.Root != before.Root {
			t.Errorf("the ledger moved from %+v to %+v, %v", before, after, err)
		}
		changed := append([]byte{}, text...)
		changed = append(changed, "# changed\n"...)
		if _, err := o.app.Campaigns.Import(t.Context(), access.SystemActor, "again.yaml", changed); !fault.Is(err, fault.Conflict) {
			t.Errorf("another content under the same code: %v", err)
		}
	})
}

func TestAHalfWrongImportSavesNothingAndNamesEveryPlace(t *testing.T) {
	t.Parallel()
	a, err := openPlain(t, Config{Database: dbtest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	text, err := fs.ReadFile(workflows.Files, demoCampaign)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.NewReplacer("set: 15 ", "set: 27 ", "kind: before\n    date: 2024-05-05", "kind: around\n    date: 2024-05-05", "unit: cam-my}", "unit: cam-moon}").Replace(string(text))
	before, err := store.LoadHead(t.Context(), a.DB)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Campaigns.Import(t.Context(), access.SystemActor, "wrong.yaml", []byte(wrong))
	f := fault.Of(err)
	if f.Code != "campaign_file" || len(f.Fields) != 3 {
		t.Fatalf("got %v with %d places, want campaign_file with 3: %+v", err, len(f.Fields), f.Fields)
	}
	for i, x := range f.Fields {
		want := []string{"unit: cam-moon", "set: 27", "kind: around"}[i]
		line := strings.Count(wrong[:strings.Index(wrong, want)], "\n") + 1
		if !strings.HasPrefix(x.Place, "wrong.yaml:") || !strings.HasPrefix(strings.TrimPrefix(x.Place, "wrong.yaml:"), itoa(line)+":") {
			t.Errorf("place %s, want line %d (%s)", x.Place, line, want)
		}
	}
	after, err := store.LoadHead(t.Context(), a.DB)
	if err != nil || after.Tree.Size != before.Tree.Size {
		t.Errorf("%d entries were saved, %v", after.Tree.Size-before.Tree.Size, err)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestTheDemoContinuesWhereItWas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		var id string
		t.Run("first", func(t *testing.T) {
			o := openOffice(t, address)
			id = o.product(fishSauce)
			o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2024-04-02T01:00:00Z"}))
			o.must(200, o.move("office", id, "begin_upgrade", nil, "Idempotency-Key", "once"))
		})
		o := openOffice(t, address)
		if got := o.product(fishSauce); got != id {
			t.Errorf("product %s became %s", id, got)
		}
		clock := o.must(200, o.ask("", "GET", "/api/v1/demo/clock", nil)).body["now"].(string)
		if !strings.HasPrefix(clock, "2024-04-02T") {
			t.Errorf("the clock says %s", clock)
		}
		o.must(200, o.move("office", id, "begin_upgrade", nil, "Idempotency-Key", "once"))
		o.must(409, o.move("office", id, "begin_upgrade", nil))
	})
}

func TestTheDemoLeavesOtherDatabasesAlone(t *testing.T) {
	t.Parallel()
	address := dbtest.SQLite(t)
	a, err := openPlain(t, Config{Database: address})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := fs.ReadFile(workflows.Files, demoCampaign)
	if _, err := a.Campaigns.Import(t.Context(), access.SystemActor, "real.yaml", text); err != nil {
		t.Fatal(err)
	}
	a.Close()
	d, err := openPlain(t, Config{Database: address, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.LoadDemo(t.Context()); !errors.Is(err, ErrNotDemo) {
		t.Errorf("got %v, want %v", err, ErrNotDemo)
	}
}

func TestTheClockMovesForwardAndLetsCertificatesExpire(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(401, o.ask("", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2025-02-21T16:59:59Z"}))
		if a := o.must(422, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2024-03-01T00:00:00Z"})); a.code() != "clock_back" {
			t.Errorf("code %s", a.code())
		}
		// The last day, 21/02/2025, ends at midnight in Vietnam.
		for now, want := range map[string]string{"2025-02-21T16:59:00Z": "certified"} {
			o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": now}))
			if got := o.ask("office", "GET", "/api/v1/products/"+id, nil).body["state"]; got != want {
				t.Errorf("at %s: %v, want %s", now, got, want)
			}
		}
		o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2025-02-21T17:00:00Z"}))
		if got := o.ask("office", "GET", "/api/v1/products/"+id, nil).body["state"]; got != "expired" {
			t.Errorf("after midnight: %v, want expired", got)
		}
		before := o.entries(id, "move")
		for range 3 {
			if _, err := o.app.Desk.Sweep(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if after := o.entries(id, "move"); after != before {
			t.Errorf("sweeping again moved it: %d entries, then %d", before, after)
		}
		if v := o.must(200, o.ask("", "GET", "/api/v1/verify/GD-2022-01", nil)); v.body["status"] != "expired" {
			t.Errorf("status %v", v.body["status"])
		}
	})
}

func TestAProcedureInUseCannotChange(t *testing.T) {
	t.Parallel()
	address := dbtest.SQLite(t)
	text, err := fs.ReadFile(workflows.Files, "ocop-2023.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := fstest.MapFS{"ocop-2023.yaml": {Data: append(append([]byte{}, text...), "# edited\n"...)}}
	open := func(files fs.FS) error {
		a, err := openPlain(t, Config{Database: address, Procedures: files, Clock: func() time.Time { return demoStart }})
		if err == nil {
			err = a.Close()
		}
		return err
	}
	if err := open(nil); err != nil {
		t.Fatal(err)
	}
	if err := open(changed); err != nil {
		t.Errorf("before anybody used it: %v", err)
	}
	if err := open(nil); err != nil {
		t.Fatal(err)
	}
	o := openOffice(t, address)
	o.must(200, o.move("office", o.product(fishSauce), "begin_upgrade", nil))
	if err := open(changed); err == nil || !strings.Contains(err.Error(), "version of its own") {
		t.Errorf("after a round was pinned to it: %v", err)
	}
	broken := fstest.MapFS{"ocop-2023.yaml": {Data: []byte(strings.Replace(string(text), "entry: renewal,", "entry: renewed,", 1))}}
	if err := open(broken); err == nil {
		t.Error("a procedure that does not pass its check was loaded")
	}
}

func TestAnOfficeAddsItsOwnProcedure(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(workflows.Files, "ocop-2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	own := strings.NewReplacer(`version: "2026"`, `version: "2026-ha-tinh"`, "effective: 2026-05-22", "effective: 2026-06-01", "late_renewal: false", "late_renewal: true").Replace(string(text))
	a, err := openPlain(t, Config{Database: dbtest.SQLite(t), Own: write("ha-tinh.yaml", own)})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[ocop.Date]string{ocop.Day(2026, 5, 31): "2026", ocop.Day(2026, 6, 1): "2026-ha-tinh", ocop.Day(2024, 1, 1): "2023"} {
		if r, err := a.Library.InForce("ocop", day); err != nil || r.Version != want {
			t.Errorf("on %s: %v, %v, want %s", day, r.Version, err, want)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"a version that is built in, in another file": write("other.yaml", string(text)),
		"a file that does not pass its check":         write("x.yaml", strings.Replace(own, "to: certified", "to: certain", 1)),
	} {
		if _, err := openPlain(t, Config{Database: dbtest.SQLite(t), Own: dir}); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
}

func TestSecretsAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	err := o.app.DB.Snapshot(t.Context(), func(q sqldb.Querier) error {
		lines, err := store.Lines(t.Context(), q, 0, 10_000)
		if err != nil {
			return err
		}
		for _, l := range lines {
			for name, token := range o.tokens {
				if strings.Contains(l.Body, token) {
					t.Errorf("the token of %s is in entry %d", name, l.Index)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	row := o.app.DB.QueryRow(t.Context(), `SELECT count(*) FROM credentials WHERE length(hash) <> 32`)
	if err := row.Scan(&n); err != nil || n != 0 {
		t.Errorf("%d secrets are not hashes, %v", n, err)
	}
}

func TestFreeTextIsOnlyCommittedTo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(200, o.move("office", id, "begin_upgrade", nil))
		o.must(200, o.ask("office", "POST", "/api/v1/products/"+id+"/transitions", map[string]any{"event": "abandon", "comment": "bà Nguyễn Thị X xin thôi"}))
		lines, err := store.Lines(t.Context(), o.app.DB, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if strings.Contains(l.Body, "Nguyễn Thị X") {
				t.Errorf("entry %d holds a personal text", l.Index)
			}
		}
		history := o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history", nil)).items()
		if got := history[len(history)-1]["comment"]; got != "bà Nguyễn Thị X xin thôi" {
			t.Errorf("the history says %v", got)
		}
	})
}

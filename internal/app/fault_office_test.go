//go:build unix

package app

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/disk"
	"ocopflow/internal/faulty"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// stage is an office in which every deed of the table is ready to be done, closed,
// to be copied for each fault.
type stage struct {
	t       *testing.T
	address string
	data    string
	tokens  map[string]string
	ids     map[string]string
	clerk   string // account of the commune of the product that moves
}

// setUp makes the stage, once for each database.
func setUp(t *testing.T, address string) *stage {
	t.Helper()
	s := &stage{t: t, address: address, data: t.TempDir(), ids: map[string]string{}}
	t.Run("stage", func(t *testing.T) {
		o := openOffice(t, address, func(c *Config) { c.Data = s.data })
		s.tokens = o.tokens
		s.ids["papers"] = o.product(fishSauce)
		open := o.waiting("Nước mắm chờ mở phiếu")
		s.ids["session"] = o.session("province", o.council("province", panel("province", 3)...), open)
		agreed, own := split(9, worth(t, 9, 4, 75))
		o.must(200, o.ask("secretary-province", "PUT", sessionPath(s.ids["session"], "/agreed"), agreed))
		o.sealed(s.ids["session"], map[string]map[string]any{"member-province-1": own, "member-province-2": own, "member-province-3": own})
		s.ids["certify"] = o.waiting("Nước mắm chờ công nhận")
		o.scored("province", s.ids["certify"], 9, worth(t, 9, 4, 75))
		o.must(200, o.move("secretary-province", s.ids["certify"], "score", nil))
		o.must(200, o.bringIn("office-province", "/api/v1/imports/producers", filledIn(t, producerHeads, []any{"chu-the-0", "Hợp tác xã số 0", "Hợp tác xã", "cam-my"})))
		s.ids["move"] = o.registered("Nước mắm chờ xác nhận")
		o.must(201, o.upload("producer-"+fishSauce, s.ids["move"], "idea_form", []byte("idea")))
		s.clerk = o.commune(s.ids["move"])
		if err := o.app.Notary.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Later, so that timers are due; nobody has seen to them yet.
		if err := o.app.saveSetting(t.Context(), clockSetting, "2026-07-15T01:00:00Z"); err != nil {
			t.Fatal(err)
		}
		o.toTheEdge()
	})
	if t.Failed() {
		t.FailNow()
	}
	return s
}

// toTheEdge fills the ledger until the next entry completes a subtree that is kept.
func (o *office) toTheEdge() {
	o.t.Helper()
	for {
		head, err := store.LoadHead(o.t.Context(), o.app.DB)
		if err != nil {
			o.t.Fatal(err)
		}
		if head.Tree.Size%ledger.TileWidth == ledger.TileWidth-1 {
			return
		}
		if err := o.app.saveSetting(o.t.Context(), "edge", fmt.Sprint(head.Tree.Size)); err != nil {
			o.t.Fatal(err)
		}
	}
}

// faultyOffice is a running office of which a step can be let fail.
type faultyOffice struct {
	*office
	*stage
	seam   *faulty.Seam
	server *httptest.Server
	where  string // its own database
	data   string
	image  string // of SQLite's file in the moment of death
}

// begin runs a copy of the stage through a seam.
func (s *stage) begin(t *testing.T, files bool) *faultyOffice {
	t.Helper()
	f := &faultyOffice{stage: s, where: dbtest.Twin(t, s.address), data: t.TempDir(), seam: faulty.New()}
	if err := os.CopyFS(f.data, os.DirFS(s.data)); err != nil {
		t.Fatal(err)
	}
	f.run(t, files, true)
	return f
}

func (f *faultyOffice) run(t *testing.T, files, through bool) {
	t.Helper()
	c := Config{Database: f.where, Data: f.data, Demo: true, Hashing: quick, Idle: true, Rates: Rates{-1, -1}, Log: quiet()}
	if files {
		c.Files = filepath.Join(f.data, "files")
	}
	var wire *faulty.Wire
	if file, ok := strings.CutPrefix(f.where, "sqlite:"); ok && through {
		c.between = f.seam.Between
		f.image = filepath.Join(t.TempDir(), "image.db")
		f.seam.OnDeath(func() {
			if err := dbtest.Image(file, f.image); err != nil {
				t.Error(err)
			}
		})
	} else if through {
		var err error
		if wire, c.Database, err = f.seam.Wire(f.where); err != nil {
			t.Fatal(err)
		}
	}
	a, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if through {
		a.Desk.Vault.Disk, a.Notary.Disk = f.seam.Disk(disk.Machine), f.seam.Disk(disk.Machine)
	}
	f.server = httptest.NewServer(a.Handler)
	f.office = &office{t: t, app: a, address: f.server.URL, tokens: f.stage.tokens}
	t.Cleanup(func() {
		if wire != nil {
			_ = wire.Close() // the dead closed it
		}
	})
}

func (f *faultyOffice) stop() {
	f.server.Close()
	_ = f.app.Close() // a database that is gone does not close well
}

// again is the office after a restart, in which nothing fails any more: in the
// image of its death if it was killed.
func (f *faultyOffice) again(t *testing.T, files bool) {
	t.Helper()
	f.stop()
	switch {
	case strings.HasPrefix(f.where, "postgres"):
		dbtest.Alone(t, f.where)
	case f.seam.Dead():
		f.where = "sqlite:" + f.image
	}
	f.run(t, files, false)
}

// revive is the office after it was killed, running through a new seam.
func (f *faultyOffice) revive(t *testing.T) {
	t.Helper()
	f.stop()
	if strings.HasPrefix(f.where, "postgres") {
		dbtest.Alone(t, f.where)
	} else {
		f.where = "sqlite:" + f.image
	}
	f.seam = faulty.New()
	f.run(t, false, true)
}

// census is how many rows each table holds.
type census map[string]int64

// uncounted tables hold what is not the office's: sign-ins, jobs, versions.
var uncounted = []string{"goose_db_version", "river_", "sqlite_", "credentials", "attempts"}

func take(t *testing.T, address, files string) census {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report, err := audit.Verify(t.Context(), db, audit.Options{Files: files})
	if err != nil || !report.OK {
		t.Fatalf("ledger: %+v %v", report, err)
	}
	text := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if db.Dialect() == sqldb.Postgres {
		text = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	var names []string
	rows, err := db.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, name := range names {
		counted := true
		for _, u := range uncounted {
			counted = counted && !strings.HasPrefix(name, u)
		}
		if counted {
			parts = append(parts, fmt.Sprintf("SELECT '%s', count(*) FROM %s", name, name))
		}
	}
	out := census{}
	all, err := db.Query(t.Context(), strings.Join(parts, " UNION ALL "))
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	for all.Next() {
		var name string
		var n int64
		if err := all.Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		out[name] = n
	}
	return out
}

// minus tells in which tables two differ.
func (c census) minus(o census) string {
	var out []string
	for name, n := range c {
		if n != o[name] {
			out = append(out, fmt.Sprintf("%s %+d", name, n-o[name]))
		}
	}
	return strings.Join(out, ", ")
}

func (c census) equal(o census) bool { return maps.Equal(c, o) }

// sendFile posts a file under an idempotency key.
func (f *faultyOffice) sendFile(who, path, name string, content []byte, key string, fields ...string) answer {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		form.WriteField(fields[i], fields[i+1])
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		f.office.t.Fatal(err)
	}
	part.Write(content)
	form.Close()
	r, err := http.NewRequest("POST", f.office.address+path, &b)
	if err != nil {
		f.office.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+f.office.tokens[who])
	r.Header.Set("Content-Type", form.FormDataContentType())
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return f.send(r)
}

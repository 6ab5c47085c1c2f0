//go:build unix

package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
)

// databaseOf is what an administrator is told of the database.
func databaseOf(o *office) (state string) {
	for _, l := range o.must(200, o.ask("admin", "GET", "/api/v1/health", nil)).body["lines"].([]any) {
		if l := l.(map[string]any); l["name"] == "database" {
			state = l["state"].(string)
		}
	}
	return state
}

// someone is a body for an account of a name.
func someone(name string) map[string]any {
	return map[string]any{"name": name, "password": "mat khau rat dai 1"}
}

// A database that takes no commits is said to be away, by answers and by readyz, and
// the service goes on by itself once it does.
func TestADatabaseThatDoesNotWriteIsNotReadyUntilItDoes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		f := movingStage(t, address).begin(t, false)
		defer f.stop()
		f.must(200, f.ask("", "GET", "/readyz", nil))
		f.seam.Refuse(true)
		if a := f.ask("admin", "POST", "/api/v1/accounts", someone("khi-day"), "Idempotency-Key", "k"); a.status != 503 || a.code() != "unavailable" {
			t.Errorf("%d %s", a.status, a.text)
		}
		for range 2 {
			if a := f.ask("", "GET", "/readyz", nil); a.status != 503 || a.code() != "not_ready" {
				t.Errorf("readyz: %d %s", a.status, a.text)
			}
			if got := databaseOf(f.office); got != "act" {
				t.Errorf("the database is %q to an administrator", got)
			}
		}
		f.must(200, f.ask("office", "GET", "/api/v1/products", nil))
		f.seam.Refuse(false)
		f.must(200, f.ask("", "GET", "/readyz", nil))
		f.must(201, f.ask("admin", "POST", "/api/v1/accounts", someone("khi-day"), "Idempotency-Key", "k"))
	})
}

// A disk that is full is said as such, and nothing is half done. Differs because
// SQLite can be given a size; a Postgres is made to say what it says then.
func TestAFullDiskSaysSo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		exec := func(text string) {
			t.Helper()
			if _, err := o.app.DB.Writer().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		free := func() { exec(fmt.Sprintf("PRAGMA max_page_count = %d", 1<<30)) }
		if o.app.DB.Dialect() == sqldb.SQLite {
			var pages int64
			if err := o.app.DB.Writer().QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
				t.Fatal(err)
			}
			exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		} else { // what a server says that cannot make a table longer
			exec(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
				$$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$`)
			exec("CREATE TRIGGER full_disk BEFORE INSERT ON entries EXECUTE FUNCTION full_disk()")
			free = func() { exec("DROP TRIGGER full_disk ON entries") }
		}
		full := false
		for i := 0; i < 200 && !full; i++ {
			a := o.ask("admin", "POST", "/api/v1/accounts", someone(fmt.Sprintf("nguoi-%d", i)))
			if full = a.status != 201; full && (a.status != 503 || a.code() != "disk_full") {
				t.Errorf("full disk: %d %s", a.status, a.text)
			}
		}
		if !full {
			t.Error("it was never full")
		}
		free()
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts", someone("lai-co-cho")))
		o.verified(0)
	})
}

// Readers that hold every connection keep others waiting, not for ever: the probe
// says so, and all goes on when they are done.
func TestAnExhaustedPoolIsNotReadyUntilItIsFree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		held, release, done := make(chan struct{}), make(chan struct{}), make(chan error)
		const all = 4 // of the writer; SQLite has one
		n := all
		if o.app.DB.Dialect() == sqldb.SQLite {
			n = 1
		}
		for range n {
			go func() {
				conn, err := o.app.DB.Writer().Conn(t.Context())
				held <- struct{}{}
				<-release
				if err == nil {
					err = conn.Close()
				}
				done <- err
			}()
		}
		for range n {
			<-held
		}
		began := time.Now()
		if a := o.ask("", "GET", "/readyz", nil); a.status != 503 {
			t.Errorf("readyz: %d %s", a.status, a.text)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %v to say so", took)
		}
		close(release)
		for range n {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		o.must(200, o.ask("", "GET", "/readyz", nil))
	})
}

// zeros are a body of two gigabytes of which is known how much was taken.
type zeros struct{ taken atomic.Int64 }

func (z *zeros) Read(b []byte) (int, error) {
	if z.taken.Add(int64(len(b))) > 2<<30 {
		return 0, io.EOF
	}
	return len(b), nil
}

// An upload of two gigabytes is refused when it is over the limit, not at its end.
func TestAnUploadOfTwoGigabytesIsRefusedEarly(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	var z zeros
	head := "--b\r\nContent-Disposition: form-data; name=\"product\"\r\n\r\n" + o.product(fishSauce) + "\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nawards\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
	r, err := http.NewRequest("POST", o.address+"/api/v1/documents", io.MultiReader(strings.NewReader(head), &z))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("Authorization", "Bearer "+o.tokens["producer-"+fishSauce])
	if a, err := http.DefaultClient.Do(r); err == nil { // the connection may be closed before the answer is read
		if a.Body.Close(); a.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", a.StatusCode)
		}
	}
	if n := z.taken.Load(); n > 64<<20 {
		t.Errorf("%d MB were taken in before it was refused", n>>20)
	}
	if o.must(200, o.ask("", "GET", "/readyz", nil)); o.app.DB != nil {
		var rows int
		if err := o.app.DB.QueryRow(t.Context(), "SELECT count(*) FROM upload_pieces").Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d pieces lie there, %v", rows, err)
		}
	}
}

// Connections that say nothing, or half of something, cost little: others are
// served. OCOPFLOW_IDLE says how many; `make environment` says 10,000.
func TestIdleAndHalfOpenConnectionsKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	n := asked(t, "OCOPFLOW_IDLE", 500)
	o := openOffice(t, dbtest.SQLite(t))
	host := strings.TrimPrefix(o.address, "http://")
	for i := range n {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		defer c.Close()
		switch i % 3 {
		case 1: // asked once, kept open
			if _, err := fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			if a, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || a.StatusCode != 200 {
				t.Fatal(err)
			}
		case 2: // half of a head
			if _, err := io.WriteString(c, "GET /api/v1/products HTTP/1.1\r\nHost: "); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.must(200, o.ask("", "GET", "/readyz", nil))
	o.must(200, o.ask("office", "GET", "/api/v1/products", nil))
	o.must(201, o.ask("admin", "POST", "/api/v1/accounts", someone("giua-dam-dong")))
}

//go:build linux

package app

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
)

// exportFormats are those of the whole history.
var exportFormats = []string{"jsonl", "csv", "xes", "ocel", "bundle"}

// slowReader takes the head of an answer and then nothing until it is let go.
type slowReader struct {
	header http.Header
	begin  func()
	goOn   <-chan struct{}
}

func (s *slowReader) Header() http.Header { return s.header }
func (s *slowReader) WriteHeader(int)     {}
func (s *slowReader) Write(b []byte) (int, error) {
	s.begin()
	<-s.goOn
	return len(b), nil
}

// However many read slowly, they hold no connection of the database and no turn of
// others.
func TestSlowReadersKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		readSlowly(o, 2, "office", "/api/v1/products/"+o.product(fishSauce)+"/dossier.pdf") // one is bound at a time
		readSlowly(o, 13, "office", "/api/v1/exports/products.xlsx")                        // one more than the largest pool
		for _, format := range exportFormats {
			readSlowly(o, 13, "auditor", "/api/v1/audit/export?format="+format)
		}
	})
}

// readSlowly lets n readers of an answer begin and go no further, and asks for
// other things meanwhile.
func readSlowly(o *office, n int, who, path string) {
	o.t.Helper()
	began, goOn := make(chan struct{}), make(chan struct{})
	var reading sync.WaitGroup
	for range n {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", "Bearer "+o.tokens[who])
		begin := sync.OnceFunc(func() { began <- struct{}{} })
		reading.Go(func() { o.app.Handler.ServeHTTP(&slowReader{http.Header{}, begin, goOn}, r) })
	}
	for i := range n {
		select {
		case <-began:
		case <-time.After(time.Minute):
			o.t.Fatalf("%s: %d slow readers keep the next from being answered", path, i)
		}
	}
	o.must(200, o.ask("", "GET", "/readyz", nil))
	o.must(200, o.ask("office", "GET", "/api/v1/worklist", nil))
	close(goOn)
	reading.Wait()
}

// A folder or database that the program may not write is told before anything is
// served, with what to do.
func TestAFolderThatIsReadOnlySaysSo(t *testing.T) {
	t.Parallel()
	binary, folder := builtBinary(t)
	bare, full := filepath.Join(folder, "bare"), filepath.Join(folder, "full")
	if err := os.Mkdir(bare, 0o555); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "migrate", "--data", full).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, mode := range map[string]os.FileMode{filepath.Join(full, "ocopflow.db"): 0o444, full: 0o555} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, data := range []string{bare, filepath.Join(bare, "sub"), full} {
		for lang, advice := range map[string]string{"vi": "quyền ghi", "en": "may not write"} {
			child := exec.CommandContext(t.Context(), binary, "serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", lang)
			if os.Getuid() == 0 { // whom nothing forbids to write
				child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			var said bytes.Buffer
			child.Stdout, child.Stderr = &said, &said
			err := child.Run()
			if child.ProcessState == nil || child.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), advice) {
				t.Errorf("%s, %s: %v: %s", data, lang, err, said.String())
			}
		}
	}
}

// A server under work needs less than 256 MB of its own (pages of files, the
// program's among them, are the machine's to take back): an import, uploads, a
// bound dossier, lists, the whole history. OCOPFLOW_ROWS says how many rows are
// imported; `make environment` says 20,000.
func TestWorkFitsIntoAQuarterOfAGigabyte(t *testing.T) {
	t.Parallel()
	rows := asked(t, "OCOPFLOW_ROWS", 1000)
	binary, data := builtBinary(t)
	address := dbtest.SQLite(t)
	o := openOffice(t, address, func(c *Config) { c.Data = data })
	s := startWith(t, binary, address, data)
	defer s.kill(t)
	o.address = s.address
	fits := func(after string) {
		t.Helper()
		if own := ownMemory(t, s.process.Process.Pid); own > 256 {
			t.Errorf("after %s it holds %d MB", after, own)
		} else {
			t.Logf("after %s it holds %d MB", after, own)
		}
	}
	o.must(200, o.bringIn("office-province", "/api/v1/imports/products", filledIn(t, productHeads, o.manyProducts(rows)...), "mode", "all"))
	fits("an import")
	product := o.product(fishSauce)
	for i := range 4 {
		o.must(201, o.upload("producer-"+fishSauce, product, "awards", bytes.Repeat(fmt.Appendf(nil, "minh chứng %d ", i), 1<<20)))
	}
	fits("uploads")
	for _, path := range []string{"/api/v1/exports/products.xlsx", "/api/v1/products?limit=100", "/api/v1/products/" + product + "/dossier.pdf", "/products"} {
		o.must(200, o.ask("office", "GET", path, nil))
		fits(path)
	}
	for _, format := range exportFormats {
		o.must(200, o.ask("auditor", "GET", "/api/v1/audit/export?format="+format, nil))
	}
	fits("exports")
}

// ownMemory is what a process holds beside pages of files, in MB.
func ownMemory(t *testing.T, process int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "RssAnon:")
	kB, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kB >> 10
}

//go:build unix

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"

	"github.com/alexedwards/argon2id"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// quick hashing, for tests alone.
var quick = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// office is a running demo with its accounts; every test that uses one ends
// with the ledger recomputed.
type office struct {
	t       testing.TB
	app     *App
	address string
	tokens  map[string]string
}

func openOffice(t testing.TB, address string, change ...func(*Config)) *office {
	t.Helper()
	return openOfficeWith(t, address, nil, change...)
}

// openOfficeWith runs the demo on other procedures.
func openOfficeWith(t testing.TB, address string, procedures fs.FS, change ...func(*Config)) *office {
	t.Helper()
	config := Config{Database: address, Data: t.TempDir(), Procedures: procedures, Demo: true, Hashing: quick, Idle: true, Rates: Rates{-1, -1},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, c := range change {
		c(&config)
	}
	var tokens map[string]string
	if procedures == nil {
		tokens = copyDemo(t, address, config.Data)
	}
	a, err := Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	if tokens == nil {
		tokens = loadDemo(t, a)
	}
	server := httptest.NewServer(a.Handler)
	o := &office{t: t, app: a, address: server.URL, tokens: tokens}
	t.Cleanup(func() {
		server.Close()
		report, err := audit.Verify(context.Background(), a.DB, audit.Options{Files: a.Files})
		if err != nil || !report.OK {
			t.Errorf("ledger: %+v %v", report, err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// asked is how many of something the environment asks for, and how many otherwise.
func asked(t testing.TB, setting string, unless int) int {
	t.Helper()
	s := os.Getenv(setting)
	if s == "" {
		return unless
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", setting, err)
	}
	return n
}

// loadDemo gives the tokens of the demo's accounts.
func loadDemo(t testing.TB, a *App) map[string]string {
	t.Helper()
	demo, err := a.LoadDemo(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{}
	for _, x := range demo {
		tokens[x.Name] = x.Token
	}
	return tokens
}

// answer is a status with its JSON.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (a answer) code() string { s, _ := a.body["code"].(string); return s }

// reasons are the codes of the reasons, in their order.
func (a answer) reasons() []string {
	out := []string{}
	list, _ := a.body["reasons"].([]any)
	for _, r := range list {
		out = append(out, r.(map[string]any)["code"].(string))
	}
	return out
}

func (a answer) items() []map[string]any {
	out := []map[string]any{}
	list, _ := a.body["items"].([]any)
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

// ask sends a request; body may be nil, bytes, or anything that is JSON.
func (o *office) ask(who, method, path string, body any, headers ...string) answer {
	o.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			o.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, o.address+path, reader)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return o.send(r)
}

func (o *office) send(r *http.Request) answer {
	o.t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	a := answer{status: got.StatusCode, header: got.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.body) // pages are no JSON
	return a
}

func (o *office) move(who, product, event string, data map[string]any, headers ...string) answer {
	o.t.Helper()
	body := map[string]any{"event": event, "comment": "vì một lý do"}
	if data != nil {
		body["data"] = data
	}
	return o.ask(who, "POST", "/api/v1/products/"+product+"/transitions", body, headers...)
}

// must fails the test unless the answer has the status.
func (o *office) must(status int, a answer) answer {
	o.t.Helper()
	if a.status != status {
		o.t.Fatalf("got %d, want %d: %.600s", a.status, status, a.text)
	}
	return a
}

func (o *office) product(code string) string {
	o.t.Helper()
	for _, p := range o.must(200, o.ask("office-province", "GET", "/api/v1/products?limit=200", nil)).items() {
		if p["code"] == code {
			return p["id"].(string)
		}
	}
	o.t.Fatalf("no product %s", code)
	return ""
}

func (o *office) upload(who, product, kind string, content []byte) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	form.WriteField("product", product)
	form.WriteField("kind", kind)
	file, err := form.CreateFormFile("file", kind+".txt")
	if err != nil {
		o.t.Fatal(err)
	}
	file.Write(content)
	form.Close()
	r, err := http.NewRequest("POST", o.address+"/api/v1/documents", &b)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.send(r)
}

// entries counts a product's entries of a kind.
func (o *office) entries(product, kind string) int {
	o.t.Helper()
	n := 0
	for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+product+"/history", nil)).items() {
		if e["kind"] == kind {
			n++
		}
	}
	return n
}

//go:build unix

package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var updateGuides = flag.Bool("update-guides", false, "write the pictures of docs/guides")

// output is where screenshots are kept to be looked at.
const output = "../../test-output"

var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "ocopflow-browser-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "ocopflow")
		build := exec.Command("go", "build", "-o", binary, "ocopflow/cmd/ocopflow")
		build.Stderr = os.Stderr
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "build:", err)
			return 1
		}
		if err := os.MkdirAll(output, 0o750); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// office is the program as a process, with the demo's accounts, and a browser.
type office struct {
	t        *testing.T
	chrome   context.Context
	address  string
	data     string // its folder
	password string
	tokens   map[string]string
}

func serve(t *testing.T, more ...string) *office {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(binary, append([]string{"serve", "--demo", "--json", "--listen", "127.0.0.1:0", "--data", dir, "--database", "sqlite:" + filepath.Join(dir, "demo.db"), "--anonymous-rate=-1"}, more...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may be gone
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(errs.String())
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	var ready struct {
		Address  string
		Accounts []struct{ Name, Password, Token string }
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, address: ready.Address, data: dir, tokens: map[string]string{}}
	for _, a := range ready.Accounts {
		o.tokens[a.Name], o.password = a.Token, a.Password
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	chrome, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	if err := chromedp.Do(chrome); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	o.chrome = chrome
	return o
}

// ask sends a request of the API, for what the day does not show.
func (o *office) ask(who, method, path string, body any) map[string]any {
	o.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			o.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	text := o.send(who, method, path, "application/json", reader)
	out := map[string]any{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			o.t.Fatalf("%s: %v: %.300s", path, err, text)
		}
	}
	return out
}

// send sends a request of the API, which must be answered well, and gives the answer.
func (o *office) send(who, method, path, media string, body io.Reader) []byte {
	o.t.Helper()
	r, err := http.NewRequest(method, o.address+"/api/v1"+path, body)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	r.Header.Set("Content-Type", media)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if got.StatusCode >= 300 {
		o.t.Fatalf("%s %s %s: %d %.600s", who, method, path, got.StatusCode, text)
	}
	return text
}

// product finds one by its code.
func (o *office) product(code string) string {
	o.t.Helper()
	for _, x := range o.ask("office", "GET", "/products?limit=200", nil)["items"].([]any) {
		if p := x.(map[string]any); p["code"] == code || strings.HasPrefix(p["code"].(string), code) {
			return p["id"].(string)
		}
	}
	o.t.Fatalf("no product %s", code)
	return ""
}

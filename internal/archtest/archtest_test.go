package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layers go upwards: a package may import those of its own layer and of the
// layers before it, never one behind.
var layers = [][]string{
	{"ocop", "source", "fault", "access", "workflows", "calendar", "criteria", "warning", "workflow", "draw", "chart", "forecast", "ledger"}, // decide: no I/O
	{"disk", "trace", "sqldb", "migrations"}, // keep
	{"store"},
	{"commit", "past", "vault"},
	{"register", "casework", "council", "accounts", "campaign", "notary", "inspect", "audit", "privacy", "review", "live", "provider", "fieldwork", "sample", "batch", "correspondence", "ending", "petition", "support"}, // do
	{"job", "paper", "mail", "notify", "feed", "webhook", "clerk", "announce", "workbook", "intake", "lists", "backup", "meter", "health", "signature"},                                                                   // later
	{"httpx", "httpapi", "web", "story"}, // speak
	{"app"},                              // wire
	{"bench"},                            // measure
	{"cmd/ocopflow"},
}

// testOnly packages are imported by tests alone.
var testOnly = []string{"dbtest", "archtest", "browser", "faulty"}

// besides have no place in the layers; anybody above may use them.
var besides = []string{"pgprivate", "tools/release"}

// only says which packages may know a library.
var only = map[string][]string{
	"github.com/looplab/fsm":              {"workflow"},
	"github.com/goccy/go-graphviz":        {"draw"},
	"github.com/riverqueue/river":         {"job", "migrations"},
	"cel.dev/cel-go":                      {"workflow"},
	"github.com/goccy/go-yaml":            {"source", "workflow"},
	"github.com/jackc/pgx":                {"sqldb", "pgprivate", "dbtest", "bench"},
	"modernc.org/sqlite":                  {"sqldb", "faulty"},
	"github.com/pressly/goose":            {"migrations"},
	"github.com/gin-gonic/gin":            {"httpapi", "web", "app"},
	"github.com/danielgtaylor/huma":       {"httpapi"},
	"github.com/alexedwards/argon2id":     {"accounts", "app", "bench"},
	"github.com/pquerna/otp":              {"accounts"},
	"github.com/coreos/go-oidc":           {"provider"},
	"golang.org/x/oauth2":                 {"provider"},
	"github.com/alecthomas/kong":          {"cmd/ocopflow"},
	"codeberg.org/go-pdf/fpdf":            {"paper"},
	"github.com/go-fonts":                 {"paper"},
	"github.com/pdfcpu/pdfcpu":            {"paper", "signature"},
	"github.com/boombuler/barcode":        {"paper"},
	"github.com/wneessen/go-mail":         {"mail"},
	"github.com/arran4/golang-ical":       {"feed"},
	"github.com/standard-webhooks":        {"webhook"},
	"github.com/yuin/goldmark":            {"paper"},
	"github.com/xuri/excelize":            {"workbook"},
	"github.com/prometheus/client_golang": {"meter"},
	"go.opentelemetry.io":                 {"trace"},
	"github.com/prometheus/client_model":  {"meter"},
	"filippo.io/age":                      {"backup"},
}

// pure packages of the first layer reach neither database, network nor files.
var impure = []string{"database/sql", "net", "net/http", "os", "os/exec", "io/ioutil"}

type pack struct {
	ImportPath string
	Name       string
	Doc        string
	Dir        string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []pack {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Doc,Dir,Imports,GoFiles", "ocopflow/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pack
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pack
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func short(path string) (string, bool) {
	path, ours := strings.CutPrefix(path, "ocopflow/")
	return strings.TrimPrefix(path, "internal/"), ours
}

func layer(name string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, name) })
}

func TestImportsGoUpwards(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from, _ := short(p.ImportPath)
		here := layer(from)
		if here < 0 && !slices.Contains(testOnly, from) && !slices.Contains(besides, from) {
			t.Errorf("package %s has no place in the table", from)
			continue
		}
		for _, path := range p.Imports {
			to, ours := short(path)
			for library, may := range only {
				if strings.HasPrefix(path, library) && !slices.Contains(may, from) {
					t.Errorf("%s imports %s, which is for %v", from, path, may)
				}
			}
			if here == 0 && slices.Contains(impure, path) {
				t.Errorf("%s decides, but imports %s", from, path)
			}
			if !ours || slices.Contains(testOnly, from) || slices.Contains(besides, to) {
				continue
			}
			if there := layer(to); there > here {
				t.Errorf("%s imports %s, which lies above it", from, to)
			}
			if slices.Contains(testOnly, to) {
				t.Errorf("%s imports %s, which is for tests", from, to)
			}
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(strings.Fields(p.Doc)) < 8 {
			t.Errorf("%s: package comment %q says too little", p.ImportPath, p.Doc)
		}
	}
}

func TestFilesStayShort(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(text), "\n"); n > 500 {
				t.Errorf("%s/%s has %d lines", p.ImportPath, name, n)
			}
		}
	}
}

// Words and habits that the house rules exclude from code that ships.
var excluded = map[string]*regexp.Regexp{
	"a name that says nothing":        regexp.MustCompile(`^package (util|utils|common|helper|helpers|types|model|impl)$`),
	"a type named Manager":            regexp.MustCompile(`^type \w*Manager\b`),
	"work left for later":             regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`),
	"a test that skips":               regexp.MustCompile(`\bt\.Skip(f|Now)?\(`),
	"Gin's pooled context handed on":  regexp.MustCompile(`(\.\w+\(p\.c, |(Desk|People|Notary|Campaigns|Councils)\.\w+\(c[,)])`),
	"the database asked for the time": regexp.MustCompile(`\b(now\(\)|CURRENT_TIMESTAMP)\b.*FROM`),
}

func TestHouseRules(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if filepath.Base(name) == "archtest_test.go" {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				for what, rule := range excluded {
					if rule.MatchString(line) {
						t.Errorf("%s:%d: %s", name, i+1, what)
					}
				}
			}
		}
	}
}

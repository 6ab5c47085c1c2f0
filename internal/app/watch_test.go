//go:build unix

package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/job"
)

// locked is a log that handlers write to at a time.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *locked) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// The figures follow what happens, and neither they nor the log name a person or
// a product.
func TestFiguresAndLogTellWhatHappensWithoutNames(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		var log locked
		o := openOffice(t, address, func(c *Config) {
			c.Log = slog.New(slog.NewJSONHandler(&log, nil))
			c.Backup.Dir, c.Backup.Keep = t.TempDir(), 1
			c.Certificate = func() (time.Time, error) { return time.Unix(1900000000, 0), nil }
		})
		secret := "Nguyễn Thị Bí Mật"
		id := o.product(fishSauce)
		o.must(200, o.ask("office", "GET", "/api/v1/products/"+id+"?q=bi-mat", nil))
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "bi-mat", "display": secret, "password": "mat khau rat dai 1"}))
		o.ask("office", "GET", "/api/v1/products/khong-co", nil)
		o.registered("Nước mắm được đếm")
		o.must(403, o.move("office", id, "certify", nil))
		gone := errors.New("gone")
		for _, task := range []job.Task{{Name: "checkpoint", Do: o.app.Notary.Keep}, {Name: "backup", Do: o.app.backUp}, {Name: "mails", Do: func(context.Context) error { return gone }}} {
			if err := o.app.counted(task).Do(t.Context()); err != nil && !errors.Is(err, gone) {
				t.Error(err)
			}
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if err := o.app.counted(job.Task{Name: "webhooks", Do: func(ctx context.Context) error { return ctx.Err() }}).Do(stopped); err == nil {
			t.Error("it ended well")
		}
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts", someone("sau-diem-chot")))
		w := httptest.NewRecorder()
		o.app.Meter.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		figures := w.Body.String()
		watchedFiguresAreThere(t, figures)
		for _, want := range []string{"ocopflow_database_up 1", "ocopflow_ledger_entries ", "ocopflow_commit_batch_acts_count ", `route="/api/v1/products/:id",status="200"`,
			`route="/api/v1/products/:id",status="404"`, "ocopflow_timers_overdue ", "ocopflow_sessions ", "go_goroutines ",
			`ocopflow_moves_total{event="register"} `, `ocopflow_refusals_total{reason="role_missing"} 1`, "ocopflow_commit_queue 0", "ocopflow_certificate_end_timestamp_seconds 1.9e+09", "ocopflow_checkpoint_lag_entries 1",
			`ocopflow_task_runs_total{outcome="done",task="checkpoint"} 1`, `ocopflow_task_runs_total{outcome="failed",task="mails"} 1`, `ocopflow_task_seconds_count{task="backup"} 1`} {
			if !strings.Contains(figures, want) {
				t.Errorf("no %s in the figures", want)
			}
		}
		kept, err := filepath.Glob(filepath.Join(o.app.Data, "checkpoint-*.txt"))
		if err != nil || len(kept) == 0 {
			t.Fatalf("no checkpoint was kept: %v", err)
		}
		for _, name := range kept {
			if err := os.WriteFile(name, []byte("torn"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		w = httptest.NewRecorder()
		o.app.Meter.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		if got := w.Body.String(); !strings.Contains(got, "ocopflow_database_up 1") || strings.Contains(got, "\nocopflow_checkpoint_lag_entries ") {
			t.Error("a checkpoint that cannot be read is told as a database that does not answer")
		}
		if strings.Contains(figures, `task="webhooks"`) {
			t.Error("a task that was stopped counts as one that failed")
		}
		text := log.text()
		if !strings.Contains(text, `"route":"/api/v1/products/:id"`) || !strings.Contains(text, `"request":"`) {
			t.Errorf("the log does not tell the requests: %s", text)
		}
		for where, said := range map[string]string{"figures": figures, "log": text} {
			for _, no := range []string{secret, "bi-mat", id, "mat khau"} {
				if strings.Contains(said, no) {
					t.Errorf("the %s name %q", where, no)
				}
			}
		}
	})
}

// watchedFiguresAreThere holds the dashboard and the alerts against the figures, and
// each alert against its section of the runbook in both languages.
func watchedFiguresAreThere(t *testing.T, figures string) {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	alerts := read("packaging/alerts.yml")
	for _, name := range regexp.MustCompile(`\b(?:ocopflow|process|go)_[a-z_]+`).FindAllString(alerts+read("packaging/grafana/ocopflow.json"), -1) {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, suffix)
		}
		if !strings.Contains(figures, "# TYPE "+name+" ") {
			t.Errorf("%s is watched, but not told", name)
		}
	}
	names := regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(alerts, -1)
	for _, m := range names {
		if !strings.Contains(alerts, `runbook: "docs/operations.md#`+strings.ToLower(m[1])+`"`) {
			t.Errorf("%s names no section of the runbook", m[1])
		}
		for _, name := range []string{"docs/operations.md", "docs/guides/en/operations.md"} {
			if !strings.Contains(read(name), "\n### "+m[1]+"\n") {
				t.Errorf("%s is not in %s", m[1], name)
			}
		}
	}
	if len(names) < 8 {
		t.Errorf("%d alerts", len(names))
	}
}

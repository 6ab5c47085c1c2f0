//go:build unix

package app

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/dbtest"
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
		o := openOffice(t, address, func(c *Config) { c.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
		secret := "Nguyễn Thị Bí Mật"
		id := o.product(fishSauce)
		o.must(200, o.ask("office", "GET", "/api/v1/products/"+id+"?q=bi-mat", nil))
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "bi-mat", "display": secret, "password": "mat khau rat dai 1"}))
		o.ask("office", "GET", "/api/v1/products/khong-co", nil)
		w := httptest.NewRecorder()
		o.app.Meter.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		figures := w.Body.String()
		for _, want := range []string{"ocopflow_database_up 1", "ocopflow_ledger_entries ", "ocopflow_commit_batch_acts_count ", `route="/api/v1/products/:id",status="200"`,
			`route="/api/v1/products/:id",status="404"`, "ocopflow_timers_overdue ", "ocopflow_sessions ", "go_goroutines "} {
			if !strings.Contains(figures, want) {
				t.Errorf("no %s in the figures", want)
			}
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

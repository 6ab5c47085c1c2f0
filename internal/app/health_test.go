//go:build unix

package app

import (
	"log/slog"
	"strings"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/trace"
)

// Administrators, and they alone, are told how the program does; and a request
// can be followed from the door to its statements, by ids that the log carries
// too, without a value of what was asked.
func TestAdministratorsSeeHowTheProgramDoesAndRequestsAreFollowed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		var log locked
		spans := tracetest.NewInMemoryExporter()
		o := openOffice(t, address, func(c *Config) {
			c.Log = slog.New(trace.Log(slog.NewJSONHandler(&log, nil)))
			c.Tracer = trace.New(sdk.NewSimpleSpanProcessor(spans), 1, "test")
			c.Backup.Dir, c.Backup.Every = t.TempDir(), 1
		})
		got := o.ask("admin", "GET", "/api/v1/health", nil)
		o.must(200, got)
		states := map[string]string{}
		for _, x := range got.body["lines"].([]any) {
			l := x.(map[string]any)
			states[l["name"].(string)] = l["state"].(string)
		}
		for name, want := range map[string]string{"database": "good", "clock": "good", "backups": "act", "checkpoint": "look", "jobs": "good", "certificate": "good", "version": "good", "disk": states["disk"]} {
			if states[name] != want || want == "" {
				t.Errorf("%s is %q, want %q", name, states[name], want)
			}
		}
		if err := o.app.Notary.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := o.app.backUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if text := o.ask("admin", "GET", "/api/v1/health", nil).text; !strings.Contains(text, "read back and found good; 1 there") || strings.Contains(text, "None yet") {
			t.Error(text)
		}
		for _, who := range []string{"office", "auditor", "leader"} {
			o.must(403, o.ask(who, "GET", "/api/v1/health", nil))
		}
		o.must(401, o.ask("", "GET", "/api/v1/health", nil))

		spans.Reset()
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "bi-mat", "display": "Nguyễn Thị Bí Mật", "password": "mat khau rat dai 1"}))
		chain := map[string]int{}
		all := spans.GetSpans()
		byID := map[string]tracetest.SpanStub{}
		for _, s := range all {
			byID[s.SpanContext.SpanID().String()] = s
		}
		for _, s := range all {
			var names []string
			for at, ok := s, true; ok; at, ok = byID[at.Parent.SpanID().String()] {
				names = append(names, at.Name)
			}
			chain[strings.Join(names, " < ")]++
			for _, a := range s.Attributes {
				for _, no := range []string{"bi-mat", "Bí Mật", "mat khau"} {
					if strings.Contains(a.Value.String(), no) {
						t.Errorf("a span tells %q: %s", no, a.Value.String())
					}
				}
			}
		}
		if chain["sql < batch < act < POST /api/v1/accounts"] < 3 || chain["sql < POST /api/v1/accounts"] < 1 {
			t.Errorf("the chain is broken: %v", chain)
		}
		for _, s := range all {
			if s.Name == "POST /api/v1/accounts" && !strings.Contains(log.text(), `"trace":"`+s.SpanContext.TraceID().String()+`"`) {
				t.Error("the log does not carry the trace's id")
			}
		}
	})
}

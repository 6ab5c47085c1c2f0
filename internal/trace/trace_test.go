package trace

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// A share of requests is traced, whatever the caller says of traces of its own;
// below a request that is not, nothing is.
func TestOnlyAShareIsTraced(t *testing.T) {
	t.Parallel()
	var none *Tracer
	ctx, s := none.Request(t.Context(), "x")
	if s.On() || Recorded(ctx) || none.Close() != nil {
		t.Error("nothing was traced by nobody")
	}
	s.Note("a", "b")
	s.Link(ctx)
	s.End(nil)
	spans := tracetest.NewInMemoryExporter()
	few := New(sdk.NewSimpleSpanProcessor(spans), 0.25, "test")
	const requests = 400
	for range requests {
		ctx, root := few.Request(context.Background(), "request")
		_, below := Begin(ctx, "act")
		Statement(ctx, "sqlite", "SELECT 1").End(nil)
		below.End(nil)
		root.End(nil)
	}
	if n := len(spans.GetSpans()); n%3 != 0 || n < requests*3/8 || n > requests*3/2 {
		t.Errorf("%d spans of %d requests at a quarter", n, requests)
	}
	for _, share := range []float64{0, -1, 2} {
		if _, err := Open(t.Context(), "http://127.0.0.1:1", share, "test", slog.Default()); err == nil {
			t.Errorf("a share of %v was taken", share)
		}
	}
	// A collector gets them where OTLP has them.
	got := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer collector.Close()
	all, err := Open(t.Context(), collector.URL, 1, "test", slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	_, s = all.Request(t.Context(), "x")
	s.End(nil)
	if err := all.Close(); err != nil {
		t.Fatal(err)
	}
	if path := <-got; path != "/v1/traces" {
		t.Errorf("sent to %s", path)
	}
}

// BenchmarkOff is what a statement pays while nothing is traced.
func BenchmarkOff(b *testing.B) {
	ctx := context.WithValue(b.Context(), new(int), 1)
	for b.Loop() {
		Statement(ctx, "sqlite", "SELECT 1").End(nil)
	}
}

// BenchmarkOn is what it pays in a trace.
func BenchmarkOn(b *testing.B) {
	t := New(sdk.NewBatchSpanProcessor(tracetest.NewNoopExporter()), 1, "test")
	ctx, s := t.Request(b.Context(), "request")
	defer s.End(nil)
	for b.Loop() {
		Statement(ctx, "sqlite", "SELECT 1").End(nil)
	}
}

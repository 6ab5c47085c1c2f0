// Package trace follows a request through the program for OpenTelemetry: request,
// act, batch, statement, a span each. Spans are made only below one that began at
// the door, so that a program without tracing pays for a look into the context and
// nothing else. Spans name routes and statements, never persons, products or
// values; figures are meter's, the log is its callers'.
package trace

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

// Tracer begins traces. The zero pointer traces nothing.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   api.Tracer
}

const scope = "ocopflow"

// Open sends a share of the traces to a collector by OTLP over HTTP. Headers, such
// as a key, come from the standard OTEL_EXPORTER_OTLP_HEADERS.
func Open(ctx context.Context, collector string, share float64, version string, log *slog.Logger) (*Tracer, error) {
	u, err := url.Parse(collector)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("traces: the collector's address is like http://127.0.0.1:4318")
	case share <= 0 || share > 1:
		return nil, errors.New("traces: the share is above 0 and at most 1")
	case u.Path == "" || u.Path == "/":
		u.Path = "/v1/traces" // as OTLP has it
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithTimeout(5*time.Second))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	return New(sdk.NewBatchSpanProcessor(told{exporter, log}), share, version), nil
}

// told lets our log say that a collector takes nothing, in place of the library's.
type told struct {
	sdk.SpanExporter
	log *slog.Logger
}

// ExportSpans implements sdk.SpanExporter.
func (t told) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := t.SpanExporter.ExportSpans(ctx, spans); err != nil {
		t.log.Warn("the collector took no traces", "spans", len(spans), "err", err)
	}
	return nil
}

// New hands spans to a processor.
func New(to sdk.SpanProcessor, share float64, version string) *Tracer {
	who := resource.NewSchemaless(attribute.String("service.name", "ocopflow"), attribute.String("service.version", version))
	p := sdk.NewTracerProvider(sdk.WithSpanProcessor(to), sdk.WithSampler(sdk.TraceIDRatioBased(share)), sdk.WithResource(who))
	return &Tracer{p, p.Tracer(scope)}
}

// Close sends what is left.
func (t *Tracer) Close() error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// Request begins a trace. What a caller says of traces of its own is not taken: a
// stranger could make the program trace all day.
func (t *Tracer) Request(ctx context.Context, name string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	ctx, s := t.tracer.Start(ctx, name, api.WithNewRoot(), api.WithSpanKind(api.SpanKindServer))
	return ctx, Span{s}
}

// Span is a stretch of a trace. The zero span is none.
type Span struct{ span api.Span }

// Begin begins a span below the one in ctx; none where there is none.
func Begin(ctx context.Context, name string) (context.Context, Span) {
	above := api.SpanFromContext(ctx)
	if !above.IsRecording() {
		return ctx, Span{}
	}
	ctx, s := above.TracerProvider().Tracer(scope).Start(ctx, name)
	return ctx, Span{s}
}

// Statement begins the span of a statement of SQL. Its text is a constant: values
// are arguments, and stay out.
func Statement(ctx context.Context, database, text string) Span {
	above := api.SpanFromContext(ctx)
	if !above.IsRecording() {
		return Span{}
	}
	_, s := above.TracerProvider().Tracer(scope).Start(ctx, "sql", api.WithSpanKind(api.SpanKindClient))
	s.SetAttributes(attribute.String("db.system.name", database), attribute.String("db.query.text", text))
	return Span{s}
}

// On reports whether the span is recorded.
func (s Span) On() bool { return s.span != nil }

// Note adds a word about the span: of a small set, and nobody's name.
func (s Span) Note(key, value string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String(key, value))
	}
}

// Count adds a number.
func (s Span) Count(key string, n int) {
	if s.span != nil {
		s.span.SetAttributes(attribute.Int(key, n))
	}
}

// Link points to the span of another trace that this one also worked for.
func (s Span) Link(ctx context.Context) {
	if other := api.SpanContextFromContext(ctx); s.span != nil && other.IsValid() {
		s.span.AddLink(api.Link{SpanContext: other})
	}
}

// End ends the span. Of an error only that there was one is kept: its text may
// hold values.
func (s Span) End(err error) {
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// Recorded reports whether ctx stands in a trace.
func Recorded(ctx context.Context) bool { return api.SpanFromContext(ctx).IsRecording() }

// Below puts the span of one context into another, which may outlive it.
func Below(ctx, span context.Context) context.Context {
	return api.ContextWithSpan(ctx, api.SpanFromContext(span))
}

// Log adds the ids of the trace to each line that is written within one.
func Log(h slog.Handler) slog.Handler { return handler{h} }

type handler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if s := api.SpanContextFromContext(ctx); s.IsValid() {
		r = r.Clone()
		r.AddAttrs(slog.String("trace", s.TraceID().String()), slog.String("span", s.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(a []slog.Attr) slog.Handler { return handler{h.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

//go:build unix

package bench

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"ocopflow/internal/app"
	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// BenchmarkGrowth fills a ledger with OCOPFLOW_ENTRIES entries (10,000 unless
// given), a product for each 50, and measures what should not depend on their
// number: moves a second, pages, start, memory; and what may: the disk and the
// time of a verification.
func BenchmarkGrowth(b *testing.B) {
	entries := int64(10_000)
	if n, err := strconv.ParseInt(os.Getenv("OCOPFLOW_ENTRIES"), 10, 64); err == nil {
		entries = n
	}
	for b.Loop() {
		grow(b, entries)
	}
}

func grow(b *testing.B, entries int64) {
	r := &bench{Settings: Settings{Products: int(max(400, entries/50))}, dir: b.TempDir(), settings: map[string]map[string]string{}}
	address := cmp.Or(os.Getenv("OCOPFLOW_BENCH_DATABASE"), "sqlite:"+filepath.Join(r.dir, "x.db"))
	o, err := r.office(b.Context(), address, r.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer r.close()
	began := time.Now()
	for size(b, o) < entries {
		o.lap(b)
	}
	b.Logf("filled in %v", time.Since(began).Round(time.Second))
	if err := analyse(b.Context(), o.app.DB); err != nil {
		b.Fatal(err)
	}
	s, err := drive(b.Context(), 32, 5*time.Second, o.walker(32))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(s.perSecond(), "moves/s")
	for name, path := range map[string]func(i int) string{
		"product":  func(i int) string { return "/products/" + o.products[i].id },
		"history":  func(i int) string { return "/api/v1/products/" + o.products[i].id + "/history" },
		"worklist": func(int) string { return "/worklist" },
		"search":   func(i int) string { return "/products?q=nuoc+mam+" + strconv.Itoa(i/perProducer) },
	} {
		o.pages(b, name, path)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MiB")
	b.ReportMetric(float64(disk(b, o.app.DB))/float64(size(b, o)), "disk-B/entry")
	began = time.Now()
	again, err := app.Open(context.Background(), app.Config{Database: address, Data: r.dir, Idle: true})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(began).Seconds()*1000, "start-ms")
	again.Close()
	if os.Getenv("OCOPFLOW_VERIFY") == "" {
		return
	}
	began = time.Now()
	report, err := audit.Verify(b.Context(), o.app.DB, audit.Options{})
	if err != nil || !report.OK {
		b.Fatalf("%+v %v", report, err)
	}
	b.ReportMetric(float64(report.Entries)/time.Since(began).Seconds(), "verified/s")
}

func size(b *testing.B, o *office) int64 {
	head, err := store.LoadHead(b.Context(), o.app.DB)
	if err != nil {
		b.Fatal(err)
	}
	return head.Tree.Size
}

// lap takes every product one step on.
func (o *office) lap(b *testing.B) {
	for at := 0; at < len(o.products); at += 5000 {
		some := o.products[at:min(at+5000, len(o.products))]
		asks := make([]casework.Ask, len(some))
		for i, p := range some {
			s := o.steps[p.next]
			asks[i] = casework.Ask{Product: p.id, Actor: s.actor, Event: s.event, Comment: s.comment, Data: s.data}
			some[i].next = (p.next + 1) % len(o.steps)
		}
		_, errs := o.app.Desk.MoveMany(b.Context(), asks)
		for _, err := range errs {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func (o *office) walker(clients int) func(context.Context, int) error {
	at := make([]int, clients)
	return func(ctx context.Context, client int) error { return o.lead(ctx, client, clients, &at[client], o.move) }
}

// pages asks for a page of 200 products, one after another.
func (o *office) pages(b *testing.B, name string, path func(i int) string) {
	client, n := &http.Client{}, 0
	began := time.Now()
	var times []time.Duration
	for n < 200 {
		i := (n * 7919) % len(o.products)
		n++
		r, err := http.NewRequest(http.MethodGet, o.address+path(i), nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+o.steps[0].token)
		asked := time.Now()
		got, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, got.Body)
		if got.Body.Close(); got.StatusCode != http.StatusOK {
			b.Fatalf("%s: %s", path(i), got.Status)
		}
		times = append(times, time.Since(asked))
	}
	s := sampleOf(times, time.Since(began))
	b.ReportMetric(float64(s.p95.Microseconds())/1000, name+"-p95-ms")
}

// disk is how many bytes the database takes.
func disk(b *testing.B, db *sqldb.DB) (n int64) {
	ask := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if db.Dialect() == sqldb.Postgres {
		ask = `SELECT pg_database_size(current_database())`
	}
	if err := db.QueryRow(b.Context(), ask).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

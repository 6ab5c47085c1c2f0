//go:build unix

package bench

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/pgprivate"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// BenchmarkGrowth fills a ledger with OCOPFLOW_ENTRIES entries (10,000 unless
// given), a product for each 50, and measures what should not depend on their
// number: moves a second, pages, start, memory; and what may: the disk and, with
// OCOPFLOW_VERIFY, the time of a verification.
//
// An office of a million entries takes long to fill: with OCOPFLOW_KEEP=DIR it is
// left there, and measured again where it is found. That Postgres is then one
// of the caller's: OCOPFLOW_BENCH_DATABASE names an empty database of it.
func BenchmarkGrowth(b *testing.B) {
	entries := int64(10_000)
	if n, err := strconv.ParseInt(os.Getenv("OCOPFLOW_ENTRIES"), 10, 64); err == nil {
		entries = n
	}
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			for b.Loop() {
				grow(b, database, entries)
			}
		})
	}
}

// least is how many products there are, and how many move.
const least = 200

func grow(b *testing.B, database string, entries int64) {
	dir := b.TempDir()
	if keep := os.Getenv("OCOPFLOW_KEEP"); keep != "" {
		dir = filepath.Join(keep, fmt.Sprintf("%s-%d", database, entries))
	}
	address, server := "sqlite:"+filepath.Join(dir, "x.db"), 0
	if database == "postgres" {
		address, server = grownPostgres(b)
	}
	kept := filepath.Join(dir, "office.json")
	fillLedger(b, address, dir, kept, entries)
	debug.FreeOSMemory() // what filling took is not what serving takes

	r := &bench{dir: dir, settings: map[string]map[string]string{}}
	defer r.close()
	began := time.Now()
	o, err := r.opened(b.Context(), address, dir)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(began).Seconds()*1000, "start-ms")
	if err := o.recall(kept); err != nil {
		b.Fatal(err)
	}
	if err := o.serve(r); err != nil {
		b.Fatal(err)
	}
	o.measure(b, server)
	if err := o.keep(kept); err != nil { // the moves took products on
		b.Fatal(err)
	}
	if os.Getenv("OCOPFLOW_VERIFY") != "" {
		verify(b, o.app.DB)
	}
}

// measure tells for each page how long it takes, and the processor time of
// program, client and private server, which other programs on the machine disturb
// less.
func (o *office) measure(b *testing.B, server int) {
	desk := func(int) step { return o.steps[0] }
	each := func(n int) step { return o.steps[n%len(o.steps)] } // some have much to do, others nothing
	for _, page := range []struct {
		name string
		by   func(n int) step
		path func(i int) string
	}{
		{"product", desk, func(i int) string { return "/products/" + o.products[i].id }},
		{"history", desk, func(i int) string { return "/api/v1/products/" + o.products[i].id + "/history?limit=20" }},
		{"worklist", each, func(int) string { return "/worklist" }},
		{"list", desk, func(int) string { return "/products" }},
		{"search", desk, func(i int) string { return "/products?q=nuoc+mam+" + strconv.Itoa(i/perProducer) }},
	} {
		o.pages(b, server, page.name, page.by, page.path)
	}
	b.ReportMetric(float64(size(b, o.app.DB)), "entries")
	b.ReportMetric(float64(resident())/(1<<20), "resident-MiB")
	b.ReportMetric(float64(disk(b, o.app.DB))/float64(size(b, o.app.DB)), "disk-B/entry")
	// As many products move at every size; a moment for the memory of what they are
	// like, then what counts. Of the others none has moved since the start.
	moving := min(least, len(o.products))
	o.moves(b, server, "", o.products[:moving], 2*time.Second)
	o.moves(b, server, "", o.products[:moving], 10*time.Second)
	if others := o.products[moving:]; len(others) > 10_000 {
		o.moves(b, server, "first-", others, 3*time.Second)
	}
}

// moves lets 32 clients move products for some time.
func (o *office) moves(b *testing.B, server int, name string, products []product, each time.Duration) {
	of, used := *o, processor(server)
	of.products = products
	s, err := drive(b.Context(), 32, each, of.walker(32))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(s.perSecond(), name+"moves/s")
	b.ReportMetric(float64((processor(server)-used).Microseconds())/float64(s.moves), name+"move-cpu-µs")
}

// processor is the time that this program has used, and a private server.
func processor(server int) time.Duration {
	own, _ := ownUsage()
	if server == 0 {
		return own
	}
	return own + serverProcessor(server)
}

// grownPostgres is the caller's Postgres, or a private one. OCOPFLOW_BENCH_SERVER
// is the process of the caller's.
func grownPostgres(b *testing.B) (address string, process int) {
	if address := os.Getenv("OCOPFLOW_BENCH_DATABASE"); address != "" {
		process, _ = strconv.Atoi(os.Getenv("OCOPFLOW_BENCH_SERVER")) // 0 for none
		return address, process
	}
	pg, err := pgprivate.Start(b.Context(), false)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			b.Error(err)
		}
	})
	return pg.URL("postgres"), pg.PID()
}

// fillLedger makes moves of every product in turn until there are so many
// entries, decided and written as any other, or OCOPFLOW_FILL has passed (as
// 30m). It leaves a note of who is in it, and goes on where it finds one.
func fillLedger(b *testing.B, address, dir, kept string, entries int64) {
	patience, err := time.ParseDuration(cmp.Or(os.Getenv("OCOPFLOW_FILL"), "24h"))
	if err != nil {
		b.Fatal(err)
	}
	r := &bench{Settings: Settings{Products: int(max(least, entries/50))}, dir: dir, settings: map[string]map[string]string{}}
	defer r.close()
	began := time.Now()
	o, err := r.refilled(b, address, kept)
	if err != nil {
		b.Fatal(err)
	}
	n := size(b, o.app.DB)
	for n < entries && time.Since(began) < patience {
		o.lap(b)
		if err := o.keep(kept); err != nil {
			b.Fatal(err)
		}
		n = size(b, o.app.DB)
		b.Logf("%d entries after %v", n, time.Since(began).Round(time.Second))
	}
	if err := analyse(b.Context(), o.app.DB); err != nil {
		b.Fatal(err)
	}
}

// refilled is the office that was kept, or a new one.
func (b *bench) refilled(t *testing.B, address, kept string) (*office, error) {
	if _, err := os.Stat(kept); err != nil {
		o, err := b.office(t.Context(), address, b.dir)
		if err != nil {
			return nil, err
		}
		return o, o.keep(kept)
	}
	o, err := b.opened(t.Context(), address, b.dir)
	if err != nil {
		return nil, err
	}
	return o, o.recall(kept)
}

func verify(b *testing.B, db *sqldb.DB) {
	began := time.Now()
	report, err := audit.Verify(b.Context(), db, audit.Options{})
	if err != nil || !report.OK {
		b.Fatalf("%+v %v", report, err)
	}
	b.ReportMetric(float64(report.Entries)/time.Since(began).Seconds(), "verified/s")
}

func size(b *testing.B, db *sqldb.DB) int64 {
	head, err := store.LoadHead(b.Context(), db)
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

// pages asks for a page of 200 products, one after another, having asked for 20
// that do not count.
func (o *office) pages(b *testing.B, server int, name string, by func(n int) step, path func(i int) string) {
	client := &http.Client{}
	var times []time.Duration
	var used time.Duration
	for n := range 220 {
		if n == 20 {
			used = processor(server)
		}
		i := (n * 7919) % len(o.products)
		r, err := http.NewRequest(http.MethodGet, o.address+path(i), nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+by(n).token)
		asked := time.Now()
		got, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, got.Body)
		if got.Body.Close(); got.StatusCode != http.StatusOK {
			b.Fatalf("%s: %s", path(i), got.Status)
		}
		if n >= 20 {
			times = append(times, time.Since(asked))
		}
	}
	s := sampleOf(times, 0)
	b.ReportMetric(float64((processor(server)-used).Microseconds())/1000/float64(len(times)), name+"-cpu-ms")
	b.ReportMetric(float64(s.p50.Microseconds())/1000, name+"-p50-ms")
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

// resident is the memory that this process holds, clients with it.
func resident() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	n, _ := strconv.ParseInt(strings.Fields(rest + " 0")[0], 10, 64) // 0 where the system does not say
	return 1024 * n
}

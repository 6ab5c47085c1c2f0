//go:build unix

package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/intake"
	"ocopflow/internal/ledger"
	"ocopflow/internal/lists"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

func openForBench(b *testing.B, database string) *App {
	b.Helper()
	address := map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}[database](b)
	a, err := Open(context.Background(), Config{Database: address, Data: b.TempDir(), Demo: true, Hashing: quick, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	if _, err := a.LoadDemo(context.Background()); err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkImport measures a workbook of 500 and of 5,000 new products, from
// the file to the last flush, in one act; and the same file tried before.
func BenchmarkImport(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		for _, n := range []int{500, 5000} {
			b.Run(fmt.Sprintf("%s/%d", database, n), func(b *testing.B) {
				a := openForBench(b, database)
				var owners, rows [][]any
				for i := range 100 {
					owners = append(owners, []any{fmt.Sprintf("chu-the-%d", i), fmt.Sprintf("Hợp tác xã số %d", i), "Hợp tác xã", "cam-my"})
				}
				for i := range n {
					rows = append(rows, []any{"", fmt.Sprintf("Sản phẩm số %d", i), fmt.Sprintf("chu-the-%d", i%100), i%26 + 1, 3 + i%3})
				}
				bring := func(kind string, file []byte, dry bool) time.Duration {
					from := time.Now()
					out, err := a.Intake.Import(b.Context(), intake.Order{Kind: kind, Mode: intake.All, DryRun: dry, Actor: access.SystemActor, File: bytes.NewReader(file), Size: int64(len(file))})
					if err != nil || out.BadRows > 0 {
						b.Fatalf("%+v %v", out, err)
					}
					return time.Since(from)
				}
				bring("producers", filledIn(b, producerHeads, owners...), false)
				file := filledIn(b, productHeads, rows...)
				b.ResetTimer()
				for b.Loop() {
					b.ReportMetric(bring("products", file, true).Seconds(), "s/try")
					b.ReportMetric(bring("products", file, false).Seconds(), "s/import")
					b.ReportMetric(bring("products", file, false).Seconds(), "s/again")
				}
			})
		}
	}
}

// BenchmarkLargeImport measures a workbook of OCOPFLOW_PRODUCTS new products (2,000
// unless given) in mode OCOPFLOW_MODE (rows unless given): seconds, the most memory
// in use, and the longest that another writer waited meanwhile.
func BenchmarkLargeImport(b *testing.B) {
	n, mode := 2000, intake.Rows
	if k, err := strconv.Atoi(os.Getenv("OCOPFLOW_PRODUCTS")); err == nil {
		n = k
	}
	if os.Getenv("OCOPFLOW_MODE") == string(intake.All) {
		mode = intake.All
	}
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			a := openForBench(b, database)
			var owners, rows [][]any
			for i := range 100 {
				owners = append(owners, []any{fmt.Sprintf("chu-the-%d", i), fmt.Sprintf("Hợp tác xã số %d", i), "Hợp tác xã", "cam-my"})
			}
			for i := range n {
				rows = append(rows, []any{"", fmt.Sprintf("Sản phẩm số %d", i), fmt.Sprintf("chu-the-%d", i%100), i%26 + 1, 3 + i%3})
			}
			bring := func(kind string, file []byte, mode intake.Mode) {
				out, err := a.Intake.Import(b.Context(), intake.Order{Kind: kind, Mode: mode, Actor: access.SystemActor, File: bytes.NewReader(file), Size: int64(len(file))})
				if err != nil || out.BadRows > 0 {
					b.Fatalf("%+v %v", out, err)
				}
			}
			bring("producers", filledIn(b, producerHeads, owners...), intake.All)
			file := filledIn(b, productHeads, rows...)
			rows = nil
			for b.Loop() {
				runtime.GC()
				most, stop := watchHeap()
				quit, waited := make(chan struct{}), make(chan time.Duration, 1)
				go func() { waited <- longestWait(a, quit) }()
				from := time.Now()
				bring("products", file, mode)
				took := time.Since(from)
				stop()
				close(quit)
				b.ReportMetric(took.Seconds(), "s/import")
				b.ReportMetric(float64(<-most)/(1<<20), "MiB/heap")
				b.ReportMetric((<-waited).Seconds(), "s/wait")
			}
		})
	}
}

// longestWait writes again and again, a second apart, and gives the longest that it took.
func longestWait(a *App, quit <-chan struct{}) (longest time.Duration) {
	for i := 0; ; i++ {
		from := time.Now()
		_, err := commit.Do[any](context.Background(), a.Committer, commit.Act{Kind: commit.Once, Locks: []string{"waiting"},
			Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
				return commit.Outcome{Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindRecord, Event: "wait", Actor: ledger.Actor{ID: ocop.System}}}}, nil
			})})
		if took := time.Since(from); err == nil {
			longest = max(longest, took)
		}
		select {
		case <-quit:
			return longest
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// BenchmarkExport measures OCOPFLOW_PRODUCTS products (2,000 unless given) as a
// workbook, and the most memory that is in use meanwhile.
func BenchmarkExport(b *testing.B) {
	products := 2000
	if n, err := strconv.Atoi(os.Getenv("OCOPFLOW_PRODUCTS")); err == nil {
		products = n
	}
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			a := openForBench(b, database)
			fillProducts(b, a, products)
			u, err := store.UnitByCode(b.Context(), a.DB, "ha-tinh")
			if err != nil {
				b.Fatal(err)
			}
			reader := lists.Reader{Lang: ocop.Vi, Actor: access.Actor{ID: "x", Grants: []access.Grant{{Role: access.Office, Unit: u.ID, Path: u.Path}}}}
			b.ResetTimer()
			for b.Loop() {
				runtime.GC()
				most, stop := watchHeap()
				book, err := lists.Book(b.Context(), a.Lists.ProductList(reader, store.Filter{}))
				if err != nil {
					b.Fatal(err)
				}
				n, err := book.WriteTo(io.Discard)
				stop()
				if err != nil {
					b.Fatal(err)
				}
				_ = book.Close()
				b.ReportMetric(float64(n)/(1<<20), "MiB/file")
				b.ReportMetric(float64(<-most)/(1<<20), "MiB/heap")
			}
		})
	}
}

// watchHeap gives the most heap in use until it is stopped.
func watchHeap() (<-chan uint64, func()) {
	out, quit := make(chan uint64, 1), make(chan struct{})
	go func() {
		var most uint64
		ticks := time.NewTicker(20 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			case <-quit:
				out <- most
				return
			}
		}
	}()
	return out, func() { close(quit) }
}

//go:build unix

package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// BenchmarkLedger fills a ledger with OCOPFLOW_ENTRIES entries (10,000 unless
// given) of real moves, and measures what auditors wait for: verification, and
// the proof of an entry through the API.
func BenchmarkLedger(b *testing.B) {
	entries := int64(10000)
	if n, err := strconv.ParseInt(os.Getenv("OCOPFLOW_ENTRIES"), 10, 64); err == nil {
		entries = n
	}
	for database, address := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(database, func(b *testing.B) {
			address := address(b)
			a, err := Open(context.Background(), Config{Database: address, Data: b.TempDir(), Hashing: quick, Idle: true,
				Clock: func() time.Time { return demoStart }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			began := time.Now()
			token := fillLedger(b, a, entries)
			b.Logf("%s: filled in %v", database, time.Since(began).Round(time.Second))
			b.Run("verify", func(b *testing.B) { benchVerify(b, a) })
			b.Run("proof", func(b *testing.B) { benchProof(b, a, token, entries) })
		})
	}
}

func benchVerify(b *testing.B, a *App) {
	var total int64
	var peak uint64
	for b.Loop() {
		o := audit.Options{Progress: func(int64, int64) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}}
		cpu := processorTime()
		r, err := audit.Verify(b.Context(), a.DB, o)
		if err != nil || !r.OK {
			b.Fatalf("%+v %v", r, err)
		}
		total += r.Entries
		b.ReportMetric(float64(r.Entries)/(processorTime()-cpu).Seconds(), "entries/cpu-s")
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // zero when it cannot be had
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchProof(b *testing.B, a *App, token string, entries int64) {
	server := httptest.NewServer(a.Handler)
	defer server.Close()
	var took []time.Duration
	ask := func() {
		r, err := http.NewRequest("GET", fmt.Sprintf("%s/api/v1/audit/entries/%d/proof", server.URL, rand.Int64N(entries)), nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		began := time.Now()
		got, err := http.DefaultClient.Do(r)
		if err != nil || got.StatusCode != 200 {
			b.Fatalf("%v %v", got, err)
		}
		_, _ = io.Copy(io.Discard, got.Body)
		got.Body.Close()
		took = append(took, time.Since(began))
	}
	for b.Loop() {
		for range 500 {
			ask()
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

// fillLedger imports products and lets their upgrades begin and be abandoned
// until there are so many entries. It gives an auditor's token.
func fillLedger(b *testing.B, a *App, entries int64) string {
	ctx := b.Context()
	owner, office := plainOffice(b, a)
	products := max(100, entries/50)
	asks := make([]casework.Ask, products)
	for i := range asks {
		asks[i] = casework.Ask{Actor: office, Event: "import", New: &casework.Registration{Code: fmt.Sprintf("p-%06d", i), Name: fmt.Sprintf("Sản phẩm %d", i), Producer: owner.ID, Set: 9},
			Data: map[string]any{"number": fmt.Sprintf("K-%06d", i), "stars": int64(3), "issued_on": "2024-01-01"}}
	}
	ids := make([]string, 0, products)
	moved, errs := a.Desk.MoveMany(ctx, asks)
	for i, err := range errs {
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, moved[i].Product.ID)
	}
	for turn := 0; ; turn++ {
		head, err := store.LoadHead(ctx, a.DB)
		if err != nil {
			b.Fatal(err)
		}
		if head.Tree.Size >= entries {
			break
		}
		for i, id := range ids {
			asks[i] = casework.Ask{Product: id, Actor: office, Event: []ocop.Event{"begin_upgrade", "abandon"}[turn%2], Comment: "vì một lý do"}
		}
		for _, some := range slices.Collect(slices.Chunk(asks, 5000)) {
			if _, errs := a.Desk.MoveMany(ctx, some); errs[0] != nil {
				b.Fatal(errs[0])
			}
		}
	}
	return auditorToken(b, a)
}

func auditorToken(b *testing.B, a *App) string {
	ctx := b.Context()
	acc, err := a.People.Add(ctx, access.SystemActor, accounts.NewAccount{Name: "auditor"}, nil)
	if err == nil {
		_, err = a.People.Grant(ctx, access.SystemActor, acc.ID, access.Auditor, "tinh", nil)
	}
	if err != nil {
		b.Fatal(err)
	}
	secret, err := a.People.Token(ctx, access.Actor{ID: acc.ID, Name: acc.Name}, "", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	return secret.Secret
}

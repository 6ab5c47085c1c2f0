//go:build unix

package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/backup"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/intake"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// importProducts brings products in as an office does: from workbooks, each one
// act and one entry for each of its products.
func importProducts(b *testing.B, a *App, products int) {
	b.Helper()
	bring := func(kind string, file []byte) {
		out, err := a.Intake.Import(b.Context(), intake.Order{Kind: kind, Mode: intake.All, Actor: access.SystemActor, File: bytes.NewReader(file), Size: int64(len(file))})
		if err != nil || out.BadRows > 0 {
			b.Fatalf("%+v %v", out, err)
		}
	}
	var owners [][]any
	for i := range 1000 {
		owners = append(owners, []any{fmt.Sprintf("chu-the-%d", i), fmt.Sprintf("Hợp tác xã số %d", i), "Hợp tác xã", "cam-my"})
	}
	bring("producers", filledIn(b, producerHeads, owners...))
	const inOne = 5000
	for from := 0; from < products; from += inOne {
		var rows [][]any
		for i := from; i < min(from+inOne, products); i++ {
			rows = append(rows, []any{"", fmt.Sprintf("Sản phẩm số %d", i), fmt.Sprintf("chu-the-%d", i%1000), i%26 + 1, 3 + i%3})
		}
		bring("products", filledIn(b, productHeads, rows...))
	}
}

// BenchmarkMoving moves an office of OCOPFLOW_PRODUCTS products (2,000 unless
// given) from SQLite to Postgres and back, and holds every entry, byte for byte,
// and the root against the first.
func BenchmarkMoving(b *testing.B) {
	products := 2000
	if n, err := strconv.Atoi(os.Getenv("OCOPFLOW_PRODUCTS")); err == nil {
		products = n
	}
	a := openForBench(b, "sqlite")
	began := time.Now()
	importProducts(b, a, products)
	imported := time.Since(began)
	for b.Loop() {
		first := moved(b, a.DB, dbtest.Postgres(b), "there")
		defer first.Close()
		second := moved(b, first, dbtest.SQLite(b), "back")
		defer second.Close()
		sameEntries(b, a.DB, first, second)
	}
	b.ReportMetric(imported.Seconds(), "s/import") // the loop forgets what was reported before
}

// moved backs a database up and restores it into another.
func moved(b *testing.B, from *sqldb.DB, address, way string) *sqldb.DB {
	b.Helper()
	name, data := filepath.Join(b.TempDir(), "x"), b.TempDir()
	measure := func(what string, do func() error) {
		runtime.GC()
		most, stop := watchHeap()
		began := time.Now()
		err := do()
		stop()
		if err != nil {
			b.Fatalf("%s %s: %v", what, way, err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/"+what+"-"+way)
		b.ReportMetric(float64(<-most)/(1<<20), "MiB/"+what+"-"+way)
	}
	measure("backup", func() error {
		_, err := backup.Source{DB: from, Data: data, Version: "bench", Now: time.Now}.To(b.Context(), name, nil)
		return err
	})
	if info, err := os.Stat(name); err == nil {
		b.ReportMetric(float64(info.Size())/(1<<20), "MiB/file-"+way)
	}
	db, err := sqldb.Open(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	measure("restore", func() error {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = backup.Target{DB: db, Data: b.TempDir()}.Restore(b.Context(), f, nil)
		return err
	})
	return db
}

func sameEntries(b *testing.B, all ...*sqldb.DB) {
	b.Helper()
	const step = 1000
	want, err := store.LoadHead(b.Context(), all[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(want.Tree.Size), "entries")
	for _, db := range all[1:] {
		head, err := store.LoadHead(b.Context(), db)
		if err != nil || head.Tree.Root() != want.Tree.Root() || head.Tree.Size != want.Tree.Size {
			b.Fatalf("%s: %d entries, %v; %v", db.Dialect(), head.Tree.Size, head.Tree.Root(), err)
		}
		for at := int64(0); at < want.Tree.Size; at += step {
			x, err := store.Lines(b.Context(), all[0], at, step)
			if err != nil {
				b.Fatal(err)
			}
			y, err := store.Lines(b.Context(), db, at, step)
			if err != nil || len(x) != len(y) {
				b.Fatalf("%d and %d lines from %d: %v", len(x), len(y), at, err)
			}
			for i := range x {
				if x[i].Body != y[i].Body || x[i].Hash != y[i].Hash {
					b.Fatalf("entry %d is another on %s", at+int64(i), db.Dialect())
				}
			}
		}
	}
}

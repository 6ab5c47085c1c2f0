//go:build unix

package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// BenchmarkProductList measures the first page of the list of OCOPFLOW_PRODUCTS
// products (2,000 unless given) as a browser gets it: signed in, through every
// layer, with filters and search on. A search of a common word finds many, one
// of a rare word looks at all of them.
func BenchmarkProductList(b *testing.B) {
	benchFilled(b, func(b *testing.B, _ *App, _ int, address, token string) {
		for name, query := range map[string]string{"all": "", "state": "?state=certified", "filter-and-common-word": "?state=certified&stars=3&q=nuoc+mam", "filter-and-rare-word": "?state=certified&q=m%E1%BA%AFm+s%E1%BB%91+77777",
			"by-due": "?sort=due&q=mat+ong", "commune": "?commune=cam-my&q=tra", "producer": "?q=htx+199", "no-match": "?q=khongcogi",
			"words-never-together": "?state=certified&q=mat+mam"} {
			b.Run(name, func(b *testing.B) { benchList(b, address+"/products"+query, token) })
		}
	})
}

// benchFilled opens an office of OCOPFLOW_PRODUCTS products (2,000 unless given) on
// each database, for whoever signs in with the token of the province's office.
func benchFilled(b *testing.B, run func(b *testing.B, a *App, products int, address, token string)) {
	products := 2000
	if n, err := strconv.Atoi(os.Getenv("OCOPFLOW_PRODUCTS")); err == nil {
		products = n
	}
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			address := map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}[database](b)
			a, err := Open(context.Background(), Config{Database: address, Data: b.TempDir(), Demo: true, Hashing: quick, Idle: true, Rates: Rates{-1, -1},
				Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			demo, err := a.LoadDemo(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			token := ""
			for _, x := range demo {
				if x.Name == "office-province" {
					token = x.Token
				}
			}
			fillProducts(b, a, products)
			server := httptest.NewServer(a.Handler)
			defer server.Close()
			run(b, a, products, server.URL, token)
		})
	}
}

var goods = []string{"Nước mắm", "Mật ong", "Gạo", "Trà xanh", "Chả cá", "Bánh đa", "Rượu sim", "Bưởi Phúc Trạch", "Cam bù", "Nhung hươu"}

// fillProducts writes products as they stand, 2,000 producers owning them.
func fillProducts(b testing.TB, a *App, n int) {
	b.Helper()
	ctx := b.Context()
	communes := []*ocop.Unit{}
	for _, code := range []string{"cam-my", "cam-binh", "cam-quang", "cam-thach", "tt-thien-cam", "tt-cam-xuyen"} {
		u, err := store.UnitByCode(ctx, a.DB, code)
		if err != nil || u == nil {
			b.Fatal(code, err)
		}
		communes = append(communes, u)
	}
	states := []ocop.State{"idea_registered", "commune_confirmed", "plan_approved", "field_inspection", "council_scored", "certified", "certified", "certified", "expired", "withdrawn"}
	owners := []ocop.Producer{}
	write := func(f func(context.Context, *sqldb.Tx) error) {
		if err := a.DB.InTx(ctx, f); err != nil {
			b.Fatal(err)
		}
	}
	write(func(ctx context.Context, tx *sqldb.Tx) error {
		for i := range min(2000, n) {
			u := communes[i%len(communes)]
			id := fmt.Sprintf("bench-owner-%06d", i)
			p := ocop.Producer{ID: id, Code: id, Name: fmt.Sprintf("HTX %d", i), Form: "cooperative", Unit: u.ID, Path: u.Path.Child(ocop.Producers, id)}
			if err := store.InsertProducer(ctx, tx, p); err != nil {
				return err
			}
			owners = append(owners, p)
		}
		return nil
	})
	for at := 0; at < n; at += 1000 {
		var list []*ocop.Product
		for i := at; i < min(n, at+1000); i++ {
			owner, u, state := owners[i%len(owners)], communes[i/3%len(communes)], states[i/7%len(states)]
			p := &ocop.Product{ID: fmt.Sprintf("bench-%06d", i), Code: fmt.Sprintf("san-pham-%06d", i), Name: fmt.Sprintf("%s số %d", goods[i%len(goods)], i),
				Producer: ocop.Ref{ID: owner.ID, Name: owner.Name}, Unit: u.ID, Commune: &ocop.Ref{ID: u.ID}, Path: u.Path, Set: 1 + i%26, State: state, Track: ocop.NoTrack, Version: 1, UpdatedAt: demoStart}
			if state == "certified" || state == "expired" {
				p.Stars = 3 + i/11%3
			}
			if i%3 == 0 {
				due := ocop.DateOf(demoStart) + ocop.Date(i%400)
				p.Due = &due
			}
			list = append(list, p)
		}
		write(func(ctx context.Context, tx *sqldb.Tx) error { return store.InsertProducts(ctx, tx, list) })
	}
	if a.DB.Dialect() == sqldb.Postgres {
		if _, err := a.DB.Writer().ExecContext(ctx, "ANALYZE"); err != nil { // as autovacuum does in time
			b.Fatal(err)
		}
	}
}

func benchList(b *testing.B, address, token string) {
	var times []time.Duration
	for b.Loop() {
		r, err := http.NewRequest("GET", address, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		began := time.Now()
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, got.Body)
		got.Body.Close()
		if err != nil || got.StatusCode != 200 {
			b.Fatalf("%d %v", got.StatusCode, err)
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
}

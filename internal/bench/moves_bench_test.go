//go:build unix

package bench

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// BenchmarkMoves is for profiles: the engine and HTTP on one database, SQLite
// unless OCOPFLOW_BENCH_DATABASE names an empty Postgres, and OCOPFLOW_BENCH_SERVER
// its process.
//
//	go test -run '^$' -bench 'Moves/engine/32' -cpuprofile cpu.out ./internal/bench
func BenchmarkMoves(b *testing.B) {
	server, _ := strconv.Atoi(os.Getenv("OCOPFLOW_BENCH_SERVER")) // process of that Postgres; 0 for none
	r := &bench{Settings: Settings{Products: 640}, dir: b.TempDir(), settings: map[string]map[string]string{}}
	o, err := r.office(b.Context(), cmp.Or(os.Getenv("OCOPFLOW_BENCH_DATABASE"), "sqlite:"+filepath.Join(r.dir, "x.db")), r.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer r.close()
	ways := map[string]func(context.Context, string, step) error{"engine": o.move, "http": o.moveOverHTTP(&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}})}
	for _, name := range []string{"engine", "http"} {
		for _, clients := range []int{1, 8, 32, 128} {
			b.Run(fmt.Sprintf("%s/%d", name, clients), func(b *testing.B) {
				var wg sync.WaitGroup
				b.ReportAllocs()
				before, _ := ownUsage()
				serving := serverProcessor(server)
				for n := range clients {
					wg.Go(func() {
						at := 0
						for range (b.N + clients - 1) / clients {
							if err := o.lead(b.Context(), n, clients, &at, ways[name]); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				after, _ := ownUsage()
				b.ReportMetric(float64((after-before).Microseconds())/float64(b.N), "processor-µs/op")
				b.ReportMetric(float64((serverProcessor(server)-serving).Microseconds())/float64(b.N), "server-µs/op")
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "moves/s")
			})
		}
	}
}

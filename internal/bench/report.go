package bench

import (
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// Report is what a run found. Figures are medians over its rounds.
type Report struct {
	Rows     []Row                        `json:"rows"`
	Ratios   []Ratio                      `json:"ratios"`
	Settings map[string]map[string]string `json:"settings"` // in force while measuring, by database
	FlushUS  int64                        `json:"flush_us"` // how long the disk takes to keep a page
	Cores    int                          `json:"cores"`
	Runs     int                          `json:"runs"`
	Seconds  float64                      `json:"seconds"` // of each contestant in each round
	Notes    []string                     `json:"notes"`
}

// Row is a contestant with so many clients.
type Row struct {
	Contestant   string  `json:"contestant"`
	Database     string  `json:"database"`
	Clients      int     `json:"clients"`
	MovesPerS    float64 `json:"moves_per_s"`
	P50          int64   `json:"p50_us"`
	P95          int64   `json:"p95_us"`
	P99          int64   `json:"p99_us"`
	ProcessorUS  int64   `json:"processor_us_per_move"` // of the program, clients with it, and of a private Postgres
	BytesPerMove int64   `json:"bytes_per_move"`        // Postgres: of its log; SQLite: all that was handed to the system
}

// Ratio compares two contestants of one run: the median over its rounds.
type Ratio struct {
	Of      string  `json:"of"`
	To      string  `json:"to"`
	Clients int     `json:"clients"`
	Speed   float64 `json:"moves_per_s"`
	P50     float64 `json:"p50"`
}

// against says which yardsticks a contestant is held to.
var against = map[[2]string][]string{
	{"engine", "postgres"}: {"pgbench-transaction", "pgbench-cte"},
	{"http", "postgres"}:   {"pgbench-transaction", "pgbench-cte"},
	{"engine", "sqlite"}:   {"sqlite-transaction"},
	{"http", "sqlite"}:     {"sqlite-transaction"},
}

func (b *bench) report() Report {
	r := Report{Settings: b.settings, FlushUS: b.flush.Microseconds(), Cores: runtime.GOMAXPROCS(0), Runs: b.Runs, Seconds: b.Each.Seconds(), Notes: append([]string{}, b.notes...), Ratios: []Ratio{}}
	for _, clients := range b.Clients {
		for i, c := range b.contestants {
			list := b.samples[slot{i, clients}]
			r.Rows = append(r.Rows, Row{
				Contestant: c.name, Database: c.database, Clients: clients,
				MovesPerS:    median(list, sample.perSecond),
				P50:          median(list, func(s sample) int64 { return s.p50.Microseconds() }),
				P95:          median(list, func(s sample) int64 { return s.p95.Microseconds() }),
				P99:          median(list, func(s sample) int64 { return s.p99.Microseconds() }),
				ProcessorUS:  median(list, func(s sample) int64 { return s.used.processor.Microseconds() / int64(s.moves) }),
				BytesPerMove: median(list, func(s sample) int64 { return s.used.written / int64(s.moves) }),
			})
			for j, y := range b.contestants {
				if slices.Contains(against[[2]string{c.name, c.database}], y.name) || y.peer && c.name == "engine" {
					r.Ratios = append(r.Ratios, ratio(c, y, clients, list, b.samples[slot{j, clients}]))
				}
			}
		}
	}
	return r
}

// ratio of two contestants, round by round: what else the machine did is in both.
func ratio(c, y contestant, clients int, of, to []sample) Ratio {
	type pair struct{ a, b sample }
	var pairs []pair
	for i := range of {
		pairs = append(pairs, pair{of[i], to[i]})
	}
	return Ratio{c.name + " " + c.database, y.name, clients,
		median(pairs, func(p pair) float64 { return p.a.perSecond() / p.b.perSecond() }),
		median(pairs, func(p pair) float64 { return float64(p.a.p50) / float64(max(p.b.p50, 1)) })}
}

func median[S any, N int64 | float64](list []S, of func(S) N) N {
	values := make([]N, len(list))
	for i, s := range list {
		values[i] = of(s)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 0
	}
	return values[len(values)/2]
}

// Text writes the report for a person.
func (r Report) Text(out io.Writer) {
	fmt.Fprintf(out, "%d cores · a flush takes %v · medians of %d interleaved rounds of %v s\n", r.Cores, time.Duration(r.FlushUS)*time.Microsecond, r.Runs, r.Seconds)
	for _, database := range slices.Sorted(maps.Keys(r.Settings)) {
		fmt.Fprintf(out, "%s:", database)
		for _, name := range slices.Sorted(maps.Keys(r.Settings[database])) {
			fmt.Fprintf(out, " %s=%s", name, r.Settings[database][name])
		}
		fmt.Fprintln(out)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(out, n)
	}
	fmt.Fprintln(out)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "clients\tcontestant\tdatabase\tmoves/s\tp50 ms\tp95 ms\tp99 ms\tprocessor µs\tbytes\t")
	for _, x := range r.Rows {
		fmt.Fprintf(t, "%d\t%s\t%s\t%.0f\t%.2f\t%.2f\t%.2f\t%d\t%d\t\n", x.Clients, x.Contestant, x.Database, x.MovesPerS, float64(x.P50)/1000, float64(x.P95)/1000, float64(x.P99)/1000, x.ProcessorUS, x.BytesPerMove)
	}
	_ = t.Flush()
	fmt.Fprintln(out)
	t = tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "clients\tratio of\tto\tmoves/s\tp50\t")
	for _, x := range r.Ratios {
		fmt.Fprintf(t, "%d\t%s\t%s\t%.2f ×\t%.2f ×\t\n", x.Clients, x.Of, x.To, x.Speed, x.P50)
	}
	_ = t.Flush()
}

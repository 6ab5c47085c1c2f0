// Command peers lets other engines take part in the benchmark, in one run with
// the program and the same yardsticks: DBOS, go-workflows, River and Temporal,
// each doing one durable step for each move. It is a module of its own, so that
// what it needs is no dependency of the program. What is measured and how it is
// reported is left to package bench.
//
// Each engine does less than the program: its step decides nothing and writes
// nothing but what the engine itself keeps of it. Each is set up as its own
// documentation tunes it for throughput in one process, and is left its own
// guarantees: no step is lost that it has said to be done.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	seconds := flag.Float64("seconds", 2, "of each contestant in each round")
	runs := flag.Int("runs", 5, "rounds, of which the medians count")
	clients := flag.String("clients", "32", "at the same time, separated by commas")
	only := flag.String("only", "dbos,go-workflows,river,temporal", "engines that take part")
	asJSON := flag.Bool("json", false, "print JSON")
	flag.Parse()
	s := bench.Settings{Each: time.Duration(*seconds * float64(time.Second)), Runs: *runs}
	for _, text := range strings.Split(*clients, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("clients: %w", err)
		}
		s.Clients = append(s.Clients, n)
	}
	for _, g := range []bench.Guest{dbosGuest, goWorkflowsGuest, riverGuest, temporalGuest} {
		if slices.Contains(strings.Split(*only, ","), g.Name) {
			s.Guests = append(s.Guests, g)
		}
	}
	r, err := bench.Run(ctx, s)
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	r.Text(os.Stdout)
	return nil
}

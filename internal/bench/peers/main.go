// Command peers runs other workflow engines on the job of `ocopflow bench`, in
// the same interleaved rounds as the program and its yardsticks. It is a module
// of its own, so that the program depends on none of them; what is measured and
// how is left to ocopflow/internal/bench. Each engine has a file, which says what
// a move is to it and why.
//
// Favours are the peers': a move of theirs decides nothing and proves nothing,
// their own record of the step is all that is asked for, and each is set as its
// documentation says is fastest without giving up that a commit is flushed.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ocopflow/internal/bench"
)

// peers in the order in which they take their turns.
var peers = []bench.Peer{
	{Name: "dbos", Database: "postgres", Open: openDBOS},
	{Name: "river", Database: "postgres", Open: openRiver},
	{Name: "go-workflows", Database: "sqlite", Open: openGoWorkflows},
	{Name: "temporal-dev", Database: "sqlite", Open: openTemporal},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	clients := flags.String("clients", "1,8,32,128", "numbers of clients at the same time")
	seconds := flags.Float64("seconds", 2, "time of each contestant in each round")
	runs := flags.Int("runs", 5, "interleaved rounds, of which the medians count")
	only := flags.String("only", "", "names of peers, if not all: dbos,river,go-workflows,temporal-dev")
	asJSON := flags.Bool("json", false, "print JSON")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s := bench.Settings{Each: time.Duration(*seconds * float64(time.Second)), Runs: *runs, Peers: named(*only)}
	for n := range strings.SplitSeq(*clients, ",") {
		number, err := strconv.Atoi(n)
		if err != nil {
			return err
		}
		s.Clients = append(s.Clients, number)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // as cmd/ocopflow does; whoever runs in this process gains by it
	}
	s.Progress = func(done, of int64) { fmt.Fprintf(os.Stderr, "\r%d of %d turns", done, of) }
	r, err := bench.Run(ctx, s)
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return err
	}
	if !*asJSON {
		r.Text(os.Stdout)
		return nil
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

func named(names string) []bench.Peer {
	if names == "" {
		return peers
	}
	return slices.DeleteFunc(slices.Clone(peers), func(p bench.Peer) bool { return !slices.Contains(strings.Split(names, ","), p.Name) })
}

//go:build unix

package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/store"
)

// A test binary is run again as one of several servers on a Postgres.
const workerMark = "OCOPFLOW_BENCH_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(workerMark) == "" {
		os.Exit(m.Run())
	}
	if err := work(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// order tells a worker what to do. It opens the office, says so, and begins when
// it is told.
type order struct {
	Database, Data, Note string
	Clients              int
	Each                 time.Duration // or
	Moves                int           // of each client
	Share, Of            int           // of the products
	Crowd                bool          // all servers move the first product, too
}

// done is what came of it.
type done struct {
	Entries []casework.Entry
	Refused int // moves of the crowd's product that another server was faster with
	Took    time.Duration
	Used    time.Duration // of a processor
}

func work(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	var x order
	lines, say := json.NewDecoder(in), json.NewEncoder(out)
	if err := lines.Decode(&x); err != nil {
		return err
	}
	r := &bench{dir: x.Data, settings: map[string]map[string]string{}}
	defer func() { err = errors.Join(err, r.close()) }()
	o, err := r.opened(ctx, x.Database, x.Data)
	if err != nil {
		return err
	}
	if err := o.recall(x.Note); err != nil {
		return err
	}
	crowd := o.products[0].id
	o.shareOut(x.Share, x.Of)
	if err := say.Encode("ready"); err != nil {
		return err
	}
	var begin bool
	if err := lines.Decode(&begin); err != nil {
		return err
	}
	d, err := o.workAt(ctx, x, crowd)
	if err != nil {
		return err
	}
	return say.Encode(d)
}

// shareOut leaves the products of one server; the first is the crowd's.
func (o *office) shareOut(share, of int) {
	var mine []product
	for i, p := range o.products[1:] {
		if i%of == share {
			mine = append(mine, p)
		}
	}
	o.products = mine
}

func (o *office) workAt(ctx context.Context, x order, crowd string) (d done, err error) {
	var mu sync.Mutex
	began := time.Now()
	before, _ := ownUsage()
	at := make([]int, x.Clients)
	move := func(ctx context.Context, client int) error {
		if x.Crowd && client == 0 {
			return o.push(ctx, crowd, &mu, &d)
		}
		return o.lead(ctx, client, x.Clients, &at[client], func(ctx context.Context, product string, s step) error {
			m, err := o.app.Desk.Move(ctx, casework.Ask{Product: product, Actor: s.actor, Event: s.event, Comment: s.comment, Data: s.data})
			if err == nil {
				mu.Lock()
				d.Entries = append(d.Entries, m.Entry)
				mu.Unlock()
			}
			return err
		})
	}
	if x.Moves > 0 {
		err = each(ctx, x.Clients, x.Moves, move)
	} else {
		_, err = drive(ctx, x.Clients, x.Each, move)
	}
	d.Took = time.Since(began)
	after, _ := ownUsage()
	d.Used = after - before
	return d, err
}

// each lets clients make so many moves.
func each(ctx context.Context, clients, moves int, move func(ctx context.Context, client int) error) error {
	errs := make([]error, clients)
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			for i := 0; i < moves && errs[n] == nil; i++ {
				errs[n] = move(ctx, n)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// push begins an upgrade of the crowd's product and abandons it: of all servers
// one at a time is right.
func (o *office) push(ctx context.Context, crowd string, mu *sync.Mutex, d *done) error {
	for _, s := range []step{o.steps[0], o.steps[len(o.steps)-1]} {
		m, err := o.app.Desk.Move(ctx, casework.Ask{Product: crowd, Actor: s.actor, Event: s.event, Comment: s.comment, Data: s.data})
		mu.Lock()
		switch {
		case err == nil:
			d.Entries = append(d.Entries, m.Entry)
		case fault.Is(err, fault.Refused), fault.Is(err, fault.Conflict), fault.Is(err, fault.Stale):
			d.Refused++
			err = nil
		}
		mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// servers are so many processes on one office, which all begin at one moment.
func servers(t testing.TB, database, note string, n int, x order) (all []done) {
	t.Helper()
	type process struct {
		cmd   *exec.Cmd
		write *json.Encoder
		read  *json.Decoder
	}
	list := make([]process, n)
	for i := range list {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env, cmd.Stderr = append(os.Environ(), workerMark+"=1"), os.Stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		list[i] = process{cmd, json.NewEncoder(in), json.NewDecoder(out)}
		x.Database, x.Data, x.Note, x.Share, x.Of = database, filepath.Dir(note), note, i, n
		if err := list[i].write.Encode(x); err != nil {
			t.Fatal(err)
		}
	}
	var word string
	for _, p := range list {
		if err := p.read.Decode(&word); err != nil {
			t.Fatalf("a server did not start: %v", err)
		}
	}
	for _, p := range list {
		if err := p.write.Encode(true); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range list {
		var d done
		if err := p.read.Decode(&d); err != nil {
			t.Fatalf("a server broke off: %v", err)
		}
		if err := p.cmd.Wait(); err != nil {
			t.Error(err)
		}
		all = append(all, d)
	}
	return all
}

// Two servers and then four on one Postgres: what each says to have written
// stands once, in one ledger that can be recomputed, and of a product that all
// of them move each move is one server's.
func TestSeveralServersShareOneLedger(t *testing.T) {
	t.Parallel()
	pg := ownPostgres(t)
	r := &bench{Settings: Settings{Products: 50}, dir: t.TempDir(), settings: map[string]map[string]string{}}
	defer r.close()
	o, err := r.office(t.Context(), pg.URL("postgres"), r.dir)
	if err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(r.dir, "office.json")
	for _, n := range []int{2, 4} {
		if err := o.keep(note); err != nil {
			t.Fatal(err)
		}
		head, err := store.LoadHead(t.Context(), o.app.DB)
		if err != nil {
			t.Fatal(err)
		}
		got, refused := &acks{hashes: map[int64]string{}}, 0
		for i, d := range servers(t, pg.URL("postgres"), note, n, order{Clients: 4, Moves: 15, Crowd: true}) {
			if refused += d.Refused; len(d.Entries)+d.Refused != 3*15+2*15 {
				t.Errorf("server %d of %d: %d moves, %d times another was faster", i+1, n, len(d.Entries), d.Refused)
			}
			for _, e := range d.Entries {
				got.note(e)
			}
		}
		after, err := store.LoadHead(t.Context(), o.app.DB)
		if err != nil {
			t.Fatal(err)
		}
		// Whatever was entered was told to somebody, as a move; those who were too late
		// found another state and left no entry.
		if grown := after.Tree.Size - head.Tree.Size; grown != int64(got.count) {
			t.Errorf("%d servers: %d entries for %d moves", n, grown, got.count)
		}
		got.stand(t, o.app.DB)
		t.Logf("%d servers: %d moves, %d times another server was faster", n, got.count, refused)
		if err := o.catchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// catchUp takes every product on to its first step, wherever servers left it.
func (o *office) catchUp(ctx context.Context) error {
	for i := range o.products {
		p := &o.products[i]
		now, err := store.Product(ctx, o.app.DB, p.id)
		if err != nil {
			return err
		}
		p.next = 0
		if now.State == "certified" {
			continue
		}
		if err := o.move(ctx, p.id, o.steps[len(o.steps)-1]); err != nil {
			return fmt.Errorf("%s in %s: %w", p.id, now.State, err)
		}
	}
	return nil
}

// BenchmarkServers shares 32 clients among one, two and four processes on one
// Postgres: what it costs that they take turns at the ledger's head.
func BenchmarkServers(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			pg := ownPostgres(b)
			r := &bench{Settings: Settings{Products: 1000}, dir: b.TempDir(), settings: map[string]map[string]string{}}
			defer r.close()
			o, err := r.office(b.Context(), pg.URL("postgres"), r.dir)
			if err != nil {
				b.Fatal(err)
			}
			note := filepath.Join(r.dir, "office.json")
			if err := o.keep(note); err != nil {
				b.Fatal(err)
			}
			if err := analyse(b.Context(), o.app.DB); err != nil { // as Postgres does by itself in time
				b.Fatal(err)
			}
			for b.Loop() {
				moves, took, own, before := 0, time.Duration(0), time.Duration(0), serverProcessor(pg.PID())
				for _, d := range servers(b, pg.URL("postgres"), note, n, order{Clients: 32 / n, Each: 5 * time.Second}) {
					moves, took, own = moves+len(d.Entries), max(took, d.Took), own+d.Used
				}
				b.ReportMetric(float64(moves)/took.Seconds(), "moves/s")
				b.ReportMetric(float64((serverProcessor(pg.PID())-before).Microseconds())/float64(moves), "server-µs/move")
				b.ReportMetric(float64(own.Microseconds())/float64(moves), "servers-µs/move")
				if err := o.catchUp(b.Context()); err != nil {
					b.Fatal(err)
				}
				if err := o.keep(note); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

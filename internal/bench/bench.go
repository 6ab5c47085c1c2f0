// Package bench measures how many moves a second the program makes, beside what
// the same databases do with the barest durable write there is. It owns its
// databases, the office in them and the arithmetic of the table; what it
// measures is the program as app wires it, and nothing is tuned for it.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ocopflow/internal/sqldb"
)

// Settings of a run. The zero value of a field takes the default named.
type Settings struct {
	Database string        // "" for SQLite and a private Postgres; an empty database of a Postgres; "sqlite:FILE", a new file
	Clients  []int         // at the same time; 1, 8, 32 and 128
	Each     time.Duration // of every contestant in every round; 2 s
	Runs     int           // rounds, of which the medians count; 5
	Products int           // in the office; 1,000
	Peers    []Peer        // other engines, which take part beside the program
	Progress func(done, of int64)
}

// Errors that a person can act on.
var (
	ErrRelaxed  = errors.New("the database does not flush what it commits")
	ErrNotEmpty = errors.New("the database is not empty; give the benchmark one of its own")
)

func (s Settings) withDefaults() Settings {
	if len(s.Clients) == 0 {
		s.Clients = []int{1, 8, 32, 128}
	}
	if s.Each == 0 {
		s.Each = 2 * time.Second
	}
	if s.Runs == 0 {
		s.Runs = 5
	}
	if s.Products == 0 {
		s.Products = 1000
	}
	for _, n := range s.Clients {
		s.Products = max(s.Products, n)
	}
	return s
}

// Check refuses settings that make no sense.
func (s Settings) Check() error {
	for _, n := range s.Clients {
		if n < 1 || n > 1000 {
			return fmt.Errorf("bench: %d clients; want 1 to 1000", n)
		}
	}
	if s.Each < 0 || s.Each > time.Hour || s.Runs < 0 || s.Runs > 1000 || s.Products < 0 || s.Products > 1_000_000 {
		return errors.New("bench: seconds go up to 3600, runs to 1000")
	}
	if len(s.Peers) > 0 && s.Database != "" {
		return errNoPlace
	}
	return nil
}

// Run measures all contestants, interleaved: each round asks all of them one
// after another, so that whatever else the machine does meets them alike.
func Run(ctx context.Context, s Settings) (r Report, err error) {
	if err := s.Check(); err != nil {
		return r, err
	}
	s = s.withDefaults()
	dir, err := os.MkdirTemp("", "ocopflow-bench-")
	if err != nil {
		return r, err
	}
	b := &bench{Settings: s, dir: dir}
	defer func() { err = errors.Join(err, b.close(), os.RemoveAll(dir)) }()
	if err := b.open(ctx); err != nil {
		return r, err
	}
	if err := b.measure(ctx); err != nil {
		return r, err
	}
	return b.report(), nil
}

// bench is a run in progress.
type bench struct {
	Settings
	dir         string
	contestants []contestant
	own         private           // Postgres of the run; zero without one
	postgres    meter             // of whoever moves on it
	samples     map[slot][]sample // by contestant and clients, one for each round
	settings    map[string]map[string]string
	flush       time.Duration
	notes       []string
	closers     []func() error
}

// slot is one cell of the table.
type slot struct {
	contestant int
	clients    int
}

func (b *bench) closing(f func() error) { b.closers = append(b.closers, f) }

func (b *bench) close() (err error) {
	for i := len(b.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, b.closers[i]())
	}
	return err
}

// open makes the databases and whoever takes part.
func (b *bench) open(ctx context.Context) (err error) {
	b.settings = map[string]map[string]string{}
	if b.flush, err = flushTime(b.dir); err != nil {
		return err
	}
	file, given := strings.CutPrefix(b.Database, "sqlite:")
	file = strings.TrimPrefix(file, "//")
	if !given {
		file = filepath.Join(b.dir, "sqlite.db")
		if err := b.openPostgres(ctx); err != nil {
			return err
		}
	} else if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s: %w", file, ErrNotEmpty)
	}
	if err := b.openSQLite(ctx, file); err != nil {
		return err
	}
	return b.openPeers(ctx)
}

func (b *bench) openSQLite(ctx context.Context, file string) error {
	o, err := b.office(ctx, "sqlite:"+file, filepath.Join(b.dir, "sqlite"))
	if err != nil {
		return err
	}
	b.contestants = append(b.contestants, o.engine("sqlite"), o.http("sqlite"))
	plain, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(b.dir, "plain.db"))
	if err != nil {
		return err
	}
	b.closing(plain.Close)
	c, err := plainSQLite(ctx, plain)
	b.contestants = append(b.contestants, c)
	return err
}

// openPostgres uses the Postgres given, else a private one, else none.
func (b *bench) openPostgres(ctx context.Context) error {
	address, server, own := b.Database, 0, false
	if address == "" {
		pg, err := startPrivate(ctx)
		if err != nil {
			b.notes = append(b.notes, "Postgres: "+err.Error())
			return nil
		}
		b.closing(pg.stop)
		address, server, own, b.own = pg.url, pg.pid, true, pg
	}
	if err := emptyPostgres(ctx, address, own); err != nil {
		return err
	}
	o, err := b.office(ctx, address, filepath.Join(b.dir, "postgres"))
	if err != nil {
		return err
	}
	b.postgres = meter{server: server, db: o.app.DB}
	engine, http := o.engine("postgres"), o.http("postgres")
	engine.meter, http.meter = b.postgres, b.postgres
	b.contestants = append(b.contestants, engine, http)
	plain, err := b.plainPostgres(ctx, address)
	for i := range plain {
		plain[i].meter = b.postgres
	}
	b.contestants = append(b.contestants, plain...)
	return err
}

// measure runs every contestant at every number of clients, in rounds.
func (b *bench) measure(ctx context.Context) error {
	b.samples = map[slot][]sample{}
	done, all := int64(0), int64(b.Runs*len(b.Clients)*len(b.contestants))
	for range b.Runs {
		for _, clients := range b.Clients {
			for i := range b.contestants {
				c := &b.contestants[i]
				s, err := c.take(ctx, clients, b.Each)
				if err != nil {
					return fmt.Errorf("%s on %s, %d clients: %w", c.name, c.database, clients, err)
				}
				b.samples[slot{i, clients}] = append(b.samples[slot{i, clients}], s)
				if done++; b.Progress != nil {
					b.Progress(done, all)
				}
			}
		}
	}
	return nil
}

var quiet = io.Discard

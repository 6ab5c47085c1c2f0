package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// Guest is another engine on the same job: one durable step for each move. It
// has a database of its own on the Postgres of the run, and takes its turn like
// everybody else. Which engines there are is left to whoever runs the benchmark.
type Guest struct {
	Name     string
	Database string // in which it keeps its steps
	// Open readies it for so many clients. Of an empty database of Postgres and
	// an empty folder it uses what it needs.
	Open func(ctx context.Context, address, dir string, clients int) (Engine, error)
}

// Engine is a guest that is ready.
type Engine struct {
	Move func(ctx context.Context, client int) error // returns when one more step of this client's is durable
	Stop func() error
}

func (b *bench) openGuests(ctx context.Context) error {
	if len(b.Guests) == 0 {
		return nil
	}
	if b.own.of == nil {
		return errors.New("other engines want a private Postgres: install its server and name no database")
	}
	clients := 0
	for _, n := range b.Clients {
		clients = max(clients, n)
	}
	for i, g := range b.Guests {
		if err := b.openGuest(ctx, g, fmt.Sprintf("guest_%d", i+1), clients); err != nil {
			return fmt.Errorf("%s: %w", g.Name, err)
		}
	}
	return nil
}

func (b *bench) openGuest(ctx context.Context, g Guest, database string, clients int) error {
	c, err := pgx.Connect(ctx, b.own.url)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE DATABASE "+database); err != nil {
		return err
	}
	dir := filepath.Join(b.dir, database)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	e, err := g.Open(ctx, b.own.of(database), dir, clients)
	if err != nil {
		return err
	}
	b.closing(e.Stop)
	run := func(ctx context.Context, clients int, each time.Duration) (sample, error) {
		return drive(ctx, clients, each, e.Move)
	}
	b.contestants = append(b.contestants, contestant{name: g.Name, database: g.Database, guest: true, run: run, meter: meter{server: b.own.pid}})
	return nil
}

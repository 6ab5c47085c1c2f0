package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"ocopflow/internal/bench"
)

// riverGuest is River (MPL-2.0): a job for each move, inserted, worked and
// completed in a transaction of its own, as its documentation has it for work
// that must not be done twice.
var riverGuest = bench.Guest{Name: "river", Database: "postgres", Open: openRiver}

// moveArgs is a job of a client's.
type moveArgs struct {
	Client int `json:"client"`
}

func (moveArgs) Kind() string { return "move" }

type mover struct {
	river.WorkerDefaults[moveArgs]
	pool *pgxpool.Pool
	done []chan error // by client, of size one
}

func (m *mover) Work(ctx context.Context, job *river.Job[moveArgs]) error {
	err := pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
	m.done[job.Args.Client] <- err
	return err
}

func openRiver(ctx context.Context, address, _ string, clients int) (e bench.Engine, err error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return e, err
	}
	config.MaxConns = int32(min(2*clients, 60) + 4)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return e, err
	}
	driver := riverpgxv5.New(pool)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return e, err
	}
	m := &mover{pool: pool, done: make([]chan error, clients)}
	for i := range m.done {
		m.done[i] = make(chan error, 1)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, m)
	// By default it fetches ten times a second at most; told of each insert it
	// could then do no more than ten batches.
	c, err := river.NewClient(driver, &river.Config{Logger: slog.New(slog.DiscardHandler), Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2 * clients}},
		FetchCooldown: river.FetchCooldownMin, FetchPollInterval: 50 * time.Millisecond, MaxAttempts: 1})
	if err != nil {
		return e, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if err := c.Start(running); err != nil {
		cancel()
		return e, err
	}
	move := func(ctx context.Context, client int) error {
		if _, err := c.Insert(ctx, moveArgs{client}, nil); err != nil {
			return err
		}
		select {
		case err := <-m.done[client]:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return bench.Engine{Move: move, Stop: func() error {
		defer cancel()
		ctx, end := context.WithTimeout(running, 10*time.Second)
		defer end()
		err := c.Stop(ctx)
		pool.Close()
		return err
	}}, nil
}

package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"ocopflow/internal/bench"
)

// openRiver: a move is a job, inserted by the client and completed by a worker in
// the worker's own transaction (JobCompleteTx), which is what River's
// documentation advises where a job changes the state of something; the client is
// told when that transaction is committed. The cooldown between two fetches,
// 100 ms unless set, is at the least that River allows.
func openRiver(ctx context.Context, at bench.Place) (_ bench.Ready, err error) {
	config, err := pgxpool.ParseConfig(at.Postgres)
	if err != nil {
		return bench.Ready{}, err
	}
	config.MaxConns = 20
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return bench.Ready{}, err
	}
	driver := riverpgxv5.New(pool)
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return bench.Ready{}, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return bench.Ready{}, err
	}
	p := &riverPeer{pool: pool, told: newAnswers(at.Clients), moves: make([]int, at.Clients)}
	workers := river.NewWorkers()
	river.AddWorker(workers, p)
	p.river, err = river.NewClient(driver, &river.Config{
		Logger: silent, Workers: workers, FetchCooldown: river.FetchCooldownMin, FetchPollInterval: 100 * time.Millisecond,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: max(32, at.Clients)}},
	})
	if err != nil {
		return bench.Ready{}, err
	}
	return bench.Ready{Move: p.move, Stop: p.stop}, p.river.Start(context.WithoutCancel(ctx))
}

type riverPeer struct {
	river.WorkerDefaults[move]
	pool  *pgxpool.Pool
	river *river.Client[pgx.Tx]
	told  answers
	moves []int // that each client has made
}

// move is what a job is told.
type move struct {
	Client int `json:"client"`
	Number int `json:"number"`
}

func (move) Kind() string { return "move" }

// Work makes the move of a job.
func (p *riverPeer) Work(ctx context.Context, job *river.Job[move]) error {
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
	if err == nil {
		p.told.tell(job.Args.Client, job.Args.Number)
	}
	return err
}

func (p *riverPeer) move(ctx context.Context, client int) error {
	n := p.moves[client]
	p.moves[client]++
	if _, err := p.river.Insert(ctx, move{client, n}, nil); err != nil {
		return err
	}
	return p.told.wait(ctx, client, n)
}

func (p *riverPeer) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := p.river.Stop(ctx)
	p.pool.Close()
	return errors.Join(err)
}

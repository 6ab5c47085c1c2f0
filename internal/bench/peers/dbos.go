package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	"github.com/jackc/pgx/v5/pgxpool"

	"ocopflow/internal/bench"
)

// dbosGuest is DBOS Transact (MIT): a workflow for each client, whose steps are
// checkpointed one by one in Postgres. Steps are its cheapest durable unit, one
// row each; starting a workflow for each move would cost more.
var dbosGuest = bench.Guest{Name: "dbos", Database: "postgres", Open: openDBOS}

func openDBOS(ctx context.Context, address, _ string, clients int) (e bench.Engine, err error) {
	// Its pool of 20 connections would make 32 clients wait.
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return e, err
	}
	config.MaxConns = int32(min(clients, 100) + 4)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return e, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d, err := dbos.NewContext(running, dbos.Config{AppName: "peers", SystemDBPool: pool, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		cancel()
		return e, err
	}
	h := newHands(clients)
	workflow := func(c dbos.Context, client int) (int, error) {
		step := func(ctx context.Context) (int, error) { return client, h.give(ctx, client) }
		for {
			if _, err := dbos.RunAsStep(c, step); err != nil {
				return 0, err
			}
		}
	}
	dbos.RegisterWorkflow(d, workflow)
	e = bench.Engine{Move: h.take, Stop: func() error {
		cancel()
		dbos.Shutdown(d, 5*time.Second)
		pool.Close()
		return nil
	}}
	if err := dbos.Launch(d); err != nil {
		return e, err
	}
	for n := range clients {
		if _, err := dbos.RunWorkflow(d, workflow, n, dbos.WithWorkflowID(fmt.Sprintf("client-%d", n))); err != nil {
			return e, err
		}
	}
	return e, nil
}

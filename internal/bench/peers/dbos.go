package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"

	"ocopflow/internal/bench"
)

// openDBOS: a case is a workflow and a move one of its steps, which is what DBOS
// calls its checkpoint; RunAsStep returns when the row of the step is committed.
// The request reaches the workflow through a channel of this process. DBOS would
// have it sent as a durable message (Send, Recv), at the cost of two more
// transactions; that favour is done to it.
func openDBOS(ctx context.Context, at bench.Place) (bench.Ready, error) {
	d, err := dbos.NewContext(context.WithoutCancel(ctx), dbos.Config{AppName: "bench", DatabaseURL: at.Postgres, Logger: silent})
	if err != nil {
		return bench.Ready{}, err
	}
	p := &dbosPeer{d, make([]chan int, at.Clients), newAnswers(at.Clients), make([]int, at.Clients)}
	for i := range p.asks {
		p.asks[i] = make(chan int)
	}
	dbos.RegisterWorkflow(d, p.lead)
	if err := dbos.Launch(d); err != nil {
		return bench.Ready{}, err
	}
	return bench.Ready{Move: p.move, Stop: p.stop}, nil
}

type dbosPeer struct {
	dbos  dbos.Context
	asks  []chan int // of each client
	told  answers
	moves []int // that each client has made
}

// lead is the workflow of one case.
func (p *dbosPeer) lead(ctx dbos.Context, client int) (int, error) {
	for n := range movesPerCase {
		move, ok := <-p.asks[client]
		if !ok {
			return n, nil
		}
		if _, err := dbos.RunAsStep(ctx, confirm); err != nil {
			return n, err
		}
		p.told.tell(client, move)
	}
	return movesPerCase, nil
}

// confirm is what a step finds out, to be kept.
func confirm(context.Context) (string, error) { return "confirmed", nil }

func (p *dbosPeer) move(ctx context.Context, client int) error {
	n := p.moves[client]
	if n%movesPerCase == 0 {
		if _, err := dbos.RunWorkflow(p.dbos, p.lead, client, dbos.WithWorkflowID(fmt.Sprintf("case-%d-%d", client, n/movesPerCase))); err != nil {
			return err
		}
	}
	p.moves[client]++
	select {
	case p.asks[client] <- n:
		return p.told.wait(ctx, client, n)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *dbosPeer) stop() error {
	for _, ask := range p.asks {
		close(ask)
	}
	return dbos.Shutdown(p.dbos, 30*time.Second)
}

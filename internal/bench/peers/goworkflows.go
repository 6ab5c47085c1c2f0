package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/cschleiden/go-workflows/backend"
	"github.com/cschleiden/go-workflows/backend/monoprocess"
	"github.com/cschleiden/go-workflows/backend/sqlite"
	"github.com/cschleiden/go-workflows/client"
	"github.com/cschleiden/go-workflows/worker"
	"github.com/cschleiden/go-workflows/workflow"

	"ocopflow/internal/bench"
)

// openGoWorkflows: a case is a workflow instance, which waits for signals and
// answers each by an activity. The client is told when the workflow has the
// activity's result: the result is committed before it is handed over. Its
// newest published version keeps instances in SQLite, MySQL or Redis; this is
// SQLite, with its wrapper for one process, which wakes workers at once instead
// of polling. Its driver's default is synchronous=FULL, and it sets WAL itself.
func openGoWorkflows(ctx context.Context, at bench.Place) (bench.Ready, error) {
	kept := sqlite.NewSqliteBackend(filepath.Join(at.Dir, goWorkflowsFile), sqlite.WithBackendOptions(backend.WithLogger(silent)))
	b := monoprocess.NewMonoprocessBackend(kept)
	p := &goWorkflowsPeer{client.New(b), newAnswers(at.Clients), make([]int, at.Clients)}
	options := worker.DefaultOptions
	options.WorkflowExecutorCacheSize, options.WorkflowExecutorCacheTTL = 4*at.Clients+128, time.Hour // cases stay in memory between rounds
	w := worker.New(b, &options)
	if err := w.RegisterWorkflow(p.lead); err != nil {
		return bench.Ready{}, err
	}
	if err := w.RegisterActivity(confirm); err != nil {
		return bench.Ready{}, err
	}
	work, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := func() error {
		end()
		return errors.Join(w.WaitForCompletion(), kept.Close())
	}
	return bench.Ready{Move: p.move, Stop: stop}, w.Start(work)
}

const goWorkflowsFile = "go-workflows.db"

type goWorkflowsPeer struct {
	client *client.Client
	told   answers
	moves  []int // that each client has made
}

// lead is the workflow of one case.
func (p *goWorkflowsPeer) lead(ctx workflow.Context, of int) error {
	asked := workflow.NewSignalChannel[int](ctx, "move")
	for range movesPerCase {
		move, _ := asked.Receive(ctx)
		if _, err := workflow.ExecuteActivity[string](ctx, workflow.DefaultActivityOptions, confirm).Get(ctx); err != nil {
			return err
		}
		if !workflow.Replaying(ctx) {
			p.told.tell(of, move)
		}
	}
	return nil
}

func (p *goWorkflowsPeer) move(ctx context.Context, of int) error {
	n := p.moves[of]
	p.moves[of]++
	id := fmt.Sprintf("case-%d-%d", of, n/movesPerCase)
	if n%movesPerCase == 0 {
		if _, err := p.client.CreateWorkflowInstance(ctx, client.WorkflowInstanceOptions{InstanceID: id}, p.lead, of); err != nil {
			return err
		}
	}
	if err := p.client.SignalWorkflow(ctx, id, "move", n); err != nil {
		return err
	}
	return p.told.wait(ctx, of, n)
}

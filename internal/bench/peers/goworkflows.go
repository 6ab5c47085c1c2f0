package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/cschleiden/go-workflows/backend"
	"github.com/cschleiden/go-workflows/backend/monoprocess"
	"github.com/cschleiden/go-workflows/backend/sqlite"
	"github.com/cschleiden/go-workflows/client"
	"github.com/cschleiden/go-workflows/registry"
	"github.com/cschleiden/go-workflows/worker"
	"github.com/cschleiden/go-workflows/workflow"

	"ocopflow/internal/bench"
)

// goWorkflowsGuest is go-workflows (MIT): a workflow for each client, an activity
// for each move. Its newest release has no backend for Postgres (its issue 199,
// its pull request 441), so it keeps its steps in SQLite.
var goWorkflowsGuest = bench.Guest{Name: "go-workflows", Database: "sqlite", Open: openGoWorkflows}

// renew is after how many steps a workflow starts anew, as all engines that
// replay a history advise.
const renew = 200

func openGoWorkflows(ctx context.Context, _, dir string, clients int) (e bench.Engine, err error) {
	// Backend and worker are one process: with this wrapper it is told of tasks in
	// place of polling.
	b := monoprocess.NewMonoprocessBackend(sqlite.NewSqliteBackend(filepath.Join(dir, "steps.db"), sqlite.WithBackendOptions(
		backend.WithLogger(slog.New(slog.DiscardHandler)), backend.WithActivityLockTimeout(time.Hour), backend.WithRemoveContinuedAsNewInstances())))
	options := worker.DefaultOptions
	options.WorkflowPollers, options.ActivityPollers = 4, 4
	options.WorkflowExecutorCacheSize = 2 * clients // all stay in memory
	options.WorkflowPollingInterval, options.ActivityPollingInterval = 0, 0
	w := worker.New(b, &options)
	h := newHands(clients)
	step := func(ctx context.Context, client int) (int, error) { return client, h.give(ctx, client) }
	way := func(ctx workflow.Context, client int) error {
		for range renew {
			if _, err := workflow.ExecuteActivity[int](ctx, workflow.DefaultActivityOptions, "step", client).Get(ctx); err != nil {
				return err
			}
		}
		return workflow.ContinueAsNew(ctx, client)
	}
	if err := register(w, way, step); err != nil {
		return e, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e = bench.Engine{Move: h.take, Stop: func() error {
		cancel()
		_ = w.WaitForCompletion() // it was told to end in the middle of its steps
		return b.Close()
	}}
	if err := w.Start(running); err != nil {
		return e, err
	}
	c := client.New(b)
	for n := range clients {
		if _, err := c.CreateWorkflowInstance(running, client.WorkflowInstanceOptions{InstanceID: fmt.Sprintf("client-%d", n)}, "way", n); err != nil {
			return e, err
		}
	}
	return e, nil
}

func register(w *worker.Worker, way, step any) error {
	if err := w.RegisterWorkflow(way, registry.WithName("way")); err != nil {
		return err
	}
	return w.RegisterActivity(step, registry.WithName("step"))
}

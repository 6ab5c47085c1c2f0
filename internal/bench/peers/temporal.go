package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"ocopflow/internal/bench"
)

// openTemporal: a case is a workflow and a move an Update of it, which is what
// Temporal's documentation advises for a change that a client waits for; the call
// returns when the update is completed in the workflow's history. The server is
// Temporal's development server, the program temporal (start-dev), in a process of
// its own, with its default store: a file of SQLite, here with WAL, which is
// faster than its default journal, and synchronous=FULL, its driver's default.
func openTemporal(ctx context.Context, at bench.Place) (bench.Ready, error) {
	p, err := startTemporal(ctx, at)
	if err != nil {
		return bench.Ready{}, err
	}
	return bench.Ready{Move: p.move, Stop: p.stop, Process: p.server.Process.Pid}, nil
}

func startTemporal(ctx context.Context, at bench.Place) (*temporalPeer, error) {
	program, err := exec.LookPath("temporal")
	if err != nil {
		return nil, fmt.Errorf("%w; make bench-peers builds it", err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &temporalPeer{moves: make([]int, at.Clients)}
	p.server = exec.Command(program, "server", "start-dev", "--headless", "--log-level", "never", "--port", strconv.Itoa(port),
		"--db-filename", filepath.Join(at.Dir, temporalFile), "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=full")
	if err := p.server.Start(); err != nil {
		return nil, err
	}
	if err := p.connect(ctx, "127.0.0.1:"+strconv.Itoa(port)); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

const (
	temporalFile  = "temporal.db"
	temporalQueue = "moves"
)

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

type temporalPeer struct {
	server *exec.Cmd
	client client.Client
	worker worker.Worker
	moves  []int // that each client has made
}

// connect when the server answers, and work for it.
func (p *temporalPeer) connect(ctx context.Context, address string) (err error) {
	for range 300 {
		if p.client, err = client.DialContext(ctx, client.Options{HostPort: address, Logger: log.NewStructuredLogger(silent)}); err == nil {
			break
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err != nil {
		return err
	}
	p.worker = worker.New(p.client, temporalQueue, worker.Options{MaxConcurrentWorkflowTaskPollers: 8})
	p.worker.RegisterWorkflow(temporalCase)
	return p.worker.Start()
}

// temporalCase is the workflow of one case.
func temporalCase(ctx workflow.Context) error {
	made := 0
	err := workflow.SetUpdateHandler(ctx, "move", func(workflow.Context) (int, error) {
		made++
		return made, nil
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return made >= movesPerCase && workflow.AllHandlersFinished(ctx) })
}

func (p *temporalPeer) move(ctx context.Context, of int) error {
	n := p.moves[of]
	p.moves[of]++
	id := fmt.Sprintf("case-%d-%d", of, n/movesPerCase)
	if n%movesPerCase == 0 {
		if _, err := p.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: temporalQueue}, temporalCase); err != nil {
			return err
		}
	}
	made, err := p.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: id, UpdateName: "move", WaitForStage: client.WorkflowUpdateStageCompleted})
	if err != nil {
		return err
	}
	return made.Get(ctx, nil)
}

func (p *temporalPeer) stop() error {
	if p.worker != nil {
		p.worker.Stop()
	}
	if p.client != nil {
		p.client.Close()
	}
	if err := p.server.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.server.Wait()
}

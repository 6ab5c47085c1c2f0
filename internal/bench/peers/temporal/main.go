// Command temporal runs Temporal (MIT) for package peers: server and worker in one
// process, on the Postgres named. It is a module of its own because the server
// wants older versions of libraries that the program has in newer ones.
//
// It takes the number of a client on a line of its standard input, lets that
// client's workflow run one more activity, and writes the number back when it
// does. An activity runs when all before it are durable.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	namespace = "peers"
	taskQueue = "moves"
	// renew is after how many steps a workflow starts anew, before its history
	// grows long.
	renew = 200
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: temporal DATABASE CLIENTS")
	}
	clients, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	server, frontend, err := start(ctx, args[0])
	if err != nil {
		return err
	}
	options := client.Options{HostPort: frontend, Namespace: namespace, Logger: silent{}}
	if err := enterNamespace(ctx, options); err != nil {
		return err
	}
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return err
	}
	s := newSteps(clients)
	// A poller for each client, so that no task waits for one. Local activities
	// would be faster, but several of them share one durable task.
	pollers := max(2, min(clients, 32))
	w := worker.New(c, taskQueue, worker.Options{MaxConcurrentActivityTaskPollers: pollers, MaxConcurrentWorkflowTaskPollers: pollers,
		MaxConcurrentActivityExecutionSize: 2 * clients, DeadlockDetectionTimeout: time.Minute})
	w.RegisterActivityWithOptions(s.step, activity.RegisterOptions{Name: "step"})
	w.RegisterWorkflowWithOptions(way, workflow.RegisterOptions{Name: "way"})
	if err := w.Start(); err != nil {
		return err
	}
	for n := range clients {
		if _, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("client-%d", n), TaskQueue: taskQueue}, "way", n); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	if err := s.listen(); err != nil {
		return err
	}
	close(s.over)
	w.Stop()
	c.Close()
	return server.Stop()
}

// way takes a client's steps one after another.
func way(ctx workflow.Context, client int) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Hour})
	for range renew {
		if err := workflow.ExecuteActivity(ctx, "step", client).Get(ctx, nil); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, "way", client)
}

// steps wait until they are asked for.
type steps struct {
	asked []chan struct{} // by client, of size one
	over  chan struct{}
	say   sync.Mutex
}

func newSteps(clients int) *steps {
	s := &steps{asked: make([]chan struct{}, clients), over: make(chan struct{})}
	for i := range s.asked {
		s.asked[i] = make(chan struct{}, 1)
	}
	return s
}

func (s *steps) step(_ context.Context, client int) error {
	select {
	case <-s.asked[client]:
	case <-s.over:
		return nil
	}
	s.say.Lock()
	defer s.say.Unlock()
	_, err := fmt.Println(client)
	return err
}

// listen takes what is asked for until nobody asks any more.
func (s *steps) listen() error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil || n < 0 || n >= len(s.asked) {
			return fmt.Errorf("no client: %q", lines.Text())
		}
		s.asked[n] <- struct{}{}
	}
	return lines.Err()
}

// silent keeps the client's log out of the figures.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"

	"ocopflow/internal/bench"
)

// temporalGuest is Temporal, by the program in the folder temporal: a workflow
// for each client, an activity for each move.
var temporalGuest = bench.Guest{Name: "temporal", Database: "postgres", Open: openTemporal}

// temporalProcess is that program while it runs.
type temporalProcess struct {
	cmd   *exec.Cmd
	ask   io.WriteCloser
	say   sync.Mutex      // guards ask
	done  []chan struct{} // by client, of size one
	ended chan error
}

func openTemporal(ctx context.Context, address, dir string, clients int) (e bench.Engine, err error) {
	program := os.Getenv("OCOPFLOW_TEMPORAL")
	if program == "" {
		program = filepath.Join(dir, "temporal")
		build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
		build.Dir = "temporal"
		if text, err := build.CombinedOutput(); err != nil {
			return e, fmt.Errorf("build: %w: %s", err, text)
		}
	}
	t := &temporalProcess{cmd: exec.CommandContext(ctx, program, address, strconv.Itoa(clients)), ended: make(chan error, 1)}
	for range clients {
		t.done = append(t.done, make(chan struct{}, 1))
	}
	t.cmd.Stderr = os.Stderr
	if t.ask, err = t.cmd.StdinPipe(); err != nil {
		return e, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return e, err
	}
	if err := t.cmd.Start(); err != nil {
		return e, err
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		return e, errors.Join(errors.New("it did not start"), t.cmd.Wait())
	}
	go t.listen(lines)
	return bench.Engine{Move: t.move, Stop: t.stop}, nil
}

// listen tells clients of their steps until the program ends.
func (t *temporalProcess) listen(lines *bufio.Scanner) {
	for lines.Scan() {
		if n, err := strconv.Atoi(lines.Text()); err == nil && n >= 0 && n < len(t.done) {
			t.done[n] <- struct{}{}
		}
	}
	t.ended <- lines.Err()
}

func (t *temporalProcess) move(ctx context.Context, client int) error {
	t.say.Lock()
	_, err := fmt.Fprintln(t.ask, client)
	t.say.Unlock()
	if err != nil {
		return err
	}
	select {
	case <-t.done[client]:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *temporalProcess) stop() error {
	err := t.ask.Close()
	return errors.Join(err, <-t.ended, t.cmd.Wait())
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// movesPerCase is how many moves a client makes with one case before it begins
// the next: a history stays as short as all of these engines advise.
const movesPerCase = 100

// answers carry word from wherever a move became durable to the client that
// waits for it. It stays within this process, which costs nothing.
type answers []chan int

func newAnswers(clients int) answers {
	a := make(answers, clients)
	for i := range a {
		a[i] = make(chan int, 8) // a step that an engine repeats is told twice
	}
	return a
}

func (a answers) tell(client, move int) {
	select {
	case a[client] <- move:
	default:
	}
}

// wait until the client's move was told.
func (a answers) wait(ctx context.Context, client, move int) error {
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for {
		select {
		case n := <-a[client]:
			if n == move {
				return nil
			}
		case <-late.C:
			return fmt.Errorf("client %d has waited a minute for its move %d", client, move)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var silent = slog.New(slog.DiscardHandler)

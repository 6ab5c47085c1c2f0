package main

import "context"

// hands join an engine that drives its steps itself to clients that ask for one
// at a time: a step runs when its client takes it, and an engine runs the next
// step only when the one before is durable.
type hands []chan struct{}

func newHands(clients int) hands {
	h := make(hands, clients)
	for i := range h {
		h[i] = make(chan struct{})
	}
	return h
}

// take waits for the next step of a client.
func (h hands) take(ctx context.Context, client int) error {
	select {
	case <-h[client]:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// give is what a step does.
func (h hands) give(ctx context.Context, client int) error {
	select {
	case h[client] <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

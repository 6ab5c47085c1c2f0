package sqldb

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Jointly puts together what many ask at the same time. One who asks alone is
// answered at once; those who ask while a question is with the database share the
// next one. Nothing is remembered: everybody is told what was read after they
// asked. Three questions for each request were a third of what a move over HTTP
// cost (ADR 39).
//
// Answers are shared: whoever gets one must not change it. The zero value is
// ready; every call names the same way to read.
type Jointly[K comparable, V any] struct {
	mu     sync.Mutex
	asking bool         // a question is with the database
	next   *joint[K, V] // those who wait for it to come back
}

// joint is one question for several keys.
type joint[K comparable, V any] struct {
	keys  []K
	known map[K]bool
	done  chan struct{}
	found map[K]V
	err   error
}

// patience bounds a question that those who asked do not bound: they may leave,
// the others want their answer all the same.
const patience = 30 * time.Second

// Ask gives what is found under a key, the zero value for nothing.
func (j *Jointly[K, V]) Ask(ctx context.Context, key K, read func(context.Context, []K) (map[K]V, error)) (V, error) {
	j.mu.Lock()
	if j.next == nil {
		j.next = &joint[K, V]{known: map[K]bool{}, done: make(chan struct{})}
	}
	mine := j.next
	if !mine.known[key] {
		mine.known[key], mine.keys = true, append(mine.keys, key)
	}
	if !j.asking {
		j.asking, j.next = true, nil
		go j.ask(context.WithoutCancel(ctx), mine, read)
	}
	j.mu.Unlock()
	select {
	case <-mine.done:
		return mine.found[key], mine.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// ask asks one question after another until nobody waits.
func (j *Jointly[K, V]) ask(ctx context.Context, q *joint[K, V], read func(context.Context, []K) (map[K]V, error)) {
	for q != nil {
		q.answer(ctx, read)
		j.mu.Lock()
		q, j.next = j.next, nil
		j.asking = q != nil
		j.mu.Unlock()
	}
}

func (q *joint[K, V]) answer(ctx context.Context, read func(context.Context, []K) (map[K]V, error)) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer close(q.done)
	defer func() {
		if failed := recover(); failed != nil {
			q.err = fmt.Errorf("sqldb: a joint question: %v", failed)
		}
	}()
	q.found, q.err = read(ctx, q.keys)
}

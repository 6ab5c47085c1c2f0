package accounts

import (
	"sync"
	"time"
)

// Attempts slows down guessing: after free wrong passwords for a name, each
// further one must wait twice as long, up to a quarter of an hour. It is kept
// in memory, per process: a restart forgives.
type Attempts struct {
	mu    sync.Mutex
	names map[string]attempt // guarded by mu
}

type attempt struct {
	wrong int
	until time.Time
}

const (
	free     = 5
	longest  = 15 * time.Minute
	maxNames = 10_000 // forgotten all at once beyond that
)

// Wait is how long the next attempt for a name must wait; 0 when it need not.
func (a *Attempts) Wait(name string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(0, time.Until(a.names[name].until))
}

// Failed counts a wrong password.
func (a *Attempts) Failed(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.names == nil || len(a.names) > maxNames {
		a.names = map[string]attempt{}
	}
	x := a.names[name]
	if x.wrong++; x.wrong >= free {
		x.until = time.Now().Add(min(longest, time.Second<<min(x.wrong-free, 20)))
	}
	a.names[name] = x
}

// Succeeded forgets the wrong ones.
func (a *Attempts) Succeeded(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.names, name)
}

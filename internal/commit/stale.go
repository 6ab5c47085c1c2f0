package commit

import (
	"context"
	"maps"
	"strings"

	"ocopflow/internal/ledger"
	"ocopflow/internal/store"
)

// Stale says what a memory of rows must forget.
type Stale struct {
	All      bool     // somebody else wrote, or nobody knows what
	Products []string // else these
}

// Settler is a Kind that keeps what it knows of products between batches, and
// knows how its own acts left them.
//
// That is safe because nothing of the programme changes without an entry: while
// the ledger's head is where this committer left it, nobody else wrote anything.
// The head is read, and locked, before anything is decided.
type Settler interface {
	Kind
	// Settled hears of acts that were saved in a batch of this kind alone: they
	// are committed before anybody hears of them, or all is forgotten.
	Settled(placed []Placed)
	// Foresees reports whether acts can most likely be decided and saved without
	// reading anything.
	Foresees(asks []any) bool
}

// OnStale lets f hear what becomes stale, from the goroutine that decides and
// saves, before it decides again. It is called before the first act.
func (c *Committer) OnStale(f func(Stale)) {
	c.watching.Lock()
	defer c.watching.Unlock()
	c.watchers = append(c.watchers, f)
}

func (c *Committer) tell(s Stale) {
	c.watching.Lock()
	defer c.watching.Unlock()
	for _, f := range c.watchers {
		f(s)
	}
}

// unsure is a size that no ledger has: the next batch finds another one.
const unsure = -1

// maxEnds bounds the ends of streams that are kept between batches.
const maxEnds = 20_000

// heard bounds the entries of other servers that are looked into: where there are
// more, everything is forgotten.
const heard = 256

// hear forgets what other servers have changed since this committer wrote last,
// by what their entries tell.
func (c *Committer) hear(ctx context.Context, r *run) error {
	if c.size == unsure || r.from < c.size || r.from-c.size > heard {
		clear(c.ends)
		c.tell(Stale{All: true})
		return nil
	}
	lines, err := store.Lines(ctx, r.tx, c.size, int(r.from-c.size))
	if err != nil {
		return err
	}
	var s Stale
	seen := map[string]bool{}
	for _, l := range lines {
		delete(c.ends, l.Stream)
		if !s.All {
			s.read(l, seen)
		}
	}
	c.tell(s)
	return nil
}

// read adds what an entry of another server made stale.
func (s *Stale) read(l store.Line, seen map[string]bool) {
	t, err := ledger.Read([]byte(l.Body))
	if err != nil || len(t.Rows) == 0 && !idle(l.Kind, l.Stream, l.Event) {
		s.All = true
		return
	}
	for _, row := range t.Rows {
		s.add(row.Table, store.ToldOwner(row), seen)
	}
}

// settle tells what a committed batch has changed.
func (c *Committer) settle(r *run) {
	c.size, c.head = r.head.Tree.Size, r.head
	if len(c.ends) > maxEnds {
		clear(c.ends)
	}
	maps.Copy(c.ends, r.moved)
	if kind, ok := soleKind(r.batch); ok {
		kind.Settled(r.placed)
		return
	}
	c.tell(r.stale())
}

// unsettle forgets what a batch that was prepared would have changed.
func (c *Committer) unsettle(r *run) {
	for stream := range r.moved {
		delete(c.ends, stream)
	}
	c.tell(r.stale())
}

// soleKind is the kind of all acts of the batch, if it keeps what it knows.
func soleKind(batch []*waiting) (Settler, bool) {
	if len(batch) == 0 {
		return nil, false
	}
	for _, w := range batch {
		if w.act.Kind != batch[0].act.Kind {
			return nil, false
		}
	}
	kind, ok := batch[0].act.Kind.(Settler)
	return kind, ok
}

// stale are the products whose rows were written; all, if a row is of none.
func (r *run) stale() (s Stale) {
	seen := map[string]bool{}
	for _, rows := range r.written {
		for _, row := range rows {
			if s.add(row.Table, store.OwnerOf(row), seen); s.All {
				return s
			}
		}
	}
	for _, entries := range r.entries {
		for _, e := range entries {
			if len(r.written[e.Index]) == 0 && !idle(e.Kind, e.Stream, e.Event) { // whatever it changed besides
				return Stale{All: true}
			}
		}
	}
	return s
}

// idle reports whether an entry without rows leaves all products as they were: a
// refusal, somebody's coming and going, or a try under a name that nobody has.
func idle(kind, stream, event string) bool {
	return kind == ledger.KindRefusal || kind == ledger.KindSecurity && (strings.HasPrefix(stream, "account:") || event == "sign_in_failed" || event == "lock_out")
}

// add is for a row of a table, and whose it is. A table can be unknown: a newer
// program may write beside this one.
func (s *Stale) add(table, id string, seen map[string]bool) {
	t := store.TableNamed(table)
	switch {
	case t != nil && t.Aside:
	case t == nil, id == "":
		s.All = true
	case !seen[id]:
		seen[id] = true
		s.Products = append(s.Products, id)
	}
}

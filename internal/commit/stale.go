package commit

import (
	"maps"
	"strings"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
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
			if s.add(row, seen); s.All {
				return s
			}
		}
	}
	for _, entries := range r.entries {
		for _, e := range entries {
			if len(r.written[e.Index]) == 0 && !ofSignIn(e) { // whatever it changed besides
				return Stale{All: true}
			}
		}
	}
	return s
}

// ofSignIn reports whether an entry is of somebody's coming and going, or of a try
// under a name that nobody has: they leave all products as they were.
func ofSignIn(e ledger.Entry) bool {
	return e.Kind == ledger.KindSecurity && (strings.HasPrefix(e.Stream, "account:") || e.Event == "sign_in_failed" || e.Event == "lock_out")
}

func (s *Stale) add(row sqldb.Row, seen map[string]bool) {
	if store.TableNamed(row.Table).Aside {
		return
	}
	id := store.OwnerOf(row)
	if id == "" {
		s.All = true
		return
	}
	if !seen[id] {
		seen[id] = true
		s.Products = append(s.Products, id)
	}
}

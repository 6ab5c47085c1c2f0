package commit

import (
	"time"

	"ocopflow/internal/ledger"
)

// Batch is what became of acts that were written together.
type Batch struct {
	Acts     int
	Took     time.Duration
	Err      error    // of the batch as a whole: none of its acts stands then
	Moves    []string // events of the moves that stand
	Refusals []string // codes of what stood against acts: of their reasons, else their own
}

// Watch has each batch told to fn. It is called before the first act.
func (c *Committer) Watch(fn func(Batch)) { c.watch = fn }

// Waiting is the number of acts that are not answered yet.
func (c *Committer) Waiting() int64 { return c.callers.Load() }

// report tells a batch to whoever watches; r is nil for one that failed as a whole.
func (c *Committer) report(r *run, acts int, took time.Duration, err error) {
	b := Batch{Acts: acts, Took: took, Err: err}
	if err == nil {
		b.Moves, b.Refusals = r.became()
	}
	c.watch(b)
}

// became says what came of the acts that were decided, leaving out those that were
// answered from their key.
func (r *run) became() (moves, refusals []string) {
	for i, o := range r.outcomes {
		switch {
		case r.repeats[i] != nil:
		case o.Fault == nil:
			for _, d := range o.Drafts {
				if d.Kind == ledger.KindMove {
					moves = append(moves, d.Event)
				}
			}
		case len(o.Fault.Reasons) == 0:
			refusals = append(refusals, o.Fault.Code)
		default:
			for _, x := range o.Fault.Reasons {
				refusals = append(refusals, x.Code)
			}
		}
	}
	return moves, refusals
}

// Package commit is the one way to write. It takes acts from the packages that
// do (casework, accounts, campaign …), batches whatever queued up into one
// transaction, appends their entries to the ledger, swaps its head and answers
// each caller. What an act decides and which rows it writes is left to those
// packages.
package commit

import (
	"context"
	"encoding/json"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
)

// Act is one thing that somebody wants written.
type Act struct {
	Kind  Kind
	Ask   any      // what is asked, in the kind's own type
	Locks []string // two acts that share a lock never share a batch
	Key   *Key     // nil without an idempotency key
}

// Kind decides and saves acts that are alike, many with few statements.
type Kind interface {
	// Decide reads what the asks need and says what becomes of each. It writes
	// nothing, so a dry run is the same call on a snapshot.
	Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]Outcome, error)
	// Save writes the rows of outcomes that stand, once their entries have a place.
	Save(ctx context.Context, tx *sqldb.Tx, placed []Placed) error
}

// Outcome is what an act comes to.
type Outcome struct {
	Fault  *fault.Error                     // why it does not stand; nil when it does
	Drafts []ledger.Draft                   // entries to append, of a refusal too
	State  any                              // given back to Save
	Answer func(entries []ledger.Entry) any // what the caller gets; must be JSON
}

// Placed is an outcome that stands, with its entries.
type Placed struct {
	State   any
	Entries []ledger.Entry
}

// Key is an idempotency key. It belongs to an account and a route.
type Key struct {
	Account     string
	Route       string
	Key         string
	Fingerprint string // of all that was asked: another one under the same key is a fault
}

// keysLive is how long an answer is kept for its key.
const keysLive = 30 * 24 * time.Hour

// kept is an answer as it is stored under its key.
type kept struct {
	Answer json.RawMessage `json:"answer,omitempty"`
	Fault  *fault.Error    `json:"fault,omitempty"`
}

// Once is a kind for acts that come alone. Its ask is an Alone.
var Once Kind = once{}

// Alone decides one act. The outcome's State is Rows or Parts, which
// write its rows, or nil.
type Alone func(ctx context.Context, q sqldb.Querier, now time.Time) (Outcome, error)

// Rows writes the rows of an act that came alone.
type Rows func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error

// Parts write the rows of an act that came alone and does several things of one
// kind, all or none: each belongs to the draft of the same place, whose entry
// tells its rows.
type Parts []Rows

// alone are the parts of what was placed, each to be saved by itself.
func (p Placed) alone() []Placed {
	parts, ok := p.State.(Parts)
	if !ok {
		return []Placed{p}
	}
	out := make([]Placed, len(parts))
	for i, rows := range parts {
		out[i] = Placed{rows, p.Entries[i : i+1]}
	}
	return out
}

type once struct{}

func (once) Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]Outcome, error) {
	out := make([]Outcome, len(asks))
	for i, ask := range asks {
		o, err := ask.(Alone)(ctx, q, now)
		if err != nil {
			f := fault.Of(err)
			if f.Kind == fault.Internal {
				return nil, err
			}
			o = Outcome{Fault: f}
		}
		out[i] = o
	}
	return out, nil
}

func (once) Save(ctx context.Context, tx *sqldb.Tx, placed []Placed) error {
	for _, p := range placed {
		if rows, ok := p.State.(Rows); ok {
			if err := rows(ctx, tx, p.Entries); err != nil {
				return err
			}
		}
	}
	return nil
}

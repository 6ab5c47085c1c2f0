// Package audit recomputes what the ledger claims, from a database alone: its
// tree and chains, and that sheets are what was sealed and results what sheets
// come to. The arithmetic is that of packages ledger and criteria.
package audit

import (
	"context"
	"errors"
	"fmt"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Report is what a verification found.
type Report struct {
	Entries int64  `json:"entries"`
	Root    string `json:"root"` // RFC 6962, base64
	Fault   string `json:"fault,omitempty"`
	OK      bool   `json:"ok"`

	Restores int `json:"restores"` // acknowledged: an older database was brought back on purpose
}

// Verify reads the whole ledger in its order and recomputes hashes, chains,
// tree and scoring, on one unchanging view of the database; the first fault
// ends it.
func Verify(ctx context.Context, db *sqldb.DB) (Report, error) {
	var r Report
	err := db.Snapshot(ctx, func(q sqldb.Querier) error {
		head, err := store.LoadHead(ctx, q)
		if err != nil {
			return err
		}
		var c ledger.Checker
		sheets := newScoring(q)
		const page = 1000
		for {
			lines, err := store.Lines(ctx, q, c.Tree.Size, page)
			if err != nil {
				return err
			}
			for _, l := range lines {
				if err := c.Next(stored(l)); err != nil {
					r.Fault = err.Error()
					return nil
				}
				if l.Event == "acknowledge_restore" {
					r.Restores++
				}
				if err := sheets.next(ctx, l); err != nil {
					r.Fault = err.Error()
					return nil
				}
			}
			if len(lines) < page {
				break
			}
		}
		r.Entries, r.Root = c.Tree.Size, c.Tree.Root().String()
		if c.Tree.Size != head.Tree.Size || c.Tree.Root() != head.Tree.Root() {
			r.Fault = fmt.Sprintf("the tree of %d entries recomputed is not the head of %d that is stored", c.Tree.Size, head.Tree.Size)
		}
		if err := sheets.rows(ctx); r.Fault == "" && err != nil {
			var f *finding
			if !errors.As(err, &f) {
				return err
			}
			r.Fault = f.text
		}
		r.OK = r.Fault == ""
		return nil
	})
	return r, err
}

func stored(l store.Line) ledger.Stored {
	return ledger.Stored{Index: l.Index, Stream: l.Stream, Seq: l.Seq, At: l.At, Actor: l.Actor, Kind: l.Kind, Event: l.Event,
		Hash: l.Hash, Bytes: []byte(l.Body)}
}

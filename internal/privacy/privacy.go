// Package privacy forgets personal values when a person asks for it: the data
// protection officer of the unit says which and why. The entries of the ledger
// stay as they are, and so do their proofs; what lay behind their commitments
// goes, with every column and stored answer that still shows it. A member's
// opinion on a sheet is not among them: it is what was sealed, signed minutes
// print it, and the opening put the salt of its commitment into the entry, so
// that a short one could be guessed from there all the same. How the ledger commits to a value is package ledger's, that nothing else is missing
// package audit finds out.
package privacy

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Desk forgets.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Products  *casework.Desk
}

// Request says what is to be forgotten.
type Request struct {
	Entry  int64
	Fields []string // of the entry; all of them unless given
	Reason string
	Actor  access.Actor
	Key    *commit.Key
}

// Done is what was forgotten, and the entry that says so.
type Done struct {
	Erased int            `json:"erased"` // commitments whose values are gone
	Entry  casework.Entry `json:"entry"`
}

// event of an erasure in the ledger, and the field of its reason.
const event = "erase"

// atOnce bounds the commitments that one entry names.
const atOnce = 300

// Erase forgets private values of an entry. What a row of a table was told to
// hold is forgotten in every entry of its product that told the same of that
// row, and wherever the row still shows it.
//
// Faults: not_found; reason_missing, reason_too_long, nothing_private (Invalid);
// who_may_not (Forbidden); erased_already, remedies_open, reason_kept (Conflict).
func (d *Desk) Erase(ctx context.Context, r Request) (Done, error) {
	line, err := store.LineAt(ctx, d.DB, r.Entry)
	if err != nil {
		return Done{}, err
	}
	if line == nil {
		return Done{}, casework.NotFound()
	}
	by, err := d.allowed(ctx, d.DB, r.Actor, *line)
	if err == nil || fault.Is(err, fault.Forbidden) { // what is not visible goes before the shape
		if wrong := r.check(); wrong != nil {
			return Done{}, wrong
		}
	}
	if err != nil {
		return Done{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		v, err := seek(ctx, q, *line, r.Fields)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: drafts(*line, v, by, r),
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
				return v.forget(ctx, tx, line.Product, by.ID, now, entries)
			}),
			Answer: func(entries []ledger.Entry) any { return Done{len(v.told), entryOf(entries[0])} },
		}, nil
	}
	return commit.Do[Done](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: locks(*line)})
}

// locks keep acts that write the same rows out of the batch.
func locks(l store.Line) []string {
	if l.Product != "" {
		return []string{"erasure", "product:" + l.Product}
	}
	return []string{"erasure", l.Stream}
}

func (r Request) check() error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(r.Reason)); {
	case n == 0:
		return fault.New(fault.Invalid, "reason_missing", "Phải nêu lý do.", "A reason is needed.").At("body.reason", "Chưa có lý do.", "The reason is missing.")
	case n > workflow.MaxComment:
		most := fmt.Sprint(workflow.MaxComment)
		return fault.New(fault.Invalid, "reason_too_long", "Lý do quá dài.", "The reason is too long.").At("body.reason", "Nhiều hơn "+most+" ký tự.", "More than "+most+" characters.")
	}
	return nil
}

// drafts are the entries of an erasure: one, but for a value that was told very
// often.
func drafts(l store.Line, v *values, by access.Actor, r Request) (out []ledger.Draft) {
	for part := range slices.Chunk(v.told, atOnce) {
		var commitments, fields []string
		for _, t := range part {
			commitments = append(commitments, t.commitment)
			if !slices.Contains(fields, t.field) {
				fields = append(fields, t.field)
			}
		}
		d := ledger.Draft{Stream: "system", Kind: ledger.KindRecord, Event: event, Product: l.Product, Actor: casework.ActorOf(by),
			Data:    ledger.Map{"entry": l.Index, "fields": fields, "commitments": commitments},
			Private: []ledger.Private{casework.NewPrivate("comment", strings.TrimSpace(r.Reason))}}
		if r.Key != nil {
			d.Key = r.Key.Key
		}
		out = append(out, d)
	}
	return out
}

func entryOf(e ledger.Entry) casework.Entry {
	return casework.Entry{Index: &e.Index, Seq: &e.Seq, Kind: e.Kind, Event: e.Event, At: e.At, Actor: e.Actor.ID, Hash: hex.EncodeToString(e.Hash[:])}
}

package casework

import (
	"context"
	"encoding/hex"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Save implements commit.Kind: all rows of all moves of a batch, one statement
// for each table.
func (m moves) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	if err := m.record(ctx, tx, placed); err != nil {
		return err
	}
	var gone, set []store.Timer
	var ended []string
	for _, p := range placed {
		c := p.State.(*change)
		if c.endsSessions && c.before.scoring {
			ended = append(ended, c.product.ID)
		}
		g, s := c.timerChanges(p.Entries[0].At)
		gone, set = append(gone, g...), append(set, s...)
	}
	if err := store.ChangeTimers(ctx, tx, gone, set); err != nil {
		return err
	}
	return store.CancelSessions(ctx, tx, ended)
}

// record writes what moves leave behind in their products. Certificates go
// before the products that name them.
func (m moves) record(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	var created, moved []*ocop.Product
	var opened, rounds []*ocop.Round
	var issued, amended []ocop.Certificate
	var inspections []store.Inspection
	var decisions namings
	var acts []store.Act
	var behalf []store.OnBehalf
	for _, p := range placed {
		c := p.State.(*change)
		if c.created {
			created = append(created, c.product)
		} else {
			moved = append(moved, c.product)
		}
		if c.opened != nil {
			opened = append(opened, c.opened)
		}
		if c.roundChanged() {
			rounds = append(rounds, c.round)
		}
		if c.issued != nil {
			k := *c.issued
			k.Entry = p.Entries[1].Index
			issued = append(issued, k)
		}
		if c.amended != nil {
			amended = append(amended, *c.amended)
		}
		if c.inspection != nil {
			inspections = append(inspections, *c.inspection)
		}
		if c.named != nil {
			decisions = append(decisions, *c.named)
		}
		if c.behalf != nil {
			b := *c.behalf
			b.Entry = p.Entries[0].Index
			behalf = append(behalf, b)
		}
		acts = append(acts, store.Act{Entry: p.Entries[0].Index, Product: c.product.ID, Round: c.actRound,
			Campaign: c.product.Campaign, Event: c.event, Actor: c.actor, At: p.Entries[0].At})
	}
	for _, step := range []func() error{
		func() error { return store.InsertProducts(ctx, tx, created) },
		func() error { return store.MoveProducts(ctx, tx, moved) },
		func() error { return store.SaveRounds(ctx, tx, rounds) },
		func() error { return store.InsertRounds(ctx, tx, opened) },
		func() error { return store.AmendCertificates(ctx, tx, amended) },
		func() error { return store.InsertCertificates(ctx, tx, issued) },
		func() error { return store.InsertInspections(ctx, tx, inspections) },
		func() error { return decisions.save(ctx, tx) },
		func() error { return store.InsertActs(ctx, tx, acts) },
		func() error { return store.InsertOnBehalf(ctx, tx, behalf) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// answer is what the caller of a move gets.
func (c *change) answer(entries []ledger.Entry) Moved {
	e := entries[0]
	return Moved{View(*c.product), Entry{Index: &e.Index, Seq: &e.Seq, Event: e.Event, From: string(c.from), To: string(c.product.State),
		At: e.At, Actor: c.actor, ActorName: c.accountName, Hash: hex.EncodeToString(e.Hash[:]), Kind: e.Kind}}
}

// rehearsed is the answer of a dry run: an entry without a place.
func (c *change) rehearsed(now time.Time) Moved {
	return Moved{View(*c.product), Entry{Event: string(c.event), From: string(c.from), To: string(c.product.State), At: now,
		Actor: c.actor, ActorName: c.accountName, Kind: ledger.KindMove}}
}

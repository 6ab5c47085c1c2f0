package petition

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// locks of a move: its petition and, where the move changes it, the product.
func (d *Desk) locks(ctx context.Context, ask Ask) ([]string, error) {
	if ask.New != nil {
		return []string{"petition numbers"}, nil
	}
	locks := []string{"petition:" + ask.Petition}
	list, err := store.Petitions(ctx, d.Cases.DB, []string{ask.Petition})
	if err != nil {
		return nil, err
	}
	n := list[ask.Petition]
	if n == nil || n.Product == nil {
		return locks, nil
	}
	if rules, err := d.rules(n); err == nil && rules.Reaches(ask.Event) {
		locks = append(locks, "product:"+n.Product.ID)
	}
	return locks, nil
}

// reach carries out what a move does to the product that the petition is about:
// the product's own history tells of it, its round is scored again, or it makes a
// move of its own, which stands or falls with the petition's.
//
// Faults: no_product, nothing_scored (Conflict); those of the product's move.
func (d *Desk) reach(ctx context.Context, q sqldb.Querier, c *change, m *workflow.Move, ask Ask, now time.Time) ([]ledger.Draft, error) {
	n := c.after.petition
	again := slices.Contains(m.Effects, workflow.ScoreAgain)
	if n.Product == nil {
		if again || m.Moves != "" {
			return nil, fault.New(fault.Conflict, "no_product", "Hồ sơ này không về sản phẩm nào.", "This case is about no product.")
		}
		return nil, nil
	}
	var drafts []ledger.Draft
	if m.Moves != "" {
		o, err := d.Cases.DecideWith(ctx, q, casework.Ask{Product: n.Product.ID, Actor: ask.Actor, Event: m.Moves, Comment: ask.Comment, Data: m.Form.JSON(), Because: n.ID}, now)
		if err != nil {
			return nil, err
		}
		if o.Fault != nil {
			return nil, o.Fault
		}
		c.product, drafts = &o, o.Drafts // first of the product's, so that its rows stand in it
	}
	if again || c.outcome != nil {
		note, err := d.note(ctx, q, c, m, ask, now)
		if err != nil {
			return nil, err
		}
		drafts = append(slices.Clip(drafts), note)
	}
	return drafts, nil
}

// note is the entry by which the product's own history tells of the move.
func (d *Desk) note(ctx context.Context, q sqldb.Querier, c *change, m *workflow.Move, ask Ask, now time.Time) (ledger.Draft, error) {
	n := c.after.petition
	out := ledger.Draft{Stream: "product:" + n.Product.ID, Kind: ledger.KindRecord, Event: string(workflow.TellProduct), Product: n.Product.ID, Actor: casework.ActorOf(ask.Actor),
		Data: ledger.Map{"petition": n.ID, "code": n.Code, "procedure": n.Procedure, "move": string(m.Event), "state": string(m.To)}}
	if !slices.Contains(m.Effects, workflow.ScoreAgain) {
		return out, nil
	}
	var err error
	if c.again, err = d.Cases.ScoreAgain(ctx, q, n.Product.ID, now); err != nil {
		return out, err
	}
	out.Event = string(workflow.ScoreAgain)
	c.again.Tell(&out)
	return out, nil
}

// saveProduct writes what a move did to the product; entries are the move's own
// and those that followed it.
func (c *change) saveProduct(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
	if c.again != nil {
		if err := c.again.Save(ctx, tx); err != nil {
			return err
		}
	}
	if c.product == nil {
		return nil
	}
	return casework.SaveMoves(ctx, tx, []commit.Placed{{State: c.product.State, Entries: entries[1 : 1+len(c.product.Drafts)]}})
}

// OutcomesOf are what petitions came to for a product, or for one certificate,
// newest first.
func (d *Desk) OutcomesOf(ctx context.Context, product, certificate string) ([]Outcome, error) {
	rows, err := store.PetitionOutcomes(ctx, d.Cases.DB, product, certificate)
	out := []Outcome{}
	for _, o := range rows {
		title := ocop.Text{Vi: string(o.State), En: string(o.State)}
		if rules := d.Cases.Library.Pinned(o.Procedure, o.Edition); rules != nil {
			if s, ok := rules.States.Get(string(o.State)); ok {
				title = s.Title
			}
		}
		out = append(out, Outcome{o.Petition, o.Code, o.Procedure, o.State, title, o.Certificate, o.At})
	}
	return out, err
}

// Outcome is what a petition came to, as far as everybody may know who sees the
// product.
type Outcome struct {
	Petition    string     `json:"petition"`
	Code        string     `json:"code"`
	Procedure   string     `json:"procedure"`
	State       ocop.State `json:"state"`
	Title       ocop.Text  `json:"title"`
	Certificate string     `json:"certificate,omitempty"` // that the product had then
	At          time.Time  `json:"at"`
}

package casework

import (
	"context"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// About is a product as a petition about it knows it.
type About struct {
	x     *dossier
	ended *store.Judged // the newest round that ended with a result, where none is open
}

// Abouts reads many products with a constant number of statements.
func Abouts(ctx context.Context, q sqldb.Querier, products []string) (map[string]About, error) {
	files, err := (&Desk{}).dossiers(ctx, q, products) // no rule depends on the plans of campaigns
	if err != nil {
		return nil, err
	}
	ended, err := store.JudgedRounds(ctx, q, products)
	out := make(map[string]About, len(files))
	for id, x := range files {
		a := About{x: x}
		if r, ok := ended[id]; ok {
			a.ended = &r
		}
		out[id] = a
	}
	return out, err
}

// Facts are the product's on a day. Documents are not among them: a petition has
// its own.
func (a About) Facts(today ocop.Date) workflow.Facts {
	f := a.x.facts(today, "")
	delete(f, "documents.valid")
	if a.ended != nil {
		f["ended.given_on"] = int64(ocop.DateOf(a.ended.At))
	}
	return f
}

// Level is the one that gave the newest result, or else the certificate; "" where
// there is neither.
func (a About) Level() ocop.Level {
	switch r, k := a.x.round, a.x.certificate; {
	case r != nil && r.Data.Result != nil:
		return r.Level
	case a.ended != nil:
		return a.ended.Level
	case k != nil:
		return k.Level
	}
	return ""
}

// Certificate is the number of the product's newest certificate, "" without one.
func (a About) Certificate() string { return a.x.product.Certificate }

// Again is a product whose open round goes back to be scored, because somebody
// found its result wrong.
type Again struct{ c *corrected }

// ScoreAgain takes the result of a product's open round away: it stands where its
// level scores it, and a new session can be held. The producer's own sheet and
// all that was scored stay on record.
//
// Faults: nothing_scored (Conflict).
func (d *Desk) ScoreAgain(ctx context.Context, q sqldb.Querier, product string, now time.Time) (*Again, error) {
	files, err := d.dossiers(ctx, q, []string{product})
	if err != nil {
		return nil, err
	}
	x := files[product]
	if x == nil || x.round == nil || x.round.Data.Result == nil || x.product.State != "council_scored" {
		return nil, fault.New(fault.Conflict, "nothing_scored", "Sản phẩm không có kết quả chấm nào đang chờ; không có gì để chấm lại.",
			"No result of the product waits to be decided on; there is nothing to score again.")
	}
	p, r, y := *x.product, *x.round, *x
	c := &corrected{product: &p, from: p.State, now: now}
	c.unscore(&r)
	p.Version, p.UpdatedAt = p.Version+1, now
	y.product, y.round = &p, &r
	c.plan, err = d.agenda(&y, now)
	p.Due = c.plan.due
	return &Again{c}, err
}

// Tell puts to an entry where the product goes.
func (a *Again) Tell(d *ledger.Draft) { a.c.tell(d) }

// Save writes it.
func (a *Again) Save(ctx context.Context, tx *sqldb.Tx) error { return a.c.rows(ctx, tx) }

// DecideWith says what becomes of a product's move that is part of another act, of
// whose data it takes what its own form asks for. SaveMoves writes it.
func (d *Desk) DecideWith(ctx context.Context, q sqldb.Querier, ask Ask, now time.Time) (commit.Outcome, error) {
	m := moves{d}
	files, err := m.dossiers(ctx, q, []string{ask.Product})
	if err != nil {
		return commit.Outcome{}, err
	}
	if x := files[ask.Product]; x != nil {
		rules, err := d.rules(x, ocop.DateOf(now))
		if err != nil {
			return commit.Outcome{}, err
		}
		own := map[string]any{}
		for _, f := range rules.Form(x.subject(rules), ask.Event) {
			if v, given := ask.Data[f.Name]; given {
				own[f.Name] = v
			}
		}
		ask.Data = own
	}
	ask.quiet = true
	out, err := m.Decide(ctx, q, now, []any{ask})
	if err != nil {
		return commit.Outcome{}, err
	}
	return out[0], nil
}

// SaveMoves writes moves that stand, each placed with its own entries.
func SaveMoves(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	return moves{}.Save(ctx, tx, placed)
}

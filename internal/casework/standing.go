package casework

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/workflow"
)

// Standing is where a product stands, for packages that act on it beside its
// moves. Product and Round are copies.
type Standing struct {
	Product ocop.Product
	Round   *ocop.Round // open; nil without one
	Rules   *workflow.Rules
	x       *dossier
}

// Standing reads one product whatever the reader may see of it.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Standing(ctx context.Context, q sqldb.Querier, product string, now time.Time) (*Standing, error) {
	all, err := d.Standings(ctx, q, []string{product}, now)
	if err != nil {
		return nil, err
	}
	if all[product] == nil {
		return nil, NotFound()
	}
	return all[product], nil
}

// Standings reads many, with a constant number of statements; unknown products
// are not in the answer.
//
// Faults: procedure_missing.
func (d *Desk) Standings(ctx context.Context, q sqldb.Querier, products []string, now time.Time) (map[string]*Standing, error) {
	files, err := d.dossiers(ctx, q, products)
	if err != nil {
		return nil, err
	}
	out := map[string]*Standing{}
	for id, x := range files {
		rules, err := d.rules(x, ocop.DateOf(now))
		if err != nil {
			return nil, err
		}
		s := &Standing{Product: *x.product, Rules: rules, x: x}
		if x.round != nil {
			round := *x.round
			s.Round = &round
		}
		out[id] = s
	}
	return out, nil
}

// Requested is the day from which the product waits for a batch of its level;
// nil where its procedure counts none.
func (s *Standing) Requested() *ocop.Date {
	day, ok := s.Rules.Requested(s.x.subject(s.Rules))
	if !ok {
		return nil
	}
	return &day
}

// Set is the score sheet of the product under its procedure.
//
// Faults: no_criteria (Conflict).
func (s *Standing) Set() (*criteria.Set, error) {
	if set := criteria.BuiltIn(s.Rules.Criteria)[s.Product.Set]; set != nil {
		return set, nil
	}
	return nil, fault.New(fault.Conflict, "no_criteria", "Quy trình của sản phẩm không nêu bộ tiêu chí có sẵn.", "The product's procedure names no criteria that are built in.")
}

// Scorable reports whether a result can be put on record where the product
// stands now.
func (s *Standing) Scorable() bool {
	subject := s.x.subject(s.Rules)
	return s.Round != nil && slices.ContainsFunc(s.Rules.Events(subject), func(e ocop.Event) bool {
		return s.Rules.Has(subject, e, workflow.RecordResult)
	})
}

// Grounds are what stands against a person judging the product: own_product
// (acts for its producer), own_unit (belongs to its commune's authority),
// took_part (confirmed it for the commune, or follows its producer).
func (s *Standing) Grounds(a access.Actor) []string {
	var out []string
	for _, g := range a.Grants {
		switch {
		case g.Role == access.Producer && g.Unit == s.Product.Producer.ID:
			out = append(out, "own_product")
		case g.Role == access.Commune && s.Product.Commune != nil && g.Unit == s.Product.Commune.ID:
			out = append(out, "own_unit")
		}
	}
	if s.tookPart(a.ID) {
		out = append(out, "took_part")
	}
	return out
}

func (s *Standing) tookPart(account string) bool {
	if s.Round == nil {
		return false
	}
	if s.Round.Data.Officer == account {
		return true
	}
	for _, a := range s.x.acts {
		if a.Actor == account && a.Round == s.Round.ID && a.Event == "confirm" {
			return true
		}
	}
	return false
}

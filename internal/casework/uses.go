package casework

import (
	"context"
	"maps"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/store"
)

// Use is where a document is evidence: for a criterion of a self-score.
type Use struct {
	Document  string `json:"document"`
	Criterion string `json:"criterion"`
	Round     string `json:"round"` // id; "" outside of a round
	Number    int    `json:"self_score"`
}

// mostScores bounds how many self-scores are looked through.
const mostScores = 20

// Uses says where a product's documents are evidence, the newest self-score of
// each round first.
//
// Faults: not_found.
func (d *Desk) Uses(ctx context.Context, a access.Actor, product string) ([]Use, error) {
	if _, err := d.Product(ctx, a, product); err != nil {
		return nil, err
	}
	scores, err := store.SelfScores(ctx, d.DB, product, mostScores)
	out, seen := []Use{}, map[string]bool{}
	for _, s := range scores {
		if seen[s.Round] {
			continue
		}
		seen[s.Round] = true
		for _, code := range slices.Sorted(maps.Keys(s.Evidence)) {
			for _, id := range s.Evidence[code] {
				out = append(out, Use{Document: id, Criterion: code, Round: s.Round, Number: s.Number})
			}
		}
	}
	return out, err
}

package casework

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/store"
)

// Erased says that a private value of an entry was forgotten, by whom and when.
type Erased struct {
	Field  string    `json:"field"`
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	At     time.Time `json:"at"`
	Entry  int64     `json:"entry"` // that says so
}

// erased are what was forgotten of a product's entries, by entry.
func (d *Desk) erased(ctx context.Context, names map[string]string, product string) (map[int64][]Erased, error) {
	list, err := store.ErasuresOf(ctx, d.DB, product)
	if err != nil {
		return nil, err
	}
	out := map[int64][]Erased{}
	for _, e := range list {
		if slices.ContainsFunc(out[e.Entry], func(x Erased) bool { return x.Field == e.Field && x.Entry == e.Erasure }) {
			continue // one field of several rows
		}
		name, err := d.NameOf(ctx, names, e.By)
		if err != nil {
			return nil, err
		}
		out[e.Entry] = append(out[e.Entry], Erased{e.Field, e.By, name, e.At, e.Erasure})
	}
	return out, nil
}

package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ocopflow/internal/store"
)

// forgotten sees to it that a value which an entry says was erased is not there
// any more.
func (v *verification) forgotten(ctx context.Context) error {
	for part := range slices.Chunk(slices.Sorted(maps.Keys(v.erased)), 500) {
		kept, err := store.HiddenBy(ctx, v.q, part)
		if err != nil {
			return err
		}
		for _, c := range slices.Sorted(maps.Keys(kept)) {
			if err := v.found(Finding{Table: "private_values", Row: c, Text: fmt.Sprintf("an entry says that this value of %q of entry %d was erased, and it is there", kept[c].Field, kept[c].Entry)}); err != nil {
				return err
			}
		}
	}
	return nil
}

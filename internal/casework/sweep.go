package casework

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/store"
)

// Sweep asks for the moves whose moment has come by the desk's clock, and gives
// the number that stood. It may run as often as one likes, on several servers
// at once: the product's version lets each timer fire once. A timer that fails
// does not stop the rest.
func (d *Desk) Sweep(ctx context.Context) (int, error) {
	const page = 256
	stood := 0
	var after store.Timer
	for {
		due, err := store.DueTimers(ctx, d.DB, d.Clock(), after, page)
		if err != nil || len(due) == 0 {
			return stood, err
		}
		asks := make([]Ask, len(due))
		for i, t := range due {
			asks[i] = Ask{Product: t.Product, Event: t.Event, Version: &t.Version, Actor: access.SystemActor, quiet: true}
		}
		_, errs := d.MoveMany(ctx, asks)
		for _, err := range errs {
			switch {
			case err == nil:
				stood++
			case fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable):
				return stood, err
			}
		}
		after = due[len(due)-1]
	}
}

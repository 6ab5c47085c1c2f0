package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Stayed is the time that a product spent in a state, up to the event that led
// on; "" while it is still there.
type Stayed struct {
	Product string
	Commune string
	Track   ocop.Track // of the round that it came there in
	State   ocop.State
	Event   ocop.Event
	Next    ocop.State
	Since   ocop.Date
	Days    float64
}

// Stays of the products in view, from the newest moves, the newest first; and
// from how many moves.
func (d *Desk) Stays(ctx context.Context, view access.View) (out []Stayed, moves int, err error) {
	steps, err := store.Steps(ctx, d.DB, view, maxSteps)
	if err != nil {
		return nil, 0, err
	}
	type left struct {
		at    time.Time
		event ocop.Event
		to    ocop.State
	}
	now, next := d.Clock(), map[string]left{} // of a product, while going back in time
	for _, s := range steps {
		var e struct {
			From, To ocop.State
			Event    ocop.Event
			Track    ocop.Track
		}
		if err := json.Unmarshal([]byte(s.Body), &e); err != nil {
			return nil, 0, fmt.Errorf("move of %s: %w", s.Product, err)
		}
		if e.To == e.From {
			continue // it stayed where it was
		}
		end, gone := next[s.Product]
		if !gone {
			end.at = now
		}
		out = append(out, Stayed{s.Product, s.Commune, e.Track, e.To, end.event, end.to, ocop.DateOf(s.At), max(0, end.at.Sub(s.At).Hours()/24)})
		next[s.Product] = left{s.At, e.Event, e.To}
	}
	return out, len(steps), nil
}

// Planned is a product of a campaign with what the plan asks of it.
type Planned struct {
	Product     *ocop.Product
	Certificate *ocop.Certificate // newest; nil without one
	Track       ocop.Track        // of its round, or planned
	Target      int               // stars of its round; 0 without one
	Dues        []calendar.Due    // of the campaign
}

// Planned reads products of campaigns whatever the reader may see of them; they
// come by id.
func (d *Desk) Planned(ctx context.Context, list []string) (map[string]Planned, error) {
	files, err := d.dossiers(ctx, d.DB, list)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Planned, len(files))
	now := d.Clock()
	for id, x := range files {
		plan, err := d.agenda(x, now)
		if err != nil {
			return nil, err
		}
		p := Planned{Product: x.product, Certificate: x.certificate, Track: x.track()}
		if x.round != nil {
			p.Target = x.round.Data.Target
		}
		for _, due := range plan.dues {
			if due.Source == "campaign" {
				p.Dues = append(p.Dues, due)
			}
		}
		out[id] = p
	}
	return out, nil
}

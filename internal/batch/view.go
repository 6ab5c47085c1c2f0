package batch

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sample"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Batch is a batch as it is shown.
type Batch struct {
	ID              string            `json:"id"`
	Unit            ocop.Ref          `json:"unit"`
	Path            ocop.Path         `json:"-"`
	Level           ocop.Level        `json:"level"`
	Title           string            `json:"title"`
	RequestedBefore *ocop.Date        `json:"requested_before"` // cut-off, exclusive
	HeldBefore      *ocop.Date        `json:"held_before"`      // exclusive
	Legal           string            `json:"legal"`            // act that names both days; empty where they are the unit's own
	Verified        bool              `json:"verified"`         // the act's words were seen
	Council         ocop.Ref          `json:"council,omitzero"`
	Place           string            `json:"place"`
	Agenda          []store.Slot      `json:"agenda"`
	Status          store.BatchStatus `json:"status" enum:"open,closed,cancelled"`
	Reason          string            `json:"reason"`
	CreatedAt       time.Time         `json:"created_at"`
	ClosedAt        *time.Time        `json:"closed_at"`
	Version         int64             `json:"version"`
	Counts          Counts            `json:"counts"`
	Items           []Item            `json:"items"`
}

// Counts are the products of a batch by what became of them.
type Counts struct {
	In         int `json:"in"` // without a result or with one, as long as the batch is open
	Out        int `json:"out"`
	Carried    int `json:"carried"`
	Decided    int `json:"decided"`
	Sampleless int `json:"without_samples"` // of those in: samples are missing
	Results    int `json:"results"`         // of those in or decided: with a result
}

// Item is a product of a batch, in the order of the agenda.
type Item struct {
	store.BatchItem
	Code        string        `json:"code"`
	Name        string        `json:"name"`
	Producer    ocop.Ref      `json:"producer"`
	Commune     *ocop.Ref     `json:"commune"`
	Set         int           `json:"set"`
	State       ocop.State    `json:"state"`
	Late        bool          `json:"late"` // requested on the cut-off or after it
	Scoring     *store.Status `json:"scoring" doc:"of its session"`
	Held        *ocop.Date    `json:"held_on"`
	Result      *ocop.Result  `json:"result"`
	Certificate string        `json:"certificate" doc:"issued in this round"`
	Samples     Brought       `json:"samples"`
}

// Brought are the samples of a product's round beside what its rules ask for.
type Brought struct {
	Needed   int  `json:"needed"`
	Received int  `json:"received"`
	Exempt   bool `json:"exempt"` // products of its set bring none
}

// Missing reports whether samples are still to come.
func (b Brought) Missing() bool { return b.Received < b.Needed }

// Batch reads one that the actor may see.
//
// Faults: not_found.
func (d *Desk) Batch(ctx context.Context, a access.Actor, id string) (Batch, error) {
	x, err := load(ctx, d.DB, a, id)
	if err != nil {
		return Batch{}, err
	}
	return d.shown(ctx, d.DB, *x)
}

// Batches lists those that the actor may see, the newest first and without
// their products.
func (d *Desk) Batches(ctx context.Context, a access.Actor, f store.BatchFilter) ([]Batch, error) {
	f.View, f.Account = a.Oversees(), a.ID
	rows, err := store.Batches(ctx, d.DB, f)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, b := range rows {
		ids = append(ids, b.ID)
	}
	items, err := store.BatchItems(ctx, d.DB, ids)
	out := []Batch{}
	for _, b := range rows {
		v := head(b)
		for _, i := range items[b.ID] {
			v.Counts.add(i.Status)
		}
		out = append(out, v)
	}
	return out, err
}

// Of are the batches in which a product that the actor sees was or is.
func (d *Desk) Of(ctx context.Context, a access.Actor, product string) ([]store.BatchItem, error) {
	if _, err := d.Cases.Product(ctx, a, product); err != nil {
		return nil, err
	}
	all, err := store.BatchesOf(ctx, d.DB, []string{product})
	return all[product], err
}

func head(b store.Batch) Batch {
	v := Batch{ID: b.ID, Unit: b.Unit, Path: b.Path, Level: b.Level, Title: b.Title, RequestedBefore: b.RequestedBefore, HeldBefore: b.HeldBefore, Legal: b.Legal,
		Verified: b.Verified, Council: b.Council, Place: b.Place, Agenda: b.Agenda, Status: b.Status, Reason: b.Reason, CreatedAt: b.CreatedAt, ClosedAt: b.ClosedAt,
		Version: b.Version, Items: []Item{}}
	if v.Agenda == nil {
		v.Agenda = []store.Slot{}
	}
	return v
}

func (c *Counts) add(s store.ItemStatus) {
	switch s {
	case store.ItemIn:
		c.In++
	case store.ItemOut:
		c.Out++
	case store.ItemCarried:
		c.Carried++
	case store.ItemDecided:
		c.Decided++
	}
}

// shown is a batch with its products: those in or decided as the agenda has
// them, then the others.
func (d *Desk) shown(ctx context.Context, q sqldb.Querier, x file) (Batch, error) {
	v := head(x.batch)
	var ids []string
	for _, i := range x.items {
		ids = append(ids, i.Product)
	}
	products, err := store.Products(ctx, q, ids)
	if err != nil {
		return v, err
	}
	certificates, err := store.NewestCertificates(ctx, q, ids)
	if err != nil {
		return v, err
	}
	sessions, err := x.sessions(ctx, q)
	if err != nil {
		return v, err
	}
	samples, err := store.Samples(ctx, q, ids)
	if err != nil {
		return v, err
	}
	for _, i := range x.items {
		p := products[i.Product]
		out := Item{BatchItem: i, Code: p.Code, Name: p.Name, Producer: p.Producer, Commune: p.Commune, Set: p.Set, State: p.State,
			Late: i.RequestedOn != nil && v.RequestedBefore != nil && *i.RequestedOn >= *v.RequestedBefore}
		if s := sessions[i.Product]; s != nil && (i.Status == store.ItemIn || i.Status == store.ItemDecided) {
			out.BatchItem.Session, out.Scoring, out.Held = s.ID, &s.Status, &s.HeldOn
			if s.Status == store.Closed && s.Result != nil {
				out.Result = &s.Result.Result
				v.Counts.Results++
			}
		}
		rule := sample.RuleOf(i.Procedure, i.Rules)
		out.Samples = Brought{rule.Needs(p.Set), sample.Units(samples[i.Product], i.Round), rule.Exempt(p.Set)}
		if k := certificates[i.Product]; k != nil && k.Round == i.Round {
			out.Certificate = k.Number
		}
		v.Items = append(v.Items, out)
		if v.Counts.add(i.Status); out.Samples.Missing() && i.Status == store.ItemIn {
			v.Counts.Sampleless++
		}
	}
	place := map[string]int{}
	for n, s := range v.Agenda {
		place[s.Product] = n + 1
	}
	slices.SortStableFunc(v.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a, place), rank(b, place)), cmp.Compare(a.Code, b.Code))
	})
	return v, nil
}

// rank is where an item stands in the list: as the agenda has it, then those
// without a time, then those that are in no longer.
func rank(i Item, place map[string]int) int {
	switch n := place[i.Product]; {
	case i.Status != store.ItemIn && i.Status != store.ItemDecided:
		return maxSlots + 2
	case n > 0:
		return n
	}
	return maxSlots + 1
}

// Judged are the products that have a result in the batch.
func (b Batch) Judged() (out []string) {
	for _, i := range b.Items {
		if i.Result != nil {
			out = append(out, i.Product)
		}
	}
	return out
}

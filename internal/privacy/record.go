package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/store"
)

// Erasure is one on record.
type Erasure struct {
	Index   int64     `json:"index"` // of its entry
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	ByName  string    `json:"by_name"`
	Entry   int64     `json:"entry"` // whose values were forgotten
	Fields  []string  `json:"fields"`
	Erased  int       `json:"erased"` // commitments whose values are gone
	Product string    `json:"product,omitempty"`
	Reason  string    `json:"reason"`
}

// Erasures lists those of entries that an auditor or a data protection officer
// sees, after an index, the oldest first.
//
// Faults: who_may_not (Forbidden).
func (d *Desk) Erasures(ctx context.Context, a access.Actor, after int64, limit int) ([]Erasure, error) {
	if !a.Has(access.Auditor) && !a.Has(access.Privacy) {
		return nil, fault.New(fault.Forbidden, "who_may_not", "Việc này của thanh tra, kiểm toán hoặc người phụ trách dữ liệu cá nhân.", "This is for an auditor or a data protection officer.")
	}
	const page = 200
	out := []Erasure{}
	for {
		lines, err := store.SystemEvents(ctx, d.DB, event, after, page)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			after = l.Index
			e, err := d.erasure(ctx, a, l)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if out = append(out, e); len(out) == limit {
				return out, nil
			}
		}
		if len(lines) < page {
			return out, nil
		}
	}
}

func (d *Desk) erasure(ctx context.Context, a access.Actor, l store.Line) (Erasure, error) {
	var body struct {
		Data struct {
			Entry       int64
			Fields      []string
			Commitments []string
		}
	}
	if err := json.Unmarshal([]byte(l.Body), &body); err != nil {
		return Erasure{}, fmt.Errorf("entry %d: %w", l.Index, err)
	}
	of, err := store.LineAt(ctx, d.DB, body.Data.Entry)
	if err != nil || of == nil {
		return Erasure{}, fmt.Errorf("entry %d names entry %d: %w", l.Index, body.Data.Entry, err)
	}
	if _, err := d.allowed(ctx, d.DB, a, *of); err != nil && !fault.Is(err, fault.Forbidden) {
		return Erasure{}, err
	}
	e := Erasure{Index: l.Index, At: l.At, By: l.Actor, ByName: l.Actor, Entry: of.Index, Fields: body.Data.Fields, Erased: len(body.Data.Commitments), Product: of.Product}
	if acc, err := store.AccountByID(ctx, d.DB, l.Actor); err != nil || acc != nil {
		if err != nil {
			return e, err
		}
		e.ByName = acc.Name
	}
	kept, err := store.HiddenOf(ctx, d.DB, l.Index, l.Index+1)
	for _, h := range kept {
		if h.Field == "comment" {
			e.Reason = h.Value
		}
	}
	return e, err
}

package workflow

import (
	"cmp"
	"slices"

	"ocopflow/internal/ocop"
)

// BatchDates are the two days of a batch that a procedure names, in one year.
// Both are exclusive ("trước ngày").
type BatchDates struct {
	Level           ocop.Level `json:"level"`
	RequestedBefore ocop.Date  `json:"requested_before" format:"date"`
	HeldBefore      ocop.Date  `json:"held_before" format:"date"`
	Legal           string     `json:"legal"`
	Verified        bool       `json:"verified"` // seen in a source that was opened
	Note            ocop.Text  `json:"note,omitzero"`
}

// BatchesAfter are the batches of a level, the nearest first, whose council has
// still to sit within a year and a half from a day.
func (r *Rules) BatchesAfter(level ocop.Level, today ocop.Date) (out []BatchDates) {
	for _, b := range r.Batches {
		if b.Level != level {
			continue
		}
		for year := today.Year() - 1; year <= today.Year()+2; year++ {
			d, ok := b.in(year)
			if !ok || d.HeldBefore <= today || d.HeldBefore > today.AddMonths(18) {
				continue
			}
			d.Verified = d.Verified && !r.unverified()
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b BatchDates) int { return cmp.Compare(a.HeldBefore, b.HeldBefore) })
	return out
}

// in are the days of the batch whose cut-off lies in a year.
func (b BatchRule) in(year int) (BatchDates, bool) {
	d := BatchDates{Level: b.Level, Legal: b.Legal, Verified: b.Verified != nil && *b.Verified, Note: b.Note}
	var err error
	if d.RequestedBefore, err = dayOfYear(b.RequestedBefore, year); err != nil {
		return d, false
	}
	if d.HeldBefore, err = dayOfYear(b.HeldBefore, year); err == nil && d.HeldBefore < d.RequestedBefore {
		d.HeldBefore, err = dayOfYear(b.HeldBefore, year+1)
	}
	return d, err == nil
}

// Requested is the day of the move from which a product waits for a batch of
// its level, as the procedure counts it; false where it counts none.
func (r *Rules) Requested(s Subject) (ocop.Date, bool) {
	for _, d := range r.Deadlines.All() {
		if !d.Batch {
			continue
		}
		if day, _, ok := d.start(s, Facts{}); ok && len(d.After) > 0 {
			return day, true
		}
	}
	return 0, false
}

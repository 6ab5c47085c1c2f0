// Package calendar counts days: what "trước ngày" means, which days are
// worked, when a deadline is met, which one comes next. It reads the dated
// calendars of workflows/calendars; the deadlines themselves are the campaign's
// and the procedure's.
package calendar

import (
	"slices"

	"ocopflow/internal/ocop"
)

// Kind says how a deadline's date is meant.
type Kind string

// A date may be exclusive ("trước ngày") or inclusive ("chậm nhất ngày", "trong tháng").
const (
	Before Kind = "before"
	By     Kind = "by"
)

// Deadline is a due moment of a campaign, with its wording as printed.
type Deadline struct {
	Code    string       `yaml:"code" json:"code"`
	Title   ocop.Text    `yaml:"title" json:"title"`
	Who     []string     `yaml:"who" json:"who"` // unit codes, or "producers"
	Wording string       `yaml:"wording" json:"wording"`
	Kind    Kind         `yaml:"kind" json:"kind"`
	Date    ocop.Date    `yaml:"date" json:"date"` // as written
	Tracks  []ocop.Track `yaml:"tracks,omitempty" json:"tracks"`
	Meets   Meets        `yaml:"meets" json:"meets"`
	Flags   []ocop.Text  `yaml:"flags,omitempty" json:"flags,omitempty"` // doubts, shown and never resolved
	Assumed bool         `yaml:"assumed,omitempty" json:"assumed,omitempty"`
}

// Meets is what meets a deadline; all that is named must be there.
type Meets struct {
	Events     []ocop.Event `yaml:"events,omitempty" json:"events,omitempty"`         // moves, all of them
	Documents  []string     `yaml:"documents,omitempty" json:"documents,omitempty"`   // kinds, all of them valid
	Duty       string       `yaml:"duty,omitempty" json:"duty,omitempty"`             // of an organisation, in a campaign
	Inspection bool         `yaml:"inspection,omitempty" json:"inspection,omitempty"` // a field inspection was held
}

// Done is what a product has behind it in a campaign: the day of each thing, 0
// where it is not known.
type Done struct {
	Events    map[ocop.Event]ocop.Date
	Documents map[string]ocop.Date
	Inspected *ocop.Date
}

// LastDay is the last day on which the deadline can be met. It never moves off
// a day of rest; that it is one is shown as a warning.
func (d Deadline) LastDay() ocop.Date {
	if d.Kind == Before {
		return d.Date - 1
	}
	return d.Date
}

// Applies reports whether the deadline is one of that track.
func (d Deadline) Applies(track ocop.Track) bool { return slices.Contains(d.Tracks, track) }

// Met reports whether everything that the deadline asks of a product was done,
// and the day on which the last of it was.
func (d Deadline) Met(done Done) (on ocop.Date, met bool) {
	for _, e := range d.Meets.Events {
		day, ok := done.Events[e]
		if !ok {
			return 0, false
		}
		on = max(on, day)
	}
	for _, k := range d.Meets.Documents {
		day, ok := done.Documents[k]
		if !ok {
			return 0, false
		}
		on = max(on, day)
	}
	if d.Meets.Inspection {
		if done.Inspected == nil {
			return 0, false
		}
		on = max(on, *done.Inspected)
	}
	return on, true
}

// OfProducts reports whether a product can meet it at all; a deadline with only
// a duty is an organisation's.
func (d Deadline) OfProducts() bool {
	return len(d.Meets.Events) > 0 || len(d.Meets.Documents) > 0 || d.Meets.Inspection
}

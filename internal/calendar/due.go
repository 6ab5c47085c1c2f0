package calendar

import (
	"ocopflow/internal/ocop"
)

// Unit is what a limit is counted in.
type Unit string

// A limit counts days, working days or civil months, or reaches to the day
// before which a batch of council work is held; a fixed date counts nothing.
const (
	CivilDays   Unit = "days"
	WorkingDays Unit = "working_days"
	Months      Unit = "months"
	BatchDay    Unit = "batch"
)

// Due is a deadline as it stands for one product: worked out, met or not, and
// shown with its arithmetic.
type Due struct {
	ID      string     `json:"id"`
	Code    string     `json:"code"`
	Title   ocop.Text  `json:"title"`
	Who     []string   `json:"who"`
	Source  string     `json:"source"` // campaign or procedure
	Wording string     `json:"wording,omitempty"`
	Kind    Kind       `json:"kind"`
	Date    ocop.Date  `json:"date"` // as written or counted
	LastDay ocop.Date  `json:"last_day"`
	Was     *ocop.Date `json:"was,omitempty"` // the last day before it was extended
	Met     bool       `json:"met"`
	MetOn   *ocop.Date `json:"met_on,omitempty"` // where the day is known
	Notice  bool       `json:"notice"`           // nothing meets it: it only warns
	Lapses  bool       `json:"lapses,omitempty"` // a notice that something ends by itself: that it has is said, too
	Overdue bool       `json:"overdue"`
	Rest    *ocop.Text `json:"rest,omitempty"` // why the last day is one of rest; it does not move
	Count   *Count     `json:"count,omitempty"`
	Legal   string     `json:"legal,omitempty"`
	// Verified says whether the rule was seen in a source.
	Verified bool        `json:"verified"`
	Note     ocop.Text   `json:"note,omitzero"`
	Extend   []ocop.Role `json:"extend_by"`
	Chase    Chase       `json:"-"`
}

// Count is the arithmetic of a counted deadline.
type Count struct {
	From  ocop.Date `json:"from"`
	Unit  Unit      `json:"unit"`
	N     int       `json:"n,omitempty"`
	Steps []Step    `json:"steps,omitempty"` // day by day, for working days
}

// Chase is how a deadline is run after.
type Chase struct {
	Remind   []int       `yaml:"remind,omitempty" json:"remind,omitempty"`     // days before the last day
	Escalate *int        `yaml:"escalate,omitempty" json:"escalate,omitempty"` // days after the last day
	To       []ocop.Role `yaml:"to,omitempty" json:"to,omitempty"`             // who is told then
}

// Open reports whether somebody still has to do something about it.
func (d Due) Open() bool { return !d.Met && !d.Notice }

// Reached is the last reminder, in days before the last day, whose day has come
// while the last day has not passed; -1 when there is none.
func (d Due) Reached(today ocop.Date) int {
	last := -1
	for _, n := range d.Chase.Remind {
		if day := d.LastDay - ocop.Date(n); day <= today && today <= d.LastDay && (last < 0 || n < last) {
			last = n
		}
	}
	return last
}

// Next is the earliest last day of those that are open; nil when none is.
func Next(list []Due) *ocop.Date {
	var next *ocop.Date
	for _, d := range list {
		if d.Open() && (next == nil || d.LastDay < *next) {
			last := d.LastDay
			next = &last
		}
	}
	return next
}

// Late reports whether it was met after its last day.
func (d Due) Late() bool { return d.MetOn != nil && *d.MetOn > d.LastDay }

// Due works the deadline out for a product.
func (d Deadline) Due(plan string, done Done) Due {
	out := Due{ID: plan + "." + d.Code, Code: d.Code, Title: d.Title, Who: d.Who, Source: "campaign", Wording: d.Wording, Kind: d.Kind,
		Date: d.Date, LastDay: d.LastDay(), Verified: !d.Assumed}
	on, met := d.Met(done)
	if out.Met = met; met && on != 0 {
		out.MetOn = &on
	}
	return out
}

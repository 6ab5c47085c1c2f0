package audit

import (
	"encoding/json"
	"time"

	"ocopflow/internal/ocop"
)

// lent is a role that somebody acts with for its holder, from a day to a day.
type lent struct {
	held
	delegator   string
	from, until ocop.Date
}

// hear notes a delegation that was given, or ended early.
func (r *replay) hear(id string, given bool, values map[string]json.RawMessage, at time.Time) {
	if !given {
		if d := r.lent[id]; d != nil {
			d.held.until = at
		}
		return
	}
	d := &lent{held: held{role: role{textIn(values["delegate"]), textIn(values["role"]), textIn(values["unit"])}}, delegator: textIn(values["delegator"])}
	d.from, d.until = dayIn(values["first_day"], 1), dayIn(values["last_day"], 0) // what cannot be read runs on no day
	r.lent[id] = d
	r.lentTo[d.Account] = append(r.lentTo[d.Account], d)
}

// dayIn is the number of a day, or the one given where it cannot be read.
func dayIn(v json.RawMessage, otherwise int64) ocop.Date {
	n := otherwise
	if json.Unmarshal(v, &n) != nil {
		n = otherwise
	}
	return ocop.Date(n)
}

// mayUse reports whether an account held a role at a moment or, when it acted for
// somebody, whether that was delegated to it then by one who held it.
func (r *replay) mayUse(want role, delegator string, at time.Time) bool {
	if delegator == "" {
		return r.holds(want, at)
	}
	if !r.holds(role{delegator, want.Role, want.Unit}, at) {
		return false
	}
	for _, d := range r.lentTo[want.Account] {
		running := !at.Before(d.from.Start()) && at.Sub((d.until+1).Start()) <= underway && (d.held.until.IsZero() || at.Sub(d.held.until) <= underway)
		if running && d.delegator == delegator && d.role == want {
			return true
		}
	}
	return false
}

// Package health looks over the running program for its administrators and says
// of each thing whether it is good, to be looked at or to be acted on, with what
// to do then and where the runbook tells more. Figures for machines are meter's,
// the truth of what is on record is audit's.
package health

import (
	"time"

	"ocopflow/internal/job"
	"ocopflow/internal/meter"
	"ocopflow/internal/notary"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// State of a thing.
type State string

// From good to bad.
const (
	Good State = "good"
	Look State = "look" // when there is time
	Act  State = "act"  // now
)

// Line is one thing that was looked at.
type Line struct {
	Name    string    `json:"name"`
	State   State     `json:"state"`
	Title   ocop.Text `json:"title"`
	Value   ocop.Text `json:"value"`
	Todo    ocop.Text `json:"todo"`    // empty when all is good
	Runbook string    `json:"runbook"` // section of docs/operations.md, also in the archive of the release
}

// Report is all of it; its state is the worst of its lines.
type Report struct {
	At    time.Time `json:"at"`
	State State     `json:"state"`
	Lines []Line    `json:"lines"`
}

// Facts are what is judged. A zero moment is one that there is none of.
type Facts struct {
	Now     time.Time // by the clock of the machine
	Version string
	Schema  int64
	Started time.Time

	Dialect  string
	Database error         // why a write could not begin
	Wait     time.Duration // until a write could begin
	Entries  int64
	Newest   time.Time // entry
	Ledger   time.Time // now by the ledger's clock: another than the machine's in the demo

	Kept    notary.Standing
	KeptErr error

	Backups   Backups
	Jobs      []job.Trouble
	JobsErr   error
	Overdue   int64 // timers
	MailsOn   bool
	Mails     store.Backlog
	Webhooks  store.Backlog
	Disk      Space
	DiskErr   error
	Memory    Space // Free of it up to Total; Total 0 without a limit
	Used      uint64
	Encrypted bool // the server speaks HTTPS itself
	TLSEnd    time.Time
	TLSErr    error
	Sessions  int64
	Batches   meter.Batches
}

// Backups that are made by themselves.
type Backups struct {
	Dir    string // "" for none
	Every  time.Duration
	Keep   int
	Sealed bool      // encrypted
	Newest time.Time // each was read back before it got its name
	Number int
	Err    error
}

// Space in bytes.
type Space struct{ Free, Total uint64 }

// judges look at one thing each, in the order in which they are shown.
var judges = []func(Facts) Line{database, ledger, clock, checkpoint, witnesses, backups, jobs, timers, mails, webhooks, disk, memory, certificate, batches, sessions, version}

// Judge says what to think of the facts. It reads nothing.
func Judge(f Facts) Report {
	r := Report{At: f.Now, State: Good}
	for _, judge := range judges {
		l := judge(f)
		r.Lines = append(r.Lines, l)
		if l.State == Act || l.State == Look && r.State == Good {
			r.State = l.State
		}
	}
	return r
}

// line is one that is good, until something is found.
func line(name, vi, en string) Line {
	return Line{Name: name, State: Good, Title: ocop.Text{Vi: vi, En: en}}
}

func (l Line) value(vi, en string) Line { l.Value = ocop.Text{Vi: vi, En: en}; return l }

// found makes a line worse, never better.
func (l Line) found(s State, runbook, vi, en string) Line {
	if l.State == Act || l.State == Look && s == Look {
		return l
	}
	l.State, l.Runbook, l.Todo = s, "docs/operations.md#"+runbook, ocop.Text{Vi: vi, En: en}
	return l
}

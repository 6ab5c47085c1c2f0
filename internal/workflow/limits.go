package workflow

import (
	"encoding/json"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
)

// DeadlineRule is a limit of time that the procedure sets. It is counted from
// the day fact Around or, without one, from the day of the latest move After;
// only what came later than that move meets it. With nothing in Meets it is a
// notice, which only warns.
type DeadlineRule struct {
	Title       ocop.Text       `yaml:"title" json:"title"`                                   // what people read
	Who         []ocop.Role     `yaml:"who" json:"who"`                                       // whose task it is
	Tracks      []ocop.Track    `yaml:"tracks" json:"tracks"`                                 // none: while no round is open
	States      []ocop.State    `yaml:"states,omitempty" json:"states,omitempty"`             // only while the product stands there; everywhere unless said
	After       []ocop.Event    `yaml:"after,omitempty" json:"after,omitempty"`               // the latest of these moves starts the count, or opens what Around counts from
	Around      string          `yaml:"around,omitempty" json:"around,omitempty"`             // a day fact
	Appears     *int            `yaml:"appears,omitempty" json:"appears,omitempty"`           // days around the start from which it is shown; at once unless said
	Since       *ocop.Date      `yaml:"since,omitempty" json:"since,omitempty"`               // the day from which the limit is law; from the start unless said
	Days        *int            `yaml:"days,omitempty" json:"days,omitempty"`                 // negative counts back
	WorkingDays *int            `yaml:"working_days,omitempty" json:"working_days,omitempty"` // of the calendar, the first day left out
	Months      *int            `yaml:"months,omitempty" json:"months,omitempty"`             // civil months
	Batch       bool            `yaml:"batch,omitempty" json:"batch,omitempty"`               // up to the batch of the round's level that takes requests of that day
	Meets       *calendar.Meets `yaml:"meets,omitempty" json:"meets,omitempty"`               // what meets it; nothing: it only warns
	Extend      []ocop.Role     `yaml:"extend,omitempty" json:"extend,omitempty"`             // who may extend it, with a reason
	Chase       *calendar.Chase `yaml:"chase,omitempty" json:"chase,omitempty"`               // in place of the procedure's own
	Provenance  `yaml:",inline"`
}

// BatchRule is one yearly round of a level's council work: requests made before
// one day are taken by the council that sits before another. Both are written
// MM-DD and exclusive.
type BatchRule struct {
	Level           ocop.Level `yaml:"level" json:"level"`                       // whose council
	RequestedBefore string     `yaml:"requested_before" json:"requested_before"` // MM-DD, exclusive
	HeldBefore      string     `yaml:"held_before" json:"held_before"`           // MM-DD, exclusive
	Provenance      `yaml:",inline"`
}

// Window is a span of days around a day fact, both ends included. An end that
// is not given is open.
type Window struct {
	Around   string    `yaml:"around" json:"around"`                     // a day fact
	From     *int      `yaml:"from,omitempty" json:"from,omitempty"`     // days after it, negative before; open if left out
	To       *int      `yaml:"to,omitempty" json:"to,omitempty"`         // the last of the days; open if left out
	Switch   string    `yaml:"switch,omitempty" json:"switch,omitempty"` // it counts only while this switch is on
	Flag     string    `yaml:"flag,omitempty" json:"flag,omitempty"`     // put on the round when the window was used, such as "late"
	Legal    string    `yaml:"legal,omitempty" json:"legal,omitempty"`   // act and article
	Verified bool      `yaml:"verified,omitempty" json:"verified"`       // seen in a source that was opened
	Note     ocop.Text `yaml:"note,omitempty" json:"note,omitzero"`      // why it is not verified
}

// Windows are spans of which one must be open. A file may write a single one
// without a list.
type Windows []Window

// UnmarshalYAML reads one window or a list of them; unknown keys are errors.
func (w *Windows) UnmarshalYAML(node ast.Node) error {
	if _, list := node.(*ast.SequenceNode); list {
		var many []Window
		err := yaml.NodeToValue(node, &many, yaml.Strict())
		*w = many
		return err
	}
	var one Window
	if err := yaml.NodeToValue(node, &one, yaml.Strict()); err != nil {
		return err
	}
	*w = Windows{one}
	return nil
}

// MarshalJSON always writes a list.
func (w Windows) MarshalJSON() ([]byte, error) { return json.Marshal([]Window(w)) }

// the ends of a window, far away where they are open.
const farAway = 1 << 30

func (w Window) span() (from, to int) {
	from, to = -farAway, farAway
	if w.From != nil {
		from = *w.From
	}
	if w.To != nil {
		to = *w.To
	}
	return from, to
}

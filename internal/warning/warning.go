// Package warning owns what is said before a certificate ends: letters that are to
// be written and reminders, as workflows/warnings declares them beside the
// procedures. Who is told and what was written is left to others.
package warning

import (
	"fmt"
	"slices"
	"sync"

	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/workflows"
)

// Rule says what is done ahead of a certificate's last day while a version of a
// procedure is in force.
type Rule struct {
	Code      string        `yaml:"code" json:"code"`
	Procedure string        `yaml:"procedure" json:"procedure"`
	Version   string        `yaml:"version" json:"version"`
	Title     ocop.Text     `yaml:"title" json:"title"`
	Window    *FilingWindow `yaml:"window" json:"window" doc:"days to file for renewal, counted from the certificate's last day"`
	Letter    LetterDays    `yaml:"letter" json:"letter"`
	Tell      Telling       `yaml:"tell" json:"tell"`
	InsteadOf string        `yaml:"instead_of" json:"-"` // deadline of the procedure that nothing met
	Unless    []ocop.Track  `yaml:"unless" json:"unless" doc:"tracks in which it is not asked for"`
	Legal     string        `yaml:"legal" json:"legal"`
	Verified  bool          `yaml:"verified" json:"verified" doc:"seen in a source that was opened"`
	// LetterVerified is false where the letter itself is practice and not law.
	LetterVerified *bool     `yaml:"letter_verified" json:"-"`
	Note           ocop.Text `yaml:"note" json:"note"`
}

// FilingWindow are days between which something may be filed, both inside.
type FilingWindow struct {
	From int `yaml:"from" json:"from"`
	To   int `yaml:"to" json:"to"`
}

// LetterDays are those of a letter that is to be written in a span of days; its reminders count back from the last.
type LetterDays struct {
	From   int   `yaml:"from" json:"from"`
	By     int   `yaml:"by" json:"by"`
	Remind []int `yaml:"remind" json:"remind"`
}

// Telling are reminders in the program, whether or not a letter goes out.
type Telling struct {
	Who    []ocop.Role `yaml:"who" json:"who"`
	By     int         `yaml:"by" json:"by"`
	Remind []int       `yaml:"remind" json:"remind"`
	Title  ocop.Text   `yaml:"title" json:"title"`
}

// Reckoned is the day, counted from a certificate's last one, on which the version
// must be in force.
func (r Rule) Reckoned() int {
	if r.Window != nil {
		return r.Window.To
	}
	return r.Letter.By
}

// Law reports whether the letter itself was seen as a rule.
func (r Rule) Law() bool {
	if r.LetterVerified != nil {
		return *r.LetterVerified
	}
	return r.Verified
}

type file struct {
	Warnings []Rule `yaml:"warnings"`
}

var rules = sync.OnceValue(func() []Rule { return source.BuiltIn(workflows.Files, "warnings/warnings.yaml", whole).Warnings })

// whole says which rule stands twice, lacks something or contradicts itself.
func whole(f file) error {
	seen := map[string]bool{}
	for _, r := range f.Warnings {
		name := r.Code + " " + r.Procedure + " " + r.Version
		switch {
		case seen[name]:
			return fmt.Errorf("%s is there twice", name)
		case r.Code == "" || r.Procedure == "" || r.Version == "" || r.Title.IsZero() || r.Tell.Title.IsZero() || len(r.Tell.Who) == 0 || r.Legal == "" || r.Note.IsZero():
			return fmt.Errorf("the rule %s is not whole", name)
		case r.Letter.From >= r.Letter.By || r.Letter.By > 0 || r.Tell.By > 0 || r.Window != nil && (r.Window.From >= r.Window.To || r.Window.To > 0):
			return fmt.Errorf("the days of %s do not follow one another before the end", name)
		}
		seen[name] = true
	}
	return nil
}

// Rules are all of them.
func Rules() []Rule { return slices.Clone(rules()) }

// Known reports whether there is a warning of that code.
func Known(code string) bool {
	return slices.ContainsFunc(rules(), func(r Rule) bool { return r.Code == code })
}

// Package sample owns the samples of products that an office receives with
// dossiers: how many there must be, what came, and what became of it. Who
// scores them is package council's.
package sample

import (
	"fmt"
	"slices"
	"sync"

	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/workflows"
)

// Rule is how many units of a product come with its dossier.
type Rule struct {
	Procedure string    `yaml:"procedure" json:"-"`
	Version   string    `yaml:"version" json:"-"`
	Units     int       `yaml:"units" json:"units"`
	NoneFor   []int     `yaml:"none_for" json:"none_for"` // criteria sets that bring none
	Legal     string    `yaml:"legal" json:"legal"`
	Verified  bool      `yaml:"verified" json:"verified"` // seen in a source that was opened
	Note      ocop.Text `yaml:"note" json:"note"`
}

// Needs is the number of units that a product of a criteria set brings.
func (r Rule) Needs(set int) int {
	if slices.Contains(r.NoneFor, set) {
		return 0
	}
	return r.Units
}

// Exempt reports whether products of a criteria set bring none by the rule.
func (r Rule) Exempt(set int) bool { return r.Units > 0 && r.Needs(set) == 0 }

type file struct {
	Samples []Rule `yaml:"samples"`
}

var rules = sync.OnceValue(func() []Rule { return source.BuiltIn(workflows.Files, "samples/samples.yaml", whole).Samples })

// whole says which rule lacks something.
func whole(f file) error {
	for _, r := range f.Samples {
		if r.Procedure == "" || r.Version == "" || r.Units < 1 || r.Legal == "" || !r.Verified && r.Note.IsZero() {
			return fmt.Errorf("the rule of %s %s is not whole", r.Procedure, r.Version)
		}
	}
	return nil
}

// RuleOf is the rule of a procedure's version. One that is not known asks for none.
func RuleOf(procedure, version string) Rule {
	for _, r := range rules() {
		if r.Procedure == procedure && r.Version == version {
			return r
		}
	}
	return Rule{NoneFor: []int{}}
}

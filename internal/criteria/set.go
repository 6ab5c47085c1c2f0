// Package criteria owns the score sheets (bộ tiêu chí): it reads and checks
// them, and works out what sheets that were filled in come to: totals, floors,
// stars, and every reason. Who may fill one in, and when, is left to others.
package criteria

import (
	"ocopflow/internal/ocop"
)

// Set is one of the 26 score sheets, with the keys of its file.
type Set struct {
	Decision  string           `yaml:"decision" json:"decision"`
	Number    int              `yaml:"set" json:"set"`
	Slug      string           `yaml:"slug" json:"slug"`
	Name      ocop.Text        `yaml:"name" json:"name"`
	Group     string           `yaml:"group" json:"group"`
	Subgroup  string           `yaml:"subgroup" json:"subgroup"`
	Line      string           `yaml:"line" json:"line"`
	Ministry  []ocop.Text      `yaml:"ministry" json:"ministry"` // in charge, by annex I
	Total     int              `yaml:"total" json:"total"`       // points
	Counts    Counts           `yaml:"counts" json:"counts"`
	Parts     []Part           `yaml:"parts" json:"parts"`
	Knockouts []Knockout       `yaml:"knockouts" json:"knockouts"`                   // on the whole dossier
	Oddities  []map[string]any `yaml:"oddities,omitempty" json:"oddities,omitempty"` // what is printed, what was taken, and why
}

// Counts are the numbers that a file claims; they are counted again.
type Counts struct {
	Criteria  int `yaml:"criteria" json:"criteria"`
	Options   int `yaml:"options" json:"options"` // printed
	Unprinted int `yaml:"unprinted_options" json:"unprinted_options"`
}

// Part is A, B or C.
type Part struct {
	Part     string    `yaml:"part" json:"part"`
	Name     ocop.Text `yaml:"name" json:"name"`
	Max      int       `yaml:"max" json:"max"`
	Sections []Section `yaml:"sections" json:"sections"`
}

// Section of a part.
type Section struct {
	Section     int          `yaml:"section" json:"section"`
	Name        ocop.Text    `yaml:"name" json:"name"`
	Max         int          `yaml:"max" json:"max"`
	Subsections []Subsection `yaml:"subsections,omitempty" json:"subsections,omitempty"`
	Criteria    []Criterion  `yaml:"criteria" json:"criteria"`
}

// Subsection groups criteria of a section.
type Subsection struct {
	Code string    `yaml:"code" json:"code"`
	Name ocop.Text `yaml:"name" json:"name"`
	Max  int       `yaml:"max" json:"max"`
}

// Criterion carries points.
type Criterion struct {
	Code        string      `yaml:"code" json:"code"`
	Name        ocop.Text   `yaml:"name" json:"name"`
	Max         int         `yaml:"max" json:"max"`
	Subsection  string      `yaml:"subsection,omitempty" json:"subsection,omitempty"`
	Kind        Kind        `yaml:"kind" json:"kind"`
	Condition   *Condition  `yaml:"condition,omitempty" json:"condition,omitempty"`
	Cases       []Case      `yaml:"cases,omitempty" json:"cases,omitempty"`
	Requirement *ocop.Text  `yaml:"requirement,omitempty" json:"requirement,omitempty"`
	Note        []ocop.Text `yaml:"note,omitempty" json:"note,omitempty"`
	Options     []Option    `yaml:"options" json:"options"`
	Knockout    *Knockout   `yaml:"knockout,omitempty" json:"knockout,omitempty"`
}

// Kind says whether papers decide, or each member's senses. It is a reading:
// the decision does not sort criteria.
type Kind string

// Kinds of criteria.
const (
	Evidence Kind = "evidence"
	Sensory  Kind = "sensory"
)

// Condition under which a criterion is scored.
type Condition struct {
	Vi       string    `yaml:"vi" json:"vi"`
	En       string    `yaml:"en" json:"en"`
	Requires *Requires `yaml:"requires,omitempty" json:"requires,omitempty"`
	Choose   string    `yaml:"choose,omitempty" json:"choose,omitempty"` // one-case
}

// Requires so many points on another criterion.
type Requires struct {
	Criterion string `yaml:"criterion" json:"criterion"`
	MinPoints int    `yaml:"min_points" json:"min_points"`
}

// Case of set 26: one is chosen for the whole sheet.
type Case struct {
	Case int       `yaml:"case" json:"case"`
	Name ocop.Text `yaml:"name" json:"name"`
}

// Option of a criterion; one may be chosen.
type Option struct {
	Points  int       `yaml:"points" json:"points"`
	Case    int       `yaml:"case,omitempty" json:"case,omitempty"`
	Floor   int       `yaml:"floor,omitempty" json:"floor,omitempty"` // the least for that number of stars
	Printed *bool     `yaml:"printed,omitempty" json:"printed,omitempty"`
	Gist    ocop.Text `yaml:"gist" json:"gist"`
}

// Knockout puts a product or its dossier out, or ends the scoring.
type Knockout struct {
	Kind       string    `yaml:"kind" json:"kind"`     // reject or stop
	Effect     string    `yaml:"effect" json:"effect"` // the printed consequence
	Scope      string    `yaml:"scope,omitempty" json:"scope,omitempty"`
	WhenPoints *int      `yaml:"when_points,omitempty" json:"when_points,omitempty"` // follows from that choice by itself
	Gist       ocop.Text `yaml:"gist" json:"gist"`
}

// All criteria in the order of the sheet.
func (s *Set) All() []Criterion {
	var out []Criterion
	for _, p := range s.Parts {
		for _, x := range p.Sections {
			out = append(out, x.Criteria...)
		}
	}
	return out
}

// Criterion finds one by its code.
func (s *Set) Criterion(code string) (Criterion, bool) {
	for _, c := range s.All() {
		if c.Code == code {
			return c, true
		}
	}
	return Criterion{}, false
}

// offers reports whether an option of so many points can be chosen in a case.
func (c Criterion) offers(points, inCase int) bool {
	for _, o := range c.Options {
		if o.Points == points && c.fits(o, inCase) {
			return true
		}
	}
	return false
}

// Points are the points of a sheet on each part of the set, in its order.
func (s *Set) Points(x Sheet) []int {
	out := make([]int, len(s.Parts))
	for i, part := range s.Parts {
		for _, section := range part.Sections {
			for _, c := range section.Criteria {
				out[i] += x.Choices[c.Code]
			}
		}
	}
	return out
}

package support

import (
	"ocopflow/internal/ocop"
)

// Word names the choice that a field of the procedure was given: a source, a
// kind. A choice that the procedure in force lacks names itself.
func (d *Desk) Word(field, value string) ocop.Text {
	plain := ocop.Text{Vi: value, En: value}
	rules, err := d.Petitions.InForce(Procedure, d.Petitions.Cases.Today())
	if err != nil {
		return plain
	}
	f, _ := rules.Field(field)
	for _, o := range f.Options {
		if o.Value == value {
			return o.Title
		}
	}
	return plain
}

// Source and Kind name those of a line.
func (d *Desk) Source(value string) ocop.Text { return d.Word(fieldSource, value) }

// Kind names a kind of support.
func (d *Desk) Kind(value string) ocop.Text { return d.Word(fieldKind, value) }

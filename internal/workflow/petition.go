package workflow

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/workflows"
)

// PetitionRule makes a procedure one of petitions: what somebody asks of an
// authority. What its forms are given is remembered as PROCEDURE.FIELD, so that
// later guards may read it, until the petition begins anew.
type PetitionRule struct {
	Code string          `yaml:"code" json:"code"` // before year and number, in the code of each petition
	At   []ocop.UnitKind `yaml:"at" json:"at"`     // which unit above those who ask decides: of the first kind that there is; result.unit is the one of the product's newest result
}

// AtResult stands for the unit that gave the product its newest result, or its
// certificate, among those that may decide a petition.
const AtResult = ocop.UnitKind(ScopeResult)

// Gathered are the facts that petitions gather from their forms; none in a
// procedure of products.
func (p *Procedure) Gathered() []Fact {
	var out []Fact
	for _, f := range p.gathers() {
		fact, ok := formFact(f)
		fact.Name, fact.Optional = p.Name+"."+f.Name, true
		if ok && !slices.ContainsFunc(out, func(x Fact) bool { return x.Name == fact.Name }) {
			out = append(out, fact)
		}
	}
	return out
}

// gathers are the fields of all forms of a procedure of petitions.
func (p *Procedure) gathers() (out []Field) {
	if p.Petition == nil {
		return nil
	}
	for _, t := range p.Transitions.All() {
		out = append(out, t.Form...)
		for _, a := range t.Arms {
			out = append(out, a.Form...)
		}
	}
	return out
}

// Field finds a field by its name in any form of a procedure of petitions.
func (p *Procedure) Field(name string) (Field, bool) {
	list := p.gathers()
	i := slices.IndexFunc(list, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return list[i], true
}

// UnitScopes are the scopes that fields of units give.
func (p *Procedure) UnitScopes() (out []Scope) {
	for _, f := range p.gathers() {
		if s := Scope(p.Name + "." + f.Name); f.Type == FieldUnit && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Held is the role that people hold who act in one of the procedure's.
func (p *Procedure) Held(role ocop.Role) ocop.Role {
	if r, ok := p.Roles.Get(string(role)); ok && r.As != "" {
		return r.As
	}
	return role
}

// noun is what runs on the procedure.
func (p *Procedure) noun() ocop.Text {
	if p.Petition != nil {
		return ocop.Text{Vi: "hồ sơ", En: "case"}
	}
	return ocop.Text{Vi: "sản phẩm", En: "product"}
}

// Openings are the events that begin something new, in the order of the file.
func (r *Rules) Openings() []ocop.Event {
	return r.Events(Subject{Track: ocop.NoTrack, State: ocop.NoState})
}

// Anew reports whether a move begins a petition anew: it opens a round, or leads
// back to where its round began. What was gathered before is then forgotten.
func (r *Rules) Anew(m *Move) bool {
	t, ok := r.Tracks.Get(string(m.Track))
	return m.Opens || ok && m.To == t.Entry && m.From != m.To
}

// petition checks what is for petitions alone.
func (c *checker) petition() {
	for name, role := range c.p.Roles.All() {
		if role.As != "" && !slices.Contains(access.Grantable, role.As) {
			c.unknown("role", "vai trò", string(role.As), "roles."+name+".as")
		}
	}
	p := c.p.Petition
	if p == nil {
		return
	}
	if !codeForm.MatchString(p.Code) {
		c.add("code_wrong", "petition.code", "Mã phải là chữ hoa không dấu, ví dụ HT.", "The code must be capital letters, such as HT.")
	}
	if len(p.At) == 0 {
		c.add("at_missing", "petition.at", "Phải ghi cấp giải quyết (at).", "It must say which units decide (at).")
	}
	for i, kind := range p.At {
		if !slices.Contains([]ocop.UnitKind{AtResult, ocop.Commune, ocop.District, ocop.Province, ocop.Ministry}, kind) {
			c.unknown("kind of authority", "cấp", string(kind), fmt.Sprintf("petition.at[%d]", i))
		}
	}
}

// moves checks that a petition's move asks the product for one that it knows: by
// any of the procedures of products that are built in.
func (c *checker) moves(e ocop.Event, path string) {
	switch {
	case e == "":
	case c.p.Petition == nil:
		c.add("moves_outside", path, "Chỉ quy trình của đơn, đề xuất (petition) mới ghi moves.", "Only procedures of petitions say moves.")
	case !productEvents()[string(e)]:
		c.unknown("event of products", "thao tác của sản phẩm", string(e), path)
	}
}

// productEvents are the events of all built-in procedures of products.
var productEvents = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	names, _ := fs.Glob(workflows.Files, "*.yaml")
	for _, name := range names {
		text, _ := fs.ReadFile(workflows.Files, name)
		p := new(Procedure)
		if _, bad := source.Parse(name, text, p); bad != nil || p.Petition != nil {
			continue // their own check says what is wrong with them
		}
		for _, e := range p.Transitions.Keys() {
			known[e] = true
		}
	}
	return known
})

// Reaches reports whether an event of a petition changes the product that it is
// about.
func (r *Rules) Reaches(event ocop.Event) bool {
	t, _ := r.Transitions.Get(string(event))
	again := slices.Contains(t.Do, ScoreAgain)
	for _, a := range t.Arms {
		again = again || slices.Contains(a.Do, ScoreAgain)
	}
	return again || t.Moves != ""
}

// alike checks that a field holds the same in all forms: what one of them is
// given stands for all.
func (c *checker) alike(f Field, path string) {
	known, ok := c.types[f.Name]
	if ok && known != f.Type {
		c.add("field_differs", path+".type", fmt.Sprintf("Ô %q ở nơi khác có kiểu %s.", f.Name, known), fmt.Sprintf("The field %q is of type %s elsewhere.", f.Name, known))
	}
	if c.types == nil {
		c.types = map[string]FieldType{}
	}
	c.types[f.Name] = f.Type
}

// fieldOf checks what a field says for petitions alone.
func (c *checker) fieldOf(f Field, path string) {
	if f.Type == FieldUnit && c.p.Petition == nil {
		c.add("unit_outside", path+".type", "Ô chọn đơn vị chỉ dùng trong quy trình của đơn, đề xuất (petition).", "A field of a unit is for procedures of petitions alone.")
	}
	if f.Of != "" && f.Type != FieldUnit {
		c.add("of_wrong", path+".of", "Chỉ ô chọn đơn vị mới ghi of.", "Only a field of a unit says of what kind.")
	}
	if f.Proposed == nil {
		return
	}
	if !slices.ContainsFunc(c.p.Gathered(), func(x Fact) bool { return x.Name == f.Proposed.By }) {
		c.unknown("fact", "dữ kiện", f.Proposed.By, path+".proposed.by")
	}
}

// RoleScope is where a role must be held, there or above.
func (p *Procedure) RoleScope(role ocop.Role) Scope {
	r, _ := p.Roles.Get(string(role))
	return r.Scope
}

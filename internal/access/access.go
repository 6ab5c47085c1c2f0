// Package access says who is asking and what a role in a unit reaches: the
// unit itself and all below it. Which role may make which move is a
// procedure's to say (package workflow); people and their grants are kept by
// package accounts.
package access

import (
	"slices"

	"ocopflow/internal/ocop"
)

// Roles that mean something outside procedures. Procedures declare the others.
const (
	Admin      ocop.Role = "admin"      // people, units, roles
	Auditor    ocop.Role = "auditor"    // reads everything in the unit
	Office     ocop.Role = "office"     // coordination office
	Leader     ocop.Role = "leader"     // signs
	Secretary  ocop.Role = "secretary"  // of a council
	Member     ocop.Role = "member"     // of a council
	Commune    ocop.Role = "commune"    // UBND of a commune
	Producer   ocop.Role = "producer"   // chủ thể
	Department ocop.Role = "department" // answers in its field
	Privacy    ocop.Role = "privacy"    // forgets personal values on request
	System     ocop.Role = "system"     // time itself; nobody can be granted it
)

// Grantable are the roles that a person can be given.
var Grantable = []ocop.Role{Admin, Auditor, Office, Leader, Secretary, Member, Commune, Producer, Department, Privacy}

// Grant is a role held in a unit.
type Grant struct {
	Role  ocop.Role
	Unit  string
	Path  ocop.Path
	Whole bool   // in the ministry, or in the only province: nothing lies outside
	For   string // account on whose behalf the holder acts; "" for a role of one's own
}

// Actor is who acts, with every grant held at that moment.
type Actor struct {
	ID     string
	Name   string // of the account
	Grants []Grant
	Sits   []string // products of the sessions in which the actor scores
}

// SystemActor acts when time alone brings a move about.
var SystemActor = Actor{ID: ocop.System, Name: ocop.System, Grants: []Grant{{Role: System}}}

// Holds finds the grant of role at or above place. The system role needs none.
func (a Actor) Holds(role ocop.Role, place ocop.Path) (Grant, bool) {
	for _, g := range a.Grants {
		if g.Role == role && (role == System || place.Within(g.Path)) {
			return g, true
		}
	}
	return Grant{}, false
}

// standIns are who acts in place of a producer: those who take in its papers.
var standIns = []ocop.Role{Office, Commune}

// InPlaceOf finds the grant with which an actor does what is a producer's to do, in
// its place: that of an office or a commune at or above it.
func (a Actor) InPlaceOf(producer ocop.Path) (Grant, bool) {
	for _, role := range standIns {
		if g, ok := a.Holds(role, producer); ok && producer != "" {
			return g, true
		}
	}
	return Grant{}, false
}

// StandsIn reports whether the actor acts in place of producers anywhere.
func (a Actor) StandsIn() bool { return slices.ContainsFunc(standIns, a.Has) }

// Has reports whether the actor holds role anywhere.
func (a Actor) Has(role ocop.Role) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return false
}

// View is what an actor may see of products: those below any of the units,
// those of the producers, and those that it scores.
type View struct {
	Units     []ocop.Path
	Producers []string
	Products  []string
}

// Products is the actor's view of products: office, leader, secretary, auditor
// and data protection officer all in their unit and below, a commune its own, a department those
// of the unit it belongs to, a producer its own.
func (a Actor) Products() View {
	v := View{Products: a.Sits}
	for _, g := range a.Grants {
		switch g.Role {
		case Office, Leader, Secretary, Auditor, Privacy, Commune:
			v.Units = append(v.Units, g.Path)
		case Department:
			v.Units = append(v.Units, authority(g.Path))
		case Producer:
			v.Producers = append(v.Producers, g.Unit)
		}
	}
	return v
}

// authority is the unit that a department belongs to: the one above, unless the
// role is held in an authority itself.
func authority(p ocop.Path) ocop.Path {
	for _, kind := range []ocop.UnitKind{ocop.Commune, ocop.District, ocop.Province, ocop.Ministry} {
		if p == p.Upto(kind) {
			return p
		}
	}
	return p.Parent()
}

// Oversees are the units whose councils an actor may look into: an office, a
// leader, a secretary and an auditor see sheets once they are open.
func (a Actor) Oversees() View {
	var v View
	for _, g := range a.Grants {
		switch g.Role {
		case Office, Leader, Secretary, Auditor:
			v.Units = append(v.Units, g.Path)
		}
	}
	return v
}

// Sees reports whether a product at that place and of that producer is in view.
func (v View) Sees(product string, place ocop.Path, producer string) bool {
	if slices.Contains(v.Products, product) {
		return true
	}
	for _, u := range v.Units {
		if place.Within(u) {
			return true
		}
	}
	for _, p := range v.Producers {
		if p == producer {
			return true
		}
	}
	return false
}

package access

import "ocopflow/internal/ocop"

// MayGrant reports whether the actor may give or take a role in a unit: an
// administrator of that unit or of one above may, but those who look into
// everything and forget values are appointed from a province up. It follows that
// nobody makes an administrator where they are none.
func (a Actor) MayGrant(role ocop.Role, place ocop.Path) bool {
	if a.ID == ocop.System {
		return true
	}
	for _, g := range a.Grants {
		if g.Role == Admin && place.Within(g.Path) && (role != Privacy && role != Auditor || fromProvinceUp(g.Path)) {
			return true
		}
	}
	return false
}

func fromProvinceUp(p ocop.Path) bool {
	return p == p.Upto(ocop.Province) || p == p.Upto(ocop.Ministry)
}

// Administers reports whether the actor looks after an account that holds these
// grants: an administrator at or above one of them, and any administrator while
// there is none yet.
func (a Actor) Administers(held []ocop.Path) bool {
	if a.ID == ocop.System || len(held) == 0 && a.Has(Admin) {
		return true
	}
	for _, p := range held {
		if _, ok := a.Holds(Admin, p); ok {
			return true
		}
	}
	return false
}

// AdministersAll reports whether the actor is an administrator at or above every
// one of these grants: what ends all of them at once needs that.
func (a Actor) AdministersAll(held []ocop.Path) bool {
	for _, p := range held {
		if _, ok := a.Holds(Admin, p); !ok && a.ID != ocop.System {
			return false
		}
	}
	return a.ID == ocop.System || a.Has(Admin)
}

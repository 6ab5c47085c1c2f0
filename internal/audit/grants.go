package audit

// remember notes who got and lost which role, and whose account was closed or
// opened again.
func (r *replay) remember(l record) {
	for _, row := range l.told.Rows {
		id := textIn(row.Values["id"])
		disabled, told := row.Values["disabled"]
		switch {
		case row.Table == "grants" && row.Op == "put":
			h := &held{role: role{textIn(row.Values["account"]), textIn(row.Values["role"]), textIn(row.Values["unit"])}}
			r.grants[id], r.roles[h.role] = h, append(r.roles[h.role], h)
		case row.Table == "grants" && r.grants[id] != nil:
			r.grants[id].until = l.At
		case row.Table == "delegations":
			r.hear(id, row.Op == "put", row.Values, l.At)
		case row.Table == "accounts" && string(disabled) == "true":
			r.stopped[id] = l.At
		case row.Table == "accounts" && told:
			delete(r.stopped, id)
		}
	}
}

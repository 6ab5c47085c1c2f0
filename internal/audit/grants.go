package audit

import (
	"encoding/json"
	"strings"

	"ocopflow/internal/store"
)

// remember notes who got and lost which role, and whose account was closed or
// opened again.
func (r *replay) remember(l store.Line) error {
	if !strings.Contains(l.Body, `,"grants",{`) && !strings.Contains(l.Body, `,"accounts",{`) {
		return nil
	}
	var e struct{ Rows [][3]json.RawMessage }
	if json.Unmarshal([]byte(l.Body), &e) != nil {
		return nil // unreadable bytes are found by the checker
	}
	for _, raw := range e.Rows {
		var op, table string
		var row struct {
			ID, Account, Role, Unit string
			Disabled                *bool
		}
		if json.Unmarshal(raw[0], &op) != nil || json.Unmarshal(raw[1], &table) != nil || json.Unmarshal(raw[2], &row) != nil {
			continue
		}
		switch {
		case table == "grants" && op == "put":
			r.grants[row.ID] = &held{Account: row.Account, Role: row.Role, Unit: row.Unit}
		case table == "grants" && r.grants[row.ID] != nil:
			r.grants[row.ID].until = l.At
		case table == "accounts" && row.Disabled != nil && *row.Disabled:
			r.stopped[row.ID] = l.At
		case table == "accounts" && row.Disabled != nil:
			delete(r.stopped, row.ID)
		}
	}
	return nil
}

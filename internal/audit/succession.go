package audit

import "ocopflow/internal/notary"

// succession sees to it that a key which is to follow another has that one's
// word for it; "" when it has, or follows none.
func succession(l record) string {
	replaced := textIn(l.told.Data["replaces"])
	if replaced == "" {
		return ""
	}
	if key, err := notary.CheckCross(textIn(l.told.Data["cross"]), replaced); err != nil || key != textIn(l.told.Data["key"]) {
		return "the key that it replaces does not vouch for the new one"
	}
	return ""
}

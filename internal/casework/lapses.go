package casework

import (
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// LapsePrefix begins the id of what warns that a document lapses.
const LapsePrefix = "document:"

// lapseDays are the days before a document lapses on which it is said, where the
// procedure does not say others. No source names such days: it is the program's
// practice, and is shown so.
var lapseDays = []int{60, 30}

// lapseDues warn of documents that lapse and that nothing took the place of. No
// move meets them, and they make no product overdue: bringing a newer version
// does away with them. One that had lapsed before it was brought is a record of
// the past.
func (x *dossier) lapseDues(rules *workflow.Rules) (out []calendar.Due) {
	if slices.Contains(ended, x.product.State) {
		return nil
	}
	for _, doc := range x.documents {
		if doc.ValidTo == nil || *doc.ValidTo < ocop.DateOf(doc.UploadedAt) || x.replaced(doc.ID) {
			continue
		}
		rule, _ := DocumentRule(rules, doc.Kind)
		due := calendar.Due{ID: LapsePrefix + doc.ID, Code: "document", Source: "document", Kind: calendar.By, Date: *doc.ValidTo, LastDay: *doc.ValidTo,
			Title: ocop.Text{Vi: "Tài liệu hết hiệu lực: " + rule.Title.Vi, En: "Document lapses: " + rule.Title.En},
			Who:   []string{string(access.Producer), string(access.Office)}, Notice: true, Lapses: true, Verified: rule.Verified != nil && *rule.Verified,
			Chase: calendar.Chase{Remind: rule.Remind}}
		if rule.Remind == nil {
			due.Chase.Remind, due.Verified = lapseDays, true
			due.Note = ocop.Text{Vi: "Nhắc trước 60 và 30 ngày là cách làm của phần mềm, không phải quy định.", En: "Reminding 60 and 30 days ahead is the program's habit, not law."}
		}
		out = append(out, due)
	}
	return out
}

// ended are the states in which nobody keeps a dossier up to date any more.
var ended = []ocop.State{"withdrawn", "revoked"}

// replaced reports whether a newer version of a document is there.
func (x *dossier) replaced(id string) bool {
	return slices.ContainsFunc(x.documents, func(d store.Document) bool { return d.Replaces == id })
}

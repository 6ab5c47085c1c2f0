package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// LapsePrefix begins the id of what warns that a document lapses.
const LapsePrefix = "document:"

// LapseDays are the days before a document lapses on which it is said, unless the
// desk or the procedure says others. No source names such days: it is the
// program's practice, and is shown so.
var LapseDays = []int{60, 30}

// farthest bounds how many days ahead a procedure may have it said.
const farthest = 400

// lapseDues warn of documents that lapse and that nothing took the place of. No
// move meets them, and they make no product overdue: bringing a newer version
// does away with them. One that had lapsed before it was brought is a record of
// the past.
func (x *dossier) lapseDues(rules *workflow.Rules, practice []int) (out []calendar.Due) {
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
			due.Chase.Remind, due.Verified, due.Note = practice, true, practised(practice)
		}
		out = append(out, due)
	}
	return out
}

func practised(days []int) ocop.Text {
	list := strings.Trim(strings.ReplaceAll(fmt.Sprint(days), " ", ", "), "[]")
	return ocop.Text{Vi: "Nhắc trước " + list + " ngày là cách làm của phần mềm, không phải quy định.", En: "Reminding " + list + " days ahead is the program's habit, not law."}
}

// takeUpLapses has the agenda worked out of products of which a document lapses
// within the time in which it is said, and that have no timer for it: they were
// brought before the program told of such.
func (d *Desk) takeUpLapses(ctx context.Context) error {
	today := d.Today()
	products, err := store.UntoldLapses(ctx, d.DB, today, today+farthest, 256)
	if err != nil || len(products) == 0 {
		return err
	}
	return d.reckonAgain(ctx, products)
}

// reckonAgain asks for the agendas of products to be worked out again.
func (d *Desk) reckonAgain(ctx context.Context, products []string) error {
	acts := make([]commit.Act, len(products))
	for i, id := range products {
		acts[i] = commit.Act{Kind: commit.Once, Locks: ProductLocks([]string{id}), Ask: commit.Alone(func(_ context.Context, _ sqldb.Querier, now time.Time) (commit.Outcome, error) {
			return commit.Outcome{Drafts: []ledger.Draft{scheduleDraft(store.Timer{Product: id, Kind: store.TimerReckon})},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.ReckonProduct(ctx, tx, id, now)
				})}, nil
		})}
	}
	_, errs := commit.Each[any](ctx, d.Committer, acts)
	return errors.Join(errs...)
}

// ended are the states in which nobody keeps a dossier up to date any more.
var ended = []ocop.State{"withdrawn", "revoked"}

// replaced reports whether a newer version of a document is there.
func (x *dossier) replaced(id string) bool {
	return slices.ContainsFunc(x.documents, func(d store.Document) bool { return d.Replaces == id })
}

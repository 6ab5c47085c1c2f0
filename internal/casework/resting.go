package casework

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// naming is the decision that a move rests on, as the move leaves it: one that
// nobody recorded before, one that waited for the original which the move
// brings, or one that only names another product.
type naming struct {
	decision store.Decision
	product  string
	fresh    bool
	original *store.Original
}

type namings []naming

func (list namings) save(ctx context.Context, tx *sqldb.Tx) error {
	var fresh, filed []store.Decision
	var named []store.NamedIn
	var originals []store.Original
	for _, n := range list {
		named = append(named, store.NamedIn{Decision: n.decision.ID, Product: n.product})
		if n.original != nil {
			originals = append(originals, *n.original)
		}
		switch {
		case n.fresh:
			fresh = append(fresh, n.decision)
		case n.original != nil:
			filed = append(filed, n.decision)
		}
	}
	for _, step := range []func() error{
		func() error { return store.InsertDecisions(ctx, tx, fresh) },
		func() error { return store.FileDecisions(ctx, tx, filed) },
		func() error { return store.InsertNamed(ctx, tx, named) },
		func() error { return store.InsertOriginals(ctx, tx, originals) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// onto gives the awaited originals of the product once the naming is saved.
func (n *naming) onto(list []store.Decision) []store.Decision {
	if n == nil {
		return list
	}
	list = slices.DeleteFunc(slices.Clone(list), func(d store.Decision) bool { return d.ID == n.decision.ID })
	if n.decision.State == store.OriginalPending && n.decision.Product == n.product {
		list = append(list, n.decision)
	}
	return list
}

// rest notes the decision that a move names in its form. The issuer is the unit
// in which the mover signs. A number that its issuer used in the year stands for
// one paper: it may name many products, of one day and one kind of move.
//
// Faults: decision_number_used, original_there (Conflict).
func (c *change) rest(x *dossier, m *workflow.Move, ask Ask, now time.Time) error {
	number, on := strings.TrimSpace(m.Form.String("decision")), m.Form.Day("decided_on")
	if number == "" || on == nil {
		return nil
	}
	n := naming{product: c.product.ID}
	at := slices.IndexFunc(x.numbered, func(d store.Decision) bool {
		return d.Unit.ID == m.Grant.Unit && d.Year == on.Year() && store.FoldNumber(d.Number) == store.FoldNumber(number)
	})
	if n.fresh = at < 0; n.fresh {
		n.decision = store.Decision{ID: decisionID(m.Grant.Unit, on.Year(), number), Unit: ocop.Ref{ID: m.Grant.Unit}, Year: on.Year(), Number: number, DecidedOn: *on, About: m.Event,
			Product: c.product.ID, State: store.OriginalPending, RecordedBy: ask.Actor.ID, RecordedAt: now, Version: 1}
	} else if n.decision = x.numbered[at]; n.decision.DecidedOn != *on || n.decision.About != m.Event {
		return numberUsed(n.decision)
	}
	if doc := x.document(m.Form.String("file")); doc != nil {
		if n.decision.SHA256 != "" && n.decision.SHA256 != doc.SHA256 {
			return originalThere(n.decision.Number)
		}
		if n.decision.State != store.OriginalFiled {
			n.original = &store.Original{ID: namedID("original", n.decision.ID, doc.SHA256), Decision: n.decision.ID, Name: fileNamed(number), Size: doc.Size, SHA256: doc.SHA256, FiledBy: ask.Actor.ID, FiledAt: now}
			n.decision.State, n.decision.SHA256 = store.OriginalFiled, doc.SHA256
			if !n.fresh {
				n.decision.Version++
			}
		}
	}
	c.named = &n
	return nil
}

// decisionID follows from issuer, year and number, so that the audit knows it.
func decisionID(unit string, year int, number string) string {
	return namedID("decision", unit, strconv.Itoa(year), store.FoldNumber(number))
}

func namedID(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("ocopflow:"+strings.Join(parts, ":"))).String()
}

// decisionLock keeps two acts that name one number out of one batch.
func decisionLock(number string) string { return "decision:" + store.FoldNumber(number) }

// fileNamed is a file's name made of a decision's number.
func fileNamed(number string) string {
	return strings.ReplaceAll(store.FoldNumber(number), "/", "-") + ".pdf"
}

func numberUsed(d store.Decision) *fault.Error {
	f := fault.New(fault.Conflict, "decision_number_used",
		fmt.Sprintf("Số %s đã dùng trong năm %d cho một quyết định khác, ngày %s. Kiểm tra lại số và ngày ghi trên quyết định.", d.Number, d.Year, d.DecidedOn.In(ocop.Vi)),
		fmt.Sprintf("Number %s is that of another decision of %d, of %s. Check the number and the day on the paper.", d.Number, d.Year, d.DecidedOn.In(ocop.En)))
	return f.At("data.decision", "Số quyết định đã dùng.", "The number is in use.")
}

func originalThere(number string) *fault.Error {
	return fault.New(fault.Conflict, "original_there",
		"Quyết định "+number+" đã có bản ký khác. Bỏ tệp đính kèm, hoặc thay bản ký ở trang của quyết định, có ghi lý do.",
		"Decision "+number+" has another original already. Leave the file out, or replace the original on the decision's page, with a reason.")
}

// OriginalDays are the days in which a signed original is looked for before it is
// asked after; then it is asked after ever more seldom. No source names such
// days: it is the program's practice, and is shown so.
const OriginalDays = 3

// originalAgain are the days after the last one on which it is asked for again.
var originalAgain = []int{0, -7, -14, -28, -56, -112}

// DecisionPrefix begins the id of what tells that an original is awaited.
const DecisionPrefix = "decision:"

// originalDues ask for originals that are awaited. They make no product overdue.
func (x *dossier) originalDues() (out []calendar.Due) {
	for _, d := range x.awaited {
		day := ocop.DateOf(d.RecordedAt) + OriginalDays
		out = append(out, calendar.Due{ID: DecisionPrefix + d.ID, Code: "original", Source: "decision", Kind: calendar.By, Date: day, LastDay: day,
			Title: ocop.Text{Vi: "Chờ bản ký của quyết định " + d.Number, En: "Signed original of decision " + d.Number + " awaited"},
			Who:   []string{string(access.Office)}, Notice: true, Verified: true, Chase: calendar.Chase{Remind: originalAgain},
			Note: ocop.Text{Vi: fmt.Sprintf("Nhắc sau %d ngày là cách làm của phần mềm, không phải quy định.", OriginalDays), En: fmt.Sprintf("Asking after %d days is the program's habit, not law.", OriginalDays)}})
	}
	return out
}

// originalsFor are the awaited originals that the actor can file.
func (x *dossier) originalsFor(a access.Actor) (out []fault.Reason) {
	for _, d := range x.awaited {
		if files(a, d.Path) {
			out = append(out, fault.Reason{Code: "original_pending", CureBy: []ocop.Role{access.Office, access.Leader}, Actual: d.Number, Verified: true,
				Message: ocop.Text{Vi: "Chưa có bản ký của quyết định số " + d.Number + ".", En: "The signed original of decision " + d.Number + " is not there yet."}})
		}
	}
	return out
}

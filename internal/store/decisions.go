package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// OriginalState says whether a decision's signed original is there.
type OriginalState string

// An original is awaited, or filed. None is kept of decisions taken before the
// program was in use, where somebody said so.
const (
	OriginalPending OriginalState = "pending"
	OriginalFiled   OriginalState = "filed"
	OriginalNone    OriginalState = "none"
)

// Decision (quyết định) is a paper with a number, by which products are
// recognised, or lose their recognition. It may name many products.
type Decision struct {
	ID         string        `json:"id"`
	Unit       ocop.Ref      `json:"issuer"`
	Path       ocop.Path     `json:"-"`
	Year       int           `json:"year"`
	Number     string        `json:"number"`
	DecidedOn  ocop.Date     `json:"decided_on"`
	About      ocop.Event    `json:"about"` // certify, revoke
	Product    string        `json:"-"`     // the first; reminders of the original are told at it
	State      OriginalState `json:"original"`
	Signer     string        `json:"signer"`           // as the paper names who signed
	Summary    string        `json:"summary"`          // trích yếu
	SHA256     string        `json:"sha256,omitempty"` // of the original that counts
	RecordedBy string        `json:"recorded_by"`
	RecordedAt time.Time     `json:"recorded_at"`
	Version    int64         `json:"version"`
}

// Original is a signed file of a decision. Of several the newest counts.
type Original struct {
	ID       string    `json:"id"`
	Decision string    `json:"decision"`
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	Reason   string    `json:"reason,omitempty"` // why it took the place of the one before
	FiledBy  string    `json:"filed_by"`
	FiledAt  time.Time `json:"filed_at"`
}

var (
	tableDecisions = table("decisions", "id").of("product").with(text("id"), text("unit"), whole("year"), text("number"), text("folded"), whole("decided_on"), text("about"),
		text("product"), text("state"), text("signer").kept(private), text("summary").kept(private), text("recorded_by"), whole("recorded_at"), whole("version"))

	tableDecisionProducts = table("decision_products", "decision", "product").of("product").with(text("decision"), text("product"))

	tableOriginals = table("originals", "id").with(text("id"), text("decision"), text("name").kept(private), whole("size"), text("sha256"),
		text("reason").kept(private), text("filed_by"), whole("filed_at"))
)

const (
	decisionColumns = `d.id, d.unit, u.code, u.name_vi, u.path, d.year, d.number, d.decided_on, d.about, d.product, d.state, d.signer, d.summary, d.recorded_by, d.recorded_at, d.version,
	(SELECT o.sha256 FROM originals o WHERE o.decision = d.id ORDER BY o.filed_at DESC, o.id DESC LIMIT 1)`
	decisionFrom    = ` FROM decisions d JOIN units u ON u.id = d.unit `
	originalColumns = `o.id, o.decision, o.name, o.size, o.sha256, o.reason, o.filed_by, o.filed_at`
)

const (
	sqlDecision         = `SELECT ` + decisionColumns + decisionFrom + `WHERE d.id = $1`
	sqlDecisionNumbered = `SELECT ` + decisionColumns + decisionFrom + `WHERE d.unit = $1 AND d.year = $2 AND d.folded = $3`
	sqlDecisionsOf      = `SELECT ` + decisionColumns + decisionFrom + `JOIN decision_products n ON n.decision = d.id WHERE n.product = $1 ORDER BY d.decided_on DESC, d.id DESC LIMIT 100`
	sqlDecisionNames    = `SELECT n.product FROM decision_products n WHERE n.decision = $1 ORDER BY n.product`
	sqlOriginals        = `SELECT ` + originalColumns + ` FROM originals o WHERE o.decision = $1 ORDER BY o.filed_at DESC, o.id DESC`
)

var (
	setDecisionsNumbered = sqldb.Set{
		SQL:     `SELECT ` + decisionColumns + decisionFrom + `WHERE d.folded IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setAwaitedOriginals = sqldb.Set{
		SQL:     `SELECT ` + decisionColumns + decisionFrom + `WHERE d.state = 'pending' AND d.product IN (SELECT c1 FROM {rows}) ORDER BY d.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeDecisions        = inserts(tableDecisions)
	writeDecisionStep     = updates(tableDecisions, "state", "signer", "summary", "version").next()
	writeDecisionFiled    = updates(tableDecisions, "state", "version").next()
	writeDecisionProducts = inserts(tableDecisionProducts)
	writeOriginals        = inserts(tableOriginals)
)

func scanDecision(s scanner) (d Decision, err error) {
	var year, on, at int64
	var sum sql.NullString
	err = s.Scan(&d.ID, &d.Unit.ID, &d.Unit.Code, &d.Unit.Name, &d.Path, &year, &d.Number, &on, &d.About, &d.Product, &d.State, &d.Signer, &d.Summary, &d.RecordedBy, &at, &d.Version, &sum)
	d.SHA256, d.Year, d.DecidedOn, d.RecordedAt = sum.String, int(year), ocop.Date(on), sqldb.Time(at)
	d.Signer, d.Summary = readable(d.Signer), readable(d.Summary)
	return d, err
}

func scanOriginal(s scanner) (o Original, err error) {
	var at int64
	err = s.Scan(&o.ID, &o.Decision, &o.Name, &o.Size, &o.SHA256, &o.Reason, &o.FiledBy, &at)
	o.FiledAt, o.Name, o.Reason = sqldb.Time(at), readable(o.Name), readable(o.Reason)
	return o, err
}

// FoldNumber is the number of a paper as it is compared: without spaces, in one
// case, in one spelling of its letters.
func FoldNumber(number string) string { return strings.Join(strings.Fields(ocop.Fold(number)), "") }

// DecisionByID finds a decision; nil when there is none.
func DecisionByID(ctx context.Context, q sqldb.Querier, id string) (*Decision, error) {
	return one(q.QueryRow(ctx, sqlDecision, id), "decision", scanDecision)
}

// DecisionNumbered finds the decision of a number in its issuer's year; nil when
// there is none.
func DecisionNumbered(ctx context.Context, q sqldb.Querier, unit string, year int, number string) (*Decision, error) {
	return one(q.QueryRow(ctx, sqlDecisionNumbered, unit, year, FoldNumber(number)), "decision", scanDecision)
}

// DecisionsNumbered are those of folded numbers, whosever they are.
func DecisionsNumbered(ctx context.Context, q sqldb.Querier, folded []string) ([]Decision, error) {
	rows, err := sqldb.QuerySet(ctx, q, setDecisionsNumbered, ids(folded))
	return collect(rows, err, "decisions by number", scanDecision)
}

// AwaitedOriginals are the decisions whose original is awaited, by the product at
// which that is told.
func AwaitedOriginals(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Decision, error) {
	rows, err := sqldb.QuerySet(ctx, q, setAwaitedOriginals, ids(products))
	return grouped(rows, err, "awaited originals", func(s scanner) (string, Decision, error) {
		d, err := scanDecision(s)
		return d.Product, d, err
	})
}

// DecisionsOf are the newest decisions that name a product, the newest first.
func DecisionsOf(ctx context.Context, q sqldb.Querier, product string) ([]Decision, error) {
	rows, err := q.Query(ctx, sqlDecisionsOf, product)
	return collect(rows, err, "decisions of a product", scanDecision)
}

// NamedByDecision are the products that a decision names.
func NamedByDecision(ctx context.Context, q sqldb.Querier, decision string) ([]string, error) {
	rows, err := q.Query(ctx, sqlDecisionNames, decision)
	return collect(rows, err, "products of a decision", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
}

// Originals are the files of a decision, the newest first.
func Originals(ctx context.Context, q sqldb.Querier, decision string) ([]Original, error) {
	rows, err := q.Query(ctx, sqlOriginals, decision)
	return collect(rows, err, "originals", scanOriginal)
}

// DecisionFilter narrows a list of decisions. Zero fields do not.
type DecisionFilter struct {
	View   access.View
	ID     string
	State  OriginalState
	Issuer string // id or code of a unit
	Year   int
	Number string // holds this
	After  string // "day|id" of the last one seen
	Limit  int
}

// Cursor is the place of a decision in its list.
func (d Decision) Cursor() string { return d.DecidedOn.String() + "|" + d.ID }

// Decisions lists those in view, the newest first: of the reader's units, and
// those that name a product in view.
func Decisions(ctx context.Context, q sqldb.Querier, f DecisionFilter) ([]Decision, error) {
	var b binder
	conds := []string{"(" + pathsBelow("u.path", f.View.Units, b.bind) +
		" OR EXISTS (SELECT 1 FROM decision_products n JOIN products p ON p.id = n.product WHERE n.decision = d.id AND " + viewCondition(f.View, b.bind) + "))"}
	if f.ID != "" {
		conds = append(conds, "d.id = "+b.bind(f.ID))
	}
	if f.State != "" {
		conds = append(conds, "d.state = "+b.bind(string(f.State)))
	}
	if f.Issuer != "" {
		n := b.bind(f.Issuer)
		conds = append(conds, fmt.Sprintf("(u.id = %s OR u.code = %s)", n, n))
	}
	if f.Year != 0 {
		conds = append(conds, "d.year = "+b.bind(f.Year))
	}
	if f.Number != "" {
		conds = append(conds, `d.folded LIKE `+b.bind("%"+escapeLike(FoldNumber(f.Number))+"%")+` ESCAPE '\'`)
	}
	if day, id, ok := strings.Cut(f.After, "|"); ok {
		if on, err := ocop.ParseDate(day); err == nil {
			conds = append(conds, fmt.Sprintf("(d.decided_on, d.id) < (%s, %s)", b.bind(int64(on)), b.bind(id)))
		}
	}
	rows, err := q.Query(ctx, "SELECT "+decisionColumns+decisionFrom+"WHERE "+strings.Join(conds, " AND ")+" ORDER BY d.decided_on DESC, d.id DESC LIMIT "+b.bind(f.Limit), b.args...)
	return collect(rows, err, "decisions", scanDecision)
}

// InsertDecisions adds decisions.
func InsertDecisions(ctx context.Context, tx *sqldb.Tx, list []Decision) error {
	var rows [][]any
	for _, d := range list {
		rows = append(rows, []any{d.ID, d.Unit.ID, int64(d.Year), d.Number, FoldNumber(d.Number), int64(d.DecidedOn), string(d.About), d.Product, string(d.State), d.Signer, d.Summary,
			d.RecordedBy, sqldb.Micros(d.RecordedAt), d.Version})
	}
	return writeDecisions.all(ctx, tx, "insert decisions", rows)
}

// StepDecision saves what became of a decision that is still at the version before.
func StepDecision(ctx context.Context, tx *sqldb.Tx, d Decision) error {
	return writeDecisionStep.one(ctx, tx, "step decision", d.ID, string(d.State), d.Signer, d.Summary, d.Version)
}

// FileDecisions saves that originals of decisions are there: all that a move
// knows of them, whose audit cannot read who signed.
func FileDecisions(ctx context.Context, tx *sqldb.Tx, list []Decision) error {
	var rows [][]any
	for _, d := range list {
		rows = append(rows, []any{d.ID, string(d.State), d.Version})
	}
	return writeDecisionFiled.all(ctx, tx, "file decisions", rows)
}

// NamedIn is a product that a decision names.
type NamedIn struct{ Decision, Product string }

// InsertNamed lets decisions name products.
func InsertNamed(ctx context.Context, tx *sqldb.Tx, list []NamedIn) error {
	var rows [][]any
	for _, n := range list {
		rows = append(rows, []any{n.Decision, n.Product})
	}
	return writeDecisionProducts.all(ctx, tx, "products of decisions", rows)
}

// InsertOriginals adds files of decisions, whose contents are there.
func InsertOriginals(ctx context.Context, tx *sqldb.Tx, list []Original) error {
	var rows [][]any
	for _, o := range list {
		rows = append(rows, []any{o.ID, o.Decision, o.Name, o.Size, o.SHA256, o.Reason, o.FiledBy, sqldb.Micros(o.FiledAt)})
	}
	return writeOriginals.all(ctx, tx, "insert originals", rows)
}

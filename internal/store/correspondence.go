package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Direction says whether a paper came in or went out.
type Direction string

// Papers are received or sent; each are counted for themselves.
const (
	Received Direction = "received"
	Sent     Direction = "sent"
)

// Paper is one in the register of a unit.
type Paper struct {
	ID             string     `json:"id"`
	Unit           ocop.Ref   `json:"unit"` // that keeps the register
	Path           ocop.Path  `json:"-"`
	Year           int        `json:"year"`
	Direction      Direction  `json:"direction" enum:"received,sent"`
	Number         int64      `json:"number"` // in the unit's register of the year and direction
	Symbol         string     `json:"symbol"` // number and symbol that stand on the paper
	Dated          *ocop.Date `json:"dated"`  // the paper's own date
	ReceivedOn     *ocop.Date `json:"received_on"`
	RegisteredOn   ocop.Date  `json:"registered_on"`
	DueOn          ocop.Date  `json:"due_on"` // last day on which it was to be registered
	Late           bool       `json:"late"`
	Kind           string     `json:"kind"`
	Others         string     `json:"others"` // from whom or to whom, beside the parties
	Summary        string     `json:"summary"`
	Decision       string     `json:"decision,omitempty"` // id of the decision that the paper is
	DecisionNumber string     `json:"decision_number,omitempty"`
	Product        string     `json:"-"`     // whose history tells it; "" for none
	Drawn          bool       `json:"drawn"` // the program wrote the paper: it can be drawn again
	RegisteredBy   string     `json:"registered_by"`
	RegisteredAt   time.Time  `json:"registered_at"`
	VoidedBy       string     `json:"voided_by,omitempty"`
	VoidedAt       *time.Time `json:"voided_at"`
	Reason         string     `json:"reason"` // for which it is void
	Version        int64      `json:"version"`
	Parties        []ocop.Ref `json:"parties"` // units and producers that it came from, or went to
	Products       []ocop.Ref `json:"products"`
	File           *PaperFile `json:"file"`

	Sought string `json:"-"` // words by which it is found
	Body   string `json:"-"` // of a paper that the program wrote
}

// Void reports whether the line was a mistake.
func (l Paper) Void() bool { return l.VoidedAt != nil }

// PaperFile is the scan of a paper.
type PaperFile struct {
	Paper     string    `json:"-"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	FiledBy   string    `json:"filed_by"`
	FiledAt   time.Time `json:"filed_at"`
}

var (
	tableCorrespondence = table("correspondence", "id").with(text("id"), text("unit"), whole("year"), text("direction"), whole("number"), text("symbol"), text("folded"),
		whole("dated").null(), whole("dated_year"), whole("received_on").null(), whole("registered_on"), whole("due_on"), text("kind"), text("others").kept(private),
		text("summary").kept(private), text("sought").kept(private), text("decision").null(), text("product").null(), text("body").kept(private), text("registered_by"),
		whole("registered_at"), text("voided_by").null(), whole("voided_at").null(), text("reason").kept(private), whole("version"))

	tablePaperParties  = table("correspondence_parties", "line", "unit").with(text("line"), text("unit"))
	tablePaperProducts = table("correspondence_products", "line", "product").with(text("line"), text("product"))

	tablePaperFiles = table("correspondence_files", "line").with(text("line"), text("name").kept(private), text("media_type"), whole("size"), text("sha256"),
		text("filed_by"), whole("filed_at"))
)

const (
	paperColumns = `x.id, u.id, u.code, u.name_vi, u.path, x.year, x.direction, x.number, x.symbol, x.dated, x.received_on, x.registered_on, x.due_on, x.kind, x.others, x.summary,
	x.decision, d.number, x.product, x.body <> '', x.registered_by, x.registered_at, x.voided_by, x.voided_at, x.reason, x.version`
	paperFrom = ` FROM correspondence x JOIN units u ON u.id = x.unit LEFT JOIN decisions d ON d.id = x.decision `

	sqlNextPaper  = `SELECT COALESCE(max(number), 0) + 1 FROM correspondence WHERE unit = $1 AND direction = $2 AND year = $3`
	sqlPaperBody  = `SELECT body FROM correspondence WHERE id = $1`
	sqlSymboled   = `SELECT ` + paperColumns + paperFrom + `WHERE x.unit = $1 AND x.direction = $2 AND x.dated_year = $3 AND x.folded = $4 AND x.voided_at IS NULL ORDER BY x.id`
	sqlPaperYears = `SELECT DISTINCT year FROM correspondence WHERE unit = $1 ORDER BY year DESC LIMIT 50`
)

var (
	setPapers = sqldb.Set{
		SQL:     `SELECT ` + paperColumns + paperFrom + `WHERE x.id IN (SELECT c1 FROM {rows}) ORDER BY x.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setPaperParties = sqldb.Set{
		SQL:     `SELECT p.line, u.id, u.code, u.name_vi FROM correspondence_parties p JOIN units u ON u.id = p.unit WHERE p.line IN (SELECT c1 FROM {rows}) ORDER BY p.line, u.kind, u.name_vi`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setPaperProducts = sqldb.Set{
		SQL:     `SELECT p.line, n.id, n.code, n.name FROM correspondence_products p JOIN products n ON n.id = p.product WHERE p.line IN (SELECT c1 FROM {rows}) ORDER BY p.line, n.code`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setPaperFiles = sqldb.Set{
		SQL:     `SELECT f.line, f.name, f.media_type, f.size, f.sha256, f.filed_by, f.filed_at FROM correspondence_files f WHERE f.line IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writePaper         = inserts(tableCorrespondence)
	writePaperVoid     = updates(tableCorrespondence, "voided_by", "voided_at", "reason", "version").next()
	writePaperParties  = inserts(tablePaperParties)
	writePaperProducts = inserts(tablePaperProducts)
	writePaperFile     = inserts(tablePaperFiles)
)

func scanPaper(s scanner) (l Paper, err error) {
	var dated, received, voided sql.NullInt64
	var registered, due, at int64
	var decision, number, product, by sql.NullString
	err = s.Scan(&l.ID, &l.Unit.ID, &l.Unit.Code, &l.Unit.Name, &l.Path, &l.Year, &l.Direction, &l.Number, &l.Symbol, &dated, &received, &registered, &due, &l.Kind, &l.Others, &l.Summary,
		&decision, &number, &product, &l.Drawn, &l.RegisteredBy, &at, &by, &voided, &l.Reason, &l.Version)
	l.Dated, l.ReceivedOn, l.RegisteredOn, l.DueOn = day(dated), day(received), ocop.Date(registered), ocop.Date(due)
	l.Late, l.Decision, l.DecisionNumber, l.Product = l.RegisteredOn > l.DueOn, decision.String, number.String, product.String
	l.RegisteredAt, l.VoidedBy, l.VoidedAt = sqldb.Time(at), by.String, moment(voided)
	l.Others, l.Summary, l.Reason = readable(l.Others), readable(l.Summary), readable(l.Reason)
	l.Parties, l.Products = []ocop.Ref{}, []ocop.Ref{}
	return l, err
}

// NextPaper is the number of the next line of a register.
func NextPaper(ctx context.Context, q sqldb.Querier, unit string, d Direction, year int) (n int64, err error) {
	return n, q.QueryRow(ctx, sqlNextPaper, unit, string(d), year).Scan(&n)
}

// Symboled are the lines that stand of papers with a symbol of a year.
func Symboled(ctx context.Context, q sqldb.Querier, unit string, d Direction, year int, symbol string) ([]Paper, error) {
	rows, err := q.Query(ctx, sqlSymboled, unit, string(d), year, FoldNumber(symbol))
	list, err := collect(rows, err, "lines of a symbol", scanPaper)
	if err != nil {
		return nil, err
	}
	return withParts(ctx, q, list)
}

// PaperYears are those of which a unit has a register, the newest first.
func PaperYears(ctx context.Context, q sqldb.Querier, unit string) ([]int, error) {
	rows, err := q.Query(ctx, sqlPaperYears, unit)
	return collect(rows, err, "years of registers", func(s scanner) (n int, err error) { return n, s.Scan(&n) })
}

// PaperBody is the paper of a line that the program wrote; "" without one.
func PaperBody(ctx context.Context, q sqldb.Querier, id string) (string, error) {
	body, err := one(q.QueryRow(ctx, sqlPaperBody, id), "paper of a line", func(s scanner) (b string, err error) { return b, s.Scan(&b) })
	if err != nil || body == nil {
		return "", err
	}
	return readable(*body), nil
}

// PapersByID finds many with all that belongs to them.
func PapersByID(ctx context.Context, q sqldb.Querier, list []string) (map[string]*Paper, error) {
	rows, err := sqldb.QuerySet(ctx, q, setPapers, ids(list))
	found, err := collect(rows, err, "lines", scanPaper)
	if err != nil {
		return nil, err
	}
	out := map[string]*Paper{}
	found, err = withParts(ctx, q, found)
	for i := range found {
		out[found[i].ID] = &found[i]
	}
	return out, err
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Warning is a letter about a certificate that ends.
type Warning struct {
	Certificate string    `json:"certificate"`
	Warning     string    `json:"warning"`
	Paper       string    `json:"paper"` // line of the register
	Product     string    `json:"product"`
	WrittenOn   ocop.Date `json:"written_on"`
	WrittenBy   string    `json:"written_by"`
}

var tableWarnings = table("warnings", "certificate", "warning", "paper").of("product").with(text("certificate"), text("warning"), text("paper"), text("product"), whole("written_on"), text("written_by"))

// notVoid is that the line of a letter's register still counts.
const notVoid = `NOT EXISTS (SELECT 1 FROM correspondence v WHERE v.id = w.paper AND v.voided_at IS NOT NULL)`

var (
	setWarnings = sqldb.Set{
		SQL:     `SELECT w.certificate, w.warning, w.paper, w.product, w.written_on, w.written_by FROM warnings w WHERE w.product IN (SELECT c1 FROM {rows}) AND ` + notVoid + ` ORDER BY w.certificate, w.warning, w.paper`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeWarnings = inserts(tableWarnings)
)

// Warnings are the letters about certificates of each product.
func Warnings(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Warning, error) {
	rows, err := sqldb.QuerySet(ctx, q, setWarnings, ids(products))
	return grouped(rows, err, "warnings", func(s scanner) (string, Warning, error) {
		var w Warning
		var on int64
		err := s.Scan(&w.Certificate, &w.Warning, &w.Paper, &w.Product, &on, &w.WrittenBy)
		w.WrittenOn = ocop.Date(on)
		return w.Product, w, err
	})
}

// InsertWarning notes that a letter was written.
func InsertWarning(ctx context.Context, tx *sqldb.Tx, w Warning) error {
	return writeWarnings.one(ctx, tx, "insert warning", w.Certificate, w.Warning, w.Paper, w.Product, int64(w.WrittenOn), w.WrittenBy)
}

const sqlUnwarned = `SELECT p.id FROM certificates k JOIN products p ON p.id = k.product AND p.certificate = k.number
WHERE COALESCE(k.extended_to, k.last_day) >= $1 AND COALESCE(k.extended_to, k.last_day) <= $2 AND k.extended_to IS NULL AND k.superseded_on IS NULL AND k.revoked_on IS NULL AND p.round IS NULL AND p.state = 'certified'
	AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.product = p.id AND (t.name = 'reckon' OR t.deadline LIKE $3))
	AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.product = p.id AND m.deadline LIKE $3)
	AND NOT EXISTS (SELECT 1 FROM warnings w WHERE w.certificate = k.number) ORDER BY p.id LIMIT $4`

// Unwarned are products whose certificate ends between two days and of which
// nothing with the beginning given was said or is going to be.
func Unwarned(ctx context.Context, q sqldb.Querier, prefix string, from, to ocop.Date, limit int) ([]string, error) {
	rows, err := q.Query(ctx, sqlUnwarned, int64(from), int64(to), prefix+"%", limit)
	return collect(rows, err, "certificates not warned of", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
}

// EndingFilter narrows certificates that are to be warned of. From and To are
// those of their last days.
type EndingFilter struct {
	View     access.View
	Warning  string
	From, To ocop.Date
	Unless   []ocop.Track
	Written  bool
	Numbers  []string // only these; nil for all
	After    string   // "day|number" of the last one seen
	Limit    int
}

// EndingCertificate is a certificate in force with its letter, if that was written.
type EndingCertificate struct {
	OfProduct
	ProducerID string
	Commune    *ocop.Ref
	Letter     *Warning
	Symbol     string // of the letter, else ""
	Line       int64  // its number in the register
}

// Endings gives one page of certificates of products in view by their last day.
func Endings(ctx context.Context, q sqldb.Querier, f EndingFilter) ([]EndingCertificate, error) {
	var b binder
	code := b.bind(f.Warning)
	const last = "COALESCE(k.extended_to, k.last_day)" // as the index has it
	conds := []string{viewCondition(f.View, b.bind), last + " >= " + b.bind(int64(f.From)), last + " <= " + b.bind(int64(f.To)),
		"k.extended_to IS NULL", "k.superseded_on IS NULL", "k.revoked_on IS NULL", "p.state NOT IN ('withdrawn', 'revoked')"}
	for _, t := range f.Unless {
		conds = append(conds, "p.track <> "+b.bind(string(t)))
	}
	if f.Written {
		conds = append(conds, "w.paper IS NOT NULL")
	} else {
		conds = append(conds, "w.paper IS NULL")
	}
	if f.Numbers != nil {
		var places []string
		for _, n := range f.Numbers {
			places = append(places, b.bind(n))
		}
		conds = append(conds, "k.number IN ("+strings.Join(places, ", ")+")")
	}
	if day, number, ok := strings.Cut(f.After, "|"); ok {
		if on, err := ocop.ParseDate(day); err == nil {
			conds = append(conds, fmt.Sprintf("(%s, k.number) > (%s, %s)", last, b.bind(int64(on)), b.bind(number)))
		}
	}
	text := "SELECT " + certificateColumns + `, p.code, p.name, p.criteria_set, pu.code, pu.name_vi, pu.id, c.id, c.code, c.name_vi, w.paper, w.written_on, a.name, r.symbol, r.number
FROM certificates k JOIN products p ON p.id = k.product AND p.certificate = k.number JOIN units pu ON pu.id = p.producer LEFT JOIN units c ON c.id = p.commune
LEFT JOIN warnings w ON w.certificate = k.number AND w.warning = ` + code + ` AND ` + notVoid + ` LEFT JOIN correspondence r ON r.id = w.paper LEFT JOIN accounts a ON a.id = w.written_by
WHERE ` + strings.Join(conds, " AND ") + " ORDER BY " + last + ", k.number LIMIT " + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "certificates that end", func(s scanner) (x EndingCertificate, err error) {
		var commune, communeCode, communeName, paper, by, symbol sql.NullString
		var on, line sql.NullInt64
		x.Certificate, err = scanCertificate(beside{s, []any{&x.Code, &x.Name, &x.Set, &x.ProducerCode, &x.Producer, &x.ProducerID, &commune, &communeCode, &communeName, &paper, &on, &by, &symbol, &line}})
		if commune.Valid {
			x.Commune = &ocop.Ref{ID: commune.String, Code: communeCode.String, Name: communeName.String}
		}
		if paper.Valid {
			x.Letter = &Warning{Certificate: x.Number, Warning: f.Warning, Paper: paper.String, Product: x.Product, WrittenOn: ocop.Date(on.Int64), WrittenBy: by.String}
			x.Symbol, x.Line = symbol.String, line.Int64
		}
		return x, err
	})
}

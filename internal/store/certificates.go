package store

import (
	"fmt"
	"strings"

	"context"
	"database/sql"

	"ocopflow/internal/access"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

const certificateColumns = `k.number, k.product, k.round, k.stars, k.level, k.decision, k.decided_on, k.decision_file, k.issued_on, k.last_day,
	k.superseded_by, k.superseded_on, k.revoked_on, k.extended_to, k.assumed, k.entry`

const (
	sqlCertificate  = `SELECT ` + certificateColumns + ` FROM certificates k WHERE k.number = $1`
	sqlCertificates = `SELECT ` + certificateColumns + ` FROM certificates k WHERE k.product = $1 ORDER BY k.issued_on, k.number`
)

var (
	// The newest certificate of each product.
	setCertificates = sqldb.Set{
		SQL:     `SELECT ` + certificateColumns + ` FROM certificates k JOIN products p ON p.certificate = k.number WHERE p.id IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setTaken = sqldb.Set{
		SQL:     `SELECT k.number FROM certificates k WHERE k.number IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeCertificates = inserts(tableCertificates, "number", "product", "round", "stars", "level", "decision", "decided_on", "decision_file", "issued_on", "last_day", "assumed", "entry")
	// The product never changes; by it a row finds the entry of its own move.
	writeAmended = updates(tableCertificates, "product", "superseded_by", "superseded_on", "revoked_on", "extended_to")
)

func scanCertificate(s scanner) (k ocop.Certificate, err error) {
	var round, file, by sql.NullString
	var decided, superseded, revoked, extended sql.NullInt64
	var issued, last int64
	err = s.Scan(&k.Number, &k.Product, &round, &k.Stars, &k.Level, &k.Decision, &decided, &file, &issued, &last,
		&by, &superseded, &revoked, &extended, &k.Assumed, &k.Entry)
	k.Round, k.DecisionFile, k.SupersededBy = round.String, file.String, by.String
	k.DecidedOn, k.SupersededOn, k.RevokedOn, k.ExtendedTo = day(decided), day(superseded), day(revoked), day(extended)
	k.IssuedOn, k.LastDay = ocop.Date(issued), ocop.Date(last)
	return k, err
}

// Certificate finds one by its number; nil when there is none.
func Certificate(ctx context.Context, q sqldb.Querier, number string) (*ocop.Certificate, error) {
	return one(q.QueryRow(ctx, sqlCertificate, number), "certificate", scanCertificate)
}

// CertificatesOf lists all of a product, the oldest first.
func CertificatesOf(ctx context.Context, q sqldb.Querier, product string) ([]ocop.Certificate, error) {
	rows, err := q.Query(ctx, sqlCertificates, product)
	return collect(rows, err, "certificates", scanCertificate)
}

// NewestCertificates finds the newest of each product that has one.
func NewestCertificates(ctx context.Context, q sqldb.Querier, products []string) (map[string]*ocop.Certificate, error) {
	rows, err := sqldb.QuerySet(ctx, q, setCertificates, ids(products))
	out := map[string]*ocop.Certificate{}
	_, err = collect(rows, err, "newest certificates", func(s scanner) (struct{}, error) {
		k, err := scanCertificate(s)
		out[k.Product] = &k
		return struct{}{}, err
	})
	return out, err
}

// TakenNumbers says which certificate numbers are in use.
func TakenNumbers(ctx context.Context, q sqldb.Querier, numbers []string) (map[string]bool, error) {
	rows, err := sqldb.QuerySet(ctx, q, setTaken, ids(numbers))
	out := map[string]bool{}
	_, err = collect(rows, err, "certificate numbers", func(s scanner) (struct{}, error) {
		var n string
		err := s.Scan(&n)
		out[n] = true
		return struct{}{}, err
	})
	return out, err
}

// InsertCertificates adds certificates with the entries that issued them.
func InsertCertificates(ctx context.Context, tx *sqldb.Tx, list []ocop.Certificate) error {
	var rows [][]any
	for _, k := range list {
		rows = append(rows, []any{k.Number, k.Product, nullText(k.Round), int64(k.Stars), string(k.Level), k.Decision, nullDay(k.DecidedOn),
			nullText(k.DecisionFile), int64(k.IssuedOn), int64(k.LastDay), k.Assumed, k.Entry})
	}
	return writeCertificates.all(ctx, tx, "insert certificates", rows)
}

// AmendCertificates saves that certificates were superseded, revoked or extended.
func AmendCertificates(ctx context.Context, tx *sqldb.Tx, list []ocop.Certificate) error {
	var rows [][]any
	for _, k := range list {
		rows = append(rows, []any{k.Number, k.Product, nullText(k.SupersededBy), nullDay(k.SupersededOn), nullDay(k.RevokedOn), nullDay(k.ExtendedTo)})
	}
	return writeAmended.all(ctx, tx, "amend certificates", rows)
}

// CertificateFilter narrows a list of certificates. Zero fields do not.
type CertificateFilter struct {
	View    access.View
	From    ocop.Date // last day, from
	To      ocop.Date // to, both inside; 0 for no end
	InForce bool      // neither superseded nor revoked
	After   string    // "day|number" of the last one seen
	Limit   int
}

// OfProduct is a certificate with the product that it was issued for.
type OfProduct struct {
	ocop.Certificate
	Code, Name             string
	ProducerCode, Producer string
	Set                    int
}

// ListCertificates gives one page of certificates of products in view, by the
// day on which they end.
func ListCertificates(ctx context.Context, q sqldb.Querier, f CertificateFilter) ([]OfProduct, error) {
	var b binder
	const last = "COALESCE(k.extended_to, k.last_day)"
	conds := []string{viewCondition(f.View, b.bind), last + " >= " + b.bind(int64(f.From))}
	if f.To != 0 {
		conds = append(conds, last+" <= "+b.bind(int64(f.To)))
	}
	if f.InForce {
		conds = append(conds, "k.superseded_on IS NULL AND k.revoked_on IS NULL")
	}
	if day, number, ok := strings.Cut(f.After, "|"); ok {
		d, err := ocop.ParseDate(day)
		if err != nil {
			return nil, nil // no page comes after what is no day
		}
		conds = append(conds, fmt.Sprintf("(%s, k.number) > (%s, %s)", last, b.bind(int64(d)), b.bind(number)))
	}
	text := "SELECT " + certificateColumns + ", p.code, p.name, p.criteria_set, pu.code, pu.name_vi FROM certificates k JOIN products p ON p.id = k.product JOIN units pu ON pu.id = p.producer WHERE " +
		strings.Join(conds, " AND ") + " ORDER BY " + last + ", k.number LIMIT " + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "certificates", func(s scanner) (x OfProduct, err error) {
		x.Certificate, err = scanCertificate(beside{s, []any{&x.Code, &x.Name, &x.Set, &x.ProducerCode, &x.Producer}})
		return x, err
	})
}

// Cursor is the place in the list after a certificate.
func (x OfProduct) Cursor() string {
	last := x.LastDay
	if x.ExtendedTo != nil {
		last = *x.ExtendedTo
	}
	return last.String() + "|" + x.Number
}

// beside scans further columns behind those that a scan of a row knows.
type beside struct {
	scanner
	more []any
}

func (b beside) Scan(into ...any) error { return b.scanner.Scan(append(into, b.more...)...) }

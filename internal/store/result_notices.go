package store

import (
	"context"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// ResultNotice is a written notice of a product's result, with its line in the
// register.
type ResultNotice struct {
	Paper       string    `json:"paper"` // id of the line
	Product     string    `json:"product"`
	Session     string    `json:"session"`               // whose result it tells
	Certificate string    `json:"certificate,omitempty"` // that it tells of; "" before there was one
	Symbol      string    `json:"symbol"`
	SentOn      ocop.Date `json:"sent_on"`
	SentBy      string    `json:"sent_by"`
	SentAt      time.Time `json:"sent_at"`
	Void        bool      `json:"void"`
}

var tableResultNotices = table("result_notices", "paper").of("product").with(text("paper"), text("product"), text("session"), text("certificate"))

var (
	setResultNotices = sqldb.Set{
		SQL: `SELECT n.paper, n.product, n.session, n.certificate, x.symbol, x.registered_on, x.registered_by, x.registered_at, x.voided_at IS NOT NULL
FROM result_notices n JOIN correspondence x ON x.id = n.paper WHERE n.product IN (SELECT c1 FROM {rows}) ORDER BY n.product, n.paper`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeResultNotice = inserts(tableResultNotices)
)

// ResultNotices are those of each product, the oldest first.
func ResultNotices(ctx context.Context, q sqldb.Querier, products []string) (map[string][]ResultNotice, error) {
	rows, err := sqldb.QuerySet(ctx, q, setResultNotices, ids(products))
	return grouped(rows, err, "notices of results", func(s scanner) (string, ResultNotice, error) {
		var n ResultNotice
		var on, at int64
		err := s.Scan(&n.Paper, &n.Product, &n.Session, &n.Certificate, &n.Symbol, &on, &n.SentBy, &at, &n.Void)
		n.SentOn, n.SentAt = ocop.Date(on), sqldb.Time(at)
		return n.Product, n, err
	})
}

// InsertResultNotice says which result a paper that was sent tells.
func InsertResultNotice(ctx context.Context, tx *sqldb.Tx, n ResultNotice) error {
	return writeResultNotice.one(ctx, tx, "insert notice of a result", n.Paper, n.Product, n.Session, n.Certificate)
}

// Unnoticed are products that councils of these units scored, the newest first, for
// whose session no notice stands that tells what there is to tell. Whether the
// session still counts is the caller's to see.
func Unnoticed(ctx context.Context, q sqldb.Querier, units []string, limit int) ([]string, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var b binder
	places := make([]string, len(units))
	for i, id := range units {
		places[i] = b.bind(id)
	}
	rows, err := q.Query(ctx, `SELECT s.product FROM sessions s JOIN councils k ON k.id = s.council WHERE s.status = 'closed' AND k.unit IN (`+strings.Join(places, ", ")+`)
AND NOT EXISTS (SELECT 1 FROM result_notices n JOIN correspondence x ON x.id = n.paper WHERE n.session = s.id AND x.voided_at IS NULL
	AND n.certificate = COALESCE((SELECT max(c.number) FROM certificates c WHERE c.product = s.product AND c.round = s.round), ''))
ORDER BY s.id DESC LIMIT `+b.bind(limit), b.args...)
	return collect(rows, err, "results without a notice", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
}

package store

import (
	"context"
	"database/sql"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Expiry is how many certificates of a commune end on a day.
type Expiry struct {
	Day     ocop.Date
	Commune *ocop.Ref // nil where it is not known
	Stars   int
	Count   int64
	Warned  int64 // of which a letter went out
}

// Expiries counts the certificates of products in view that are neither
// superseded nor revoked, by the day on which they end, both days inside.
func Expiries(ctx context.Context, q sqldb.Querier, v access.View, from, to ocop.Date) ([]Expiry, error) {
	var b binder
	const last = "COALESCE(k.extended_to, k.last_day)"
	conds := []string{viewCondition(v, b.bind), last + " >= " + b.bind(int64(from)), last + " <= " + b.bind(int64(to)), "k.superseded_on IS NULL AND k.revoked_on IS NULL"}
	text := "SELECT " + last + ", c.id, c.code, c.name_vi, k.stars, COUNT(*), SUM(CASE WHEN EXISTS (SELECT 1 FROM warnings w WHERE w.certificate = k.number AND " + notVoid + ") THEN 1 ELSE 0 END) FROM certificates k JOIN products p ON p.id = k.product LEFT JOIN units c ON c.id = p.commune WHERE " +
		strings.Join(conds, " AND ") + " GROUP BY " + last + ", c.id, c.code, c.name_vi, k.stars ORDER BY " + last + ", c.name_vi, c.code, k.stars"
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "endings of certificates", func(s scanner) (e Expiry, err error) {
		var id, code, name sql.NullString
		var on int64
		err = s.Scan(&on, &id, &code, &name, &e.Stars, &e.Count, &e.Warned)
		if e.Day = ocop.Date(on); id.Valid {
			e.Commune = &ocop.Ref{ID: id.String, Code: code.String, Name: name.String}
		}
		return e, err
	})
}

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

// Tally is how many certificates of some stars share a day.
type Tally struct {
	Stars int
	Day   ocop.Date
	Count int64
}

func scanTally(s scanner) (t Tally, err error) { return t, s.Scan(&t.Stars, &t.Day, &t.Count) }

// Issued counts certificates of products in view by stars and day of issue.
func Issued(ctx context.Context, q sqldb.Querier, v access.View) ([]Tally, error) {
	var b binder
	text := `SELECT k.stars, k.issued_on, count(*) FROM certificates k JOIN products p ON p.id = k.product WHERE ` + viewCondition(v, b.bind) +
		` GROUP BY k.stars, k.issued_on ORDER BY k.issued_on, k.stars`
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "certificates issued", scanTally)
}

// Ending counts certificates in force, of products in view, by stars and last
// day, from one day to another, both inside.
func Ending(ctx context.Context, q sqldb.Querier, v access.View, from, to ocop.Date) ([]Tally, error) {
	var b binder
	where := viewCondition(v, b.bind)
	last := "COALESCE(k.extended_to, k.last_day)"
	text := fmt.Sprintf(`SELECT k.stars, %s, count(*) FROM certificates k JOIN products p ON p.id = k.product WHERE %s
		AND k.superseded_on IS NULL AND k.revoked_on IS NULL AND %s >= %s AND %s <= %s GROUP BY k.stars, %s ORDER BY 2, 1`,
		last, where, last, b.bind(int64(from)), last, b.bind(int64(to)), last)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "certificates ending", scanTally)
}

// Reaching is what Reached counts: certificates at or below a place, of at least
// some stars or of exactly so many.
type Reaching struct {
	Place        ocop.Path
	Stars        int
	Exactly      bool
	On           ocop.Date // in force then
	Since, Until ocop.Date // came to so many stars between, both inside
}

// Reached counts the products that have such a certificate in force, and those
// among them that came to so many stars without having had them before.
func Reached(ctx context.Context, q sqldb.Querier, r Reaching) (held, fresh int64, err error) {
	var b binder
	where := pathsBelow("p.path", []ocop.Path{r.Place}, b.bind)
	most := 5
	if r.Exactly {
		most = r.Stars
	}
	least, top := b.bind(r.Stars), b.bind(most)
	day, first, last := b.bind(int64(r.On)), b.bind(int64(r.Since)), b.bind(int64(r.Until))
	text := fmt.Sprintf(`SELECT count(DISTINCT k.product), count(DISTINCT CASE WHEN k.issued_on >= %[4]s AND k.issued_on <= %[5]s AND NOT EXISTS
		(SELECT 1 FROM certificates o WHERE o.product = k.product AND o.stars >= %[2]s AND o.issued_on < %[4]s) THEN k.product END)
		FROM certificates k JOIN products p ON p.id = k.product WHERE %[1]s AND k.stars >= %[2]s AND k.stars <= %[6]s AND k.issued_on <= %[3]s
		AND COALESCE(k.extended_to, k.last_day) >= %[3]s AND (k.superseded_on IS NULL OR k.superseded_on > %[3]s)
		AND (k.revoked_on IS NULL OR k.revoked_on > %[3]s)`, where, least, day, first, last, top)
	err = q.QueryRow(ctx, text, b.args...).Scan(&held, &fresh)
	return held, fresh, err
}

// Step is a move of a product, with the state that it led to in its entry.
type Step struct {
	Product string
	Commune string // name, "" where it is not known
	At      time.Time
	Body    string
}

// Steps are the newest moves of products in view, the newest first.
func Steps(ctx context.Context, q sqldb.Querier, v access.View, limit int) ([]Step, error) {
	var b binder
	where := viewCondition(v, b.bind)
	text := `SELECT m.product, c.name_vi, m.at, e.body FROM moves m JOIN products p ON p.id = m.product JOIN entries e ON e.idx = m.entry
		LEFT JOIN units c ON c.id = p.commune WHERE ` + where + ` ORDER BY m.entry DESC LIMIT ` + b.bind(limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "steps", func(s scanner) (x Step, err error) {
		var commune sql.NullString
		var at int64
		err = s.Scan(&x.Product, &commune, &at, &x.Body)
		x.Commune, x.At = strings.TrimSpace(commune.String), sqldb.Time(at)
		return x, err
	})
}

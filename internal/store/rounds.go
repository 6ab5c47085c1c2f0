package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

const roundColumns = `r.id, r.product, r.number, r.track, r.procedure_name, r.procedure_version, r.procedure_hash, r.campaign, r.level,
	r.opened_at, r.opened_by, r.closed_at, r.outcome, r.data`

const (
	sqlRoundsOf       = `SELECT ` + roundColumns + ` FROM rounds r WHERE r.product = $1 ORDER BY r.number`
	sqlProductOfRound = `SELECT product FROM rounds WHERE id = $1 UNION SELECT id FROM products WHERE id = $1`
	sqlPinned         = `SELECT product FROM rounds WHERE closed_at IS NULL AND procedure_name = $1 AND procedure_version = $2 AND product > $3 ORDER BY product LIMIT $4`
	sqlProcedureInUse = `SELECT (SELECT count(*) FROM rounds WHERE procedure_name = $1 AND procedure_version = $2) + (SELECT count(*) FROM petitions WHERE procedure_name = $1 AND procedure_version = $2)`
	sqlProcedure      = `SELECT hash FROM procedures WHERE name = $1 AND version = $2`
	sqlProcedureText  = `SELECT body FROM procedures WHERE name = $1 AND version = $2`
)

var (
	setOpenRounds = sqldb.Set{
		SQL:     `SELECT ` + roundColumns + ` FROM rounds r WHERE r.product IN (SELECT c1 FROM {rows}) AND r.closed_at IS NULL`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	// The moves that put results on record, of products without an open round.
	setJudgedRounds = sqldb.Set{
		SQL: `SELECT ` + roundColumns + `, m.at FROM moves m JOIN rounds r ON r.id = m.round JOIN products p ON p.id = m.product
			WHERE p.id IN (SELECT c1 FROM {rows}) AND p.round IS NULL AND m.event IN ('score', 'score_in_writing') ORDER BY m.entry`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setRoundCounts = sqldb.Set{
		SQL:     `SELECT product, count(*) FROM rounds WHERE product IN (SELECT c1 FROM {rows}) GROUP BY product`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeOpened = inserts(tableRounds, "id", "product", "track", "procedure_name", "procedure_version", "procedure_hash", "campaign", "level", "opened_at", "opened_by", "outcome", "data", "number")
	// The product never changes; by it a row finds the entry of its own move.
	writeRounds    = updates(tableRounds, "product", "level", "closed_at", "outcome", "data")
	writeRepinned  = updates(tableRounds, "procedure_version", "procedure_hash", "level", "data")
	writeProcedure = upserts(tableProcedures)
)

func scanRound(s scanner, more ...any) (r ocop.Round, err error) {
	var campaign sql.NullString
	var opened, number int64
	var closed sql.NullInt64
	var data string
	if err = s.Scan(append([]any{&r.ID, &r.Product, &number, &r.Track, &r.Procedure, &r.Version, &r.Hash, &campaign, &r.Level,
		&opened, &r.OpenedBy, &closed, &r.Outcome, &data}, more...)...); err != nil {
		return r, err
	}
	r.Number, r.Campaign, r.OpenedAt, r.ClosedAt = int(number), campaign.String, sqldb.Time(opened), moment(closed)
	return r, json.Unmarshal([]byte(data), &r.Data)
}

// RoundsOf lists the rounds of a product, the first first.
func RoundsOf(ctx context.Context, q sqldb.Querier, product string) ([]ocop.Round, error) {
	rows, err := q.Query(ctx, sqlRoundsOf, product)
	return collect(rows, err, "rounds", func(s scanner) (ocop.Round, error) { return scanRound(s) })
}

// ProductOfRound is the product of a round, or the product itself whose id was
// given; "" when there is neither.
func ProductOfRound(ctx context.Context, q sqldb.Querier, id string) (product string, err error) {
	if err = q.QueryRow(ctx, sqlProductOfRound, id).Scan(&product); sqldb.NoRows(err) {
		return "", nil
	}
	return product, err
}

// OpenRounds finds the open round of each product that has one.
func OpenRounds(ctx context.Context, q sqldb.Querier, products []string) (map[string]*ocop.Round, error) {
	rows, err := sqldb.QuerySet(ctx, q, setOpenRounds, ids(products))
	out := map[string]*ocop.Round{}
	_, err = collect(rows, err, "open rounds", func(s scanner) (struct{}, error) {
		r, err := scanRound(s)
		out[r.Product] = &r
		return struct{}{}, err
	})
	return out, err
}

// Judged is a round that has ended with a result, and when that was put on record.
type Judged struct {
	ocop.Round
	At time.Time
}

// JudgedRounds finds the newest such round of each product that has no round open.
func JudgedRounds(ctx context.Context, q sqldb.Querier, products []string) (map[string]Judged, error) {
	rows, err := sqldb.QuerySet(ctx, q, setJudgedRounds, ids(products))
	out := map[string]Judged{}
	_, err = collect(rows, err, "rounds with a result", func(s scanner) (struct{}, error) {
		var at int64
		r, err := scanRound(s, &at)
		if err == nil && r.Data.Result != nil {
			out[r.Product] = Judged{r, sqldb.Time(at)}
		}
		return struct{}{}, err
	})
	return out, err
}

// RoundCounts are the numbers of rounds that products have had.
func RoundCounts(ctx context.Context, q sqldb.Querier, products []string) (map[string]int, error) {
	rows, err := sqldb.QuerySet(ctx, q, setRoundCounts, ids(products))
	out := map[string]int{}
	_, err = collect(rows, err, "rounds", func(s scanner) (struct{}, error) {
		var product string
		var n int
		err := s.Scan(&product, &n)
		out[product] = n
		return struct{}{}, err
	})
	return out, err
}

// InsertRounds opens rounds.
func InsertRounds(ctx context.Context, tx *sqldb.Tx, list []*ocop.Round) error {
	var rows [][]any
	for _, r := range list {
		data, err := json.Marshal(r.Data)
		if err != nil {
			return err
		}
		rows = append(rows, []any{r.ID, r.Product, string(r.Track), r.Procedure, r.Version, r.Hash, nullText(r.Campaign), string(r.Level),
			sqldb.Micros(r.OpenedAt), r.OpenedBy, "", string(data), int64(r.Number)})
	}
	return writeOpened.all(ctx, tx, "insert rounds", rows)
}

// SaveRounds saves what moves have put on record, and endings.
func SaveRounds(ctx context.Context, tx *sqldb.Tx, list []*ocop.Round) error {
	var rows [][]any
	for _, r := range list {
		data, err := json.Marshal(r.Data)
		if err != nil {
			return err
		}
		rows = append(rows, []any{r.ID, r.Product, string(r.Level), nullTime(r.ClosedAt), string(r.Outcome), string(data)})
	}
	return writeRounds.all(ctx, tx, "save rounds", rows)
}

// Pinned are products with an open round of one version, after an id.
func Pinned(ctx context.Context, q sqldb.Querier, name, version, after string, limit int) ([]string, error) {
	rows, err := q.Query(ctx, sqlPinned, name, version, after, limit)
	return collect(rows, err, "pinned rounds", func(s scanner) (id string, err error) {
		err = s.Scan(&id)
		return id, err
	})
}

// Repin saves that an open round goes on under another version.
func Repin(ctx context.Context, tx *sqldb.Tx, r *ocop.Round) error {
	data, err := json.Marshal(r.Data)
	if err != nil {
		return err
	}
	return writeRepinned.one(ctx, tx, "repin round", r.ID, r.Version, r.Hash, string(r.Level), string(data))
}

// ProcedureHash is the hash under which a version was published, "" when it
// was not, and whether any round or petition is pinned to it.
func ProcedureHash(ctx context.Context, q sqldb.Querier, name, version string) (hash string, used bool, err error) {
	if err = q.QueryRow(ctx, sqlProcedure, name, version).Scan(&hash); err != nil && !sqldb.NoRows(err) {
		return "", false, err
	}
	var n int64
	err = q.QueryRow(ctx, sqlProcedureInUse, name, version).Scan(&n)
	return hash, n > 0, err
}

// ProcedureText is a procedure as it was published, "" when it was not.
func ProcedureText(ctx context.Context, q sqldb.Querier, name, version string) (text string, err error) {
	if err = q.QueryRow(ctx, sqlProcedureText, name, version).Scan(&text); sqldb.NoRows(err) {
		return "", nil
	}
	return text, err
}

// SaveProcedure keeps the text of a procedure as it was published.
func SaveProcedure(ctx context.Context, tx *sqldb.Tx, name, version, hash, body string, at time.Time) error {
	return writeProcedure.one(ctx, tx, "publish procedure", name, version, hash, body, sqldb.Micros(at))
}

const sqlPublished = `SELECT name, version, hash, published_at FROM procedures ORDER BY published_at, name, version`

// Procedure is a version as it was published, without its text.
type Procedure struct {
	Name, Version, Hash string
	PublishedAt         time.Time
}

// Published are all versions, in the order of publishing.
func Published(ctx context.Context, q sqldb.Querier) ([]Procedure, error) {
	rows, err := q.Query(ctx, sqlPublished)
	return collect(rows, err, "procedures", func(s scanner) (p Procedure, err error) {
		var at int64
		err = s.Scan(&p.Name, &p.Version, &p.Hash, &at)
		p.PublishedAt = sqldb.Time(at)
		return p, err
	})
}

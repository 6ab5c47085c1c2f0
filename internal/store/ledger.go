package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
)

// Head is the one row that every write passes: the tree's right edge, and the
// time of the newest entry.
type Head struct {
	Origin string
	Tree   ledger.Tree
	LastAt time.Time
}

const (
	sqlHead       = `SELECT origin, size, edge, last_at FROM ledger_head WHERE id = 1`
	sqlLockHead   = sqlHead + ` {lock}`
	sqlInsertHead = `INSERT INTO ledger_head (id, origin, size, edge, root, last_at) VALUES (1, $1, 0, $2, $3, $4) ON CONFLICT (id) DO NOTHING`
	sqlSwapHead   = `UPDATE ledger_head SET size = $1, edge = $2, root = $3, last_at = $4 WHERE id = 1 AND size = $5`
)

var (
	setStreamEnds = sqldb.Set{
		SQL: `SELECT e.stream, e.seq, e.hash FROM {rows} JOIN entries e ON e.stream = r.c1
			AND e.seq = (SELECT max(l.seq) FROM entries l WHERE l.stream = r.c1)`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setEntries = sqldb.Set{
		SQL: `INSERT INTO entries (idx, stream, seq, at, actor, kind, event, product, round, hash, body)
			SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 FROM {rows}`,
		Columns: []sqldb.Kind{sqldb.Int, sqldb.Text, sqldb.Int, sqldb.Int, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Bytes, sqldb.Text},
	}
	setSubtrees = sqldb.Set{
		SQL:     `INSERT INTO subtrees (level, idx, hash) SELECT c1, c2, c3 FROM {rows}`,
		Columns: []sqldb.Kind{sqldb.Int, sqldb.Int, sqldb.Bytes},
	}
	setPrivate = sqldb.Set{
		SQL:     `INSERT INTO private_values (commitment, entry, field, salt, value) SELECT c1, c2, c3, c4, c5 FROM {rows}`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Int, sqldb.Text, sqldb.Bytes, sqldb.Text},
	}
)

// CreateHead starts an empty ledger under its random origin, once.
func CreateHead(ctx context.Context, tx *sqldb.Tx, origin string) error {
	empty := ledger.Tree{}
	root := empty.Root()
	_, err := tx.Exec(ctx, sqlInsertHead, origin, []byte{}, root[:], int64(0))
	return err
}

// LoadHead reads the head.
func LoadHead(ctx context.Context, q sqldb.Querier) (Head, error) {
	return head(func(dest ...any) error { return q.QueryRow(ctx, sqlHead).Scan(dest...) })
}

// LockHead reads the head and makes every other writer wait for this
// transaction, which begins with it.
func LockHead(ctx context.Context, tx *sqldb.Tx) (Head, error) {
	return head(func(dest ...any) error { return tx.First(ctx, sqlLockHead, dest...) })
}

func head(scan func(dest ...any) error) (h Head, err error) {
	var size, last int64
	var edge []byte
	if err := scan(&h.Origin, &size, &edge, &last); err != nil {
		return h, fmt.Errorf("ledger head: %w", err)
	}
	h.Tree, err = ledger.ParseTree(size, edge)
	h.LastAt = sqldb.Time(last)
	return h, err
}

// SwapHead moves the head on from the size that was read, or fails.
func SwapHead(ctx context.Context, tx *sqldb.Tx, from int64, h Head) error {
	root := h.Tree.Root()
	return exec(ctx, tx, "swap ledger head", sqlSwapHead, h.Tree.Size, h.Tree.MarshalEdge(), root[:], sqldb.Micros(h.LastAt), from)
}

// StreamEnds finds the last entry of each stream; new streams are not in the answer.
func StreamEnds(ctx context.Context, q sqldb.Querier, streams []string) (map[string]ledger.StreamEnd, error) {
	rows, err := sqldb.QuerySet(ctx, q, setStreamEnds, ids(streams))
	ends := map[string]ledger.StreamEnd{}
	_, err = collect(rows, err, "streams", func(s scanner) (struct{}, error) {
		var name string
		var end ledger.StreamEnd
		var hash []byte
		err := s.Scan(&name, &end.Seq, &hash)
		end.Hash = leaf(hash)
		ends[name] = end
		return struct{}{}, err
	})
	return ends, err
}

// Append writes entries, the subtrees that they complete, and the private values
// behind their commitments.
func Append(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry, subtrees []ledger.Subtree) error {
	var lines, private, roots [][]any
	for _, e := range entries {
		lines = append(lines, []any{e.Index, e.Stream, e.Seq, sqldb.Micros(e.At), e.Actor.ID, e.Kind, e.Event,
			nullText(e.Product), nullText(e.Round), e.Hash[:], string(e.Bytes)})
		for _, p := range slices.Concat(e.Private, e.Hidden) {
			private = append(private, []any{p.Commitment(), e.Index, p.Field, p.Salt[:], p.Value})
		}
	}
	if err := sqldb.MustSet(ctx, tx, "append entries", setEntries, lines); err != nil {
		return err
	}
	for _, t := range subtrees {
		roots = append(roots, []any{int64(t.Level), t.Index, t.Hash[:]})
	}
	if err := sqldb.MustSet(ctx, tx, "save subtrees", setSubtrees, roots); err != nil {
		return err
	}
	return sqldb.MustSet(ctx, tx, "save private values", setPrivate, private)
}

// Line is an entry as it was stored.
type Line struct {
	Index   int64
	Stream  string
	Seq     int64
	At      time.Time
	Actor   string
	Kind    string
	Event   string
	Product string
	Round   string
	Hash    tlog.Hash
	Body    string
}

const lineColumns = `idx, stream, seq, at, actor, kind, event, CASE WHEN product = '' THEN '?' ELSE COALESCE(product, '') END, CASE WHEN round = '' THEN '?' ELSE COALESCE(round, '') END, hash, body`

const (
	sqlLines        = `SELECT ` + lineColumns + ` FROM entries WHERE idx >= $1 ORDER BY idx LIMIT $2`
	sqlLine         = `SELECT ` + lineColumns + ` FROM entries WHERE idx = $1`
	sqlProductLines = `SELECT ` + lineColumns + ` FROM entries WHERE product = $1 AND idx > $2 AND kind <> 'schedule' ORDER BY idx LIMIT $3`
	sqlProductEvent = `SELECT ` + lineColumns + ` FROM entries WHERE product = $1 AND event = $2 ORDER BY idx`
	sqlLeaves       = `SELECT hash FROM entries WHERE idx >= $1 ORDER BY idx LIMIT $2`
	sqlSubtrees     = `SELECT hash FROM subtrees WHERE level = $1 AND idx >= $2 ORDER BY idx LIMIT $3`
	sqlLastRefusal  = `SELECT ` + lineColumns + ` FROM entries WHERE stream = $1 AND actor = $2 AND kind = 'refusal' AND at > $3 ORDER BY seq DESC LIMIT 8`
	sqlPrivate      = `SELECT v.entry, v.field, v.value FROM private_values v JOIN entries e ON e.idx = v.entry WHERE e.product = $1 AND e.idx > $2 AND e.idx <= $3 ORDER BY v.entry`
)

// leaf reads a hash; what has another length is none.
func leaf(b []byte) (h tlog.Hash) {
	if len(b) == tlog.HashSize {
		copy(h[:], b)
	}
	return h
}

func scanLine(s scanner) (l Line, err error) {
	var at int64
	var hash []byte
	err = s.Scan(&l.Index, &l.Stream, &l.Seq, &at, &l.Actor, &l.Kind, &l.Event, &l.Product, &l.Round, &hash, &l.Body)
	l.At = sqldb.Time(at)
	l.Hash = leaf(hash)
	return l, err
}

// Lines reads entries in the order of the ledger, from an index on.
func Lines(ctx context.Context, q sqldb.Querier, from int64, limit int) ([]Line, error) {
	rows, err := q.Query(ctx, sqlLines, from, limit)
	return collect(rows, err, "entries", scanLine)
}

// LineAt is the entry at an index; nil when there is none.
func LineAt(ctx context.Context, q sqldb.Querier, index int64) (*Line, error) {
	return one(q.QueryRow(ctx, sqlLine, index), "entry", scanLine)
}

// ProductLines reads a product's entries after an index, -1 for all, without those
// that only set its timers again.
func ProductLines(ctx context.Context, q sqldb.Querier, product string, after int64, limit int) ([]Line, error) {
	rows, err := q.Query(ctx, sqlProductLines, product, after, limit)
	return collect(rows, err, "history", scanLine)
}

// ProductEvents reads all entries of one event of a product.
func ProductEvents(ctx context.Context, q sqldb.Querier, product, event string) ([]Line, error) {
	rows, err := q.Query(ctx, sqlProductEvent, product, event)
	return collect(rows, err, "events of product", scanLine)
}

// Hashes reads stored roots of perfect subtrees: n of them at a level of tiles,
// 0 for leaves, from an index on.
func Hashes(ctx context.Context, q sqldb.Querier, level int, from, n int64) ([]tlog.Hash, error) {
	text, args := sqlLeaves, []any{from, n}
	if level > 0 {
		text, args = sqlSubtrees, []any{int64(level), from, n}
	}
	rows, err := q.Query(ctx, text, args...)
	return collect(rows, err, "hashes", func(s scanner) (h tlog.Hash, err error) {
		var b []byte
		err = s.Scan(&b)
		return leaf(b), err
	})
}

// RecentRefusals are an actor's newest refusals in a stream since a moment.
func RecentRefusals(ctx context.Context, q sqldb.Querier, stream, actor string, since time.Time) ([]Line, error) {
	rows, err := q.Query(ctx, sqlLastRefusal, stream, actor, sqldb.Micros(since))
	return collect(rows, err, "refusals", scanLine)
}

// PrivateValues are the free texts of a product's entries behind one index and up to
// another, by entry and field.
func PrivateValues(ctx context.Context, q sqldb.Querier, product string, after, last int64) (map[int64]map[string]string, error) {
	rows, err := q.Query(ctx, sqlPrivate, product, after, last)
	return privates(rows, err)
}

// privates reads free texts by entry and field.
func privates(rows *sql.Rows, err error) (map[int64]map[string]string, error) {
	out := map[int64]map[string]string{}
	_, err = collect(rows, err, "private values", func(s scanner) (struct{}, error) {
		var entry int64
		var field, value string
		err := s.Scan(&entry, &field, &value)
		if out[entry] == nil {
			out[entry] = map[string]string{}
		}
		out[entry][field] = value
		return struct{}{}, err
	})
	return out, err
}

const (
	sqlPrivateRange = `SELECT commitment, entry, field, salt, value FROM private_values WHERE entry >= $1 AND entry < $2 ORDER BY entry, commitment`
	sqlStrayPrivate = `SELECT commitment, entry, field, salt, value FROM private_values WHERE entry < 0 OR entry >= $1 ORDER BY entry LIMIT 100`
	sqlSubtreePage  = `SELECT level, idx, hash FROM subtrees WHERE (level, idx) > ($1, $2) ORDER BY level, idx LIMIT $3`
	sqlHeadRoot     = `SELECT root FROM ledger_head WHERE id = 1`
	sqlBlobPage     = `SELECT sha256 FROM blobs WHERE sha256 > $1 ORDER BY sha256 LIMIT $2`
)

var setCommitments = sqldb.Set{
	SQL:     `SELECT v.commitment, v.entry, v.field, v.salt, v.value FROM private_values v WHERE v.commitment IN (SELECT c1 FROM {rows})`,
	Columns: []sqldb.Kind{sqldb.Text},
}

// Hidden is a private value as it is kept.
type Hidden struct {
	Commitment string
	Entry      int64
	Field      string
	Salt       []byte
	Value      string
}

func scanHidden(s scanner) (h Hidden, err error) {
	err = s.Scan(&h.Commitment, &h.Entry, &h.Field, &h.Salt, &h.Value)
	return h, err
}

// HiddenOf are the private values of entries from one up to another, which is
// not among them.
func HiddenOf(ctx context.Context, q sqldb.Querier, from, to int64) ([]Hidden, error) {
	rows, err := q.Query(ctx, sqlPrivateRange, from, to)
	return collect(rows, err, "private values", scanHidden)
}

// StrayHidden are private values that name no entry of a ledger of that size.
func StrayHidden(ctx context.Context, q sqldb.Querier, size int64) ([]Hidden, error) {
	rows, err := q.Query(ctx, sqlStrayPrivate, size)
	return collect(rows, err, "private values", scanHidden)
}

// HiddenBy finds private values by their commitments.
func HiddenBy(ctx context.Context, q sqldb.Querier, commitments []string) (map[string]Hidden, error) {
	rows, err := sqldb.QuerySet(ctx, q, setCommitments, ids(commitments))
	out := map[string]Hidden{}
	list, err := collect(rows, err, "private values", scanHidden)
	for _, h := range list {
		out[h.Commitment] = h
	}
	return out, err
}

// Subtrees pages through stored roots of subtrees, after one.
func Subtrees(ctx context.Context, q sqldb.Querier, level int, index int64, limit int) ([]ledger.Subtree, error) {
	rows, err := q.Query(ctx, sqlSubtreePage, int64(level), index, limit)
	return collect(rows, err, "subtrees", func(s scanner) (t ledger.Subtree, err error) {
		var b []byte
		err = s.Scan(&t.Level, &t.Index, &b)
		t.Hash = leaf(b)
		return t, err
	})
}

// HeadRoot is the root as it is stored beside the head.
func HeadRoot(ctx context.Context, q sqldb.Querier) ([]byte, error) {
	var b []byte
	err := q.QueryRow(ctx, sqlHeadRoot).Scan(&b)
	return b, err
}

// BlobNames pages through the hashes under which contents are kept.
func BlobNames(ctx context.Context, q sqldb.Querier, after string, limit int) ([]string, error) {
	rows, err := q.Query(ctx, sqlBlobPage, after, limit)
	return collect(rows, err, "blobs", func(s scanner) (name string, err error) {
		err = s.Scan(&name)
		return name, err
	})
}

const sqlLinesUntil = `SELECT ` + lineColumns + ` FROM entries WHERE idx >= $1 AND at <= $2 AND kind <> 'refusal' AND ($3 = '' OR product = $3 OR product IS NULL) ORDER BY idx LIMIT $4`

// LinesUntil reads the entries that tell rows, from an index on and up to a
// moment: those of one product and of none, or all for "".
func LinesUntil(ctx context.Context, q sqldb.Querier, from int64, at time.Time, product string, limit int) ([]Line, error) {
	rows, err := q.Query(ctx, sqlLinesUntil, from, sqldb.Micros(at), product, limit)
	return collect(rows, err, "entries", scanLine)
}

const sqlStreamPrivate = `SELECT v.entry, v.field, v.value FROM private_values v JOIN entries e ON e.idx = v.entry WHERE e.stream = $1 ORDER BY v.entry`

// StreamPrivates are the free texts of a stream's entries, by entry and field.
func StreamPrivates(ctx context.Context, q sqldb.Querier, stream string) (map[int64]map[string]string, error) {
	rows, err := q.Query(ctx, sqlStreamPrivate, stream)
	return privates(rows, err)
}

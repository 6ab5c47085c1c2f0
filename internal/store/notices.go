package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Notice is a mark with the product that it is about.
type Notice struct {
	Mark
	Name string `json:"product_name,omitempty"`
}

// NoticeFilter says whose notices are meant, and which of them.
type NoticeFilter struct {
	Actor     access.Actor
	Petitions PetitionView // of the actor
	Before    int64        // entry of the last one seen; 0 for the newest
	Since     int64        // only those of later entries
	Limit     int
}

const (
	// What was said of a document is gone once a newer version took its place.
	noticeFrom = ` FROM marks m JOIN products p ON p.id = m.product JOIN units u ON u.id = p.producer
WHERE NOT (m.deadline LIKE 'document:%' AND EXISTS (SELECT 1 FROM documents n WHERE n.producer = p.producer AND n.replaces = substr(m.deadline, 10))) AND `
	matterFrom = ` FROM matter_marks m LEFT JOIN petitions n ON n.id = m.petition LEFT JOIN units a ON a.id = n.asker LEFT JOIN products p ON p.id = n.product WHERE `

	sqlReadUpTo   = `SELECT entry FROM notice_readings WHERE account = $1`
	sqlReadNotice = `INSERT INTO notice_readings (account, entry, read_at) VALUES ($1, $2, $3)
ON CONFLICT (account) DO UPDATE SET entry = excluded.entry, read_at = excluded.read_at WHERE excluded.entry > notice_readings.entry`
)

// where is that a mark is for a role that the actor holds where the product,
// or for producers its owner, is, or for the actor's unit by its code, and that
// the product is in view. A campaign names units, or "producers", where a
// procedure names roles.
func (f NoticeFilter) where(bind func(any) string) string {
	said := func(name string) string {
		return `m.roles LIKE ` + bind(`%"`+escapeLike(name)+`"%`) + ` ESCAPE '\'`
	}
	var held []string
	for _, g := range f.Actor.Grants {
		column, role := "p.path", said(string(g.Role))
		if g.Role == access.Producer {
			column = "u.path"
		}
		held = append(held, "("+role+" AND "+pathsBelow(column, []ocop.Path{g.Path}, bind)+")")
		held = append(held, `EXISTS (SELECT 1 FROM units w WHERE w.id = `+bind(g.Unit)+` AND m.roles LIKE '%"' || w.code || '"%')`)
	}
	where := anyOf(held) + " AND " + viewCondition(f.Actor.Products(), bind)
	if f.Before > 0 {
		where += " AND m.entry < " + bind(f.Before)
	}
	return where + " AND m.entry > " + bind(f.Since)
}

// Notices are what was said to an actor about deadlines of products and matters,
// newest first.
func Notices(ctx context.Context, q sqldb.Querier, f NoticeFilter) ([]Notice, error) {
	list, err := productNotices(ctx, q, f)
	if err != nil {
		return nil, err
	}
	beside, err := matterNotices(ctx, q, f)
	list = append(list, beside...)
	slices.SortFunc(list, func(a, b Notice) int { return cmp.Compare(b.Entry, a.Entry) })
	return list[:min(len(list), f.Limit)], err
}

func matterNotices(ctx context.Context, q sqldb.Querier, f NoticeFilter) ([]Notice, error) {
	var b binder
	text := `SELECT m.matter, m.deadline, m.kind, m.days, m.last_day, m.roles, m.at, m.entry` + matterFrom + f.told(b.bind) + ` ORDER BY m.entry DESC LIMIT ` + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "notices of matters", func(s scanner) (Notice, error) {
		m, err := scanMatterMark(s)
		return Notice{Mark: m}, err
	})
}

// told is that a mark of a matter was said to a role that the actor holds at its
// place, or to the actor's unit, and that the petition is in view.
func (f NoticeFilter) told(bind func(any) string) string {
	var held []string
	for _, g := range f.Actor.Grants {
		held = append(held, "(t.role = "+bind(string(g.Role))+" AND "+pathsBelow("t.place", []ocop.Path{g.Path}, bind)+")")
		if ofTheHouse(g.Role) {
			held = append(held, "(t.role = '' AND t.place = "+bind(string(g.Path))+")")
		}
	}
	where := `EXISTS (SELECT 1 FROM matter_told t WHERE t.entry = m.entry AND ` + anyOf(held) + `) AND (m.petition IS NULL OR ` + PetitionFilter{View: f.Petitions}.condition(bind) + `)`
	if f.Before > 0 {
		where += " AND m.entry < " + bind(f.Before)
	}
	return where + " AND m.entry > " + bind(f.Since)
}

func productNotices(ctx context.Context, q sqldb.Querier, f NoticeFilter) ([]Notice, error) {
	var b binder
	text := `SELECT m.product, m.deadline, m.kind, m.days, m.last_day, m.roles, m.at, m.entry, p.name` + noticeFrom + f.where(b.bind) + ` ORDER BY m.entry DESC LIMIT ` + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "notices", func(s scanner) (n Notice, err error) {
		var at, last int64
		var roles string
		if err := s.Scan(&n.Product, &n.Deadline, &n.Kind, &n.Days, &last, &roles, &at, &n.Entry, &n.Name); err != nil {
			return n, err
		}
		n.LastDay, n.At = ocop.Date(last), sqldb.Time(at)
		return n, json.NewDecoder(strings.NewReader(roles)).Decode(&n.Roles)
	})
}

// newestMarks is among how many marks notices are counted: every page does so,
// and must not cost more the longer somebody was away.
const newestMarks = 5000

// CountNotices counts an actor's notices among the newest marks, up to the
// filter's limit.
func CountNotices(ctx context.Context, q sqldb.Querier, f NoticeFilter) (n int, err error) {
	var b binder
	text := `SELECT count(*) FROM (SELECT m.entry` + noticeFrom + f.where(b.bind) +
		` AND m.entry > COALESCE((SELECT o.entry FROM marks o ORDER BY o.entry DESC LIMIT 1 OFFSET ` + b.bind(newestMarks) + `), -1) LIMIT ` + b.bind(f.Limit) + `) x`
	if err = q.QueryRow(ctx, text, b.args...).Scan(&n); err != nil || n >= f.Limit {
		return n, err
	}
	var c binder
	beside := 0
	text = `SELECT count(*) FROM (SELECT m.entry` + matterFrom + f.told(c.bind) +
		` AND m.entry > COALESCE((SELECT o.entry FROM matter_marks o ORDER BY o.entry DESC LIMIT 1 OFFSET ` + c.bind(newestMarks) + `), -1) LIMIT ` + c.bind(f.Limit) + `) x`
	err = q.QueryRow(ctx, text, c.args...).Scan(&beside)
	return min(n+beside, f.Limit), err
}

// ReadUpTo is the entry up to which an account has read its notices.
func ReadUpTo(ctx context.Context, q sqldb.Querier, account string) (int64, error) {
	entry, err := one(q.QueryRow(ctx, sqlReadUpTo, account), "notices read", func(s scanner) (n int64, err error) {
		err = s.Scan(&n)
		return n, err
	})
	if err != nil || entry == nil {
		return -1, err
	}
	return *entry, nil
}

// ReadNotices keeps up to which entry an account has read; it never goes back.
func ReadNotices(ctx context.Context, tx *sqldb.Tx, account string, entry int64, at time.Time) error {
	_, err := tx.Exec(ctx, sqlReadNotice, account, entry, sqldb.Micros(at))
	return err
}

package store

import (
	"context"
	"encoding/json"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Mark says that a deadline of a product, or of a matter, was reminded of, passed
// or escalated.
type Mark struct {
	Product  string      `json:"product,omitempty"`
	Matter   string      `json:"matter,omitempty"` // in place of a product: a petition, or the duties of a campaign
	Deadline string      `json:"deadline"`
	Kind     TimerKind   `json:"kind"`
	Days     int         `json:"days"`
	LastDay  ocop.Date   `json:"last_day"`
	Roles    []ocop.Role `json:"roles"` // whom it is for
	Told     []Told      `json:"-"`     // of a matter: these roles, each at its place
	At       time.Time   `json:"at"`
	Entry    int64       `json:"entry"`
}

// Extension is a later last day of a deadline. Product is "" when it holds for
// the whole campaign.
type Extension struct {
	ID       string
	Deadline string
	Campaign string
	Product  string
	Was      ocop.Date
	LastDay  ocop.Date
	By       string
	At       time.Time
	Entry    int64
}

// Calendar is a working-day calendar as published.
type Calendar struct {
	Name        string
	Hash        string
	Body        string
	BuiltIn     bool
	KnownOn     ocop.Date
	PublishedAt time.Time
}

const (
	sqlCampaignExtensions = `SELECT campaign, deadline, was, last_day, entry FROM extensions WHERE campaign = $1 AND product IS NULL ORDER BY entry`
	sqlCalendars          = `SELECT name, hash, body, built_in, known_on, published_at FROM calendars ORDER BY name`
)

var (
	setMarks = sqldb.Set{
		SQL:     `SELECT m.product, m.deadline, m.kind, m.days, m.last_day, m.roles, m.at, m.entry FROM marks m WHERE m.product IN (SELECT c1 FROM {rows}) ORDER BY m.entry`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeMarks     = inserts(tableMarks)
	writeExtension = inserts(tableExtensions)
	writeCalendar  = upserts(tableCalendars)
	// A later extension of the same deadline goes before an earlier one, and one
	// of the product before its campaign's.
	setExtensions = sqldb.Set{
		SQL: `SELECT p.id, e.deadline, e.product IS NOT NULL, e.was, e.last_day, e.entry FROM products p JOIN extensions e ON e.product = p.id WHERE p.id IN (SELECT c1 FROM {rows})
			UNION ALL SELECT p.id, e.deadline, e.product IS NOT NULL, e.was, e.last_day, e.entry FROM products p JOIN extensions e ON e.campaign = p.campaign AND e.product IS NULL
			WHERE p.id IN (SELECT c1 FROM {rows}) ORDER BY 3, 6`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

// Marks of products, oldest first.
func Marks(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Mark, error) {
	rows, err := sqldb.QuerySet(ctx, q, setMarks, ids(products))
	out := map[string][]Mark{}
	_, err = collect(rows, err, "marks", func(s scanner) (struct{}, error) {
		var m Mark
		var at, last int64
		var roles string
		if err := s.Scan(&m.Product, &m.Deadline, &m.Kind, &m.Days, &last, &roles, &at, &m.Entry); err != nil {
			return struct{}{}, err
		}
		m.LastDay, m.At = ocop.Date(last), sqldb.Time(at)
		err := json.Unmarshal([]byte(roles), &m.Roles)
		out[m.Product] = append(out[m.Product], m)
		return struct{}{}, err
	})
	return out, err
}

// InsertMarks keeps what was said about deadlines.
func InsertMarks(ctx context.Context, tx *sqldb.Tx, list []Mark) error {
	var rows [][]any
	for _, m := range list {
		roles, err := json.Marshal(m.Roles)
		if err != nil {
			return err
		}
		rows = append(rows, []any{m.Product, m.Deadline, string(m.Kind), int64(m.Days), int64(m.LastDay), string(roles), sqldb.Micros(m.At), m.Entry})
	}
	return writeMarks.all(ctx, tx, "insert marks", rows)
}

// Extensions that hold for each product, by the deadline's id; Was is the last
// day before the first of them.
func Extensions(ctx context.Context, q sqldb.Querier, products []string) (map[string]map[string]Extension, error) {
	rows, err := sqldb.QuerySet(ctx, q, setExtensions, ids(products))
	out := map[string]map[string]Extension{}
	_, err = collect(rows, err, "extensions", func(s scanner) (struct{}, error) {
		var product string
		var own bool
		var was, last int64
		var e Extension
		if err := s.Scan(&product, &e.Deadline, &own, &was, &last, &e.Entry); err != nil {
			return struct{}{}, err
		}
		e.Was, e.LastDay = ocop.Date(was), ocop.Date(last)
		if out[product] == nil {
			out[product] = map[string]Extension{}
		}
		if old, ok := out[product][e.Deadline]; ok {
			e.Was, e.LastDay = min(e.Was, old.Was), max(e.LastDay, old.LastDay)
		}
		out[product][e.Deadline] = e
		return struct{}{}, nil
	})
	return out, err
}

// CampaignExtensions are those of a whole campaign, by the deadline's id.
func CampaignExtensions(ctx context.Context, q sqldb.Querier, campaign string) (map[string]Extension, error) {
	rows, err := q.Query(ctx, sqlCampaignExtensions, campaign)
	out := map[string]Extension{}
	_, err = collect(rows, err, "campaign extensions", func(s scanner) (struct{}, error) {
		var e Extension
		var was, last int64
		err := s.Scan(&e.Campaign, &e.Deadline, &was, &last, &e.Entry)
		e.Was, e.LastDay = ocop.Date(was), ocop.Date(last)
		if old, ok := out[e.Deadline]; ok {
			e.Was = min(e.Was, old.Was)
		}
		out[e.Deadline] = e
		return struct{}{}, err
	})
	return out, err
}

// InsertExtension keeps a later last day.
func InsertExtension(ctx context.Context, tx *sqldb.Tx, e Extension) error {
	return writeExtension.one(ctx, tx, "extend deadline", e.ID, e.Deadline, nullText(e.Campaign), nullText(e.Product),
		int64(e.Was), int64(e.LastDay), e.By, sqldb.Micros(e.At), e.Entry)
}

// Calendars are all that were published.
func Calendars(ctx context.Context, q sqldb.Querier) ([]Calendar, error) {
	rows, err := q.Query(ctx, sqlCalendars)
	return collect(rows, err, "calendars", func(s scanner) (c Calendar, err error) {
		var known, at int64
		err = s.Scan(&c.Name, &c.Hash, &c.Body, &c.BuiltIn, &known, &at)
		c.KnownOn, c.PublishedAt = ocop.Date(known), sqldb.Time(at)
		return c, err
	})
}

// SaveCalendar publishes a calendar, in place of an older one of its name.
func SaveCalendar(ctx context.Context, tx *sqldb.Tx, c Calendar) error {
	return writeCalendar.one(ctx, tx, "publish calendar", c.Name, c.Hash, c.Body, c.BuiltIn, int64(c.KnownOn), sqldb.Micros(c.PublishedAt))
}

package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// TimerKind is what a timer asks for.
type TimerKind string

// Kinds of timers.
const (
	TimerEvent    TimerKind = "event"    // a move that time alone makes
	TimerRemind   TimerKind = "remind"   // a deadline comes near
	TimerOverdue  TimerKind = "overdue"  // it has passed
	TimerEscalate TimerKind = "escalate" // it has passed for some time
	TimerReckon   TimerKind = "reckon"   // the product's deadlines are to be worked out again
)

// Timer is a moment at which time itself asks for something.
type Timer struct {
	Product  string
	Matter   string // in place of a product: what has days and is none
	Kind     TimerKind
	Event    ocop.Event // of an event timer
	Deadline string     // id, of the kinds about one
	Days     int        // before or after its last day
	LastDay  *ocop.Date // of the deadline when the timer was set; another one makes it void
	DueAt    time.Time
	Version  int64 // of an event timer: the product's; another one makes it void. Others would be written anew with every move for nothing, half of its rows
}

// Name tells a product's timers apart.
func (t Timer) Name() string {
	switch t.Kind {
	case TimerEvent:
		return "event:" + string(t.Event)
	case TimerReckon:
		return "reckon"
	}
	return string(t.Kind) + ":" + strconv.Itoa(t.Days) + ":" + t.Deadline
}

// Namesake reports whether two timers of one product have the same name.
func (t Timer) Namesake(u Timer) bool {
	return t.Kind == u.Kind && t.Event == u.Event && t.Days == u.Days && t.Deadline == u.Deadline
}

// timerNames are all columns of a timer.
const timerNames = `product, name, kind, event, deadline, days, last_day, due_at, version`

const timerColumns = `product, kind, event, deadline, days, last_day, due_at, version`

const (
	reckonFrom = `INSERT INTO timers (product, name, kind, event, deadline, days, last_day, due_at, version)
		SELECT p.id, 'reckon', 'reckon', '', '', 0, NULL, $1, 0 FROM products p WHERE `
	reckonAgain = ` ON CONFLICT (product, name) DO UPDATE SET due_at = excluded.due_at RETURNING ` + timerNames

	sqlDueTimers = `SELECT ` + timerColumns + ` FROM timers WHERE due_at <= $1 AND (due_at, product, name) > ($2, $3, $4) ORDER BY due_at, product, name LIMIT $5`

	sqlUntoldLapses = `SELECT DISTINCT p.id FROM documents d JOIN products p ON p.producer = d.producer AND (d.product = p.id OR d.product IS NULL)
WHERE d.valid_to >= $1 AND d.valid_to <= $2 AND p.state NOT IN ('withdrawn', 'revoked')
	AND NOT EXISTS (SELECT 1 FROM documents n WHERE n.producer = d.producer AND n.kind = d.kind AND n.replaces = d.id)
	AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.product = p.id AND (t.name = 'reckon' AND t.due_at < $4 OR t.deadline = 'document:' || d.id)) ORDER BY p.id LIMIT $3`

	// Three conditions, so that each is answered by its own index.
	sqlReckonAll      = reckonFrom + `p.round IS NOT NULL` + reckonAgain
	sqlReckonProduct  = reckonFrom + `p.id = $2` + reckonAgain
	sqlReckonCampaign = reckonFrom + `p.campaign = $2` + reckonAgain
)

var (
	// Reminders and marks whose moment has come stay: they are still to be said.
	setClearTimers = sqldb.Set{
		SQL:     `DELETE FROM timers WHERE product IN (SELECT c1 FROM {rows}) AND (due_at > (SELECT max(c2) FROM {rows}) OR kind IN ('event','reckon')) RETURNING product, name`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Int},
	}
	setTimers = sqldb.Set{
		SQL: `INSERT INTO timers (product, name, kind, event, deadline, days, last_day, due_at, version)
			SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM {rows} WHERE TRUE
			ON CONFLICT (product, name) DO UPDATE SET days = excluded.days, last_day = excluded.last_day, due_at = excluded.due_at, version = excluded.version
			RETURNING ` + timerNames,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Int, sqldb.Int, sqldb.Int, sqldb.Int},
	}
	setTimersOf = sqldb.Set{
		SQL:     `SELECT ` + timerColumns + ` FROM timers WHERE product IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeTimers   = upserts(tableTimers)
	writeNoTimers = deletes(tableTimers)
	setDropTimers = sqldb.Set{
		SQL:     `DELETE FROM timers WHERE (product, name) IN (SELECT c1, c2 FROM {rows}) RETURNING product, name`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text},
	}
)

// ReplaceTimers drops the timers of products that have not come due and sets
// new ones.
func ReplaceTimers(ctx context.Context, tx *sqldb.Tx, now time.Time, products []string, timers []Timer) error {
	var clear, rows [][]any
	for _, id := range products {
		clear = append(clear, []any{id, sqldb.Micros(now)})
	}
	if err := timersGone(ctx, tx, setClearTimers, clear); err != nil {
		return err
	}
	for _, t := range timers {
		rows = append(rows, t.row())
	}
	if len(rows) == 0 {
		return nil
	}
	set, err := sqldb.QuerySet(ctx, tx, setTimers, rows)
	return timersSet(tx, set, err)
}

// DropTimers removes timers that were seen to.
func DropTimers(ctx context.Context, tx *sqldb.Tx, list []Timer) error {
	var rows [][]any
	for _, t := range list {
		rows = append(rows, []any{t.Product, t.Name()})
	}
	return timersGone(ctx, tx, setDropTimers, rows)
}

func timersGone(ctx context.Context, tx *sqldb.Tx, s sqldb.Set, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	gone, err := sqldb.QuerySet(ctx, tx, s, rows)
	_, err = returned(tx, sqldb.OpGone, tableTimers, tableTimers.Key, gone, err)
	return err
}

func timersSet(tx *sqldb.Tx, rows *sql.Rows, err error) error {
	_, err = returned(tx, sqldb.OpPut, tableTimers, strings.Split(timerNames, ", "), rows, err)
	return err
}

// ReckonAll asks for the deadlines of all products in a round to be worked out
// again; ReckonCampaign for those of a campaign's products.
func ReckonAll(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	rows, err := tx.Query(ctx, sqlReckonAll, sqldb.Micros(now))
	return timersSet(tx, rows, err)
}

// ReckonProduct asks for the deadlines of one product.
func ReckonProduct(ctx context.Context, tx *sqldb.Tx, product string, now time.Time) error {
	rows, err := tx.Query(ctx, sqlReckonProduct, sqldb.Micros(now), product)
	return timersSet(tx, rows, err)
}

// ReckonCampaign asks for the deadlines of a campaign's products.
func ReckonCampaign(ctx context.Context, tx *sqldb.Tx, campaign string, now time.Time) error {
	rows, err := tx.Query(ctx, sqlReckonCampaign, sqldb.Micros(now), campaign)
	return timersSet(tx, rows, err)
}

// UntoldLapses are products of which a document lapses between two days without a
// timer that would say so, and without one to work the days out again on the first.
func UntoldLapses(ctx context.Context, q sqldb.Querier, from, to ocop.Date, limit int) ([]string, error) {
	rows, err := q.Query(ctx, sqlUntoldLapses, int64(from), int64(to), limit, sqldb.Micros((from + 1).Start()))
	return collect(rows, err, "lapses without a timer", func(s scanner) (id string, err error) {
		err = s.Scan(&id)
		return id, err
	})
}

// DueTimers are timers due at a moment, after the one given, oldest first.
func DueTimers(ctx context.Context, q sqldb.Querier, now time.Time, after Timer, limit int) ([]Timer, error) {
	name := ""
	if after.Product != "" {
		name = after.Name()
	}
	rows, err := q.Query(ctx, sqlDueTimers, sqldb.Micros(now), sqldb.Micros(after.DueAt), after.Product, name, limit)
	return collect(rows, err, "due timers", scanTimer)
}

func scanTimer(s scanner) (t Timer, err error) {
	var due int64
	var last sql.NullInt64
	err = s.Scan(&t.Product, &t.Kind, &t.Event, &t.Deadline, &t.Days, &last, &due, &t.Version)
	t.LastDay, t.DueAt = day(last), sqldb.Time(due)
	return t, err
}

// TimersOf are the timers of products.
func TimersOf(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Timer, error) {
	rows, err := sqldb.QuerySet(ctx, q, setTimersOf, ids(products))
	return grouped(rows, err, "timers", func(s scanner) (string, Timer, error) {
		t, err := scanTimer(s)
		return t.Product, t, err
	})
}

// Stays reports whether a timer outlives the next act on its product: reminders
// and marks whose moment has come are still to be said.
func (t Timer) Stays(now time.Time) bool {
	return !t.DueAt.After(now) && t.Kind != TimerEvent && t.Kind != TimerReckon
}

// ChangeTimers drops and sets timers that the caller has read before.
func ChangeTimers(ctx context.Context, tx *sqldb.Tx, gone, set []Timer) error {
	var keys, rows [][]any
	for _, t := range gone {
		keys = append(keys, []any{t.Product, t.Name()})
	}
	for _, t := range set {
		rows = append(rows, t.row())
	}
	if err := writeNoTimers.all(ctx, tx, "drop timers", keys); err != nil {
		return err
	}
	return writeTimers.all(ctx, tx, "set timers", rows)
}

func (t Timer) row() []any {
	return []any{t.Product, t.Name(), string(t.Kind), string(t.Event), t.Deadline, int64(t.Days), nullDay(t.LastDay), sqldb.Micros(t.DueAt), t.Version}
}

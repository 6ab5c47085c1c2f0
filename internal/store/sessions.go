package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Status of a scoring session.
type Status string

// What a session goes through: sheets are filled in and sealed, opened
// together, and the result is closed.
const (
	Scoring   Status = "scoring"
	Opened    Status = "opened"
	Closed    Status = "closed"
	Cancelled Status = "cancelled"
)

// Ways in which a council comes to its scores.
const (
	Meeting = "meeting"
	Written = "written"
)

// Session (phiên chấm) is one scoring of one product at one level.
type Session struct {
	ID        string
	Council   string
	Product   string
	Round     string
	Level     ocop.Level
	Procedure string // whose rules it follows, whatever applies later
	Rules     string // version of the procedure
	Set       int    // of criteria
	Kind      string // meeting or written
	HeldOn    ocop.Date
	Place     string
	Status    Status
	Turn      int             // of scoring, from 1
	Agreed    *criteria.Sheet // what papers decide, agreed once for all; nil before
	Result    *ocop.Scoring   // once closed
	CreatedBy string
	CreatedAt time.Time
	Version   int64
	Seats     []Seat
}

// Seat is a council member's part in a session.
type Seat struct {
	Account    string
	Name       string // of the account
	Display    string
	Position   Position
	DeclaredAt *time.Time
	Recused    bool
	Grounds    []string // of the recusal
}

const sessionColumns = `s.id, s.council, s.product, s.round, s.level, s.procedure_name, s.procedure_version, s.criteria_set, s.kind, s.held_on, s.place, s.status, s.turn, s.agreed, s.result, s.created_by, s.created_at, s.version`

const (
	sqlSession    = `SELECT ` + sessionColumns + ` FROM sessions s WHERE s.id = $1`
	sqlSessionsOf = `SELECT ` + sessionColumns + ` FROM sessions s WHERE s.product = $1 ORDER BY s.id`
	sqlSeats      = `SELECT x.account, a.name, ` + displayed + `, x.position, x.declared_at, x.recused, x.grounds FROM seats x JOIN accounts a ON a.id = x.account WHERE x.session = $1 ORDER BY x.place`
	sqlSits       = `SELECT DISTINCT s.product FROM seats x JOIN sessions s ON s.id = x.session WHERE x.account = $1 AND x.declared_at IS NOT NULL AND NOT x.recused AND s.status <> 'cancelled'`
)

var setScoring = sqldb.Set{
	SQL:     `SELECT product FROM sessions WHERE status IN ('scoring','opened') AND product IN (SELECT c1 FROM {rows})`,
	Columns: []sqldb.Kind{sqldb.Text},
}

// InSession are those of the products that have a running session.
func InSession(ctx context.Context, q sqldb.Querier, products []string) (map[string]bool, error) {
	rows, err := sqldb.QuerySet(ctx, q, setScoring, ids(products))
	out := map[string]bool{}
	list, err := collect(rows, err, "running sessions", func(s scanner) (id string, err error) {
		err = s.Scan(&id)
		return id, err
	})
	for _, id := range list {
		out[id] = true
	}
	return out, err
}

var setCancelSessions = sqldb.Set{
	SQL:     `UPDATE sessions SET status = 'cancelled', version = version + 1 WHERE status IN ('scoring','opened') AND product IN (SELECT c1 FROM {rows}) RETURNING id, product, status, version`,
	Columns: []sqldb.Kind{sqldb.Text},
}

var (
	writeSession = inserts(tableSessions)
	writeStep    = updates(tableSessions, "status", "turn", "agreed", "result", "version").next()
	writeSeats   = inserts(tableSeats)
	writeSeat    = updates(tableSeats, "declared_at", "recused", "grounds")
)

func scanSession(s scanner) (x Session, err error) {
	var criteriaSet, held, turn, created int64
	var agreed, result string
	if err = s.Scan(&x.ID, &x.Council, &x.Product, &x.Round, &x.Level, &x.Procedure, &x.Rules, &criteriaSet, &x.Kind, &held, &x.Place, &x.Status, &turn, &agreed, &result,
		&x.CreatedBy, &created, &x.Version); err != nil {
		return x, err
	}
	x.Set, x.HeldOn, x.Turn, x.CreatedAt = int(criteriaSet), ocop.Date(held), int(turn), sqldb.Time(created)
	if agreed != "" {
		x.Agreed = new(criteria.Sheet)
		if err = json.Unmarshal([]byte(agreed), x.Agreed); err != nil {
			return x, err
		}
	}
	if result != "" {
		x.Result = new(ocop.Scoring)
		err = json.Unmarshal([]byte(result), x.Result)
	}
	return x, err
}

// SessionByID finds a session with its seats; nil when there is none.
func SessionByID(ctx context.Context, q sqldb.Querier, id string) (*Session, error) {
	x, err := one(q.QueryRow(ctx, sqlSession, id), "session", scanSession)
	if err == nil && x != nil {
		x.Seats, err = seats(ctx, q, id)
	}
	return x, err
}

func seats(ctx context.Context, q sqldb.Querier, session string) ([]Seat, error) {
	rows, err := q.Query(ctx, sqlSeats, session)
	return collect(rows, err, "seats", func(s scanner) (x Seat, err error) {
		var declared sql.NullInt64
		var grounds string
		if err = s.Scan(&x.Account, &x.Name, &x.Display, &x.Position, &declared, &x.Recused, &grounds); err != nil {
			return x, err
		}
		x.DeclaredAt = moment(declared)
		return x, json.Unmarshal([]byte(grounds), &x.Grounds)
	})
}

// SessionsOf lists the sessions of a product, the first first.
func SessionsOf(ctx context.Context, q sqldb.Querier, product string) ([]Session, error) {
	rows, err := q.Query(ctx, sqlSessionsOf, product)
	list, err := collect(rows, err, "sessions", scanSession)
	for i := range list {
		if err == nil {
			list[i].Seats, err = seats(ctx, q, list[i].ID)
		}
	}
	return list, err
}

// SessionFilter narrows a list of sessions.
type SessionFilter struct {
	View     access.View
	Account  string // who asks: sessions with a seat of theirs are seen
	Mine     bool   // only those
	Product  string
	Status   string
	ID       string // that one alone
	Council  string
	Campaign string // id or code, of the round
	After    string // id
	Limit    int
}

// Sessions lists those in view, the newest first.
func Sessions(ctx context.Context, q sqldb.Querier, f SessionFilter) ([]Session, error) {
	var b binder
	where := seenBy(f.View, "u.path", `EXISTS (SELECT 1 FROM seats x WHERE x.session = s.id AND x.account = %s)`, f.Account, b.bind)
	if f.Product != "" {
		where += " AND s.product = " + b.bind(f.Product)
	}
	if f.Status != "" {
		where += " AND s.status = " + b.bind(f.Status)
	}
	if f.ID != "" {
		where += " AND s.id = " + b.bind(f.ID)
	}
	if f.Council != "" {
		where += " AND s.council = " + b.bind(f.Council)
	}
	if f.Campaign != "" {
		n := b.bind(f.Campaign)
		where += fmt.Sprintf(" AND s.round IN (SELECT r.id FROM rounds r WHERE r.campaign = COALESCE((SELECT g.id FROM campaigns g WHERE g.code = %s), %s))", n, n)
	}
	if f.After != "" {
		where += " AND s.id < " + b.bind(f.After)
	}
	text := fmt.Sprintf(`SELECT %s FROM sessions s JOIN councils k ON k.id = s.council JOIN units u ON u.id = k.unit WHERE %s ORDER BY s.id DESC LIMIT %s`, sessionColumns, where, b.bind(f.Limit))
	rows, err := q.Query(ctx, text, b.args...)
	list, err := collect(rows, err, "sessions", scanSession)
	for i := range list {
		if err == nil {
			list[i].Seats, err = seats(ctx, q, list[i].ID)
		}
	}
	return list, err
}

// InsertSession adds a session with its seats.
func InsertSession(ctx context.Context, tx *sqldb.Tx, x Session) error {
	if err := writeSession.one(ctx, tx, "insert session", x.ID, x.Council, x.Product, x.Round, string(x.Level), x.Procedure, x.Rules, int64(x.Set), x.Kind, int64(x.HeldOn), x.Place,
		string(x.Status), int64(1), "", "", x.CreatedBy, sqldb.Micros(x.CreatedAt), int64(1)); err != nil {
		return err
	}
	for i, s := range x.Seats {
		grounds, err := groundsText(s)
		if err != nil {
			return err
		}
		if err := writeSeats.one(ctx, tx, "insert seat", x.ID, s.Account, string(s.Position), int64(i), nil, s.Recused, grounds); err != nil {
			return err
		}
	}
	return nil
}

func groundsText(s Seat) (string, error) {
	if s.Grounds == nil {
		s.Grounds = []string{}
	}
	b, err := json.Marshal(s.Grounds)
	return string(b), err
}

// SaveSession saves a session if it is still at the version read, and fails
// otherwise.
func SaveSession(ctx context.Context, tx *sqldb.Tx, x Session) error {
	agreed, result := "", ""
	if x.Agreed != nil {
		b, err := json.Marshal(x.Agreed)
		if err != nil {
			return err
		}
		agreed = string(b)
	}
	if x.Result != nil {
		b, err := json.Marshal(x.Result)
		if err != nil {
			return err
		}
		result = string(b)
	}
	return writeStep.one(ctx, tx, "save session", x.ID, string(x.Status), int64(x.Turn), agreed, result, x.Version+1)
}

// SaveSeat saves what a member declared.
func SaveSeat(ctx context.Context, tx *sqldb.Tx, session string, s Seat) error {
	grounds, err := groundsText(s)
	if err != nil {
		return err
	}
	return writeSeat.one(ctx, tx, "save seat", session, s.Account, nullTime(s.DeclaredAt), s.Recused, grounds)
}

// CancelSessions ends the running sessions of products.
func CancelSessions(ctx context.Context, tx *sqldb.Tx, products []string) error {
	if len(products) == 0 {
		return nil
	}
	rows, err := sqldb.QuerySet(ctx, tx, setCancelSessions, ids(products))
	_, err = returned(tx, sqldb.OpSet, tableSessions, []string{"id", "product", "status", "version"}, rows, err)
	return err
}

// Sits are the products that an account may see for its seats in sessions: it
// declared that nothing stands against it.
func Sits(ctx context.Context, q sqldb.Querier, account string) ([]string, error) {
	rows, err := q.Query(ctx, sqlSits, account)
	return collect(rows, err, "seats of account", func(s scanner) (id string, err error) {
		err = s.Scan(&id)
		return id, err
	})
}

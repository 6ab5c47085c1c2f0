package store

import (
	"context"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Position of a person on a council.
type Position string

// The positions. The secretary runs sessions and, unless the procedure says so,
// does not score.
const (
	Chair     Position = "chair"
	ViceChair Position = "vice_chair"
	Member    Position = "member"
	Secretary Position = "secretary"
)

// Council (hội đồng) scores at one level of one unit, appointed by a decision.
type Council struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Unit      ocop.Ref        `json:"unit"`
	Path      ocop.Path       `json:"-"` // of the unit
	Level     ocop.Level      `json:"level"`
	Decision  string          `json:"decision"` // number of the decision that appointed it
	DecidedOn ocop.Date       `json:"decided_on"`
	CreatedBy string          `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`
	Entry     int64           `json:"entry"`
	Members   []CouncilMember `json:"members"`
}

// CouncilMember is a person on a council.
type CouncilMember struct {
	Account  string   `json:"account"`
	Name     string   `json:"name"`
	Display  string   `json:"display"`
	Position Position `json:"position"`
}

const councilColumns = `k.id, k.name, u.id, u.code, u.name_vi, u.path, k.level, k.decision, k.decided_on, k.created_by, k.created_at, k.entry`

const councilFrom = ` FROM councils k JOIN units u ON u.id = k.unit `

const (
	sqlCouncil        = `SELECT ` + councilColumns + councilFrom + `WHERE k.id = $1`
	sqlCouncilMembers = `SELECT m.account, a.name, ` + displayed + `, m.position FROM council_members m JOIN accounts a ON a.id = m.account WHERE m.council = $1 ORDER BY m.place`
)

var (
	writeCouncil       = inserts(tableCouncils)
	writeCouncilMember = inserts(tableCouncilMembers)
)

func scanCouncil(s scanner) (k Council, err error) {
	var decided, created int64
	err = s.Scan(&k.ID, &k.Name, &k.Unit.ID, &k.Unit.Code, &k.Unit.Name, &k.Path, &k.Level, &k.Decision, &decided, &k.CreatedBy, &created, &k.Entry)
	k.DecidedOn, k.CreatedAt = ocop.Date(decided), sqldb.Time(created)
	return k, err
}

// CouncilByID finds a council with its members; nil when there is none.
func CouncilByID(ctx context.Context, q sqldb.Querier, id string) (*Council, error) {
	k, err := one(q.QueryRow(ctx, sqlCouncil, id), "council", scanCouncil)
	if err != nil || k == nil {
		return nil, err
	}
	k.Members, err = councilMembers(ctx, q, id)
	return k, err
}

func councilMembers(ctx context.Context, q sqldb.Querier, id string) ([]CouncilMember, error) {
	rows, err := q.Query(ctx, sqlCouncilMembers, id)
	return collect(rows, err, "council members", func(s scanner) (m CouncilMember, err error) {
		err = s.Scan(&m.Account, &m.Name, &m.Display, &m.Position)
		return m, err
	})
}

// Councils lists those of units in view and those on which the account sits,
// after an id.
func Councils(ctx context.Context, q sqldb.Querier, v access.View, account, after string, limit int) ([]Council, error) {
	var b binder
	where := seenBy(v, "u.path", `EXISTS (SELECT 1 FROM council_members m WHERE m.council = k.id AND m.account = %s)`, account, b.bind)
	text := fmt.Sprintf(`SELECT %s%sWHERE %s AND k.id > %s ORDER BY k.id LIMIT %s`, councilColumns, councilFrom, where, b.bind(after), b.bind(limit))
	rows, err := q.Query(ctx, text, b.args...)
	list, err := collect(rows, err, "councils", scanCouncil)
	for i := range list {
		if err == nil {
			list[i].Members, err = councilMembers(ctx, q, list[i].ID)
		}
	}
	return list, err
}

// seenBy is the condition "below a unit in view, or the account has a part in it".
func seenBy(v access.View, path, part, account string, bind func(any) string) string {
	return anyOf([]string{fmt.Sprintf(part, bind(account)), pathsBelow(path, v.Units, bind)})
}

// InsertCouncil adds a council with its members.
func InsertCouncil(ctx context.Context, tx *sqldb.Tx, k Council) error {
	if err := writeCouncil.one(ctx, tx, "insert council", k.ID, k.Name, k.Unit.ID, string(k.Level), k.Decision, int64(k.DecidedOn),
		k.CreatedBy, sqldb.Micros(k.CreatedAt), k.Entry); err != nil {
		return err
	}
	for i, m := range k.Members {
		if err := writeCouncilMember.one(ctx, tx, "insert council member", k.ID, m.Account, string(m.Position), int64(i)); err != nil {
			return err
		}
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Told is a role at a place to which something was said; without a role, those
// who hold one in that very unit.
type Told struct {
	Role  ocop.Role
	Place ocop.Path
}

// ToldTo reports whether an actor is among those.
func (t Told) ToldTo(a access.Actor) bool {
	if t.Role != "" {
		_, ok := a.Holds(t.Role, t.Place)
		return ok
	}
	for _, g := range a.Grants {
		if g.Path == t.Place && ofTheHouse(g.Role) {
			return true
		}
	}
	return false
}

// ofTheHouse reports whether a role does the work of its unit: who looks into it
// or sits in a council there does not.
func ofTheHouse(role ocop.Role) bool {
	return role != access.Auditor && role != access.Member && role != access.Privacy
}

// PetitionOf is the petition that a matter is; "" for any other.
func PetitionOf(matter string) string {
	if kind, id, ok := strings.Cut(matter, ":"); ok && kind != "campaign" && kind+":" != PaperMatter {
		return id
	}
	return ""
}

// PaperMatter begins the matter of a mark that tells of a paper that was sent:
// nothing is asked by a day, and no timer says it.
const PaperMatter = "correspondence:"

var (
	tableMatterTimers = table("matter_timers", "matter", "name").with(text("matter"), text("name"), text("kind"), text("deadline"), whole("days"), whole("last_day").null(), whole("due_at"))

	tableMatterMarks = table("matter_marks", "matter", "deadline", "kind", "days", "last_day").with(text("matter"), text("deadline"), text("kind"), whole("days"), whole("last_day"),
		text("petition").null(), text("roles"), whole("at"), whole("entry"))

	tableMatterTold = table("matter_told", "entry", "role", "place").with(whole("entry"), text("role"), text("place"))
)

const (
	matterTimerColumns = `matter, kind, deadline, days, last_day, due_at`

	sqlDueMatterTimers = `SELECT ` + matterTimerColumns + ` FROM matter_timers WHERE due_at <= $1 AND (due_at, matter, name) > ($2, $3, $4) ORDER BY due_at, matter, name LIMIT $5`

	matterReckon = `INSERT INTO matter_timers (matter, name, kind, deadline, days, last_day, due_at) SELECT `
	matterAgain  = ` ON CONFLICT (matter, name) DO UPDATE SET due_at = excluded.due_at RETURNING matter, name, kind, deadline, days, last_day, due_at`

	sqlReckonPetitions = matterReckon + `n.procedure_name || ':' || n.id, 'reckon', 'reckon', '', 0, NULL, $1 FROM petitions n WHERE n.track <> 'none'` + matterAgain
	sqlReckonAnswers   = matterReckon + `n.procedure_name || ':' || n.id, 'reckon', 'reckon', '', 0, NULL, $1 FROM petitions n WHERE n.campaign = $2 AND n.track <> 'none'` + matterAgain

	// Petitions under way and campaigns that nobody worked out the days of: they
	// were there before the program did so.
	sqlUnreckoned = `SELECT n.procedure_name || ':' || n.id FROM petitions n WHERE n.track <> 'none' AND NOT EXISTS (SELECT 1 FROM matter_timers t WHERE t.matter = n.procedure_name || ':' || n.id)
UNION ALL SELECT 'campaign:' || c.id FROM campaigns c WHERE NOT EXISTS (SELECT 1 FROM matter_timers t WHERE t.matter = 'campaign:' || c.id) ORDER BY 1 LIMIT $1`
)

var (
	setClearMatters = sqldb.Set{
		SQL:     `DELETE FROM matter_timers WHERE matter IN (SELECT c1 FROM {rows}) AND (due_at > (SELECT max(c2) FROM {rows}) OR kind = 'reckon') RETURNING matter, name`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Int},
	}
	setDropMatters = sqldb.Set{
		SQL:     `DELETE FROM matter_timers WHERE (matter, name) IN (SELECT c1, c2 FROM {rows}) RETURNING matter, name`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text},
	}
	setMatterMarks = sqldb.Set{
		SQL:     `SELECT m.matter, m.deadline, m.kind, m.days, m.last_day, m.roles, m.at, m.entry FROM matter_marks m WHERE m.matter IN (SELECT c1 FROM {rows}) ORDER BY m.entry`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	// Of petitions, and those that hold for a whole campaign.
	setMatterExtensions = sqldb.Set{
		SQL:     `SELECT deadline, was, last_day, entry FROM extensions WHERE product IS NULL AND deadline IN (SELECT c1 FROM {rows}) ORDER BY entry`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeMatterTimers = upserts(tableMatterTimers)
	writeMatterMarks  = inserts(tableMatterMarks)
	writeMatterTold   = inserts(tableMatterTold)
	writePetitionDue  = updates(tablePetitions, "due")
)

// ReplaceMatterTimers drops the timers of matters that have not come due and sets
// new ones.
func ReplaceMatterTimers(ctx context.Context, tx *sqldb.Tx, now time.Time, matters []string, timers []Timer) error {
	var clear, rows [][]any
	for _, id := range matters {
		clear = append(clear, []any{id, sqldb.Micros(now)})
	}
	if err := mattersGone(ctx, tx, setClearMatters, clear); err != nil {
		return err
	}
	for _, t := range timers {
		rows = append(rows, []any{t.Matter, t.Name(), string(t.Kind), t.Deadline, int64(t.Days), nullDay(t.LastDay), sqldb.Micros(t.DueAt)})
	}
	return writeMatterTimers.all(ctx, tx, "set timers of matters", rows)
}

// DropMatterTimers removes timers that were seen to.
func DropMatterTimers(ctx context.Context, tx *sqldb.Tx, list []Timer) error {
	var rows [][]any
	for _, t := range list {
		rows = append(rows, []any{t.Matter, t.Name()})
	}
	return mattersGone(ctx, tx, setDropMatters, rows)
}

func mattersGone(ctx context.Context, tx *sqldb.Tx, s sqldb.Set, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	gone, err := sqldb.QuerySet(ctx, tx, s, rows)
	_, err = returned(tx, sqldb.OpGone, tableMatterTimers, tableMatterTimers.Key, gone, err)
	return err
}

// ReckonMatter asks for the days of a matter to be worked out again.
func ReckonMatter(ctx context.Context, tx *sqldb.Tx, matter string, now time.Time) error {
	return writeMatterTimers.one(ctx, tx, "reckon a matter", matter, "reckon", string(TimerReckon), "", int64(0), nil, sqldb.Micros(now))
}

// ReckonPetitions asks for the days of all petitions under way.
func ReckonPetitions(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	rows, err := tx.Query(ctx, sqlReckonPetitions, sqldb.Micros(now))
	return mattersSet(tx, rows, err)
}

// ReckonAnswers asks for the days of the petitions under a campaign.
func ReckonAnswers(ctx context.Context, tx *sqldb.Tx, campaign string, now time.Time) error {
	rows, err := tx.Query(ctx, sqlReckonAnswers, sqldb.Micros(now), campaign)
	return mattersSet(tx, rows, err)
}

func mattersSet(tx *sqldb.Tx, rows *sql.Rows, err error) error {
	var columns []string
	for _, c := range tableMatterTimers.Columns {
		columns = append(columns, c.Name)
	}
	_, err = returned(tx, sqldb.OpPut, tableMatterTimers, columns, rows, err)
	return err
}

// Unreckoned are matters that were there before the program kept their days.
func Unreckoned(ctx context.Context, q sqldb.Querier, limit int) ([]string, error) {
	rows, err := q.Query(ctx, sqlUnreckoned, limit)
	return collect(rows, err, "matters without timers", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
}

// DueMatterTimers are timers of matters due at a moment, after the one given,
// oldest first.
func DueMatterTimers(ctx context.Context, q sqldb.Querier, now time.Time, after Timer, limit int) ([]Timer, error) {
	name := ""
	if after.Matter != "" {
		name = after.Name()
	}
	rows, err := q.Query(ctx, sqlDueMatterTimers, sqldb.Micros(now), sqldb.Micros(after.DueAt), after.Matter, name, limit)
	return collect(rows, err, "due timers of matters", func(s scanner) (t Timer, err error) {
		var due int64
		var last sql.NullInt64
		err = s.Scan(&t.Matter, &t.Kind, &t.Deadline, &t.Days, &last, &due)
		t.LastDay, t.DueAt = day(last), sqldb.Time(due)
		return t, err
	})
}

// MatterMarks are what was said about matters, oldest first.
func MatterMarks(ctx context.Context, q sqldb.Querier, matters []string) (map[string][]Mark, error) {
	rows, err := sqldb.QuerySet(ctx, q, setMatterMarks, ids(matters))
	return grouped(rows, err, "marks of matters", func(s scanner) (string, Mark, error) {
		m, err := scanMatterMark(s)
		return m.Matter, m, err
	})
}

func scanMatterMark(s scanner) (m Mark, err error) {
	var at, last int64
	var roles string
	if err := s.Scan(&m.Matter, &m.Deadline, &m.Kind, &m.Days, &last, &roles, &at, &m.Entry); err != nil {
		return m, err
	}
	m.LastDay, m.At = ocop.Date(last), sqldb.Time(at)
	return m, json.Unmarshal([]byte(roles), &m.Roles)
}

// InsertMatterMarks keeps what was said about deadlines of matters, and to whom.
func InsertMatterMarks(ctx context.Context, tx *sqldb.Tx, list []Mark) error {
	var rows, told [][]any
	for _, m := range list {
		roles, err := json.Marshal(m.Roles)
		if err != nil {
			return err
		}
		rows = append(rows, []any{m.Matter, m.Deadline, string(m.Kind), int64(m.Days), int64(m.LastDay), nullText(PetitionOf(m.Matter)), string(roles), sqldb.Micros(m.At), m.Entry})
		for _, t := range m.Told {
			told = append(told, []any{m.Entry, string(t.Role), string(t.Place)})
		}
	}
	if err := writeMatterMarks.all(ctx, tx, "insert marks of matters", rows); err != nil {
		return err
	}
	return writeMatterTold.all(ctx, tx, "tell marks of matters", told)
}

// SetPetitionsDue saves the nearest deadlines of petitions.
func SetPetitionsDue(ctx context.Context, tx *sqldb.Tx, due map[string]*ocop.Date) error {
	var rows [][]any
	for id, last := range due {
		rows = append(rows, []any{id, nullDay(last)})
	}
	return writePetitionDue.all(ctx, tx, "set due days of petitions", rows)
}

// MatterExtensions are those of deadlines of petitions and campaigns, by their ids.
func MatterExtensions(ctx context.Context, q sqldb.Querier, deadlines []string) (map[string]Extension, error) {
	rows, err := sqldb.QuerySet(ctx, q, setMatterExtensions, ids(deadlines))
	out := map[string]Extension{}
	_, err = collect(rows, err, "extensions of matters", func(s scanner) (struct{}, error) {
		var e Extension
		var was, last int64
		err := s.Scan(&e.Deadline, &was, &last, &e.Entry)
		e.Was, e.LastDay = ocop.Date(was), ocop.Date(last)
		if old, ok := out[e.Deadline]; ok {
			e.Was, e.LastDay = min(e.Was, old.Was), max(e.LastDay, old.LastDay)
		}
		out[e.Deadline] = e
		return struct{}{}, err
	})
	return out, err
}

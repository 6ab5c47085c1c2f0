package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// VisitStatus says how far something that was planned has come.
type VisitStatus string

// What is planned is held, or cancelled with a reason.
const (
	VisitPlanned   VisitStatus = "planned"
	VisitHeld      VisitStatus = "held"
	VisitCancelled VisitStatus = "cancelled"
)

// Slot is a line of an agenda.
type Slot struct {
	Day     ocop.Date `json:"day" format:"date"`
	From    string    `json:"from,omitempty" maxLength:"5"` // HH:MM
	To      string    `json:"to,omitempty" maxLength:"5"`
	Place   string    `json:"place,omitempty"`
	Text    string    `json:"text,omitempty"`
	Product string    `json:"product,omitempty"` // id
}

// Reply is what an invited guest said, or that one came.
type Reply string

// The answers. A guest who is no longer invited is withdrawn, and keeps the number.
const (
	Invited   Reply = "invited"
	Confirmed Reply = "confirmed"
	Declined  Reply = "declined"
	Attended  Reply = "attended"
	Withdrawn Reply = "withdrawn"
)

// Guest is an organisation or a person that is invited to a trip.
type Guest struct {
	Number int64    `json:"number"`
	Unit   ocop.Ref `json:"unit,omitzero"` // of the programme; empty for others
	Name   string   `json:"name,omitempty"`
	Answer Reply    `json:"answer"`
}

// Trip (chuyến kiểm tra) is a plan to visit producers on one or several days.
type Trip struct {
	ID        string
	Unit      ocop.Ref
	Path      ocop.Path // of the unit
	Campaign  string    // id; "" without one
	Plan      string    // code of the campaign
	Title     string
	FirstDay  ocop.Date
	LastDay   ocop.Date
	Status    VisitStatus
	Agenda    []Slot
	Reason    string
	CreatedBy string
	CreatedAt time.Time
	Version   int64
}

var (
	tableTrips = table("trips", "id").with(text("id"), text("unit"), text("campaign").null(), text("title").kept(private), whole("first_day"), whole("last_day"),
		text("status"), text("agenda").kept(private), text("reason").kept(private), text("created_by"), whole("created_at"), whole("version"))

	tableTripGuests = table("trip_guests", "trip", "number").with(text("trip"), whole("number"), text("unit").null(), text("name").kept(private), text("answer"))
)

const tripColumns = `t.id, u.id, u.code, u.name_vi, u.path, t.campaign, g.code, t.title, t.first_day, t.last_day, t.status, t.agenda, t.reason, t.created_by, t.created_at, t.version`

const tripFrom = ` FROM trips t JOIN units u ON u.id = t.unit LEFT JOIN campaigns g ON g.id = t.campaign `

const (
	sqlTrip     = `SELECT ` + tripColumns + tripFrom + `WHERE t.id = $1`
	sqlStreamOf = `SELECT ` + lineColumns + ` FROM entries WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3`
)

var (
	writeTrip       = inserts(tableTrips)
	writeTripStep   = updates(tableTrips, "title", "first_day", "last_day", "status", "agenda", "reason", "version").next()
	writeTripGuests = inserts(tableTripGuests)
	writeTripGuest  = updates(tableTripGuests, "unit", "name", "answer")
)

var setTripGuests = sqldb.Set{
	SQL: `SELECT h.trip, h.number, h.unit, u.code, u.name_vi, h.name, h.answer FROM trip_guests h LEFT JOIN units u ON u.id = h.unit
		WHERE h.trip IN (SELECT c1 FROM {rows}) ORDER BY h.number`,
	Columns: []sqldb.Kind{sqldb.Text},
}

// readable is a private text; a replay has the commitment in its place.
func readable(text string) string {
	if strings.HasPrefix(text, "committed:") {
		return ""
	}
	return text
}

func scanTrip(s scanner) (t Trip, err error) {
	var campaign, plan sql.NullString
	var first, last, created int64
	var agenda string
	if err = s.Scan(&t.ID, &t.Unit.ID, &t.Unit.Code, &t.Unit.Name, &t.Path, &campaign, &plan, &t.Title, &first, &last, &t.Status, &agenda, &t.Reason,
		&t.CreatedBy, &created, &t.Version); err != nil {
		return t, err
	}
	t.Campaign, t.Plan, t.FirstDay, t.LastDay, t.CreatedAt = campaign.String, plan.String, ocop.Date(first), ocop.Date(last), sqldb.Time(created)
	return t, readPrivate(agenda, &t.Agenda)
}

// TripByID finds a trip; nil when there is none.
func TripByID(ctx context.Context, q sqldb.Querier, id string) (*Trip, error) {
	return one(q.QueryRow(ctx, sqlTrip, id), "trip", scanTrip)
}

// Concern says whom something planned concerns: those who oversee its unit,
// those invited by their unit, and those whose products or people it names.
type Concern struct {
	Units     []ocop.Path // overseen
	Invited   []string    // units whose invitation is theirs
	Communes  []ocop.Path // whose products it may visit
	Producers []string
	Account   string
}

// TripFilter narrows a list of trips. Zero fields do not.
type TripFilter struct {
	Concern  Concern
	Status   VisitStatus
	Campaign string // id or code
	Before   string // id; "" begins
	Limit    int
}

func inList(column string, list []string, bind func(any) string) string {
	var places []string
	for _, v := range list {
		places = append(places, bind(v))
	}
	if len(places) == 0 {
		return "FALSE"
	}
	return column + " IN (" + strings.Join(places, ", ") + ")"
}

func (c Concern) ofTrip(bind func(any) string) string {
	conds := []string{pathsBelow("u.path", c.Units, bind)}
	if len(c.Invited) > 0 {
		conds = append(conds, "EXISTS (SELECT 1 FROM trip_guests h WHERE h.trip = t.id AND h.answer <> 'withdrawn' AND "+inList("h.unit", c.Invited, bind)+")")
	}
	if len(c.Communes)+len(c.Producers) > 0 {
		whose := anyOf([]string{pathsBelow("p.path", c.Communes, bind), inList("p.producer", c.Producers, bind)})
		conds = append(conds, "EXISTS (SELECT 1 FROM inspections i JOIN products p ON p.id = i.product WHERE i.trip = t.id AND i.cancelled_on IS NULL AND "+whose+")")
	}
	return anyOf(conds)
}

// Trips lists those that concern somebody, the newest plan first.
func Trips(ctx context.Context, q sqldb.Querier, f TripFilter) ([]Trip, error) {
	var b binder
	where := f.Concern.ofTrip(b.bind)
	if f.Status != "" {
		where += " AND t.status = " + b.bind(string(f.Status))
	}
	if f.Campaign != "" {
		n := b.bind(f.Campaign)
		where += fmt.Sprintf(" AND t.campaign = COALESCE((SELECT c.id FROM campaigns c WHERE c.code = %s), %s)", n, n)
	}
	if f.Before != "" {
		where += " AND t.id < " + b.bind(f.Before)
	}
	text := `SELECT ` + tripColumns + tripFrom + `WHERE ` + where + ` ORDER BY t.id DESC LIMIT ` + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "trips", scanTrip)
}

// TripFor finds a trip that concerns somebody; nil when there is none.
func TripFor(ctx context.Context, q sqldb.Querier, id string, c Concern) (*Trip, error) {
	var b binder
	text := `SELECT ` + tripColumns + tripFrom + `WHERE ` + c.ofTrip(b.bind) + ` AND t.id = ` + b.bind(id)
	return one(q.QueryRow(ctx, text, b.args...), "trip", scanTrip)
}

// TripGuests are those of each trip, in their order, withdrawn ones too.
func TripGuests(ctx context.Context, q sqldb.Querier, trips []string) (map[string][]Guest, error) {
	rows, err := sqldb.QuerySet(ctx, q, setTripGuests, ids(trips))
	return grouped(rows, err, "guests", func(s scanner) (trip string, g Guest, err error) {
		var unit, code, name sql.NullString
		err = s.Scan(&trip, &g.Number, &unit, &code, &name, &g.Name, &g.Answer)
		g.Unit = ocop.Ref{ID: unit.String, Code: code.String, Name: name.String}
		return trip, g, err
	})
}

// InsertTrip adds a trip.
func InsertTrip(ctx context.Context, tx *sqldb.Tx, t Trip) error {
	agenda, err := t.slots()
	if err != nil {
		return err
	}
	return writeTrip.one(ctx, tx, "insert trip", t.ID, t.Unit.ID, nullText(t.Campaign), t.Title, int64(t.FirstDay), int64(t.LastDay), string(t.Status),
		agenda, t.Reason, t.CreatedBy, sqldb.Micros(t.CreatedAt), int64(1))
}

// StepTrip saves a trip that is still at the version before this one.
func StepTrip(ctx context.Context, tx *sqldb.Tx, t Trip) error {
	agenda, err := t.slots()
	if err != nil {
		return err
	}
	return writeTripStep.one(ctx, tx, "save trip", t.ID, t.Title, int64(t.FirstDay), int64(t.LastDay), string(t.Status), agenda, t.Reason, t.Version)
}

func (t Trip) slots() (string, error) { return slotsText(t.Agenda) }

func slotsText(list []Slot) (string, error) {
	if list == nil {
		list = []Slot{}
	}
	b, err := json.Marshal(list)
	return string(b), err
}

// SaveGuests adds guests and changes those that are there.
func SaveGuests(ctx context.Context, tx *sqldb.Tx, trip string, fresh, changed []Guest) error {
	var add, change [][]any
	for _, g := range fresh {
		add = append(add, []any{trip, g.Number, nullText(g.Unit.ID), g.Name, string(g.Answer)})
	}
	for _, g := range changed {
		change = append(change, []any{trip, g.Number, nullText(g.Unit.ID), g.Name, string(g.Answer)})
	}
	if err := writeTripGuests.all(ctx, tx, "insert guests", add); err != nil {
		return err
	}
	return writeTripGuest.all(ctx, tx, "save guests", change)
}

// StreamOf are the entries of a stream behind a place in it.
func StreamOf(ctx context.Context, q sqldb.Querier, stream string, after int64, limit int) ([]Line, error) {
	rows, err := q.Query(ctx, sqlStreamOf, stream, after, limit)
	return collect(rows, err, "entries of "+stream, scanLine)
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Inspection is one field visit.
type Inspection struct {
	ID                string     `json:"id"`
	Product           string     `json:"product"`
	Round             string     `json:"round,omitempty"`
	Campaign          string     `json:"campaign,omitempty"`
	Day               ocop.Date  `json:"day"`
	HeldOn            *ocop.Date `json:"held_on,omitempty"`
	ProvincialCouncil bool       `json:"provincial_council"`
	Participants      []string   `json:"participants"`
	Findings          []Found    `json:"findings"`
	Open              int64      `json:"open_remedies"` // known even where the findings were forgotten
	Version           int64      `json:"version"`
	Trip              string     `json:"trip,omitempty"`         // under whose plan it is
	CancelledOn       *ocop.Date `json:"cancelled_on,omitempty"` // dropped before it was held
	Reason            string     `json:"reason,omitempty"`       // for which it was
}

// Found is one finding of an inspection with its remedy.
type Found struct {
	ID        string     `json:"id,omitempty"` // of its remedy; given when it is first put on record
	Topic     string     `json:"topic"`
	Remedy    string     `json:"remedy,omitempty"` // empty: nothing to be done
	Owner     string     `json:"owner,omitempty"`
	OwnerUnit string     `json:"owner_unit,omitempty"` // id; who has to see to it, if known to the programme
	By        *ocop.Date `json:"by,omitempty"`
	Closed    bool       `json:"closed"`
}

// OpenRemedies counts what is still to be done.
func (i Inspection) OpenRemedies() int64 {
	var n int64
	for _, f := range i.Findings {
		if f.Remedy != "" && !f.Closed {
			n++
		}
	}
	return n
}

const inspectionColumns = `i.id, i.product, i.round, i.campaign, i.day, i.held_on, i.provincial_council, i.participants, i.findings, i.open_remedies, i.version, i.trip, i.cancelled_on, i.reason`

const (
	sqlInspection = `SELECT ` + inspectionColumns + ` FROM inspections i WHERE i.id = $1`
)

var (
	setInspections = sqldb.Set{
		SQL:     `SELECT ` + inspectionColumns + ` FROM inspections i WHERE i.product IN (SELECT c1 FROM {rows}) ORDER BY i.day, i.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setTripInspections = sqldb.Set{
		SQL:     `SELECT ` + inspectionColumns + ` FROM inspections i WHERE i.trip IN (SELECT c1 FROM {rows}) ORDER BY i.day, i.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeInspections = inserts(tableInspections)
	writeInspection  = updates(tableInspections, "day", "held_on", "participants", "findings", "open_remedies", "version", "cancelled_on", "reason").next()
)

func scanInspection(s scanner) (i Inspection, err error) {
	var round, campaign, trip sql.NullString
	var on int64
	var held, cancelled sql.NullInt64
	var participants, findings string
	if err = s.Scan(&i.ID, &i.Product, &round, &campaign, &on, &held, &i.ProvincialCouncil, &participants, &findings, &i.Open, &i.Version, &trip, &cancelled, &i.Reason); err != nil {
		return i, err
	}
	i.Reason = readable(i.Reason)
	i.Round, i.Campaign, i.Day, i.HeldOn, i.Trip, i.CancelledOn = round.String, campaign.String, ocop.Date(on), day(held), trip.String, day(cancelled)
	return i, errors.Join(readPrivate(participants, &i.Participants), readPrivate(findings, &i.Findings))
}

// readPrivate reads a private column. A replay has the commitment in its place,
// and knows no more.
func readPrivate(text string, into any) error {
	if text == "" || strings.HasPrefix(text, "committed:") {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// Inspections of each product, the earliest first.
func Inspections(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Inspection, error) {
	rows, err := sqldb.QuerySet(ctx, q, setInspections, ids(products))
	return grouped(rows, err, "inspections", func(s scanner) (string, Inspection, error) {
		i, err := scanInspection(s)
		return i.Product, i, err
	})
}

// InspectionByID finds an inspection; nil when there is none.
func InspectionByID(ctx context.Context, q sqldb.Querier, id string) (*Inspection, error) {
	return one(q.QueryRow(ctx, sqlInspection, id), "inspection", scanInspection)
}

// TripInspections are the visits under the plan of each trip.
func TripInspections(ctx context.Context, q sqldb.Querier, trips []string) (map[string][]Inspection, error) {
	rows, err := sqldb.QuerySet(ctx, q, setTripInspections, ids(trips))
	return grouped(rows, err, "inspections of trips", func(s scanner) (string, Inspection, error) {
		i, err := scanInspection(s)
		return i.Trip, i, err
	})
}

// InsertInspections adds planned or held visits.
func InsertInspections(ctx context.Context, tx *sqldb.Tx, list []Inspection) error {
	var rows [][]any
	for _, i := range list {
		participants, findings, err := i.texts()
		if err != nil {
			return err
		}
		rows = append(rows, []any{i.ID, i.Product, nullText(i.Round), nullText(i.Campaign), int64(i.Day), nullDay(i.HeldOn),
			i.ProvincialCouncil, participants, findings, i.OpenRemedies(), int64(1),
			nullText(i.Trip), nil, ""})
	}
	return writeInspections.all(ctx, tx, "insert inspections", rows)
}

// UpdateInspection saves a visit that is still at the version read, and fails
// otherwise.
func UpdateInspection(ctx context.Context, tx *sqldb.Tx, i Inspection) error {
	participants, findings, err := i.texts()
	if err != nil {
		return err
	}
	return writeInspection.one(ctx, tx, "save inspection", i.ID, int64(i.Day), nullDay(i.HeldOn), participants, findings, i.OpenRemedies(), i.Version+1, nullDay(i.CancelledOn), i.Reason)
}

func (i Inspection) texts() (participants, findings string, err error) {
	if i.Participants == nil {
		i.Participants = []string{}
	}
	if i.Findings == nil {
		i.Findings = []Found{}
	}
	p, err := json.Marshal(i.Participants)
	if err != nil {
		return "", "", err
	}
	f, err := json.Marshal(i.Findings)
	return string(p), string(f), err
}

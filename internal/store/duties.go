package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// DutyState is how far an organisation is with a duty.
type DutyState string

// The states of a duty.
const (
	DutyOpen    DutyState = "open"
	DutyBegun   DutyState = "in_progress"
	DutyDone    DutyState = "done"
	DutyNotHere DutyState = "not_applicable"
)

// Duty is what was said about a duty of one organisation.
type Duty struct {
	Campaign     string
	Duty         string // code in the campaign
	Organisation string // id of a unit or producer
	State        DutyState
	Owner        string // account that sees to it, "" for nobody
	OwnerName    string // of the account, for people
	DoneOn       *ocop.Date
	Note         string // private
	ChangedBy    string
	ChangedAt    time.Time
	Version      int64
}

var tableDuties = table("campaign_duties", "campaign", "duty", "organisation").with(text("campaign"), text("duty"), text("organisation"), text("state"),
	text("owner").null(), whole("done_on").null(), text("note").kept(private), text("changed_by"), whole("changed_at"), whole("version"))

const (
	dutyColumns = `d.campaign, d.duty, d.organisation, d.state, d.owner, a.display, d.done_on, d.note, d.changed_by, d.changed_at, d.version`
	sqlDuties   = `SELECT ` + dutyColumns + ` FROM campaign_duties d LEFT JOIN accounts a ON a.id = d.owner WHERE d.campaign = $1`
)

var (
	writeDuty     = inserts(tableDuties)
	writeDutyStep = updates(tableDuties, "state", "owner", "done_on", "note", "changed_by", "changed_at", "version").next()
)

func scanDuty(s scanner) (d Duty, err error) {
	var owner, name sql.NullString
	var done sql.NullInt64
	var at int64
	err = s.Scan(&d.Campaign, &d.Duty, &d.Organisation, &d.State, &owner, &name, &done, &d.Note, &d.ChangedBy, &at, &d.Version)
	d.Owner, d.OwnerName, d.DoneOn, d.ChangedAt = owner.String, name.String, day(done), sqldb.Time(at)
	return d, err
}

// Duties are what was said about the duties of a campaign.
func Duties(ctx context.Context, q sqldb.Querier, campaign string) ([]Duty, error) {
	rows, err := q.Query(ctx, sqlDuties, campaign)
	return collect(rows, err, "campaign duties", scanDuty)
}

// SaveDuty saves what is said about a duty; version 1 is the first word.
func SaveDuty(ctx context.Context, tx *sqldb.Tx, d Duty) error {
	at := sqldb.Micros(d.ChangedAt)
	if d.Version == 1 {
		return writeDuty.one(ctx, tx, "save duty", d.Campaign, d.Duty, d.Organisation, string(d.State), nullText(d.Owner), nullDay(d.DoneOn), d.Note, d.ChangedBy, at, d.Version)
	}
	return writeDutyStep.one(ctx, tx, "save duty", d.Campaign, d.Duty, d.Organisation, string(d.State), nullText(d.Owner), nullDay(d.DoneOn), d.Note, d.ChangedBy, at, d.Version)
}

package store

import (
	"context"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Campaign is a year's plan as it is kept: what all need, and the rest as JSON.
type Campaign struct {
	ID        string
	Code      string
	Year      int
	Unit      string
	UnitPath  ocop.Path
	Title     ocop.Text
	Procedure string
	Body      string
	Hash      string
	Version   int64
}

const campaignColumns = `g.id, g.code, g.year, g.unit, u.path, g.title_vi, g.title_en, g.procedure_name, g.body, g.hash, g.version`

const campaignFrom = ` FROM campaigns g JOIN units u ON u.id = g.unit `

const (
	sqlCampaigns = `SELECT ` + campaignColumns + campaignFrom + `WHERE g.code > $1 ORDER BY g.code LIMIT $2`
	sqlCampaign  = `SELECT ` + campaignColumns + campaignFrom + `WHERE g.id = $1 OR g.code = $1`
	sqlSetting   = `SELECT value FROM settings WHERE name = $1`
)

var (
	writeCampaign = inserts(tableCampaigns)
	writePlan     = updates(tableCampaigns, "year", "title_vi", "title_en", "procedure_name", "body", "version").next()
	writeJoin     = updates(tableProducts, "campaign")
	writeSetting  = upserts(tableSettings)
)

var setCampaignVersions = sqldb.Set{
	SQL:     `SELECT ` + campaignColumns + campaignFrom + `WHERE g.id IN (SELECT c1 FROM {rows})`,
	Columns: []sqldb.Kind{sqldb.Text},
}

func scanCampaign(s scanner) (c Campaign, err error) {
	err = s.Scan(&c.ID, &c.Code, &c.Year, &c.Unit, &c.UnitPath, &c.Title.Vi, &c.Title.En, &c.Procedure, &c.Body, &c.Hash, &c.Version)
	return c, err
}

// Campaigns lists campaigns by code, after the code given.
func Campaigns(ctx context.Context, q sqldb.Querier, after string, limit int) ([]Campaign, error) {
	rows, err := q.Query(ctx, sqlCampaigns, after, limit)
	return collect(rows, err, "campaigns", scanCampaign)
}

// CampaignBy finds a campaign by id or code; nil when there is none.
func CampaignBy(ctx context.Context, q sqldb.Querier, key string) (*Campaign, error) {
	return one(q.QueryRow(ctx, sqlCampaign, key), "campaign", scanCampaign)
}

// CampaignsByID finds many by their ids.
func CampaignsByID(ctx context.Context, q sqldb.Querier, list []string) ([]Campaign, error) {
	rows, err := sqldb.QuerySet(ctx, q, setCampaignVersions, ids(list))
	return collect(rows, err, "campaigns by id", scanCampaign)
}

// InsertCampaign adds a campaign; its code must be new.
func InsertCampaign(ctx context.Context, tx *sqldb.Tx, c Campaign) error {
	return writeCampaign.one(ctx, tx, "insert campaign "+c.Code, c.ID, c.Code, int64(c.Year), c.Unit, c.Title.Vi, c.Title.En, c.Procedure, c.Body, c.Hash, int64(1))
}

// ChangeCampaign saves a plan that was changed; its version is one more than before.
func ChangeCampaign(ctx context.Context, tx *sqldb.Tx, c Campaign) error {
	return writePlan.one(ctx, tx, "change campaign "+c.Code, c.ID, int64(c.Year), c.Title.Vi, c.Title.En, c.Procedure, c.Body, c.Version)
}

// JoinCampaign puts products into a campaign; "" takes them out of any.
func JoinCampaign(ctx context.Context, tx *sqldb.Tx, campaign string, products []string) error {
	var rows [][]any
	for _, id := range products {
		rows = append(rows, []any{id, nullText(campaign)})
	}
	return writeJoin.all(ctx, tx, "join campaign", rows)
}

// Setting reads a setting, "" when it was never saved.
func Setting(ctx context.Context, q sqldb.Querier, name string) (string, error) {
	var v string
	err := q.QueryRow(ctx, sqlSetting, name).Scan(&v)
	if sqldb.NoRows(err) {
		return "", nil
	}
	return v, err
}

// SaveSetting saves a setting.
func SaveSetting(ctx context.Context, tx *sqldb.Tx, name, value string) error {
	return writeSetting.one(ctx, tx, "save setting", name, value)
}

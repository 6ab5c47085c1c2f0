package store

import (
	"context"
	"database/sql"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// PlanState says how far a support plan has come.
type PlanState string

// A plan is put together, proposed, and approved.
const (
	PlanDraft    PlanState = "draft"
	PlanProposed PlanState = "proposed"
	PlanApproved PlanState = "approved"
)

// SupportPlan (kế hoạch hỗ trợ) is what a unit means to give in a campaign.
type SupportPlan struct {
	ID         string
	Unit       ocop.Ref
	Path       ocop.Path // of the unit
	Campaign   string    // id
	Plan       string    // code of the campaign
	PlanTitle  ocop.Text // of the campaign
	Title      string
	State      PlanState
	Decision   string // number of the paper that approves it
	ApprovedOn *ocop.Date
	CreatedBy  string
	CreatedAt  time.Time
	ProposedBy string
	ApprovedBy string
	Version    int64
}

// PlanLine is a request in a plan.
type PlanLine struct {
	Plan     string
	Petition string
	Dropped  bool
}

var (
	tableSupportPlans = table("support_plans", "id").with(text("id"), text("unit"), text("campaign"), text("title").kept(private), text("state"), text("decision"),
		whole("approved_on").null(), text("created_by"), whole("created_at"), text("proposed_by").null(), text("approved_by").null(), whole("version"))

	tablePlanLines = table("support_plan_lines", "plan", "petition").with(text("plan"), text("petition"), flag("dropped"))
)

const supportPlanColumns = `k.id, u.id, u.code, u.name_vi, u.path, k.campaign, g.code, g.title_vi, g.title_en, k.title, k.state, k.decision, k.approved_on, k.created_by, k.created_at,
	k.proposed_by, k.approved_by, k.version`

const supportPlanFrom = ` FROM support_plans k JOIN units u ON u.id = k.unit JOIN campaigns g ON g.id = k.campaign `

const (
	sqlSupportPlan  = `SELECT ` + supportPlanColumns + supportPlanFrom + `WHERE k.id = $1`
	sqlPlanOf       = `SELECT l.plan FROM support_plan_lines l WHERE l.petition = $1 AND NOT l.dropped`
	sqlPlanApproved = `SELECT min(k.approved_on) FROM support_plans k WHERE k.campaign = $1 AND k.state = 'approved' AND k.approved_on <= $2`
)

var (
	setPlanLines = sqldb.Set{
		SQL:     `SELECT l.plan, l.petition, l.dropped FROM support_plan_lines l WHERE l.plan IN (SELECT c1 FROM {rows}) ORDER BY l.petition`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeSupportPlan     = inserts(tableSupportPlans)
	writeSupportPlanStep = updates(tableSupportPlans, "title", "state", "decision", "approved_on", "proposed_by", "approved_by", "version").next()
	writePlanLines       = upserts(tablePlanLines)
)

func scanSupportPlan(s scanner) (k SupportPlan, err error) {
	var approved sql.NullInt64
	var created int64
	var proposer, approver sql.NullString
	err = s.Scan(&k.ID, &k.Unit.ID, &k.Unit.Code, &k.Unit.Name, &k.Path, &k.Campaign, &k.Plan, &k.PlanTitle.Vi, &k.PlanTitle.En, &k.Title, &k.State, &k.Decision, &approved,
		&k.CreatedBy, &created, &proposer, &approver, &k.Version)
	k.ApprovedOn, k.CreatedAt, k.ProposedBy, k.ApprovedBy = day(approved), sqldb.Time(created), proposer.String, approver.String
	return k, err
}

// SupportPlanByID finds a plan; nil when there is none.
func SupportPlanByID(ctx context.Context, q sqldb.Querier, id string) (*SupportPlan, error) {
	return one(q.QueryRow(ctx, sqlSupportPlan, id), "support plan", scanSupportPlan)
}

// PlanFilter narrows a list of support plans. Zero fields do not.
type PlanFilter struct {
	Units    []ocop.Path // at or below one of these
	Campaign string      // id or code
	State    PlanState
	Before   string // id; "" begins
	Limit    int
}

// SupportPlans lists plans, the newest first.
func SupportPlans(ctx context.Context, q sqldb.Querier, f PlanFilter) ([]SupportPlan, error) {
	var b binder
	where := pathsBelow("u.path", f.Units, b.bind)
	if f.Campaign != "" {
		where += " AND " + named("k.campaign", "campaigns", f.Campaign, b.bind)
	}
	if f.State != "" {
		where += " AND k.state = " + b.bind(string(f.State))
	}
	if f.Before != "" {
		where += " AND k.id < " + b.bind(f.Before)
	}
	rows, err := q.Query(ctx, `SELECT `+supportPlanColumns+supportPlanFrom+`WHERE `+where+` ORDER BY k.id DESC LIMIT `+b.bind(f.Limit), b.args...)
	return collect(rows, err, "support plans", scanSupportPlan)
}

// PlanLines are the lines of each plan, dropped ones too.
func PlanLines(ctx context.Context, q sqldb.Querier, plans []string) (map[string][]PlanLine, error) {
	rows, err := sqldb.QuerySet(ctx, q, setPlanLines, ids(plans))
	return grouped(rows, err, "lines of plans", func(s scanner) (string, PlanLine, error) {
		var l PlanLine
		err := s.Scan(&l.Plan, &l.Petition, &l.Dropped)
		return l.Plan, l, err
	})
}

// PlanOfPetition is the plan in which a request stands; "" for none.
func PlanOfPetition(ctx context.Context, q sqldb.Querier, petition string) (string, error) {
	id, err := one(q.QueryRow(ctx, sqlPlanOf, petition), "plan of a request", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
	if id == nil {
		return "", err
	}
	return *id, err
}

// PlanApprovedOn is the day on which the first plan of a campaign was approved, up
// to a day; nil when none was.
func PlanApprovedOn(ctx context.Context, q sqldb.Querier, campaign string, upTo ocop.Date) (*ocop.Date, error) {
	var n sql.NullInt64
	err := q.QueryRow(ctx, sqlPlanApproved, campaign, int64(upTo)).Scan(&n)
	return day(n), err
}

// InsertSupportPlan adds a plan.
func InsertSupportPlan(ctx context.Context, tx *sqldb.Tx, k SupportPlan) error {
	return writeSupportPlan.one(ctx, tx, "insert support plan", k.ID, k.Unit.ID, k.Campaign, k.Title, string(k.State), k.Decision, nullDay(k.ApprovedOn), k.CreatedBy,
		sqldb.Micros(k.CreatedAt), nullText(k.ProposedBy), nullText(k.ApprovedBy), int64(1))
}

// StepSupportPlan saves a plan that is still at the version before this one.
func StepSupportPlan(ctx context.Context, tx *sqldb.Tx, k SupportPlan) error {
	return writeSupportPlanStep.one(ctx, tx, "save support plan", k.ID, k.Title, string(k.State), k.Decision, nullDay(k.ApprovedOn), nullText(k.ProposedBy), nullText(k.ApprovedBy), k.Version)
}

// SavePlanLines puts requests into plans, or drops them.
func SavePlanLines(ctx context.Context, tx *sqldb.Tx, list []PlanLine) error {
	var rows [][]any
	for _, l := range list {
		rows = append(rows, []any{l.Plan, l.Petition, l.Dropped})
	}
	return writePlanLines.all(ctx, tx, "save lines of a plan", rows)
}

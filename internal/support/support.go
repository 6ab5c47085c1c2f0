// Package support puts the support together that an authority gives in a
// campaign: plans of requests with their amounts and sources, proposed and
// approved. How a request runs is package petition's, by its procedure; this
// package alone knows what its fields about money mean.
package support

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Procedure is the one that requests for support run on, with the event by which a
// leader approves one and the state in which it waits for that.
const (
	Procedure            = "support"
	approve   ocop.Event = "approve"
	planned   ocop.State = "planned"
)

// The fields of the procedure's forms that plans count by.
const (
	fieldKind       = "kind"
	fieldAmount     = "amount"
	fieldAppraised  = "appraised"
	fieldPlanned    = "planned"
	fieldGranted    = "granted"
	fieldSource     = "source"
	fieldDepartment = "department"
	fieldFinance    = "finance"
	fieldWhat       = "what"
)

// Limits of a plan.
const (
	maxTitle = 200
	maxCode  = 120
	maxLines = 200
)

// Desk is where support plans are put together.
type Desk struct {
	Petitions *petition.Desk
}

// Request is what every act on a plan carries.
type Request struct {
	ID      string
	Version *int64 // the one the caller saw; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
	Comment string
}

// seen are the places whose plans an actor is shown: offices, leaders, auditors
// and data protection officers those of their unit and below, departments those of
// the unit that they belong to.
func seen(a access.Actor) (out []ocop.Path) {
	var departments access.Actor
	for _, g := range a.Grants {
		switch g.Role {
		case access.Office, access.Leader, access.Auditor, access.Privacy:
			out = append(out, g.Path)
		case access.Department:
			departments.Grants = append(departments.Grants, g)
		}
	}
	return append(out, departments.Products().Units...)
}

// plans reports whether an actor puts plans of a unit together: its office, and a
// department that was named to plan the money of a request.
func plans(ctx context.Context, q sqldb.Querier, a access.Actor, place ocop.Path) (bool, error) {
	if _, ok := a.Holds(access.Office, place); ok {
		return true, nil
	}
	for _, g := range a.Grants {
		if g.Role != access.Department || !g.Path.Within(place) {
			continue
		}
		list, err := store.ListPetitions(ctx, q, store.PetitionFilter{View: store.PetitionView{Departments: []ocop.Path{g.Path}}, Procedure: Procedure,
			Facts: map[string]string{fieldFinance: g.Unit}, Limit: 1})
		if err != nil || len(list) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// begins reports whether an actor puts plans together in the unit of a campaign
// or, where it is not theirs to see, anywhere.
func begins(ctx context.Context, q sqldb.Querier, a access.Actor, c *store.Campaign, there bool) (bool, error) {
	if there {
		return plans(ctx, q, a, c.UnitPath)
	}
	for _, g := range a.Grants {
		if ok, err := plans(ctx, q, a, g.Path); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func mayNot() error {
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này của Văn phòng Điều phối hoặc phòng được giao lập phương án.", "This is for the coordination office or the department that plans the money.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, Verified: true, CureBy: []ocop.Role{access.Office, access.Department}, Message: f.Message}}
	return f
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "plan_wrong", "Nội dung kế hoạch chưa đúng.", "The plan is not right.")
}

// NewPlan asks for a plan.
type NewPlan struct {
	Campaign string // id or code; its unit is the plan's
	Title    string
	Actor    access.Actor
	Key      *commit.Key
}

// Begin begins a plan of a campaign.
//
// Faults: who_may_not (Forbidden); plan_wrong (Invalid).
func (d *Desk) Begin(ctx context.Context, n NewPlan) (Plan, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		bad := wrong()
		title := strings.TrimSpace(n.Title)
		if k := utf8.RuneCountInString(title); k < 1 || k > maxTitle {
			bad.At("body.title", "Phải có từ 1 đến 200 ký tự.", "Must have 1 to 200 characters.")
		}
		c, err := store.CampaignBy(ctx, q, n.Campaign)
		if err != nil {
			return commit.Outcome{}, err
		}
		there := c != nil && slices.ContainsFunc(seen(n.Actor), c.UnitPath.Within)
		if !there {
			bad.At("body.campaign", "Không có kế hoạch năm này.", "There is no such campaign.")
		}
		// Who plans nothing is told that first, whatever was sent.
		if ok, err := begins(ctx, q, n.Actor, c, there); err != nil || !ok {
			return commit.Outcome{}, orMayNot(err)
		}
		if len(bad.Fields) > 0 {
			return commit.Outcome{}, bad
		}
		u, err := store.Unit(ctx, q, c.Unit)
		if err != nil || u == nil {
			return commit.Outcome{}, err
		}
		k := store.SupportPlan{ID: casework.NewID(), Unit: ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, Path: u.Path, Campaign: c.ID, Plan: c.Code, PlanTitle: c.Title,
			Title: title, State: store.PlanDraft, CreatedBy: n.Actor.ID, CreatedAt: now, Version: 1}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft("create_support_plan", k, Request{Actor: n.Actor, Key: n.Key})},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.InsertSupportPlan(ctx, tx, k)
			}),
			Answer: func([]ledger.Entry) any { return View(k, nil) },
		}, nil
	}
	return commit.Do[Plan](ctx, d.Petitions.Cases.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: n.Key, Locks: []string{lock}})
}

// lock keeps acts on plans apart: a request stands in one plan only.
const lock = "support plans"

func orMayNot(err error) error {
	if err == nil {
		err = mayNot()
	}
	return err
}

// draft is the entry of an act on a plan.
func draft(event string, k store.SupportPlan, r Request) ledger.Draft {
	d := ledger.Draft{Stream: "support_plan:" + k.ID, Kind: ledger.KindRecord, Event: event, Actor: casework.ActorOf(r.Actor),
		Data: ledger.Map{"plan": k.ID, "unit": k.Unit.ID, "campaign": k.Campaign, "state": string(k.State), "version": k.Version}}
	if k.Decision != "" {
		d.Data["decision"] = k.Decision
	}
	if r.Key != nil {
		d.Key = r.Key.Key
	}
	if r.Comment != "" {
		d.Private = append(d.Private, casework.NewPrivate("comment", r.Comment))
	}
	return d
}

package support

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Approval is a leader's decision on a plan.
type Approval struct {
	Request
	Decision string           // number of the paper
	Granted  map[string]int64 // by request; the planned amount for the others
}

// Approved is what became of a plan and of each of its requests. A request that
// was refused is not in the plan any more and can go into another.
type Approved struct {
	Plan    Plan     `json:"plan"`
	Refused []Denied `json:"refused"`
}

// Denied is a request that could not be approved, and why.
type Denied struct {
	Petition string       `json:"petition"`
	Code     string       `json:"code"`
	Fault    *fault.Error `json:"fault"`
}

// Approve approves a proposed plan: each request moves by its own procedure, in
// the same act, and stands or falls alone. Where none stands, neither does the
// plan.
//
// Faults: not_found; who_may_not (Forbidden); stale; plan_draft, plan_approved
// (Conflict); plan_wrong (Invalid); nothing_approved (Refused, with all reasons).
func (d *Desk) Approve(ctx context.Context, a Approval) (Approved, error) {
	before, _, err := load(ctx, d.Petitions.Cases.DB, a.Actor, a.ID)
	if err != nil {
		return Approved{}, err
	}
	lines, err := store.PlanLines(ctx, d.Petitions.Cases.DB, []string{before.ID})
	if err != nil {
		return Approved{}, err
	}
	locks := []string{lock}
	for _, l := range lines[before.ID] {
		locks = append(locks, "petition:"+l.Petition)
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		return d.approving(ctx, q, a, now)
	}
	return commit.Do[Approved](ctx, d.Petitions.Cases.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: a.Key, Locks: locks})
}

func (d *Desk) approving(ctx context.Context, q sqldb.Querier, a Approval, now time.Time) (commit.Outcome, error) {
	k, requests, err := load(ctx, q, a.Actor, a.ID)
	if err != nil {
		return commit.Outcome{}, err
	}
	if err := a.allowed(*k, requests); err != nil {
		return commit.Outcome{}, err
	}
	asks := make([]petition.Ask, len(requests))
	for i, p := range requests {
		amount := p.Int(fieldPlanned)
		if n, given := a.Granted[p.ID]; given {
			amount = n
		}
		data := map[string]any{fieldGranted: amount}
		if a.Decision != "" {
			data["decision"] = a.Decision
		}
		asks[i] = petition.Ask{Petition: p.ID, Actor: a.Actor, Event: approve, Data: data}
	}
	outcomes, err := d.Petitions.DecideAll(ctx, q, now, asks)
	if err != nil {
		return commit.Outcome{}, err
	}
	return a.outcome(*k, requests, outcomes, ocop.DateOf(now))
}

// allowed says what stands against a decision on a plan, in the order of the API.
func (a Approval) allowed(k store.SupportPlan, requests []petition.Petition) error {
	if _, leads := a.Actor.Holds(access.Leader, k.Path); !leads {
		f := fault.New(fault.Forbidden, "who_may_not", "Việc này của lãnh đạo UBND.", "This is for a leader.")
		f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, Verified: true, CureBy: []ocop.Role{access.Leader}, Message: f.Message}}
		return f
	}
	if k.ProposedBy == a.Actor.ID || k.CreatedBy == a.Actor.ID {
		f := fault.New(fault.Forbidden, "who_may_not", "Người lập kế hoạch không được duyệt; phải là người khác.", "Whoever put the plan together may not approve it; it takes another person.")
		f.Reasons = []fault.Reason{{Code: "same_person", Who: true, Verified: true, CureBy: []ocop.Role{access.Leader}, Message: f.Message}}
		return f
	}
	if a.Version != nil && *a.Version != k.Version {
		return workflow.Stale(k.Version)
	}
	if err := inState(k, store.PlanProposed); err != nil {
		return err
	}
	bad := wrong()
	if utf8.RuneCountInString(strings.TrimSpace(a.Decision)) > maxCode {
		bad.At("body.decision", "Quá dài.", "This is too long.")
	}
	for id := range a.Granted {
		if !has(requests, id) {
			bad.At("body.granted."+id, "Kế hoạch không có đề xuất này.", "The plan has no such request.")
		}
	}
	return bad.OrNil()
}

func has(requests []petition.Petition, id string) bool {
	for _, p := range requests {
		if p.ID == id {
			return true
		}
	}
	return false
}

// outcome joins the plan's own entry with those of its requests.
func (a Approval) outcome(k store.SupportPlan, requests []petition.Petition, outcomes []commit.Outcome, today ocop.Date) (commit.Outcome, error) {
	k.State, k.Decision, k.ApprovedOn, k.ApprovedBy, k.Version = store.PlanApproved, strings.TrimSpace(a.Decision), &today, a.Actor.ID, k.Version+1
	c := change{plan: k}
	done := Approved{Refused: []Denied{}}
	drafts := []ledger.Draft{draft("approve_support_plan", k, a.Request)}
	var stands []petition.Petition
	var placed, ends []int // of each move that stands, the places of its entries
	var states []any
	for i, o := range outcomes {
		if o.Fault != nil {
			done.Refused = append(done.Refused, Denied{requests[i].ID, requests[i].Code, o.Fault})
			c.lines = append(c.lines, store.PlanLine{Plan: k.ID, Petition: requests[i].ID, Dropped: true})
		} else {
			placed, ends, states = append(placed, len(drafts)), append(ends, len(drafts)+len(o.Drafts)), append(states, o.State)
			p := petition.After(o)
			p.Texts = requests[i].Texts
			stands = append(stands, p)
		}
		drafts = append(drafts, o.Drafts...)
	}
	if len(stands) == 0 {
		f := fault.New(fault.Refused, "nothing_approved", "Không đề xuất nào duyệt được; kế hoạch giữ nguyên.", "No request could be approved; the plan stays as it is.")
		for _, x := range done.Refused {
			f.Reasons = append(f.Reasons, x.Fault.Reasons...)
		}
		return commit.Outcome{Fault: f}, nil
	}
	done.Plan = View(k, stands)
	return commit.Outcome{
		Drafts: drafts,
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
			if err := c.save(ctx, tx); err != nil {
				return err
			}
			moves := make([]commit.Placed, len(placed))
			for i, at := range placed {
				moves[i] = commit.Placed{State: states[i], Entries: entries[at:ends[i]]}
			}
			return petition.Save(ctx, tx, moves)
		}),
		Answer: func([]ledger.Entry) any { return done },
	}, nil
}

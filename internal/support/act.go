package support

import (
	"context"
	"fmt"
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
	"ocopflow/internal/workflow"
)

// change is what an act makes of a plan.
type change struct {
	plan  store.SupportPlan
	lines []store.PlanLine // that changed
	event string
}

type step func(ctx context.Context, q sqldb.Querier, k store.SupportPlan, requests []petition.Petition, now time.Time) (change, error)

// act runs an act of those who put a plan together.
func (d *Desk) act(ctx context.Context, r Request, may func(context.Context, sqldb.Querier, access.Actor, ocop.Path) (bool, error), do step) (Plan, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		k, requests, err := load(ctx, q, r.Actor, r.ID)
		if err != nil {
			return commit.Outcome{}, err
		}
		if ok, err := may(ctx, q, r.Actor, k.Path); err != nil || !ok {
			return commit.Outcome{}, orMayNot(err)
		}
		if r.Version != nil && *r.Version != k.Version {
			return commit.Outcome{}, workflow.Stale(k.Version)
		}
		c, err := do(ctx, q, *k, requests, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		c.plan.Version++
		after, err := after(ctx, q, r.Actor, c, requests)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft(c.event, c.plan, r)},
			State:  commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return c.save(ctx, tx) }),
			Answer: func([]ledger.Entry) any { return after },
		}, nil
	}
	return commit.Do[Plan](ctx, d.Petitions.Cases.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{lock}})
}

func (c change) save(ctx context.Context, tx *sqldb.Tx) error {
	if err := store.StepSupportPlan(ctx, tx, c.plan); err != nil {
		return err
	}
	return store.SavePlanLines(ctx, tx, c.lines)
}

// after is the plan as a change leaves it.
func after(ctx context.Context, q sqldb.Querier, a access.Actor, c change, requests []petition.Petition) (Plan, error) {
	var added []string
	left := slices.Clone(requests)
	for _, l := range c.lines {
		if l.Dropped {
			left = slices.DeleteFunc(left, func(p petition.Petition) bool { return p.ID == l.Petition })
		} else {
			added = append(added, l.Petition)
		}
	}
	more, err := petition.Seen(ctx, q, a, added)
	return View(c.plan, append(left, more...)), err
}

func inState(k store.SupportPlan, want store.PlanState) error {
	if k.State == want {
		return nil
	}
	return fault.New(fault.Conflict, "plan_"+string(k.State), "Kế hoạch không còn ở bước này.", "The plan is not at that step any more.")
}

// Put puts requests into a draft; without any named, all that wait to be planned
// in its unit for its campaign and stand in no plan.
//
// Faults: not_found; who_may_not (Forbidden); stale; plan_proposed, plan_approved
// (Conflict); plan_wrong (Invalid).
func (d *Desk) Put(ctx context.Context, r Request, requests []string) (Plan, error) {
	return d.act(ctx, r, plans, func(ctx context.Context, q sqldb.Querier, k store.SupportPlan, there []petition.Petition, _ time.Time) (change, error) {
		c := change{plan: k, event: "change_support_plan"}
		if err := inState(k, store.PlanDraft); err != nil {
			return c, err
		}
		bad := wrong()
		rows, err := waiting(ctx, q, r.Actor, k, requests)
		if err != nil {
			return c, err
		}
		for i, id := range requests {
			if !slices.ContainsFunc(rows, func(n store.Petition) bool { return n.ID == id }) {
				bad.At(fmt.Sprintf("body.requests[%d]", i), "Không phải đề xuất chờ đưa vào kế hoạch của đơn vị này.", "Not a request of this unit that waits for a plan.")
			}
		}
		for _, n := range rows {
			in, err := store.PlanOfPetition(ctx, q, n.ID)
			switch {
			case err != nil:
				return c, err
			case in == "":
				c.lines = append(c.lines, store.PlanLine{Plan: k.ID, Petition: n.ID})
			case len(requests) > 0:
				bad.At(fmt.Sprintf("body.requests[%d]", slices.Index(requests, n.ID)), "Đề xuất này đã ở trong một kế hoạch.", "This request stands in a plan already.")
			}
		}
		if len(there)+len(c.lines) > maxLines {
			bad.At("body.requests", "Kế hoạch có tối đa 200 đề xuất.", "A plan has 200 requests at most.")
		}
		if len(c.lines) == 0 {
			bad.At("body.requests", "Không có đề xuất nào để đưa vào.", "There is no request to put in.")
		}
		return c, bad.OrNil()
	})
}

// waiting are the planned requests of a plan's unit for its campaign, or for
// none, that the actor sees.
func waiting(ctx context.Context, q sqldb.Querier, a access.Actor, k store.SupportPlan, ids []string) ([]store.Petition, error) {
	f := store.PetitionFilter{View: petition.ViewOf(a), Procedure: Procedure, State: string(planned), Unit: k.Unit.ID, Limit: maxLines + 1}
	if len(ids) > 0 {
		if len(ids) > maxLines {
			return nil, nil
		}
		f.IDs = ids
	}
	list, err := store.ListPetitions(ctx, q, f)
	return slices.DeleteFunc(list, func(n store.Petition) bool { return n.Campaign != "" && n.Campaign != k.Campaign }), err
}

// Drop takes a request out of a draft.
//
// Faults: those of Put.
func (d *Desk) Drop(ctx context.Context, r Request, request string) (Plan, error) {
	return d.act(ctx, r, plans, func(_ context.Context, _ sqldb.Querier, k store.SupportPlan, there []petition.Petition, _ time.Time) (change, error) {
		c := change{plan: k, event: "change_support_plan", lines: []store.PlanLine{{Plan: k.ID, Petition: request, Dropped: true}}}
		if !slices.ContainsFunc(there, func(p petition.Petition) bool { return p.ID == request }) {
			return c, casework.NotFound()
		}
		return c, inState(k, store.PlanDraft)
	})
}

// Propose lays a draft before the leader. Requests that are not planned any more
// must be taken out first.
//
// Faults: those of Put.
func (d *Desk) Propose(ctx context.Context, r Request) (Plan, error) {
	return d.act(ctx, r, plans, func(_ context.Context, _ sqldb.Querier, k store.SupportPlan, there []petition.Petition, _ time.Time) (change, error) {
		c := change{plan: k, event: "propose_support_plan"}
		if err := inState(k, store.PlanDraft); err != nil {
			return c, err
		}
		bad := wrong()
		if len(there) == 0 {
			bad.At("body", "Kế hoạch chưa có đề xuất nào.", "The plan has no requests yet.")
		}
		for _, p := range there {
			if p.State != planned {
				bad.At("body", p.Code+": không còn chờ duyệt; hãy bỏ ra khỏi kế hoạch.", p.Code+": does not wait for approval any more; take it out.")
			}
		}
		c.plan.State, c.plan.ProposedBy = store.PlanProposed, r.Actor.ID
		return c, bad.OrNil()
	})
}

// Return makes a draft of a proposed plan again, with the reason.
//
// Faults: those of Put.
func (d *Desk) Return(ctx context.Context, r Request) (Plan, error) {
	either := func(ctx context.Context, q sqldb.Querier, a access.Actor, place ocop.Path) (bool, error) {
		if _, leads := a.Holds(access.Leader, place); leads {
			return true, nil
		}
		return plans(ctx, q, a, place)
	}
	r.Comment = strings.TrimSpace(r.Comment)
	return d.act(ctx, r, either, func(_ context.Context, _ sqldb.Querier, k store.SupportPlan, _ []petition.Petition, _ time.Time) (change, error) {
		c := change{plan: k, event: "return_support_plan"}
		if n := utf8.RuneCountInString(r.Comment); n < 1 || n > workflow.MaxComment {
			return c, wrong().At("body.comment", "Phải ghi lý do.", "A reason must be given.")
		}
		c.plan.State, c.plan.ProposedBy = store.PlanDraft, ""
		return c, inState(k, store.PlanProposed)
	})
}

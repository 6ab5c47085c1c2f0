// Package fieldwork keeps who goes where and who comes: trips to the producers
// of several products, training that an office holds. What is found at a product
// and what has to be put right there is package casework's.
package fieldwork

import (
	"context"
	"fmt"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Desk is where trips and training are planned.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Cases     *casework.Desk
}

// Limits of what is written, in characters, of lists, and of days.
const (
	maxTitle    = 200
	maxText     = 2000
	maxProducts = 100
	maxGuests   = 60
	maxTrainees = 500
	maxSlots    = 100
	maxDays     = 31
)

// atOnce bounds the names that one act writes: the entry of the act has room for
// their commitments, so that who forgets them finds them there.
const atOnce = 60

// Request is what every act on something planned carries.
type Request struct {
	ID      string
	Version *int64 // the one the caller saw; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// planner are the roles that plan: those that may put an inspection on record.
func plans(a access.Actor, place ocop.Path) bool { return casework.MayInspect(a, place) }

// ConcernOf says what an actor is shown of trips and training: those of units
// that they oversee, those to which a unit of theirs is invited, those about
// their products and, of training, those to which they are invited themselves.
func ConcernOf(a access.Actor) store.Concern {
	c := store.Concern{Account: a.ID}
	for _, g := range a.Grants {
		switch g.Role {
		case access.Office, access.Leader, access.Secretary, access.Auditor, access.Privacy:
			c.Units = append(c.Units, g.Path)
		case access.Commune:
			c.Communes, c.Invited = append(c.Communes, g.Path), append(c.Invited, g.Unit)
		case access.Producer:
			c.Producers, c.Invited = append(c.Producers, g.Unit), append(c.Invited, g.Unit)
		case access.Department, access.Member:
			c.Invited = append(c.Invited, g.Unit)
		}
	}
	return c
}

// campaignOf finds the campaign that is named, one of the unit or of one above
// or below it.
func campaignOf(ctx context.Context, q sqldb.Querier, named string, place ocop.Path, bad *fault.Error) (id, code string, err error) {
	if named == "" {
		return "", "", nil
	}
	c, err := store.CampaignBy(ctx, q, named)
	if err != nil {
		return "", "", err
	}
	if c == nil || !c.UnitPath.Within(place) && !place.Within(c.UnitPath) {
		bad.At("body.campaign", "Không có kế hoạch năm này.", "There is no such campaign.")
		return "", "", nil
	}
	return c.ID, c.Code, nil
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "plan_wrong", "Nội dung kế hoạch chưa đúng.", "The plan is not right.")
}

func checkDays(bad *fault.Error, first, last ocop.Date) {
	if last < first || last-first >= maxDays {
		bad.At("body.last_day", "Ngày cuối phải từ ngày đầu và trong vòng 31 ngày.", "The last day must be within 31 days from the first.")
	}
}

func checkCount(bad *fault.Error, place string, n, most int) {
	if n > most {
		bad.At(place, fmt.Sprintf("Nhiều hơn %d mục.", most), fmt.Sprintf("More than %d entries.", most))
	}
}

// checkSlots checks the lines of an agenda.
func checkSlots(bad *fault.Error, list []store.Slot, first, last ocop.Date) {
	checkCount(bad, "body.agenda", len(list), maxSlots)
	for n, s := range list {
		place := fmt.Sprintf("body.agenda[%d]", n)
		casework.CheckSlot(bad, place, s)
		if s.Day < first || s.Day > last {
			bad.At(place+".day", "Phải là một ngày của kế hoạch.", "Must be a day of the plan.")
		}
	}
}

func stale(version int64) error {
	return fault.New(fault.Stale, "stale", fmt.Sprintf("Kế hoạch đã thay đổi (nay là phiên bản %d). Hãy tải lại.", version),
		fmt.Sprintf("The plan was changed (now version %d). Reload.", version))
}

func settled(status store.VisitStatus) error {
	switch status {
	case store.VisitHeld:
		return fault.New(fault.Conflict, "plan_held", "Việc này đã diễn ra nên không sửa kế hoạch được nữa.", "This was held, so its plan cannot be changed any more.")
	case store.VisitCancelled:
		return fault.New(fault.Conflict, "plan_cancelled", "Việc này đã hủy. Hãy lập kế hoạch mới.", "This was cancelled. Make a new plan.")
	}
	return nil
}

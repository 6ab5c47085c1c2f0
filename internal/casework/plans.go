package casework

import (
	"context"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// MayNotPlan refuses those for whom MayInspect does not hold.
func MayNotPlan() *fault.Error {
	return fault.New(fault.Forbidden, "who_may_not", "Việc này của Văn phòng Điều phối hoặc thư ký hội đồng.", "This is for the coordination office or a council's secretary.")
}

// Home is the unit for which an actor plans visits, training or batches: the one
// named, by id or code, else the highest in which they hold a role that plans.
//
// Faults: who_may_not (Forbidden).
func Home(ctx context.Context, q sqldb.Querier, a access.Actor, named string) (*ocop.Unit, error) {
	var best *access.Grant
	for _, g := range a.Grants {
		if (g.Role == access.Office || g.Role == access.Secretary) && (best == nil || len(g.Path) < len(best.Path)) {
			best = &g
		}
	}
	if best == nil {
		return nil, MayNotPlan()
	}
	if named == "" {
		named = best.Unit
	}
	u, err := store.UnitBy(ctx, q, named)
	if err != nil {
		return nil, err
	}
	if u == nil || !MayInspect(a, u.Path) {
		return nil, MayNotPlan()
	}
	return u, nil
}

// CheckSlot checks the words and the hours of a line of an agenda.
func CheckSlot(bad *fault.Error, at string, s store.Slot) {
	bad.Length(at+".text", strings.TrimSpace(s.Text)+s.Product, 1, maxWords)
	bad.Length(at+".place", s.Place, 0, 200)
	_, from := ocop.Minutes(s.From)
	_, to := ocop.Minutes(s.To)
	if s.From != "" && !from || s.To != "" && !to || s.To != "" && s.To < s.From {
		bad.At(at+".from", "Giờ viết GIỜ:PHÚT, giờ kết thúc sau giờ bắt đầu.", "Times are written HH:MM, and it ends after it begins.")
	}
}

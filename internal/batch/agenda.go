package batch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// checkAgenda checks the lines of an agenda: a line has words or a product of
// the batch, and no product twice.
func checkAgenda(bad *fault.Error, x *file) {
	list := x.batch.Agenda
	if len(list) > maxSlots {
		bad.At("body.agenda", fmt.Sprintf("Nhiều hơn %d mục.", maxSlots), fmt.Sprintf("More than %d entries.", maxSlots))
		return
	}
	seen := map[string]bool{}
	for n, s := range list {
		place := fmt.Sprintf("body.agenda[%d]", n)
		casework.CheckSlot(bad, place, s)
		if s.Day <= 0 {
			bad.At(place+".day", "Phải có ngày.", "A day is needed.")
		}
		at := x.at(s.Product)
		switch {
		case s.Product == "":
		case at < 0 || x.items[at].Status != store.ItemIn:
			bad.At(place+".product", "Sản phẩm không nằm trong đợt.", "The product is not in the batch.")
		case seen[s.Product]:
			bad.At(place+".product", "Sản phẩm này đã có trong chương trình.", "The product is on the agenda already.")
		}
		seen[s.Product] = true
	}
}

func clock(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }

// Layout is how time is given to the products of a batch, one after another.
type Layout struct {
	Day       *ocop.Date // the first
	From, To  string     // of each day
	PauseFrom string     // "" for none
	PauseTo   string
	Minutes   int // for each product
	Order     []string
	Place     string
}

// LayOut gives every product that waits a time, in the order given or else in
// that of the agenda, on working days from the first; lines without a product
// stay behind in their order.
//
// Faults: those of Change.
func (d *Desk) LayOut(ctx context.Context, r Request, l Layout) (Batch, error) {
	return d.change(ctx, r, "change_batch", nil, func(ctx context.Context, q sqldb.Querier, x *file, now time.Time) error {
		order := x.waiting()
		if len(l.Order) > 0 {
			order = inOrder(order, l.Order)
		}
		var others []store.Slot
		for _, s := range x.batch.Agenda {
			if s.Product == "" {
				others = append(others, s)
			}
		}
		slots, err := d.slots(l, order, ocop.DateOf(now))
		if err != nil {
			return err
		}
		x.batch.Agenda = slots
		for _, s := range others { // before the first product that comes later on that day
			at := slices.IndexFunc(x.batch.Agenda, func(y store.Slot) bool { return y.Day > s.Day || y.Day == s.Day && y.From > s.From })
			if at < 0 {
				at = len(x.batch.Agenda)
			}
			x.batch.Agenda = slices.Insert(x.batch.Agenda, at, s)
		}
		bad := wrong()
		checkAgenda(bad, x)
		return bad.OrNil()
	})
}

// inOrder sorts products as they are named; those that are not come last.
func inOrder(list, named []string) []string {
	out := slices.DeleteFunc(slices.Clone(named), func(id string) bool { return !slices.Contains(list, id) })
	for _, id := range list {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// slots are the times of products, day after day.
func (d *Desk) slots(l Layout, order []string, known ocop.Date) (out []store.Slot, err error) {
	bad := wrong()
	from, ok := ocop.Minutes(l.From)
	to, until := ocop.Minutes(l.To)
	if !ok || !until || l.Minutes < 1 || l.Minutes > 480 || to-from < l.Minutes {
		bad.At("body.from", "Giờ viết GIỜ:PHÚT; mỗi sản phẩm từ 1 đến 480 phút và vừa trong một ngày.", "Times are written HH:MM; each product takes 1 to 480 minutes and fits into a day.")
	}
	stop, go1 := ocop.Minutes(l.PauseFrom)
	again, go2 := ocop.Minutes(l.PauseTo)
	if go1 != go2 || l.PauseFrom+l.PauseTo != "" && (!go1 || again < stop) {
		bad.At("body.pause_from", "Giờ nghỉ viết GIỜ:PHÚT, có cả lúc bắt đầu và lúc kết thúc.", "A break is written HH:MM, with its beginning and its end.")
	}
	if l.Day == nil {
		bad.At("body.day", "Phải có ngày bắt đầu.", "The first day is needed.")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	rules, err := d.Library.InForce(casework.ProcedureName, known)
	if err != nil {
		return nil, err
	}
	rest := d.Cases.Days(rules.Calendar)
	day, at := *l.Day, from
	for _, id := range order {
		if go1 && at < again && at+l.Minutes > stop {
			at = again
		}
		if at+l.Minutes > to {
			if at = from; go1 && at < again && at+l.Minutes > stop {
				at = again
			}
			for day++; rest != nil && !rest.Rest(day, known).IsZero(); day++ {
			}
		}
		if at+l.Minutes > to {
			return nil, bad.At("body.minutes", "Không xếp vừa vào một ngày.", "It does not fit into a day.")
		}
		out = append(out, store.Slot{Day: day, From: clock(at), To: clock(at + l.Minutes), Place: l.Place, Product: id})
		at += l.Minutes
	}
	return out, nil
}

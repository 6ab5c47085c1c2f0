package web

import (
	"strconv"

	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// watch keeps a page fresh while it is open: what is "products", or the id of
// one. It notes where the ledger stands, so call it before anything is read.
func (p *page) watch(what string) error {
	head, err := store.LoadHead(p.ctx, p.site.DB)
	p.Watch, p.Seen = what, head.Tree.Size-1
	return err
}

// changed is what happened to a product since a form was made, for a person
// whose form is stale.
func (p *page) changed(history []casework.Entry) []line {
	seen, err := strconv.ParseInt(p.Typed("seen"), 10, 64)
	if err != nil {
		return nil
	}
	var out []line
	for _, e := range history {
		if *e.Index > seen && e.Kind != "refusal" {
			out = append(out, p.line(e))
		}
	}
	return out
}

// LongToday writes today as official papers do (NĐ 30/2020, Annex I: day and
// months 1 and 2 with two digits).
func (p *page) LongToday() string {
	d := p.site.Desk.Today()
	if p.L() == ocop.En {
		return d.Long(ocop.En)
	}
	return weekdays[d.Weekday()] + ", " + d.Long(ocop.Vi)
}

// weekdays in Vietnamese, from Sunday.
var weekdays = [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

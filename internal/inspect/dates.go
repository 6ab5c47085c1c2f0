package inspect

import (
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

// Working hours, and how late a date may be entered. No law that we have seen
// sets either; they are ours.
const (
	dayBegins    = 7 * time.Hour
	dayEnds      = 17*time.Hour + 30*time.Minute
	enteredLater = 15 // days
)

// hours finds moves of officials before 07:00, after 17:30 or on a day off of the
// procedure's calendar, by the clock of Vietnam. Producers work when they like.
func (h *history) hours() {
	for _, m := range h.moves {
		if m.Actor == ocop.System || m.as(access.Producer) {
			continue
		}
		day := ocop.DateOf(m.At)
		figures := map[string]any{"day": day.String(), "time": m.At.In(ocop.Hanoi).Format("15:04")}
		why := h.rest(day)
		if clock := m.At.Sub(day.Start()); why.IsZero() && (clock < dayBegins || clock > dayEnds) {
			why = ocop.Text{Vi: "ngoài 07:00–17:30", En: "outside 07:00–17:30"}
		}
		if why.IsZero() {
			continue
		}
		figures["why"] = why
		t := h.title(m.Event)
		h.flag(FlagHours, []line{m}, ocop.Text{
			Vi: fmt.Sprintf("{who} thực hiện “%s” lúc %s ngày %s (%s).", t.Vi, figures["time"], day.In(ocop.Vi), why.Vi),
			En: fmt.Sprintf("{who} made the move “%s” at %s on %s (%s).", t.En, figures["time"], day.In(ocop.En), why.En)}, figures)
	}
}

func (h *history) rest(day ocop.Date) ocop.Text {
	if h.days == nil {
		return ocop.Text{}
	}
	return h.days.Rest(day, day)
}

// dated are the days that entries give to what they put on record.
var dated = map[string]ocop.Text{
	"decided_on": {Vi: "quyết định", En: "a decision"},
	"held_on":    {Vi: "việc đã làm", En: "something held"},
}

// decisions finds decisions, sessions and inspections whose day lies more than 15
// days before the day they were entered. Certificates of earlier years, brought
// in by import, are old by nature.
func (h *history) decisions() {
	list := h.moves
	for _, event := range []string{"appoint_council", "begin_session", "record_inspection"} {
		list = append(list[:len(list):len(list)], h.records[event]...)
	}
	for _, l := range list {
		for field, what := range dated {
			day, ok := l.day(field)
			late := int64(ocop.DateOf(l.At) - day)
			if !ok || late <= enteredLater {
				continue
			}
			h.flag(FlagBackdated, []line{l}, ocop.Text{
				Vi: fmt.Sprintf("{who} ghi nhận %s ghi ngày %s, muộn %d ngày.", what.Vi, day.In(ocop.Vi), late),
				En: fmt.Sprintf("{who} entered %s dated %s, %d days later.", what.En, day.In(ocop.En), late)},
				map[string]any{"field": field, "dated": day.String(), "entered": ocop.DateOf(l.At).String(), "days": late, "allowed": enteredLater})
		}
	}
}

// day reads a day out of an entry's data.
func (l line) day(field string) (ocop.Date, bool) {
	text, _ := l.Data[field].(string)
	day, err := ocop.ParseDate(text)
	return day, err == nil
}

// documents finds moves that relied on a document before the first day on which
// it is valid.
func (h *history) documents() {
	type paper struct{ product, sum string }
	from := map[paper]line{}
	for _, d := range h.records["add_document"] {
		if _, ok := d.day("valid_from"); ok && len(d.Refs) > 0 {
			from[paper{d.Product, d.Refs[0]}] = d
		}
	}
	for _, m := range h.moves {
		for _, ref := range m.Refs {
			d, ok := from[paper{m.Product, ref}]
			valid, _ := d.day("valid_from")
			if used := ocop.DateOf(m.At); ok && d.Index < m.Index && used < valid {
				h.flag(FlagBackdated, []line{d, m}, ocop.Text{
					Vi: fmt.Sprintf("{who}: tài liệu có hiệu lực từ %s đã được dùng ngày %s, sớm %d ngày.", valid.In(ocop.Vi), used.In(ocop.Vi), valid-used),
					En: fmt.Sprintf("{who}: a document valid from %s was used on %s, %d days early.", valid.In(ocop.En), used.In(ocop.En), valid-used)},
					map[string]any{"field": "valid_from", "valid_from": valid.String(), "used": used.String(), "days": int64(valid - used)})
			}
		}
	}
}

// extensions finds deadlines that were put off on a day after their last.
func (h *history) extensions() {
	for _, l := range h.records["extend_deadline"] {
		was, ok := l.day("was")
		late := int64(ocop.DateOf(l.At) - was)
		if !ok || late <= 0 {
			continue
		}
		to, _ := l.day("last_day")
		h.flag(FlagExtension, []line{l}, ocop.Text{
			Vi: fmt.Sprintf("{who} gia hạn thời hạn %v tới %s khi hạn cũ (%s) đã qua %d ngày.", l.Data["deadline"], to.In(ocop.Vi), was.In(ocop.Vi), late),
			En: fmt.Sprintf("{who} extended the deadline %v to %s, %d days after its last day (%s).", l.Data["deadline"], to.In(ocop.En), late, was.In(ocop.En))},
			map[string]any{"deadline": l.Data["deadline"], "was": was.String(), "last_day": to.String(), "days": late})
	}
}

package workflow

import (
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
)

// limits checks deadlines and batches.
func (c *checker) limits() {
	for name, d := range c.p.Deadlines.All() {
		path := "deadlines." + name
		c.name(name, path)
		c.file.Text(d.Title, path+".title")
		c.roles(d.Who, path+".who")
		c.roles(d.Extend, path+".extend")
		for i, s := range d.States {
			c.state(s, fmt.Sprintf("%s.states[%d]", path, i))
		}
		for i, t := range d.Tracks {
			if t != ocop.NoTrack {
				c.track(t, fmt.Sprintf("%s.tracks[%d]", path, i))
			}
		}
		c.counted(d, path)
		c.chase(d.Chase, path+".chase")
		c.provenance(d.Provenance, path)
	}
	c.chase(&c.p.Chase, "chase")
	c.roles(c.p.Extend, "extend")
	for i, b := range c.p.Batches {
		path := fmt.Sprintf("batches[%d]", i)
		if !slices.ContainsFunc(c.p.Levels, func(l LevelRule) bool { return l.Level == b.Level }) {
			c.unknown("level", "cấp", string(b.Level), path+".level")
		}
		for key, day := range map[string]string{"requested_before": b.RequestedBefore, "held_before": b.HeldBefore} {
			if _, err := time.Parse("2006-01-02", "2023-"+day); err != nil {
				c.add("day_wrong", path+"."+key, "Ngày hằng năm viết THÁNG-NGÀY, ví dụ \"04-30\".", "A yearly day is written MM-DD, such as \"04-30\".")
			}
		}
		c.provenance(b.Provenance, path)
	}
}

// counted checks what a limit is counted from, in what, and what meets it.
func (c *checker) counted(d DeadlineRule, path string) {
	if len(d.After) == 0 && d.Around == "" {
		c.add("limit_start", path, "Ghi after (các thao tác) hoặc around (một dữ kiện ngày).", "Say after (events) or around (a day fact).")
	}
	for i, e := range d.After {
		c.event(e, fmt.Sprintf("%s.after[%d]", path, i))
	}
	if f, ok := c.p.factNamed(d.Around); d.Around != "" && (!ok || f.Type != FactDay) {
		c.unknown("day fact", "dữ kiện ngày", d.Around, path+".around")
	}
	kinds := 0
	for _, set := range []bool{d.Days != nil, d.WorkingDays != nil, d.Months != nil, d.Batch} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		c.add("limit_length", path, "Ghi days, working_days, months hoặc batch, đúng một.", "Say days, working_days, months or batch, exactly one of them.")
	}
	if d.WorkingDays != nil && c.p.Calendar == "" {
		c.add("calendar_missing", path+".working_days", "Tính ngày làm việc cần có lịch (calendar).", "Counting working days needs a calendar.")
	}
	if d.Batch && len(c.p.Batches) == 0 {
		c.add("batches_missing", path+".batch", "Chưa khai báo đợt nào (batches).", "No batches are declared.")
	}
	if d.Meets != nil {
		if d.Meets.Duty != "" {
			c.unknown("duty", "nhiệm vụ", d.Meets.Duty, path+".meets.duty")
		}
		for i, e := range d.Meets.Events {
			c.event(e, fmt.Sprintf("%s.meets.events[%d]", path, i))
		}
		for i, k := range d.Meets.Documents {
			if !c.p.Documents.Has(k) {
				c.unknown("document", "tài liệu", k, fmt.Sprintf("%s.meets.documents[%d]", path, i))
			}
		}
	}
}

// remind checks days before a last day.
func (c *checker) remind(days []int, path string) {
	for i, n := range days {
		if n < 0 || n > 400 {
			c.add("chase_wrong", fmt.Sprintf("%s[%d]", path, i), "Nhắc trước từ 0 đến 400 ngày.", "Reminders come 0 to 400 days before.")
		}
	}
}

func (c *checker) chase(x *calendar.Chase, path string) {
	if x == nil {
		return
	}
	c.roles(x.To, path+".to")
	c.remind(x.Remind, path+".remind")
	if x.Escalate != nil && (*x.Escalate < 0 || *x.Escalate > 400 || len(x.To) == 0) {
		c.add("chase_wrong", path, "Báo cấp trên sau từ 0 đến 400 ngày, và phải ghi báo cho ai (to).", "Escalation comes 0 to 400 days after, and names whom it goes to (to).")
	}
}

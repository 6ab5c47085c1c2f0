package feed

import (
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"

	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
)

// mostEvents bounds a calendar; the nearest deadlines are in it.
const mostEvents = 1000

// write is a calendar with a day-long event on the last day of each deadline.
func write(dues []casework.Dated, lang ocop.Lang, base string) []byte {
	c := ical.NewCalendarFor("ocopflow")
	name := ocop.Text{Vi: "Thời hạn OCOP", En: "OCOP deadlines"}.In(lang)
	c.SetMethod(ical.MethodPublish)
	c.SetName(name)
	c.SetXWRCalName(name)
	c.SetRefreshInterval("PT1H")
	c.SetXPublishedTTL("PT1H")
	for _, d := range dues {
		e := c.AddEvent(d.ID + "." + d.Of + "@ocopflow")
		day := d.LastDay.String()
		start, _ := time.Parse(time.DateOnly, day) // it was written from a day
		e.SetAllDayStartAt(start)
		e.SetAllDayEndAt(start.AddDate(0, 0, 1))
		e.SetDtStampTime(d.Changed)
		e.SetSequence(moved(d))
		e.SetSummary(d.Name + ": " + d.Title.In(lang))
		e.SetDescription(describe(d, lang))
		e.SetTimeTransparency(ical.TransparencyTransparent) // it makes nobody busy
		if base != "" {
			e.SetURL(base + d.Page)
		}
	}
	return []byte(c.Serialize())
}

// moved grows whenever a deadline is put off: by how many days it lies behind
// its first last day.
func moved(d casework.Dated) int {
	if d.Was == nil {
		return 0
	}
	return int(d.LastDay - *d.Was)
}

func describe(d casework.Dated, lang ocop.Lang) string {
	var lines []string
	add := func(t ocop.Text) { lines = append(lines, t.In(lang)) }
	if d.Wording != "" {
		add(ocop.Text{Vi: "Văn bản ghi: " + d.Wording, En: "As written: " + d.Wording})
	}
	if d.Was != nil {
		add(ocop.Text{Vi: "Đã gia hạn từ " + d.Was.In(lang), En: "Put off from " + d.Was.In(lang)})
	}
	if d.Rest != nil {
		add(ocop.Text{Vi: "Ngày nghỉ: " + d.Rest.Vi, En: "A day off: " + d.Rest.En})
	}
	if d.Legal != "" {
		lines = append(lines, d.Legal)
	}
	if !d.Verified {
		add(ocop.Text{Vi: "Thời hạn này chưa được đối chiếu với văn bản.", En: "This deadline was not checked against a source."})
	}
	return strings.Join(lines, "\n")
}

package calendar

import (
	"fmt"
	"io/fs"
	"regexp"
	"sync"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/workflows"
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// Parse reads and checks a calendar file; without a calendar the findings say why.
func Parse(name string, text []byte) (*Days, []source.Finding) {
	c := new(Days)
	f, bad := source.Parse(name, text, c)
	if bad != nil {
		return nil, []source.Finding{*bad}
	}
	c.Hash = f.Hash
	c.check(f)
	if f.Failed() {
		return nil, f.Findings()
	}
	c.index()
	return c, f.Findings()
}

func (c *Days) check(f *source.File) {
	if !nameForm.MatchString(c.Name) {
		f.Error("name_wrong", "calendar", "Tên lịch chỉ gồm chữ thường không dấu, chữ số, gạch ngang.", "A calendar's name holds only lower-case letters, digits and hyphens.")
	}
	f.Text(c.Title, "title")
	if c.Zone != "Asia/Ho_Chi_Minh" {
		f.Error("zone_wrong", "zone", "Chỉ hỗ trợ múi giờ Asia/Ho_Chi_Minh.", "Only the zone Asia/Ho_Chi_Minh is supported.")
	}
	if len(c.Weekend) > 6 {
		f.Error("weekend_wrong", "weekend", "Phải còn ngày làm việc trong tuần.", "Some day of the week must be worked.")
	}
	for i, w := range c.Weekend {
		if _, ok := weekdays[w]; !ok {
			f.Error("weekend_wrong", fmt.Sprintf("weekend[%d]", i), fmt.Sprintf("Không có thứ %q.", w), fmt.Sprintf("There is no weekday %q.", w))
		}
	}
	seen := map[string]bool{}
	for i, x := range c.Fixed {
		at := fmt.Sprintf("fixed[%d]", i)
		if _, err := time.Parse("2006-01-02", "2024-"+x.Day); err != nil || seen[x.Day] {
			f.Error("day_wrong", at+".day", "Ngày cố định viết THÁNG-NGÀY, mỗi ngày một lần.", "A fixed day is written MM-DD, each one once.")
		}
		seen[x.Day] = true
		f.Text(x.Title, at+".title")
		explained(f, x.Verified, x.Note, at)
	}
	for i, d := range c.Single {
		c.checkDay(f, i, d)
	}
}

func (c *Days) checkDay(f *source.File, i int, d Day) {
	at := fmt.Sprintf("days[%d]", i)
	if d.Kind != Off && d.Kind != Work {
		f.Error("kind_wrong", at+".kind", "kind là off (nghỉ) hoặc work (làm việc).", "kind is off or work.")
	}
	if i > 0 && d.Date <= c.Single[i-1].Date {
		f.Error("days_order", at+".date", "Các ngày phải theo thứ tự, mỗi ngày một lần.", "Days stand in order, each one once.")
	}
	if d.Announced == 0 || d.Announced > d.Date {
		f.Error("announced_wrong", at+".announced", "Ngày công bố phải có và không sau chính ngày đó.", "The day of the announcement is needed and is not after the day itself.")
	}
	f.Text(d.Title, at+".title")
	explained(f, d.Verified, d.Note, at)
}

// explained wants a word about what was not seen in a source.
func explained(f *source.File, verified bool, note ocop.Text, path string) {
	if !verified && note.IsZero() {
		f.Warn("unverified", path, "Chưa kiểm chứng mà không ghi lý do (note).", "Unverified, and does not say why (note).")
	}
}

// builtIn are the calendars shipped with the program, by name.
var builtIn = sync.OnceValues(func() (map[string]*Days, error) {
	names, err := fs.Glob(workflows.Files, "calendars/*.yaml")
	if err != nil {
		return nil, err
	}
	out := map[string]*Days{}
	for _, name := range names {
		text, err := workflows.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, findings := Parse(name, text)
		if c == nil {
			return nil, fmt.Errorf("built-in calendar: %v", findings)
		}
		out[c.Name] = c
	}
	return out, nil
})

// BuiltIn is a calendar shipped with the program; nil when there is none of
// that name.
func BuiltIn(name string) *Days {
	all, err := builtIn()
	if err != nil {
		panic(err) // the program's own files; a test reads them
	}
	return all[name]
}

//go:build unix

package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	ical "github.com/arran4/golang-ical"

	"ocopflow/internal/dbtest"
)

// chased are somebody's notices of petitions and duties, newest first, as
// "kind deadline page".
func (o *office) chased(who string) (out []string) {
	o.t.Helper()
	for _, n := range o.must(200, o.ask(who, "GET", noticesPath+"?limit=200", nil)).items() {
		if about, ok := n["about"].(map[string]any); ok {
			out = append(out, fmt.Sprint(n["kind"], " ", n["deadline"], " ", about["page"]))
		}
	}
	return out
}

// summaries are what a calendar holds of petitions and duties, by the start of each event's id.
func (o *office) summaries(who string) map[string]string {
	o.t.Helper()
	token := o.must(201, o.ask(who, "POST", feedsPath, map[string]any{"label": "x"})).body["token"].(string)
	c, err := ical.ParseCalendar(strings.NewReader(o.must(200, o.fetch(token)).text))
	if err != nil {
		o.t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range c.Events() {
		out[e.Id()] = value(e, ical.ComponentPropertyDtStart) + " " + value(e, ical.ComponentPropertySummary)
	}
	return out
}

func TestPetitionsAndDutiesAreRunAfter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		finance := o.reachable(box, "dept-tai-chinh-ke-hoach", map[string]any{"quiet_from": 0, "quiet_until": 0})
		commune := o.reachable(box, "commune-tt-thien-cam", map[string]any{"quiet_from": 0, "quiet_until": 0})
		path := o.supported("producer-"+fishSauce, fishSauce, "land", nil)
		id, page := path[len(supportPath)+1:], "/support/requests/"+path[len(supportPath)+1:]
		const answered, duty = "cam-xuyen-2024.D7", "cam-xuyen-2024.tc-support@tai-chinh-ke-hoach"
		if got := o.petition("office", path)["due"]; got != "2024-04-29" {
			t.Errorf("due %v, want the last day on which the support plan is approved", got)
		}
		if got := o.summaries("commune-tt-thien-cam")[answered+"."+id+"@ocopflow"]; !strings.HasPrefix(got, "20240429 HT-2024-001") {
			t.Errorf("the commune's calendar says %q", got)
		}
		if got := o.summaries("dept-tai-chinh-ke-hoach"); !slices.ContainsFunc(keysOf(got), func(k string) bool {
			return strings.HasPrefix(k, duty+".") && strings.HasPrefix(got[k], "20240429 Phòng Tài chính")
		}) {
			t.Errorf("the finance department's calendar has %v", got)
		}
		o.clock("2024-04-22") // seven days before
		for who, want := range map[string][]string{
			"commune-tt-thien-cam": {"remind " + answered + " " + page}, "dept-tai-chinh-ke-hoach": {"remind " + duty + " /campaigns/cam-xuyen-2024"},
			"commune-cam-my": nil, "dept-tai-nguyen-moi-truong": nil, "auditor": nil, "admin": nil} {
			if got := o.chased(who); !slices.Equal(got, want) {
				t.Errorf("%s is told %v, want %v", who, got, want)
			}
		}
		o.post()
		if got := box.collect(finance); len(got) != 1 || !strings.Contains(got[0].text, "Phòng Tài chính") || !strings.Contains(got[0].text, "https://ocop.test/campaigns/cam-xuyen-2024") {
			t.Errorf("the finance department's mail: %v", got)
		}
		if got := box.collect(commune); len(got) != 1 || !strings.Contains(got[0].text, "HT-2024-001") || !strings.Contains(got[0].text, "https://ocop.test"+page) {
			t.Errorf("the commune's mail: %v", got)
		}
		// Whoever has it next is told next; those who are done with it are not.
		o.must(200, o.step("commune-tt-thien-cam", path, "review", map[string]any{"beyond_means": true}))
		o.must(200, o.step("office", path, "route", map[string]any{"department": "tai-nguyen-moi-truong", "finance": "tai-chinh-ke-hoach"}))
		o.clock("2024-05-03") // late, and passed on after three days
		if got, want := o.chased("dept-tai-nguyen-moi-truong"), "overdue "+answered+" "+page; !slices.Contains(got, want) {
			t.Errorf("the department is told %v", got)
		}
		if got := o.chased("commune-tt-thien-cam"); len(got) != 1 {
			t.Errorf("the commune is told %v", got)
		}
		if got, want := o.chased("office"), "escalate "+answered+" "+page; !slices.Contains(got, want) {
			t.Errorf("the office is told %v", got)
		}
		if got, want := o.chased("leader"), "escalate "+duty+" /campaigns/cam-xuyen-2024"; !slices.Contains(got, want) {
			t.Errorf("the leader is told %v", got)
		}
		o.post()
		if got := box.collect(finance); len(got) != 1 || !strings.Contains(got[0].text, "Quá hạn") {
			t.Errorf("the finance department's mail: %v", got)
		}
		if again := len(o.chased("office")); again != len(o.chased("office")) {
			t.Error("said twice")
		}
		// Put off, it is late no more; a duty that is done is nobody's concern.
		o.must(201, o.ask("office", "POST", "/api/v1/deadlines/"+answered+"/extension", map[string]any{"to": "2024-05-20", "reason": "Chờ nguồn"}))
		due := o.must(200, o.ask("auditor", "GET", path+"/deadlines", nil))
		if d := due.items()[0]; d["last_day"] != "2024-05-20" || d["was"] != "2024-04-29" || d["overdue"] != false || len(due.body["marks"].([]any)) < 3 {
			t.Errorf("put off: %v", due.body)
		}
		if got := o.petition("office", path)["due"]; got != "2024-05-20" {
			t.Errorf("due %v after it was put off", got)
		}
		o.must(403, o.ask("dept-tai-nguyen-moi-truong", "POST", "/api/v1/deadlines/"+answered+"/extension", map[string]any{"to": "2024-06-20", "reason": "x"}))
		o.must(404, o.ask("commune-cam-my", "GET", path+"/deadlines", nil))
		o.browse("dept-tai-nguyen-moi-truong", "vi").shows("/notices", page, "Phê duyệt kế hoạch hỗ trợ")
		o.browse("office", "vi").shows(page, "20/5/2024", "Phê duyệt kế hoạch hỗ trợ", "Quá hạn")
		o.must(200, o.ask("dept-tai-chinh-ke-hoach", "POST", "/api/v1/campaigns/cam-xuyen-2024/duties", map[string]any{"duty": "tc-support", "organisation": "tai-chinh-ke-hoach", "state": "done"}))
		for k := range o.summaries("dept-tai-chinh-ke-hoach") {
			if strings.HasPrefix(k, duty) {
				t.Errorf("a duty that is done is still in the calendar: %s", k)
			}
		}
	})
}

func keysOf(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

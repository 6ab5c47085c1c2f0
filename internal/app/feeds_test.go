//go:build unix

package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	ical "github.com/arran4/golang-ical"

	"ocopflow/internal/dbtest"
)

const feedsPath = "/api/v1/calendar-feeds"

// fetch reads a calendar as a calendar program does: without a session.
func (o *office) fetch(token string, headers ...string) answer {
	o.t.Helper()
	return o.ask("", "GET", "/calendar/"+token+".ics", nil, headers...)
}

// events are those of a calendar about a product, by the deadline's id.
func (o *office) events(token, product string) map[string]*ical.VEvent {
	o.t.Helper()
	c, err := ical.ParseCalendar(strings.NewReader(o.must(200, o.fetch(token)).text))
	if err != nil {
		o.t.Fatal(err)
	}
	out := map[string]*ical.VEvent{}
	for _, e := range c.Events() {
		if id, ok := strings.CutSuffix(e.Id(), "."+product+"@ocopflow"); ok {
			out[id] = e
		}
	}
	return out
}

func value(e *ical.VEvent, of ical.ComponentProperty) string {
	if e == nil {
		return "no event"
	}
	if p := e.GetProperty(of); p != nil {
		return p.Value
	}
	return ""
}

func TestACalendarFollowsOnesDeadlines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		who := "producer-" + simWine
		made := o.must(201, o.ask(who, "POST", feedsPath, map[string]any{"label": "điện thoại", "lang": "vi"}))
		token := made.body["token"].(string)
		o.must(200, o.move(who, id, "begin_upgrade", nil))
		due := o.deadline(who, id, "D3")
		event := o.events(token, id)[due["id"].(string)]
		if value(event, ical.ComponentPropertyDtStart) != "20240414" || value(event, ical.ComponentPropertyDtEnd) != "20240415" || value(event, ical.ComponentPropertySequence) != "0" ||
			!strings.Contains(value(event, ical.ComponentPropertySummary), "Rượu sim") || !strings.Contains(value(event, ical.ComponentPropertyDescription), "Văn bản ghi") {
			t.Errorf("D3 is %+v", event)
		}
		// Put off, it moves under its name.
		o.must(201, o.ask("office", "POST", "/api/v1/deadlines/"+due["id"].(string)+"/extension", map[string]any{"to": "2024-04-20", "reason": "Mất mùa sim"}))
		event = o.events(token, id)[due["id"].(string)]
		if value(event, ical.ComponentPropertyDtStart) != "20240420" || value(event, ical.ComponentPropertySequence) != "6" || !strings.Contains(value(event, ical.ComponentPropertyDescription), "Đã gia hạn từ 14/4/2024") {
			t.Errorf("put off, D3 is %+v", event)
		}
		first := o.must(200, o.fetch(token))
		if got := o.fetch(token, "If-None-Match", first.header.Get("ETag")); got.status != http.StatusNotModified {
			t.Errorf("nothing changed, and it answers %d", got.status)
		}
		if got := first.header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
			t.Error(got)
		}
		// Others' calendars do not tell of it.
		other := o.must(201, o.ask("producer-"+fishSauce, "POST", feedsPath, map[string]any{"label": "x"})).body["token"].(string)
		if got := o.events(other, id); len(got) != 0 {
			t.Errorf("another producer's calendar tells %v", got)
		}
		auditor := o.must(201, o.ask("auditor", "POST", feedsPath, map[string]any{"label": "x"})).body["token"].(string)
		if got := o.events(auditor, id); len(got) != 0 {
			t.Errorf("whose it is not is told %v", got)
		}
		// Met, it goes.
		if len(o.events(token, id)) == 0 {
			t.Fatal("nothing is open")
		}
		o.must(201, o.upload(who, id, "idea_form", []byte("phiếu")))
		for deadline := range o.events(token, id) {
			for _, d := range o.must(200, o.ask(who, "GET", "/api/v1/products/"+id+"/deadlines", nil)).items() {
				if d["id"] == deadline && d["met"] == true {
					t.Errorf("%s was met", deadline)
				}
			}
		}
	})
}

func TestACalendarsAddressIsASecretThatCanBeTakenBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		for _, bad := range []string{"", "  ", strings.Repeat("ă", 101)} {
			o.must(422, o.ask("office", "POST", feedsPath, map[string]any{"label": bad}))
		}
		o.must(401, o.ask("", "POST", feedsPath, map[string]any{"label": "x"}))
		token, id := "", ""
		for range 5 {
			made := o.must(201, o.ask("office", "POST", feedsPath, map[string]any{"label": "máy tính"}))
			token, id = made.body["token"].(string), made.body["id"].(string)
		}
		o.said(409, "too_many_feeds", "hãy xóa bớt", "remove one", func(h ...string) answer {
			return o.ask("office", "POST", feedsPath, map[string]any{"label": "x"}, h...)
		})
		if list := o.must(200, o.ask("office", "GET", feedsPath, nil)); len(list.items()) != 5 || strings.Contains(list.text, token) {
			t.Errorf("%s", list.text)
		}
		o.nowhere(token)
		for _, wrong := range []string{"x", "ocopcal_", token + "A", token[:len(token)-1], "ocop_" + strings.Repeat("a", 43), strings.Repeat("a", 5000)} {
			o.must(404, o.fetch(wrong))
		}
		// It opens the calendar and nothing else.
		r := must(http.NewRequest("GET", o.address+"/api/v1/products", nil))
		r.Header.Set("Authorization", "Bearer "+token)
		if got := o.send(r); got.status != 401 {
			t.Errorf("the API answers %d", got.status)
		}
		o.must(404, o.ask("leader", "DELETE", feedsPath+"/"+id, nil))
		o.must(200, o.fetch(token))
		o.must(204, o.ask("office", "DELETE", feedsPath+"/"+id, nil))
		o.must(404, o.fetch(token))
		o.must(404, o.ask("office", "DELETE", feedsPath+"/"+id, nil))
	})
}

var feedIn = regexp.MustCompile(`/calendar/(ocopcal_[\w-]+)\.ics`)

func TestACalendarIsMadeOnThePageOfReminders(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	office := o.browse("office", "vi")
	page := office.post("/settings/feeds", url.Values{"label": {"điện thoại"}})
	token := feedIn.FindStringSubmatch(page.text)
	if token == nil {
		t.Fatalf("%s", page.text)
	}
	o.must(200, o.fetch(token[1]))
	if again := office.get("/settings/reminders").text; strings.Contains(again, token[1]) || !strings.Contains(again, "điện thoại") {
		t.Errorf("%s", again)
	}
	if got := office.post("/settings/feeds", url.Values{"label": {""}}); got.status != 422 {
		t.Errorf("%d", got.status)
	}
	id := o.must(200, o.ask("office", "GET", feedsPath, nil)).items()[0]["id"].(string)
	office.post("/settings/feeds/"+id+"/end", nil)
	o.must(404, o.fetch(token[1]))
}

//go:build unix

package app

import (
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/mail"
)

const contactPath = "/api/v1/contact"

// at moves the demo's clock to an hour in Vietnam.
func (o *office) at(moment string) {
	o.t.Helper()
	o.must(200, o.ask("admin", "PUT", "/api/v1/demo/clock", map[string]any{"now": moment + ":00+07:00"}))
}

// post lets the mails go.
func (o *office) post() {
	o.t.Helper()
	if _, err := o.app.Notices.Post(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

var ticketIn = regexp.MustCompile(`confirm\?ticket=([\w-]+)`)

// reachable gives somebody an address that is confirmed.
func (o *office) reachable(b *postbox, who string, settings map[string]any) string {
	o.t.Helper()
	address := who + "@don-vi.test"
	settings["address"] = address
	if settings["lang"] == nil {
		settings["lang"] = "vi"
	}
	o.must(200, o.ask(who, "PUT", contactPath, settings))
	o.post()
	got := b.collect(address)
	if len(got) != 1 {
		o.t.Fatalf("%d letters ask %s whether the address is right", len(got), who)
	}
	ticket := ticketIn.FindStringSubmatch(got[0].text)
	if ticket == nil {
		o.t.Fatalf("no link in %s", got[0].text)
	}
	o.must(204, o.ask(who, "POST", contactPath+"/confirmation", map[string]any{"ticket": ticket[1]}))
	return address
}

// escalated lets a round's deadlines pass up to the escalation to the leader, on
// a holiday, and gives the product.
func (o *office) escalated() string {
	o.t.Helper()
	id := o.late()
	if got := o.noticed("leader", id); len(got) == 0 {
		o.t.Fatal("the leader was told nothing")
	}
	return id
}

// reminderBodies are the bodies with which the table of access asks; none of them
// stands.
var reminderBodies = map[string]string{
	"PUT /api/v1/contact":               `{"address":"x"}`,
	"POST /api/v1/contact/confirmation": `{"ticket":"x"}`,
	"POST /api/v1/webhooks":             `{"url":"x"}`,
	"POST /api/v1/webhooks/:id/replay":  `{}`,
	"POST /webhooks":                    "url=x",
	"POST /webhooks/:id":                "act=x",
	"POST /api/v1/calendar-feeds":       `{"label":""}`,
}

// remindable fills the tables of contacts, calendars and webhooks for the tests that walk
// all tables.
func (o *office) remindable() {
	o.t.Helper()
	server, err := mail.New(mail.Settings{Server: "smtp+plain://127.0.0.1:9", From: "ocop@ocop.test"})
	if err != nil {
		o.t.Fatal(err)
	}
	o.app.Notices.Mail = server
	for _, who := range []string{"office", "leader"} {
		o.must(200, o.ask(who, "PUT", contactPath, map[string]any{"address": who + "@don-vi.test"}))
		o.must(200, o.ask(who, "PUT", contactPath, map[string]any{"address": who + "@don-vi.test", "delivery": "daily"}))
		o.must(201, o.ask(who, "POST", feedsPath, map[string]any{"label": "máy của " + who}))
	}
	for range 2 {
		made := o.must(201, o.ask("office", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/hook"}))
		o.must(200, o.ask("office", "POST", webhooksPath+"/"+made.body["id"].(string)+"/secret", nil))
	}
}

func TestRemindersComeByMailInHoursThatSuit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		leader := o.reachable(box, "leader", map[string]any{})
		producer := o.reachable(box, "producer-"+simWine, map[string]any{"lang": "en", "rest_days": true, "quiet_from": 0, "quiet_until": 0})
		other := o.reachable(box, "producer-"+fishSauce, map[string]any{"rest_days": true, "quiet_from": 0, "quiet_until": 0})
		o.escalated() // up to 18/4/2024, the day of the Hùng kings
		o.post()
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("on a holiday the leader got %v", got)
		}
		got := box.collect(producer)
		if len(got) != 1 {
			t.Fatalf("the producer got %d letters, want one with all", len(got))
		}
		first := got[0]
		if !strings.Contains(first.text, "Overdue: ") || !strings.Contains(first.text, "https://ocop.test/products/") || !strings.Contains(first.html, "<strong>Overdue</strong>") {
			t.Errorf("%s\n%s", first.text, first.html)
		}
		if !strings.Contains(first.subject, "overdue") || first.header.Get("Content-Language") != "en" || first.header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("%q %v", first.subject, first.header)
		}
		for _, l := range box.collect(other) {
			if strings.Contains(l.text, "sim") {
				t.Errorf("another producer is told of %s", l.text)
			}
		}
		o.at("2024-04-19T06:59")
		o.post()
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("before seven the leader got %v", got)
		}
		o.at("2024-04-19T07:01")
		o.post()
		got = box.collect(leader)
		if len(got) != 1 || !strings.Contains(got[0].text, "Quá hạn, báo cấp trên") || !strings.Contains(got[0].text, "Ngày cuối: ") {
			t.Errorf("at seven the leader got %v", got)
		}
		o.post()
		if got := append(box.collect(leader), box.collect(producer)...); len(got) != 0 {
			t.Errorf("told twice: %v", got)
		}
	})
}

func TestADigestComesOnceADay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		leader := o.reachable(box, "leader", map[string]any{"delivery": "daily", "rest_days": true})
		o.late()
		o.at("2024-04-18T20:30")
		o.post()
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("in quiet hours: %v", got)
		}
		o.at("2024-04-19T07:00")
		o.post()
		got := box.collect(leader)
		if len(got) != 1 || !strings.Contains(got[0].text, "Các thời hạn cần xem trong ngày") || strings.Count(got[0].text, "\n- ") < 2 {
			t.Errorf("the digest: %v", got)
		}
	})
}

// What was met, or is not theirs to see any more, is not told.
func TestNobodyIsMailedAboutWhatTheyMayNotSee(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		o.person("thu", access.Department, "cam-my")
		thu := o.reachable(box, "thu", map[string]any{"rest_days": true, "quiet_from": 0, "quiet_until": 0})
		lan := o.person("lan", access.Leader, "cam-xuyen")
		leaver := o.reachable(box, "lan", map[string]any{})
		o.escalated()
		o.post()
		if got := box.collect(thu); len(got) != 0 {
			t.Errorf("a department is told %v", got)
		}
		// It was put into a mail, and by the time it goes the role is gone.
		o.at("2024-04-19T08:00")
		box.say("", 451, "try later")
		o.post()
		grant := o.must(200, o.ask("admin", "GET", accountsPath+"/"+lan, nil)).body["roles"].([]any)[0].(map[string]any)["id"].(string)
		o.must(204, o.ask("admin", "DELETE", accountsPath+"/"+lan+"/roles/"+grant, nil))
		box.say("", 0, "")
		o.at("2024-04-19T10:00")
		o.post()
		if got := box.collect(leaver); len(got) != 0 {
			t.Errorf("somebody whose role is gone is told %v", got)
		}
	})
}

func TestAnAddressGetsNothingBeforeItsOwnerConfirmed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		for _, bad := range []map[string]any{{"address": "x"}, {"address": "a@b.vn, c@d.vn"}, {"address": "a@b.vn\r\nBcc: c@d.vn"}, {"address": strings.Repeat("a", 250) + "@b.vn"},
			{"address": "a@b.vn", "delivery": "often"}, {"address": "a@b.vn", "quiet_from": 24}, {"address": "a@b.vn", "quiet_until": -1}, {"address": "a@b.vn", "lang": "fr"}} {
			o.must(422, o.ask("leader", "PUT", contactPath, bad))
		}
		o.must(401, o.ask("", "GET", contactPath, nil))
		if got := o.must(200, o.ask("leader", "GET", contactPath, nil)); got.body["delivery"] != "each" || got.body["quiet_from"] != 19.0 || got.body["address"] != "" {
			t.Errorf("the usual settings: %s", got.text)
		}
		o.must(200, o.ask("leader", "PUT", contactPath, map[string]any{"address": "leader@don-vi.test"}))
		o.post()
		ask := box.collect("leader@don-vi.test")
		if len(ask) != 1 || ask[0].header.Get("List-Unsubscribe") != "" {
			t.Fatalf("%v", ask)
		}
		o.late()
		o.at("2024-04-19T09:00")
		o.post()
		if got := box.collect("leader@don-vi.test"); len(got) != 0 {
			t.Errorf("before it was confirmed: %v", got)
		}
		ticket := ticketIn.FindStringSubmatch(ask[0].text)[1]
		o.must(422, o.ask("office", "POST", contactPath+"/confirmation", map[string]any{"ticket": ticket}))
		o.must(422, o.ask("leader", "POST", contactPath+"/confirmation", map[string]any{"ticket": ticket[1:] + "x"}))
		// Another address: the link to the first one confirms nothing.
		o.must(412, o.ask("leader", "PUT", contactPath, map[string]any{"address": "khac@don-vi.test", "version": 7}))
		o.must(200, o.ask("leader", "PUT", contactPath, map[string]any{"address": "khac@don-vi.test", "version": 1}))
		o.must(422, o.ask("leader", "POST", contactPath+"/confirmation", map[string]any{"ticket": ticket}))
		// A stranger's address is not flooded.
		for range mostConfirmations - 1 {
			o.must(204, o.ask("leader", "POST", contactPath+"/mail", nil))
		}
		o.said(429, "too_many", "thử lại ngày mai", "try again tomorrow", func(h ...string) answer { return o.ask("leader", "POST", contactPath+"/mail", nil, h...) })
		o.must(409, o.ask("office", "POST", contactPath+"/mail", nil))
	})
}

// mostConfirmations a day.
const mostConfirmations = 5

func TestAMailThatIsNotTakenIsTriedAgainUnderItsID(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		leader := o.reachable(box, "leader", map[string]any{})
		office := o.reachable(box, "office", map[string]any{})
		o.escalated()
		o.at("2024-04-19T08:00")
		box.say(leader, 451, "try later, "+leader)
		box.say(office, 550, "no such person as "+office)
		o.post()
		mails := func(query string) (out []map[string]any) {
			for _, m := range o.must(200, o.ask("admin", "GET", "/api/v1/mails"+query, nil)).items() {
				if m["kind"] == "reminder" {
					out = append(out, m)
				}
			}
			return out
		}
		waits := mails("?state=waiting")
		if len(waits) != 1 || waits[0]["account_name"] != "leader" || waits[0]["tries"] != 1.0 || !strings.Contains(waits[0]["error"].(string), "451") {
			t.Fatalf("waiting: %v", waits)
		}
		failed := mails("?state=failed")
		if len(failed) != 1 || failed[0]["account_name"] != "office" || !strings.Contains(failed[0]["error"].(string), "550") || strings.Contains(failed[0]["error"].(string), "@") {
			t.Errorf("failed: %v", failed)
		}
		box.say(leader, 0, "")
		o.post() // it is not its turn yet
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("tried again at once: %v", got)
		}
		o.at("2024-04-19T08:02")
		o.post()
		got := box.collect(leader)
		if len(got) != 1 || got[0].id != "<"+waits[0]["id"].(string)+"@ocop.test>" {
			t.Errorf("tried again: %v", got)
		}
		if page := o.browse("admin", "vi").get("/mails").text; !strings.Contains(page, "Không gửi được") || !strings.Contains(page, "550") || strings.Contains(page, "@don-vi.test") {
			t.Errorf("page: %s", page)
		}
		o.must(403, o.ask("leader", "GET", "/api/v1/mails", nil))
		o.person("admin-elsewhere", access.Admin, "tt-thien-cam")
		if got := o.must(200, o.ask("admin-elsewhere", "GET", "/api/v1/mails", nil)).items(); len(got) != 0 {
			t.Errorf("another unit's administrator is shown %v", got)
		}
	})
}

func TestAMailIsGivenUpAfterDays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		leader := o.reachable(box, "leader", map[string]any{"rest_days": true})
		o.escalated()
		box.server.Close() // the mail server is down
		for _, moment := range []string{"2024-04-19T08:00", "2024-04-19T12:00", "2024-04-20T12:00", "2024-04-22T12:00"} {
			o.at(moment)
			o.post()
		}
		failed := o.must(200, o.ask("admin", "GET", "/api/v1/mails?state=failed", nil)).items()
		if len(failed) != 1 || failed[0]["tries"] != 4.0 || failed[0]["error"] == "" || strings.Contains(failed[0]["error"].(string), postSecret) {
			t.Errorf("given up: %v", failed)
		}
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

var unsubscribeIn = regexp.MustCompile(`^<https://ocop\.test(/unsubscribe/[\w-]+)>$`)

func TestOneClickEndsReminders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		leader := o.reachable(box, "leader", map[string]any{})
		o.escalated()
		o.at("2024-04-19T08:00")
		o.post()
		got := box.collect(leader)
		if len(got) != 1 || got[0].header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Fatalf("%v", got)
		}
		link := unsubscribeIn.FindStringSubmatch(got[0].header.Get("List-Unsubscribe"))
		if link == nil {
			t.Fatalf("%v", got[0].header)
		}
		nobody := o.browse("", "vi")
		if page := nobody.get(link[1]); page.status != 200 || !strings.Contains(page.text, "Thông báo trong chương trình vẫn còn") {
			t.Errorf("%d %s", page.status, page.text)
		}
		if o.must(200, o.ask("leader", "GET", contactPath, nil)).body["delivery"] != "each" {
			t.Error("looking at the page ended the reminders")
		}
		forged := link[1][:len(link[1])-4] + "AAAA"
		for _, wrong := range []string{forged, "/unsubscribe/x", link[1] + "A"} {
			if got := nobody.post(wrong, url.Values{"List-Unsubscribe": {"One-Click"}}); got.status != 404 {
				t.Errorf("%s: %d", wrong, got.status)
			}
		}
		for range 2 { // a second click is no mistake
			if got := nobody.post(link[1], url.Values{"List-Unsubscribe": {"One-Click"}}); got.status != 200 {
				t.Errorf("%d %s", got.status, got.text)
			}
		}
		if got := o.must(200, o.ask("leader", "GET", contactPath, nil)); got.body["delivery"] != "none" {
			t.Errorf("%s", got.text)
		}
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", map[string]any{"target": 4}))
		o.at("2024-06-19T08:00")
		o.post()
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("after it: %v", got)
		}
		// Whose address it was cannot end what goes to the next one.
		o.must(200, o.ask("leader", "PUT", contactPath, map[string]any{"address": "khac@don-vi.test"}))
		if got := nobody.post(link[1], url.Values{"List-Unsubscribe": {"One-Click"}}); got.status != 404 {
			t.Errorf("%d %s", got.status, got.text)
		}
	})
}

func TestTwoServersSendAMailOnce(t *testing.T) {
	t.Parallel()
	address := dbtest.Postgres(t)
	box := newPostbox(t)
	o := openOffice(t, address, box.settings)
	people := []string{"leader", "office", "commune-cam-my", "producer-" + simWine}
	for _, who := range people {
		o.reachable(box, who, map[string]any{"rest_days": true, "quiet_from": 0, "quiet_until": 0})
	}
	o.escalated()
	second := o.second(box.settings) // it takes the demo's clock up as it stands now
	var wg sync.WaitGroup
	for range 3 {
		for _, a := range []*App{o.app, second} {
			wg.Go(func() {
				if _, err := a.Notices.Post(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	for _, who := range people {
		if got, told := box.collect(who+"@don-vi.test"), len(o.must(200, o.ask(who, "GET", noticesPath, nil)).items()) > 0; len(got) > 1 || told != (len(got) == 1) {
			t.Errorf("%s got %d letters; has notices: %v", who, len(got), told)
		}
	}
}

// second is another server on the same database.
func (o *office) second(change ...func(*Config)) *App {
	o.t.Helper()
	c := Config{Database: o.app.Config.Database, Data: o.app.Data, Demo: true, Hashing: quick, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, f := range change {
		f(&c)
	}
	a, err := Open(o.t.Context(), c)
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		if err := a.Close(); err != nil {
			o.t.Error(err)
		}
	})
	return a
}

// An address that was forgotten gets nothing more, and is nowhere any more.
func TestAnErasedAddressIsGone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		leader := o.reachable(box, "leader", map[string]any{})
		var index int64
		if err := o.app.DB.QueryRow(t.Context(), `SELECT max(idx) FROM entries WHERE event = 'set_contact'`).Scan(&index); err != nil {
			t.Fatal(err)
		}
		o.must(200, o.erase("privacy", index, map[string]any{"reason": "Theo đơn"}))
		if got := o.must(200, o.ask("leader", "GET", contactPath, nil)); got.body["address"] != "" {
			t.Errorf("%s", got.text)
		}
		o.nowhere(leader)
		o.escalated()
		o.at("2024-04-19T08:00")
		o.post()
		if got := box.collect(leader); len(got) != 0 {
			t.Errorf("%v", got)
		}
		if r, err := audit.Verify(t.Context(), o.app.DB, audit.Options{}); err != nil || !r.OK {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestWithoutAMailServerNobodyIsAskedForAnAddress(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.said(409, "mail_off", "chưa được đặt để gửi thư", "not set up to send mail", func(h ...string) answer {
			return o.ask("leader", "PUT", contactPath, map[string]any{"address": "a@b.vn"}, h...)
		})
		if page := o.browse("leader", "vi").get("/settings/reminders").text; !strings.Contains(page, "chưa được đặt để gửi thư") || strings.Contains(page, `name="address"`) {
			t.Errorf("%s", page)
		}
	})
}

func TestRemindersAreSetOnTheirPage(t *testing.T) {
	t.Parallel()
	box := newPostbox(t)
	o := openOffice(t, dbtest.SQLite(t), box.settings)
	leader := o.browse("leader", "vi")
	form := url.Values{"address": {"leader@don-vi.test"}, "delivery": {"daily"}, "quiet_from": {"18"}, "quiet_until": {"6"}, "lang": {"vi"}, "version": {"0"}}
	if page := leader.post("/settings/reminders", form).text; !strings.Contains(page, "Đã gửi thư xác nhận") {
		t.Errorf("%s", page)
	}
	o.post()
	ticket := ticketIn.FindStringSubmatch(box.collect("leader@don-vi.test")[0].text)[1]
	if page := leader.get("/settings/reminders/confirm?ticket=" + ticket).text; !strings.Contains(page, ticket) {
		t.Errorf("%s", page)
	}
	if page := leader.post("/settings/reminders/confirm", url.Values{"ticket": {ticket}}).text; !strings.Contains(page, "Địa chỉ đã được xác nhận") {
		t.Errorf("%s", page)
	}
	form.Set("quiet_from", "x")
	form.Set("version", "2")
	if got := leader.post("/settings/reminders", form); got.status != 422 || !strings.Contains(got.text, "Yên lặng từ: Giờ từ 0 đến 23.") {
		t.Errorf("%d %s", got.status, got.text)
	}
	c := o.must(200, o.ask("leader", "GET", contactPath, nil))
	if c.body["delivery"] != "daily" || c.body["quiet_from"] != 18.0 || c.body["verified_at"] == nil {
		t.Errorf("%s", c.text)
	}
}

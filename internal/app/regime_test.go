//go:build unix

package app

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/workflows"
)

// clock moves the demo's clock to the morning of a day.
func (o *office) clock(day string) {
	o.t.Helper()
	o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": day + "T01:00:00Z"}))
}

// registered enters a new product of the fish sauce's producer.
func (o *office) registered(name string) string {
	o.t.Helper()
	producer := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+o.product(fishSauce), nil)).body["producer"].(map[string]any)["id"]
	return o.must(201, o.ask("producer-"+fishSauce, "POST", "/api/v1/products", map[string]any{"name": name, "producer": producer, "set": 9})).body["id"].(string)
}

// deadline finds one of a product's deadlines by its code.
func (o *office) deadline(who, product, code string) map[string]any {
	o.t.Helper()
	for _, d := range o.must(200, o.ask(who, "GET", "/api/v1/products/"+product+"/deadlines", nil)).items() {
		if d["code"] == code {
			return d
		}
	}
	o.t.Fatalf("no deadline %s", code)
	return nil
}

// commune is the account of the commune that a product belongs to.
func (o *office) commune(product string) string {
	o.t.Helper()
	return "commune-" + o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+product, nil)).body["commune"].(map[string]any)["code"].(string)
}

var topics = map[string]any{"local_origin": "met", "local_labour": "met", "idea_origin": "partly", "local_identity": "met"}

// upTo brings a product registered under the rules of 2026 to its inspection.
func (o *office) toInspection(id string) {
	o.t.Helper()
	commune := o.commune(id)
	producer := "producer-" + fishSauce
	o.must(201, o.upload(producer, id, "idea_form", []byte("idea")))
	form := maps.Clone(topics)
	form["officer"] = commune
	o.must(200, o.move(commune, id, "confirm", form))
	o.must(201, o.upload(producer, id, "business_plan", []byte("plan")))
	o.must(201, o.upload(producer, id, "self_score", []byte("sheet")))
	o.must(200, o.move("leader-province", id, "approve_plan", nil))
	o.must(200, o.move("office-province", id, "open_inspection", map[string]any{"day": "2026-06-20", "participants": []string{"Tổ tư vấn"}}))
}

func (o *office) held(id string) {
	o.t.Helper()
	visit := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id+"/inspections", nil)).items()[0]["id"].(string)
	day := o.must(200, o.ask("", "GET", "/api/v1/demo/clock", nil)).body["now"].(string)[:10]
	o.must(200, o.ask("office-province", "PATCH", "/api/v1/inspections/"+visit, map[string]any{"held_on": day}))
}

// A dossier under Decision 26/2026: the commune's four topics within 15 working
// days, the province's batch, a try at 5 stars that ends at 4 and is recognised
// by the province all the same.
func TestTheRegimeOf2026FromRegistrationToCertificate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.clock("2026-06-01")
		id := o.registered("Nước mắm thượng hạng")
		limit := o.deadline("office-province", id, "commune_assessment")
		if limit["last_day"] != "2026-06-22" || len(limit["count"].(map[string]any)["steps"].([]any)) != 21 {
			t.Errorf("fifteen working days: %v", limit)
		}
		if due := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["due"]; due != "2026-06-22" {
			t.Errorf("due %v", due)
		}
		o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("idea")))
		commune := o.commune(id)
		a := o.must(422, o.move(commune, id, "confirm", map[string]any{"officer": commune, "local_origin": "met", "idea_origin": "met"}))
		if r := a.body["reasons"].([]any)[0].(map[string]any); r["code"] != "assessed" || r["actual"] != "2" || r["required"] != "4" {
			t.Errorf("two of four topics: %v", r)
		}
		o.must(409, o.move("leader-province", id, "approve_plan", nil))
		o.toInspection(id)
		if d := o.deadline("office-province", id, "batch"); d["last_day"] != "2026-12-29" {
			t.Errorf("batch of the second half of the year: %v", d)
		}
		o.must(403, o.move("secretary-district", id, "score", nil))
		o.held(id)
		if a := o.must(422, o.move("secretary-province", id, "score", nil)); !slices.Equal(a.reasons(), []string{"session_closed"}) {
			t.Errorf("without a session: %v", a.reasons())
		}
		o.scored("province", id, 9, worth(t, 9, 5, 92))
		o.must(200, o.move("secretary-province", id, "score", nil))
		o.must(403, o.move("leader-province", id, "certify", map[string]any{"number": "P-1", "decision": "1/QĐ", "decided_on": "2026-06-01"}))
		o.must(200, o.move("office-province", id, "forward", nil))
		if d := o.deadline("office-province", id, "batch"); d["last_day"] != "2026-09-29" || d["met"] != false {
			t.Errorf("the ministry's batch: %v", d)
		}
		o.scored("ministry", id, 9, worth(t, 9, 4, 85))
		o.must(200, o.move("secretary-ministry", id, "score", nil))
		moved := o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "P-1", "decision": "1/QĐ", "decided_on": "2026-06-01"}))
		if p := moved.body["product"].(map[string]any); p["state"] != "certified" || p["stars"] != 4.0 {
			t.Errorf("certified as %v", p)
		}
		k := o.must(200, o.ask("", "GET", "/api/v1/verify/P-1", nil))
		if k.body["last_day"] != "2029-06-01" || k.body["level"] != "province" {
			t.Errorf("certificate %v", k.text)
		}
		o.clock("2028-12-04") // 179 days before the last day
		if d := o.deadline("office-province", id, "renewal_filing"); d["last_day"] != "2029-02-01" {
			t.Errorf("filing: %v", d)
		}
		if due := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["due"]; due != "2029-02-01" {
			t.Errorf("the deadline appeared by itself: due %v", due)
		}
	})
}

// edited are the shipped files with some text replaced in one of them.
func edited(t *testing.T, name string, pairs ...string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(workflows.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := workflows.Files.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if n == name {
			for i := 0; i < len(pairs); i += 2 {
				if !strings.Contains(string(text), pairs[i]) {
					t.Fatalf("%s does not hold %q", n, pairs[i])
				}
			}
			text = []byte(strings.NewReplacer(pairs...).Replace(string(text)))
		}
		out[n] = &fstest.MapFile{Data: text}
	}
	return out
}

func TestALateRenewalStretchesTheCertificateOnlyWithTheSwitch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOfficeWith(t, address, edited(t, "ocop-2026.yaml", "late_renewal: false", "late_renewal: true"))
		o.clock("2026-06-01")
		id := o.registered("Nước mắm trễ hạn")
		o.toInspection(id)
		o.held(id)
		o.scored("province", id, 9, worth(t, 9, 3, 60))
		o.must(200, o.move("secretary-province", id, "score", nil))
		o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "L-1", "decision": "1/QĐ", "decided_on": "2026-06-01"}))
		status := func() any { return o.must(200, o.ask("", "GET", "/api/v1/verify/L-1", nil)).body["status"] }
		o.clock("2029-03-01") // 92 days before the last day: past the window
		producer := "producer-" + fishSauce
		o.must(200, o.move(producer, id, "begin_renewal", nil))
		o.must(201, o.upload(producer, id, "renewal_dossier", []byte("dossier")))
		a := o.must(200, o.move(producer, id, "file_dossier", nil))
		if a.body["entry"].(map[string]any)["event"] != "file_dossier" {
			t.Error(a.text)
		}
		o.clock("2029-06-02") // the day after the last day
		if got := status(); got != "extended" {
			t.Errorf("while the late renewal runs: %v, want extended", got)
		}
		if a := o.must(422, o.move(producer, id, "lapse", nil)); !slices.Contains(a.reasons(), "certificate_over") {
			t.Errorf("reasons %v", a.reasons())
		}
		o.must(200, o.move("office-province", id, "submit_dossier", nil))
		o.clock("2029-11-28") // 180 days past the last day
		if got := status(); got != "extended" {
			t.Errorf("on the 180th day: %v, want extended", got)
		}
		o.clock("2029-11-29")
		if got := status(); got != "expired" {
			t.Errorf("on the 181st day: %v, want expired", got)
		}
		o.must(200, o.move(producer, id, "lapse", nil))
		if p := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)); p.body["state"] != "expired" {
			t.Errorf("state %v", p.body["state"])
		}
	})
}

// The announcement of 12/4/2024 moved running limits: before it, 29 April was
// worked and 4 May was not.
func TestASwappedDayMovesRunningLimitsFromItsAnnouncement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		files := edited(t, "ocop-2026.yaml", `date: 2026-05-22, effective: 2026-05-22`, `date: 2024-01-01, effective: 2024-01-01`)
		o := openOfficeWith(t, address, files)
		o.clock("2024-04-05")
		id := o.registered("Nước mắm đầu năm")
		before := o.deadline("office-province", id, "commune_assessment")["last_day"]
		system := func() int {
			n := 0
			rows, err := o.app.DB.Query(t.Context(), `SELECT event FROM entries WHERE stream = 'system' AND event = 'calendar_changed'`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				n++
			}
			return n
		}
		had := system()
		o.clock("2024-04-12")
		after := o.deadline("office-province", id, "commune_assessment")
		if before != "2024-04-29" || after["last_day"] != "2024-05-02" {
			t.Errorf("the limit ended %v, and after the announcement %v; want 2024-04-29 and 2024-05-02", before, after["last_day"])
		}
		if due := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["due"]; due != after["last_day"] {
			t.Errorf("due %v, want %v", due, after["last_day"])
		}
		if n := system() - had; n != 1 {
			t.Errorf("%d entries say that the calendar changed, want 1", n)
		}
	})
}

func TestAnOfficeChangesTheCalendar(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.clock("2026-06-01")
		id := o.registered("Nước mắm nghỉ lễ")
		text, err := workflows.Files.ReadFile("calendars/vn.yaml")
		if err != nil {
			t.Fatal(err)
		}
		at := "  - {date: 2026-08-22"
		body := map[string]any{"yaml": strings.Replace(string(text), at, "  - {date: 2026-06-16, kind: off, announced: 2026-05-20, title: {vi: \"Nghỉ thử\", en: \"A day off\"}, verified: true, legal: x}\n"+at, 1)}
		o.must(403, o.ask("office", "POST", "/api/v1/calendars", body))
		if a := o.must(422, o.ask("admin", "POST", "/api/v1/calendars", map[string]any{"yaml": "calendar: vn\nweekend: [noday]\n"})); a.code() != "calendar_file" {
			t.Errorf("code %s", a.code())
		}
		o.must(201, o.ask("admin", "POST", "/api/v1/calendars", body))
		if d := o.deadline("office-province", id, "commune_assessment"); d["last_day"] != "2026-06-23" {
			t.Errorf("with one day off more: %v", d["last_day"])
		}
		if due := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["due"]; due != "2026-06-23" {
			t.Errorf("due %v", due)
		}
		if err := o.app.Desk.PublishBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := o.deadline("office-province", id, "commune_assessment"); d["last_day"] != "2026-06-23" {
			t.Errorf("the built-in calendar came back: %v", d["last_day"])
		}
	})
}

func TestExtendingADeadline(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		plan := o.must(200, o.ask("office", "GET", "/api/v1/campaigns/cam-xuyen-2024", nil)).body["deadlines"].([]any)
		d3 := ""
		for _, d := range plan {
			if d.(map[string]any)["code"] == "D3" {
				d3 = d.(map[string]any)["id"].(string)
			}
		}
		path := "/api/v1/deadlines/" + d3 + "/extension"
		good := map[string]any{"to": "2024-04-20", "reason": "Mất mùa sim"}
		o.must(401, o.ask("", "POST", path, good))
		o.must(403, o.ask("commune-cam-my", "POST", path, good))
		o.must(404, o.ask("office", "POST", "/api/v1/deadlines/cam-xuyen-2024.D99/extension", good))
		o.must(404, o.ask("office", "POST", "/api/v1/deadlines/nothing/extension", good))
		o.must(422, o.ask("office", "POST", path, map[string]any{"to": "2024-04-20"}))
		o.must(422, o.ask("office", "POST", path, map[string]any{"reason": "vì"}))
		if a := o.must(422, o.ask("office", "POST", path, map[string]any{"to": "2024-04-14", "reason": "vì"})); a.code() != "not_later" {
			t.Errorf("code %s", a.code())
		}
		done := o.must(201, o.ask("office", "POST", path, good, "Idempotency-Key", "k"))
		if done.body["was"] != "2024-04-14" || done.body["last_day"] != "2024-04-20" {
			t.Errorf("extended: %s", done.text)
		}
		o.must(201, o.ask("office", "POST", path, good, "Idempotency-Key", "k"))
		for _, code := range []string{simWine, fishSauce} {
			if d := o.deadline("office", o.product(code), "D3"); d["last_day"] != "2024-04-20" || d["was"] != "2024-04-14" {
				t.Errorf("%s: %v", code, d)
			}
		}
		one := map[string]any{"to": "2024-04-25", "reason": "Chỉ rượu sim", "product": id}
		o.must(201, o.ask("leader", "POST", path, one))
		if d := o.deadline("office", id, "D3"); d["last_day"] != "2024-04-25" || d["was"] != "2024-04-14" {
			t.Errorf("the wine's own: %v", d)
		}
		if d := o.deadline("office", o.product(fishSauce), "D3"); d["last_day"] != "2024-04-20" {
			t.Errorf("the fish sauce: %v", d)
		}
		for _, d := range o.must(200, o.ask("office", "GET", "/api/v1/campaigns/cam-xuyen-2024", nil)).body["deadlines"].([]any) {
			if d := d.(map[string]any); d["code"] == "D3" && (d["last_day"] != "2024-04-20" || d["was"] != "2024-04-14") {
				t.Errorf("the campaign: %v", d)
			}
		}
	})
}

func TestDeadlinesAreRemindedOfMarkedAndEscalatedOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		said := func() []string {
			var out []string
			for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history?limit=200", nil)).items() {
				if name, of := strings.CutPrefix(e["event"].(string), "deadline_"); of && strings.HasSuffix(e["data"].(map[string]any)["deadline"].(string), ".D3") {
					out = append(out, name)
				}
			}
			return out
		}
		for _, x := range []struct {
			day  string
			want []string
		}{
			{"2024-04-06", nil}, {"2024-04-07", []string{"remind"}}, {"2024-04-13", []string{"remind", "remind"}}, {"2024-04-14", []string{"remind", "remind"}},
			{"2024-04-15", []string{"remind", "remind", "overdue"}}, {"2024-04-17", []string{"remind", "remind", "overdue"}},
			{"2024-04-18", []string{"remind", "remind", "overdue", "escalate"}},
		} {
			o.clock(x.day)
			for range 2 {
				if _, err := o.app.Desk.Sweep(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if got := said(); !slices.Equal(got, x.want) {
				t.Fatalf("by %s: %v, want %v", x.day, got, x.want)
			}
		}
		found := false
		for _, task := range o.must(200, o.ask("leader", "GET", "/api/v1/worklist", nil)).items() {
			marks := task["marks"].([]any)
			found = found || task["product"].(map[string]any)["id"] == id && len(marks) > 0
		}
		if !found {
			t.Error("the leader is not told")
		}
		// Slept through: everything that passed is said once, reminders that came too late are not.
		other := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, other, "begin_upgrade", nil))
		o.clock("2024-12-31")
		n := 0
		for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+other+"/history?limit=200", nil)).items() {
			if d, ok := e["data"].(map[string]any)["deadline"].(string); ok && strings.HasSuffix(d, ".D7") {
				t.Errorf("%s about a duty", e["event"])
			}
			if e["event"] == "deadline_overdue" {
				n++
			}
		}
		if n == 0 {
			t.Error("nothing was marked after the sleep")
		}
	})
}

func TestRunningRoundsMoveToTheNewProcedure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		wine, sauce := o.product(simWine), o.product(fishSauce)
		o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
		o.must(200, o.move("producer-"+fishSauce, sauce, "begin_upgrade", nil))
		o.must(201, o.upload("producer-"+simWine, wine, "idea_form", []byte("x")))
		o.must(200, o.move("commune-cam-my", wine, "confirm", map[string]any{"officer": "commune-cam-my"}))
		o.clock("2026-05-25")
		m := casework.Migration{Name: "ocop", From: "2023", To: "2026"}
		plan := func(m casework.Migration, dry bool) map[string]casework.Migrating {
			list, err := o.app.Desk.Migrate(t.Context(), access.SystemActor, m, dry)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]casework.Migrating{}
			for _, x := range list {
				out[x.Code] = x
			}
			return out
		}
		reasons := func(x casework.Migrating) []string {
			out := []string{}
			for _, r := range x.Stuck {
				out = append(out, r.Code)
			}
			return out
		}
		entries := o.entries(wine, "record")
		dry := plan(m, true)
		if len(dry) != 2 || !slices.Equal(reasons(dry[simWine]), []string{"fact_missing", "deadline_past"}) || !slices.Equal(reasons(dry[fishSauce]), []string{"deadline_past"}) {
			t.Fatalf("plan %+v", dry)
		}
		if x := dry[simWine]; x.Level != "district" || x.NewLevel != "province" || x.Moved {
			t.Errorf("plan of the wine: %+v", x)
		}
		if o.entries(wine, "record") != entries {
			t.Error("the dry run wrote")
		}
		if done := plan(m, false); done[simWine].Moved || done[fishSauce].Moved {
			t.Errorf("stuck rounds were moved: %+v", done)
		}
		// Sent back, the wine only has its limit behind it; told to, both move.
		o.must(200, o.move("office", wine, "send_back", nil))
		m.Late = true
		done := plan(m, false)
		if !done[simWine].Moved || !done[fishSauce].Moved {
			t.Fatalf("not moved: %+v", done)
		}
		for _, id := range []string{wine, sauce} {
			p := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil))
			if p.body["level"] != "province" || p.body["state"] != "idea_registered" {
				t.Errorf("after: %s", p.text)
			}
			last := ""
			for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history?limit=200", nil)).items() {
				last = e["event"].(string)
				if last == "migrate_round" && e["data"].(map[string]any)["from_version"] != "2023" {
					t.Errorf("entry %v", e)
				}
			}
			if last != "migrate_round" {
				t.Errorf("the last entry is %s", last)
			}
		}
		if again := plan(m, false); len(again) > 0 {
			t.Errorf("moved again: %+v", again)
		}
		// It goes on under 2026: the old consent is unknown there, four topics are asked.
		a := o.must(422, o.move("commune-cam-my", wine, "confirm", map[string]any{"officer": "commune-cam-my"}))
		if !slices.Contains(a.reasons(), "assessed") {
			t.Errorf("reasons %v", a.reasons())
		}
		if _, err := o.app.Desk.Migrate(t.Context(), access.SystemActor, casework.Migration{Name: "ocop", From: "2023", To: "1999"}, true); err == nil {
			t.Error("a version that is not there was taken")
		}
	})
}

func TestProceduresAreDrawnAndCompared(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	for format, media := range map[string]string{"svg": "image/svg+xml", "dot": "text/vnd.graphviz", "mermaid": "text/vnd.mermaid", "bpmn": "application/xml"} {
		a := o.must(200, o.ask("", "GET", "/api/v1/workflows/ocop/2026/graph."+format, nil, "Accept-Language", "vi"))
		if !strings.HasPrefix(a.header.Get("Content-Type"), media) || !strings.Contains(a.text, "Hội đồng đã chấm") {
			t.Errorf("%s: %s %.200s", format, a.header.Get("Content-Type"), a.text)
		}
	}
	o.must(404, o.ask("", "GET", "/api/v1/workflows/ocop/1999/graph.svg", nil))
	if n := len(o.must(200, o.ask("", "GET", "/api/v1/workflows/ocop/2023/diff/2026", nil)).items()); n < 20 {
		t.Errorf("%d changes", n)
	}
	if a := o.must(200, o.ask("", "GET", "/api/procedure.schema.json", nil)); a.body["properties"] == nil {
		t.Error("no schema")
	}
	w := o.must(200, o.ask("", "GET", "/api/v1/workflows/ocop/2025", nil))
	if f := w.body["findings"].([]any); len(f) != 1 || f[0].(map[string]any)["code"] != "unverified" {
		t.Errorf("findings %v", f)
	}
	id := o.product(simWine)
	o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
	if a := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id+"/graph.svg", nil)); !strings.Contains(a.text, "#ffd43b") || !strings.Contains(a.text, "#1c7ed6") {
		t.Error("the present state and the way are not highlighted")
	}
	o.must(404, o.ask("producer-"+rice, "GET", "/api/v1/products/"+id+"/graph.svg", nil))
	o.must(404, o.ask("producer-"+rice, "GET", "/api/v1/products/"+id+"/deadlines", nil))
	if c := o.must(200, o.ask("", "GET", "/api/v1/calendars/vn", nil)); c.body["zone"] != "Asia/Ho_Chi_Minh" {
		t.Errorf("calendar %s", c.text)
	}
}

// A limit that appears by itself and has passed already is marked in the same
// sweep, however far the clock jumps.
func TestOneSweepFollowsWhatItMadeDue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		o.clock("2026-08-01") // rules_end became law on 22 May and passed on 21 July
		found := false
		for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history?limit=200", nil)).items() {
			found = found || e["event"] == "deadline_overdue" && strings.HasSuffix(e["data"].(map[string]any)["deadline"].(string), ".rules_end")
		}
		if !found {
			t.Error("the end of the old rules was not marked")
		}
	})
}

//go:build unix

package app

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

const (
	campaignsPath = "/api/v1/campaigns"
	campaign2024  = campaignsPath + "/cam-xuyen-2024"
)

// nextYear is a small plan that rests on the units and products that are there.
const nextYear = `campaign: cam-xuyen-2025
year: 2025
title: {vi: "OCOP 2025", en: "OCOP 2025"}
unit: cam-xuyen
procedure: ocop
counting: net
source: {type: "Thông báo", issuer: "UBND huyện Cẩm Xuyên", number: "", date: "2025"}
products: [{code: gao-xuyen-huong, plan: {track: renewal, target: 3}}]
deadlines:
  - {code: D1, title: {vi: "Hạn", en: "Day"}, who: [producers], wording: "trước ngày 20/4/2025", kind: before, date: 2025-04-20, tracks: [renewal], meets: {events: [file_dossier]}}
targets: [{code: T1, title: {vi: "Thêm 1", en: "One more"}, stars: 3, more: 1, baseline: 33}]
duties: [{code: talk, unit: communes, only: [cam-binh], title: {vi: "Tuyên truyền", en: "Promote"}, deadline: D1}]
participants: [cam-quang]
`

func TestTheOfficePlansAYear(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		yaml := map[string]any{"yaml": nextYear}
		for who, want := range map[string]int{"other-office": 403, "leader": 403, "producer-" + fishSauce: 403, "": 401} {
			if a := o.ask(who, "POST", campaignsPath, yaml); a.status != want {
				t.Errorf("%s makes a campaign: %d, want %d", who, a.status, want)
			}
		}
		before := o.ledgerSize()
		wrong := o.must(422, o.ask("office", "POST", campaignsPath, map[string]any{"yaml": strings.Replace(nextYear, "gao-xuyen-huong", "gao-nao-do", 1)}))
		o.must(403, o.ask("office", "POST", campaignsPath, map[string]any{"yaml": nextYear + "units: [{code: xa-moi, kind: commune, parent: cam-xuyen, name: {vi: X, en: X}}]\n"}))
		if !strings.Contains(wrong.text, "gao-nao-do") || o.ledgerSize() != before {
			t.Errorf("an unknown product: %s", wrong.text)
		}
		o.must(201, o.ask("office", "POST", campaignsPath, yaml))
		o.must(201, o.ask("office", "POST", campaignsPath, yaml)) // the same file twice is one campaign
		o.must(409, o.ask("office", "POST", campaignsPath, map[string]any{"yaml": strings.Replace(nextYear, "OCOP 2025", "OCOP khác", 1)}))
		got := o.must(200, o.ask("office", "GET", campaignsPath+"/cam-xuyen-2025", nil)).body
		product := got["products"].([]any)[0].(map[string]any)
		if got["version"] != 1.0 || got["counting"] != "net" || product["name"] != "Gạo Xuyên Hương" || product["producer"] != riceProducer || got["progress"].([]any)[0].(map[string]any)["held"] != 2.0 {
			t.Errorf("%v", got)
		}
		if p := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(rice), nil)).body; p["campaign"] != "cam-xuyen-2025" {
			t.Errorf("the rice is in the campaign %v", p["campaign"])
		}
		if d := o.deadline("office", o.product(rice), "D1"); d["last_day"] != "2025-04-19" {
			t.Errorf("the rice's deadline: %v", d)
		}
		o.verified(0)
	})
}

const (
	riceProducer = "giong-cay-trong-ha-tinh"
)

func TestAPlanIsChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		o.must(201, o.ask("office", "POST", campaignsPath, map[string]any{"yaml": nextYear}))
		path := campaignsPath + "/cam-xuyen-2025"
		change := func(part string, value any) map[string]any { return map[string]any{part: value} }
		both := change("products", []any{plan(rice, "renewal", 3), plan(oil, "renewal", 3)})
		for who, want := range map[string]int{"other-office": 404, "leader": 403, "producer-" + fishSauce: 403, "auditor": 403} {
			if a := o.ask(who, "PATCH", path, both); a.status != want {
				t.Errorf("%s changes the campaign: %d, want %d", who, a.status, want)
			}
		}
		o.must(412, o.ask("office", "PATCH", path, both, "If-Match", `"7"`))
		got := o.must(200, o.ask("office", "PATCH", path, both, "If-Match", `"1"`, "Idempotency-Key", "c"))
		again := o.must(200, o.ask("office", "PATCH", path, both, "If-Match", `"1"`, "Idempotency-Key", "c"))
		if got.body["version"] != 2.0 || len(got.body["products"].([]any)) != 2 || again.body["version"] != 2.0 || len(got.body["duties"].([]any)) != 1 {
			t.Errorf("%s\n%s", got.text, again.text)
		}
		before := o.ledgerSize()
		huge := []any{}
		for i := range 3000 {
			huge = append(huge, map[string]any{"code": fmt.Sprint("d-", i), "unit": "vp-ntm", "title": map[string]any{"vi": "x", "en": "x"}})
		}
		for what, body := range map[string]map[string]any{
			"unknown product":         change("products", []any{plan("nothing", "renewal", 3)}),
			"wrong track":             change("products", []any{plan(rice, "sideways", 3)}),
			"unknown unit":            change("participants", []string{"nowhere"}),
			"wrong counting":          change("counting", "both"),
			"tracks of a department":  change("duties", []any{map[string]any{"code": "x", "unit": "vp-ntm", "tracks": []string{"first"}, "title": map[string]any{"vi": "x", "en": "x"}}}),
			"unknown track of a duty": change("duties", []any{map[string]any{"code": "x", "unit": "producers", "tracks": []string{"sideways"}, "title": map[string]any{"vi": "x", "en": "x"}}}),
			"no title":                change("title", map[string]any{"vi": "", "en": ""}),
			"too many":                change("duties", huge),
			"nothing":                 {},
			"other code":              {"yaml": strings.Replace(nextYear, "campaign: cam-xuyen-2025", "campaign: cam-xuyen-2026", 1)},
			"file and part":           {"yaml": nextYear, "counting": "gross"},
			"no file":                 {"yaml": "}{"},
		} {
			if a := o.ask("office", "PATCH", path, body); a.status != 422 {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		if o.ledgerSize() != before {
			t.Error("a refused change left an entry")
		}
		// The whole file takes the place of the parts: the oil leaves.
		o.must(200, o.ask("office", "PATCH", path, map[string]any{"yaml": strings.Replace(nextYear, "counting: net", "counting: gross", 1)}))
		if p := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(oil), nil)).body; p["campaign"] != "" && p["campaign"] != nil {
			t.Errorf("the oil is still in %v", p["campaign"])
		}
		if n := o.together(4, func() answer { return o.ask("office", "PATCH", path, change("counting", "net"), "If-Match", `"3"`) }); n[200] != 1 || n[412] != 3 {
			t.Errorf("four at once: %v", n)
		}
		o.verified(0)
	})
}

const oil = "tinh-dau-sa-chanh"

func plan(code, track string, stars int) map[string]any {
	return map[string]any{"code": code, "plan": map[string]any{"track": track, "target": stars}}
}

// A product in a round stays with the campaign that the round is in.
func TestAProductInARoundStays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.must(200, o.move("producer-"+fishSauce, o.product(fishSauce), "begin_upgrade", nil))
		a := o.must(422, o.ask("office", "POST", campaignsPath, map[string]any{"yaml": strings.Replace(nextYear, rice, fishSauce, 1)}))
		if a.body["code"] != "products_not_free" || !strings.Contains(a.text, "round_open") {
			t.Error(a.text)
		}
		a = o.must(422, o.ask("office", "PATCH", campaign2024, map[string]any{"products": []any{plan(rice, "renewal", 3)}}))
		if a.body["code"] != "products_not_free" {
			t.Error(a.text)
		}
		o.must(404, o.ask("office", "GET", campaignsPath+"/cam-xuyen-2025", nil))
	})
}

func TestAYearIsCloned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		o.must(403, o.ask("leader", "POST", campaign2024+"/clone", map[string]any{}))
		o.must(404, o.ask("other-office", "POST", campaign2024+"/clone", map[string]any{}))
		o.must(422, o.ask("office", "POST", campaign2024+"/clone", map[string]any{"year": 2024}))
		o.must(422, o.ask("office", "POST", campaign2024+"/clone", map[string]any{"code": "Mã Sai"}))
		ended := o.must(422, o.ask("office", "POST", campaign2024+"/clone", map[string]any{"year": 2026}))
		if !strings.Contains(ended.text, "body.unit") {
			t.Errorf("the district ended in 2025: %s", ended.text)
		}
		made := o.must(201, o.ask("office", "POST", campaign2024+"/clone", map[string]any{}, "Idempotency-Key", "n")).body
		o.must(409, o.ask("office", "POST", campaign2024+"/clone", map[string]any{}))
		c := made["campaign"].(map[string]any)
		if c["code"] != "cam-xuyen-2025" || c["from"] != "cam-xuyen-2024" || c["year"] != 2025.0 || len(c["duties"].([]any)) < 30 {
			t.Errorf("%v", c)
		}
		third := c["deadlines"].([]any)[2].(map[string]any)
		if third["last_day"] != "2025-04-14" || third["wording"] != "chậm nhất trước ngày 15/4/2025" || third["assumed"] != true || !strings.Contains(fmt.Sprint(third["flags"]), "chậm nhất") {
			t.Errorf("D3 of 2025: %v", third)
		}
		if ninth := c["deadlines"].([]any)[8].(map[string]any); ninth["last_day"] != "2025-12-31" {
			t.Errorf("D9 of 2025: %v", ninth)
		}
		conflicts := fmt.Sprint(c["conflicts"])
		for _, want := range []string{"order-d", "nobody-named"} {
			if !strings.Contains(conflicts, want) {
				t.Errorf("%q is not among the contradictions of 2025: %s", want, conflicts)
			}
		}
		// The plan that runs keeps its products; they are named, to be added later.
		for code, want := range map[string]int{"cam-xuyen-2024": 4, "cam-xuyen-2025": 0} {
			if n := len(o.must(200, o.ask("office", "GET", campaignsPath+"/"+code+"/board", nil)).body["products"].([]any)); n != want {
				t.Errorf("%s has %d products, want %d", code, n, want)
			}
		}
		if notes := fmt.Sprint(made["notes"]); !strings.Contains(notes, "Gạo Xuyên Hương") || !strings.Contains(notes, "cam-xuyen-2024") {
			t.Errorf("nothing is said of what stays: %s", notes)
		}
		for _, x := range c["targets"].([]any) {
			if x := x.(map[string]any); x["code"] == "T1" && x["baseline"] != 2.0 {
				t.Errorf("the target starts from %v, not from what is held", x)
			}
		}
		o.verified(0)
	})
}

// When the year is over, what is to be renewed comes into the new plan.
func TestAYearIsClonedWhenItIsOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.clock("2025-01-06")
		made := o.must(201, o.ask("office", "POST", campaign2024+"/clone", map[string]any{})).body["campaign"].(map[string]any)
		if list := made["products"].([]any); len(list) != 4 {
			t.Errorf("products to be renewed in 2025: %v", list)
		}
		if p := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(rice), nil)).body; p["campaign"] != "cam-xuyen-2025" {
			t.Errorf("the rice is in %v", p["campaign"])
		}
		o.verified(0)
	})
}

// What the announcement contradicts itself in is found by the program too: the
// file's own marks are taken away first.
func TestContradictionsAreFound(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	text, err := os.ReadFile("../../workflows/campaigns/cam-xuyen-2024.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`order|D2.*D3`).Match(text) {
		t.Fatal("the file names no contradiction")
	}
	c := o.must(201, o.ask("office", "POST", campaign2024+"/clone", map[string]any{})).body["campaign"].(map[string]any)
	var between []string
	for _, x := range c["conflicts"].([]any) {
		x := x.(map[string]any)
		between = append(between, fmt.Sprint(x["code"], x["between"]))
		note := x["note"].(map[string]any)
		if note["vi"] == "" || note["en"] == "" {
			t.Errorf("%v says nothing", x)
		}
	}
	for _, want := range []string{"order-d3-d2[D3 D2]", "order-d8-d1[D8 D1]", "nobody-named[D9]"} {
		if !slices.Contains(between, want) {
			t.Errorf("%s is not among %v", want, between)
		}
	}
	mixed := 0
	for _, x := range c["deadlines"].([]any) {
		x := x.(map[string]any)
		if len(x["flags"].([]any)) > 0 {
			mixed++
			if !strings.Contains(x["wording"].(string), "chậm nhất trước") {
				t.Errorf("%v is flagged", x)
			}
		}
	}
	if mixed != 2 {
		t.Errorf("%d mixed wordings, want 2", mixed)
	}
}

func TestOrganisationsReportTheirDuties(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		path := campaign2024 + "/duties"
		of := func(who, duty, unit string) map[string]any {
			for _, x := range o.must(200, o.ask(who, "GET", path, nil)).items() {
				if x["duty"] == duty && x["organisation"].(map[string]any)["code"] == unit {
					return x
				}
			}
			return nil
		}
		o.clock("2024-04-16")
		if x := of("office", "pr-expand", "htx-phu-sang"); x == nil || x["state"] != "open" || x["late"] != true || x["version"] != 0.0 {
			t.Errorf("%v", x)
		}
		if page := o.browse("producer-"+fishSauce, "vi").get("/").text; !strings.Contains(page, "kế hoạch mở rộng kho xưởng") {
			t.Error("the first page does not tell of a late duty")
		}
		if of("office", "pr-expand", riceProducer) != nil || of("office", "pr-renewal", riceProducer) == nil {
			t.Error("the duty of the two upgrade producers is asked of others")
		}
		if of("office", "pr-new-plan", "htx-phu-sang") != nil || of("office", "pr-requests", riceProducer) != nil {
			t.Error("what is asked of new ideas, or of upgrades, is asked of others")
		}
		if of("producer-"+fishSauce, "pr-goal", riceProducer) != nil || of("producer-"+fishSauce, "pr-goal", "htx-phu-sang")["mine"] != true {
			t.Error("a producer sees another's duties, or not its own")
		}
		o.must(404, o.ask("other-office", "GET", path, nil))
		say := func(who, duty, unit, state string, more map[string]any) answer {
			body := map[string]any{"duty": duty, "organisation": unit, "state": state}
			for k, v := range more {
				body[k] = v
			}
			return o.ask(who, "POST", path, body)
		}
		done := o.must(200, say("producer-"+fishSauce, "pr-expand", "htx-phu-sang", "done", map[string]any{"done_on": "2024-04-14", "version": 0, "note": "Đã lập"}))
		if done.body["late"] != false || done.body["version"] != 1.0 {
			t.Error(done.text)
		}
		if page := o.browse("producer-"+fishSauce, "vi").get("/").text; strings.Contains(page, "kế hoạch mở rộng kho xưởng") {
			t.Error("the first page tells of a duty that is done")
		}
		o.must(412, say("producer-"+fishSauce, "pr-expand", "htx-phu-sang", "open", map[string]any{"version": 0}))
		if x := o.must(200, say("office", "pr-expand", "htx-phu-sang", "done", nil)).body; x["done_on"] != "2024-04-16" || x["late"] != true {
			t.Errorf("done today, after its last day: %v", x)
		}
		o.must(404, say("producer-"+fishSauce, "pr-goal", riceProducer, "done", nil))
		o.must(403, say("producer-"+fishSauce, "pr-goal", "htx-phu-sang", "not_applicable", nil))
		o.must(200, say("office", "pr-goal", "htx-phu-sang", "not_applicable", nil))
		o.must(403, say("auditor", "xa-land", "cam-binh", "done", nil))
		o.must(200, say("office", "xa-land", "cam-binh", "in_progress", map[string]any{"owner": "office"}))
		for what, x := range map[string]map[string]any{"future": {"done_on": "2024-05-01"}, "stranger": {"owner": "nobody"}, "long": {"note": strings.Repeat("x", 2001)}} {
			if a := say("office", "xa-land", "cam-binh", "done", x); a.status != 422 {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		o.must(422, say("office", "xa-land", "cam-binh", "forgotten", nil))
		o.must(404, say("office", "no-duty", "cam-binh", "done", nil))
		o.verified(0)
	})
}

// dutiesReported puts two duties on record, with all that can be said of one.
func (o *office) dutiesReported() {
	o.t.Helper()
	for _, x := range []map[string]any{
		{"duty": "xa-land", "organisation": "cam-binh", "state": "in_progress", "owner": "office", "note": "Đang rà soát"},
		{"duty": "vp-training", "organisation": "vp-ntm", "state": "done", "done_on": "2024-05-19", "owner": "leader", "note": "Đã tập huấn"},
	} {
		o.must(200, o.ask("office", "POST", campaign2024+"/duties", x))
	}
}

//go:build unix

package app

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

const supportPath = "/api/v1/support-requests"

// supportAsk is what a producer sends.
func supportAsk(product, kind string, amount any) map[string]any {
	data := map[string]any{"kind": kind, "what": "Dây chuyền chiết rót, đóng chai"}
	if amount != nil {
		data["amount"] = amount
	}
	return map[string]any{"product": product, "data": data}
}

// supported opens a request and gives its path.
func (o *office) supported(who, product, kind string, amount any) string {
	o.t.Helper()
	opened := o.must(201, o.ask(who, "POST", supportPath, supportAsk(product, kind, amount)))
	return supportPath + "/" + opened.body["petition"].(map[string]any)["id"].(string)
}

// step makes a move of a petition.
func (o *office) step(who, path, event string, data map[string]any, headers ...string) answer {
	o.t.Helper()
	return o.ask(who, "POST", path+"/transitions", map[string]any{"event": event, "data": data, "comment": "Đã xem xét"}, headers...)
}

// appraised brings a request of the fish sauce as far as a department's answer.
func (o *office) appraised(kind, department string, asked, found int) string {
	o.t.Helper()
	path := o.supported("producer-"+fishSauce, fishSauce, kind, asked)
	o.must(200, o.step("commune-tt-thien-cam", path, "review", map[string]any{"beyond_means": true}))
	o.must(200, o.step("office", path, "route", map[string]any{"department": department, "finance": "tai-chinh-ke-hoach"}))
	o.must(200, o.step("dept-"+department, path, "appraise", map[string]any{"appraised": found, "opinion": "Cần thiết"}))
	return path
}

// supportBodies are what the table of access sends.
var supportBodies = map[string]string{
	"POST " + supportPath:                               `{"data":{"kind":"land","what":"x"},"dry_run":true}`,
	"POST " + supportPath + "/:id/transitions":          `{"event":"plan","version":99}`,
	"POST " + plansPath:                                 `{"campaign":"cam-xuyen-2024","title":""}`,
	"POST " + plansPath + "/:id/requests":               `{"version":99}`,
	"POST " + plansPath + "/:id/propose":                `{"version":99}`,
	"POST " + plansPath + "/:id/return":                 `{"version":99}`,
	"POST " + plansPath + "/:id/approve":                `{"version":99}`,
	"POST " + plansPath + "/:id/requests/:request/drop": `{"version":99}`,
}

func (o *office) petition(who, path string) map[string]any {
	o.t.Helper()
	return o.must(200, o.ask(who, "GET", path, nil)).body
}

func TestASupportRequestGoesThroughItsOffices(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		producer, commune := "producer-"+fishSauce, "commune-tt-thien-cam"
		opened := o.must(201, o.ask(producer, "POST", supportPath, supportAsk(fishSauce, "promotion", 50_000_000), "Idempotency-Key", "a"))
		again := o.must(201, o.ask(producer, "POST", supportPath, supportAsk(fishSauce, "promotion", 50_000_000), "Idempotency-Key", "a"))
		if again.text != opened.text {
			t.Error("a double click opened two")
		}
		p := opened.body["petition"].(map[string]any)
		if p["code"] != "HT-2024-001" || p["state"] != "proposed" || p["unit"].(map[string]any)["code"] != "cam-xuyen" || opened.header.Get("Location") != supportPath+"/"+p["id"].(string) {
			t.Errorf("opened: %s", opened.text)
		}
		path := opened.header.Get("Location")
		o.must(404, o.ask("dept-kinh-te-ha-tang", "GET", path, nil))
		o.must(200, o.step(commune, path, "review", map[string]any{"beyond_means": true}, "If-Match", `"1"`))
		o.must(412, o.step(commune, path, "review", map[string]any{"beyond_means": true}, "If-Match", `"1"`))
		for _, a := range o.must(200, o.ask("office", "GET", path+"/actions", nil)).items() {
			if a["event"] != "route" {
				continue
			}
			proposed, _ := a["proposed"].(map[string]any)
			if a["allowed"] != true || proposed["department"] == nil || proposed["finance"] == nil || proposed["department"] == proposed["finance"] {
				t.Errorf("what the office is offered: %v", a)
			}
		}
		routed := o.must(200, o.step("office", path, "route", map[string]any{"department": "kinh-te-ha-tang", "finance": "tai-chinh-ke-hoach"}))
		if party := routed.body["petition"].(map[string]any)["parties"].(map[string]any)["department"].(map[string]any); party["code"] != "kinh-te-ha-tang" {
			t.Errorf("routed to %v", party)
		}
		o.must(404, o.step("dept-tai-nguyen-moi-truong", path, "appraise", nil))
		o.must(200, o.step("dept-kinh-te-ha-tang", path, "appraise", map[string]any{"appraised": 40_000_000, "opinion": "Cần thiết"}))
		o.must(200, o.step("dept-tai-chinh-ke-hoach", path, "plan", map[string]any{"planned": 30_000_000, "source": "district"}))
		o.must(200, o.step("office", path, "plan", map[string]any{"planned": 35_000_000, "source": "integrated"}))
		o.must(200, o.step("leader", path, "approve", map[string]any{"granted": 35_000_000, "decision": "12/QĐ-UBND"}))
		if a := o.must(422, o.step("office", path, "deliver", nil)); !slices.Equal(a.reasons(), []string{"document_missing"}) {
			t.Errorf("delivered without a paper: %s", a.text)
		}
		if a := o.sendFile("dept-kinh-te-ha-tang", path+"/documents", "acceptance", "nghiem-thu.txt", []byte("Đã bàn giao")); a.status != 201 {
			t.Errorf("acceptance: %s", a.text)
		}
		o.must(200, o.step("dept-kinh-te-ha-tang", path, "deliver", nil))
		done := o.petition(producer, path)
		facts := done["facts"].(map[string]any)
		if done["state"] != "delivered" || facts["granted"] != 35e6 || facts["source"] != "integrated" || done["texts"].(map[string]any)["what"] != "Dây chuyền chiết rót, đóng chai" {
			t.Errorf("at the end: %v", done)
		}
		history := o.must(200, o.ask(producer, "GET", path+"/history", nil)).items()
		if len(history) != 10 || history[0]["event"] != "propose" || history[9]["event"] != "deliver" || history[1]["comment"] != "Đã xem xét" {
			t.Errorf("history: %v", history)
		}
		if o.petition("auditor", path)["code"] != "HT-2024-001" {
			t.Error("the auditor does not see it")
		}
	})
}

// sendFile brings a file of a kind.
func (o *office) sendFile(who, path, kind, name string, content []byte) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	form.WriteField("kind", kind)
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	file.Write(content)
	form.Close()
	return o.ask(who, "POST", path, b.Bytes(), "Content-Type", form.FormDataContentType())
}

func TestWhatStandsAgainstASupportRequestIsSaid(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		producer := "producer-" + fishSauce
		for _, x := range []struct {
			name    string
			who     string
			body    map[string]any
			status  int
			reasons []string
		}{
			{"money without an amount", producer, supportAsk(fishSauce, "money", nil), 422, []string{"amount_given"}},
			{"money of nothing", producer, supportAsk(fishSauce, "money", 0), 422, []string{"amount_given"}},
			{"less than nothing", producer, supportAsk(fishSauce, "money", -1), 422, nil},
			{"more than there is", producer, supportAsk(fishSauce, "money", 1e15), 422, nil},
			{"half a dong", producer, supportAsk(fishSauce, "money", 1.5), 422, nil},
			{"a kind that is none", producer, supportAsk(fishSauce, "magic", 1), 422, nil},
			{"nothing said", producer, map[string]any{"product": fishSauce}, 422, []string{"form_missing", "form_missing"}},
			{"a product of others", producer, supportAsk(simWine, "land", nil), 422, nil},
			{"no product at all", "office", supportAsk("", "land", nil), 422, nil},
			{"words without end", producer, map[string]any{"product": fishSauce, "data": map[string]any{"kind": "land", "what": strings.Repeat("a", 5000)}}, 422, nil},
			{"a department asks", "dept-kinh-te-ha-tang", supportAsk(fishSauce, "land", nil), 403, []string{"role_missing"}},
			{"a field that the form lacks", producer, map[string]any{"product": fishSauce, "data": map[string]any{"kind": "land", "what": "x", "granted": 5}}, 422, nil},
		} {
			a := o.ask(x.who, "POST", supportPath, x.body)
			if a.status != x.status || x.reasons != nil && !slices.Equal(a.reasons(), x.reasons) {
				t.Errorf("%s: %d %s, want %d %v", x.name, a.status, a.text, x.status, x.reasons)
			}
		}
		if list := o.must(200, o.ask("office", "GET", supportPath, nil)).items(); len(list) != 0 {
			t.Errorf("something was opened: %v", list)
		}
		path := o.appraised("money", "tai-chinh-ke-hoach", 100, 80)
		for _, x := range []struct {
			who, event string
			data       map[string]any
			status     int
			reasons    []string
		}{
			{"office", "plan", map[string]any{"planned": 81, "source": "district"}, 422, []string{"not_above_appraisal"}},
			{"office", "plan", map[string]any{"planned": 80, "source": "none"}, 422, []string{"source_named"}},
			{"office", "plan", map[string]any{"planned": 80}, 422, []string{"form_missing"}},
			{producer, "plan", map[string]any{"planned": 1, "source": "district"}, 403, []string{"role_missing"}},
			{"leader", "approve", map[string]any{"granted": 80}, 409, nil},
			{"office", "fly", nil, 422, nil},
			{"office", "route", map[string]any{"department": "ha-tinh"}, 409, nil},
		} {
			if a := o.step(x.who, path, x.event, x.data); a.status != x.status || x.reasons != nil && !slices.Equal(a.reasons(), x.reasons) {
				t.Errorf("%s by %s: %d %s", x.event, x.who, a.status, a.text)
			}
		}
		o.must(200, o.step("office", path, "plan", map[string]any{"planned": 70, "source": "district"}))
		if a := o.must(422, o.step("leader", path, "approve", map[string]any{"granted": 71})); !slices.Equal(a.reasons(), []string{"not_above_plan"}) || !strings.Contains(a.text, `"actual":"71"`) {
			t.Errorf("more than planned: %s", a.text)
		}
		got := o.together(2, func() answer { return o.step("leader", path, "approve", map[string]any{"granted": 70}) })
		if got[200] != 1 || got[409] != 1 {
			t.Errorf("two leaders at once: %v", got)
		}
		nothing := o.supported(producer, fishSauce, "training", nil)
		o.must(200, o.step("commune-tt-thien-cam", nothing, "review", map[string]any{"beyond_means": true}))
		if a := o.must(422, o.step("office", nothing, "route", map[string]any{"department": "kinh-te-ha-tang", "finance": "ha-tinh"})); !strings.Contains(a.text, "data.finance") {
			t.Errorf("routed to a province: %s", a.text)
		}
		o.must(200, o.step("office", nothing, "route", map[string]any{"department": "kinh-te-ha-tang", "finance": "tai-chinh-ke-hoach"}))
		if a := o.must(422, o.step("dept-kinh-te-ha-tang", nothing, "appraise", map[string]any{"appraised": 1, "opinion": "x"})); !slices.Equal(a.reasons(), []string{"not_above_request"}) {
			t.Errorf("money for what asked for none: %s", a.text)
		}
	})
}

func TestWhoSeesASupportRequest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		o.person("phong", access.Department, "nong-nghiep")
		path := o.appraised("promotion", "kinh-te-ha-tang", 100, 80)
		for who, want := range map[string]int{"producer-" + fishSauce: 200, "commune-tt-thien-cam": 200, "office": 200, "leader": 200, "auditor": 200, "office-province": 200,
			"dept-kinh-te-ha-tang": 200, "dept-tai-chinh-ke-hoach": 200, "phong": 404, "dept-tai-nguyen-moi-truong": 404, "producer-" + simWine: 404, "commune-cam-my": 404,
			"other-office": 404, "other-department": 404, "other-auditor": 404, "member-district-1": 404, "admin": 404, "": 401} {
			for _, rest := range []string{"", "/actions", "/history", "/documents"} {
				if a := o.ask(who, "GET", path+rest, nil); a.status != want {
					t.Errorf("%s gets %d from %s, want %d", who, a.status, rest, want)
				}
			}
			n := 0
			if want == 200 {
				n = 1
			}
			if want != 401 && len(o.must(200, o.ask(who, "GET", supportPath, nil)).items()) != n {
				t.Errorf("%s lists another number than %d", who, n)
			}
			if want == 404 {
				o.must(404, o.step(who, path, "plan", map[string]any{"planned": 1, "source": "district"}))
			}
		}
		own := o.must(201, o.ask("commune-cam-my", "POST", supportPath, map[string]any{"data": map[string]any{"kind": "environment", "what": "Hồ sơ môi trường cho làng nghề"}}))
		if p := own.body["petition"].(map[string]any); p["product"] != nil || p["asker"].(map[string]any)["code"] != "cam-my" || p["code"] != "HT-2024-002" {
			t.Errorf("a commune's own: %s", own.text)
		}
		o.must(404, o.ask("commune-tt-thien-cam", "GET", own.header.Get("Location"), nil))
		for query, want := range map[string]int{"?facts=kind:promotion": 1, "?facts=kind:land": 0, "?state=proposed": 1, "?asker=cam-my": 1, "?product=" + fishSauce: 1, "?party=kinh-te-ha-tang": 1, "?party=cam-my": 0,
			"?campaign=cam-xuyen-2024": 1, "?open=true": 2, "?facts=kind:%25": 0, "?facts=a:'%22--": 0} {
			if n := len(o.must(200, o.ask("office", "GET", supportPath+query, nil)).items()); n != want {
				t.Errorf("%s finds %d, want %d", query, n, want)
			}
		}
		o.must(422, o.ask("office", "GET", supportPath+"?facts=kind", nil))
		first := o.must(200, o.ask("office", "GET", supportPath+"?limit=1", nil))
		second := o.must(200, o.ask("office", "GET", supportPath+"?limit=1&cursor="+first.body["next"].(string), nil))
		if first.items()[0]["code"] != "HT-2024-002" || second.items()[0]["code"] != "HT-2024-001" || second.body["next"] != "" {
			t.Errorf("pages: %s %s", first.text, second.text)
		}
		if tasks := o.must(200, o.ask("commune-cam-my", "GET", supportPath+"/worklist", nil)).items(); len(tasks) != 1 {
			t.Errorf("the commune's tasks: %v", tasks)
		}
	})
}

func TestWhatWasGatheredIsForgottenWhenARequestBeginsAnew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		producer := "producer-" + fishSauce
		path := o.appraised("money", "kinh-te-ha-tang", 100, 80)
		o.must(200, o.step("dept-tai-chinh-ke-hoach", path, "return", nil))
		if a := o.must(422, o.step(producer, path, "resubmit", map[string]any{"kind": "money", "what": "Lại"})); !slices.Equal(a.reasons(), []string{"amount_given"}) {
			t.Errorf("sent again without an amount: %s", a.text)
		}
		sent := o.must(200, o.step(producer, path, "resubmit", map[string]any{"kind": "land", "what": "Đổi sang mặt bằng"})).body["petition"].(map[string]any)
		if facts := fmt.Sprint(sent["facts"]); facts != "map[kind:land]" || len(sent["parties"].(map[string]any)) != 0 {
			t.Errorf("left from before: %v", sent)
		}
		o.must(404, o.ask("dept-kinh-te-ha-tang", "GET", path, nil))
		if a := o.must(422, o.ask(producer, "POST", path+"/transitions", map[string]any{"event": "withdraw"})); !slices.Equal(a.reasons(), []string{"comment_missing"}) {
			t.Errorf("withdrawn without a word: %s", a.text)
		}
		o.must(200, o.step(producer, path, "withdraw", nil))
		o.must(409, o.sendFile(producer, path+"/documents", "quotation", "gia.txt", []byte("10")))
		again := o.must(200, o.step(producer, path, "reopen", map[string]any{"kind": "money", "amount": 7, "what": "Lần nữa"})).body["petition"].(map[string]any)
		if again["turn"] != 2.0 || fmt.Sprint(again["facts"]) != "map[amount:7 kind:money]" {
			t.Errorf("asked again: %v", again)
		}
		if a := o.must(200, o.ask(producer, "POST", path+"/transitions", map[string]any{"event": "withdraw", "comment": "x", "dry_run": true})); !strings.Contains(a.text, `"index":null`) || o.petition(producer, path)["state"] != "proposed" {
			t.Errorf("a dry run: %s", a.text)
		}
	})
}

func TestTheWordsOfARequestAreForgottenOnRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("rieng-tu", access.Privacy, "cam-xuyen")
		o.person("thanh-tra-huyen", access.Auditor, "cam-xuyen")
		path := o.appraised("land", "kinh-te-ha-tang", 0, 0)
		found := o.must(200, o.ask("thanh-tra-huyen", "GET", "/api/v1/audit/entries?event=propose", nil)).items()
		if len(found) != 1 || strings.Contains(fmt.Sprint(found), "Dây chuyền") {
			t.Fatalf("the auditor of the district finds %v", found)
		}
		index := found[0]["index"]
		o.must(200, o.ask("thanh-tra-huyen", "GET", fmt.Sprintf("/api/v1/audit/entries/%v/proof", index), nil))
		o.must(403, o.erase("office", index, map[string]any{"reason": "x"}).as(404, 403))
		o.must(200, o.erase("rieng-tu", index, map[string]any{"reason": "Theo đơn"}))
		if p := o.petition("office", path); p["texts"].(map[string]any)["what"] != nil {
			t.Errorf("still there: %v", p["texts"])
		}
		o.must(200, o.step("office", path, "return", nil))
	})
}

// as takes one status for another.
func (a answer) as(one, other int) answer {
	if a.status == one {
		a.status = other
	}
	return a
}

const plansPath = "/api/v1/support-plans"

// planned brings a request of the fish sauce into the state in which it waits for
// a plan.
func (o *office) planned(kind, department string, asked, found, amount int, source string) string {
	o.t.Helper()
	path := o.appraised(kind, department, asked, found)
	o.must(200, o.step("dept-tai-chinh-ke-hoach", path, "plan", map[string]any{"planned": amount, "source": source}))
	return path
}

// supportGiven leaves two requests, one with papers and delivered, in two plans.
func (o *office) supportGiven() {
	o.t.Helper()
	for i, kind := range []string{"promotion", "land"} {
		path := o.planned(kind, "kinh-te-ha-tang", 100, 90, 80-i, "district")
		plan := o.plan("office", "Hỗ trợ "+kind)
		for _, act := range []string{"/requests", "/propose"} {
			o.must(200, o.ask("office", "POST", plan+act, map[string]any{}))
		}
		o.must(200, o.ask("leader", "POST", plan+"/approve", map[string]any{"decision": kind}))
		for _, name := range []string{"mot.txt", "hai.txt"} {
			o.must(201, o.sendFile("office", path+"/documents", "acceptance", name, []byte(name+kind)))
		}
		o.must(200, o.step("office", path, "deliver", nil))
	}
}

func (o *office) plan(who, title string) string {
	o.t.Helper()
	return plansPath + "/" + o.must(201, o.ask(who, "POST", plansPath, map[string]any{"campaign": "cam-xuyen-2024", "title": title})).body["id"].(string)
}

func TestALeaderApprovesASupportPlanInOneAct(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		first := o.planned("promotion", "kinh-te-ha-tang", 100, 90, 80, "district")
		second := o.planned("money", "tai-chinh-ke-hoach", 300, 300, 250, "integrated")
		third := o.planned("land", "tai-nguyen-moi-truong", 0, 0, 0, "none")
		id := func(path string) string { return strings.TrimPrefix(path, supportPath+"/") }
		for _, who := range []string{"dept-kinh-te-ha-tang", "leader", "producer-" + fishSauce, "auditor"} {
			if a := o.ask(who, "POST", plansPath, map[string]any{"campaign": "cam-xuyen-2024", "title": "x"}); a.status != 403 && a.status != 422 {
				t.Errorf("%s begins a plan: %s", who, a.text)
			}
		}
		o.must(422, o.ask("office", "POST", plansPath, map[string]any{"campaign": "cam-xuyen-2024", "title": " "}))
		o.must(422, o.ask("office", "POST", plansPath, map[string]any{"campaign": "cam-xuyen-2024", "title": strings.Repeat("a", 201)}))
		o.must(422, o.ask("other-office", "POST", plansPath, map[string]any{"campaign": "cam-xuyen-2024", "title": "x"}))
		plan := o.plan("dept-tai-chinh-ke-hoach", "Hỗ trợ năm 2024")
		o.must(422, o.ask("office", "POST", plan+"/propose", nil))
		full := o.must(200, o.ask("office", "POST", plan+"/requests", map[string]any{}, "If-Match", `"1"`))
		if full.body["total"] != 330.0 || len(full.body["lines"].([]any)) != 3 {
			t.Errorf("all that wait: %s", full.text)
		}
		totals := full.body["totals"].(map[string]any)
		for name, want := range map[string]int{"department": 3, "source": 3, "product": 1, "kind": 3} {
			sum, list := 0.0, totals[name].([]any)
			for _, x := range list {
				sum += x.(map[string]any)["amount"].(float64)
			}
			if sum != 330 || len(list) != want {
				t.Errorf("by %s: %v", name, list)
			}
		}
		o.must(412, o.ask("office", "POST", plan+"/propose", nil, "If-Match", `"1"`))
		o.must(422, o.ask("office", "POST", o.plan("office", "Thứ hai")+"/requests", map[string]any{"requests": []string{id(first)}}))
		o.must(404, o.ask("office", "POST", plan+"/requests/none/drop", nil))
		o.must(200, o.ask("office", "POST", plan+"/requests/"+id(third)+"/drop", nil))
		o.must(200, o.ask("office", "POST", plan+"/requests", map[string]any{"requests": []string{id(third)}}))
		o.must(409, o.ask("leader", "POST", plan+"/approve", map[string]any{}))
		o.must(403, o.ask("leader", "POST", plan+"/propose", nil))
		o.must(200, o.ask("office", "POST", plan+"/propose", nil))
		o.must(409, o.ask("office", "POST", plan+"/requests", map[string]any{}))
		o.must(422, o.ask("leader", "POST", plan+"/return", nil))
		o.must(200, o.ask("leader", "POST", plan+"/return", map[string]any{"comment": "Xem lại nguồn"}))
		o.must(200, o.ask("office", "POST", plan+"/propose", nil))
		o.must(403, o.ask("office", "POST", plan+"/approve", map[string]any{}))
		o.must(404, o.ask("other-leader", "POST", plan+"/approve", map[string]any{}))
		o.must(404, o.ask("producer-"+fishSauce, "GET", plan, nil))
		o.must(422, o.ask("leader", "POST", plan+"/approve", map[string]any{"granted": map[string]any{"none": 1}}))
		if a := o.must(422, o.ask("leader", "POST", plan+"/approve", map[string]any{"granted": map[string]any{id(first): 81, id(second): 1e15, id(third): -1}})); a.code() != "nothing_approved" {
			t.Errorf("more than planned everywhere: %s", a.text)
		}
		o.must(200, o.step("office", third, "return", nil))
		body := map[string]any{"decision": "12/QĐ-UBND", "granted": map[string]any{id(second): 200}}
		answers := o.together(2, func() answer { return o.ask("leader", "POST", plan+"/approve", body) })
		if answers[200] != 1 || answers[409] != 1 {
			t.Errorf("two leaders at once: %v", answers)
		}
		got := o.must(200, o.ask("office", "GET", plan, nil))
		if got.body["state"] != "approved" || got.body["total"] != 280.0 || len(got.body["lines"].([]any)) != 2 || got.body["approved_on"] != "2024-03-22" {
			t.Errorf("approved: %s", got.text)
		}
		for path, state := range map[string]string{first: "approved", second: "approved", third: "returned"} {
			if p := o.petition("office", path); p["state"] != state {
				t.Errorf("%s is %v", path, p["state"])
			}
		}
		c, err := store.CampaignBy(t.Context(), o.app.DB, "cam-xuyen-2024")
		if err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string]bool{"2024-03-21": false, "2024-03-22": true} {
			on, _ := ocop.ParseDate(day)
			if first, err := store.PlanApprovedOn(t.Context(), o.app.DB, c.ID, on); err != nil || (first != nil) != want {
				t.Errorf("approved up to %s: %v %v", day, first, err)
			}
		}
		for _, x := range o.must(200, o.ask("office", "GET", campaign2024+"/duties", nil)).items() {
			if x["duty"] == "vp-support-plan" && (x["state"] != "done" || x["record"] != "support_plan" || x["done_on"] != "2024-03-22") {
				t.Errorf("the duty that an approved plan does: %v", x)
			}
		}
		if list := o.must(200, o.ask("auditor", "GET", plansPath+"?state=approved&campaign=cam-xuyen-2024", nil)).items(); len(list) != 1 {
			t.Errorf("the auditor lists %v", list)
		}
		if list := o.must(200, o.ask("other-office", "GET", plansPath, nil)).items(); len(list) != 0 {
			t.Errorf("another office lists %v", list)
		}
	})
}

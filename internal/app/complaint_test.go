//go:build unix

package app

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

const complaintsPath = "/api/v1/complaints"

// complaintOf is what a producer sends.
func complaintOf(product, about, received string) map[string]any {
	return map[string]any{"product": product, "data": map[string]any{"about": about, "received": received, "words": "Chấm thiếu mục nguồn gốc"}}
}

// complained files a complaint of the fish sauce's producer and gives its path.
func (o *office) complained(product, about, received string) string {
	o.t.Helper()
	return o.must(201, o.ask("producer-"+fishSauce, "POST", complaintsPath, complaintOf(product, about, received))).header.Get("Location")
}

// complaintBodies are what the table of access sends.
var complaintBodies = map[string]string{
	"POST " + complaintsPath:                      `{"data":{"about":"result","received":"2026-06-01","words":"x"},"dry_run":true}`,
	"POST " + complaintsPath + "/:id/transitions": `{"event":"accept","version":99}`,
}

// A complaint against a result that is upheld sends the round back: another
// session is held, and its result is the one that is recognised.
func TestAComplaintLeadsToASecondScoring(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		id, producer := o.waiting("Nước mắm bị chấm thiếu"), "producer-"+fishSauce
		o.scored("province", id, 9, worth(t, 9, 2, 45))
		size := o.ledgerSize()
		refused := func(what, who string, body map[string]any, status int, reasons ...string) {
			t.Helper()
			if a := o.ask(who, "POST", complaintsPath, body); a.status != status || len(reasons) > 0 && !slices.Equal(a.reasons(), reasons) {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		refused("before there is a result", producer, complaintOf(id, "result", "2026-06-01"), 422, "something_given")
		o.must(200, o.move("secretary-province", id, "score", nil))
		refused("of no certificate", producer, complaintOf(id, "certificate", "2026-06-01"), 422, "something_given")
		refused("received before it was given", producer, complaintOf(id, "result", "2026-05-31"), 422, "not_known_before")
		refused("received tomorrow", producer, complaintOf(id, "result", "2026-06-02"), 422, "outside_window")
		refused("by a stranger", "producer-"+simWine, complaintOf(id, "result", "2026-06-01"), 422)
		refused("by a department", "dept-kinh-te-ha-tang", complaintOf(id, "result", "2026-06-01"), 403, "role_missing")
		refused("by another province", "other-office", complaintOf(id, "result", "2026-06-01"), 422)
		refused("without words", producer, map[string]any{"product": id, "data": map[string]any{"about": "result", "received": "2026-06-01"}}, 422, "form_missing")
		if list := o.must(200, o.ask("office-province", "GET", complaintsPath, nil)).items(); len(list) != 0 || o.ledgerSize() == size {
			t.Errorf("something was opened, or no refusal was recorded: %v", list)
		}
		path := o.complained(id, "result", "2026-06-01")
		k := o.petition(producer, path)
		if k["code"] != "KN-2026-001" || k["unit"].(map[string]any)["code"] != "ha-tinh" || k["due"] != "2026-06-15" {
			t.Errorf("filed with the province that scored, to be accepted in ten working days: %v", k)
		}
		o.must(404, o.ask("producer-"+simWine, "GET", path, nil))
		o.must(404, o.ask("other-leader", "GET", path, nil))
		for who, event := range map[string]string{producer: "accept", "office": "accept", "leader": "uphold"} {
			if a := o.step(who, path, event, nil); a.status != 403 {
				t.Errorf("%s by %s: %d", event, who, a.status)
			}
		}
		if a := o.must(422, o.ask("office-province", "POST", path+"/transitions", map[string]any{"event": "decline"})); !slices.Equal(a.reasons(), []string{"comment_missing"}) {
			t.Errorf("declined without a reason: %s", a.text)
		}
		o.must(200, o.step("office-province", path, "accept", nil))
		if k := o.petition(producer, path); k["due"] != "2026-07-01" {
			t.Errorf("to be decided in thirty days: %v", k)
		}
		o.must(200, o.step("office-province", path, "examine", map[string]any{"finding": "right", "findings": "Bỏ sót minh chứng"}))
		decision := func(remedy, day string) map[string]any {
			return map[string]any{"remedy": remedy, "decision": "7/QĐ-UBND", "decided_on": day, "answer": "Khiếu nại đúng"}
		}
		for remedy, day := range map[string]string{"revoke": "2026-06-01", "new_round": "2026-06-01", "reinstate": "2026-06-01", "score_again": "2026-06-02"} {
			if a := o.step("leader-province", path, "uphold", decision(remedy, day)); a.status != 422 {
				t.Errorf("upheld to %s on %s: %d", remedy, day, a.status)
			}
		}
		o.must(200, o.step("leader-province", path, "uphold", decision("score_again", "2026-06-01")))
		if a := o.must(422, o.step("office-province", path, "conclude", nil)); !slices.Equal(a.reasons(), []string{"so_decided"}) {
			t.Errorf("put off with words: %s", a.text)
		}
		before := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body
		o.must(200, o.ask("office-province", "POST", path+"/transitions", map[string]any{"event": "score_again", "dry_run": true}))
		got := o.together(2, func() answer { return o.step("office-province", path, "score_again", nil) })
		if got[200] != 1 || got[409] != 1 {
			t.Errorf("twice at once: %v", got)
		}
		after := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body
		if after["state"] != "field_inspection" || after["level"] != "province" || after["version"].(float64) != before["version"].(float64)+1 {
			t.Errorf("sent back: %v", after)
		}
		if a := o.move("secretary-province", id, "score", nil); a.status != 422 {
			t.Errorf("the old result still counts: %s", a.text)
		}
		o.scored("province", id, 9, worth(t, 9, 4, 75))
		o.must(200, o.move("secretary-province", id, "score", nil))
		o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "KN-1", "decision": "1/QĐ-UBND", "decided_on": "2026-06-01"}))
		var told []string
		for _, e := range o.must(200, o.ask(o.commune(id), "GET", "/api/v1/products/"+id+"/history", nil)).items() {
			if data, _ := e["data"].(map[string]any); data["petition"] != nil {
				told = append(told, e["event"].(string)+" "+data["state"].(string))
			}
		}
		if want := "tell_product filed, tell_product accepted, tell_product upheld, score_again settled"; strings.Join(told, ", ") != want {
			t.Errorf("the product's history tells %v", told)
		}
		outcomes := o.must(200, o.ask(producer, "GET", "/api/v1/products/"+id+"/petition-outcomes", nil)).items()
		if len(outcomes) != 4 || outcomes[0]["state"] != "settled" || outcomes[0]["code"] != "KN-2026-001" {
			t.Errorf("outcomes: %v", outcomes)
		}
		o.must(404, o.ask("producer-"+simWine, "GET", "/api/v1/products/"+id+"/petition-outcomes", nil))
	})
}

// What a certified product can come to is what its own procedure allows: a
// proposal to revoke, by the office and decided by a leader; and after the
// revocation, a complaint against that.
func TestAComplaintLeadsToARevocationAndBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id, producer := o.certified("Nước mắm khiếu nại", "KN-2"), "producer-"+fishSauce
		o.clock("2026-08-31")
		lastDay := complaintOf(id, "certificate", "2026-06-02")
		lastDay["dry_run"] = true
		o.must(200, o.ask(producer, "POST", complaintsPath, lastDay))
		o.clock("2026-09-01")
		late := func(h ...string) answer {
			return o.ask(producer, "POST", complaintsPath, complaintOf(id, "certificate", "2026-06-02"), h...)
		}
		if a := o.must(422, late()); !slices.Equal(a.reasons(), []string{"outside_window"}) || !strings.Contains(a.text, `"required":"2026-06-02/2026-08-31"`) {
			t.Errorf("a day too late: %s", a.text)
		}
		o.said(422, "refused", "đến hết ngày 31/8/2026", "until the end of 31 August 2026", late)
		path := o.must(201, o.ask("office", "POST", complaintsPath, complaintOf(id, "certificate", "2026-06-03"))).header.Get("Location")
		o.must(200, o.step("office-province", path, "accept", nil))
		o.must(200, o.step("office-province", path, "examine", map[string]any{"finding": "partly", "findings": "x"}))
		o.must(200, o.step("leader-province", path, "uphold", map[string]any{"remedy": "revoke", "decision": "8/QĐ-UBND", "decided_on": "2026-09-01", "answer": "x"}))
		o.must(422, o.step("office-province", path, "fly", nil))
		o.must(200, o.step("office-province", path, "propose_revocation", map[string]any{"ground": "b", "concluded_on": "2026-09-01"}))
		history := o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history", nil)).items()
		last := history[len(history)-2] // the note that it stands with follows
		if last["event"] != "propose_revocation" || last["kind"] != "move" || last["data"].(map[string]any)["petition"] != strings.TrimPrefix(path, complaintsPath+"/") {
			t.Errorf("the product's own move: %v", last)
		}
		o.must(200, o.move("leader-province", id, "revoke", map[string]any{"decision": "9/QĐ-UBND", "decided_on": "2026-09-01"}))
		k := o.must(200, o.ask(producer, "GET", "/api/v1/certificates/KN-2", nil)).body["petitions"].([]any)
		if len(k) != 4 || k[0].(map[string]any)["state"] != "settled" {
			t.Errorf("on the certificate: %v", k)
		}
		again := o.complained(id, "revocation", "2026-09-01")
		o.must(200, o.step("office-province", again, "accept", nil))
		o.must(200, o.step("office-province", again, "examine", map[string]any{"finding": "right", "findings": "x"}))
		o.must(200, o.step("leader-province", again, "uphold", map[string]any{"remedy": "reinstate", "decision": "10/QĐ-UBND", "decided_on": "2026-09-01", "answer": "x"}))
		o.must(200, o.move(producer, id, "reopen", nil, "comment", "Tự đăng ký lại"))
		if a := o.step("office-province", again, "reinstate", nil); a.status != 403 && a.status != 409 {
			t.Errorf("the product has moved on, its move is refused: %d %s", a.status, a.text)
		}
		o.must(200, o.step("office-province", again, "conclude", nil))

		site, office := o.browse(producer, "vi"), o.browse("office-province", "en")
		site.shows("/products/"+id, "Khiếu nại", "KN-2026-001", "Có tin từ một hồ sơ về sản phẩm", "Nộp khiếu nại")
		site.shows("/complaints/new?product="+fishSauce, "Phải nộp trong 90 ngày", "quy định chưa kiểm chứng", "Khiếu nại về")
		if a := site.post("/complaints", url.Values{"event": {"complain"}, "product": {id}, "data.about": {"certificate"}, "data.received": {"2026-06-01"}, "data.words": {evil}}); a.status != 422 || !strings.Contains(a.text, "Chỉ được làm từ ngày") || strings.Contains(a.text, evil) {
			t.Errorf("too late by the page: %d %.2000s", a.status, a.text)
		}
		if a := site.post("/complaints", url.Values{"event": {"complain"}, "product": {id}, "data.about": {"certificate"}, "data.received": {"2026-08-20"}, "data.words": {evil}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		for _, at := range []string{"/", "/worklist", "/complaints"} {
			office.shows(at, "Complaints that wait for you", "KN-2026-003")
		}
		third := o.must(200, o.ask(producer, "GET", complaintsPath+"?state=filed", nil)).items()[0]["id"].(string)
		if text := office.shows("/complaints/requests/"+third, "Complain: last day", "Decline to accept"); strings.Contains(text, evil) {
			t.Error("hostile text is shown as it is")
		}
		o.must(404, o.ask("office-province", "GET", supportPath+"/"+third, nil))
	})
}

// A result can be complained against after its round ended without a certificate;
// upheld, the product registers again. Where nothing was scored there is nothing.
func TestAComplaintAgainstTheResultOfARoundThatEnded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id, never, producer := o.waiting("Nước mắm bị loại"), o.waiting("Nước mắm chưa chấm"), "producer-"+fishSauce
		o.scored("province", id, 9, worth(t, 9, 2, 45))
		o.must(200, o.move("secretary-province", id, "score", nil))
		o.must(200, o.move("leader-province", id, "reject", nil, "comment", "Không đạt hạng"))
		o.must(200, o.move(producer, never, "withdraw", nil, "comment", "Thôi"))
		for product, received := range map[string]string{never: "2026-06-01", id: "2026-05-31"} {
			if a := o.ask(producer, "POST", complaintsPath, complaintOf(product, "result", received)); a.status != 422 {
				t.Errorf("received on %s: %d %s", received, a.status, a.text)
			}
		}
		o.clock("2026-06-10")
		path := o.complained(id, "result", "2026-06-02")
		if k := o.petition(producer, path); k["unit"].(map[string]any)["code"] != "ha-tinh" {
			t.Errorf("filed with the unit whose council scored: %v", k)
		}
		o.must(200, o.step("office-province", path, "accept", nil))
		o.must(200, o.step("office-province", path, "examine", map[string]any{"finding": "right", "findings": "Bỏ sót minh chứng"}))
		decision := map[string]any{"remedy": "score_again", "decision": "7/QĐ-UBND", "decided_on": "2026-06-10", "answer": "Khiếu nại đúng"}
		if a := o.step("leader-province", path, "uphold", decision); a.status != 422 || !slices.Contains(a.reasons(), "remedy_possible") {
			t.Errorf("no round is there to be scored again: %d %s", a.status, a.text)
		}
		decision["remedy"] = "reinstate"
		o.must(200, o.step("leader-province", path, "uphold", decision))
		if a := o.must(422, o.step("office-province", path, "conclude", nil)); !slices.Equal(a.reasons(), []string{"so_decided"}) {
			t.Errorf("put off with words: %s", a.text)
		}
		o.must(200, o.ask("office-province", "POST", path+"/transitions", map[string]any{"event": "reinstate", "comment": "Theo quyết định giải quyết khiếu nại"}))
		if p := o.must(200, o.ask(producer, "GET", "/api/v1/products/"+id, nil)).body; p["state"] != "idea_registered" || p["track"] != "first" {
			t.Errorf("registered again: %v", p)
		}
	})
}

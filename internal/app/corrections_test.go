//go:build unix

package app

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

func (o *office) fix(who, product string, body map[string]any, headers ...string) answer {
	o.t.Helper()
	return o.ask(who, "PATCH", "/api/v1/products/"+product, body, headers...)
}

func TestACorrectionAppliesAtOnceWhereNothingRestsOnIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		o.clock("2026-06-01")
		id := o.registered("Nước mắm sai tên")
		was := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body
		owner := was["producer"].(map[string]any)["name"].(string)
		size := o.ledgerSize()
		for what, body := range map[string]map[string]any{
			"same name":      {"name": "Nước mắm sai tên", "reason": "x"},
			"same set":       {"set": 9, "reason": "x"},
			"no such set":    {"set": 27, "reason": "x"},
			"no reason":      {"name": "Nước mắm đúng tên", "reason": "  "},
			"no name":        {"name": " ", "reason": "x"},
			"long name":      {"name": strings.Repeat("ă", 201), "reason": "x"},
			"nothing":        {"reason": "x"},
			"no producer":    {"producer": "none", "reason": "x"},
			"same producer":  {"producer": was["producer"].(map[string]any)["id"], "reason": "x"},
			"another's":      {"producer": "htx-khac", "reason": "x"},
			"no unit":        {"unit": "none", "reason": "x"},
			"another's unit": {"unit": "xa-khac", "reason": "x"},
			"a department":   {"unit": "kinh-te-ha-tang", "reason": "x"},
		} {
			if a := o.must(422, o.fix("office-province", id, body)); a.code() != "correction_wrong" {
				t.Errorf("%s: %s", what, a.text)
			}
		}
		good := map[string]any{"name": "Nước mắm Zaxuthy", "reason": "Gõ nhầm tên"}
		for _, who := range []string{"leader-province", o.commune(id), "secretary-province", "auditor"} {
			o.must(403, o.fix(who, id, good))
		}
		for _, who := range []string{"other-office", "producer-" + simWine} {
			o.must(404, o.fix(who, id, good))
		}
		o.must(412, o.fix("office-province", id, good, "If-Match", `"99"`))
		if o.ledgerSize() != size {
			t.Error("a refused correction left something behind")
		}
		done := o.must(200, o.fix("office-province", id, good, "Idempotency-Key", "k1"))
		k := done.body["correction"].(map[string]any)
		if done.body["name"] != "Nước mắm Zaxuthy" || k["state"] != "applied" || k["needs_second"] != false || done.body["version"].(float64) != was["version"].(float64)+1 {
			t.Errorf("corrected: %s", done.text)
		}
		if again := o.must(200, o.fix("office-province", id, good, "Idempotency-Key", "k1")); again.body["correction"].(map[string]any)["id"] != k["id"] {
			t.Error("the same key gave another correction")
		}
		found := func(q string) int {
			return len(o.must(200, o.ask("office-province", "GET", "/api/v1/products?q="+q, nil)).items())
		}
		if found("zaxuthy") != 1 {
			t.Error("the product is not found by its new name")
		}
		moved := o.must(200, o.fix("office-province", id, map[string]any{"producer": simWineOwner(o), "set": 10, "reason": "Nhầm chủ thể"}))
		if p := moved.body["producer"].(map[string]any); p["name"] == owner || moved.body["set"] != 10.0 {
			t.Errorf("another producer: %s", moved.text)
		}
		o.must(200, o.ask("producer-"+simWine, "GET", "/api/v1/products/"+id, nil))
		list := o.must(200, o.ask("producer-"+simWine, "GET", "/api/v1/products/"+id+"/corrections", nil)).items()
		if len(list) != 2 || !strings.Contains(o.ask("auditor", "GET", "/api/v1/products/"+id+"/history", nil).text, "Nước mắm sai tên") {
			t.Errorf("the old values are gone: %v", list)
		}
		o.must(200, o.move("producer-"+simWine, id, "withdraw", nil, "comment", "Thôi"))
		o.said(409, "product_withdrawn", "đã rút", "withdrawn", func(h ...string) answer {
			return o.fix("office-province", id, map[string]any{"name": "Tên khác", "reason": "x"}, h...)
		})
	})
}

func simWineOwner(o *office) string {
	return o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+o.product(simWine), nil)).body["producer"].(map[string]any)["id"].(string)
}

func TestACorrectionUnderACertificateNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		id := o.product(fishSauce)
		o.person("office-2", "office", "cam-xuyen")
		k := o.must(200, o.fix("office", id, map[string]any{"name": "Nước mắm Phú Sáng loại 1", "reason": "Theo giấy đăng ký"}))
		path := "/api/v1/corrections/" + k.body["correction"].(map[string]any)["id"].(string)
		if k.body["name"] == "Nước mắm Phú Sáng loại 1" || k.body["correction"].(map[string]any)["state"] != "proposed" {
			t.Errorf("it did not wait: %s", k.text)
		}
		o.said(409, "correction_pending", "chờ xác nhận", "waits to be confirmed", func(h ...string) answer {
			return o.fix("office-2", id, map[string]any{"set": 10, "reason": "x"}, h...)
		})
		o.said(403, "same_person", "cần người khác", "another person", func(h ...string) answer { return o.ask("office", "POST", path+"/confirm", map[string]any{}, h...) })
		o.must(403, o.ask("producer-"+fishSauce, "POST", path+"/confirm", map[string]any{}))
		o.must(403, o.ask("auditor", "POST", path+"/confirm", map[string]any{}))
		o.must(404, o.ask("other-leader", "POST", path+"/confirm", map[string]any{}))
		o.must(404, o.ask("leader", "POST", "/api/v1/corrections/none/confirm", map[string]any{}))
		o.must(412, o.ask("leader", "POST", path+"/confirm", map[string]any{"version": 9}))
		if a := o.must(422, o.ask("leader", "POST", path+"/decline", map[string]any{"note": " "})); a.code() != "correction_wrong" {
			t.Errorf("declined without a word: %s", a.text)
		}
		if list := o.must(200, o.ask("leader", "GET", "/api/v1/corrections?state=proposed", nil)).items(); len(list) != 1 {
			t.Errorf("waiting: %v", list)
		}
		if got := o.together(3, func() answer { return o.ask("leader", "POST", path+"/confirm", map[string]any{}) }); got[200] != 1 || got[409] != 2 {
			t.Errorf("three confirm at once: %v", got)
		}
		if a := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)); a.body["name"] != "Nước mắm Phú Sáng loại 1" {
			t.Errorf("confirmed: %s", a.text)
		}
		again := o.must(200, o.fix("office-2", id, map[string]any{"name": "Tên thứ ba", "reason": "x"})).body["correction"].(map[string]any)["id"].(string)
		if a := o.must(403, o.ask("office", "POST", "/api/v1/corrections/"+again+"/confirm", map[string]any{})); a.code() != "same_person" {
			t.Errorf("whose own value is corrected confirms: %s", a.text)
		}
		o.must(200, o.ask("office", "POST", "/api/v1/corrections/"+again+"/decline", map[string]any{"note": "Không đúng"}))
		o.must(409, o.ask("leader", "POST", "/api/v1/corrections/"+again+"/confirm", map[string]any{}))

		owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)).body["producer"].(map[string]any)["id"].(string)
		at := "/api/v1/producers/" + owner
		for what, body := range map[string]map[string]any{"same form": {"form": "x", "reason": "x"}, "nothing": {"reason": "x"}, "no reason": {"name": "Y", "reason": ""}, "long": {"registration": strings.Repeat("1", 41), "reason": "x"}} {
			if a := o.must(422, o.ask("office", "PATCH", at, body)); a.code() != "correction_wrong" {
				t.Errorf("%s: %s", what, a.text)
			}
		}
		o.must(403, o.ask("leader", "PATCH", at, map[string]any{"name": "Y", "reason": "x"}))
		o.must(404, o.ask("other-office", "PATCH", at, map[string]any{"name": "Y", "reason": "x"}))
		owned := o.must(200, o.ask("office", "PATCH", at, map[string]any{"name": "HTX Phú Sáng mới", "registration": "28F8000123", "reason": "Theo giấy đăng ký"})).body["correction"].(map[string]any)
		if owned["state"] != "proposed" {
			t.Errorf("a producer with a certificate: %v", owned)
		}
		o.must(200, o.ask("leader", "POST", "/api/v1/corrections/"+owned["id"].(string)+"/confirm", map[string]any{}))
		if p := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)).body["producer"].(map[string]any); p["name"] != "HTX Phú Sáng mới" {
			t.Errorf("renamed: %v", p)
		}
		if n := len(o.must(200, o.ask("office", "GET", "/api/v1/products?q=phu+sang+moi", nil)).items()); n == 0 {
			t.Error("its products are not found by its new name")
		}
		if list := o.must(200, o.ask("producer-"+fishSauce, "GET", at+"/corrections", nil)).items(); len(list) != 1 {
			t.Errorf("the producer's corrections: %v", list)
		}
	})
}

// A set that turns out wrong after the scoring sends the round back: it is
// scored again by the right one.
func TestAWrongSetIsScoredAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm chấm nhầm bộ")
		o.scored("province", id, 9, worth(t, 9, 4, 75))
		o.must(200, o.move("secretary-province", id, "score", nil))
		k := o.must(200, o.fix("office-province", id, map[string]any{"set": 8, "reason": "Nhầm bộ"})).body["correction"].(map[string]any)
		if k["state"] != "proposed" {
			t.Fatalf("a result rests on it: %v", k)
		}
		o.must(200, o.ask("leader-province", "POST", "/api/v1/corrections/"+k["id"].(string)+"/confirm", map[string]any{}))
		p := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body
		if p["state"] != "field_inspection" || p["set"] != 8.0 {
			t.Errorf("after the correction: %v", p)
		}
		if a := o.move("secretary-province", id, "score", nil); a.status != 422 {
			t.Errorf("the old result still counts: %s", a.text)
		}
		o.scored("province", id, 8, worth(t, 8, 4, 75))
		o.must(200, o.move("secretary-province", id, "score", nil))
		o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "DC-1", "decision": "1/QĐ-UBND", "decided_on": "2026-06-01"}))
	})
}

// what is asked of corrections when roles are tried: nothing that could stand.
var correctionBodies = map[string]string{
	"PATCH /api/v1/products/:id":           `{"name":"x","reason":"x","version":99}`,
	"PATCH /api/v1/producers/:id":          `{"name":"x","reason":"x","version":99}`,
	"POST /api/v1/corrections/:id/confirm": `{"version":99}`,
	"POST /api/v1/corrections/:id/decline": `{"version":99}`,
	"POST /corrections/:id":                "act=confirm&version=99",
	"POST /products/:id/corrections":       "name=x&reason=x&version=99",
	"POST /producers/:id/corrections":      "name=x&reason=x&version=99",
}

// correctionsKept leaves corrections of a product and of its producer behind.
func (o *office) correctionsKept(product string) {
	o.t.Helper()
	owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+product, nil)).body["producer"].(map[string]any)["id"].(string)
	for path, act := range map[string]string{"/api/v1/products/" + product: "decline", "/api/v1/producers/" + owner: "confirm"} {
		k := o.must(200, o.ask("office", "PATCH", path, map[string]any{"name": "Tên đính chính", "reason": "Gõ nhầm"})).body["correction"].(map[string]any)["id"].(string)
		o.must(200, o.ask("leader", "POST", "/api/v1/corrections/"+k+"/"+act, map[string]any{"note": "Đã đối chiếu"}))
	}
}

func TestCorrectionsAreMadeAndConfirmedByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		office, leader := o.browse("office", "vi"), o.browse("leader", "en")
		office.shows("/products/"+id, "Đính chính thông tin")
		at := "/products/" + id + "/corrections"
		office.shows(at, "Không có đính chính nào.", "Bộ tiêu chí")
		p := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)).body
		form := url.Values{"name": {"Nước mắm " + evil}, "set": {fmt.Sprint(p["set"])}, "producer": {p["producer"].(map[string]any)["code"].(string)}, "unit": {p["commune"].(map[string]any)["code"].(string)}}
		if a := office.post(at, form); a.status != 422 || !strings.Contains(a.text, "Phải ghi lý do") {
			t.Errorf("without a reason: %d %.1500s", a.status, a.text)
		}
		form.Set("reason", "Gõ nhầm")
		if a := office.post(at, form); a.status != 200 || strings.Contains(a.text, evil) {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		office.shows(at, "Chờ xác nhận", "Bạn là người đề nghị")
		text := leader.shows("/corrections", "To be confirmed", "Confirm the correction")
		_, k, _ := strings.Cut(text, `action="/corrections/`)
		k, _, _ = strings.Cut(k, `"`)
		if a := office.post("/corrections/"+k, url.Values{"act": {"confirm"}}); a.status != 403 {
			t.Errorf("the proposer confirms: %d", a.status)
		}
		if a := leader.post("/corrections/"+k, url.Values{"act": {"fly"}}); a.status != 400 {
			t.Errorf("an act that is none: %d", a.status)
		}
		if a := leader.post("/corrections/"+k, url.Values{"act": {"confirm"}, "version": {"1"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		leader.shows("/corrections?state=applied", "Corrected")
		leader.shows("/products/"+id, "Correction confirmed")
		owner := p["producer"].(map[string]any)["id"].(string)
		office.shows("/producers/"+owner+"/corrections", "Số đăng ký kinh doanh")
		if a := o.browse("producer-"+simWine, "vi").get("/producers/" + owner + "/corrections"); a.status != 404 {
			t.Errorf("another producer reads them: %d", a.status)
		}
	})
}

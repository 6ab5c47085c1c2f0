//go:build unix

package app

import (
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// A request is opened, answered and approved in a plan by the pages.
func TestSupportIsGivenByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		producer, commune, office := o.browse("producer-"+fishSauce, "en"), o.browse("commune-tt-thien-cam", "vi"), o.browse("office", "vi")
		product := o.product(fishSauce)
		producer.shows("/products/"+product, "Ask for support", "No requests in your view.")
		producer.shows("/support/new?product="+fishSauce, "Kind of support", "Nước mắm Phú Sáng")
		// A search for another product sends nothing, keeps what was typed, and never
		// drops the product for which the form was opened.
		sought := office.post("/support", url.Values{"event": {"propose"}, "product": {fishSauce}, "find": {"ruou sim"}, "search": {"1"}, "data.what": {"Kho lạnh"}})
		for _, want := range []string{`value="` + fishSauce + `" selected`, `value="` + simWine + `"`, "Kho lạnh", `value="ruou sim"`} {
			if sought.status != 200 || !strings.Contains(sought.text, want) {
				t.Errorf("searched, the form lacks %s: %d", want, sought.status)
			}
		}
		if strings.Contains(sought.text, "Gạo Xuyên Hương") {
			t.Error("what does not fit is offered")
		}
		o.must(403, o.ask("producer-"+fishSauce, "POST", plansPath, map[string]any{"campaign": "x", "title": ""}))
		form := url.Values{"event": {"propose"}, "product": {fishSauce}, "data.kind": {"money"}, "data.what": {"Dây chuyền " + evil}}
		if a := producer.post("/support", form); a.status != 422 || !strings.Contains(a.text, "A request for money must give the amount.") || strings.Contains(a.text, evil) {
			t.Errorf("without an amount: %d %.2000s", a.status, a.text)
		}
		form.Set("data.amount", "300")
		if a := producer.post("/support", form); a.status != 200 {
			t.Fatalf("%d %.3000s", a.status, a.text)
		}
		id := o.must(200, o.ask("office", "GET", supportPath, nil)).items()[0]["id"].(string)
		at := "/support/requests/" + id
		if text := producer.shows(at, "HT-2024-001", "Dây chuyền", "Withdraw the request"); strings.Contains(text, evil) {
			t.Error("hostile text is shown as it is")
		}
		commune.shows("/", "Đề xuất chờ bạn xử lý", "HT-2024-001")
		if a := commune.post(at+"/moves", url.Values{"event": {"review"}, "version": {"1"}, "data.beyond_means": {"false"}}); a.status != 422 || !strings.Contains(a.text, "không chuyển lên") {
			t.Errorf("within its means: %d %.2000s", a.status, a.text)
		}
		if a := commune.post(at+"/moves", url.Values{"event": {"review"}, "version": {"1"}, "data.beyond_means": {"true"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		text := office.shows(at+"?open=route", "Phòng Kinh tế – Hạ tầng", "Giao phòng chuyên môn")
		if !strings.Contains(text, " selected>Phòng Tài chính – Kế hoạch") {
			t.Error("no department is proposed")
		}
		o.must(200, o.step("office", at2api(at), "route", map[string]any{"department": "kinh-te-ha-tang", "finance": "tai-chinh-ke-hoach"}))
		o.must(200, o.step("dept-kinh-te-ha-tang", at2api(at), "appraise", map[string]any{"appraised": 250, "opinion": "Cần thiết"}))
		o.browse("dept-tai-chinh-ke-hoach", "vi").shows("/support", "Đưa vào phương án hỗ trợ", "HT-2024-001")
		o.must(200, o.step("dept-tai-chinh-ke-hoach", at2api(at), "plan", map[string]any{"planned": 200, "source": "district"}))
		if a := office.post("/support/plans", url.Values{"title": {"Hỗ trợ 2024"}, "campaign": {"cam-xuyen-2024"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		plan := "/support/plans/" + o.must(200, o.ask("office", "GET", plansPath, nil)).items()[0]["id"].(string)
		for version, act := range []string{"put", "propose"} {
			if a := office.post(plan, url.Values{"act": {act}, "version": {string(rune('1' + version))}}); a.status != 200 {
				t.Fatalf("%s: %d %.2000s", act, a.status, a.text)
			}
		}
		if a := office.post(plan, url.Values{"act": {"fly"}}); a.status != 422 {
			t.Errorf("an act that is none: %d", a.status)
		}
		leader := o.browse("leader", "vi")
		leader.shows(plan, "Duyệt phương án", "Theo nguồn kinh phí", "Ngân sách huyện", "250", "200")
		if a := leader.post(plan, url.Values{"act": {"approve"}, "version": {"3"}, "granted." + id: {"hai trăm"}}); a.status != 422 {
			t.Errorf("no number: %d", a.status)
		}
		if a := leader.post(plan, url.Values{"act": {"approve"}, "version": {"3"}, "decision": {"12/QĐ-UBND"}, "granted." + id: {"150"}}); a.status != 200 {
			t.Fatalf("%d %.3000s", a.status, a.text)
		}
		leader.shows(plan, "Đã duyệt", "12/QĐ-UBND", "150")
		leader.shows("/support/plans", "Hỗ trợ 2024", "150")
		producer.shows("/products/"+product, "HT-2024-001", "Approved")
		for who, want := range map[string]int{"office": 200, "leader": 200, "dept-tai-chinh-ke-hoach": 200, "dept-kinh-te-ha-tang": 403, "producer-" + fishSauce: 404, "auditor": 403} {
			for _, file := range []string{"/plan.docx", "/plan.pdf", "/annex.xlsx"} {
				if a := o.ask(who, "GET", strings.Replace(plan, "/support/plans", plansPath, 1)+file, nil); a.status != want {
					t.Errorf("%s gets %d from %s: %.300s", who, a.status, file, a.text)
				}
			}
		}
		if a := o.browse("producer-"+simWine, "vi").get(at); a.status != 404 {
			t.Errorf("another producer reads it: %d", a.status)
		}
	})
}

// at2api is the address of a request's page in the API.
func at2api(page string) string { return strings.Replace(page, "/support/requests", supportPath, 1) }

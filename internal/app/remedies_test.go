//go:build unix

package app

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

const remediesPath = "/api/v1/remedies"

// inspected holds a visit of a product with two findings and gives its id and
// those of the findings.
func (o *office) inspected(product string) (inspection string, findings []string) {
	o.t.Helper()
	i := o.must(201, o.ask("office", "POST", "/api/v1/products/"+product+"/inspections", map[string]any{"day": "2024-03-22", "participants": []string{"Bà Hồng"}})).body["id"].(string)
	got := o.must(200, o.ask("office", "PATCH", "/api/v1/inspections/"+i, map[string]any{"held_on": "2024-03-22", "findings": []map[string]any{
		{"topic": "An toàn thực phẩm", "remedy": "Lát nền xưởng", "by": "2024-04-10", "closed": false},
		{"topic": "Nhãn hàng hóa", "remedy": "Ghi hạn sử dụng", "owner_unit": "kinh-te-ha-tang", "closed": false},
		{"topic": "Năng lực sản xuất", "closed": false}}}))
	for _, f := range got.body["findings"].([]any) {
		findings = append(findings, f.(map[string]any)["id"].(string))
	}
	return i, findings
}

func TestARemedyIsReportedSentBackAndConfirmed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product, owner := o.product(fishSauce), "producer-"+fishSauce
		i, f := o.inspected(product)
		path := remediesPath + "/" + f[0]
		if list := o.must(200, o.ask(owner, "GET", remediesPath, nil)).items(); len(list) != 2 || list[0]["id"] != f[0] || list[0]["finding"].(map[string]any)["remedy"] != "Lát nền xưởng" {
			t.Fatalf("the producer's remedies: %v", list)
		}
		o.must(403, o.ask(owner, "POST", path+"/confirm", nil))
		o.must(403, o.ask("leader", "POST", path+"/report", map[string]any{"comment": "x"}))
		o.must(403, o.ask("auditor", "POST", path+"/confirm", nil))
		o.must(404, o.ask("producer-"+simWine, "POST", path+"/report", map[string]any{"comment": "x"}))
		o.must(403, o.ask(owner, "POST", remediesPath+"/"+f[1]+"/report", map[string]any{"comment": "của phòng"}))
		o.must(404, o.ask("office", "POST", remediesPath+"/"+f[2]+"/confirm", nil))
		o.said(409, "remedy_state", "không ở trạng thái", "not in a state", func(h ...string) answer {
			return o.ask("office", "POST", path+"/return", map[string]any{"comment": "chưa báo"}, h...)
		})
		for what, body := range map[string]map[string]any{"no word": {"comment": " "}, "too many": {"comment": strings.Repeat("ă", 2001)}, "no such paper": {"comment": "x", "document": "none"}} {
			if a := o.must(422, o.ask(owner, "POST", path+"/report", body)); a.code() != "remedy_wrong" {
				t.Errorf("%s: %s", what, a.text)
			}
		}
		paper := o.must(201, o.upload(owner, product, "remedy_evidence", []byte("đã lát nền"))).body["id"].(string)
		done := o.must(200, o.ask(owner, "POST", path+"/report", map[string]any{"comment": "Đã lát xong", "document": paper}, "If-Match", `"1"`))
		if done.body["state"] != "done" || done.body["document"] != paper || done.header.Get("ETag") != `"2"` {
			t.Errorf("reported: %s", done.text)
		}
		o.must(412, o.ask("office", "POST", path+"/return", map[string]any{"comment": "x"}, "If-Match", `"1"`))
		o.must(403, o.ask(owner, "POST", path+"/return", map[string]any{"comment": "x"}))
		o.must(200, o.ask("secretary-district", "POST", path+"/return", map[string]any{"comment": "Còn một góc"}))
		o.must(200, o.ask(owner, "POST", path+"/report", map[string]any{"comment": "Cả góc ấy"}))
		if n := o.must(200, o.ask("office", "GET", "/api/v1/inspections/"+i, nil)).body["open_remedies"]; n != 2.0 {
			t.Errorf("reported is not closed: %v open", n)
		}
		o.must(200, o.ask("office", "POST", path+"/confirm", nil))
		now := o.must(200, o.ask("office", "GET", "/api/v1/inspections/"+i, nil))
		if now.body["open_remedies"] != 1.0 || now.body["findings"].([]any)[0].(map[string]any)["closed"] != true {
			t.Errorf("confirmed: %s", now.text)
		}
		o.must(409, o.ask(owner, "POST", path+"/report", map[string]any{"comment": "x"}))
		o.must(200, o.ask("dept-kinh-te-ha-tang", "POST", remediesPath+"/"+f[1]+"/report", map[string]any{"comment": "Đã hướng dẫn"}))
	})
}

func TestRemediesFollowTheirFindings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product := o.product(fishSauce)
		i, f := o.inspected(product)
		states := func() (out []string) {
			for _, r := range o.must(200, o.ask("office", "GET", "/api/v1/inspections/"+i+"/remedies", nil)).items() {
				out = append(out, r["state"].(string))
			}
			return out
		}
		o.must(200, o.ask("office", "PATCH", "/api/v1/inspections/"+i, map[string]any{"findings": []map[string]any{{"topic": "An toàn thực phẩm", "remedy": "Lát nền xưởng", "by": "2024-05-10", "closed": true},
			{"topic": "Môi trường", "remedy": "Xử lý nước thải", "closed": false}}}))
		if got := strings.Join(states(), " "); got != "confirmed dropped open" {
			t.Errorf("after a new list: %s", got)
		}
		if a := o.must(422, o.ask("office", "PATCH", "/api/v1/inspections/"+i, map[string]any{"findings": []map[string]any{{"id": "none", "topic": "x", "closed": false}}})); a.code() != "inspection_wrong" {
			t.Errorf("a made-up id: %s", a.text)
		}
		o.must(422, o.ask("office", "PATCH", "/api/v1/inspections/"+i, map[string]any{"findings": []map[string]any{{"topic": "x", "remedy": "x", "owner_unit": "ho-phan-khac-dat", "closed": false}}}))
		o.must(200, o.ask("office", "PATCH", "/api/v1/inspections/"+i, map[string]any{"findings": []map[string]any{{"id": f[0], "topic": "ATTP", "remedy": "Lát lại", "closed": false}}}))
		if got := strings.Join(states(), " "); got != "open dropped dropped" {
			t.Errorf("opened again: %s", got)
		}
	})
}

func TestLateRemediesAreChased(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product, owner := o.product(fishSauce), "producer-"+fishSauce
		_, f := o.inspected(product)
		o.inspected(o.product(simWine))
		if n := len(o.must(200, o.ask("office", "GET", remediesPath+"?late=true", nil)).items()); n != 0 {
			t.Errorf("%d are late on the first day", n)
		}
		o.clock("2024-04-12")
		if _, err := o.app.Desk.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{"?late=true": 2, "?late=true&product=" + product: 1, "?owner=kinh-te-ha-tang": 2, "?owner=htx-phu-sang": 1, "?state=done": 0, "": 4} {
			if n := len(o.must(200, o.ask("office", "GET", remediesPath+query, nil)).items()); n != want {
				t.Errorf("%q: %d remedies, want %d", query, n, want)
			}
		}
		seen, next := map[any]bool{}, ""
		for range 5 {
			page := o.must(200, o.ask("office", "GET", remediesPath+"?limit=1&cursor="+next, nil))
			for _, r := range page.items() {
				seen[r["id"]] = true
			}
			if next = page.body["next"].(string); next == "" {
				break
			}
		}
		if len(seen) != 4 || next != "" {
			t.Errorf("pages of one: %d remedies, next %q", len(seen), next)
		}
		marks := o.must(200, o.ask(owner, "GET", "/api/v1/products/"+product+"/deadlines", nil)).text
		if !strings.Contains(marks, `"deadline":"remedy:`+f[0]) || !strings.Contains(marks, `"wording":"Lát nền xưởng"`) {
			t.Errorf("no mark of the late remedy: %s", marks)
		}
		if text := o.must(200, o.ask(owner, "GET", "/api/v1/worklist", nil)).text; !strings.Contains(text, "remedy:"+f[0]) {
			t.Errorf("the producer's worklist: %.500s", text)
		}
		o.must(200, o.ask(owner, "POST", remediesPath+"/"+f[0]+"/report", map[string]any{"comment": "xong"}))
		if text := o.must(200, o.ask(owner, "GET", "/api/v1/worklist", nil)).text; strings.Contains(text, "remedy:"+f[0]) {
			t.Error("a remedy that was reported is chased on")
		}
	})
}

func TestPhotosOfAnInspection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product := o.product(fishSauce)
		i, f := o.inspected(product)
		path := "/api/v1/inspections/" + i + "/photos"
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
			t.Fatal(err)
		}
		if a := o.must(422, o.upload("office", product, "inspection_photo", []byte("không phải ảnh"))); a.code() != "document_wrong" {
			t.Errorf("a text as a photo: %s", a.text)
		}
		o.must(403, o.named("producer-"+fishSauce, product, "inspection_photo", "a.png", picture.Bytes()))
		paper := o.must(201, o.named("office", product, "inspection_photo", "xuong.png", picture.Bytes())).body["id"].(string)
		note := o.must(201, o.upload("office", product, "remedy_evidence", []byte("giấy"))).body["id"].(string)
		o.must(403, o.ask("producer-"+fishSauce, "POST", path, map[string]any{"document": paper}))
		o.must(404, o.ask("producer-"+simWine, "POST", path, map[string]any{"document": paper}))
		for what, body := range map[string]map[string]any{"no document": {"document": "none"}, "no photo": {"document": note}, "no finding": {"document": paper, "finding": "none"}} {
			if a := o.must(422, o.ask("office", "POST", path, body)); a.code() != "photo_wrong" {
				t.Errorf("%s: %s", what, a.text)
			}
		}
		o.must(201, o.ask("office", "POST", path, map[string]any{"document": paper, "finding": f[0]}))
		o.must(422, o.ask("office", "POST", path, map[string]any{"document": paper}))
		if list := o.must(200, o.ask("producer-"+fishSauce, "GET", path, nil)).items(); len(list) != 1 || list[0]["finding"] != f[0] || list[0]["media_type"] != "image/png" {
			t.Errorf("photos: %v", list)
		}
		o.must(404, o.ask("producer-"+simWine, "GET", path, nil))
		shown := o.browse("producer-"+fishSauce, "vi").get("/inspections/" + i + "/photos/" + paper)
		if h := shown.header; shown.status != 200 || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "sandbox" || shown.text != picture.String() {
			t.Errorf("the photo is shown as %v", shown.header)
		}
		for who, doc := range map[string]string{"producer-" + simWine: paper, "office": note} {
			if a := o.browse(who, "vi").get("/inspections/" + i + "/photos/" + doc); a.status != 404 {
				t.Errorf("%s is shown %s: %d", who, doc, a.status)
			}
		}
	})
}

// What was said about a remedy is forgotten on request, in the entry and in the row.
func TestTheCommentOfARemedyIsForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product := o.product(fishSauce)
		_, f := o.inspected(product)
		o.must(200, o.ask("producer-"+fishSauce, "POST", remediesPath+"/"+f[0]+"/report", map[string]any{"comment": "Ông Tám Nền đã lát"}, "Idempotency-Key", "k"))
		o.must(200, o.erase("privacy", o.told(product, "report_remedy")["index"], map[string]any{"reason": "Theo đơn"}))
		o.nowhere("Tám Nền")
		o.verified(2)
	})
}

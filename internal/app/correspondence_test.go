//go:build unix

package app

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/dbtest"
)

const correspondencePath = "/api/v1/correspondence"

// correspondenceBodies are what the table of access asks with; none of them stands.
var correspondenceBodies = map[string]string{
	"POST /api/v1/correspondence":          `{"direction":"received","summary":""}`,
	"POST /api/v1/correspondence/:id/void": `{"reason":"x","version":99}`,
	"POST /correspondence":                 "direction=received&summary=",
	"POST /correspondence/:id":             "act=void&reason=x&version=99",
}

// sentTo registers a paper sent to a product's producer and commune, and gives its id.
func (o *office) sentTo(product string) string {
	o.t.Helper()
	p := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+product, nil)).body
	to := []string{p["producer"].(map[string]any)["id"].(string), p["commune"].(map[string]any)["id"].(string)}
	return o.line("office-province", map[string]any{"direction": "sent", "kind": "letter", "parties": to, "summary": "Mời nộp bổ sung hồ sơ", "products": []string{product}})["id"].(string)
}

// line registers a paper.
func (o *office) line(who string, body map[string]any) map[string]any {
	o.t.Helper()
	return o.must(201, o.ask(who, "POST", correspondencePath, body)).body
}

// scanOf sends a file to a line.
func (o *office) scanOf(who, id, name string, content []byte) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	file.Write(content)
	form.Close()
	return o.ask(who, "POST", correspondencePath+"/"+id+"/file", b.Bytes(), "Content-Type", form.FormDataContentType())
}

// registersKept leaves papers behind: received and sent, with a scan, void.
func (o *office) registersKept() {
	o.t.Helper()
	sauce := o.product(fishSauce)
	first := o.sentTo(sauce)
	second := o.line("office-province", map[string]any{"direction": "received", "symbol": "7/UBND", "dated": "2026-05-20", "others": "UBND xã Cẩm Mỹ", "summary": "Báo cáo", "products": []string{sauce, simWine}, "decision": o.decided("leader", "2394/QĐ-UBND")["id"]})["id"].(string)
	third := o.line("office-province", map[string]any{"direction": "sent", "symbol": "8/TB-VPĐP", "parties": []string{"cam-xuyen", "cam-my"}, "summary": "Thông báo"})["id"].(string)
	for i, id := range []string{first, second} {
		o.must(201, o.scanOf("office-province", id, fmt.Sprintf("ban-chup-%d.pdf", i), plainPDF))
	}
	for _, id := range []string{second, third} {
		o.must(200, o.ask("office-province", "POST", correspondencePath+"/"+id+"/void", map[string]any{"reason": "Ghi nhầm " + id}))
	}
}

// The registers of papers: numbers without gap under many at once, what is late by
// the calendar, what is refused, who sees what, and what becomes of a mistake.
func TestPapersAreRegisteredReceivedAndSent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		office := "office-province"
		id := o.waiting("Nước mắm có văn bản")
		product := o.must(200, o.ask(office, "GET", "/api/v1/products/"+id, nil)).body
		owner, commune := product["producer"].(map[string]any)["id"].(string), product["commune"].(map[string]any)
		o.clock("2026-06-08") // a Monday

		// what is refused leaves nothing behind
		size := o.ledgerSize()
		for body, place := range map[string]string{
			`{"direction":"received","others":"UBND","summary":" "}`:                                                 "body.summary",
			`{"direction":"received","summary":"x"}`:                                                                 "body.parties",
			`{"direction":"received","others":"UBND","summary":"x","received_on":"2026-06-09"}`:                      "body.received_on",
			`{"direction":"received","others":"UBND","summary":"x","dated":"2026-06-05","received_on":"2026-06-04"}`: "body.received_on",
			`{"direction":"sent","others":"UBND","summary":"x","dated":"2026-06-09"}`:                                "body.dated",
			`{"direction":"sent","others":"UBND","summary":"x","received_on":"2026-06-08"}`:                          "body.received_on",
			`{"direction":"sent","parties":["khong-co"],"summary":"x"}`:                                              "body.parties[0]",
			`{"direction":"sent","others":"UBND","summary":"x","products":["khong-co"]}`:                             "body.products[0]",
			`{"direction":"sent","others":"UBND","summary":"x","decision":"khong-co"}`:                               "body.decision",
			`{"direction":"sent","others":"UBND","summary":"x","kind":"khong-co"}`:                                   "body.kind",
			`{"direction":"sent","others":"UBND","summary":"` + strings.Repeat("ă", 1001) + `"}`:                     "body.summary",
			`{"direction":"sent","others":"UBND","summary":"x","symbol":"` + strings.Repeat("1", 61) + `"}`:          "body.symbol",
			`{"direction":"sent","summary":"x","parties":[` + strings.Repeat(`"cam-xuyen",`, 50) + `"cam-xuyen"]}`:   "body.parties",
		} {
			if a := o.must(422, o.ask(office, "POST", correspondencePath, []byte(body))); a.code() != "paper_line_wrong" || !strings.Contains(a.text, `"`+place+`"`) {
				t.Errorf("%.90s: %.300s", body, a.text)
			}
		}
		good := map[string]any{"direction": "received", "others": "UBND tỉnh", "summary": "Hướng dẫn"}
		for _, who := range []string{"leader-province", "producer-" + fishSauce, "member-province-1", "auditor"} {
			o.must(403, o.ask(who, "POST", correspondencePath, good))
		}
		o.must(403, o.ask("office", "POST", correspondencePath, map[string]any{"unit": "ha-tinh", "direction": "received", "others": "x", "summary": "x"}))
		if o.ledgerSize() != size {
			t.Error("what was refused left something behind")
		}

		// Friday's paper is in time on Monday; Thursday's is late; days off count for nothing
		for day, late := range map[string]bool{"2026-06-08": false, "2026-06-05": false, "2026-06-04": true} {
			p := o.line(office, map[string]any{"direction": "received", "received_on": day, "others": "Sở NN", "summary": "Đến ngày " + day})
			if p["late"] != late || p["rule"].(map[string]any)["legal"] != "30/2020/NĐ-CP" || p["rule"].(map[string]any)["verified"] != true {
				t.Errorf("received on %s: %v", day, p)
			}
		}
		if p := o.line(office, map[string]any{"direction": "sent", "dated": "2026-06-03", "others": "Sở NN", "summary": "Ký thứ Tư"}); p["late"] != true || p["due_on"] != "2026-06-04" || p["number"] != 1.0 {
			t.Errorf("signed on a Wednesday: %v", p)
		}
		o.clock("2027-01-04") // Monday behind the new year's holiday
		if p := o.line(office, map[string]any{"direction": "received", "received_on": "2026-12-31", "others": "Sở NN", "summary": "Cuối năm"}); p["late"] != false || p["year"] != 2027.0 || p["number"] != 1.0 {
			t.Errorf("over the new year: %v", p)
		}

		// many at once take the numbers one after the other, and a symbol stands once
		var all sync.WaitGroup
		numbers, codes := make([]float64, 12), make([]string, 12)
		for i := range numbers {
			all.Go(func() {
				body := map[string]any{"direction": "sent", "others": "Sở NN", "summary": fmt.Sprint("Cùng lúc ", i)}
				if i%2 == 0 {
					body["symbol"] = "12/TB-VPĐP"
				}
				a := o.ask([]string{office, "secretary-province"}[i%2], "POST", correspondencePath, body)
				numbers[i], _ = a.body["number"].(float64)
				codes[i] = a.code()
			})
		}
		all.Wait()
		slices.Sort(numbers)
		slices.Sort(codes)
		if !slices.Equal(numbers, []float64{0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7}) || codes[11] != "symbol_used" || codes[7] != "symbol_used" || codes[6] != "" {
			t.Errorf("at once: %v %q", numbers, codes)
		}
		if a := o.must(409, o.ask(office, "POST", correspondencePath, map[string]any{"direction": "sent", "symbol": "12 / tb-vpđp", "others": "x", "summary": "x"})); a.code() != "symbol_used" {
			t.Errorf("another spelling: %s", a.text)
		}
		// of papers received the sender counts too
		for _, sender := range []string{"Sở Nông nghiệp", "Sở Tài chính"} {
			o.line(office, map[string]any{"direction": "received", "symbol": "5/CV", "others": sender, "summary": "x"})
		}
		o.must(409, o.ask(office, "POST", correspondencePath, map[string]any{"direction": "received", "symbol": "5/CV", "others": "sở tài chính", "summary": "x"}))

		// the district's register is its own; only who is written to sees a line, and is told
		if p := o.line("office", map[string]any{"direction": "sent", "others": "x", "summary": "Của huyện"}); p["number"] != 1.0 {
			t.Errorf("the district counts for itself: %v", p)
		}
		letter := o.line(office, map[string]any{"direction": "sent", "kind": "letter", "symbol": "99/UBND", "parties": []string{owner, commune["code"].(string)}, "summary": "Mời nộp bổ sung", "products": []string{id}})["id"].(string)
		in := o.line(office, map[string]any{"direction": "received", "parties": []string{owner}, "summary": "Đơn của chủ thể", "products": []string{id}})["id"].(string)
		at := correspondencePath + "/" + letter
		producer, village := "producer-"+fishSauce, o.commune(id)
		for _, who := range []string{producer, village} {
			if got := o.must(200, o.ask(who, "GET", correspondencePath, nil)).items(); len(got) != 1 || got[0]["id"] != letter {
				t.Errorf("%s sees %v", who, got)
			}
			o.must(404, o.ask(who, "GET", correspondencePath+"/"+in, nil))
			o.must(403, o.ask(who, "POST", at+"/void", map[string]any{"reason": "x"}))
			if n := o.must(200, o.ask(who, "GET", "/api/v1/notices", nil)).items()[0]; n["about"].(map[string]any)["page"] != "/correspondence/"+letter || n["read"] != false {
				t.Errorf("%s was told %v", who, n)
			}
		}
		for _, who := range []string{"producer-" + simWine, "member-province-1", "admin"} {
			o.must(404, o.ask(who, "GET", at, nil))
			if got := o.must(200, o.ask(who, "GET", correspondencePath, nil)).items(); len(got) != 0 {
				t.Errorf("%s sees %v", who, got)
			}
		}
		o.must(200, o.ask("leader-province", "GET", at, nil))
		o.must(404, o.ask("office", "GET", correspondencePath+"/"+in, nil))

		// its scan, once, and nothing that is no scan
		for name, content := range map[string][]byte{"a.pdf": []byte("không phải PDF"), "a.docx": []byte("PK\x03\x04"), "b.pdf": {}, "c.sh": []byte("#!/bin/sh\n")} {
			if a := o.must(422, o.scanOf(office, letter, name, content)); a.code() != "paper_line_wrong" {
				t.Errorf("%s: %s", name, a.text)
			}
		}
		o.must(201, o.scanOf(office, letter, "thu.pdf", plainPDF))
		if a := o.must(409, o.scanOf(office, letter, "thu-2.pdf", plainPDF)); a.code() != "scan_there" {
			t.Error(a.text)
		}
		if a := o.must(200, o.ask(producer, "GET", at+"/file", nil)); a.text != string(plainPDF) {
			t.Errorf("the scan: %.50s", a.text)
		}
		o.must(404, o.ask("producer-"+simWine, "GET", at+"/file", nil))
		o.must(404, o.ask(office, "GET", at+"/paper.pdf", nil)) // the program did not write it

		// a mistake stays, once, with its reason, and gives its symbol back
		o.must(422, o.ask(office, "POST", at+"/void", map[string]any{"reason": " "}))
		o.must(412, o.ask(office, "POST", at+"/void", map[string]any{"reason": "x", "version": 9}))
		v := o.must(200, o.ask(office, "POST", at+"/void", map[string]any{"reason": "Gửi nhầm nơi"}, "Idempotency-Key", "v1"))
		if again := o.ask(office, "POST", at+"/void", map[string]any{"reason": "Gửi nhầm nơi"}, "Idempotency-Key", "v1"); again.text != v.text || v.body["reason"] != "Gửi nhầm nơi" || v.body["version"] != 2.0 {
			t.Errorf("voided: %s\nagain: %s", v.text, again.text)
		}
		if a := o.must(409, o.ask(office, "POST", at+"/void", map[string]any{"reason": "x"})); a.code() != "paper_void" {
			t.Error(a.text)
		}
		o.line(office, map[string]any{"direction": "sent", "symbol": "99/UBND", "others": "x", "summary": "Bản đúng"})

		// found by words, by product, and whole as a workbook
		for query, n := range map[string]int{"?q=bo+sung": 1, "?q=khong+co": 0, "?product=" + id: 2, "?direction=received&year=2026": 3, "?year=2026&unit=ha-tinh": 4, "?kind=letter": 1, "?limit=2": 2, "?unit=khong-co": 0} {
			if got := o.must(200, o.ask(office, "GET", correspondencePath+query, nil)).items(); len(got) != n {
				t.Errorf("%s: %d lines, not %d", query, len(got), n)
			}
		}
		book, err := excelize.OpenReader(strings.NewReader(o.must(200, o.ask(office, "GET", "/api/v1/exports/correspondence.xlsx?year=2027&direction=sent", nil)).text))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if err != nil || len(rows) != 1+7+1+2 || !slices.Contains(slices.Concat(rows...), "Gửi nhầm nơi") { // the district's, the letter and its right copy
			t.Errorf("the register: %d rows %v", len(rows), err)
		}
		page := o.browse(office, "vi")
		page.shows("/correspondence?direction=sent", "Sổ văn bản", "Gửi nhầm nơi", "Đã hủy", "30/2020/NĐ-CP")
		page.shows("/correspondence?direction=received&year=2026", "Vào sổ muộn")
		o.browse(producer, "en").shows("/correspondence/"+letter, "Paper sent 99/UBND", "Void")
		page.shows("/products/"+id, "99/UBND")
		if a := page.post("/correspondence", url.Values{"direction": {"sent"}, "summary": {"Qua trang"}, "parties": {commune["code"].(string) + ", cam-xuyen"}, "received_on": {"2027-01-04"}}); a.status != 303 && a.status != 200 {
			t.Errorf("at the page: %d", a.status)
		}
		page.shows("/correspondence", "Qua trang")
		o.verified(0)
	})
}

//go:build unix

package app

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/dbtest"
)

const decisionsPath = "/api/v1/decisions"

var plainPDF = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// original sends a signed file to a decision; fields come before it.
func (o *office) original(who, decision, name string, content []byte, fields ...string) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		form.WriteField(fields[i], fields[i+1])
	}
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	file.Write(content)
	form.Close()
	return o.ask(who, "POST", decisionsPath+"/"+decision+"/original", b.Bytes(), "Content-Type", form.FormDataContentType())
}

// decided is the only decision of a number that an account sees.
func (o *office) decided(who, number string) map[string]any {
	o.t.Helper()
	list := o.must(200, o.ask(who, "GET", decisionsPath+"?number="+url.QueryEscape(number), nil)).items()
	if len(list) != 1 {
		o.t.Fatalf("%s sees %d decisions %s", who, len(list), number)
	}
	return list[0]
}

// awaits are the numbers of decisions whose originals an account's worklist asks for.
func (o *office) awaits(who string) (out []string) {
	o.t.Helper()
	for _, task := range o.must(200, o.ask(who, "GET", "/api/v1/worklist", nil)).items() {
		for _, r := range task["missing"].([]any) {
			if m := r.(map[string]any); m["code"] == "original_pending" {
				out = append(out, m["actual"].(string))
			}
		}
	}
	return out
}

// toCertify brings products to the leader's desk.
func (o *office) toCertify(names ...string) (ids []string) {
	o.t.Helper()
	for _, name := range names {
		id := o.waiting(name)
		o.scored("province", id, 9, worth(o.t, 9, 4, 75))
		o.must(200, o.move("secretary-province", id, "score", nil))
		ids = append(ids, id)
	}
	return ids
}

// A number stands for one paper of its issuer in a year: it may name many
// products, but of one day and one kind, whoever types it and however many at once.
func TestADecisionNumberStandsForOneDecision(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		ids := o.toCertify("Nước mắm một", "Nước mắm hai", "Nước mắm ba", "Nước mắm bốn")
		certify := func(i int, number, day string, more ...any) answer {
			data := map[string]any{"number": fmt.Sprint("QD-", i), "decision": number, "decided_on": day}
			if len(more) > 0 {
				data["file"] = more[0]
			}
			return o.move("leader-province", ids[i], "certify", data)
		}
		o.must(200, certify(0, "12/QĐ-UBND", "2026-06-01"))
		// Spaces and case make no other number; another day makes another paper.
		if a := o.must(409, certify(1, " 12/qđ - UBND", "2026-05-30")); a.code() != "decision_number_used" || !strings.Contains(a.text, "2026") {
			t.Errorf("%s", a.text)
		}
		o.must(200, certify(1, "12/QĐ-UBND", "2026-06-01"))
		if k := o.decided("leader-province", "12/QĐ"); k["original"] != "pending" || k["decided_on"] != "2026-06-01" || k["about"] != "certify" || k["issuer"].(map[string]any)["code"] != "ha-tinh" {
			t.Errorf("%v", k)
		}
		// A file that is no PDF is refused where the move names it.
		text := o.must(201, o.bring("office-province", "qd.txt", []byte("quyết định"), "product", ids[2], "kind", "decision")).body["id"]
		if a := o.must(422, certify(2, "13/QĐ-UBND", "2026-06-01", text)); !strings.Contains(a.text, "data.file") {
			t.Errorf("%s", a.text)
		}
		// Two leaders at once, one number, two days: one of them has it.
		statuses := map[int]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i, day := range map[int]string{2: "2026-06-01", 3: "2026-05-31"} {
			wg.Go(func() {
				a := certify(i, "13/QĐ-UBND", day)
				mu.Lock()
				defer mu.Unlock()
				statuses[a.status]++
			})
		}
		wg.Wait()
		if statuses[200] != 1 || statuses[409] != 1 {
			t.Errorf("%v", statuses)
		}
		o.decided("leader-province", "13/QĐ-UBND")
		left := ids[2]
		if o.must(200, o.ask("leader-province", "GET", "/api/v1/products/"+left, nil)).body["state"] == "certified" {
			left = ids[3]
		}
		scan := o.must(201, o.bring("office-province", "qd.pdf", plainPDF, "product", left, "kind", "decision")).body["id"]
		o.must(200, o.move("leader-province", left, "certify", map[string]any{"number": "QD-9", "decision": "14/QĐ-UBND", "decided_on": "2026-06-01", "file": scan}))
		if k := o.decided("leader-province", "14/"); k["original"] != "filed" {
			t.Errorf("%v", k)
		}
		// The number of a recognition is none for a revocation; its own is.
		o.must(200, o.move("office-province", left, "propose_revocation", map[string]any{"ground": "b", "conclusion": scan}))
		o.must(409, o.move("leader-province", left, "revoke", map[string]any{"decision": "14/QĐ-UBND", "decided_on": "2026-06-01"}))
		o.must(200, o.move("leader-province", left, "revoke", map[string]any{"decision": "15/QĐ-UBND", "decided_on": "2026-06-01"}))
		if k := o.decided("leader-province", "15/QĐ"); k["about"] != "revoke" {
			t.Errorf("%v", k)
		}
		o.verified(0)
	})
}

// An original is asked for until it is filed, by those who keep the issuer's papers.
func TestAnOriginalIsAskedForUntilItIsThere(t *testing.T) {
	t.Parallel()
	signed, err := os.ReadFile("../signature/testdata/signed.pdf")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		producer := "producer-" + fishSauce
		product := o.certified("Nước mắm chờ bản ký", "BK-1")
		id := o.decided(producer, "1/QĐ-UBND")["id"].(string)
		for _, who := range []string{"office-province", "leader-province"} {
			if got := o.awaits(who); !slices.Equal(got, []string{"1/QĐ-UBND"}) {
				t.Errorf("%s is asked for %v", who, got)
			}
		}
		for _, who := range []string{"office", producer, "auditor"} {
			if got := o.awaits(who); len(got) != 0 {
				t.Errorf("%s is asked for %v", who, got)
			}
		}
		day := o.app.Desk.Today()
		o.sweepOn(day + 2)
		if got := o.noticed("office-province", product); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		o.sweepOn(day + 3)
		o.sweepOn(day + 10)
		if got := o.noticed("office-province", product); len(got) != 2 {
			t.Errorf("after ten days: %v", got)
		}
		o.browse("office-province", "vi").shows("/notices", "Chờ bản ký quyết định", "1/QĐ-UBND")
		o.browse("office-province", "en").shows("/decisions?original=pending", "Signed original", "1/QĐ-UBND")

		o.must(401, o.original("", id, "qd.pdf", signed))
		o.must(403, o.original(producer, id, "qd.pdf", signed))
		o.must(403, o.original("office", id, "qd.pdf", signed))
		o.must(404, o.original("producer-"+simWine, id, "qd.pdf", signed))
		o.must(404, o.original("office-province", "none", "qd.pdf", signed))
		o.must(412, o.original("office-province", id, "qd.pdf", signed, "version", "7"))
		for name, content := range map[string][]byte{"qd.pdf": []byte("không phải PDF"), "qd.txt": []byte("quyết định"), "empty.pdf": {}, "anh.png": []byte("\x89PNG\r\n\x1a\n")} {
			if a := o.must(422, o.original("office-province", id, name, content)); a.code() != "original_wrong" {
				t.Errorf("%s: %s", name, a.text)
			}
		}
		o.must(422, o.original("office-province", id, "qd.pdf", signed, "signer", strings.Repeat("a", 201)))
		o.must(404, o.ask(producer, "GET", decisionsPath+"/"+id+"/original", nil))
		done := o.must(201, o.original("office-province", id, "qd.pdf", signed, "signer", "Nguyễn Văn Ký", "version", "1"))
		if done.body["original"] != "filed" || done.body["signer"] != "Nguyễn Văn Ký" {
			t.Errorf("%s", done.text)
		}
		if got := append(o.awaits("office-province"), o.worklistMarks("office-province", product)...); len(got) != 0 {
			t.Errorf("still asked for: %v", got)
		}
		o.sweepOn(day + 30)
		if got := o.noticed("office-province", product); len(got) != 2 {
			t.Errorf("said again: %v", got)
		}
		k := o.must(200, o.ask(producer, "GET", decisionsPath+"/"+id, nil)).body
		s := k["signatures"].(map[string]any)["signatures"].([]any)[0].(map[string]any)
		if s["by"] != "Nguyễn Văn Ký" || s["integrity"] != "intact" || s["chain"] != "not_checked" {
			t.Errorf("%v", s)
		}
		o.browse(producer, "vi").shows("/decisions/"+id, "Toàn vẹn: có", "Chuỗi chứng thư: không kiểm tra", "Nguyễn Văn Ký")
		if a := o.must(200, o.ask(producer, "GET", decisionsPath+"/"+id+"/original", nil)); a.text != string(signed) {
			t.Errorf("another file: %d bytes", len(a.text))
		}
		o.must(404, o.ask("producer-"+simWine, "GET", decisionsPath+"/"+id+"/original", nil))
		o.must(401, o.ask("", "GET", decisionsPath+"/"+id+"/original", nil))
		o.must(404, o.ask("producer-"+simWine, "GET", decisionsPath+"/"+id, nil))

		o.must(422, o.original("office-province", id, "qd.pdf", signed, "reason", "Gửi lại"))
		o.must(422, o.original("office-province", id, "qd-2.pdf", plainPDF))
		o.must(201, o.original("leader-province", id, "qd-2.pdf", plainPDF, "reason", "Bản quét trước thiếu trang"))
		k = o.must(200, o.ask("auditor", "GET", decisionsPath+"/"+id, nil)).body
		files := k["originals"].([]any)
		if len(files) != 2 || files[0].(map[string]any)["reason"] != "Bản quét trước thiếu trang" || k["signer"] != "Nguyễn Văn Ký" {
			t.Errorf("%v", k)
		}
		if a := o.must(200, o.ask("auditor", "GET", decisionsPath+"/"+id+"/original?file="+files[1].(map[string]any)["id"].(string), nil)); a.text != string(signed) {
			t.Error("the earlier file is gone")
		}
		o.browse("", "vi").shows("/verify/BK-1", "1/QĐ-UBND", "1/6/2026")
		o.browse("office-province", "en").shows("/certificates?all=true", "1/QĐ-UBND")
		o.verified(0)
	})
}

// Decisions from before the program are recorded by those who keep the issuer's papers.
func TestAnEarlierDecisionIsRecorded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		good := map[string]any{"issuer": "cam-xuyen", "number": "2394/QĐ-UBND", "decided_on": "2022-12-30", "about": "certify", "products": []string{fishSauce, simWine}, "no_original": true}
		with := func(field string, v any) map[string]any {
			out := map[string]any{}
			for k, x := range good {
				out[k] = x
			}
			out[field] = v
			return out
		}
		for field, v := range map[string]any{"number": " ", "decided_on": nil, "about": "fly", "products": []string{}, "signer": strings.Repeat("a", 300)} {
			if a := o.must(422, o.ask("office", "POST", decisionsPath, with(field, v))); a.code() != "decision_wrong" {
				t.Errorf("%s: %s", field, a.text)
			}
		}
		o.must(422, o.ask("office", "POST", decisionsPath, with("decided_on", "2099-01-01")))
		o.must(422, o.ask("office", "POST", decisionsPath, with("products", []string{fishSauce, "none"})))
		o.must(403, o.ask("office", "POST", decisionsPath, with("issuer", "ha-tinh")))
		o.must(403, o.ask("producer-"+fishSauce, "POST", decisionsPath, good))
		if list := o.must(200, o.ask("office", "GET", decisionsPath, nil)).items(); len(list) != 0 {
			t.Errorf("something was recorded: %v", list)
		}
		if got := o.together(4, func() answer { return o.ask("office", "POST", decisionsPath, good) }); got[201] != 1 || got[409] != 3 {
			t.Errorf("%v", got)
		}
		if k := o.decided("producer-"+simWine, "2394"); k["original"] != "none" {
			t.Errorf("%v", k)
		}
		office := o.browse("office", "vi")
		form := url.Values{"issuer": {"cam-xuyen"}, "number": {"2394/QĐ-UBND"}, "decided_on": {"2022-12-30"}, "about": {"certify"}, "products": {fishSauce}}
		if a := office.post("/decisions", form); a.status != 409 || !strings.Contains(a.text, "đã dùng trong năm 2022") {
			t.Errorf("%d", a.status)
		}
		form.Set("number", "2395/QĐ-UBND")
		if a := office.post("/decisions", form); a.status != 200 || !strings.Contains(a.text, "Chờ bản ký") {
			t.Errorf("%d %.300s", a.status, a.text)
		}
		if got := o.awaits("office"); !slices.Equal(got, []string{"2395/QĐ-UBND"}) {
			t.Errorf("%v", got)
		}
		office.shows("/products/"+o.product(fishSauce), "2394/QĐ-UBND", "2395/QĐ-UBND")
		o.verified(0)
	})
}

// what is asked of decisions when roles are tried: nothing that could stand.
var decisionBodies = map[string]string{
	"POST /api/v1/decisions":       `{"issuer":"ha-tinh","number":"","about":"certify","products":[]}`,
	"POST /decisions":              "issuer=ha-tinh&number=",
	"POST /decisions/:id/original": "version=99",
}

// decisionsKept leaves decisions with originals behind.
func (o *office) decisionsKept() {
	o.t.Helper()
	for i, day := range []string{"2022-12-30", "2023-12-29"} {
		body := map[string]any{"issuer": "cam-xuyen", "number": fmt.Sprint(2394+i, "/QĐ-UBND"), "decided_on": day, "about": "certify", "products": []string{fishSauce, simWine}, "signer": "Người ký", "summary": "Công nhận sản phẩm"}
		id := o.must(201, o.ask("office", "POST", decisionsPath, body)).body["id"].(string)
		if i == 0 {
			o.must(201, o.original("office", id, "qd.pdf", plainPDF))
			o.must(201, o.original("office", id, "qd-2.pdf", append(bytes.Clone(plainPDF), '\n'), "reason", "Thiếu trang"))
		}
	}
}

//go:build unix

package browser

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"
)

// A batch of the size of one that was held (Phú Thọ, the first of 2025): 71
// products of 29 communes, 64 of which are recognised. Everything in it is made up.
const (
	communes   = 29
	inBatch    = 71
	leftOut    = 2
	recognised = 64
	desk       = "office-province"
	commune    = "commune-cam-my"
	keeper     = "secretary-province"
	batchDay   = "2026-06-01"
)

// province is the office of the province on the days of its batch.
type province struct {
	*day
	ids, codes []string // of the products, in the order of their making
	batch      string   // its page
}

// A provincial batch from the products that wait to the table of its results: two
// are left out, the rest is scored in one sitting, the results noticed, 64 are
// recognised by decisions with their signed originals, one of them after a complaint and a
// second scoring, and one name is corrected. The table equals the ledger.
func TestAProvincialBatch(t *testing.T) {
	t.Parallel()
	d := &day{office: serve(t), t: t, lang: "vi", scripts: true}
	d.o = d.office
	v := &province{day: d}
	v.o.ask("office", "PUT", "/demo/clock", map[string]any{"now": batchDay + "T01:00:00Z"})
	v.made()
	p := v.as(desk)
	v.opened(p)
	v.sat()
	v.noticed(p, inBatch-leftOut)
	v.complained()
	v.noticed(p, 1) // the second scoring
	v.certified(p)
	v.renamed(p)
	v.closed(p)
}

// made are communes, producers and products, each brought as far as its inspection.
func (v *province) made() {
	var officer string
	owners := make([]string, communes)
	for i := range communes {
		v.o.ask("admin", "POST", "/units", map[string]any{"code": fmt.Sprintf("xa-%d", i), "name": map[string]string{"vi": fmt.Sprintf("Xã mô phỏng %d", i+1), "en": fmt.Sprintf("Simulated commune %d", i+1)}, "kind": "commune", "parent": "ha-tinh"})
		owners[i] = v.o.ask(desk, "POST", "/producers", map[string]any{"code": fmt.Sprintf("htx-%d", i), "name": fmt.Sprintf("Hợp tác xã mô phỏng %d", i+1), "form": "cooperative", "unit": fmt.Sprintf("xa-%d", i)})["id"].(string)
		officer = v.holds(commune, "commune", fmt.Sprintf("xa-%d", i))
	}
	v.holds(maker, "producer", "htx-0")
	for i := range inBatch {
		x := v.o.ask(desk, "POST", "/products", map[string]any{"name": fmt.Sprintf("Sản phẩm mô phỏng %d", i+1), "producer": owners[i%communes], "set": 9})
		id := x["id"].(string)
		v.ids, v.codes = append(v.ids, id), append(v.codes, x["code"].(string))
		for _, kind := range []string{"idea_form", "business_plan", "self_score"} {
			v.o.upload(desk, id, kind)
		}
	}
	topics := map[string]any{"officer": officer, "local_origin": "met", "local_labour": "met", "idea_origin": "partly", "local_identity": "met"}
	v.all(commune, "confirm", func(int) map[string]any { return topics })
	v.all("leader-province", "approve_plan", nil)
	v.all(desk, "open_inspection", func(int) map[string]any {
		return map[string]any{"day": batchDay, "participants": []string{"Tổ tư vấn"}}
	})
	for _, id := range v.ids {
		visit := v.o.ask(desk, "GET", "/products/"+id+"/inspections", nil)["items"].([]any)[0].(map[string]any)["id"].(string)
		v.o.ask(desk, "PATCH", "/inspections/"+visit, map[string]any{"held_on": batchDay})
	}
}

// holds gives somebody of the demo a role, and says who that is.
func (v *province) holds(name, role, unit string) (account string) {
	v.t.Helper()
	account = v.o.ask(name, "GET", "/auth/session", nil)["id"].(string)
	v.o.ask("admin", "POST", "/accounts/"+account+"/roles", map[string]any{"role": role, "unit": unit})
	return account
}

// all makes one move of all products in one request.
func (v *province) all(who, event string, data func(i int) map[string]any) {
	v.t.Helper()
	v.moved(who, event, v.ids, data)
}

func (v *province) moved(who, event string, ids []string, data func(i int) map[string]any) {
	v.t.Helper()
	items := make([]map[string]any, len(ids))
	for i, id := range ids {
		items[i] = map[string]any{"product": id, "event": event}
		if data != nil {
			items[i]["data"] = data(i)
		}
	}
	for i, x := range v.o.ask(who, "POST", "/transitions", map[string]any{"items": items})["items"].([]any) {
		if x := x.(map[string]any); x["status"] != 200.0 {
			v.t.Fatalf("%s of product %d: %v", event, i+1, x["problem"])
		}
	}
}

// upload brings a paper of a kind.
func (o *office) upload(who, product, kind string) {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	form.WriteField("product", product)
	form.WriteField("kind", kind)
	file, err := form.CreateFormFile("file", kind+".txt")
	if err != nil {
		o.t.Fatal(err)
	}
	fmt.Fprintf(file, "%s (mô phỏng)", kind)
	form.Close()
	o.send(who, "POST", "/documents", form.FormDataContentType(), &b)
}

// opened opens the batch, takes all products in, leaves two out with a reason and
// lays the agenda out.
func (v *province) opened(p *person) {
	members := []map[string]any{{"account": keeper, "position": "secretary"}}
	for i, position := range []string{"chair", "member", "member"} {
		members = append(members, map[string]any{"account": fmt.Sprintf("member-province-%d", i+1), "position": position})
	}
	v.o.ask(keeper, "POST", "/councils", map[string]any{"unit": "ha-tinh", "decision": "10/QĐ-UBND", "decided_on": "2026-05-20", "members": members})
	p.open("/batches")
	p.fill("Tên đợt (ví dụ: Đợt 1 năm 2026)", "Đợt 1 năm 2026")
	p.choose("Hội đồng", "Hội đồng")
	p.fill("Địa điểm", "Trụ sở UBND tỉnh (mô phỏng)")
	p.press("Mở đợt")
	v.batch = p.at()
	p.fill("Hoặc ghi mã các sản phẩm, cách nhau bằng dấu cách", strings.Join(v.codes, " "))
	p.find("selector", "textarea#codes ~ button")
	p.going(chromedp.Click(marked))
	p.see(fmt.Sprintf("%d. Sản phẩm mô phỏng", inBatch))
	for _, id := range v.ids[inBatch-leftOut:] {
		p.tick("#i-" + id + " summary")
		p.find("selector", "#out-"+id)
		p.do(chromedp.SendKeys(marked, "Thiếu phiếu kiểm nghiệm (mô phỏng)"))
		p.find("selector", "#out-"+id+" + button")
		p.going(chromedp.Click(marked))
		p.see("Thiếu phiếu kiểm nghiệm (mô phỏng)")
	}
	p.unfold("Xếp giờ tự động")
	p.fill("Ngày đầu", batchDay)
	p.find("selector", "form:has(#lay-first) button")
	p.going(chromedp.Click(marked))
	p.see("08:00 – 08:15")
	p.accessible(v.batch)
	p.fits(v.batch, "light")
}

// sat is the sitting of the council: sessions of all products, and their results.
func (v *province) sat() {
	p := v.as(keeper)
	p.open(v.batch)
	p.find("selector", `form:has(input[name="act"][value="begin"]) button`)
	p.going(chromedp.Click(marked))
	sheets := map[bool]map[string]int{true: worth(9, 3, 62), false: worth(9, 2, 45)}
	items := v.items()
	var scored []string
	for i, id := range v.ids[:inBatch-leftOut] {
		v.o.judged("/scoring-sessions/"+items[id]["session"].(string), "province", 9, sheets[i >= inBatch-leftOut-recognised+1])
		scored = append(scored, id)
	}
	v.moved(keeper, "score", scored, nil)
	p.open(v.batch)
	p.see("3 ★")
}

// items are the batch's products by their ids.
func (v *province) items() map[string]map[string]any {
	v.t.Helper()
	out := map[string]map[string]any{}
	for _, x := range v.o.ask(desk, "GET", v.batch, nil)["items"].([]any) {
		x := x.(map[string]any)
		out[x["product"].(string)] = x
	}
	return out
}

// noticed are the results of which commune and producer have no notice yet.
func (v *province) noticed(p *person, lacking int) {
	v.t.Helper()
	p.open(v.batch)
	p.see(fmt.Sprintf("Kết quả chưa thông báo cho xã và chủ thể: %d /", lacking))
	p.press("Gửi thông báo cho các kết quả chưa thông báo")
	p.see("Mọi kết quả đã được thông báo.")
}

// complained is the complaint of the first producer: it is right, the council
// scores again, and the product has its three stars.
func (v *province) complained() {
	p, id := v.as(maker), v.ids[0]
	p.open("/products/" + id)
	p.see("Đã thông báo:")
	p.press("Nộp khiếu nại")
	p.choose("Khiếu nại về", "Kết quả chấm điểm")
	p.fill("Ngày nhận được hoặc biết được", batchDay)
	p.fill("Nội dung và lý do khiếu nại", "Bỏ sót minh chứng (mô phỏng)")
	p.find("selector", `main form[action="/complaints"] button.btn-primary`)
	p.going(chromedp.Click(marked))
	p.see("KN-2026-001")
	page := p.at()
	for _, step := range []struct {
		who, event string
		data       map[string]any
	}{
		{desk, "accept", nil},
		{desk, "examine", map[string]any{"finding": "right", "findings": "Đúng là bỏ sót (mô phỏng)"}},
		{"leader-province", "uphold", map[string]any{"remedy": "score_again", "decision": "11/QĐ-UBND", "decided_on": batchDay, "answer": "Khiếu nại đúng (mô phỏng)"}},
	} {
		v.o.ask(step.who, "POST", strings.Replace(page, "/requests", "", 1)+"/transitions", map[string]any{"event": step.event, "data": step.data})
	}
	o := v.as(desk)
	o.open(page)
	o.unfold("Đưa sản phẩm về chấm lại")
	o.find("selector", `details[open] form[action$="/moves"] button.btn-primary`)
	o.going(chromedp.Click(marked))
	p.open("/products/" + id)
	p.see("Kiểm tra thực tế")
	council := v.o.ask(keeper, "GET", "/councils", nil)["items"].([]any)[0].(map[string]any)["id"]
	session := v.o.ask(keeper, "POST", "/scoring-sessions", map[string]any{"product": id, "council": council})["id"].(string)
	v.o.judged("/scoring-sessions/"+session, "province", 9, worth(9, 3, 62))
	v.moved(keeper, "score", []string{id}, nil)
}

// certified are the products of three stars, by one decision whose signed file is
// put beside it.
func (v *province) certified(p *person) {
	var ids []string
	items := v.items()
	for _, id := range v.ids[:inBatch-leftOut] {
		if x := items[id]; x["result"].(map[string]any)["stars"] == 3.0 {
			ids = append(ids, id)
		}
	}
	if len(ids) != recognised {
		v.t.Fatalf("%d products have three stars, want %d", len(ids), recognised)
	}
	v.moved("leader-province", "certify", ids, func(i int) map[string]any {
		return map[string]any{"number": fmt.Sprintf("HT-2026-%03d", i+1), "decision": "1200/QĐ-UBND", "decided_on": batchDay}
	})
	p.open("/decisions")
	p.press("1200/QĐ-UBND")
	p.bring("Nộp bản ký (PDF)", "1200.pdf", v.o.send(desk, "GET", v.batch+"/results.pdf", "", nil))
	p.find("selector", `form[action$="/original"] button`)
	p.going(chromedp.Click(marked))
	p.see("1200.pdf")
	if waiting := v.o.ask(desk, "GET", "/decisions?original=pending", nil)["items"].([]any); len(waiting) != 0 {
		v.t.Errorf("originals still awaited: %v", waiting)
	}
}

// renamed is a name that was written wrongly, on a certificate too: a second person
// confirms the correction.
func (v *province) renamed(p *person) {
	page := "/products/" + v.ids[20] + "/corrections"
	p.open(page)
	p.fill("Tên", "Sản phẩm mô phỏng đã sửa tên")
	p.fill("Lý do", "Ghi nhầm tên (mô phỏng)")
	p.find("selector", "#new form button")
	p.going(chromedp.Click(marked))
	p.see("Chờ xác nhận")
	second := v.as("leader-province")
	second.open(page)
	second.press("Xác nhận đính chính")
	second.see("Sản phẩm mô phỏng đã sửa tên")
}

// closed is the batch with every product decided; its table says what the ledger
// says, and the ledger recomputes.
func (v *province) closed(p *person) {
	p.open(v.batch)
	p.find("selector", `form:has(input[name="act"][value="close"]) button`)
	p.going(chromedp.Click(marked))
	p.see("đã kết thúc")
	p.find("selector", `a[href$="/results.xlsx"]`)
	v.equalsLedger(v.o.send(desk, "GET", v.batch+"/results.xlsx", "", nil))
	if out, err := exec.Command(binary, "audit", "verify", "--database", "sqlite:"+filepath.Join(v.o.data, "demo.db"), "--data", v.o.data).CombinedOutput(); err != nil {
		v.t.Errorf("the ledger: %v %s", err, out)
	}
	p.accessible(v.batch)
	p.fits(v.batch, "light")
}

// equalsLedger compares the exported table with the sessions that the ledger tells
// of, and counts.
func (v *province) equalsLedger(table []byte) {
	v.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(table))
	if err != nil {
		v.t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetList()[0])
	if err != nil {
		v.t.Fatal(err)
	}
	sessions := map[string][]string{}
	for next := ""; ; {
		page := v.o.ask("auditor", "GET", "/audit/entries?event=close_session&limit=200&cursor="+next, nil)
		for _, e := range page["items"].([]any) {
			data := e.(map[string]any)["data"].(map[string]any)
			r := data["result"].(map[string]any)
			if inner, ok := r["result"].(map[string]any); ok {
				r = inner
			}
			sessions[fmt.Sprint(data["session"])] = []string{fmt.Sprint(r["sum"]), fmt.Sprint(r["members"]), fmt.Sprint(r["stars"])}
		}
		if next, _ = page["next"].(string); next == "" {
			break
		}
	}
	column := func(row []string, title string) string {
		if i := slices.Index(rows[0], title); i >= 0 && i < len(row) {
			return row[i]
		}
		return ""
	}
	judged, out, starred, places := 0, 0, 0, map[string]bool{}
	for _, row := range rows[1:] {
		places[column(row, "Xã, phường")] = true
		id := column(row, "Phiên chấm")
		if id == "" {
			if out++; column(row, "Lý do") == "" {
				v.t.Errorf("neither result nor reason: %q", row)
			}
			continue
		}
		judged++
		if got := []string{column(row, "Tổng điểm"), column(row, "Số phiếu"), column(row, "Hạng sao")}; !slices.Equal(got, sessions[id]) {
			v.t.Errorf("%s: the table says %q, the ledger %q", column(row, "Sản phẩm"), got, sessions[id])
		}
		if column(row, "Hạng sao") == "3" {
			starred++
		}
	}
	if judged != inBatch-leftOut || out != leftOut || starred != recognised || len(places) != communes {
		v.t.Errorf("%d judged, %d left out, %d with three stars, %d communes", judged, out, starred, len(places))
	}
}

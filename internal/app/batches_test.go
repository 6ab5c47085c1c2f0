//go:build unix

package app

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/workbook"
)

const batchesPath = "/api/v1/batches"

// batchBodies are the bodies with which the table of access asks; none of them stands.
var batchBodies = map[string]string{
	"POST /api/v1/batches":                                  `{"title":""}`,
	"PATCH /api/v1/batches/:id":                             `{"title":"x","version":99}`,
	"POST /api/v1/batches/:id/layout":                       `{"day":"2026-06-20","from":"08:00","to":"17:00","minutes":15,"version":99}`,
	"POST /api/v1/batches/:id/products":                     `{"products":["none"],"version":99}`,
	"POST /api/v1/batches/:id/products/:product/leave-out":  `{"reason":"x","version":99}`,
	"POST /api/v1/batches/:id/products/:product/carry-over": `{"reason":"x","into":"none","version":99}`,
	"POST /api/v1/batches/:id/sessions":                     `{"version":99}`,
	"POST /api/v1/batches/:id/close":                        `{"version":99}`,
	"POST /api/v1/batches/:id/cancel":                       `{"reason":"x","version":99}`,
	"POST /batches":                                         "title=",
	"POST /api/v1/products/:id/samples":                     `{"units":0,"condition":"x"}`,
	"POST /api/v1/samples/:id/settle":                       `{"used_up":1,"returned":0,"version":99}`,
	"POST /api/v1/samples/:id/void":                         `{"reason":"x","version":99}`,
	"POST /products/:id/samples":                            "act=receive&units=0",
	"POST /batches/:id":                                     "act=close&version=99",
}

// batch opens one of the province.
func (o *office) batch(title string) string {
	o.t.Helper()
	return o.must(201, o.ask("office-province", "POST", batchesPath, map[string]any{"title": title})).body["id"].(string)
}

// batchesKept leaves batches behind with products left out and carried over.
func (o *office) batchesKept() {
	o.t.Helper()
	first, second := o.batch("Đợt thứ nhất"), o.batch("Đợt thứ hai")
	a, b := o.waiting("Nước mắm để ra ngoài"), o.waiting("Nước mắm chuyển đợt")
	at := batchesPath + "/" + first
	o.must(200, o.ask("office-province", "POST", at+"/products", map[string]any{"products": []string{a, b}}))
	o.must(200, o.ask("office-province", "POST", "/api/v1/samples/"+o.sampled(a, 5)+"/settle", map[string]any{"used_up": 4, "returned": 1, "note": "Đã nếm"}))
	o.sampled(b, 3)
	o.must(200, o.ask("office-province", "POST", at+"/layout", map[string]any{"day": "2026-06-15", "from": "08:00", "to": "17:00", "minutes": 15}))
	o.must(200, o.ask("office-province", "POST", at+"/products/"+b+"/carry-over", map[string]any{"reason": "Chưa đủ mẫu", "into": second}))
	o.must(200, o.ask("office-province", "POST", at+"/products/"+a+"/leave-out", map[string]any{"reason": "Thiếu phiếu kiểm nghiệm"}))
	o.must(200, o.ask("office-province", "POST", at+"/close", nil))
}

// sampled receives samples of a product, and gives the record's id.
func (o *office) sampled(product string, units int) string {
	o.t.Helper()
	return o.must(201, o.ask("office-province", "POST", "/api/v1/products/"+product+"/samples", map[string]any{"units": units, "brought_by": "Chị Hoa", "condition": "Nguyên niêm phong"})).body["id"].(string)
}

// Five units received, used up or returned; none for tourism; a mistake is made
// void and stays to be seen.
func TestSamplesAreReceivedAndSettled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm nộp mẫu")
		path := "/api/v1/products/" + id + "/samples"
		batch := batchesPath + "/" + o.batch("Đợt có mẫu")
		o.must(200, o.ask("office-province", "POST", batch+"/products", map[string]any{"products": []string{id}}))
		brought := func() string {
			v := o.must(200, o.ask("office-province", "GET", batch, nil)).body
			return fmt.Sprint(v["counts"].(map[string]any)["without_samples"], " ", v["items"].([]any)[0].(map[string]any)["samples"])
		}
		if got := brought(); !strings.HasPrefix(got, "1 ") || !strings.Contains(got, "needed:5 received:0") {
			t.Errorf("without samples: %s", got)
		}
		size := o.ledgerSize()
		for body, place := range map[string]string{`{"units":0,"condition":"tốt"}`: "body.units", `{"units":1001,"condition":"tốt"}`: "body.units", `{"units":5,"condition":" "}`: "body.condition",
			`{"units":5,"condition":"tốt","received_on":"2026-06-02"}`: "body.received_on", `{"units":5,"condition":"tốt","received_on":"2020-01-01"}`: "body.received_on"} {
			if a := o.must(422, o.ask("office-province", "POST", path, []byte(body))); a.code() != "sample_wrong" || !strings.Contains(a.text, place) {
				t.Errorf("%s: %s", body, a.text)
			}
		}
		o.must(403, o.ask("producer-"+fishSauce, "POST", path, map[string]any{"units": 5, "condition": "tốt"}))
		if o.ledgerSize() != size {
			t.Error("a refused receipt left something behind")
		}
		mistake, first := o.sampled(id, 4), o.sampled(id, 3)
		o.must(200, o.ask("office-province", "POST", "/api/v1/samples/"+mistake+"/void", map[string]any{"reason": "Gõ nhầm số lượng"}))
		o.sampled(id, 2)
		if got := brought(); !strings.HasPrefix(got, "0 ") {
			t.Errorf("with samples: %s", got)
		}
		o.must(422, o.ask("office-province", "POST", "/api/v1/samples/"+first+"/settle", map[string]any{"used_up": 2, "returned": 0}))
		o.must(412, o.ask("office-province", "POST", "/api/v1/samples/"+first+"/settle", map[string]any{"used_up": 2, "returned": 1, "version": 9}))
		o.must(200, o.ask("secretary-province", "POST", "/api/v1/samples/"+first+"/settle", map[string]any{"used_up": 2, "returned": 1, "note": "Thử nếm"}))
		for _, at := range []string{mistake, first} {
			if a := o.must(409, o.ask("office-province", "POST", "/api/v1/samples/"+at+"/settle", map[string]any{"used_up": 3, "returned": 0})); a.code() != "sample_settled" {
				t.Errorf("settled twice: %s", a.text)
			}
		}
		s := o.must(200, o.ask("producer-"+fishSauce, "GET", path, nil)).body
		if s["needed"] != 5.0 || s["received"] != 5.0 || len(s["items"].([]any)) != 3 || s["rule"].(map[string]any)["verified"] != true || o.told(id, "void_samples") == nil {
			t.Errorf("samples: %v", s)
		}
		tour := o.must(201, o.ask("producer-"+fishSauce, "POST", "/api/v1/products", map[string]any{"name": "Điểm du lịch", "producer": o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["producer"].(map[string]any)["id"], "set": 26})).body["id"].(string)
		if a := o.must(422, o.ask("office-province", "POST", "/api/v1/products/"+tour+"/samples", map[string]any{"units": 5, "condition": "tốt"})); a.code() != "no_samples" {
			t.Errorf("samples of tourism: %s", a.text)
		}
		office := o.browse("office-province", "vi")
		office.shows("/products/"+id, "Mẫu sản phẩm", "Gõ nhầm số lượng", "đã hủy bản ghi", "Thử nếm")
		o.browse("office-province", "en").shows("/products/"+tour, "Tourism brings no samples.")
		if a := office.post("/products/"+id+"/samples", url.Values{"act": {"receive"}, "units": {"x"}, "condition": {"tốt"}}); a.status != 422 {
			t.Errorf("no number at the page: %d", a.status)
		}
	})
}

// problems are the codes of what an act about many did not reach, "" for the others.
func problems(a answer) (out []string) {
	for _, x := range a.items() {
		p, _ := x["problem"].(map[string]any)
		code, _ := p["code"].(string)
		out = append(out, code)
	}
	return out
}

// names of the products of a batch, in its order.
func inBatch(v map[string]any, status string) (out []string) {
	list, _ := v["items"].([]any)
	for _, x := range list {
		if i := x.(map[string]any); i["status"] == status {
			out = append(out, i["name"].(string))
		}
	}
	return out
}

// A batch from its days to its table of results: what is proposed, taken in,
// left out and carried over, sessions opened in one act, closed when all is decided.
func TestABatchIsTakenThroughItsCouncil(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		office, secretary := "office-province", "secretary-province"
		var all, ids []string
		for i := range 4 {
			all = append(all, fmt.Sprintf("Nước mắm %d", i+1))
			ids = append(ids, o.waiting(all[i]))
		}
		early := o.registered("Nước mắm chưa xác nhận") // its round stands at the province too
		certified := o.product("gao-xuyen-huong")

		proposed := o.must(200, o.ask(office, "GET", batchesPath+"/proposals", nil)).items()
		if len(proposed) < 2 || proposed[0]["requested_before"] != "2026-04-30" || proposed[0]["held_before"] != "2026-06-30" || proposed[0]["verified"] != true || proposed[1]["held_before"] != "2026-12-30" {
			t.Errorf("proposed: %v", proposed)
		}
		o.must(403, o.ask("commune-cam-my", "GET", batchesPath+"/proposals", nil))
		size := o.ledgerSize()
		for body, place := range map[string]string{`{"title":""}`: "body.title", `{"title":"x","requested_before":"2026-07-01","held_before":"2026-06-30"}`: "body.held_before", `{"title":"x","council":"none"}`: "body.council"} {
			if a := o.must(422, o.ask(office, "POST", batchesPath, []byte(body))); a.code() != "batch_wrong" || !strings.Contains(a.text, place) {
				t.Errorf("%s: %s", body, a.text)
			}
		}
		o.must(403, o.ask("leader-province", "POST", batchesPath, map[string]any{"title": "Đợt"}))
		if o.ledgerSize() != size {
			t.Error("a refused batch left something behind")
		}
		council := o.council("province", panel("province", 3)...)
		body := map[string]any{"title": "Đợt 1 năm 2026", "requested_before": "2026-04-30", "held_before": "2026-06-30", "council": council, "place": "Trụ sở UBND tỉnh"}
		opened := o.must(201, o.ask(office, "POST", batchesPath, body, "Idempotency-Key", "b1"))
		if again := o.ask(office, "POST", batchesPath, body, "Idempotency-Key", "b1"); again.text != opened.text || opened.body["legal"] == "" || opened.body["verified"] != true {
			t.Errorf("opened: %s\nagain: %s", opened.text, again.text)
		}
		path := batchesPath + "/" + opened.body["id"].(string)
		next := o.batch("Đợt 2 năm 2026")
		if own := o.must(200, o.ask(office, "GET", batchesPath+"/"+next, nil)).body; own["legal"] != "" || own["held_before"] != nil {
			t.Errorf("a batch without days: %v", own)
		}

		// each product stands or fails by itself
		taken := o.must(200, o.ask(secretary, "POST", path+"/products", map[string]any{"products": append(slices.Clone(ids), certified, "khong-co", ids[0])}))
		if got := problems(taken); !slices.Equal(got, []string{"", "", "", "", "no_round", "not_found", "in_batch"}) {
			t.Errorf("taken in: %q", got)
		}
		if got := inBatch(taken.body["batch"].(map[string]any), "in"); len(got) != 4 {
			t.Errorf("in the batch: %q", got)
		}
		if i := taken.body["batch"].(map[string]any)["items"].([]any)[0].(map[string]any); i["late"] != true || i["requested_on"] != "2026-06-01" {
			t.Errorf("requested after the cut-off: %v", i)
		}
		if got := problems(o.must(200, o.ask(office, "POST", batchesPath+"/"+next+"/products", map[string]any{"products": []string{ids[0], early}}))); !slices.Equal(got, []string{"in_batch", ""}) {
			t.Errorf("in two batches: %q", got)
		}
		o.must(404, o.ask("office", "GET", path, nil)) // the district does not oversee the province
		o.must(403, o.ask("leader-province", "POST", path+"/products", map[string]any{"products": ids}))
		o.must(412, o.ask(office, "PATCH", path, map[string]any{"title": "Khác"}, "If-Match", `"1"`))

		// an agenda: laid out over working days, then changed by hand
		laid := o.must(200, o.ask(office, "POST", path+"/layout", map[string]any{"day": "2026-06-12", "from": "08:00", "to": "11:00", "pause_from": "09:00", "pause_to": "10:00", "minutes": 60, "order": []string{ids[2], ids[0]}}))
		var plan []string
		for _, s := range laid.body["agenda"].([]any) {
			x := s.(map[string]any)
			plan = append(plan, fmt.Sprint(x["day"], " ", x["from"], "–", x["to"]))
		}
		if want := []string{"2026-06-12 08:00–09:00", "2026-06-12 10:00–11:00", "2026-06-15 08:00–09:00", "2026-06-15 10:00–11:00"}; !slices.Equal(plan, want) || laid.body["agenda"].([]any)[0].(map[string]any)["product"] != ids[2] {
			t.Errorf("laid out: %q", plan)
		}
		agenda := []map[string]any{{"day": "2026-06-12", "from": "07:30", "text": "Khai mạc"}, {"day": "2026-06-12", "from": "08:00", "to": "08:15", "product": ids[3]}, {"day": "2026-06-12", "from": "08:15", "product": ids[1]}}
		if a := o.must(422, o.ask(office, "PATCH", path, map[string]any{"agenda": append(slices.Clone(agenda), map[string]any{"day": "2026-06-12", "product": early})})); !strings.Contains(a.text, "agenda[3].product") {
			t.Errorf("a product that is not in: %s", a.text)
		}
		o.must(200, o.ask(office, "PATCH", path, map[string]any{"agenda": agenda}))
		if got := inBatch(o.must(200, o.ask(office, "GET", path, nil)).body, "in"); got[0] != all[3] || got[1] != all[1] {
			t.Errorf("in the order of the agenda: %q", got)
		}

		// left out and carried over, each with its reason
		for _, reason := range []string{"", strings.Repeat("x", 2001)} {
			o.must(422, o.ask(office, "POST", path+"/products/"+ids[3]+"/leave-out", map[string]any{"reason": reason}))
		}
		o.must(200, o.ask(office, "POST", path+"/products/"+ids[3]+"/leave-out", map[string]any{"reason": "Thiếu phiếu kiểm nghiệm"}))
		o.must(422, o.ask(office, "POST", path+"/products/"+ids[2]+"/carry-over", map[string]any{"reason": "Chờ mùa", "into": "none"}))
		carried := o.must(200, o.ask(office, "POST", path+"/products/"+ids[2]+"/carry-over", map[string]any{"reason": "Chờ mùa", "into": next})).body
		if c := carried["counts"].(map[string]any); c["in"] != 2.0 || c["out"] != 1.0 || c["carried"] != 1.0 || len(carried["agenda"].([]any)) != 2 {
			t.Errorf("left out and carried over: %v", carried)
		}
		if got := inBatch(o.must(200, o.ask(office, "GET", batchesPath+"/"+next, nil)).body, "in"); !slices.Contains(got, all[2]) {
			t.Errorf("carried over into: %q", got)
		}
		o.must(404, o.ask(office, "POST", path+"/products/"+ids[2]+"/leave-out", map[string]any{"reason": "x"}))
		if o.entries(ids[2], "record") == 0 || o.told(ids[2], "carry_over") == nil {
			t.Error("the product's history does not tell that it was carried over")
		}

		// sessions of all products in one act, in the agenda's order and on its day
		refused := o.must(409, o.ask(secretary, "POST", batchesPath+"/"+next+"/sessions", nil))
		if refused.code() != "batch_no_council" {
			t.Errorf("no council: %s", refused.text)
		}
		begun := o.must(200, o.ask(secretary, "POST", path+"/sessions", map[string]any{}, "Idempotency-Key", "s1"))
		if got := problems(begun); !slices.Equal(got, []string{"", ""}) || begun.items()[0]["product"] != ids[1] {
			t.Fatalf("sessions: %s", begun.text)
		}
		if again := o.must(200, o.ask(secretary, "POST", path+"/sessions", nil)); len(again.items()) != 0 {
			t.Errorf("sessions opened twice: %s", again.text)
		}
		undecided := o.must(422, o.ask(office, "POST", path+"/close", nil))
		if undecided.code() != "batch_undecided" || len(undecided.reasons()) != 2 || !strings.Contains(undecided.text, all[0]) {
			t.Errorf("closed with open products: %s", undecided.text)
		}
		for i, id := range []string{ids[1], ids[0]} {
			session := begun.items()[i]["session"].(string)
			if held := o.must(200, o.ask(secretary, "GET", sessionPath(session, ""), nil)).body["held_on"]; i == 0 && held != "2026-06-12" {
				t.Errorf("held on %v", held)
			}
			agreed, own := split(9, worth(t, 9, 4, 75))
			o.must(200, o.ask(secretary, "PUT", sessionPath(session, "/agreed"), agreed))
			sheets := map[string]map[string]any{}
			for _, m := range panel("province", 3) {
				sheets[m] = own
			}
			o.sealed(session, sheets)
			o.must(200, o.ask(secretary, "POST", sessionPath(session, "/open"), nil))
			o.must(200, o.ask(secretary, "POST", sessionPath(session, "/close"), nil))
			o.must(200, o.move(secretary, id, "score", nil))
		}
		o.must(200, o.move("leader-province", ids[0], "certify", map[string]any{"number": "B-1", "decision": "1/QĐ-UBND", "decided_on": "2026-06-01"}))

		o.papersOfABatch(t, path, all)
		o.must(200, o.ask(office, "POST", path+"/close", nil))
		if a := o.must(409, o.ask(office, "POST", path+"/products", map[string]any{"products": []string{ids[3]}})); a.code() != "batch_closed" {
			t.Errorf("a closed batch: %s", a.text)
		}
		o.resultsEqualTheLedger(t, path)
		o.must(409, o.ask(office, "POST", batchesPath+"/"+next+"/cancel", map[string]any{"reason": "Nhầm"})) // products wait in it

		// a batch is cancelled while a product is carried over into it: one of the two
		for n := range 8 {
			into := o.batch(fmt.Sprint("Đợt bị hủy ", n))
			var turn atomic.Int32
			o.together(8, func() answer {
				switch turn.Add(1) {
				case 7:
					return o.ask(office, "POST", batchesPath+"/"+next+"/products/"+ids[2]+"/carry-over", map[string]any{"reason": "Chờ mùa", "into": into})
				case 8:
					return o.ask(office, "POST", batchesPath+"/"+into+"/cancel", map[string]any{"reason": "Nhầm"})
				}
				return o.ask(office, "POST", batchesPath, map[string]any{"title": ""})
			})
			v := o.must(200, o.ask(office, "GET", batchesPath+"/"+into, nil)).body
			if in := len(inBatch(v, "in")); in > 0 && v["status"] == "cancelled" {
				t.Fatalf("a cancelled batch holds %d products", in)
			} else if in > 0 {
				next = into
			}
		}
	})
}

// papersOfABatch looks at its papers and its page.
func (o *office) papersOfABatch(t *testing.T, path string, names []string) {
	t.Helper()
	for _, paper := range []string{"invitation", "agenda", "minutes", "results"} {
		for _, format := range []string{"pdf", "docx"} {
			if a := o.must(200, o.ask("secretary-province", "GET", path+"/"+paper+"."+format, nil)); len(a.text) < 2000 {
				t.Errorf("%s.%s has %d bytes", paper, format, len(a.text))
			}
		}
		o.must(403, o.ask("auditor", "GET", path+"/"+paper+".pdf", nil))
	}
	id := strings.TrimPrefix(path, batchesPath+"/")
	office := o.browse("office-province", "vi")
	office.shows("/batches", "Đợt 1 năm 2026", "Nhận đề nghị trước ngày", "30/6/2026")
	text := office.shows("/batches/"+id, append([]string{"Thiếu phiếu kiểm nghiệm", "để ra ngoài", "chuyển đợt", "Khai mạc", "Bảng kết quả", "B-1"}, names...)...)
	if strings.Contains(text, "mark class") {
		t.Error("the page shows a template's insides")
	}
	o.browse("auditor", "en").shows("/batches/"+id, "Table of results", "left out")
	form := url.Values{"act": {"take"}, "codes": {"khong-co"}}
	if a := office.post("/batches/"+id, form); a.status != 200 || !strings.Contains(a.text, "khong-co") {
		t.Errorf("taking in at the page: %d %.300s", a.status, a.text)
	}
	if a := office.post("/batches/"+id, url.Values{"act": {"agenda"}, "rows": {"1"}, "text.0": {"Bế mạc"}}); a.status != 422 || !strings.Contains(a.text, "Phải có ngày") {
		t.Errorf("an agenda without a day: %d", a.status)
	}
	if a := office.post("/batches", url.Values{"title": {"Đợt trên trang"}, "proposed": {"2026-10-30 2026-12-30"}}); a.status >= 400 || !strings.Contains(o.must(200, o.ask("office-province", "GET", batchesPath+"?limit=1", nil)).text, `"held_before":"2026-12-30"`) {
		t.Errorf("opened at the page: %d %.300s", a.status, a.text)
	}
}

// resultsEqualTheLedger compares the table that is exported with what the
// entries of closed sessions say.
func (o *office) resultsEqualTheLedger(t *testing.T, path string) {
	t.Helper()
	a := o.must(200, o.ask("office-province", "GET", path+"/results.xlsx", nil, "Accept-Language", "vi"))
	if a.header.Get("Content-Type") != workbook.MIME {
		t.Errorf("comes as %v", a.header)
	}
	f, err := excelize.OpenReader(strings.NewReader(a.text))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	column := func(row []string, title string) string {
		if i := slices.Index(rows[0], title); i >= 0 && i < len(row) {
			return row[i]
		}
		return ""
	}
	ledger := o.closedSessions(t)
	judged := 0
	for _, row := range rows[1:] {
		id := column(row, "Phiên chấm")
		if id == "" {
			if column(row, "Lý do") == "" || column(row, "Hạng sao") != "" {
				t.Errorf("neither result nor reason: %q", row)
			}
			continue
		}
		judged++
		if got := []string{column(row, "Tổng điểm"), column(row, "Số phiếu"), column(row, "Hạng sao")}; !slices.Equal(got, ledger[id]) {
			t.Errorf("%s: the table says %q, the ledger %q", column(row, "Sản phẩm"), got, ledger[id])
		}
	}
	if want := o.must(200, o.ask("office-province", "GET", path, nil)).body["counts"].(map[string]any)["decided"]; float64(judged) != want || judged == 0 {
		t.Errorf("%d results in the table, %v decided", judged, want)
	}
}

// closedSessions are the sums, sheets and stars that the ledger tells of closed sessions.
func (o *office) closedSessions(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for next := ""; ; {
		page := o.must(200, o.ask("auditor", "GET", "/api/v1/audit/entries?event=close_session&limit=200&cursor="+next, nil))
		for _, e := range page.items() {
			data := e["data"].(map[string]any)
			r, _ := data["result"].(map[string]any)
			if inner, ok := r["result"].(map[string]any); ok {
				r = inner
			}
			out[fmt.Sprint(data["session"])] = []string{fmt.Sprint(r["sum"]), fmt.Sprint(r["members"]), fmt.Sprint(r["stars"])}
		}
		if next, _ = page.body["next"].(string); next == "" {
			return out
		}
	}
}

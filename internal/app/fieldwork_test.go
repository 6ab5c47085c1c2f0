//go:build unix

package app

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
)

const tripsPath = "/api/v1/trips"

// all the products of the demo that the district's office sees.
func (o *office) codes() (codes []string) {
	o.t.Helper()
	for _, p := range o.must(200, o.ask("office", "GET", "/api/v1/products?limit=200", nil)).items() {
		codes = append(codes, p["code"].(string))
	}
	return codes
}

func tripBody(products ...string) map[string]any {
	return map[string]any{"title": "Kiểm tra ứng viên 4 sao", "campaign": "cam-xuyen-2024", "first_day": "2024-03-25", "last_day": "2024-03-26", "products": products,
		"provincial_council": true, "agenda": []map[string]any{{"day": "2024-03-25", "from": "08:00", "to": "09:30", "place": "Thiên Cẩm", "text": "Xem xưởng"}},
		"guests": []map[string]any{{"name": "Hội đồng OCOP tỉnh, bà Hồng"}, {"unit": "kinh-te-ha-tang"}}}
}

func TestATripPlansItsInspectionsAllOrNone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		codes := o.codes()
		if len(codes) < 4 {
			t.Fatalf("the demo has %v", codes)
		}
		htx := ""
		for _, p := range o.must(200, o.ask("other-office", "GET", "/api/v1/producers", nil)).items() {
			htx = p["id"].(string)
		}
		foreign := o.must(201, o.ask("other-office", "POST", "/api/v1/products", map[string]any{"name": "Mật ong khác", "producer": htx, "set": 9})).body["id"].(string)
		visits := func(code string) int {
			return len(o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(code)+"/inspections", nil)).items())
		}
		size := o.ledgerSize()
		refused := o.must(422, o.ask("office", "POST", tripsPath, tripBody(append(codes[:4:4], foreign)...)))
		if refused.code() != "inspection_wrong" || !strings.Contains(refused.text, "products[4]") {
			t.Errorf("a product of another unit: %s", refused.text)
		}
		if visits(codes[0]) != 0 || o.ledgerSize() != size {
			t.Error("a refused trip left something behind")
		}
		planned := o.must(201, o.ask("office", "POST", tripsPath, tripBody(codes[:4]...), "Idempotency-Key", "t1"))
		if again := o.must(201, o.ask("office", "POST", tripsPath, tripBody(codes[:4]...), "Idempotency-Key", "t1")); again.text != planned.text {
			t.Error("the same key gave another trip")
		}
		if o.ledgerSize() != size+5 {
			t.Errorf("%d entries for a trip to four", o.ledgerSize()-size)
		}
		id := planned.body["id"].(string)
		path := tripsPath + "/" + id
		for _, c := range codes[:4] {
			if visits(c) != 1 {
				t.Errorf("%s has %d inspections", c, visits(c))
			}
		}
		agenda := []map[string]any{{"day": "2024-03-26", "text": "Buổi chiều"}, {"day": "2024-03-26", "product": o.product(codes[0])}}
		o.must(200, o.ask("secretary-district", "PATCH", path, map[string]any{"agenda": agenda}, "If-Match", `"1"`))
		if day := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(codes[0])+"/inspections", nil)).items()[0]["day"]; day != "2024-03-26" {
			t.Errorf("the visit follows the agenda: %v", day)
		}
		o.must(412, o.ask("office", "PATCH", path, map[string]any{"title": "Khác"}, "If-Match", `"1"`))
		if got := o.together(4, func() answer {
			return o.ask("office", "PATCH", path, map[string]any{"agenda": agenda}, "If-Match", `"2"`)
		}); got[200] != 1 || got[412] != 3 {
			t.Errorf("four change the agenda at once: %v", got)
		}
		dropped := o.must(200, o.ask("office", "POST", path+"/products/"+o.product(codes[3])+"/drop", map[string]any{"reason": "Cơ sở sửa xưởng"}, "If-Match", `"3"`))
		if n := len(dropped.body["products"].([]any)); n != 4 || !strings.Contains(dropped.text, "Cơ sở sửa xưởng") {
			t.Errorf("after a drop: %s", dropped.text)
		}
		o.must(404, o.ask("office", "POST", path+"/products/"+o.product(codes[3])+"/drop", map[string]any{"reason": "x"}))
		o.must(422, o.ask("office", "POST", path+"/products/"+o.product(codes[2])+"/drop", map[string]any{"reason": " "}))
		o.must(422, o.ask("office", "POST", path+"/products", map[string]any{"products": codes[:1]}))
		o.must(200, o.ask("office", "POST", path+"/products", map[string]any{"products": codes[3:4]}))
		if a := o.must(422, o.ask("office", "POST", path+"/hold", map[string]any{"held_on": "2024-03-25"})); a.code() != "plan_wrong" {
			t.Errorf("held in the future: %s", a.text)
		}
		o.clock("2024-03-27")
		held := o.must(200, o.ask("office", "POST", path+"/hold", map[string]any{"held_on": "2024-03-25"}))
		waiting := 0
		for _, p := range held.body["products"].([]any) {
			if i := p.(map[string]any)["inspection"].(map[string]any); i["held_on"] == nil && i["cancelled_on"] == nil {
				waiting++
			}
		}
		if held.body["status"] != "held" || waiting != 0 {
			t.Errorf("held: %s", held.text)
		}
		for rest, body := range map[string]any{"/hold": nil, "/cancel": map[string]any{"reason": "x"}, "/products": map[string]any{"products": codes[:1]}} {
			if a := o.ask("office", "POST", path+rest, body); a.status != 409 && a.status != 422 {
				t.Errorf("%s after it was held: %s", rest, a.text)
			}
		}
		o.must(409, o.ask("office", "PATCH", path, map[string]any{"title": "Muộn"}))
		o.must(200, o.ask("office", "PATCH", path, map[string]any{"guests": []map[string]any{{"number": 1, "name": "Hội đồng OCOP tỉnh, bà Hồng", "answer": "attended"}}}))
		if d := o.deadline("office", o.product(fishSauce), "D1"); d["met"] != true {
			t.Errorf("D1 after the trip: %v", d)
		}
	})
}

func TestATripIsCancelledWithItsVisits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.must(201, o.ask("office", "POST", tripsPath, tripBody(fishSauce, simWine))).body["id"].(string)
		o.must(422, o.ask("office", "POST", tripsPath+"/"+id+"/cancel", map[string]any{"reason": ""}))
		off := o.must(200, o.ask("office", "POST", tripsPath+"/"+id+"/cancel", map[string]any{"reason": "Bão số 3"}))
		if off.body["status"] != "cancelled" || off.body["reason"] != "Bão số 3" {
			t.Errorf("%s", off.text)
		}
		i := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(fishSauce)+"/inspections", nil)).items()[0]
		if i["cancelled_on"] != "2024-03-22" {
			t.Errorf("its visit: %v", i)
		}
		o.said(409, "inspection_cancelled", "đã hủy", "cancelled", func(h ...string) answer {
			return o.ask("office", "PATCH", "/api/v1/inspections/"+i["id"].(string), map[string]any{"held_on": "2024-03-22"}, h...)
		})
		if d := o.deadline("office", o.product(fishSauce), "D1"); d["met"] == true {
			t.Error("a cancelled visit met D1")
		}
	})
}

func TestWhoSeesAndAnswersATrip(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("dept-env", access.Department, "tai-nguyen-moi-truong")
		o.elsewhere()
		id := o.must(201, o.ask("office", "POST", tripsPath, tripBody(fishSauce))).body["id"].(string)
		path := tripsPath + "/" + id
		for who, want := range map[string]int{"office": 200, "office-province": 200, "leader": 200, "auditor": 200, "dept-kinh-te-ha-tang": 200, "producer-" + fishSauce: 200,
			o.commune(o.product(fishSauce)): 200, "dept-env": 404, "producer-" + simWine: 404, o.commune(o.product(simWine)): 404, "other-office": 404, "admin": 404, "": 401} {
			if a := o.ask(who, "GET", path, nil); a.status != want {
				t.Errorf("%s reads the trip: %d, want %d", who, a.status, want)
			}
			listed := o.ask(who, "GET", tripsPath, nil)
			if want == 200 && len(listed.items()) != 1 || want == 404 && len(listed.items()) != 0 {
				t.Errorf("%s lists %s", who, listed.text)
			}
		}
		if text := o.must(200, o.ask("producer-"+fishSauce, "GET", path, nil)).text; strings.Contains(text, "Hồng") {
			t.Error("the producer reads who else is invited by name")
		}
		for who, want := range map[string]int{"producer-" + fishSauce: 403, "leader": 403, "auditor": 403, "dept-kinh-te-ha-tang": 403, "producer-" + simWine: 404} {
			o.must(want, o.ask(who, "PATCH", path, map[string]any{"title": "x"}))
			o.must(want, o.ask(who, "POST", path+"/cancel", map[string]any{"reason": "x"}))
		}
		for _, who := range []string{"leader", "producer-" + fishSauce, "admin", "auditor"} {
			o.must(403, o.ask(who, "POST", tripsPath, tripBody(fishSauce)))
		}
		o.must(403, o.ask("producer-"+fishSauce, "POST", path+"/answer", map[string]any{"number": 2, "answer": "confirmed"}))
		yes := o.must(200, o.ask("dept-kinh-te-ha-tang", "POST", path+"/answer", map[string]any{"number": 2, "answer": "confirmed"}))
		if g := yes.body["guests"].([]any)[1].(map[string]any); g["answer"] != "confirmed" {
			t.Errorf("%s", yes.text)
		}
		o.must(422, o.ask("dept-kinh-te-ha-tang", "POST", path+"/answer", map[string]any{"number": 2, "answer": "attended"}))
		o.must(404, o.ask("dept-kinh-te-ha-tang", "POST", path+"/answer", map[string]any{"number": 9, "answer": "confirmed"}))
	})
}

func TestAPlanOfATripIsChecked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		size := o.ledgerSize()
		long := strings.Repeat("ă", 3000)
		many := func(n int, v any) (list []any) {
			for range n {
				list = append(list, v)
			}
			return list
		}
		for what, change := range map[string]map[string]any{
			"no title": {"title": " "}, "a long title": {"title": strings.Repeat("ă", 201)}, "no day": {"first_day": nil}, "a day that is none": {"first_day": "2024-02-30"},
			"an end before its beginning": {"last_day": "2024-03-01"}, "a trip of months": {"last_day": "2024-09-01"}, "no such campaign": {"campaign": "khong-co"},
			"a product twice": {"products": []string{fishSauce, fishSauce}}, "no such product": {"products": []string{"khong-co"}}, "too many products": {"products": many(101, fishSauce)},
			"a slot of another day": {"agenda": []any{map[string]any{"day": "2024-04-25", "text": "x"}}}, "an empty slot": {"agenda": []any{map[string]any{"day": "2024-03-25"}}},
			"no time": {"agenda": []any{map[string]any{"day": "2024-03-25", "text": "x", "from": "25:00"}}}, "it ends too early": {"agenda": []any{map[string]any{"day": "2024-03-25", "text": "x", "from": "09:00", "to": "08:00"}}},
			"a slot of no product of the trip": {"agenda": []any{map[string]any{"day": "2024-03-25", "product": o.product(simWine)}}}, "a long slot": {"agenda": []any{map[string]any{"day": "2024-03-25", "text": long}}}, "too many slots": {"agenda": many(101, map[string]any{"day": "2024-03-25", "text": "x"})},
			"a guest without a name": {"guests": []any{map[string]any{}}}, "no such unit": {"guests": []any{map[string]any{"unit": "khong-co"}}}, "no such answer": {"guests": []any{map[string]any{"name": "x", "answer": "maybe"}}},
			"a guest who is not there": {"guests": []any{map[string]any{"name": "x", "number": 7}}}, "too many guests": {"guests": many(101, map[string]any{"name": "x"})},
		} {
			body := tripBody(fishSauce)
			for k, v := range change {
				body[k] = v
			}
			if a := o.ask("office", "POST", tripsPath, body); a.status != 422 {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		if o.ledgerSize() != size {
			t.Error("refused plans left something behind")
		}
		body := tripBody(fishSauce)
		body["title"], body["guests"] = evil, many(60, map[string]any{"name": evil, "unit": "kinh-te-ha-tang"})
		id := o.must(201, o.ask("office", "POST", tripsPath, body)).body["id"].(string)
		if got := o.must(200, o.ask("office", "GET", tripsPath+"/"+id, nil)); got.body["title"] != evil || len(got.body["guests"].([]any)) != 60 {
			t.Errorf("hostile text: %.300s", got.text)
		}
		if rows := o.search("auditor", "event=rows", 5); len(rows) > 0 {
			t.Errorf("sixty guests do not fit into the entry of their trip: %v", rows)
		}
		first := o.must(200, o.ask("office", "GET", tripsPath+"?limit=1&status=planned&campaign=cam-xuyen-2024", nil))
		if len(first.items()) != 1 || first.body["next"] != "" {
			t.Errorf("one page: %s", first.text)
		}
		o.must(422, o.ask("office", "GET", tripsPath+"?status=x", nil))
	})
}

// The names of guests are forgotten on request wherever they stand.
func TestGuestsOfATripAreForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.must(201, o.ask("office", "POST", tripsPath, tripBody(fishSauce), "Idempotency-Key", "k")).body["id"].(string)
		entry := o.search("auditor", "stream=trip:"+id, 1)[0]["index"]
		o.must(404, o.erase("office", entry, map[string]any{"fields": []string{"trip_guests.name"}, "reason": "Theo đơn"}))
		o.must(200, o.erase("privacy", entry, map[string]any{"fields": []string{"trip_guests.name"}, "reason": "Theo đơn"}))
		o.nowhere("Hồng")
		if text := o.must(200, o.ask("office", "GET", tripsPath+"/"+id, nil)).text; strings.Contains(text, "Hồng") {
			t.Errorf("%s", text)
		}
		o.verified(1)
	})
}

// The data protection officer of the unit forgets people by the pages too.
func TestNamesAreForgottenByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		trip := "/trips/" + o.must(201, o.ask("office", "POST", tripsPath, tripBody(fishSauce))).body["id"].(string)
		training := "/training/" + o.must(201, o.ask("office", "POST", trainingsPath, trainingPlan())).body["id"].(string)
		o.must(200, o.ask("office", "POST", "/api/v1/trainings/"+strings.TrimPrefix(training, "/training/")+"/invited", map[string]any{"invited": []map[string]any{{"name": "Bà Lạ", "phone": "0987654321"}}}))
		for _, path := range []string{trip, training} {
			if a := o.browse("office", "vi").post(path, url.Values{"act": {"forget"}, "reason": {"Theo đơn"}, "sure": {"1"}}); a.status == 200 {
				t.Errorf("the office forgets: %d", a.status)
			}
			officer := o.browse("privacy", "vi")
			officer.shows(path, "Xóa tên và số điện thoại")
			if a := officer.post(path, url.Values{"act": {"forget"}, "reason": {"Theo đơn"}}); a.status != 422 {
				t.Errorf("without a tick: %d", a.status)
			}
			for range 2 {
				if a := officer.post(path, url.Values{"act": {"forget"}, "reason": {"Theo đơn"}, "sure": {"1"}}); a.status != 200 {
					t.Errorf("%s: %d %.500s", path, a.status, a.text)
				}
			}
		}
		for _, name := range []string{"bà Hồng", "Ông Lạ", "Bà Lạ", "0987654321", "Bà Giảng"} {
			o.nowhere(name)
		}
	})
}

// fieldwork plans a trip, a training and a remedy for the table of access.
func (o *office) fieldwork(product string) (trip, training, remedy string) {
	o.t.Helper()
	id := func(a answer) string { return o.must(201, a).body["id"].(string) }
	trip = id(o.ask("office-province", "POST", tripsPath, map[string]any{"title": "Kiểm tra", "first_day": "2026-06-20", "products": []string{product}, "guests": []any{map[string]any{"unit": "kinh-te-ha-tang"}}}))
	training = id(o.ask("office-province", "POST", trainingsPath, map[string]any{"title": "Tập huấn", "first_day": "2026-06-20", "invited": []any{map[string]any{"unit": "htx-phu-sang"}}}))
	visit := o.must(200, o.ask("office-province", "GET", tripsPath+"/"+trip, nil)).body["products"].([]any)[0].(map[string]any)["inspection"].(map[string]any)["id"].(string)
	found := o.must(200, o.ask("office-province", "PATCH", "/api/v1/inspections/"+visit, map[string]any{"findings": []any{map[string]any{"topic": "x", "remedy": "x", "closed": false}}}))
	return trip, training, found.body["findings"].([]any)[0].(map[string]any)["id"].(string)
}

// fieldworkBodies are the bodies with which the table of access asks; none of them stands.
var fieldworkBodies = map[string]string{
	"POST /api/v1/trips":                            `{"title":"","first_day":"2026-06-20"}`,
	"PATCH /api/v1/trips/:id":                       `{"title":"x","version":99}`,
	"POST /api/v1/trips/:id/products":               `{"products":[],"version":99}`,
	"POST /api/v1/trips/:id/products/:product/drop": `{"reason":"x","version":99}`,
	"POST /api/v1/trips/:id/answer":                 `{"number":9,"answer":"confirmed"}`,
	"POST /api/v1/trips/:id/hold":                   `{"version":99}`,
	"POST /api/v1/trips/:id/cancel":                 `{"reason":"x","version":99}`,
	"POST /api/v1/trainings":                        `{"title":"","first_day":"2026-06-20"}`,
	"PATCH /api/v1/trainings/:id":                   `{"version":99}`,
	"POST /api/v1/trainings/:id/invited":            `{"invited":[],"version":99}`,
	"POST /api/v1/trainings/:id/hold":               `{"version":99}`,
	"POST /api/v1/trainings/:id/cancel":             `{"reason":"x","version":99}`,
	"POST /api/v1/remedies/:id/report":              `{"comment":"x","version":99}`,
	"POST /api/v1/remedies/:id/confirm":             `{"version":99}`,
	"POST /api/v1/remedies/:id/return":              `{"comment":"x","version":99}`,
	"POST /api/v1/inspections/:id/photos":           `{"document":"none"}`,
	"POST /inspections/:id":                         "act=record&version=99",
	"POST /trips":                                   "title=",
	"POST /trips/:id":                               "act=cancel&reason=x&version=99",
	"POST /training":                                "title=",
	"POST /training/:id":                            "act=cancel&reason=x&version=99",
}

// fieldworkDone fills the tables of trips, remedies and training, each with two rows.
func (o *office) fieldworkDone(products ...string) {
	o.t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		o.t.Fatal(err)
	}
	for _, p := range products {
		trip, training, remedy := o.fieldwork(p)
		o.must(200, o.ask("office-province", "POST", remediesPath+"/"+remedy+"/report", map[string]any{"comment": "xong"}))
		i := o.must(200, o.ask("office-province", "GET", remediesPath+"?product="+p, nil)).items()[0]["inspection"].(string)
		paper := o.must(201, o.named("office-province", p, "inspection_photo", "a.png", picture.Bytes())).body["id"].(string)
		o.must(201, o.ask("office-province", "POST", "/api/v1/inspections/"+i+"/photos", map[string]any{"document": paper}))
		o.must(200, o.ask("office-province", "PATCH", tripsPath+"/"+trip, map[string]any{"title": "Kiểm tra lại"}))
		o.must(201, o.material("office-province", training, "tai-lieu.txt", []byte("Bộ tiêu chí "+p)))
	}
}

// material uploads a file for a training.
func (o *office) material(who, training, name string, content []byte) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	file.Write(content)
	form.Close()
	r, err := http.NewRequest("POST", o.address+trainingsPath+"/"+training+"/materials", &b)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.send(r)
}

func TestMaterialsOfATraining(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.must(201, o.ask("office", "POST", trainingsPath, trainingPlan())).body["id"].(string)
		got := o.must(201, o.material("office", id, "tieu-chi.txt", []byte("Bộ tiêu chí 2023")))
		path := "/api/v1/materials/" + got.body["id"].(string)
		if a := o.must(200, o.ask("producer-"+fishSauce, "GET", path, nil)); a.text != "Bộ tiêu chí 2023" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s %v", a.text, a.header)
		}
		// Beyond what a row holds it lies in pieces, as a document does.
		large := strings.Repeat("Bộ tiêu chí 2023. ", 40_000)
		at := "/api/v1/materials/" + o.must(201, o.material("office", id, "lon.txt", []byte(large))).body["id"].(string)
		if a := o.must(200, o.ask("office", "GET", at, nil)); a.text != large {
			t.Errorf("%d bytes came back of %d", len(a.text), len(large))
		}
		if a := o.must(206, o.ask("office", "GET", at, nil, "Range", "bytes=0-3")); a.text != large[:4] {
			t.Errorf("%q", a.text)
		}
		o.must(404, o.ask("dept-kinh-te-ha-tang", "GET", path, nil))
		o.must(401, o.ask("", "GET", path, nil))
		o.must(403, o.material("producer-"+fishSauce, id, "a.txt", []byte("x")))
		o.must(404, o.material("dept-kinh-te-ha-tang", id, "a.txt", []byte("x")))
		for name, content := range map[string]string{"a.pdf": "không phải PDF", "b.txt": "", "c.exe": "MZ\x90\x00\x03\x00\x00\x00", strings.Repeat("a", 201): "x"} {
			if a := o.must(422, o.material("office", id, name, []byte(content))); a.code() != "material_wrong" {
				t.Errorf("%s: %s", name, a.text)
			}
		}
	})
}

func TestARecordAndAnInvitationOnPaper(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		i, _ := o.inspected(o.product(fishSauce))
		path := "/api/v1/inspections/" + i + "/record."
		text := wordText(t, []byte(o.must(200, o.ask("producer-"+fishSauce, "GET", path+"docx", nil, "Accept-Language", "vi")).text))
		for _, want := range []string{"Nước mắm Phú Sáng", "Bà Hồng", "Lát nền xưởng", "10/4/2024", "Phòng Kinh tế – Hạ tầng", "Năng lực sản xuất", "Huyện Cẩm Xuyên"} {
			if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
				t.Errorf("the record does not say %q: %s", want, text)
			}
		}
		if a := o.must(200, o.ask("office", "GET", path+"pdf", nil)); !strings.HasPrefix(a.text, "%PDF") {
			t.Error("no PDF")
		}
		o.must(404, o.ask("producer-"+simWine, "GET", path+"pdf", nil))
		open := o.must(201, o.ask("office", "POST", "/api/v1/products/"+o.product(fishSauce)+"/inspections", map[string]any{"day": "2024-03-28"})).body["id"].(string)
		o.said(409, "not_held", "Chưa ghi ngày đã kiểm tra", "No day is entered", func(h ...string) answer {
			return o.ask("office", "GET", "/api/v1/inspections/"+open+"/record.pdf", nil, h...)
		})
		trip := tripsPath + "/" + o.must(201, o.ask("office", "POST", tripsPath, tripBody(fishSauce, simWine))).body["id"].(string)
		text = wordText(t, []byte(o.must(200, o.ask("office", "GET", trip+"/invitation.docx", nil, "Accept-Language", "vi")).text))
		for _, want := range []string{"Kiểm tra ứng viên 4 sao", "Hội đồng OCOP tỉnh, bà Hồng", "Phòng Kinh tế – Hạ tầng", "Rượu sim Đạt Thơm", "08:00 – 09:30", "Thiên Cẩm", "Ủy ban nhân dân huyện Cẩm Xuyên trân trọng kính mời", "GM-UBND"} {
			if !strings.Contains(text, want) {
				t.Errorf("the invitation does not say %q: %s", want, text)
			}
		}
		o.must(403, o.ask("producer-"+fishSauce, "GET", trip+"/invitation.pdf", nil))
		o.must(404, o.ask("producer-gao-xuyen-huong", "GET", trip+"/invitation.pdf", nil))
	})
}

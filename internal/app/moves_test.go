//go:build unix

package app

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/story"
)

const (
	fishSauce = "nuoc-mam-phu-sang"
	simWine   = "ruou-sim-dat-thom"
	rice      = "gao-xuyen-huong"
)

func TestStoryIsPlayedOnBothDatabases(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		var cast []story.Account
		for name, token := range o.tokens {
			cast = append(cast, story.Account{Name: name, Token: token})
		}
		for _, lang := range []ocop.Lang{ocop.En} {
			var told strings.Builder
			if err := story.Play(t.Context(), &told, lang, o.address, cast); err != nil {
				t.Fatalf("%v\n%s", err, told.String())
			}
		}
	})
}

func TestOfTwoHundredClientsOneMoves(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		for name, key := range map[string]string{fishSauce: "", simWine: "one-key"} {
			id := o.product(name)
			before := o.entries(id, "move")
			got := o.together(200, func() answer {
				var headers []string
				if key != "" {
					headers = []string{"Idempotency-Key", key}
				}
				return o.move("producer-"+name, id, "begin_upgrade", nil, headers...)
			})
			want := map[int]int{200: 1, 409: 199}
			if key != "" {
				want = map[int]int{200: 200}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("key %q: statuses %v, want %v", key, got, want)
			}
			if n := o.entries(id, "move") - before; n != 1 {
				t.Errorf("key %q: %d entries, want 1", key, n)
			}
		}
	})
}

// together runs a request many times at once and counts the statuses.
func (o *office) together(n int, request func() answer) map[int]int {
	statuses := map[int]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range n {
		wg.Go(func() {
			<-start
			a := request()
			mu.Lock()
			statuses[a.status]++
			mu.Unlock()
		})
	}
	close(start)
	wg.Wait()
	return statuses
}

func TestRefusalGivesEveryReason(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		o.must(201, o.upload("producer-"+simWine, id, "idea_form", []byte("x")))
		o.must(200, o.move("commune-cam-my", id, "confirm", map[string]any{"officer": "commune-cam-my"}))
		a := o.must(422, o.move("leader", id, "approve_plan", nil))
		want := []string{"document_missing", "document_missing", "document_missing", "idea_accepted"}
		if got := a.reasons(); !slices.Equal(got, want) {
			t.Errorf("reasons %v, want %v", got, want)
		}
		for _, x := range a.body["reasons"].([]any) {
			r := x.(map[string]any)
			for _, key := range []string{"code", "message", "actual", "required", "cure_by", "legal", "verified"} {
				if _, ok := r[key]; !ok {
					t.Errorf("reason %v has no %q", r["code"], key)
				}
			}
		}
		vi := o.must(422, o.move("leader", id, "approve_plan", nil, "Accept-Language", "vi"))
		if got := vi.body["detail"]; got != "Chưa đủ điều kiện để thực hiện." {
			t.Errorf("Vietnamese detail %q", got)
		}
		if !strings.Contains(vi.text, "Thiếu tài liệu còn hiệu lực: Phương án sản xuất kinh doanh.") {
			t.Errorf("the missing plan is not named in Vietnamese: %s", vi.text)
		}
	})
}

func TestWhoMayNot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
		for _, x := range []struct {
			who    string
			status int
			code   string
		}{
			{"", 401, "sign_in"},
			{"commune-cam-binh", 404, "not_found"},
			{"producer-" + rice, 404, "not_found"},
			{"member-district-1", 404, "not_found"},
			{"admin", 404, "not_found"},
			{"auditor", 403, "who_may_not"},
			{"dept-nong-nghiep", 403, "who_may_not"},
			{"office", 403, "who_may_not"},
			{"producer-" + fishSauce, 403, "who_may_not"},
			{"commune-tt-thien-cam", 422, "refused"},
		} {
			if a := o.move(x.who, id, "confirm", nil); a.status != x.status || a.code() != x.code {
				t.Errorf("%s: %d %s, want %d %s", x.who, a.status, a.code(), x.status, x.code)
			}
		}
		// Each who saw the product and was refused left an entry; the others none.
		if got, want := o.entries(id, "refusal"), 5; got != want {
			t.Errorf("%d refusals entered, want %d", got, want)
		}
		o.move("office", id, "confirm", nil)
		if got, want := o.entries(id, "refusal"), 5; got != want {
			t.Errorf("the same refusal within a minute was entered again: %d, want %d", got, want)
		}
	})
}

func TestStaleBeforeWrongState(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	o.must(412, o.move("producer-"+fishSauce, id, "begin_upgrade", nil, "If-Match", `"7"`))
	got := o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil, "If-Match", `"1"`))
	if etag := got.header.Get("ETag"); etag != `"2"` {
		t.Errorf("ETag %s, want \"2\"", etag)
	}
	o.must(412, o.move("producer-"+fishSauce, id, "begin_upgrade", nil, "If-Match", `"1"`))
	o.must(409, o.move("producer-"+fishSauce, id, "begin_upgrade", nil, "If-Match", `"2"`))
	o.must(409, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
}

func TestKeyWithAnotherBodyIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		first := o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil, "Idempotency-Key", "k"))
		again := o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil, "Idempotency-Key", "k"))
		if first.text != again.text {
			t.Errorf("the same key was answered otherwise:\n%s\n%s", first.text, again.text)
		}
		if a := o.must(422, o.move("producer-"+fishSauce, id, "begin_upgrade", map[string]any{"target": 5}, "Idempotency-Key", "k")); a.code() != "key_reused" {
			t.Errorf("code %s, want key_reused", a.code())
		}
		// Another account may use the same key for itself.
		o.must(409, o.move("office", id, "begin_upgrade", nil, "Idempotency-Key", "k"))
	})
}

func TestBulkStandsAndFallsOneByOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		body := func(dry bool) map[string]any {
			return map[string]any{"dry_run": dry, "items": []map[string]any{
				{"product": o.product(fishSauce), "event": "begin_upgrade"},
				{"product": o.product(rice), "event": "begin_upgrade"},
				{"product": "nobody", "event": "begin_upgrade"},
				{"product": o.product(simWine), "event": "begin_upgrade", "version": 9},
				{"product": o.product(simWine), "event": "begin_upgrade"},
			}}
		}
		want := []float64{200, 409, 404, 412, 200}
		for _, dry := range []bool{true, false, false} {
			a := o.must(200, o.ask("office", "POST", "/api/v1/transitions", body(dry), "Idempotency-Key", fmt.Sprint("bulk", dry)))
			for i, x := range a.items() {
				if x["status"] != want[i] {
					t.Errorf("dry %v, item %d: status %v, want %v: %v", dry, i, x["status"], want[i], x)
				}
			}
		}
		if a := o.must(422, o.ask("office", "POST", "/api/v1/transitions", body(false)["items"].([]map[string]any)[:0], "Idempotency-Key", "bulkfalse")); a.code() != "shape" {
			t.Errorf("code %s", a.code())
		}
	})
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		before := o.must(200, o.ask("auditor", "GET", "/api/v1/audit/checkpoint", nil)).text
		dry := map[string]any{"event": "begin_upgrade", "dry_run": true}
		a := o.must(200, o.ask("office", "POST", "/api/v1/products/"+id+"/transitions", dry))
		if state := a.body["product"].(map[string]any)["state"]; state != "idea_registered" {
			t.Errorf("rehearsed state %v", state)
		}
		o.must(403, o.ask("auditor", "POST", "/api/v1/products/"+id+"/transitions", dry))
		if after := o.must(200, o.ask("auditor", "GET", "/api/v1/audit/checkpoint", nil)).text; after != before {
			t.Errorf("the ledger moved: %s, then %s", before, after)
		}
	})
}

func TestBadInputIsNamedAndSavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		path := "/api/v1/products/" + id + "/transitions"
		before := o.must(200, o.ask("auditor", "GET", "/api/v1/audit/checkpoint", nil)).text
		for name, x := range map[string]struct {
			path   string
			body   any
			status int
			code   string
		}{
			"malformed":        {path, []byte(`{"event":`), 400, "malformed"},
			"empty":            {path, []byte(``), 400, "malformed"},
			"invalid UTF-8":    {path, []byte("{\"event\":\"\xff\"}"), 400, "malformed"},
			"NUL":              {path, []byte(`{"event":"begin_upgrade","comment":"a\u0000b"}`), 400, "malformed"},
			"huge":             {path, []byte(strings.Repeat("x", 10<<20)), 413, "too_large"},
			"long comment":     {path, map[string]any{"event": "begin_upgrade", "comment": strings.Repeat("ư", 400_000)}, 422, "form_wrong"},
			"unknown event":    {path, map[string]any{"event": "fly"}, 422, "unknown_event"},
			"wrong type":       {path, map[string]any{"event": 7}, 422, "shape"},
			"unknown key":      {path, map[string]any{"event": "begin_upgrade", "colour": "red"}, 422, "shape"},
			"unknown field":    {path, map[string]any{"event": "begin_upgrade", "data": map[string]any{"colour": "red"}}, 422, "form_wrong"},
			"wrong field":      {path, map[string]any{"event": "begin_upgrade", "data": map[string]any{"target": "four"}}, 422, "form_wrong"},
			"out of range":     {path, map[string]any{"event": "begin_upgrade", "data": map[string]any{"target": 6}}, 422, "form_wrong"},
			"unknown product":  {"/api/v1/products/nobody/transitions", []byte(`{"event":`), 404, "not_found"},
			"no such route":    {"/api/v1/nothing", nil, 404, "not_found"},
			"NUL in the path":  {"/api/v1/products/%00/transitions", nil, 400, "malformed"},
			"no UTF-8 there":   {"/api/v1/products/%ff/transitions", nil, 400, "malformed"},
			"NUL in a query":   {"/api/v1/products?q=%00", nil, 400, "malformed"},
			"NUL in a name":    {"/api/v1/products", []byte(`{"name":"a\u0000","producer":"x","set":1}`), 400, "malformed"},
			"no such producer": {"/api/v1/products", map[string]any{"name": "x", "producer": "nobody", "set": 1}, 404, "not_found"},
			"no such set":      {"/api/v1/products", map[string]any{"name": "x", "producer": "nobody", "set": 27}, 422, "shape"},
		} {
			a := o.ask("producer-"+fishSauce, "POST", x.path, x.body)
			if a.status != x.status || a.code() != x.code {
				t.Errorf("%s: %d %s, want %d %s: %.200s", name, a.status, a.code(), x.status, x.code, a.text)
			}
			if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("%s: content type %q", name, kind)
			}
		}
		if after := o.must(200, o.ask("auditor", "GET", "/api/v1/audit/checkpoint", nil)).text; after != before {
			t.Errorf("something was saved: %s, then %s", before, after)
		}
	})
}

func TestEveryRouteAnswersWithoutASession(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	doc := o.must(200, o.ask("", "GET", "/api/openapi.json", nil))
	if v := doc.body["openapi"]; v != "3.1.0" {
		t.Errorf("OpenAPI %v, want 3.1.0", v)
	}
	open, closed := 0, 0
	for path, methods := range doc.body["paths"].(map[string]any) {
		for method, op := range methods.(map[string]any) {
			path := strings.NewReplacer("{id}", "x", "{number}", "x", "{name}", "x", "{version}", "x").Replace(path)
			a := o.ask("", strings.ToUpper(method), path, nil)
			_, guarded := op.(map[string]any)["security"]
			switch {
			case guarded && (a.status != 401 || a.code() != "sign_in"):
				t.Errorf("%s %s without a session: %d", method, path, a.status)
			case !guarded && a.status == 401:
				t.Errorf("%s %s should be open", method, path)
			}
			if guarded {
				closed++
			} else {
				open++
			}
		}
	}
	t.Logf("%d routes need a session, %d are open", closed, open)
	if got := o.send(must(http.NewRequest("GET", o.address+"/api/docs", nil))); got.status != 200 || strings.Contains(got.text, "//cdn") {
		t.Errorf("docs: %d", got.status)
	}
}

func must(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}

func TestWorklistHoldsWhatWaitsForTheReader(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		list := func(who string) map[string][2]int {
			out := map[string][2]int{}
			due := ""
			for _, x := range o.must(200, o.ask(who, "GET", "/api/v1/worklist", nil)).items() {
				if d, ok := x["due"].(string); ok {
					if d < due {
						t.Errorf("%s: %s after %s", who, d, due)
					}
					due = d
				}
				out[x["product"].(map[string]any)["code"].(string)] = [2]int{len(x["actions"].([]any)), len(x["missing"].([]any))}
			}
			return out
		}
		for who, want := range map[string]map[string][2]int{
			"producer-" + simWine: {simWine: {0, 1}}, // its idea form is missing
			"commune-cam-my":      {},                // waits for that form
			"producer-" + rice:    {rice: {1, 0}},    // may begin the renewal
			"leader":              {},
		} {
			if got := list(who); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", who, got, want)
			}
		}
		o.must(201, o.upload("producer-"+simWine, id, "idea_form", []byte("x")))
		if got := list("commune-cam-my"); fmt.Sprint(got) != fmt.Sprint(map[string][2]int{simWine: {1, 0}}) {
			t.Errorf("the commune, once the form is there: %v", got)
		}
	})
}

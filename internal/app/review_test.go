//go:build unix

package app

import (
	"fmt"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
)

const reviewsPath = "/api/v1/audit/reviews"

func TestAnAuditorKeepsAReview(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		entry := o.search("auditor", "product="+simWine, 1)[0]["index"]
		body := map[string]any{"title": "Rà soát rượu sim", "note": "Vì sao nhanh thế?", "product": simWine, "entry": entry, "search": "product=" + simWine + "&kind=move"}
		opened := o.must(201, o.ask("auditor", "POST", reviewsPath, body, "Idempotency-Key", "k1"))
		if again := o.must(201, o.ask("auditor", "POST", reviewsPath, body, "Idempotency-Key", "k1")); again.text != opened.text {
			t.Error("the same key gave another review")
		}
		o.must(422, o.ask("auditor", "POST", reviewsPath, map[string]any{"title": "Khác"}, "Idempotency-Key", "k1"))
		path := reviewsPath + "/" + opened.body["id"].(string)
		if b := opened.body; b["status"] != "open" || b["version"] != 1.0 || b["product"].(map[string]any)["id"] != id || b["entry"] != entry ||
			b["unit"].(map[string]any)["code"] != "ha-tinh" || opened.header.Get("ETag") != `"1"` {
			t.Errorf("%s", opened.text)
		}
		noted := o.must(201, o.ask("auditor", "POST", path+"/notes", map[string]any{"text": "Đã hỏi xã."}, "If-Match", `"1"`))
		if n := noted.body["notes"].([]any); len(n) != 2 || n[1].(map[string]any)["text"] != "Đã hỏi xã." || noted.body["version"] != 2.0 {
			t.Errorf("%s", noted.text)
		}
		o.must(412, o.ask("auditor", "POST", path+"/notes", map[string]any{"text": "Muộn"}, "If-Match", `"1"`))
		o.must(412, o.ask("auditor", "POST", path+"/close", nil, "If-Match", `"1"`))
		closed := o.must(200, o.ask("auditor", "POST", path+"/close", map[string]any{"note": "Không có gì sai."}, "If-Match", `"2"`))
		if closed.body["status"] != "closed" || closed.body["closed_by"].(map[string]any)["name"] != "auditor" || len(closed.body["notes"].([]any)) != 3 {
			t.Errorf("%s", closed.text)
		}
		for rest, body := range map[string]any{"/notes": map[string]any{"text": "x"}, "/close": nil} {
			if a := o.must(409, o.ask("auditor", "POST", path+rest, body)); a.code() != "review_closed" {
				t.Errorf("%s: %s", rest, a.code())
			}
		}
		if got := o.must(200, o.ask("auditor", "GET", path, nil)); got.text != closed.text {
			t.Errorf("read again: %s", got.text)
		}
		for query, want := range map[string]int{"": 1, "?status=open": 0, "?status=closed": 1} {
			if n := len(o.must(200, o.ask("auditor", "GET", reviewsPath+query, nil)).items()); n != want {
				t.Errorf("%q: %d reviews", query, n)
			}
		}
		var events []string
		for _, e := range o.search("auditor", "order=asc&stream=review:"+opened.body["id"].(string), 50) {
			events = append(events, e["event"].(string))
			if text := fmt.Sprint(e); strings.Contains(text, "nhanh") || strings.Contains(text, "rượu") || e["product"] != nil {
				t.Errorf("the entry says %s", text)
			}
		}
		if strings.Join(events, " ") != "open_review note_review close_review" {
			t.Errorf("entries %v", events)
		}
		if text := o.must(200, o.ask("producer-"+simWine, "GET", "/api/v1/products/"+id+"/history", nil)).text; strings.Contains(text, "review") {
			t.Error("the producer sees that it is looked into")
		}
	})
}

func TestWhoSeesWhichReviews(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.appointed("auditor-commune", access.Auditor, "cam-my")
		o.appointed("auditor-other", access.Auditor, "tt-thien-cam")
		above := o.must(201, o.ask("auditor", "POST", reviewsPath, map[string]any{"title": "Của tỉnh"})).body["id"].(string)
		below := o.must(201, o.ask("auditor-commune", "POST", reviewsPath, map[string]any{"title": "Của xã", "product": simWine})).body["id"].(string)
		for _, x := range []struct {
			who, id string
			want    int
		}{{"auditor", above, 200}, {"auditor", below, 200}, {"auditor-commune", below, 200}, {"auditor-commune", above, 404}, {"auditor-other", below, 404},
			{"auditor", "nothing", 404}, {"office", above, 403}, {"admin", below, 403}, {"producer-" + simWine, below, 403}, {"", above, 401}} {
			o.must(x.want, o.ask(x.who, "GET", reviewsPath+"/"+x.id, nil))
			if x.want != 200 {
				o.must(x.want, o.ask(x.who, "POST", reviewsPath+"/"+x.id+"/notes", map[string]any{"text": "x"}))
				o.must(x.want, o.ask(x.who, "POST", reviewsPath+"/"+x.id+"/close", nil))
			}
		}
		for who, want := range map[string]int{"auditor": 2, "auditor-commune": 1, "auditor-other": 0} {
			if n := len(o.must(200, o.ask(who, "GET", reviewsPath, nil)).items()); n != want {
				t.Errorf("%s sees %d reviews", who, n)
			}
		}
		first := o.must(200, o.ask("auditor", "GET", reviewsPath+"?limit=1", nil))
		second := o.must(200, o.ask("auditor", "GET", reviewsPath+"?limit=1&cursor="+first.body["next"].(string), nil))
		if first.items()[0]["id"] != below || second.items()[0]["id"] != above || second.body["next"] != "" {
			t.Errorf("pages: %s %s", first.text, second.text)
		}
		o.must(403, o.ask("office", "POST", reviewsPath, map[string]any{"title": "x"}))
		o.must(401, o.ask("", "POST", reviewsPath, map[string]any{"title": "x"}))
		long := strings.Repeat("ă", 201)
		for what, body := range map[string]map[string]any{
			"no title": {"title": " "}, "a long title": {"title": long}, "a long note": {"title": "x", "note": strings.Repeat("ă", 4001)}, "a product of another": {"title": "x", "product": fishSauce},
			"no such product": {"title": "x", "product": "none"}, "an entry of another": {"title": "x", "entry": 0}, "a negative entry": {"title": "x", "entry": -1},
			"a unit of another": {"title": "x", "unit": "ha-tinh"}, "no search": {"title": "x", "search": "kind=nothing"}, "a broken search": {"title": "x", "search": "a=%zz"},
		} {
			if a := o.must(422, o.ask("auditor-commune", "POST", reviewsPath, body)); a.code() != "review_wrong" {
				t.Errorf("%s: %s", what, a.code())
			}
		}
		for _, text := range []string{"", " ", strings.Repeat("ă", 4001)} {
			o.must(422, o.ask("auditor", "POST", reviewsPath+"/"+above+"/notes", map[string]any{"text": text}))
		}
	})
}

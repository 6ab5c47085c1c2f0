//go:build unix

package app

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/dbtest"
)

// announceBodies are what the table of access asks with; none of them stands.
var announceBodies = map[string]string{
	"POST /api/v1/products/:id/result-notice": `{}`,
	"POST /api/v1/batches/:id/result-notices": `{}`,
	"POST /products/:id/result-notice":        "signer=x",
}

func noticePath(product string) string { return "/api/v1/products/" + product + "/result-notice" }

// announced gives notice of the results of two products whose council scored.
func (o *office) announced() {
	o.t.Helper()
	for i := range 2 {
		id := o.waiting(fmt.Sprint("Nước mắm được thông báo ", i))
		o.scored("province", id, 9, worth(o.t, 9, 4, 75))
		if o.must(201, o.ask("office-province", "POST", noticePath(id), map[string]any{})); i == 0 {
			o.must(200, o.move("secretary-province", id, "score", nil))
			o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "TB-1", "decision": "77/QĐ-UBND", "decided_on": "2026-06-01"}))
			o.must(201, o.ask("office-province", "POST", noticePath(id), map[string]any{}))
		}
	}
}

// lacking are the products of whose results an account has not given notice.
func (o *office) lacking(who string) (out []string) {
	o.t.Helper()
	for _, r := range o.must(200, o.ask(who, "GET", "/api/v1/result-notices/lacking", nil)).items() {
		out = append(out, r["product"].(map[string]any)["id"].(string))
	}
	return out
}

// Results of a batch are given notice of in one act, each under its own number and
// once, until the result changes: by a certificate, by a second scoring.
func TestResultsAreAnnouncedToCommuneAndProducer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, box.settings)
		office, producer := "office-province", "producer-"+fishSauce
		var ids []string
		for i := range 3 {
			ids = append(ids, o.waiting(fmt.Sprintf("Nước mắm %d", i+1)))
		}
		batch := o.batch("Đợt có thông báo")
		at := batchesPath + "/" + batch
		o.must(200, o.ask(office, "POST", at+"/products", map[string]any{"products": ids}))
		if a := o.must(409, o.ask(office, "POST", at+"/result-notices", map[string]any{})); a.code() != "result_none" {
			t.Errorf("nothing scored: %s", a.text)
		}
		o.scored("province", ids[0], 9, worth(t, 9, 4, 75))
		o.scored("province", ids[1], 9, worth(t, 9, 3, 45))
		village := o.commune(ids[0])

		// who may, and what is refused
		size := o.ledgerSize()
		for _, who := range []string{"leader-province", producer, village, "auditor"} {
			if a := o.must(403, o.ask(who, "POST", noticePath(ids[0]), map[string]any{})); a.code() != "who_may_not" {
				t.Errorf("%s: %s", who, a.text)
			}
			o.must(403, o.ask(who, "GET", noticePath(ids[0])+".pdf", nil))
		}
		o.must(403, o.ask("leader-province", "POST", at+"/result-notices", map[string]any{}))
		o.must(403, o.ask("office", "POST", noticePath(ids[0]), map[string]any{})) // the district's council did not score it
		o.must(404, o.ask("producer-"+simWine, "POST", noticePath(ids[0]), map[string]any{}))
		if a := o.must(409, o.ask(office, "POST", noticePath(ids[2]), map[string]any{})); a.code() != "no_result" {
			t.Errorf("not scored: %s", a.text)
		}
		o.must(422, o.ask(office, "POST", noticePath(ids[0]), map[string]any{"signer": strings.Repeat("ă", 201)}))
		o.must(422, o.ask(office, "POST", at+"/result-notices", map[string]any{"products": []string{ids[2]}}))
		if o.ledgerSize() != size {
			t.Error("what was refused left something behind")
		}
		if got := o.lacking(office); len(got) != 2 || len(o.lacking("office")) != 0 || len(o.lacking("secretary-province")) != 2 {
			t.Errorf("lacking: %v", got)
		}
		page := o.browse(office, "vi")
		page.shows("/worklist", "Kết quả chưa thông báo", "Nước mắm 1")
		page.shows("/batches/"+batch, "Chưa thông báo", "Gửi thông báo cho các kết quả chưa thông báo")
		for _, format := range []string{"pdf", "docx"} {
			if a := o.must(200, o.ask("secretary-province", "GET", noticePath(ids[0])+"."+format, nil)); len(a.text) < 2000 {
				t.Errorf("the draft: %d bytes", len(a.text))
			}
		}

		// the whole batch in one act; asked again, the same answer
		o.at("2026-06-02T10:00") // a Tuesday
		mailbox := o.reachable(box, producer, map[string]any{"delivery": "each", "quiet_from": 19, "quiet_until": 7})
		sent := o.must(200, o.ask(office, "POST", at+"/result-notices", map[string]any{"signer": "Nguyễn Văn A"}, "Idempotency-Key", "n1"))
		if again := o.ask(office, "POST", at+"/result-notices", map[string]any{"signer": "Nguyễn Văn A"}, "Idempotency-Key", "n1"); again.text != sent.text {
			t.Errorf("again: %s", again.text)
		}
		symbols := map[string]string{}
		for _, x := range sent.items() {
			p, _ := x["paper"].(map[string]any)
			if x["status"] != 200.0 || p["drawn"] != true || p["late"] != false || len(p["parties"].([]any)) != 2 {
				t.Fatalf("sent: %v", x)
			}
			symbols[x["product"].(string)] = p["symbol"].(string)
		}
		if len(symbols) != 2 || symbols[ids[0]]+symbols[ids[1]] != "01/TB-VPĐP02/TB-VPĐP" && symbols[ids[0]]+symbols[ids[1]] != "02/TB-VPĐP01/TB-VPĐP" {
			t.Errorf("symbols: %v", symbols)
		}
		if a := o.must(409, o.ask(office, "POST", at+"/result-notices", map[string]any{})); a.code() != "result_none" || len(o.lacking(office)) != 0 {
			t.Errorf("twice: %s", a.text)
		}
		if a := o.must(409, o.ask(office, "POST", noticePath(ids[0]), map[string]any{})); a.code() != "result_noticed" || !strings.Contains(a.text, symbols[ids[0]]) {
			t.Errorf("twice: %s", a.text)
		}
		if e := o.told(ids[0], "send_result_notice"); e == nil || e["data"].(map[string]any)["symbol"] != symbols[ids[0]] {
			t.Errorf("the history tells %v", e)
		}

		// producer and commune are told, here and by mail, and have the paper
		result := o.must(200, o.ask(producer, "GET", noticePath(ids[0]), nil)).body["result"].(map[string]any)
		paper := result["notice"].(map[string]any)["paper"].(string)
		for _, who := range []string{producer, village} {
			if n := o.must(200, o.ask(who, "GET", "/api/v1/notices", nil)).items()[0]["about"].(map[string]any); n["paper"] != true || !strings.Contains(n["name"].(string), "/TB-VPĐP") {
				t.Errorf("%s was told %v", who, n)
			}
			for _, format := range []string{"pdf", "docx"} {
				if a := o.must(200, o.ask(who, "GET", correspondencePath+"/"+paper+"/paper."+format, nil)); len(a.text) < 2000 {
					t.Errorf("%s: %d bytes", format, len(a.text))
				}
			}
		}
		o.must(404, o.ask("producer-"+simWine, "GET", correspondencePath+"/"+paper+"/paper.pdf", nil))
		o.post()
		if got := box.collect(mailbox); len(got) != 1 || !strings.Contains(got[0].text, "/TB-VPĐP") || !strings.Contains(got[0].text, "Ngày gửi: 02/6/2026") || !strings.Contains(got[0].text, "/correspondence/"+paper) {
			t.Errorf("letters: %+v", got)
		}
		told := o.browse(producer, "vi")
		told.shows("/products/"+ids[0], "Đã thông báo:", "Số, ký hiệu: "+symbols[ids[0]])
		told.shows("/notices", "Văn bản gửi đến", symbols[ids[0]])
		text, err := o.app.DB.Query(t.Context(), `SELECT body FROM correspondence WHERE id = '`+paper+`'`)
		if err != nil {
			t.Fatal(err)
		}
		var body string
		for text.Next() {
			if err := text.Scan(&body); err != nil {
				t.Fatal(err)
			}
		}
		text.Close()
		for _, words := range []string{"75,00 điểm", "90 ngày", "chưa được đối chiếu với văn bản gốc", "Nguyễn Văn A", "Luật Khiếu nại 2011", "Nước mắm 1"} {
			if !strings.Contains(body, words) {
				t.Errorf("the notice does not say %q: %s", words, body)
			}
		}

		// a void line lets it be sent anew: once, also when two press at once
		o.must(200, o.ask(office, "POST", correspondencePath+"/"+paper+"/void", map[string]any{"reason": "Sai người ký"}))
		if got := o.lacking(office); len(got) != 1 || got[0] != ids[0] {
			t.Errorf("void, lacking: %v", got)
		}
		if got := o.together(6, func() answer { return o.ask(office, "POST", noticePath(ids[0]), map[string]any{}) }); got[201] != 1 || got[409] != 5 {
			t.Errorf("at once: %v", got)
		}

		// recognised, it is another result to tell; scored again, too
		o.must(200, o.move("secretary-province", ids[0], "score", nil))
		o.must(200, o.move("leader-province", ids[0], "certify", map[string]any{"number": "TB-9", "decision": "99/QĐ-UBND", "decided_on": "2026-06-02"}))
		if got := o.lacking(office); len(got) != 1 || got[0] != ids[0] {
			t.Errorf("recognised, lacking: %v", got)
		}
		if a := page.post("/products/"+ids[0]+"/result-notice", url.Values{"signer": {"Trần B"}}); a.status != 200 && a.status != 303 {
			t.Errorf("at the page: %d %.200s", a.status, a.text)
		}
		page.shows("/products/"+ids[0], "04/TB-VPĐP", "TB-9")
		r := o.must(200, o.ask(office, "GET", noticePath(ids[0]), nil)).body["result"].(map[string]any)
		if r["certificate"] != "TB-9" || r["notice"] == nil || len(r["earlier"].([]any)) != 2 {
			t.Errorf("recognised: %v", r)
		}
		o.must(200, o.move("secretary-province", ids[1], "score", nil))
		fixed := o.must(200, o.fix(office, ids[1], map[string]any{"set": 8, "reason": "Nhầm bộ"})).body["correction"].(map[string]any)
		o.must(200, o.ask("leader-province", "POST", "/api/v1/corrections/"+fixed["id"].(string)+"/confirm", map[string]any{}))
		if a := o.must(409, o.ask(office, "POST", noticePath(ids[1]), map[string]any{})); a.code() != "no_result" {
			t.Errorf("to be scored again: %s", a.text)
		}
		o.scored("province", ids[1], 8, worth(t, 8, 4, 75))
		var wait sync.WaitGroup
		var one, all answer
		wait.Go(func() { one = o.ask(office, "POST", noticePath(ids[1]), map[string]any{}) })
		wait.Go(func() { all = o.ask("secretary-province", "POST", at+"/result-notices", map[string]any{}) })
		wait.Wait()
		if good := one.status == 201 && all.code() == "result_none" || one.code() == "result_noticed" && all.status == 200; !good {
			t.Errorf("by itself %d %s, in the batch %d %s", one.status, one.code(), all.status, all.text)
		}
		page.shows("/batches/"+batch, "Mọi kết quả đã được thông báo.")
		o.verified(0)
	})
}

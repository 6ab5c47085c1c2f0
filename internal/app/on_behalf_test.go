//go:build unix

package app

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// inPlace makes a move of the sim wine in place of its producer and gives the entry.
func (o *office) inPlace(event string) string {
	o.t.Helper()
	id := o.product(simWine)
	owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)).body["producer"].(map[string]any)["id"].(string)
	scan := o.must(201, o.upload("office", id, "idea_form", []byte("đơn giấy "+fmt.Sprint(o.ledgerSize())))).body["id"].(string)
	body := map[string]any{"event": event, "comment": "Theo đơn giấy", "on_behalf_of": owner, "scan": scan}
	done := o.must(200, o.ask("office", "POST", "/api/v1/products/"+id+"/transitions", body))
	return fmt.Sprint(done.body["entry"].(map[string]any)["index"])
}

// behalfBodies are what the table of access sends.
var behalfBodies = map[string]string{
	"POST /api/v1/on-behalf/:index/confirm": `{"version":99}`,
	"POST /api/v1/on-behalf/:index/object":  `{"version":99}`,
	"POST /on-behalf/:index":                "act=confirm&version=99",
}

func TestTheProducerAnswersWhatIsDoneInItsPlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		id, producer := o.product(simWine), "producer-"+simWine
		owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)).body["producer"].(map[string]any)["id"].(string)
		foreign := o.must(201, o.upload("producer-"+fishSauce, o.product(fishSauce), "idea_form", []byte("của người khác"))).body["id"].(string)
		scan := o.must(201, o.upload("office", id, "idea_form", []byte("đơn giấy"))).body["id"].(string)
		for _, x := range []struct {
			what, who, event string
			of, scan         string
			status           int
		}{
			{"a scan that is not of that producer", "office", "begin_upgrade", owner, foreign, 422},
			{"no scan", "office", "begin_upgrade", owner, "", 422},
			{"another producer", "office", "begin_upgrade", "none", scan, 422},
			{"a scan for nobody", "office", "begin_upgrade", "", scan, 422},
			{"the producer itself", producer, "begin_upgrade", owner, scan, 422},
			{"what is not the producer's", "office", "propose_revocation", owner, scan, 422},
			{"an office without authority", "other-office", "begin_upgrade", owner, scan, 404},
			{"a role that may not", "auditor", "begin_upgrade", owner, scan, 403},
		} {
			data := map[string]any(nil)
			if x.event == "propose_revocation" {
				data = map[string]any{"ground": "a"}
			}
			body := map[string]any{"event": x.event, "data": data, "comment": "x", "on_behalf_of": x.of, "scan": x.scan}
			if data == nil {
				delete(body, "data")
			}
			if a := o.ask(x.who, "POST", "/api/v1/products/"+id+"/transitions", body); a.status != x.status || x.status == 422 && a.code() != "on_behalf_wrong" {
				t.Errorf("%s: %d %s", x.what, a.status, a.text)
			}
		}
		if list := o.must(200, o.ask(producer, "GET", "/api/v1/products/"+id+"/on-behalf", nil)).items(); len(list) != 0 {
			t.Errorf("something was kept: %v", list)
		}
		first := o.inPlace("begin_upgrade")
		history := o.must(200, o.ask(producer, "GET", "/api/v1/products/"+id+"/history", nil)).items()
		if data := history[len(history)-1]["data"].(map[string]any); data["on_behalf_of"] != owner || data["scan"] == nil {
			t.Errorf("the entry: %v", data)
		}
		if list := o.must(200, o.ask(producer, "GET", "/api/v1/on-behalf", nil)).items(); len(list) != 1 || list[0]["state"] != "waiting" {
			t.Errorf("what waits for the producer: %v", list)
		}
		path := "/api/v1/on-behalf/" + first
		o.must(403, o.ask("office", "POST", path+"/confirm", map[string]any{}))
		o.must(404, o.ask("producer-"+fishSauce, "POST", path+"/object", map[string]any{"reason": "x"}))
		o.must(404, o.ask(producer, "POST", "/api/v1/on-behalf/1/confirm", map[string]any{}))
		o.must(412, o.ask(producer, "POST", path+"/confirm", map[string]any{"version": 9}))
		if a := o.must(422, o.ask(producer, "POST", path+"/object", map[string]any{"reason": " "})); a.code() != "on_behalf_wrong" {
			t.Errorf("an objection without words: %s", a.text)
		}
		page, office := o.browse(producer, "vi"), o.browse("office", "en")
		page.shows("/worklist", "Làm thay chủ thể", "Chờ chủ thể xác nhận")
		page.shows("/products/"+id, "Làm thay chủ thể", "Phản đối", "Xác nhận đúng")
		if a := page.post("/on-behalf/"+first, url.Values{"act": {"object"}, "version": {"1"}, "reason": {"Tôi không đăng ký " + evil}}); a.status != 200 || strings.Contains(a.text, evil) {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		o.said(409, "on_behalf_answered", "đã có ý kiến", "answered this already", func(h ...string) answer {
			return o.ask(producer, "POST", path+"/object", map[string]any{"reason": "x"}, h...)
		})
		office.shows("/worklist", "Done on behalf of the producer", "The producer objects")
		office.shows("/products/"+id, "Producer objected to what was done on its behalf", "On behalf of the producer, from its paper")
		second := o.inPlace("abandon")
		o.must(200, o.ask(producer, "POST", "/api/v1/on-behalf/"+second+"/confirm", map[string]any{}))
	})
}

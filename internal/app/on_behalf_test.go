//go:build unix

package app

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
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

// inPlaceBeside brings a document and files two requests in place of a product's producer.
func (o *office) inPlaceBeside(id string) {
	o.t.Helper()
	owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+id, nil)).body["producer"].(map[string]any)["id"].(string)
	for i := range 2 {
		scan := o.must(201, o.bring("office", "don.txt", fmt.Append(nil, "đơn giấy ", i), "product", id, "kind", "idea_form", "on_behalf_of", owner)).body["id"]
		o.must(201, o.ask("office", "POST", supportPath, filled(supportAsk(id, "promotion", 5), "on_behalf_of", owner, "scan", scan)))
	}
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

// filled is a map with more in it.
func filled(m map[string]any, more ...any) map[string]any {
	out := maps.Clone(m)
	for i := 0; i < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}

// A commune and an office enter a whole paper dossier in place of its producer:
// registering, documents, the self-score, a petition, and a move that only the producer
// may make. Each is refused to others, told, and answered by the producer.
func TestAWholePaperDossierIsEnteredInPlaceOfItsProducer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		o.clock("2026-06-01")
		commune, producer, department := "commune-tt-thien-cam", "producer-"+fishSauce, "dept-kinh-te-ha-tang"
		sauce := o.product(fishSauce)
		owner := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+sauce, nil)).body["producer"].(map[string]any)["id"].(string)
		foreign := o.must(201, o.upload("producer-"+simWine, o.product(simWine), "idea_form", []byte("của người khác"))).body["id"].(string)
		refused := func(what string, a answer, status int, code string) {
			t.Helper()
			if a.status != status || a.code() != code {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		paper := func(who, kind string, fields ...string) answer {
			t.Helper()
			return o.bring(who, "don.pdf", []byte("%PDF-1.4\n"+fmt.Sprint(o.ledgerSize())), append([]string{"kind", kind}, fields...)...)
		}
		refused("a paper for a producer elsewhere", paper("other-office", "producer_paper", "producer", owner), 404, "not_found")
		refused("a paper for another producer", paper("producer-"+simWine, "producer_paper", "producer", owner), 404, "not_found")
		refused("a paper from a department", paper(department, "producer_paper", "producer", owner), 403, "who_may_not")
		refused("a paper of no producer", paper(commune, "producer_paper", "producer", "none"), 404, "not_found")
		kept := o.must(201, paper(commune, "producer_paper", "producer", owner))
		scan := kept.body["id"].(string)
		if o.must(200, o.ask(producer, "GET", "/api/v1/documents/"+scan, nil)); kept.body["product"] != nil && kept.body["product"] != "" {
			t.Errorf("the paper belongs to a product: %s", kept.text)
		}

		in := map[string]any{"name": "Mắm tép theo đơn giấy", "producer": owner, "set": 9, "on_behalf_of": owner, "scan": scan}
		register := func(who string, body map[string]any) answer {
			t.Helper()
			return o.ask(who, "POST", "/api/v1/products", body)
		}
		refused("a commune in its own name", register(commune, map[string]any{"name": "x", "producer": owner, "set": 9}), 403, "who_may_not")
		refused("registering without a scan", register(commune, filled(in, "scan", "")), 422, "on_behalf_wrong")
		refused("for nobody", register("office-province", filled(in, "on_behalf_of", "")), 422, "on_behalf_wrong")
		refused("with another's scan", register(commune, filled(in, "scan", foreign)), 422, "on_behalf_wrong")
		refused("with a scan of one of its products", register(commune, filled(in, "scan", o.must(201, o.upload(producer, sauce, "idea_form", []byte("x"))).body["id"])), 422, "on_behalf_wrong")
		refused("by the producer itself", register(producer, in), 422, "on_behalf_wrong")
		refused("by another producer", register("producer-"+simWine, in), 404, "not_found")
		refused("by a department", register(department, in), 403, "who_may_not")
		refused("by a leader", register("leader-province", in), 403, "who_may_not")
		refused("by a member of a council", register("member-province-1", in), 404, "not_found")
		refused("by another commune", register("other-commune", in), 404, "not_found")
		refused("what is not the producer's to do", register("office-province", filled(in, "certificate", map[string]any{"number": "X-1", "stars": 3, "issued_on": "2025-01-01"})), 422, "on_behalf_wrong")
		if n := len(o.must(200, o.ask(producer, "GET", "/api/v1/on-behalf?all=true", nil)).items()); n != 0 {
			t.Fatalf("%d acts were kept", n)
		}
		id := o.must(201, register(commune, in)).body["id"].(string)
		path := "/api/v1/products/" + id

		refused("a document in the commune's own name", paper(commune, "idea_form", "product", id), 403, "who_may_not")
		refused("a document from a department", paper(department, "idea_form", "product", id, "on_behalf_of", owner), 403, "who_may_not")
		refused("a document of another producer", paper(commune, "idea_form", "product", id, "on_behalf_of", "none"), 422, "on_behalf_wrong")
		refused("from another's scan", paper(commune, "idea_form", "product", id, "on_behalf_of", owner, "scan", foreign), 422, "on_behalf_wrong")
		refused("a document that the producer does not bring", paper("office-province", "inspection_photo", "product", id, "on_behalf_of", owner), 422, "document_wrong")
		form := o.must(201, paper(commune, "idea_form", "product", id, "on_behalf_of", owner)).body["id"]
		o.must(201, paper("office-province", "business_plan", "product", id, "on_behalf_of", owner, "scan", scan))

		points := map[string]any{}
		for code, n := range worth(t, 9, 4, 75).Choices {
			points[code] = n
		}
		choices := map[string]any{"choices": points}
		tick := func(who string, body map[string]any) answer {
			t.Helper()
			return o.ask(who, "POST", path+"/self-score", body)
		}
		refused("a sheet in the commune's own name", tick(commune, choices), 403, "who_may_not")
		refused("a sheet without its scan", tick(commune, filled(choices, "on_behalf_of", owner)), 422, "on_behalf_wrong")
		refused("a sheet from a department", tick(department, filled(choices, "on_behalf_of", owner, "scan", form)), 403, "who_may_not")
		o.must(200, tick(commune, filled(choices, "on_behalf_of", owner, "scan", form)))

		confirm := filled(topics, "officer", commune)
		if a := o.move(commune, id, "confirm", confirm); a.status != 403 || !slices.Contains(a.reasons(), "same_person") {
			t.Errorf("who registered in place of the producer confirms: %d %s", a.status, a.text)
		}
		o.person("tt-thien-cam-2", access.Commune, "tt-thien-cam")
		o.must(200, o.move("tt-thien-cam-2", id, "confirm", confirm))

		ask := filled(supportAsk(id, "promotion", 50), "on_behalf_of", owner, "scan", form)
		refused("support in the place of a commune", o.ask(commune, "POST", supportPath, filled(ask, "asker", "tt-thien-cam")), 422, "on_behalf_wrong")
		refused("support without a scan", o.ask(commune, "POST", supportPath, filled(ask, "scan", "none")), 422, "on_behalf_wrong")
		refused("support from a department", o.ask(department, "POST", supportPath, ask), 403, "who_may_not")
		refused("support of another", o.ask("producer-"+simWine, "POST", supportPath, ask), 422, "opening_wrong")
		asked := o.must(201, o.ask(commune, "POST", supportPath, ask)).body["petition"].(map[string]any)["id"].(string)
		for _, who := range []string{department, "member-province-1"} {
			for _, b := range o.must(200, o.ask(who, "GET", "/api/v1/on-behalf?all=true", nil)).items() {
				t.Errorf("%s sees %v", who, b)
			}
		}

		old := o.must(201, register("office-province", map[string]any{"name": "Mắm sắp hết hạn", "producer": owner, "set": 9, "certificate": map[string]any{"number": "OB-1", "stars": 3, "issued_on": "2023-11-01"}})).body["id"].(string)
		o.must(200, o.move("office-province", old, "begin_renewal", nil))
		dossier := o.must(201, paper("office-province", "renewal_dossier", "product", old, "on_behalf_of", owner)).body["id"]
		offered := func(who string) (allowed, instead any) {
			t.Helper()
			for _, a := range o.must(200, o.ask(who, "GET", "/api/v1/products/"+old+"/actions", nil)).items() {
				if a["event"] == "file_dossier" {
					return a["allowed"], a["on_behalf"]
				}
			}
			return nil, nil
		}
		for who, want := range map[string][2]any{"office-province": {false, true}, commune: {false, true}, producer: {true, false}, department: {false, false}} {
			if allowed, instead := offered(who); allowed != want[0] || instead != want[1] {
				t.Errorf("%s: file_dossier allowed %v, in place of the producer %v", who, allowed, instead)
			}
		}
		file := map[string]any{"event": "file_dossier", "on_behalf_of": owner, "scan": dossier}
		to := "/api/v1/products/" + old + "/transitions"
		refused("filing in the office's own name", o.ask("office-province", "POST", to, map[string]any{"event": "file_dossier"}), 403, "who_may_not")
		refused("filing from a department", o.ask(department, "POST", to, file), 403, "who_may_not")
		refused("filing for another commune", o.ask("other-commune", "POST", to, file), 404, "not_found")
		refused("a move that does not start here", o.ask(commune, "POST", to, filled(file, "event", "abandon", "comment", "")), 422, "refused")
		o.must(200, o.ask("office-province", "POST", to, filled(file, "dry_run", true)))
		o.must(200, o.ask("office-province", "POST", to, file))
		if a := o.move("office-province", old, "submit_dossier", nil); a.status != 403 || !slices.Equal(a.reasons(), []string{"same_person"}) {
			t.Errorf("who filed it in place of the producer submits it: %d %s", a.status, a.text)
		}

		clerk, reader := o.browse(commune, "vi"), o.browse(producer, "en")
		clerk.shows("/products/new", "Làm thay chủ thể, theo hồ sơ giấy", "Bản chụp mới")
		clerk.shows("/products/"+id, "Làm thay chủ thể", "theo bản chụp", "Chờ chủ thể xác nhận")
		papers := func() int {
			return len(o.must(200, o.ask("office-province", "GET", "/api/v1/documents?limit=200&producer="+owner, nil)).items())
		}
		before := papers()
		fields := url.Values{"name": {"Mắm ruốc theo đơn giấy"}, "producer": {owner}, "set": {"99"}, "on_behalf": {"true"}, "idempotency_key": {"one"}}
		if a := clerk.sendIn("scan_file", "/products", "don.pdf", "%PDF-1.4\nđơn", fields); a.status != 422 || papers() != before {
			t.Errorf("a wrong form kept its scan: %d, %d papers", a.status, papers()-before)
		}
		fields.Set("set", "9")
		for range 2 { // a double click
			if a := clerk.sendIn("scan_file", "/products", "don.pdf", "%PDF-1.4\nđơn", fields); a.status != 200 || !strings.Contains(a.text, "Mắm ruốc theo đơn giấy") {
				t.Fatalf("%d %.800s", a.status, a.text)
			}
		}
		if papers() != before+1 {
			t.Errorf("%d papers came of one form", papers()-before)
		}
		if a := clerk.sendIn("scan_file", "/support", "", "", url.Values{"product": {o.codeOf(id)}, "on_behalf": {"true"}, "data.kind": {"land"}, "data.what": {"Đất"}}); a.status != 422 || !strings.Contains(a.text, "làm thay") {
			t.Errorf("a petition without its scan: %d", a.status)
		}
		if a := clerk.sendIn("scan_file", "/support", "giay.pdf", "%PDF-1.4\ngiấy", url.Values{"product": {o.codeOf(id)}, "on_behalf": {"true"}, "data.kind": {"land"}, "data.what": {"Đất"}}); a.status != 200 || !strings.Contains(a.text, "theo bản chụp") {
			t.Errorf("a petition with its scan: %d %.500s", a.status, a.text)
		}
		if a := clerk.sendFile("/products/"+id+"/self-score", "", "", ticks(choices)); a.status != 403 {
			t.Errorf("a sheet in nobody's place: %d", a.status)
		}

		waits := o.must(200, o.ask(producer, "GET", "/api/v1/on-behalf", nil)).items()
		var events []string
		for _, b := range waits {
			events = append(events, b["event"].(string))
			if b["petition"] == asked && b["product"] != "" {
				t.Errorf("the petition is told with the product: %v", b)
			}
		}
		slices.Sort(events)
		if want := []string{"add_document", "add_document", "add_document", "file_dossier", "propose", "propose", "register", "register", "self_score"}; !slices.Equal(events, want) {
			t.Errorf("what waits for the producer: %v", events)
		}
		reader.shows("/worklist", "Done on behalf of the producer")
		reader.shows("/on-behalf", "Mắm tép theo đơn giấy", "Waits for the producer to confirm", "Object")
		for i, b := range waits {
			at := fmt.Sprintf("/api/v1/on-behalf/%v/", b["entry"])
			refused("an answer of the office", o.ask("office-province", "POST", at+"confirm", map[string]any{}), 403, "who_may_not")
			if b["petition"] != nil {
				refused("an answer of who does not see the petition", o.ask(department, "POST", at+"confirm", map[string]any{}), 404, "not_found")
			}
			if o.must(200, o.ask(producer, "POST", at+[]string{"confirm", "object"}[i%2], map[string]any{"reason": "Đã xem"})); i == 0 {
				refused("a second answer", o.ask(producer, "POST", at+"object", map[string]any{"reason": "x"}), 409, "on_behalf_answered")
			}
		}
		if n := len(o.must(200, o.ask(commune, "GET", "/api/v1/on-behalf", nil)).items()); n != len(waits)/2 {
			t.Errorf("%d objections for the commune", n)
		}
		clerk.shows("/on-behalf", "Chủ thể phản đối", "Chủ thể đã xác nhận")
		o.verified(0)
	})
}

// codeOf is a product's code.
func (o *office) codeOf(id string) string {
	o.t.Helper()
	return o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["code"].(string)
}

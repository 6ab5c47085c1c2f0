//go:build unix

package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
)

// Requests, complaints and duties are told of as products are: signed, in the
// order of each, to whom they concern, and the log tells it.
func TestEventsOfPetitionsAndDuties(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		o.person("admin-commune", access.Admin, "cam-binh")
		all, commune := newReceiver(t), newReceiver(t)
		types := map[string]any{"types": []string{"petition.move", "petition.record", "duty.report", "deadline.remind", "deadline.overdue", "deadline.escalate"}}
		hook := o.listensAt("office", all, types)
		o.listensAt("admin-commune", commune, types)
		sauce := o.supported("producer-"+fishSauce, fishSauce, "land", 7_000_000)
		o.must(201, o.ask("commune-cam-binh", "POST", supportPath, map[string]any{"data": map[string]any{"kind": "land", "what": "Khu chiết rót"}}))
		id := strings.TrimPrefix(sauce, supportPath+"/")
		all.set(func(r *receiver) {
			r.answers = func(x received) int {
				if x.product == id {
					return 500
				}
				return 200
			}
		})
		o.must(200, o.step("commune-tt-thien-cam", sauce, "review", map[string]any{"beyond_means": true}))
		campaign := o.must(200, o.ask("office", "GET", "/api/v1/campaigns/cam-xuyen-2024", nil)).body["id"].(string)
		for organisation, who := range map[string]string{"cam-binh": "commune-cam-binh", "tai-chinh-ke-hoach": "dept-tai-chinh-ke-hoach"} {
			duty := map[string]string{"cam-binh": "xa-promote", "tai-chinh-ke-hoach": "tc-support"}[organisation]
			o.must(200, o.ask(who, "POST", "/api/v1/campaigns/cam-xuyen-2024/duties", map[string]any{"duty": duty, "organisation": organisation, "state": "in_progress", "note": "Lời kín"}))
		}
		o.deliver()
		of := func(x received, name string) map[string]any {
			m, _ := x.body["data"].(map[string]any)[name].(map[string]any)
			return m
		}
		kinds := func(r *receiver) (out []string) {
			for _, x := range r.taken() {
				out = append(out, strings.TrimPrefix(x.kind, "vn.ocopflow.")+" "+fmt.Sprint(x.body["data"].(map[string]any)["event"]))
			}
			slices.Sort(out)
			return out
		}
		if got, want := kinds(all), []string{"duty.report report_duty", "duty.report report_duty", "petition.move propose"}; !slices.Equal(got, want) {
			t.Errorf("while those of one request are refused: %v, want %v", got, want)
		}
		if got := o.log("office", hook, "&stream=support:"+id); !slices.Equal(got, []string{"petition.move waiting 500", "petition.move waiting"}) {
			t.Errorf("the log says %v", got)
		}
		// The receiver takes them again; days come near, and pass.
		all.set(func(r *receiver) { r.answers = nil })
		o.clock("2024-04-22")
		o.must(200, o.ask("dept-tai-chinh-ke-hoach", "POST", "/api/v1/campaigns/cam-xuyen-2024/duties", map[string]any{"duty": "tc-support", "organisation": "tai-chinh-ke-hoach", "state": "done"}))
		o.clock("2024-04-30")
		o.deliver()
		if got := o.log("office", hook, "&stream=support:"+id); len(got) != 4 || got[0] != "petition.move done 500 200" || got[1] != "petition.move done 200" || got[2] != "deadline.remind done 200" || got[3] != "deadline.overdue done 200" {
			t.Errorf("the log says %v", got)
		}
		byStream := map[string][]float64{}
		for _, x := range all.taken() {
			if list := byStream[x.product]; len(list) > 0 && list[len(list)-1] >= x.entry {
				t.Errorf("%s: entry %v came after %v", x.kind, x.entry, list)
			}
			byStream[x.product] = append(byStream[x.product], x.entry)
			if text := fmt.Sprint(x.body); strings.Contains(text, "Lời kín") || strings.Contains(text, "chiết rót") || strings.Contains(text, "7000000") {
				t.Errorf("what was typed goes out: %s", text)
			}
			switch {
			case x.kind == "vn.ocopflow.petition.move" && x.product == id:
				if p := of(x, "petition"); p["procedure"] != "support" || !strings.HasPrefix(p["code"].(string), "HT-2024-") || p["product"] != o.product(fishSauce) {
					t.Errorf("the request's move says %v", x.body)
				}
			case x.kind == "vn.ocopflow.duty.report" || strings.HasPrefix(x.kind, "vn.ocopflow.deadline.") && x.product == campaign:
				if d := of(x, "duty"); x.product != campaign || d["campaign"] != "cam-xuyen-2024" || d["code"] == "" || len(d["organisation"].(string)) < 30 {
					t.Errorf("the duty's event says %v", x.body)
				}
			}
		}
		if n := len(byStream[campaign]); n < 4 {
			t.Errorf("%d events of duties came", n)
		}
		for _, x := range commune.taken() {
			if p := of(x, "petition"); p != nil && p["product"] != nil {
				t.Errorf("the commune's receiver hears of %v", x.body)
			}
		}
		if got := kinds(commune); !slices.Contains(got, "petition.move propose") || !slices.Contains(got, "duty.report report_duty") || len(slices.Compact(got)) != len(kinds(commune)) {
			t.Errorf("the commune's receiver hears of %v", got)
		}
		if page := o.browse("office", "vi").get("/webhooks/" + hook).text; !strings.Contains(page, "/support/requests/"+id) || !strings.Contains(page, "/campaigns/"+campaign) {
			t.Error("the log does not lead to what its events are about")
		}
		o.browse("office", "vi").shows("/campaigns/"+campaign, "Chương trình OCOP")

		// A complaint is a petition of another procedure.
		product := o.certified("Nước mắm khiếu nại", "KN-7")
		o.clock("2026-06-02")
		complaint := strings.TrimPrefix(o.complained(product, "certificate", "2026-06-02"), complaintsPath+"/")
		o.deliver()
		seen := map[string]any{}
		for _, x := range all.taken() {
			if x.product == complaint {
				maps.Copy(seen, of(x, "petition"))
			}
		}
		if seen["procedure"] != "complaint" || seen["product"] != product {
			t.Errorf("of the complaint came %v; the log: %v", seen, o.log("office", hook, "&stream=complaint:"+complaint))
		}
	})
}

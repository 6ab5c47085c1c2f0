package app

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/dbtest"
)

// answered is what was answered at a moment, before anything else happened.
type answered struct {
	who, path, text string
	at              time.Time
	until           time.Time // of the next act
}

// chance does one thing at random; what is refused changes nothing.
func (o *office) chance(r *rand.Rand, n int) {
	o.t.Helper()
	products := []string{simWine, fishSauce, rice}
	code := products[r.IntN(len(products))]
	id, producer := o.product(code), "producer-"+code
	switch r.IntN(10) {
	case 0:
		o.move(producer, id, "begin_upgrade", map[string]any{"target": 4})
	case 1:
		o.ask(producer, "POST", "/api/v1/products/"+id+"/transitions", map[string]any{"event": "abandon", "comment": "Đổi kế hoạch"})
	case 2:
		o.move(producer, id, "begin_renewal", nil)
	case 3, 4:
		o.must(201, o.upload(producer, id, "idea_form", fmt.Appendf(nil, "form %d", n)))
	case 5:
		o.ask("office", "POST", "/api/v1/deadlines/cam-xuyen-2024.D3/extension", map[string]any{"to": fmt.Sprintf("2024-05-%02d", 1+r.IntN(30)), "reason": "Mưa"})
	case 6:
		o.move("commune-tt-thien-cam", id, "confirm", map[string]any{"officer": "commune-tt-thien-cam"})
	case 7:
		acc, err := o.app.People.Add(o.t.Context(), access.SystemActor, accounts.NewAccount{Name: fmt.Sprintf("person-%d", n)}, nil)
		if err == nil {
			_, err = o.app.People.Grant(o.t.Context(), access.SystemActor, acc.ID, access.Auditor, "cam-xuyen", nil)
		}
		if err != nil {
			o.t.Fatal(err)
		}
	case 8:
		o.ask("leader", "POST", "/api/v1/products/"+id+"/transitions", map[string]any{"event": "reject", "comment": "Không đạt"})
	case 9:
		o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": o.app.clock.now().Add(time.Duration(1+r.IntN(200)) * time.Hour)}))
	}
}

// The past as it is made again from the entries is the past as it was answered
// then: 1,000 random moments of random histories, half of them on each database.
func TestThePastIsAnsweredAsItWas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		seed := uint64(time.Now().UnixNano())
		r := rand.New(rand.NewPCG(seed, 5))
		t.Logf("seed %d", seed)
		ids := []string{o.product(simWine), o.product(fishSauce), o.product(rice)}
		paths := []string{"/api/v1/worklist?limit=5"}
		for _, id := range ids {
			paths = append(paths, "/api/v1/products/"+id, "/api/v1/products/"+id, "/api/v1/products/"+id, "/api/v1/products/"+id+"/deadlines")
		}
		var told []answered
		for n := range 60 {
			o.chance(r, n)
			from := len(told)
			at := o.app.clock.now()
			for _, path := range paths {
				told = append(told, answered{who: "auditor", path: path, text: o.must(200, o.ask("auditor", "GET", path, nil)).text, at: at})
			}
			until := o.app.clock.now()
			for i := from; i < len(told); i++ {
				told[i].until = until
			}
		}
		for range 500 {
			x := told[r.IntN(len(told))]
			at := x.at.Add(time.Duration(r.Int64N(int64(x.until.Sub(x.at)))))
			u, _ := url.Parse(x.path)
			q := u.Query()
			q.Set("as_of", at.Format(time.RFC3339Nano))
			u.RawQuery = q.Encode()
			if then := o.must(200, o.ask(x.who, "GET", u.String(), nil)); then.text != x.text {
				t.Fatalf("%s was\n%s\nand is said to have been\n%s", u, x.text, then.text)
			}
		}
	})
}

// What the past answers, and what it refuses to.
func TestThePastIsAskedByMomentOrDay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		path := "/api/v1/products/" + id
		before := o.app.clock.now()
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		today, tomorrow := before.Format(time.DateOnly), before.AddDate(0, 0, 1).Format(time.DateOnly)
		for asOf, want := range map[string]string{before.Format(time.RFC3339Nano): "certified", today: "idea_registered"} {
			if a := o.must(200, o.ask("auditor", "GET", path+"?as_of="+url.QueryEscape(asOf), nil)); a.body["state"] != want {
				t.Errorf("as of %s it was %v, want %s", asOf, a.body["state"], want)
			}
		}
		for asOf, code := range map[string]string{tomorrow: "not_yet", before.Add(time.Hour * 9).Format(time.RFC3339): "not_yet", "yesterday": "moment_wrong", "2024-02-30": "moment_wrong"} {
			for _, lang := range []string{"vi", "en"} {
				a := o.must(422, o.ask("auditor", "GET", path+"?as_of="+url.QueryEscape(asOf), nil, "Accept-Language", lang))
				if a.code() != code || a.body["detail"] == "" {
					t.Errorf("as of %s: %s", asOf, a.text)
				}
			}
		}
		o.must(404, o.ask("commune-cam-thach", "GET", path+"?as_of="+today, nil))
		o.must(404, o.ask("auditor", "GET", path+"?as_of=2024-01-01", nil)) // before it was entered

		diff := "/api/v1/products/" + id + "/diff?from=" + url.QueryEscape(before.Format(time.RFC3339Nano))
		changed := map[string]any{}
		for _, d := range o.must(200, o.ask("auditor", "GET", diff, nil)).items() {
			if d["table"] == "products" {
				changed[d["column"].(string)] = d["to"]
			}
		}
		if changed["state"] != "idea_registered" || changed["track"] != "upgrade" || changed["name"] != nil {
			t.Errorf("changed: %v", changed)
		}
		o.must(403, o.ask("office", "GET", diff, nil))
		o.must(422, o.ask("auditor", "GET", diff+"&to=2024-01-01", nil))

		roles := "/api/v1/audit/roles/office?as_of="
		if n := len(o.must(200, o.ask("auditor", "GET", roles+today, nil)).items()); n != 1 {
			t.Errorf("the office holds %d roles", n)
		}
		o.must(404, o.ask("auditor", "GET", roles+"2024-01-01", nil))
		o.must(403, o.ask("office", "GET", roles+today, nil))
		for asOf, want := range map[string]bool{today: true, "2024-01-01": false} {
			if got := len(o.must(200, o.ask("auditor", "GET", "/api/v1/audit/procedures?as_of="+asOf, nil)).items()) > 0; got != want {
				t.Errorf("procedures known on %s: %v", asOf, got)
			}
		}
	})
}

//go:build unix

package app

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// appointed gives a role, to a new account if there is none of that name.
func (o *office) appointed(name string, role ocop.Role, unit string) {
	o.t.Helper()
	ctx := o.t.Context()
	acc, err := store.AccountByName(ctx, o.app.DB, name)
	if err == nil && acc == nil {
		var made store.Account
		made, err = o.app.People.Add(ctx, access.SystemActor, accounts.NewAccount{Name: name}, nil)
		acc = &made
	}
	if err == nil {
		_, err = o.app.People.Grant(ctx, access.SystemActor, acc.ID, role, unit, nil)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	if o.tokens[name] != "" {
		return
	}
	token, err := o.app.People.Token(ctx, access.Actor{ID: acc.ID, Name: name}, "test", 0)
	if err != nil {
		o.t.Fatal(err)
	}
	o.tokens[name] = token.Secret
}

// search asks for entries, as an auditor, page by page.
func (o *office) search(who, query string, limit int) []map[string]any {
	o.t.Helper()
	var out []map[string]any
	for cursor := ""; ; {
		a := o.must(200, o.ask(who, "GET", fmt.Sprintf("/api/v1/audit/entries?limit=%d&cursor=%s&%s", limit, cursor, query), nil))
		out = append(out, a.items()...)
		if cursor = a.body["next"].(string); cursor == "" {
			return out
		}
	}
}

func TestAnAuditorSearchesTheEntries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.clock("2024-03-25")
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		o.must(403, o.move("producer-"+simWine, id, "confirm", map[string]any{"officer": "commune-cam-my"}))
		o.must(200, o.move("commune-cam-my", id, "send_back", nil))
		o.clock("2024-03-26")
		o.must(200, o.move("commune-cam-my", id, "send_back", nil))
		all := o.search("auditor", "", 200)
		if int64(len(all)) != o.size() {
			t.Errorf("%d entries, want %d", len(all), o.size())
		}
		for i, limit := range []int{1, 3, 7} {
			newest := o.search("auditor", "product="+simWine, limit)
			oldest := o.search("auditor", "order=asc&product="+id, limit)
			slices.Reverse(oldest)
			if fmt.Sprint(newest) != fmt.Sprint(oldest) || len(newest) < 5 {
				t.Errorf("pages of %d: %d entries, %d the other way round (%d)", limit, len(newest), len(oldest), i)
			}
		}
		commune := o.search("auditor", "actor=commune-cam-my&kind=move", 50)
		byID := o.search("auditor", "kind=move&actor="+commune[0]["actor"].(map[string]any)["id"].(string), 50)
		for query, want := range map[string]int{
			"actor=commune-cam-my&kind=move": 2, "event=send_back": 2, "event=send_back&product=" + fishSauce: 0, "refused=true": 1, "refused=true&kind=move": 0,
			"refused=true&actor=producer-" + simWine: 1, "event=send_back&from=2024-03-26": 1, "event=send_back&to=2024-03-25": 1,
			"event=send_back&from=2024-03-25&to=2024-03-26": 2, "event=send_back&from=" + url.QueryEscape("2024-03-26T08:00:00+07:00"): 1,
			"to=2020-01-01": 0, "from=2030-01-01": 0, "unit=cam-my&event=send_back": 2, "unit=cam-xuyen&event=send_back": 2, "unit=cam-my&event=add_unit": 1,
			"unit=tt-thien-cam&event=send_back": 0, "unit=nowhere": 0, "product=nothing": 0, "actor=nobody": 0, "stream=product:" + id + "&event=send_back": 2,
		} {
			if got := o.search("auditor", query, 50); len(got) != want {
				t.Errorf("%s: %d entries, want %d", query, len(got), want)
			}
		}
		if fmt.Sprint(byID) != fmt.Sprint(commune) {
			t.Error("an account's id finds other entries than its name")
		}
		if x := commune[0]; x["from"] != "idea_registered" || x["product"].(map[string]any)["code"] != simWine || x["actor"].(map[string]any)["name"] != "commune-cam-my" {
			t.Errorf("%v", x)
		}
		if text := fmt.Sprint(all); strings.Contains(text, "vì một lý do") {
			t.Error("a reason, which is private, is shown")
		}
		for _, wrong := range []string{"kind=nothing", "from=yesterday", "to=2024-13-01", "limit=201", "limit=0", "order=up", "cursor=x!", "cursor=YQ", "event=" + strings.Repeat("x", 300)} {
			o.must(422, o.ask("auditor", "GET", "/api/v1/audit/entries?"+wrong, nil))
		}
	})
}

// An auditor of a district is shown the entries of its products alone.
func TestWhoIsShownWhichEntries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.appointed("auditor-commune", access.Auditor, "cam-my")
		o.appointed("auditor-district", access.Auditor, "cam-xuyen")
		wine, sauce := o.product(simWine), o.product(fishSauce)
		o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
		o.must(200, o.move("producer-"+fishSauce, sauce, "begin_upgrade", nil))
		for who, want := range map[string]int{"": 401, "office": 403, "leader-province": 403, "admin": 403, "commune-cam-my": 403, "producer-" + simWine: 403, "secretary-province": 403} {
			for _, path := range []string{"entries", "flags", "reviews"} {
				o.must(want, o.ask(who, "GET", "/api/v1/audit/"+path, nil))
			}
		}
		own := o.search("auditor-commune", "", 50)
		for _, e := range own {
			if p, ok := e["product"].(map[string]any); !ok || p["id"] != wine {
				t.Errorf("the auditor of a commune is shown %v", e)
			}
		}
		if len(own) != len(o.search("auditor", "product="+simWine, 50)) {
			t.Errorf("%d entries of the commune's product", len(own))
		}
		for query, want := range map[string]int{"product=" + fishSauce: 0, "event=grant": 0, "unit=cam-xuyen&event=begin_upgrade": 1, "event=begin_upgrade": 1} {
			if got := o.search("auditor-commune", query, 50); len(got) != want {
				t.Errorf("%s: %d, want %d", query, len(got), want)
			}
		}
		if n := len(o.search("auditor-district", "event=begin_upgrade", 50)); n != 2 {
			t.Errorf("the district's auditor finds %d", n)
		}
		theirs := o.search("auditor", "product="+fishSauce, 1)[0]["index"]
		o.must(404, o.ask("auditor-commune", "GET", fmt.Sprintf("/api/v1/audit/entries/%v/proof", theirs), nil))
		o.must(404, o.ask("auditor-commune", "GET", "/api/v1/audit/entries/0/proof", nil))
		o.must(200, o.ask("auditor-commune", "GET", fmt.Sprintf("/api/v1/audit/entries/%v/proof", own[0]["index"]), nil))
		o.must(200, o.ask("auditor", "GET", fmt.Sprintf("/api/v1/audit/entries/%v/proof", theirs), nil))
	})
}

// What a council chose and said is for those who oversee it, whoever audits the
// commune of its product.
func TestAnOpenedSheetIsNotForAnAuditorBelowItsCouncil(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.appointed("auditor-district", access.Auditor, "cam-xuyen")
		id := o.certified("Nước mắm của tỉnh", "S-1")
		for who, want := range map[string]bool{"auditor": true, "auditor-district": false} {
			opened := o.search(who, "event=open_sheets&product="+id, 50)[0]
			if _, shown := opened["data"].(map[string]any)["sheets"]; shown != want {
				t.Errorf("%s is shown the sheets: %v", who, shown)
			}
			status := map[bool]int{true: 200, false: 404}[want]
			o.must(status, o.ask(who, "GET", fmt.Sprintf("/api/v1/audit/entries/%v/proof", opened["index"]), nil))
		}
	})
}

//go:build unix

package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// flags about a product, "" for those about none.
func (o *office) flags(who, product, query string) (out []map[string]any) {
	o.t.Helper()
	for cursor := ""; ; {
		a := o.must(200, o.ask(who, "GET", "/api/v1/audit/flags?limit=2&cursor="+cursor+"&"+query, nil))
		for _, f := range a.items() {
			if p, _ := f["product"].(map[string]any); p == nil && product == "" || p != nil && p["id"] == product {
				out = append(out, f)
			}
		}
		if cursor = a.body["next"].(string); cursor == "" {
			return out
		}
	}
}

// only fails the test unless there is exactly one flag, of that kind.
func (o *office) only(product, kind string) map[string]any {
	o.t.Helper()
	list := o.flags("auditor", product, "")
	if len(list) != 1 || list[0]["kind"] != kind {
		o.t.Fatalf("flags %v, want one of %s", list, kind)
	}
	text := list[0]["text"].(map[string]any)
	if text["vi"] == "" || text["en"] == "" || len(list[0]["entries"].([]any)) == 0 || len(list[0]["who"].([]any)) == 0 || len(list[0]["figures"].(map[string]any)) == 0 {
		o.t.Errorf("it does not say what it rests on: %v", list[0])
	}
	if same := o.flags("auditor", product, "kind="+kind); len(same) != 1 {
		o.t.Errorf("by its kind: %v", same)
	}
	return list[0]
}

// The ordinary way of a product raises nothing.
func TestAnOrdinaryRoundRaisesNoFlag(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		if list := o.flags("auditor", "", ""); len(list) != 0 {
			t.Errorf("a fresh demo: %v", list)
		}
		if list := o.flags("auditor", o.certified("Nước mắm bình thường", "F-1"), ""); len(list) != 0 {
			t.Errorf("%v", list)
		}
	})
}

func TestDutiesThatConflictAreFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm một tay")
		o.scored("province", id, 9, worth(t, 9, 4, 75))
		o.appointed(o.commune(id), access.Secretary, "ha-tinh")
		o.must(200, o.move(o.commune(id), id, "score", nil))
		f := o.only(id, "duties")
		if e := f["figures"].(map[string]any)["events"]; fmt.Sprint(e) != "[confirm score]" || f["who"].([]any)[0].(map[string]any)["name"] != o.commune(id) {
			t.Errorf("%v", f)
		}
		// A council appointed in 2024 and entered in 2026 is another matter, of no product.
		if f := o.flags("auditor", "", "")[0]; f["kind"] != "backdated" || f["figures"].(map[string]any)["field"] != "decided_on" {
			t.Errorf("%v", f)
		}
	})
}

func TestWhoStoodOnTheProducersSideIsFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id, producer := o.product(simWine), "producer-"+simWine
		o.must(200, o.move(producer, id, "begin_upgrade", nil))
		o.must(201, o.upload(producer, id, "idea_form", []byte("x")))
		o.must(200, o.move("commune-cam-my", id, "confirm", map[string]any{"officer": "commune-cam-my"}))
		if list := o.flags("auditor", id, ""); len(list) != 0 {
			t.Errorf("before: %v", list)
		}
		o.appointed(producer, access.Leader, "cam-xuyen")
		o.must(200, o.move(producer, id, "accept_idea", nil))
		if f := o.only(id, "duties"); f["figures"].(map[string]any)["rule"] != "producer_side" {
			t.Errorf("%v", f)
		}
	})
}

func TestAMemberWhoActsAsAnOfficerIsFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm hai vai")
		session := o.session("province", o.council("province", panel("province", 3)...), id)
		agreed, own := split(9, worth(t, 9, 4, 75))
		o.must(200, o.secretary("PUT", session, "/agreed", agreed))
		o.sealed(session, map[string]map[string]any{"member-province-1": own, "member-province-2": own})
		if list := o.flags("auditor", id, ""); len(list) != 0 {
			t.Errorf("before: %v", list)
		}
		o.appointed("member-province-1", access.Office, "ha-tinh")
		o.must(200, o.move("member-province-1", id, "send_back", nil))
		f := o.only(id, "duties")
		if who := f["who"].([]any); f["figures"].(map[string]any)["rule"] != "council" || len(who) != 1 || who[0].(map[string]any)["name"] != "member-province-1" {
			t.Errorf("%v", f)
		}
	})
}

func TestMovesOutsideOfWorkingHoursAreFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2024-03-23T14:00:00Z"})) // a Saturday night
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))                                       // a producer works when it likes
		back := 0
		for _, x := range []struct {
			now     string
			flagged bool
		}{
			{"2024-03-23T15:00:00Z", true}, {"2024-03-24T03:00:00Z", true}, // weekend
			{"2024-03-24T23:59:00Z", true}, {"2024-03-25T00:01:00Z", false}, // 06:59 and 07:01 on Monday
			{"2024-03-25T10:29:00Z", false}, {"2024-03-25T10:31:00Z", true}, // 17:29 and 17:31
			{"2024-04-18T03:00:00Z", true}, // the Hùng kings' day, a Thursday
			{"2024-04-19T03:00:00Z", false},
		} {
			o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": x.now}))
			o.must(200, o.move("commune-cam-my", id, "send_back", nil))
			if x.flagged {
				back++
			}
			if n := len(o.flags("auditor", id, "kind=hours")); n != back {
				t.Errorf("%s: %d flags, want %d", x.now, n, back)
			}
		}
		if n := len(o.flags("auditor", id, "kind=hours&since=2024-04-01")); n != 1 {
			t.Errorf("since April: %d", n)
		}
	})
}

func TestDatesLongBeforeTheirEntryAreFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		for day, want := range map[string]int{"2026-05-17": 0, "2026-05-16": 1} { // 15 and 16 days before the first of June
			id := o.waiting("Nước mắm ghi lùi " + day)
			o.scored("province", id, 9, worth(t, 9, 4, 75))
			o.must(200, o.move("secretary-province", id, "score", nil))
			o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "B-" + day, "decision": day + "/QĐ-UBND", "decided_on": day}))
			if want == 0 {
				if list := o.flags("auditor", id, ""); len(list) != 0 {
					t.Errorf("%s: %v", day, list)
				}
			} else if f := o.only(id, "backdated"); f["figures"].(map[string]any)["days"] != 16.0 {
				t.Errorf("%v", f)
			}
		}
	})
}

func TestADocumentUsedBeforeItIsValidIsFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id, producer := o.product(simWine), "producer-"+simWine
		o.must(200, o.move(producer, id, "begin_upgrade", nil))
		o.must(201, o.upload(producer, id, "idea_form", []byte("valid")))
		acc, err := store.AccountByName(t.Context(), o.app.DB, producer)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := store.Grants(t.Context(), o.app.DB, acc.ID)
		if err != nil {
			t.Fatal(err)
		}
		from := ocop.Day(2024, 4, 1)
		file, err := o.app.Desk.Vault.Take(t.Context(), strings.NewReader("later"), 100)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.app.Desk.AddDocument(t.Context(), casework.Upload{Product: id, Kind: "idea_form", Name: "later.txt", Taken: file, ValidFrom: &from,
			Actor: access.Actor{ID: acc.ID, Name: acc.Name, Grants: grants}}); err != nil {
			t.Fatal(err)
		}
		o.must(200, o.move("commune-cam-my", id, "confirm", map[string]any{"officer": "commune-cam-my"}))
		if f := o.only(id, "backdated"); f["figures"].(map[string]any)["field"] != "valid_from" || f["figures"].(map[string]any)["days"] != 10.0 {
			t.Errorf("%v", f)
		}
	})
}

func TestARoundThatIsSentBackThreeTimesIsFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		for n := range 3 {
			if list := o.flags("auditor", id, ""); len(list) != 0 {
				t.Errorf("after %d: %v", n, list)
			}
			o.must(200, o.move("commune-cam-my", id, "send_back", nil))
		}
		if f := o.only(id, "sent_back"); len(f["entries"].([]any)) != 3 {
			t.Errorf("%v", f)
		}
	})
}

func TestADeadlineExtendedAfterItPassedIsFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		d := o.deadline("office", id, "D3")
		path := "/api/v1/deadlines/" + d["id"].(string) + "/extension"
		o.must(201, o.ask("office", "POST", path, map[string]any{"product": id, "to": "2024-05-02", "reason": "Mất mùa"}))
		if list := o.flags("auditor", id, ""); len(list) != 0 {
			t.Errorf("in time: %v", list)
		}
		o.clock("2024-05-06")
		o.must(201, o.ask("office", "POST", path, map[string]any{"product": id, "to": "2024-05-20", "reason": "Mất mùa"}))
		if f := o.only(id, "extension"); f["figures"].(map[string]any)["days"] != 4.0 || f["figures"].(map[string]any)["was"] != "2024-05-02" {
			t.Errorf("%v", f)
		}
	})
}

// Nine products are confirmed after about two days each; a tenth takes two months,
// an eleventh two hours.
func TestAStepMuchSlowerOrFasterThanTheOthersIsFlagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2024-03-25T01:00:00Z"}))
		var ids []string
		for n := range 10 {
			id := o.registered(fmt.Sprintf("Nước mắm nhịp %d", n))
			o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("x")))
			ids = append(ids, id)
		}
		confirm := func(id string) {
			o.must(200, o.move(o.commune(id), id, "confirm", map[string]any{"officer": o.commune(id)}))
		}
		for n, id := range ids[:9] {
			if n%3 == 0 {
				o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": fmt.Sprintf("2024-03-%02dT01:00:00Z", 26+n/3)}))
			}
			confirm(id)
		}
		for _, id := range ids {
			if list := o.flags("auditor", id, ""); len(list) != 0 {
				t.Errorf("all alike: %v", list)
			}
		}
		o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2024-05-24T01:00:00Z"}))
		confirm(ids[9])
		if f := o.only(ids[9], "pace"); f["figures"].(map[string]any)["way"] != "slow" || f["figures"].(map[string]any)["samples"] != 10.0 {
			t.Errorf("%v", f)
		}
		quick := o.registered("Nước mắm vội")
		o.must(201, o.upload("producer-"+fishSauce, quick, "idea_form", []byte("x")))
		o.must(200, o.ask("office", "PUT", "/api/v1/demo/clock", map[string]any{"now": "2024-05-24T03:00:00Z"}))
		confirm(quick)
		if f := o.only(quick, "pace"); f["figures"].(map[string]any)["way"] != "fast" {
			t.Errorf("%v", f)
		}
	})
}

// Flags follow what an auditor is shown, and the filter.
func TestWhoIsShownWhichFlags(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.appointed("auditor-here", access.Auditor, "cam-my")
		o.appointed("auditor-there", access.Auditor, "tt-thien-cam")
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		for range 3 {
			o.must(200, o.move("commune-cam-my", id, "send_back", nil))
		}
		for query, want := range map[string]int{"unit=cam-my": 1, "unit=tt-thien-cam": 0, "kind=hours": 0, "since=2024-03-22": 1, "since=2024-03-23": 0} {
			if list := o.flags("auditor", id, query); len(list) != want {
				t.Errorf("%s: %v", query, list)
			}
		}
		if here, there := o.flags("auditor-here", id, ""), o.flags("auditor-there", id, ""); len(here) != 1 || len(there) != 0 {
			t.Errorf("%d here, %d there", len(here), len(there))
		}
		for _, wrong := range []string{"kind=x", "unit=nowhere", "since=x", "limit=0"} {
			o.must(422, o.ask("auditor", "GET", "/api/v1/audit/flags?"+wrong, nil))
		}
		kinds := []string{}
		for _, f := range o.flags("auditor", id, "") {
			kinds = append(kinds, f["kind"].(string))
		}
		if !slices.Equal(kinds, []string{"sent_back"}) {
			t.Errorf("%v", kinds)
		}
	})
}

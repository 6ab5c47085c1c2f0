//go:build unix

package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/criteria"
	"ocopflow/internal/dbtest"
)

// exact ticks criteria of one kind of set 9 for exactly so many points.
func exact(t testing.TB, kind criteria.Kind, points int) map[string]any {
	t.Helper()
	var list []criteria.Criterion
	for _, c := range criteria.BuiltIn("2026")[9].All() {
		if c.Kind == kind && c.Condition == nil {
			list = append(list, c)
		}
	}
	out := map[string]any{}
	var fill func(i, left int) bool
	fill = func(i, left int) bool {
		if left == 0 || i == len(list) {
			return left == 0
		}
		for _, o := range slices.Backward(list[i].Options) {
			if o.Points <= left {
				out[list[i].Code] = o.Points
				if fill(i+1, left-o.Points) {
					return true
				}
			}
		}
		delete(out, list[i].Code)
		return fill(i+1, left)
	}
	if !fill(0, points) {
		t.Fatalf("no %s of %d points", kind, points)
	}
	return map[string]any{"choices": out}
}

// waiting brings the demo to a product of set 9 that waits for the province's
// score under Decision 26/2026.
func (o *office) waiting(name string) string {
	o.t.Helper()
	if o.must(200, o.ask("", "GET", "/api/v1/demo/clock", nil)).body["now"].(string) < "2026-06-01" {
		o.clock("2026-06-01")
	}
	id := o.registered(name)
	o.toInspection(id)
	o.held(id)
	return id
}

func (o *office) secretary(method, session, rest string, body any, headers ...string) answer {
	o.t.Helper()
	return o.ask("secretary-province", method, sessionPath(session, rest), body, headers...)
}

// Totals on the edge of a band and of the spread, handed in by real members.
func TestSessionsComeToWhatTheSheetsSay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		for i, x := range []struct {
			agreed int
			own    []int
			band   int
			spread float64
		}{
			{50, []int{20, 20, 20}, 4, 0}, {50, []int{20, 20, 19}, 3, 1},
			{50, []int{15, 25, 20, 20, 20, 20, 20}, 4, 10}, {50, []int{15, 25, 20, 20, 20, 20, 19}, 3, 10},
			{65, []int{25, 25, 25, 25, 25, 25, 25, 25, 25}, 5, 0}, {65, []int{25, 25, 25, 25, 25, 25, 25, 25, 24}, 4, 1},
			{30, []int{20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20}, 3, 0}, {30, []int{20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 19}, 2, 1},
			{20, []int{10, 10, 10}, 2, 0}, {20, []int{10, 10, 9}, 1, 1},
		} {
			id := o.waiting(fmt.Sprintf("Nước mắm số %d", i))
			names := o.more("province", len(x.own))
			session := o.session("province", o.council("province", names...), id)
			o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, x.agreed)))
			for j, name := range names {
				o.must(200, o.ask(name, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
				o.must(200, o.ask(name, "POST", sessionPath(session, "/sheets/me/seal"), exact(t, criteria.Sensory, x.own[j])))
			}
			o.must(200, o.secretary("POST", session, "/open", nil))
			r := o.must(200, o.secretary("POST", session, "/close", nil))
			result := r.body["result"].(map[string]any)
			if result["band_stars"] != float64(x.band) || r.body["spread"] != x.spread || result["members"] != float64(len(x.own)) {
				t.Errorf("%v: %v, spread %v", x, result, r.body["spread"])
			}
			o.must(200, o.move("secretary-province", id, "score", nil))
			p := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id+"/rounds", nil)).items()[0]
			if got := p["data"].(map[string]any)["result"].(map[string]any); got["sum"] != result["sum"] || got["stars"] != result["stars"] {
				t.Errorf("on record: %v, the session says %v", got, result)
			}
		}
	})
}

func TestASpreadOfElevenIsScoredAgainWithBothKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm chênh lệch")
		session := o.session("province", o.council("province", panel("province", 3)...), id)
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		o.sealed(session, map[string]map[string]any{"member-province-1": exact(t, criteria.Sensory, 26), "member-province-2": exact(t, criteria.Sensory, 15), "member-province-3": exact(t, criteria.Sensory, 20)})
		o.must(200, o.secretary("POST", session, "/open", nil))
		a := o.must(422, o.secretary("POST", session, "/close", nil))
		if r := a.body["reasons"].([]any)[0].(map[string]any); a.code() != "spread" || r["actual"] != "11" || r["required"] != "10" {
			t.Errorf("closing: %s", a.text)
		}
		if a := o.must(422, o.move("secretary-province", id, "score", nil)); !slices.Equal(a.reasons(), []string{"session_closed"}) {
			t.Errorf("reasons %v", a.reasons())
		}
		o.must(200, o.secretary("POST", session, "/rescore", nil))
		// What was opened before is not a secret any more; the new turn is.
		for _, name := range panel("province", 3) {
			o.must(409, o.ask(name, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": true}))
			o.must(200, o.ask(name, "POST", sessionPath(session, "/sheets/me/seal"), exact(t, criteria.Sensory, 20)))
		}
		o.must(200, o.secretary("POST", session, "/open", nil))
		closed := o.must(200, o.secretary("POST", session, "/close", nil))
		totals := map[string]int{}
		for _, s := range closed.body["sheets"].([]any) {
			totals[fmt.Sprint(s.(map[string]any)["turn"])]++
		}
		if !maps.Equal(totals, map[string]int{"1": 3, "2": 3}) || closed.body["result"].(map[string]any)["sum"] != 210.0 {
			t.Errorf("%v, %v", totals, closed.body["result"])
		}
		// A correction takes a reason and is visible; after the result is on record it is too late.
		o.must(422, o.secretary("POST", session, "/rescore", nil))
		o.must(200, o.secretary("POST", session, "/rescore", map[string]any{"reason": "Ghi nhầm tiêu chí 6.1"}))
		o.must(422, o.move("secretary-province", id, "score", nil))
		for _, name := range panel("province", 3) {
			o.must(200, o.ask(name, "POST", sessionPath(session, "/sheets/me/seal"), exact(t, criteria.Sensory, 21)))
		}
		o.must(200, o.secretary("POST", session, "/open", nil))
		o.must(200, o.secretary("POST", session, "/close", nil))
		o.must(200, o.move("secretary-province", id, "score", nil))
		if a := o.must(409, o.secretary("POST", session, "/rescore", map[string]any{"reason": "muộn"})); a.code() != "result_recorded" {
			t.Errorf("code %s", a.code())
		}
		corrections := 0
		for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history?limit=200", nil)).items() {
			if e["event"] == "score_again" && e["data"].(map[string]any)["correction"] == true {
				corrections++
			}
		}
		if corrections != 1 {
			t.Errorf("%d corrections in the history", corrections)
		}
	})
}

// Before the opening nobody reads another's sheet, an opinion, or any sum.
func TestNobodySeesASheetBeforeTheOpening(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm niêm phong")
		session := o.session("province", o.council("province", panel("province", 3)...), id)
		me, other := "member-province-1", "member-province-2"
		shown := o.must(200, o.ask(other, "GET", sessionPath(session, ""), nil))
		if shown.body["agreed"] != nil || shown.body["mine"] != nil {
			t.Errorf("before the declaration: %s", shown.text)
		}
		o.must(404, o.ask(other, "GET", "/api/v1/products/"+id, nil))
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 41)))
		o.must(409, o.ask(me, "PUT", sessionPath(session, "/sheets/me"), exact(t, criteria.Sensory, 20)))
		for _, name := range []string{me, other} {
			o.must(200, o.ask(name, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
		}
		o.must(200, o.ask(other, "GET", "/api/v1/products/"+id, nil))
		sheet := exact(t, criteria.Sensory, 23)
		sheet["opinion"] = "Vị hơi gắt"
		saved := o.must(200, o.ask(me, "PUT", sessionPath(session, "/sheets/me"), sheet))
		if mine := saved.body["mine"].(map[string]any); mine["total"] != 64.0 || mine["opinion"] != "Vị hơi gắt" {
			t.Errorf("my own: %v", mine)
		}
		o.must(412, o.ask(me, "PUT", sessionPath(session, "/sheets/me"), sheet, "If-Match", `"7"`))
		sealed := o.must(200, o.ask(me, "POST", sessionPath(session, "/sheets/me/seal"), nil))
		seal := ""
		for _, s := range sealed.body["seats"].([]any) {
			if x := s.(map[string]any); x["name"] == me {
				seal = x["seal"].(string)
			}
		}
		if len(seal) != 64 {
			t.Errorf("seal %q", seal)
		}
		for _, who := range []string{other, "secretary-province", "office-province", "leader-province", "auditor"} {
			for _, path := range []string{sessionPath(session, ""), "/api/v1/scoring-sessions", "/api/v1/products/" + id + "/history?limit=200"} {
				a := o.must(200, o.ask(who, "GET", path, nil))
				if strings.Contains(a.text, "hơi gắt") || strings.Contains(a.text, `"total":64`) || strings.Contains(a.text, `"sum":`) {
					t.Errorf("%s reads in %s: %s", who, path, a.text)
				}
			}
		}
		for _, who := range []string{"admin", "office", "producer-" + fishSauce, o.commune(id), "member-district-1"} {
			o.must(404, o.ask(who, "GET", sessionPath(session, ""), nil))
		}
		o.must(401, o.ask("", "GET", sessionPath(session, ""), nil))
	})
}

func TestWrongSheetsAndWrongHandsAreRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm thử sai")
		other := o.registered("Nước mắm khác")
		hall := o.council("province", panel("province", 4)...)
		o.must(409, o.ask("secretary-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": other, "council": hall}))
		o.must(422, o.ask("secretary-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": id, "council": o.council("district", panel("district", 3)...)}))
		o.must(422, o.ask("secretary-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": id, "council": "none"}))
		o.must(404, o.ask("secretary-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": "none", "council": hall}))
		o.must(403, o.ask("office-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": id, "council": hall}))
		session := o.session("province", hall, id)
		o.must(409, o.ask("secretary-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": id, "council": hall}))
		me, recused := "member-province-1", "member-province-4"
		put := func(who string, body map[string]any) answer {
			return o.ask(who, "PUT", sessionPath(session, "/sheets/me"), body)
		}
		good := exact(t, criteria.Sensory, 20)
		o.must(200, o.ask(me, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
		a := o.must(200, o.ask(recused, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": true, "reason": "Người nhà"}))
		if a.body["entitled"] != 3.0 || a.body["quorum"] != 3.0 || a.body["agreed"] != nil {
			t.Errorf("after a recusal: %s", a.text)
		}
		o.must(409, o.ask(me, "POST", sessionPath(session, "/sheets/me/seal"), good)) // nothing is agreed yet
		o.must(403, o.ask("office-province", "PUT", sessionPath(session, "/agreed"), exact(t, criteria.Evidence, 50)))
		o.must(422, o.secretary("PUT", session, "/agreed", good)) // personal criteria
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		for what, x := range map[string]struct {
			who  string
			body map[string]any
			want int
			code string
		}{
			"an option that does not exist": {me, map[string]any{"choices": map[string]any{"6.1": 77}}, 422, "sheet_wrong"},
			"a criterion of no set":         {me, map[string]any{"choices": map[string]any{"99": 1}}, 422, "sheet_wrong"},
			"an agreed criterion":           {me, map[string]any{"choices": map[string]any{"9": 5}}, 422, "sheet_wrong"},
			"another product":               {me, map[string]any{"choices": map[string]any{}, "product": other}, 422, "sheet_wrong"},
			"another set":                   {me, map[string]any{"choices": map[string]any{}, "set": 15}, 422, "sheet_wrong"},
			"a sum that does not match":     {me, map[string]any{"choices": good["choices"], "total": 71}, 422, "sheet_wrong"},
			"a case where there is none":    {me, map[string]any{"choices": map[string]any{}, "case": 1}, 422, "sheet_wrong"},
			"a knock-out of no sheet":       {me, map[string]any{"choices": map[string]any{}, "knockouts": []string{"dossier-77"}}, 422, "sheet_wrong"},
			"half a point":                  {me, map[string]any{"choices": map[string]any{"6.1": 1.5}}, 422, "shape"},
			"too long an opinion":           {me, map[string]any{"choices": map[string]any{}, "opinion": strings.Repeat("a", 5000)}, 422, "too_long"},
			"a recused member":              {recused, good, 403, "recused"},
			"one who did not declare":       {"member-province-2", good, 409, "declare_first"},
			"one without a seat":            {"member-province-5", good, 404, "not_found"},
			"one who oversees":              {"office-province", good, 403, "who_may_not"},
			"the secretary":                 {"secretary-province", good, 403, "who_may_not"},
		} {
			if a := put(x.who, x.body); a.status != x.want || a.code() != x.code {
				t.Errorf("%s: %d %s, want %d %s", what, a.status, a.code(), x.want, x.code)
			}
		}
		if a := o.ask(me, "PUT", sessionPath(session, "/sheets/me"), []byte(`{"choices":{"6.1":1,"6.1":2}}`)); a.status != 422 && a.status != 400 {
			t.Errorf("two options for one criterion: %d", a.status)
		}
		if got := o.must(200, o.ask(me, "GET", sessionPath(session, ""), nil)).body["mine"].(map[string]any)["version"]; got != 0.0 {
			t.Errorf("something was saved: version %v", got)
		}
		full := map[string]any{"choices": good["choices"], "total": 70}
		o.must(200, put(me, full))
		a = o.must(422, o.secretary("POST", session, "/open", nil))
		if !slices.Equal(a.reasons(), []string{"quorum", "chair_present"}) {
			t.Errorf("opening with nothing sealed: %v", a.reasons())
		}
		o.must(409, o.secretary("POST", session, "/close", nil))
		for _, name := range panel("province", 3)[1:] {
			o.must(200, o.ask(name, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
			o.must(200, o.ask(name, "POST", sessionPath(session, "/sheets/me/seal"), good))
		}
		a = o.must(422, o.secretary("POST", session, "/open", nil))
		if !slices.Equal(a.reasons(), []string{"quorum", "chair_present"}) {
			t.Errorf("two of three sheets, none of the chair: %v", a.reasons())
		}
		o.must(200, o.ask(me, "POST", sessionPath(session, "/sheets/me/seal"), nil))
		if a := put(me, good); a.status != 409 || a.code() != "sealed" {
			t.Errorf("after sealing: %d %s", a.status, a.code())
		}
		if a := o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)); a.code() != "agreed_frozen" {
			t.Errorf("after sealing: %s", a.code())
		}
		got := o.together(20, func() answer { return o.secretary("POST", session, "/open", nil) })
		if got[200] != 1 || got[409] != 19 {
			t.Errorf("opened by many at once: %v", got)
		}
		for _, path := range []string{"/sheets/me", "/agreed"} {
			if a := o.ask(me, "PUT", sessionPath(session, path), exact(t, criteria.Sensory, 20)); a.status != 409 {
				t.Errorf("%s after the opening: %d %s", path, a.status, a.code())
			}
		}
		o.must(412, o.secretary("POST", session, "/close", nil, "If-Match", `"1"`))
		o.must(200, o.secretary("POST", session, "/close", nil, "Idempotency-Key", "close"))
		o.must(200, o.secretary("POST", session, "/close", nil, "Idempotency-Key", "close"))
		o.must(409, o.secretary("POST", session, "/close", nil))
	})
}

func TestATamperedSheetIsDetectedAndNamed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm bị sửa")
		session := o.session("province", o.council("province", panel("province", 3)...), id)
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		all := map[string]map[string]any{}
		for _, name := range panel("province", 3) {
			all[name] = exact(t, criteria.Sensory, 20)
		}
		o.sealed(session, all)
		var member string
		if err := o.app.DB.QueryRow(t.Context(), `SELECT id FROM accounts WHERE name = 'member-province-2'`).Scan(&member); err != nil {
			t.Fatal(err)
		}
		alter := func(from, to string) {
			t.Helper()
			if _, err := o.app.DB.Writer().ExecContext(t.Context(), `UPDATE sheets SET body = replace(body, '`+from+`', '`+to+`') WHERE account = '`+member+`'`); err != nil {
				t.Fatal(err)
			}
		}
		broken := func() string {
			r, err := audit.Verify(t.Context(), o.app.DB, audit.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return r.Fault
		}
		if f := broken(); f != "" {
			t.Fatalf("before anybody tampered: %s", f)
		}
		alter(`"total":70`, `"total":79`)
		a := o.must(409, o.secretary("POST", session, "/open", nil))
		if r := a.body["reasons"].([]any); a.code() != "seal_broken" || len(r) != 1 || r[0].(map[string]any)["actual"] != member {
			t.Errorf("opening: %s", a.text)
		}
		if f := broken(); !strings.Contains(f, member) {
			t.Errorf("audit: %q does not name %s", f, member)
		}
		alter(`"total":79`, `"total":70`)
		o.must(200, o.secretary("POST", session, "/open", nil))
		if f := broken(); f != "" {
			t.Errorf("put right again: %s", f)
		}
		alter(`"total":70`, `"total":71`)
		shown := o.must(200, o.ask("auditor", "GET", sessionPath(session, ""), nil))
		for _, s := range shown.body["sheets"].([]any) {
			if x := s.(map[string]any); x["intact"] != (x["account"] != member) {
				t.Errorf("sheet of %v: intact %v", x["name"], x["intact"])
			}
		}
		if a := o.must(409, o.secretary("POST", session, "/close", nil)); a.code() != "seal_broken" {
			t.Errorf("closing: %s", a.code())
		}
		if f := broken(); !strings.Contains(f, member) {
			t.Errorf("audit: %q does not name %s", f, member)
		}
		if o.entries(id, "security") != 2 {
			t.Error("the ledger does not say that a seal was broken")
		}
		alter(`"total":71`, `"total":70`)
	})
}

// Who acts for the product's producer or its commune is recused by the records.
func TestConflictsOfInterestRecuse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm người nhà")
		p := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil))
		producer := p.body["producer"].(map[string]any)["id"]
		for name, grant := range map[string]map[string]any{
			"member-province-2": {"role": "producer", "unit": producer}, "member-province-3": {"role": "commune", "unit": p.body["commune"].(map[string]any)["id"]},
		} {
			var account string
			if err := o.app.DB.QueryRow(t.Context(), `SELECT id FROM accounts WHERE name = $1`, name).Scan(&account); err != nil {
				t.Fatal(err)
			}
			o.must(201, o.ask("admin", "POST", "/api/v1/accounts/"+account+"/roles", grant))
		}
		session := o.session("province", o.council("province", panel("province", 5)...), id)
		v := o.must(200, o.secretary("GET", session, "", nil))
		grounds := map[string]string{}
		for _, s := range v.body["seats"].([]any) {
			if x := s.(map[string]any); x["recused"] == true {
				grounds[x["name"].(string)] = fmt.Sprint(x["grounds"])
			}
		}
		if want := map[string]string{"member-province-2": "[own_product]", "member-province-3": "[own_unit]"}; !maps.Equal(grounds, want) || v.body["entitled"] != 3.0 {
			t.Errorf("recused %v, entitled %v", grounds, v.body["entitled"])
		}
		a := o.must(200, o.ask("member-province-2", "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
		if a.body["scores"] != false || a.body["agreed"] != nil {
			t.Errorf("a conflict was declared away: %s", a.text)
		}
		o.must(403, o.ask("member-province-2", "PUT", sessionPath(session, "/sheets/me"), exact(t, criteria.Sensory, 20)))
		// A secretary who declares a conflict does not run the session any more.
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		o.must(200, o.secretary("POST", session, "/declaration", map[string]any{"conflict": true}))
		o.must(403, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		// Sent back, the product leaves the session behind.
		o.must(200, o.move("office-province", id, "send_back", nil))
		if v := o.must(200, o.secretary("GET", session, "", nil)); v.body["status"] != "cancelled" {
			t.Errorf("status %v", v.body["status"])
		}
		o.must(409, o.ask("member-province-1", "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
	})
}

func TestWrongCouncilsAreRefused(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	member := func(account, position string) map[string]any {
		return map[string]any{"account": account, "position": position}
	}
	chair, secretary := member("member-province-1", "chair"), member("secretary-province", "secretary")
	for what, x := range map[string]struct {
		who    string
		change map[string]any
		want   int
	}{
		"as it should be":      {"leader-province", nil, 201},
		"by the district":      {"office", nil, 403},
		"by a producer":        {"producer-" + fishSauce, nil, 403},
		"by nobody":            {"", nil, 401},
		"no decision":          {"office-province", map[string]any{"decision": " "}, 422},
		"decided tomorrow":     {"office-province", map[string]any{"decided_on": "2044-01-01"}, 422},
		"two chairs":           {"office-province", map[string]any{"members": []any{chair, member("member-province-2", "chair"), secretary}}, 422},
		"no secretary":         {"office-province", map[string]any{"members": []any{chair}}, 422},
		"one person twice":     {"office-province", map[string]any{"members": []any{chair, secretary, member("member-province-1", "member")}}, 422},
		"a stranger":           {"office-province", map[string]any{"members": []any{chair, secretary, member("nobody", "member")}}, 422},
		"a producer":           {"office-province", map[string]any{"members": []any{chair, secretary, member("producer-"+fishSauce, "member")}}, 422},
		"one of the district":  {"office-province", map[string]any{"members": []any{chair, secretary, member("member-district-1", "member")}}, 422},
		"an unknown position":  {"office-province", map[string]any{"members": []any{chair, secretary, member("member-province-2", "king")}}, 422},
		"of a commune":         {"office-province", map[string]any{"unit": "cam-my"}, 422},
		"of nowhere":           {"office-province", map[string]any{"unit": "atlantis"}, 422},
		"with a long decision": {"office-province", map[string]any{"decision": strings.Repeat("9", 61)}, 422},
	} {
		body := map[string]any{"unit": "ha-tinh", "decision": "9/QĐ-UBND", "decided_on": "2024-03-01", "members": []any{chair, secretary}}
		maps.Copy(body, x.change)
		if a := o.ask(x.who, "POST", "/api/v1/councils", body); a.status != x.want {
			t.Errorf("%s: %d, want %d: %s", what, a.status, x.want, a.text)
		}
	}
	if n := len(o.must(200, o.ask("member-province-1", "GET", "/api/v1/councils", nil)).items()); n != 1 {
		t.Errorf("a member sees %d councils", n)
	}
	if n := len(o.must(200, o.ask("office", "GET", "/api/v1/councils", nil)).items()); n != 0 {
		t.Errorf("the district's office sees %d councils of the province", n)
	}
}

// A knock-out found by one member leaves no stars, and nobody can forward or
// recognise the product, whatever its points.
func TestAKnockOutStandsAboveThePoints(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.waiting("Nước mắm giả hồ sơ")
	session := o.session("province", o.council("province", panel("province", 3)...), id)
	agreed, own := split(9, worth(t, 9, 5, 96))
	o.must(200, o.secretary("PUT", session, "/agreed", agreed))
	found := maps.Clone(own)
	found["knockouts"] = []string{"dossier-1"}
	o.sealed(session, map[string]map[string]any{"member-province-1": own, "member-province-2": own, "member-province-3": found})
	o.must(200, o.secretary("POST", session, "/open", nil))
	closed := o.must(200, o.secretary("POST", session, "/close", nil))
	if r := closed.body["result"].(map[string]any); r["stars"] != 0.0 || r["band_stars"] != 5.0 || len(r["knocked_out"].([]any)) != 1 {
		t.Errorf("result %v", r)
	}
	o.must(200, o.move("secretary-province", id, "score", nil))
	if a := o.must(422, o.move("office-province", id, "forward", nil)); !slices.Equal(a.reasons(), []string{"not_knocked_out"}) {
		t.Errorf("forward: %v", a.reasons())
	}
	if a := o.must(422, o.move("leader-province", id, "certify", map[string]any{"number": "K-1", "decision": "1/QĐ", "decided_on": "2026-06-01"})); !slices.Equal(a.reasons(), []string{"recognised_here"}) {
		t.Errorf("certify: %v", a.reasons())
	}
}

// A renewal under Decision 26/2026 is judged by written opinions, unless much
// has changed.
func TestARenewalIsScoredInWriting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.certified("Nước mắm đánh giá lại", "HT-2026-77")
		o.clock("2028-12-20")
		producer := "producer-" + fishSauce
		o.must(200, o.move(producer, id, "begin_renewal", nil))
		if own := o.must(200, o.ask(producer, "GET", "/api/v1/products/"+id+"/self-score", nil)); own.body["round"] == nil {
			t.Errorf("self-score of the new round: %s", own.text)
		}
		hall := o.council("province", panel("province", 3)...)
		agreed, own := split(9, worth(t, 9, 4, 80))
		form := map[string]any{"large_change": false}
		if a := o.must(422, o.move("secretary-province", id, "score_in_writing", form)); !slices.Equal(a.reasons(), []string{"dossier_filed", "session_closed"}) {
			t.Errorf("before anything: %v", a.reasons())
		}
		o.must(201, o.upload(producer, id, "renewal_dossier", []byte("dossier")))
		o.must(200, o.move(producer, id, "file_dossier", nil))
		begun := o.must(201, o.ask("secretary-province", "POST", "/api/v1/scoring-sessions", map[string]any{"product": id, "council": hall}))
		if begun.body["kind"] != "written" {
			t.Errorf("kind %v", begun.body["kind"])
		}
		session := begun.body["id"].(string)
		o.must(200, o.secretary("PUT", session, "/agreed", agreed))
		sheets := map[string]map[string]any{}
		for _, name := range panel("province", 3) {
			sheets[name] = own
		}
		o.sealed(session, sheets)
		o.must(200, o.secretary("POST", session, "/open", nil))
		o.must(200, o.secretary("POST", session, "/close", nil))
		if a := o.must(422, o.move("secretary-province", id, "score_in_writing", map[string]any{"large_change": true})); !slices.Equal(a.reasons(), []string{"no_large_change"}) {
			t.Errorf("with a large change: %v", a.reasons())
		}
		moved := o.must(200, o.move("secretary-province", id, "score_in_writing", form))
		if p := moved.body["product"].(map[string]any); p["state"] != "council_scored" {
			t.Errorf("%v", p)
		}
		o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": "HT-2028-01", "decision": "9/QĐ", "decided_on": "2028-12-20"}))
	})
}

// A sheet that is sealed while the sheets are opened is either in or refused,
// and never half of each.
func TestSealingRacesTheOpening(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm tranh nhau")
		names := panel("province", 5)
		session := o.session("province", o.council("province", names...), id)
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		for _, name := range names {
			o.must(200, o.ask(name, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
		}
		late := names[4]
		for turn := 1; turn <= 6; turn++ {
			for _, name := range names[:4] {
				o.must(200, o.ask(name, "POST", sessionPath(session, "/sheets/me/seal"), exact(t, criteria.Sensory, 20)))
			}
			var sealed, opened answer
			var both sync.WaitGroup
			both.Go(func() {
				sealed = o.ask(late, "POST", sessionPath(session, "/sheets/me/seal"), exact(t, criteria.Sensory, 21))
			})
			both.Go(func() { opened = o.secretary("POST", session, "/open", nil) })
			both.Wait()
			v := o.must(200, o.secretary("GET", session, "", nil))
			members := v.body["result"].(map[string]any)["members"]
			if want := map[int]float64{200: 5, 409: 4}[sealed.status]; opened.status != 200 || members != want {
				t.Errorf("turn %d: sealing %d, opening %d, %v sheets", turn, sealed.status, opened.status, members)
			}
			o.must(200, o.secretary("POST", session, "/rescore", map[string]any{"reason": "lượt thử"}))
		}
	})
}

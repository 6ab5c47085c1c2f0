//go:build unix

package app

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
)

var updateAccess = flag.Bool("update-access", false, "write testdata/access.txt from what is answered, to be read before it is kept")

// accessFile says what each route answers to each role, in the unit that the
// things asked for belong to, and in another: a line for each route.
const accessFile = "testdata/access.txt"

// columns of the table: no session, then each role in its own place and in
// another province. ministry is an auditor of the whole programme.
var accessRoles = []string{"admin", "office", "leader", "commune", "producer", "department", "secretary", "member", "auditor", "ministry", "privacy"}

// elsewhere adds another province with everybody in it.
func (o *office) elsewhere() {
	o.t.Helper()
	ctx := o.t.Context()
	for _, u := range []struct {
		code, parent string
		kind         ocop.UnitKind
	}{{"tinh-khac", "bo-nnptnt", ocop.Province}, {"huyen-khac", "tinh-khac", ocop.District}, {"xa-khac", "huyen-khac", ocop.Commune}, {"phong-khac", "huyen-khac", ocop.Department}} {
		if _, err := o.app.People.AddUnit(ctx, access.SystemActor, ocop.Unit{Code: u.code, Kind: u.kind, Name: ocop.Text{Vi: u.code, En: u.code}, Parent: u.parent}, nil); err != nil {
			o.t.Fatal(err)
		}
	}
	if _, err := o.app.People.AddProducer(ctx, access.SystemActor, ocop.Producer{Code: "htx-khac", Name: "HTX Khác", Form: "cooperative", Unit: "xa-khac"}, nil); err != nil {
		o.t.Fatal(err)
	}
	in := map[string]string{"commune": "xa-khac", "producer": "htx-khac", "department": "phong-khac"}
	for _, role := range accessRoles {
		held := ocop.Role(role)
		if role == "ministry" {
			held = access.Auditor
			o.person("ministry", held, "bo-nnptnt")
		}
		o.person("other-"+role, held, cmp.Or(in[role], "tinh-khac"))
	}
}

// things are what the parameters of routes stand for, by the route's beginning.
func (o *office) things() (things map[string]string, bodies map[string]string) {
	o.t.Helper()
	behalf := o.inPlace("begin_upgrade") // while its certificate is in force
	recognised := o.certified("Nước mắm đã công nhận", "AC-1")
	correction := o.must(200, o.fix("office-province", recognised, map[string]any{"name": "Tên khác", "reason": "x"})).body["correction"].(map[string]any)["id"].(string)
	product := o.waiting("Nước mắm chờ chấm")
	session := o.session("province", o.council("province", panel("province", 3)...), product)
	first := func(who, path, field string) string {
		return fmt.Sprint(o.must(200, o.ask(who, "GET", path, nil)).items()[0][field])
	}
	review := o.must(201, o.ask("auditor", "POST", "/api/v1/audit/reviews", map[string]any{"title": "Rà soát", "note": "x", "search": "kind=move"})).body["id"].(string)
	account := ""
	for _, x := range o.must(200, o.ask("admin", "GET", "/api/v1/accounts?limit=200", nil)).items() {
		if x["name"] == "member-district-5" {
			account = x["id"].(string)
		}
	}
	trip, training, remedy := o.fieldwork(product)
	request := strings.TrimPrefix(o.appraised("promotion", "kinh-te-ha-tang", 5, 5), supportPath+"/")
	producer := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+product, nil)).body["producer"].(map[string]any)["id"].(string)
	things = map[string]string{
		"products": product, "inspections": first("office-province", "/api/v1/products/"+product+"/inspections", "id"),
		"documents": first("office-province", "/api/v1/products/"+product+"/documents", "id"), "scoring-sessions": session, "sessions": session,
		"councils": first("secretary-province", "/api/v1/councils", "id"), "campaigns": "cam-xuyen-2024",
		"deadlines": "cam-xuyen-2024.D3", "reviews": review, "accounts": account, "tokens": "none", "delegations": "none", ":grant": "none", "roles": "office",
		"certificates": "AC-1", "verify": "AC-1", "entries": fmt.Sprint(o.told(product, "register")["index"]), "calendars": "vn",
		"workflows": "ocop", "procedures": "ocop", ":lang": "vi", "papers/:name": "notice", ":version": "2026", "criteria": "2026", ":set": "9", ":other": "2023", ":account": "none", ":turn": "1",
		"webhooks":                    o.must(201, o.ask("office-province", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/hook"})).body["id"].(string),
		"DELETE /api/v1/webhooks/:id": webhooksPath + "/none",
		"calendar":                    "none.ics", "unsubscribe": "none", "calendar-feeds": "none", "feeds": "none",
		"tile": "0/000.p/1", "assets": "missing.css",
		":part": "targets", "minutes": "", "static": "missing.js",
		"trips": trip, "producers": producer, "trainings": training, "training": training, "materials": "none", "remedies": remedy, "invited": "9", ":product": "none", ":document": "none", "imports": "products",
		"corrections": correction, "batches": o.batch("Đợt thử quyền"), "samples": o.sampled(product, 1), "on-behalf": behalf, "complaints": strings.TrimPrefix(o.complained(recognised, "certificate", "2026-06-01"), complaintsPath+"/"),
		"decisions": o.decided("leader-province", "1/QĐ-UBND")["id"].(string), "correspondence": o.sentTo(product),
	}
	bodies = map[string]string{
		"POST /api/v1/products":                            `{"name":"Thử quyền","producer":"` + producer + `","set":9}`,
		"POST /api/v1/products/:id/transitions":            `{"event":"score","dry_run":true}`,
		"POST /api/v1/transitions":                         `{"items":[{"product":"` + product + `","event":"score"}],"dry_run":true}`,
		"POST /api/v1/products/:id/inspections":            `{"day":"2026-06-20","participants":[]}`,
		"PATCH /api/v1/inspections/:id":                    `{"version":99,"day":"2026-06-20"}`,
		"POST /api/v1/products/:id/self-score":             `{"choices":{}}`,
		"POST /api/v1/councils":                            `{"name":"Hội đồng","unit":"ha-tinh","decision":"1/QĐ","decided_on":"2026-06-01","members":[{"account":"nobody","position":"chair"}]}`,
		"POST /api/v1/scoring-sessions":                    `{"product":"` + product + `","council":"` + things["councils"] + `","held_on":"2026-06-20"}`,
		"POST /api/v1/campaigns":                           `{"yaml":"campaign: x"}`,
		"POST /campaigns/:id/duties":                       "duty=vp-training&organisation=vp-ntm&state=open&version=99",
		"POST /campaigns/:id/edit/:part":                   "version=99",
		"PATCH /api/v1/campaigns/:id":                      `{"version":99,"counting":"net"}`,
		"POST /api/v1/campaigns/:id/duties":                `{"duty":"vp-training","organisation":"vp-ntm","state":"open","version":99}`,
		"POST /api/v1/producers":                           `{"code":"htx-thu","name":"HTX Thử","form":"cooperative","unit":"cam-xuyen"}`,
		"POST /api/v1/units":                               `{"code":"don-vi-thu","name":{"vi":"x","en":"x"},"kind":"commune","parent":"cam-xuyen"}`,
		"POST /api/v1/accounts":                            `{"name":"thu-quyen","password":"một mật khẩu đủ dài"}`,
		"POST /api/v1/accounts/:id/roles":                  `{"role":"auditor","unit":"cam-xuyen"}`,
		"POST /api/v1/calendars":                           `{"yaml":"x"}`,
		"POST /api/v1/audit/reviews/:id/notes":             `{"text":"x"}`,
		"POST /api/v1/scoring-sessions/:id/declaration":    `{"conflict":false}`,
		"PUT /api/v1/scoring-sessions/:id/agreed":          `{"choices":{}}`,
		"PUT /api/v1/scoring-sessions/:id/sheets/me":       `{"choices":{},"opinion":""}`,
		"POST /api/v1/scoring-sessions/:id/sheets/me/seal": `{"choices":{}}`,
		"POST /products":                                   "name=Thu&producer=" + producer + "&set=9",
		"POST /councils":                                   "name=x&unit=ha-tinh&decision=1&decided_on=2026-06-01",
		"POST /sign-in":                                    "name=",
		"POST /audit/reviews":                              "title=x&note=x",
		"POST /audit/reviews/:id":                          "note=x&act=note",
		"POST /products/:id/moves":                         "event=score",
		"POST /inspections/:id/held":                       "held_on=2026-06-20&version=99",
		"POST /api/v1/deadlines/:id/extension":             `{"to":"2026-08-01","reason":"x"}`,
		"POST /api/v1/audit/reviews":                       `{"title":"x","note":"x"}`,
		"POST /api/v1/audit/entries/:index/erasure":        `{"reason":"x","fields":["none"]}`,
		"PUT /api/v1/demo/clock":                           `{"now":"2020-01-01T00:00:00Z"}`,
		"POST /api/v1/delegations":                         `{"role":"office","unit":"ha-tinh","to":"member-district-5","from":"2026-06-02","until":"2026-06-03","reason":"x"}`,
		"POST /api/v1/auth/session":                        `{}`,
		"POST /api/v1/papers/:name/:lang/try.docx":         `{"text":"x"}`,
		"POST /api/v1/papers/:name/:lang/try.pdf":          `{"text":"x"}`,
		"POST /papers/:name/draw":                          "campaign=cam-xuyen-2024",
		"POST /papers/:name/templates/:lang":               "act=drop",
	}
	things["support-requests"], things["requests"], things[":request"] = request, request, "none"
	things["support-plans"] = strings.TrimPrefix(o.plan("office", "Thử quyền"), plansPath+"/")
	things["plans"] = things["support-plans"]
	maps.Copy(bodies, supportBodies)
	maps.Copy(bodies, complaintBodies)
	maps.Copy(bodies, behalfBodies)
	maps.Copy(bodies, correctionBodies)
	maps.Copy(bodies, decisionBodies)
	maps.Copy(bodies, correspondenceBodies)
	maps.Copy(bodies, announceBodies)
	maps.Copy(bodies, endingBodies)
	maps.Copy(bodies, fieldworkBodies)
	maps.Copy(bodies, batchBodies)
	maps.Copy(bodies, reminderBodies)
	return things, bodies
}

// address fills in a route's parameters.
func address(route string, things map[string]string) (method, path string) {
	method, path, _ = strings.Cut(route, " ")
	if v, ok := things[route]; ok { // what would be gone for the next one who asks
		return method, v
	}
	steps := strings.Split(path, "/")
	for i, s := range steps {
		if s == "" || s[0] != ':' && s[0] != '*' {
			continue
		}
		before := steps[i-1]
		if v, ok := things[before+"/"+s]; ok {
			steps[i] = v
		} else if v, ok := things[s]; ok {
			steps[i] = v
		} else {
			steps[i] = things[before]
		}
	}
	path = strings.Join(steps, "/")
	switch {
	case strings.HasSuffix(path, "/consistency"):
		path += "?from=1"
	case strings.HasSuffix(path, "/path"):
		path += "?stars=4"
	case strings.HasSuffix(path, "/diff"):
		path += "?from=2024-01-01"
	}
	return method, path
}

// Every route that is served answers each role as the table says, in its own
// unit and in another. A route that is not in the table fails.
func TestEveryRouteAnswersEachRoleAsTheTableSays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		o.elsewhere()
		things, bodies := o.things()
		own := map[string]string{"admin": "admin", "office": "office-province", "leader": "leader-province", "commune": o.commune(things["products"]), "producer": "producer-" + fishSauce,
			"department": "dept-kinh-te-ha-tang", "secretary": "secretary-province", "member": "member-province-1", "auditor": "auditor", "ministry": "ministry", "privacy": "privacy"}
		var table []string
		for _, route := range o.app.Routes {
			method, path := address(route, things)
			if method == http.MethodHead || route == "DELETE /api/v1/auth/session" || route == "POST /sign-out" { // they end the session that asks
				continue
			}
			var body any
			if text, ok := bodies[route]; ok {
				body = []byte(text)
			} else if method != http.MethodGet && strings.HasPrefix(path, "/api/") {
				body = []byte(`{}`)
			}
			line := []string{route, fmt.Sprint(o.asked("", method, path, body))}
			for _, role := range accessRoles {
				line = append(line, fmt.Sprintf("%s=%d/%d", role, o.asked(own[role], method, path, body), o.asked("other-"+role, method, path, body)))
			}
			table = append(table, strings.Join(line, " "))
		}
		t.Logf("%d routes, %d cells", len(table), len(table)*(1+2*len(accessRoles)))
		holdAccess(t, table)
	})
}

// asked gives the status of an answer; redirects are not followed.
func (o *office) asked(who, method, path string, body any) int {
	o.t.Helper()
	var reader *bytes.Reader = bytes.NewReader(nil)
	if b, ok := body.([]byte); ok {
		reader = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, o.address+path, reader)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	}
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		o.t.Fatalf("%s %s: %v", method, path, err)
	}
	got.Body.Close()
	return got.StatusCode
}

func holdAccess(t *testing.T, table []string) {
	t.Helper()
	if *updateAccess {
		if err := os.WriteFile(accessFile, []byte(strings.Join(table, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(accessFile)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range table {
		if !slices.Contains(want, line) {
			t.Errorf("not in the table: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(table, line) {
			t.Errorf("the table says: %s", line)
		}
	}
}

//go:build unix

package app

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/inspect"
	"ocopflow/internal/privacy"
	"ocopflow/internal/store"
)

// told is the newest entry of an event of a product.
func (o *office) told(product, event string) map[string]any {
	o.t.Helper()
	list := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+product+"/history?limit=200", nil)).items()
	for _, e := range slices.Backward(list) {
		if e["event"] == event {
			return e
		}
	}
	o.t.Fatalf("no entry %s of %s", event, product)
	return nil
}

func (o *office) erase(who string, index any, body map[string]any, headers ...string) answer {
	o.t.Helper()
	return o.ask(who, "POST", fmt.Sprintf("/api/v1/audit/entries/%v/erasure", index), body, headers...)
}

// nowhere fails when a text still stands in a table of the database.
func (o *office) nowhere(text string) {
	o.t.Helper()
	for _, query := range []string{"SELECT value FROM private_values", "SELECT name FROM documents", "SELECT participants FROM inspections", "SELECT findings FROM inspections",
		"SELECT display FROM accounts", "SELECT label FROM credentials", "SELECT body FROM entries", "SELECT answer FROM idempotency"} {
		rows, err := o.app.DB.Query(o.t.Context(), query)
		if err != nil {
			o.t.Fatal(err)
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				o.t.Fatal(err)
			}
			if strings.Contains(s, text) {
				o.t.Errorf("%s still holds %.200s", query, s)
			}
		}
		rows.Close()
	}
}

func (o *office) verified(erased int) {
	o.t.Helper()
	report, err := audit.Verify(o.t.Context(), o.app.DB, audit.Options{All: true})
	if err != nil || !report.OK || report.Erased != erased {
		o.t.Fatalf("%+v %v, want %d erased", report, err, erased)
	}
}

func (o *office) size() int64 {
	o.t.Helper()
	head, err := store.LoadHead(o.t.Context(), o.app.DB)
	if err != nil {
		o.t.Fatal(err)
	}
	return head.Tree.Size
}

// The name of a file is forgotten wherever it stands; the file, its proof and
// the entry stay, and history and page say by whom and when.
func TestAFileNameIsForgottenAndItsProofHolds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", map[string]any{"target": 4}))
		doc := o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("x"))).body["id"].(string)
		before := o.app.Desk.Clock()
		e := o.told(id, "add_document")
		if e["data"].(map[string]any)["documents.name"] != "idea_form.txt" {
			t.Fatalf("%v", e)
		}
		done := o.must(200, o.erase("privacy", e["index"], map[string]any{"fields": []string{"documents.name"}, "reason": "Theo đơn của bà H."}))
		if done.body["erased"] != 2.0 {
			t.Errorf("%s", done.text)
		}
		o.nowhere("idea_form.txt")
		o.verified(2)
		after := o.told(id, "add_document")
		list := after["erased"].([]any)
		if first := list[0].(map[string]any); len(list) != 2 || first["by_name"] != "privacy" || first["field"] != "documents.name" || first["entry"] != done.body["entry"].(map[string]any)["index"] {
			t.Errorf("%v", list)
		}
		if after["hash"] != e["hash"] {
			t.Error("the entry changed")
		}
		o.must(200, o.ask("auditor", "GET", fmt.Sprintf("/api/v1/audit/entries/%v/proof", e["index"]), nil))
		if file := o.must(200, o.ask("office", "GET", "/api/v1/documents/"+doc, nil)); file.text != "x" {
			t.Errorf("the file says %q", file.text)
		}
		err := o.app.Archive.At(t.Context(), before, "", func(m *inspect.Moment) error {
			list, err := store.Documents(t.Context(), m.Desk.DB, []string{id})
			if last := len(list[id]) - 1; last < 0 || list[id][last].Name != "" {
				t.Errorf("the past shows %+v", list)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for lang, want := range map[string]string{"vi": "Đã xóa theo yêu cầu bởi privacy ngày", "en": "Erased on request by privacy on"} {
			if page := o.browse("office", lang).get("/products/" + id); !strings.Contains(page.text, want) || strings.Contains(page.text, "idea_form.txt") {
				t.Errorf("the page does not say %q", want)
			}
		}
	})
}

// What several entries told of one inspection goes from all of them; another
// value of the same column stays.
func TestParticipantsAreForgottenInEveryEntryThatNamedThem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		key := []string{"Idempotency-Key", "k1"}
		i := o.must(201, o.ask("office", "POST", "/api/v1/products/"+id+"/inspections", map[string]any{"day": "2024-03-25", "participants": []string{"Bà Hồng", "Ông Nam"}}, key...)).body
		o.must(200, o.ask("office", "PATCH", "/api/v1/inspections/"+i["id"].(string), map[string]any{"held_on": "2024-03-22", "findings": []map[string]any{{"topic": "Nhà xưởng", "remedy": "Lát nền", "owner": "Ông Tư", "closed": false}}}))
		first := o.told(id, "plan_inspection")
		o.must(409, o.erase("privacy", o.told(id, "record_inspection")["index"], map[string]any{"reason": "x"})) // remedies are open
		done := o.must(200, o.erase("privacy", first["index"], map[string]any{"fields": []string{"inspections.participants"}, "reason": "Theo đơn"}))
		if done.body["erased"] != 4.0 { // the column and the record, twice
			t.Errorf("%s", done.text)
		}
		o.nowhere("Bà Hồng")
		now := o.must(200, o.ask("office", "GET", "/api/v1/inspections/"+i["id"].(string), nil))
		if len(now.body["participants"].([]any)) != 0 || !strings.Contains(now.text, "Nhà xưởng") {
			t.Errorf("%s", now.text)
		}
		again := o.must(201, o.ask("office", "POST", "/api/v1/products/"+id+"/inspections", map[string]any{"day": "2024-03-25", "participants": []string{"Bà Hồng", "Ông Nam"}}, key...))
		if again.body["id"] != i["id"] || strings.Contains(again.text, "Hồng") {
			t.Errorf("the repeat says %s", again.text)
		}
		o.verified(4)
		o.must(200, o.ask("office", "PATCH", "/api/v1/inspections/"+i["id"].(string), map[string]any{"participants": []string{"Bà Mai"}}))
		o.verified(4)
	})
}

// The name of a person who left goes; the account shows the one to sign in with.
func TestANameToShowIsForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		acc := o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "hong", "display": "Nguyễn Thị Hồng", "password": "mat-khau-dai"}, "Idempotency-Key", "k")).body["id"].(string)
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts/"+acc+"/roles", map[string]any{"role": "commune", "unit": "cam-my"}))
		lines, err := store.Lines(t.Context(), o.app.DB, 0, 10000)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(lines, func(l store.Line) bool { return l.Stream == "account:"+acc && l.Event == "add_account" })
		o.must(403, o.erase("auditor", at, map[string]any{"reason": "x"}))
		o.must(404, o.erase("office", at, map[string]any{"reason": "x"}))
		o.must(200, o.erase("privacy", at, map[string]any{"reason": "Đã nghỉ việc", "fields": []string{"accounts.display"}}))
		o.nowhere("Thị Hồng")
		if list := o.must(200, o.ask("admin", "GET", "/api/v1/accounts?limit=200", nil)); !strings.Contains(list.text, `"display":"hong"`) {
			t.Errorf("%.500s", list.text)
		}
		o.verified(1)
	})
}

func TestWhoMayNotErase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
		at := o.told(id, "begin_upgrade")["index"]
		other := o.officer(t, "cam-my") // of a commune that the product does not lie in
		before := o.size()
		body := map[string]any{"reason": "Theo đơn"}
		for who, want := range map[string]int{"": 401, "office": 403, "office-province": 403, "auditor": 403, "admin": 404, "producer-" + fishSauce: 403, "producer-" + simWine: 404, "commune-cam-my": 404} {
			if a := o.erase(who, at, body); a.status != want || want == 403 && a.code() != "who_may_not" {
				t.Errorf("%q: %d %s, want %d", who, a.status, a.code(), want)
			}
		}
		o.must(403, o.ask("office", "GET", "/api/v1/audit/erasures", nil))
		o.must(401, o.ask("", "GET", "/api/v1/audit/erasures", nil))
		o.must(404, o.erase(other, at, body))
		for lang, want := range map[string]string{"vi": "người phụ trách dữ liệu cá nhân", "en": "data protection officer"} {
			if a := o.erase("office", at, body, "Accept-Language", lang); !strings.Contains(a.text, want) {
				t.Errorf("%s: %s", lang, a.text)
			}
		}
		if o.size() != before {
			t.Errorf("%d entries were written", o.size()-before)
		}
	})
}

// officer makes a data protection officer of a unit.
func (o *office) officer(t *testing.T, unit string) string {
	t.Helper()
	name := "privacy-" + unit
	acc := o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": name, "password": "mat-khau-dai"})).body["id"].(string)
	o.must(201, o.ask("admin", "POST", "/api/v1/accounts/"+acc+"/roles", map[string]any{"role": "privacy", "unit": unit}))
	r := o.must(200, o.ask("", "POST", "/api/v1/auth/session", map[string]any{"name": name, "password": "mat-khau-dai"}))
	cookie, _, _ := strings.Cut(strings.TrimPrefix(r.header.Get("Set-Cookie"), "ocopflow_session="), ";")
	o.tokens[name] = cookie
	return name
}

func TestAnErasureThatCannotBeIsRefusedInBothLanguages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
		at := o.told(id, "begin_upgrade")["index"]
		first := o.must(200, o.erase("privacy", at, map[string]any{"reason": "Theo đơn"}, "Idempotency-Key", "once"))
		repeat := o.must(200, o.erase("privacy", at, map[string]any{"reason": "Theo đơn"}, "Idempotency-Key", "once"))
		if first.text != repeat.text {
			t.Errorf("%s\n%s", first.text, repeat.text)
		}
		o.must(422, o.erase("privacy", at, map[string]any{"reason": "Theo đơn khác"}, "Idempotency-Key", "once"))
		before, erasure := o.size(), first.body["entry"].(map[string]any)["index"]
		for _, x := range []struct {
			at     any
			body   map[string]any
			status int
			code   string
			vi, en string
		}{
			{at, map[string]any{"reason": " "}, 422, "reason_missing", "Phải nêu lý do", "A reason is needed"},
			{at, map[string]any{}, 422, "reason_missing", "Phải nêu lý do", "A reason is needed"},
			{at, map[string]any{"reason": strings.Repeat("ạ", 4001)}, 422, "reason_too_long", "Lý do quá dài", "too long"},
			{at, map[string]any{"reason": "x"}, 409, "erased_already", "đã được xóa trước đó", "was erased before"},
			{at, map[string]any{"reason": "x", "fields": []string{"comment"}}, 409, "erased_already", "đã được xóa trước đó", "was erased before"},
			{at, map[string]any{"reason": "x", "fields": []string{"name"}}, 422, "nothing_private", "không có nội dung riêng tư", "nothing private"},
			{0, map[string]any{"reason": "x"}, 422, "nothing_private", "không có nội dung riêng tư", "nothing private"},
			{erasure, map[string]any{"reason": "x"}, 409, "reason_kept", "được giữ lại", "is kept"},
			{999999, map[string]any{"reason": "x"}, 404, "not_found", "Không tìm thấy", "Not found"},
		} {
			for lang, want := range map[string]string{"vi": x.vi, "en": x.en} {
				if a := o.erase("privacy", x.at, x.body, "Accept-Language", lang); a.status != x.status || a.code() != x.code || !strings.Contains(a.text, want) {
					t.Errorf("%v %.60v: %d %.300s, want %s", x.at, x.body, a.status, a.text, x.code)
				}
			}
		}
		o.must(422, o.erase("privacy", -1, map[string]any{"reason": "x"}))
		if o.size() != before {
			t.Errorf("%d entries were written", o.size()-before)
		}
		for _, who := range []string{"auditor", "privacy"} {
			list := o.must(200, o.ask(who, "GET", "/api/v1/audit/erasures", nil)).items()
			if len(list) != 1 || list[0]["reason"] != "Theo đơn" || list[0]["by_name"] != "privacy" || list[0]["entry"] != at || list[0]["product"] != id {
				t.Errorf("%v", list)
			}
		}
		other := o.officer(t, "cam-my")
		if list := o.must(200, o.ask(other, "GET", "/api/v1/audit/erasures", nil)).items(); len(list) != 0 {
			t.Errorf("an officer of another commune sees %v", list)
		}
	})
}

// The page asks for a reason and a tick, and works without JavaScript.
func TestThePageErases(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
	at := fmt.Sprint(o.told(id, "begin_upgrade")["index"])
	b := o.browse("privacy", "vi")
	if page := b.get("/products/" + id); !strings.Contains(page.text, `action="/products/`+id+`/erasures"`) || !strings.Contains(page.text, "vì một lý do") {
		t.Fatal("the form is not there")
	}
	if page := o.browse("office", "vi").get("/products/" + id); strings.Contains(page.text, "/erasures") {
		t.Error("the office is offered an erasure")
	}
	form := url.Values{"entry": {at}, "reason": {"Theo đơn"}}
	if page := b.post("/products/"+id+"/erasures", form); page.status != 422 || !strings.Contains(page.text, "đánh dấu xác nhận") {
		t.Errorf("%d without a tick", page.status)
	}
	form.Set("sure", "1")
	if page := o.browse("office", "vi").post("/products/"+id+"/erasures", form); page.status != 403 {
		t.Errorf("%d for the office", page.status)
	}
	if page := b.post("/products/"+id+"/erasures", form); page.status != 200 || strings.Contains(page.text, "vì một lý do") || !strings.Contains(page.text, "Đã xóa theo yêu cầu bởi privacy") || strings.Contains(page.text, "event_erase") {
		t.Errorf("%d %.300s", page.status, page.text)
	}
}

// Nothing but an erasure deletes a private value, and an erased one does not
// come back unseen.
func TestPrivateValuesGoByErasureOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
		db := o.app.DB
		for _, text := range []string{"DELETE FROM private_values", "UPDATE private_values SET value = 'x'"} {
			if _, err := db.Writer().ExecContext(t.Context(), text); err == nil {
				t.Errorf("%s went through", text)
			}
		}
		at := o.told(id, "begin_upgrade")["index"]
		kept, err := store.HiddenOf(t.Context(), db, int64(at.(float64)), int64(at.(float64))+1)
		if err != nil || len(kept) == 0 {
			t.Fatal(kept, err)
		}
		o.must(200, o.erase("privacy", at, map[string]any{"reason": "Theo đơn"}))
		for _, text := range []string{"DELETE FROM erasures", "UPDATE erasures SET erased_by = 'x'"} {
			if _, err := db.Writer().ExecContext(t.Context(), text); err == nil {
				t.Errorf("%s went through", text)
			}
		}
		h := kept[0]
		if err := raw("INSERT INTO private_values (commitment, entry, field, salt, value) VALUES ($1, $2, $3, $4, $5)", h.Commitment, h.Entry, h.Field, h.Salt, h.Value)(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		report, err := audit.Verify(t.Context(), db, audit.Options{All: true})
		if err != nil || report.OK || !strings.Contains(report.Fault, "was erased, and it is there") {
			t.Errorf("%+v %v", report, err)
		}
		if err := raw("DELETE FROM private_values WHERE commitment = $1", h.Commitment)(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	})
}

// On SQLite an erased value is gone from the file, too, once the program is
// closed.
func TestAnErasedValueLeavesTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "x.db")
	run := func(do func(*App)) string {
		t.Helper()
		a, err := openPlain(t, Config{Database: "sqlite:" + file})
		if err != nil {
			t.Fatal(err)
		}
		do(a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const name = "Nguyễn Thị Hồng Nhung"
	var entry int64
	if text := run(func(a *App) {
		head, err := store.LoadHead(t.Context(), a.DB)
		if err != nil {
			t.Fatal(err)
		}
		entry = head.Tree.Size
		if _, err := a.People.Add(t.Context(), access.SystemActor, accounts.NewAccount{Name: "hong", Display: name}, nil); err != nil {
			t.Fatal(err)
		}
	}); !strings.Contains(text, name) {
		t.Fatal("the name is not in the file to begin with")
	}
	if text := run(func(a *App) {
		if _, err := a.Privacy.Erase(t.Context(), privacy.Request{Entry: entry, Reason: "Đã nghỉ việc", Actor: access.SystemActor}); err != nil {
			t.Fatal(err)
		}
	}); strings.Contains(text, name) {
		t.Error("the name is in the file still")
	}
}

// Everything private of a certified product can go, session and inspection
// included: the record holds, and the product goes on.
func TestEverythingPrivateOfAProductCanGo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.clock("2024-05-20")
		id := o.certified("Nước mắm riêng tư", "R-1")
		erased := 0
		for _, e := range o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history?limit=200", nil)).items() {
			switch a := o.erase("privacy", e["index"], map[string]any{"reason": "Theo đơn"}); a.code() {
			case "":
				erased += int(o.must(200, a).body["erased"].(float64))
			case "nothing_private", "erased_already":
			default:
				t.Errorf("%v: %s", e["event"], a.text)
			}
		}
		if erased < 10 {
			t.Errorf("%d values were erased", erased)
		}
		o.verified(erased)
		var left int
		if err := o.app.DB.QueryRow(t.Context(), `SELECT count(*) FROM private_values v JOIN entries e ON e.idx = v.entry WHERE e.product = $1 AND e.event <> 'erase'`, id).Scan(&left); err != nil || left > 0 {
			t.Errorf("%d values are left, %v", left, err)
		}
		o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id+"/inspections", nil))
		o.must(200, o.ask("auditor", "GET", "/api/v1/scoring-sessions", nil))
		for _, lang := range []string{"vi", "en"} {
			if page := o.browse("office-province", lang).get("/products/" + id); page.status != 200 {
				t.Errorf("%d", page.status)
			}
		}
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
	})
}

//go:build unix

package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const (
	warningsPath = "/api/v1/warnings"
	lettersPath  = warningsPath + "/letters"
)

var endingBodies = map[string]string{
	"POST /api/v1/warnings/letters":          `{"warning":"ending","certificates":["none"]}`,
	"POST /api/v1/papers/ending_letter.docx": `{"warning":"ending","certificates":["none"]}`,
	"POST /api/v1/papers/ending_letter.pdf":  `{"warning":"ending","certificates":["none"]}`,
	"POST /certificates/warnings":            "warning=ending&certificate=none&act=write",
}

// warned are what an account is told about certificates that end, the newest first.
func (o *office) warned(who, product string) (out []string) {
	o.t.Helper()
	for _, n := range o.must(200, o.ask(who, "GET", noticesPath+"?limit=200", nil)).items() {
		if rest, ok := strings.CutPrefix(n["deadline"].(string), casework.WarningPrefix); ok && n["product"] == product {
			out = append(out, rest)
		}
	}
	return out
}

// toWarn are the certificates of a list with what stands beside them.
func (o *office) toWarn(who, query string) (out []string) {
	o.t.Helper()
	for _, x := range o.must(200, o.ask(who, "GET", warningsPath+query, nil)).items() {
		out = append(out, fmt.Sprint(x["certificate"], " ", x["warning"], " ", x["status"], " ", x["write_by"], " ", x["verified"]))
	}
	return out
}

// warningsWritten leaves letters behind about two certificates for whose renewal
// the days have begun; the first letter is a mistake.
func (o *office) warningsWritten() {
	o.t.Helper()
	owner := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+o.product(fishSauce), nil)).body["producer"].(map[string]any)["id"]
	for _, n := range []string{"KH-1", "KH-2"} {
		o.must(201, o.ask("office-province", "POST", "/api/v1/products", map[string]any{"name": "Sản phẩm " + n, "producer": owner, "set": 9,
			"certificate": map[string]any{"number": n, "stars": 3, "issued_on": (o.app.Desk.Today() + 150).AddMonths(-36)}}))
	}
	for i, n := range []string{"KH-1", "KH-1", "KH-2"} {
		l := o.must(201, o.ask("office-province", "POST", lettersPath, map[string]any{"warning": "window", "certificates": []string{n}})).body["id"].(string)
		if i == 0 {
			o.must(200, o.ask("office-province", "POST", correspondencePath+"/"+l+"/void", map[string]any{"reason": "Ghi nhầm"}))
		}
	}
}

// Letters before a certificate ends: asked for, run after, drawn up, entered, under
// the rules of 2023 and of 2026.
func TestLettersBeforeCertificatesEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		sauce, wine, who := o.product(fishSauce), o.product(simWine), "producer-"+fishSauce
		last := ocop.Day(2025, 2, 21)
		due := o.must(200, o.ask("office", "GET", "/api/v1/products/"+sauce, nil)).body["due"]
		same := func(what string, got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		o.sweepOn(last - 61)
		same("61 days before", o.toWarn("office", ""))
		same("61 days before", o.warned(who, sauce))
		o.sweepOn(last - 60)
		both := []string{"GD-2022-01 ending due 2025-01-22 true", "GD-2022-02 ending due 2025-01-22 true"}
		same("60 days before", o.toWarn("office", ""), both...)
		same("its producer's", o.toWarn(who, "?status=due&warning=ending"), both[:1]...)
		same("another warning", o.toWarn("office", "?warning=window"))
		same("the producer is told", o.warned(who, sauce), "ending:GD-2022-01:told")
		same("not to a stranger", o.warned("producer-"+simWine, sauce))
		o.sweepOn(last - 44)
		same("the office is told", o.warned("office", sauce), "ending:GD-2022-01")
		if d := o.deadline("office", sauce, "ending"); d["notice"] != true || d["last_day"] != "2025-01-22" || d["legal"] != "148/QĐ-TTg" || d["verified"] != true {
			t.Errorf("the product's deadline: %v", d)
		}
		if now := o.must(200, o.ask("office", "GET", "/api/v1/products/"+sauce, nil)).body["due"]; now != due {
			t.Errorf("the letter makes the product due on %v, was %v", now, due)
		}
		o.sweepOn(last - 29)
		same("past its day", o.toWarn("office", "?status=overdue"), "GD-2022-01 ending overdue 2025-01-22 true", "GD-2022-02 ending overdue 2025-01-22 true")
		same("nothing is only due", o.toWarn("office", "?status=due"))
		same("the leader is told", o.warned("leader", sauce), "ending:GD-2022-01:late")
		told := o.warned("office", sauce)
		write := func(as, code string, numbers ...string) answer {
			return o.ask(as, "POST", lettersPath, map[string]any{"warning": code, "certificates": numbers, "suffix": "VPĐP"})
		}
		for _, x := range []struct {
			as, code string
			numbers  []string
			status   int
		}{{who, "ending", []string{"GD-2022-01"}, 403}, {"commune-cam-my", "ending", []string{"GD-2022-02"}, 403}, {"leader", "ending", []string{"GD-2022-01"}, 403}, {"office", "x", []string{"GD-2022-01"}, 422}, {"office", "ending", nil, 422},
			{"office", "ending", []string{"GD-2022-01", "GD-2020-03"}, 422}, {"office", "window", []string{"GD-2022-01"}, 422}, {"office", "ending", []string{strings.Repeat("A", 300)}, 422}} {
			o.must(x.status, write(x.as, x.code, x.numbers...))
		}
		page := o.browse("office", "vi")
		page.shows("/certificates/warnings", "GD-2022-01", "Quá ngày", "148/QĐ-TTg", "Ghi là đã gửi hôm nay")
		o.browse("office", "en").shows("/certificates/warnings?status=written", "There are no certificates here.")
		o.browse(who, "vi").shows("/certificates/warnings", "GD-2022-01")
		drawn := o.must(200, o.ask("office", "POST", "/api/v1/papers/ending_letter.docx?lang=vi", map[string]any{"warning": "ending", "certificates": []string{"GD-2022-01", "GD-2022-02"}}))
		if text := wordText(t, []byte(drawn.text)); !strings.Contains(text, "148/QĐ-TTg") || !strings.Contains(text, "GD-2022-02") || !strings.Contains(text, "21/02/2025") && !strings.Contains(text, "21/2/2025") {
			t.Errorf("the letter: %s", text)
		}
		o.must(403, o.ask(who, "POST", "/api/v1/papers/ending_letter.pdf", map[string]any{"warning": "ending", "certificates": []string{"GD-2022-01"}}))
		size := o.ledgerSize()
		for status, n := range o.together(4, func() answer { return write("office", "ending", "GD-2022-01", "GD-2022-02") }) {
			if want := map[int]int{201: 1, 409: 3}[status]; n != want {
				t.Errorf("%d of four at once answered %d", n, status)
			}
		}
		same("written", o.toWarn("office", "?status=written"), "GD-2022-01 ending written 2025-01-22 true", "GD-2022-02 ending written 2025-01-22 true")
		same("none left", o.toWarn("office", ""))
		if n := o.ledgerSize() - size; n != 2 {
			t.Errorf("one letter about two products is %d entries", n)
		}
		letter := o.must(200, o.ask("office", "GET", warningsPath+"?status=written", nil)).items()[0]["letter"].(map[string]any)
		if letter["symbol"] != "01/VPĐP" || letter["number"] != 1.0 || letter["written_on"] != "2025-01-23" || letter["written_by"] != "office" {
			t.Errorf("the letter: %v", letter)
		}
		for _, id := range []string{sauce, wine} {
			if e := o.told(id, "warn_producer"); e["data"].(map[string]any)["paper"] != letter["paper"] {
				t.Errorf("its history: %v", e)
			}
		}
		if d := o.must(200, o.ask("office", "GET", "/api/v1/expiries?months=2", nil)).items(); d[1]["warned"] != 2.0 {
			t.Errorf("those written to: %v", d)
		}
		page.shows("/certificates/expiring", "Đã báo")
		page.shows("/certificates/warnings?status=written", "01/VPĐP")
		o.sweepOn(last - 7)
		same("written to, the office hears no more", o.warned("office", sauce), told...)
		o.must(200, o.ask("office", "POST", correspondencePath+"/"+letter["paper"].(string)+"/void", map[string]any{"reason": "Ghi nhầm"}))
		same("the line was a mistake", o.toWarn("office", ""), "GD-2022-01 ending overdue 2025-01-22 true", "GD-2022-02 ending overdue 2025-01-22 true")
		o.must(201, write("office-province", "ending", "GD-2022-01"))

		id := o.certified("Nước mắm hạn 2029", "HH-1")
		last = ocop.Day(2029, 6, 1)
		o.sweepOn(last - 211)
		same("211 days before", o.toWarn("office-province", ""))
		if err := o.app.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { // as if an older program had certified it
			_, err := tx.Exec(ctx, `DELETE FROM timers WHERE product = $1 AND name = 'reckon'`, id)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		o.sweepOn(last - 210)
		same("210 days before", o.toWarn("office-province", ""), "HH-1 window due 2028-12-03 false")
		if x := o.must(200, o.ask("office-province", "GET", warningsPath, nil)).items()[0]; fmt.Sprint(x["window"]) != "map[from:2028-12-03 to:2029-02-01]" {
			t.Errorf("days to file: %v", x["window"])
		}
		o.sweepOn(last - 180)
		same("the window opens", slices.Compact(slices.Sorted(slices.Values(o.warned("office-province", id)))), "window:HH-1", "window:HH-1:told")
		o.browse("office-province", "vi").shows("/certificates/warnings", "quy định chưa kiểm chứng", "HH-1")
		o.browse("office-province", "en").shows("/notices", "A certificate ends", "HH-1")
		o.must(200, o.ask("office-province", "POST", "/api/v1/papers/ending_letter.pdf", map[string]any{"warning": "window", "certificates": []string{"HH-1"}}))
		if a := o.browse("office-province", "vi").post("/certificates/warnings", url.Values{"warning": {"window"}, "certificate": {"HH-1"}, "act": {"write"}}); a.status >= 400 {
			t.Errorf("by the page: %d", a.status)
		}
		same("written", o.toWarn("office-province", "?status=written"), "HH-1 window written 2028-12-03 false")
		if left, err := store.Unwarned(t.Context(), o.app.DB, casework.WarningPrefix, last-400, last, 10); err != nil || len(left) != 0 {
			t.Errorf("every sweep would take up %v: %v", left, err)
		}
		if report, err := audit.Verify(t.Context(), o.app.DB, audit.Options{}); err != nil || !report.OK {
			t.Errorf("%+v %v", report, err)
		}
	})
}

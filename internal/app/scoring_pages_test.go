//go:build unix

package app

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// ticks writes choices as the grid's form does.
func ticks(body map[string]any) url.Values {
	out := url.Values{}
	for code, points := range body["choices"].(map[string]any) {
		out.Set("c."+code, fmt.Sprint(points))
	}
	return out
}

// act presses one of a session page's buttons.
func (b *browser) act(session, act string, form url.Values) answer {
	if form == nil {
		form = url.Values{}
	}
	form.Set("act", act)
	return b.post("/sessions/"+session, form)
}

// A whole session at the pages, without JavaScript, from the decision that
// appoints the council to the minutes.
func TestACouncilScoresAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.waiting("Nước mắm trên trang")
	secretary := o.browse("secretary-province", "vi")
	page := secretary.get("/councils").text
	unit := regexp.MustCompile(`name="unit" value="([^"]+)"`).FindStringSubmatch(page)[1]
	people := map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)<th scope="row">([a-z0-9-]+)</th><td><select class="form-select" name="position\.([^"]+)"`).FindAllStringSubmatch(page, -1) {
		people[m[1]] = m[2]
	}
	appoint := url.Values{"unit": {unit}, "decision": {"7/QĐ-UBND"}, "decided_on": {"2026-05-30"}, "position." + people["secretary-province"]: {"secretary"}}
	if a := secretary.post("/councils", appoint); a.status != 422 || !strings.Contains(a.text, "một chủ tịch") || !strings.Contains(a.text, "7/QĐ-UBND") {
		t.Errorf("without a chair: %d; what was typed is kept: %v", a.status, strings.Contains(a.text, "7/QĐ-UBND"))
	}
	for i, name := range panel("province", 3) {
		appoint.Set("position."+people[name], map[bool]string{true: "chair", false: "member"}[i == 0])
	}
	if a := secretary.post("/councils", appoint); a.status != 200 || !strings.Contains(a.text, "7/QĐ-UBND") {
		t.Fatalf("appointing: %d %.400s", a.status, a.text)
	}
	council := regexp.MustCompile(`<option value="([^"]+)">Hội đồng`).FindStringSubmatch(secretary.get("/products/" + id).text)[1]
	begun := secretary.post("/products/"+id+"/sessions", url.Values{"council": {council}, "held_on": {"2026-06-01"}})
	session := regexp.MustCompile(`action="/sessions/([0-9a-f-]+)"`).FindStringSubmatch(begun.text)[1]
	whole := worth(t, 9, 4, 96)
	whole.Choices["9"] = 1
	agreed, own := split(9, whole)
	if a := secretary.act(session, "agree", ticks(agreed)); a.status != 200 {
		t.Fatalf("agreeing: %d %.400s", a.status, a.text)
	}
	if a := secretary.act(session, "open", nil); a.status != 422 || !strings.Contains(a.text, "Số phiếu đã niêm phong không đủ tỷ lệ.") {
		t.Errorf("opening with nothing sealed: %d", a.status)
	}
	for _, name := range panel("province", 3) {
		member := o.browse(name, "en")
		if a := member.get("/worklist"); !strings.Contains(a.text, "/sessions/"+session) {
			t.Errorf("%s is not told of the session", name)
		}
		first := member.get("/sessions/" + session).text
		if strings.Contains(first, `name="c.6.1"`) || strings.Contains(first, `name="c.9"`) || !strings.Contains(first, "I have no conflict of interest") {
			t.Error("the sheet is shown before the declaration")
		}
		if a := member.act(session, "declare", url.Values{"conflict": {"false"}}); !strings.Contains(a.text, "My sheet") {
			t.Fatalf("declaring: %d", a.status)
		}
		form := ticks(own)
		form.Set("opinion", "<b>Ngon</b>")
		if a := member.act(session, "save", form); a.status != 200 || strings.Contains(a.text, "<b>Ngon</b>") {
			t.Errorf("saving: %d", a.status)
		}
		if a := member.act(session, "seal", form); a.status != 200 || !strings.Contains(a.text, "Your sheet is sealed") {
			t.Errorf("sealing: %d %.600s", a.status, a.text)
		}
		if a := member.act(session, "seal", form); a.status != 409 {
			t.Errorf("sealing twice: %d", a.status)
		}
	}
	if a := secretary.get("/sessions/" + session).text; strings.Contains(a, "Ngon") {
		t.Error("the secretary reads an opinion before the opening")
	}
	if a := secretary.act(session, "open", nil); a.status != 200 || !strings.Contains(a.text, "3 ★") || !strings.Contains(a.text, "HACCP") {
		t.Errorf("opening: %d", a.status)
	}
	if a := secretary.act(session, "close", nil); a.status != 200 || !strings.Contains(a.text, "minutes.pdf") {
		t.Errorf("closing: %d", a.status)
	}
	if a := secretary.post("/products/"+id+"/moves", url.Values{"event": {"score"}}); a.status != 200 || !strings.Contains(a.text, "Hội đồng đã chấm") {
		t.Errorf("recording the result: %d", a.status)
	}
	if a := o.browse("producer-"+fishSauce, "vi").get("/sessions/" + session); a.status != 404 {
		t.Errorf("the producer opens the session: %d", a.status)
	}
}

func TestAProducerScoresItselfAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	b := o.browse("producer-"+fishSauce, "vi")
	whole := worth(t, 9, 5, 98)
	whole.Choices["9"] = 1
	choices := map[string]any{}
	for code, points := range whole.Choices {
		choices[code] = points
	}
	a := b.post("/products/"+id+"/self-score", ticks(map[string]any{"choices": choices}))
	if a.status != 200 || !strings.Contains(a.text, "Chỉ còn thiếu một điều cho 4 sao") || !strings.Contains(a.text, "HACCP") {
		t.Errorf("%d %.500s", a.status, a.text)
	}
	bad := url.Values{"c.9": {"2"}, "c.1.1": {"3"}}
	if a := b.post("/products/"+id+"/self-score", bad); a.status != 422 || !strings.Contains(a.text, `name="c.1.1" value="3" checked`) {
		t.Errorf("no such option: %d; what was ticked is kept: %v", a.status, strings.Contains(a.text, `name="c.1.1" value="3" checked`))
	}
	reader := o.browse("auditor", "en").get("/products/" + id + "/self-score")
	if reader.status != 200 || strings.Contains(reader.text, ">Save<") {
		t.Errorf("an auditor: %d, may save: %v", reader.status, strings.Contains(reader.text, ">Save<"))
	}
	if a := o.browse("producer-"+rice, "vi").get("/products/" + id + "/self-score"); a.status != 404 {
		t.Errorf("another producer: %d", a.status)
	}
}

// The page that was saved checks a certificate from disk, in a real browser.
func TestTheOfflinePageChecksACertificate(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.certified("Nước mắm ngoại tuyến", "HT-2026-09")
	text := o.must(200, o.ask("", "GET", "/api/v1/verify/HT-2026-09/evidence", nil)).text
	page := o.must(200, o.ask("", "GET", "/offline.html", nil)).text
	saved := filepath.Join(t.TempDir(), "saved.html")
	if err := os.WriteFile(saved, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	cut := strings.Replace(text, "HT-2026-09", "HT-2026-08", 1)
	for _, address := range []string{o.address + "/offline.html", "file://" + saved} {
		if dom := chromium(t, address+"#"+url.PathEscape(text)); !strings.Contains(dom, `class="good"`) || !strings.Contains(dom, "✓ HT-2026-09 · 4 ★") {
			t.Errorf("%s does not take the certificate: %s", address, regexp.MustCompile(`(?s)<div id="answer".*?</div>`).FindString(dom))
		}
		if dom := chromium(t, address+"#"+url.PathEscape(cut)); !strings.Contains(dom, `class="bad"`) {
			t.Errorf("%s takes an altered certificate", address)
		}
	}
}

//go:build unix

package app

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// evil runs if a page shows it as it is: in text, in an attribute, in a script.
const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`

// Whatever people type, in every text field, no page runs it.
func TestNoPageRunsWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	name := map[string]string{"vi": evil, "en": evil}
	o.must(201, o.ask("admin", "POST", "/api/v1/units", map[string]any{"code": "xa-la", "name": name, "kind": "commune", "parent": "cam-xuyen"}))
	o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "nguoi-la", "display": evil, "password": "một mật khẩu đủ dài"}))
	owner := o.must(201, o.ask("office", "POST", "/api/v1/producers", map[string]any{"name": evil, "form": "household", "unit": "xa-la"}))
	id := o.must(201, o.ask("office", "POST", "/api/v1/products", map[string]any{"name": evil, "producer": owner.body["id"], "set": 9})).body["id"].(string)
	o.must(201, o.named("office", id, "idea_form", evil+".txt", []byte(evil)))
	o.must(201, o.ask("office", "POST", "/api/v1/products/"+id+"/inspections", map[string]any{"day": "2024-06-20", "participants": []string{evil}, "findings": []map[string]any{{"topic": evil, "remedy": evil, "owner": evil, "closed": false}}}))
	o.must(200, o.move("office", id, "withdraw", nil, "X-Comment", evil))
	fish := o.product(fishSauce)
	o.must(200, o.ask("producer-"+fishSauce, "POST", "/api/v1/products/"+fish+"/transitions", map[string]any{"event": "begin_upgrade", "comment": evil}))
	o.must(200, o.ask("commune-tt-thien-cam", "POST", "/api/v1/products/"+fish+"/transitions", map[string]any{"event": "send_back", "comment": evil}))
	o.must(201, o.ask("office", "POST", "/api/v1/deadlines/cam-xuyen-2024.D3/extension", map[string]any{"to": "2024-06-01", "reason": evil}))
	members := []map[string]any{}
	for i, p := range []string{"chair", "member", "member", "member", "member"} {
		members = append(members, map[string]any{"account": "member-district-" + string(rune('1'+i)), "position": p})
	}
	members = append(members, map[string]any{"account": "secretary-district", "position": "secretary"})
	council := o.must(201, o.ask("secretary-district", "POST", "/api/v1/councils", map[string]any{"name": evil, "unit": "cam-xuyen", "decision": evil, "decided_on": "2024-03-01", "members": members})).body["id"]
	review := o.must(201, o.ask("auditor", "POST", "/api/v1/audit/reviews", map[string]any{"title": evil, "note": evil, "search": "kind=move"})).body["id"].(string)
	o.must(201, o.ask("office", "POST", "/api/v1/tokens", map[string]any{"label": evil}))
	o.must(201, o.ask("office", "POST", "/api/v1/delegations", map[string]any{"role": "office", "unit": "cam-xuyen", "to": "nguoi-la", "from": "2024-03-22", "until": "2024-04-01", "reason": evil}))
	things := map[string]string{"products": id, "sessions": "none", "campaigns": "cam-xuyen-2024", "reviews": review, "accounts": "none", "councils": council.(string), "entries": "40",
		"procedures": "ocop", ":version": "2023", "verify": url.PathEscape(evil), "assets": "none"}
	pages := 0
	for _, route := range o.app.Routes {
		method, path := address(route, things)
		if method != http.MethodGet || strings.HasPrefix(path, "/api/") {
			continue
		}
		for _, who := range []string{"admin", "office", "auditor", "producer-" + fishSauce, "secretary-district"} {
			for _, query := range []string{"", "?q=" + url.QueryEscape(evil) + "&state=" + url.QueryEscape(evil) + "&number=" + url.QueryEscape(evil) + "&after=" + url.QueryEscape(evil) + "&back=" + url.QueryEscape(evil)} {
				a := o.browse(who, "vi").get(path + query)
				saved := strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") && !strings.Contains(a.header.Get("Content-Type"), "html")
				if !saved && strings.Contains(a.text, "<script>alert") || !saved && strings.Contains(a.text, "<img src=x") {
					t.Errorf("%s for %s: what was typed runs", path+query, who)
				}
				if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self'") && !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
					t.Errorf("%s: policy %q", path, csp)
				}
				pages++
			}
		}
	}
	t.Logf("%d pages", pages)
}

// named uploads a file under a name of its own.
func (o *office) named(who, product, kind, name string, content []byte) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for field, value := range map[string]string{"product": product, "kind": kind} {
		if err := form.WriteField(field, value); err != nil {
			o.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := file.Write(content); err != nil {
		o.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		o.t.Fatal(err)
	}
	r := must(http.NewRequest("POST", o.address+"/api/v1/documents", &b))
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.send(r)
}

// A page of another origin cannot write anything, whatever the route.
func TestEveryWriteRefusesAnotherOrigin(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	size := o.ledgerSize()
	n := 0
	for _, route := range o.app.Routes {
		method, path := address(route, map[string]string{})
		if method == http.MethodGet || method == http.MethodHead {
			continue
		}
		for _, h := range [][2]string{{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}} {
			if got := o.ask("office", method, path, []byte(`{}`), h[0], h[1]); got.status != http.StatusForbidden {
				t.Errorf("%s with %s: %d", route, h[0], got.status)
			}
		}
		n++
	}
	t.Logf("%d routes write", n)
	if got := o.ledgerSize(); got != size {
		t.Errorf("%d entries came of it", got-size)
	}
}

func (o *office) ledgerSize() int64 {
	o.t.Helper()
	var n int64
	if err := o.app.DB.QueryRow(o.t.Context(), `SELECT COUNT(*) FROM entries`).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

// An id that is guessed, malformed or meant for a file system is not there, and
// nothing breaks.
func TestGuessedIdsAreNotThere(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	guesses := []string{"00000000-0000-7000-8000-000000000000", "1", "-1", "9223372036854775808", "..%2f..%2fetc%2fpasswd", "%2e%2e", "a%0d%0aSet-Cookie:%20x=1", "'%20OR%20'1'='1", strings.Repeat("9", 3000), "%F0%9F%90%9F"}
	for _, route := range o.app.Routes {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet || !strings.Contains(path, "/:") {
			continue
		}
		for _, guess := range guesses {
			steps := strings.Split(path, "/")
			for i, s := range steps {
				if strings.HasPrefix(s, ":") {
					steps[i] = guess
				}
			}
			got := o.asked("office", method, strings.Join(steps, "/"), nil)
			if got < 400 || got >= 500 {
				// A page says that there is no such certificate; another asks before it looks.
				if got != 200 || !strings.HasPrefix(path, "/verify/") && !strings.HasPrefix(path, "/unsubscribe/") {
					t.Errorf("%s with %.30q: %d", route, guess, got)
				}
			}
		}
	}
}

// What a request says ends up in no header but as data.
func TestNoHeaderIsInjected(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
	b := o.browse("office", "vi")
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, back := range []string{"/x\r\nSet-Cookie: stolen=1", "/x\nX-Evil: 1", "javascript:alert(1)", "//elsewhere.example", `/\elsewhere.example`, "https://elsewhere.example", "/\t/elsewhere.example", "/%0d%0aX-Evil:1"} {
		for _, path := range []string{"/language", "/theme"} {
			got := b.post(path, url.Values{"lang": {"vi"}, "theme": {"dark"}, "back": {back}})
			to := got.header.Get("Location")
			if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") || got.header.Get("X-Evil") != "" || strings.Contains(strings.Join(got.header.Values("Set-Cookie"), ""), "stolen") {
				t.Errorf("%s back to %q: %q %v", path, back, to, got.header)
			}
		}
	}
	for _, name := range []string{`a";x="b.txt`, "a.txt; filename=evil.exe", "giấy chứng nhận.txt", "../../etc/passwd", `..\..\boot.ini`} {
		doc := o.must(201, o.named("producer-"+fishSauce, id, "idea_form", name, []byte("x"))).body["id"].(string)
		got := o.must(200, o.ask("office", "GET", "/api/v1/documents/"+doc, nil))
		if d := got.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || strings.Contains(d, "../") || strings.ContainsAny(d, "\r\n") {
			t.Errorf("%q is offered as %q", name, d)
		}
	}
}

// What was uploaded is known by its content, never shown as a page of ours,
// and nothing is unpacked.
func TestUploadsAreCheckedAndNeverShown(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	who := "producer-" + fishSauce
	o.must(200, o.move(who, id, "begin_upgrade", nil))
	for name, content := range map[string][]byte{"trang.html": []byte("<html><script>alert(1)</script>"), "anh.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "bom.xlsx": bomb(t)} {
		doc := o.must(201, o.named(who, id, "idea_form", name, content)).body["id"].(string)
		got := o.must(200, o.ask("office", "GET", "/api/v1/documents/"+doc, nil))
		if got.header.Get("Content-Security-Policy") != "sandbox" || got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || got.text != string(content) {
			t.Errorf("%s: %v", name, got.header)
		}
	}
	for name, content := range map[string][]byte{"giay.pdf": []byte("<html></html>"), "anh.png": []byte("GIF89a"), "chuong-trinh.txt": []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00"), "rong.txt": {}, "a\u202etxt.exe": []byte("x"), strings.Repeat("d", 300) + ".txt": []byte("x")} {
		got := o.must(422, o.named(who, id, "idea_form", name, content))
		if got.code() != "document_wrong" {
			t.Errorf("%q: %s", name, got.code())
		}
	}
	if got := o.named(who, id, "idea_form", "to.bin", bytes.Repeat([]byte("x"), int(o.app.MaxUpload)+1)); got.status != 413 {
		t.Errorf("too large: %d", got.status)
	}
}

// bomb is a spreadsheet of some kilobytes that unpacks to a hundred million.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range 50 {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Pages, answers of the API, assets and refusals alike tell browsers what they may
// do with them.
func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	for _, path := range []string{"/sign-in", "/verify", "/offline.html", "/healthz", "/api/v1/products", "/api/v1/workflows", "/api/docs", "/nowhere", "/api/nowhere", "/assets/none"} {
		h := o.ask("", "GET", path, nil).header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: %q lacks %s", path, csp, want)
			}
		}
		if !strings.Contains(csp, "object-src 'none'") && !strings.HasPrefix(csp, "default-src 'none'") {
			t.Errorf("%s: %q takes objects", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
	o.must(405, o.ask("", "TRACE", "/", nil))
}

//go:build unix

package app

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/httpx"
)

// browser is a person at the pages, without JavaScript.
type browser struct {
	o      *office
	client *http.Client
}

func (o *office) browse(who, lang string) *browser {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	at, err := url.Parse(o.address)
	if err != nil {
		o.t.Fatal(err)
	}
	cookies := []*http.Cookie{{Name: httpx.LangCookie, Value: lang, Path: "/"}}
	if who != "" {
		cookies = append(cookies, &http.Cookie{Name: httpx.SessionCookie, Value: o.tokens[who], Path: "/"})
	}
	jar.SetCookies(at, cookies)
	return &browser{o, &http.Client{Jar: jar}}
}

func (b *browser) get(path string) answer {
	b.o.t.Helper()
	return b.do(must(http.NewRequest("GET", b.o.address+path, nil)))
}

func (b *browser) post(path string, form url.Values) answer {
	b.o.t.Helper()
	r := must(http.NewRequest("POST", b.o.address+path, strings.NewReader(form.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) do(r *http.Request) answer {
	b.o.t.Helper()
	got, err := b.client.Do(r)
	if err != nil {
		b.o.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	return answer{status: got.StatusCode, header: got.Header, text: string(text)}
}

func TestPagesOfEveryRoleInBothLanguages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
	o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("x")))
	words := map[string][]string{
		"vi": {`<html lang="vi">`, "Việc của tôi", "Sản phẩm"},
		"en": {`<html lang="en">`, "My work", "Products"},
	}
	untranslated := regexp.MustCompile(`>(event_[a-z_]+|[a-z]+_[a-z_]+)<`)
	for _, who := range []string{"admin", "office", "leader", "commune-tt-thien-cam", "producer-" + fishSauce, "secretary-district", "member-district-1", "auditor", "privacy", "dept-nong-nghiep"} {
		for lang, want := range words {
			b := o.browse(who, lang)
			for _, path := range []string{"/worklist", "/products", "/products?q=nuoc+mam&overdue=true", "/products/" + id, "/campaigns", "/campaigns/cam-xuyen-2024", "/procedures", "/councils", "/products/" + id + "/self-score", "/verify/GD-2022-01", "/verify?number=none"} {
				a := b.get(path)
				hidden := strings.HasPrefix(path, "/products/") && (who == "admin" || who == "member-district-1")
				if wanted := map[bool]int{true: 404, false: 200}[hidden || strings.Contains(path, "none")]; a.status != wanted {
					t.Errorf("%s %s %s: %d, want %d", who, lang, path, a.status, wanted)
				}
				for _, word := range want {
					if !strings.Contains(a.text, word) {
						t.Errorf("%s %s %s: %q is missing", who, lang, path, word)
					}
				}
				if m := untranslated.FindString(a.text); m != "" {
					t.Errorf("%s %s %s: %s is not translated", who, lang, path, m)
				}
			}
		}
	}
}

func TestAPersonWalksThroughThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(simWine)
	office := o.browse("office", "en")
	page := office.get("/products/" + id).text
	key := regexp.MustCompile(`name="idempotency_key" value="([^"]+)"`).FindStringSubmatch(page)[1]
	form := url.Values{"event": {"begin_upgrade"}, "version": {"1"}, "idempotency_key": {key}, "data.target": {"4"}, "comment": {""}}
	for range 2 { // a double click
		if a := office.post("/products/"+id+"/moves", form); a.status != 200 || !strings.Contains(a.text, "Idea registered") {
			t.Fatalf("%d %.300s", a.status, a.text)
		}
	}
	if n := o.entries(id, "move"); n != 2 { // import and begin_upgrade
		t.Errorf("%d moves, want 2", n)
	}
	commune := o.browse("commune-cam-my", "vi")
	a := commune.post("/products/"+id+"/moves", url.Values{"event": {"send_back"}, "version": {"2"}, "comment": {""}})
	if a.status != 422 || !strings.Contains(a.text, "Phải ghi lý do.") {
		t.Errorf("without a reason: %d", a.status)
	}
	a = commune.post("/products/"+id+"/moves", url.Values{"event": {"send_back"}, "version": {"1"}, "comment": {"điều đã gõ"}})
	if a.status != 412 || !strings.Contains(a.text, "điều đã gõ") {
		t.Errorf("a stale form: %d; what was typed is kept: %v", a.status, strings.Contains(a.text, "điều đã gõ"))
	}
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	demo, err := o.app.LoadDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := o.browse("", "vi")
	if a := b.get("/products"); !strings.Contains(a.text, `action="/sign-in"`) {
		t.Error("a stranger sees the products")
	}
	wrong := url.Values{"name": {"office"}, "password": {"wrong"}}
	if a := b.post("/sign-in", wrong); a.status != 401 || !strings.Contains(a.text, "Tên đăng nhập hoặc mật khẩu không đúng.") {
		t.Errorf("a wrong password: %d", a.status)
	}
	for range 5 {
		b.post("/sign-in", wrong)
	}
	if a := b.post("/sign-in", wrong); a.status != 429 {
		t.Errorf("guessing goes on: %d", a.status)
	}
	right := url.Values{"name": {"leader"}, "password": {demo[0].Password}, "back": {"https://elsewhere.example/"}}
	if a := b.post("/sign-in", right); a.status != 200 || !strings.Contains(a.text, "Việc của tôi") {
		t.Errorf("signed in: %d", a.status)
	}
	if a := b.post("/sign-out", nil); !strings.Contains(a.text, `action="/sign-in"`) {
		t.Error("signed out, and still in")
	}
	r := must(http.NewRequest("POST", o.address+"/sign-in", strings.NewReader(right.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := b.do(r); a.status != 403 {
		t.Errorf("a form of another site: %d, want 403", a.status)
	}
}

func TestAPIDocumentationOpensInABrowserOffline(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	dom := chromium(t, o.address+"/api/docs")
	// Of a long list it draws what is in sight: the first operations.
	for _, want := range []string{"/api/v1/accounts", "/api/v1/accounts/{id}"} {
		if !strings.Contains(strings.ReplaceAll(dom, "\u200b", ""), want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if dom := chromium(t, o.address+"/verify/GD-2022-01"); !strings.Contains(dom, "Nước mắm Phú Sáng") {
		t.Error("the certificate is not on the page")
	}
}

// chromium renders a page in a real browser and gives its document.
func chromium(t *testing.T, address string) string {
	t.Helper()
	name := "chromium"
	if _, err := exec.LookPath(name); err != nil {
		name = "google-chrome"
	}
	cmd := exec.CommandContext(t.Context(), name, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", address)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

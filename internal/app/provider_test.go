//go:build unix

package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/httpx"
	"ocopflow/internal/provider"
)

// withProvider is an office with a real OpenID Connect provider beside it.
func withProvider(t *testing.T) *office {
	t.Helper()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil))) // the provider logs to it
	var op http.Handler
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { op.ServeHTTP(w, r) }))
	server.Start()
	t.Cleanup(server.Close)
	issuer := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	o := openOffice(t, dbtest.SQLite(t), func(c *Config) {
		c.Provider = provider.Settings{Issuer: issuer + "/", Client: "ocopflow", Secret: "mật", Label: "Cổng tỉnh"}
	})
	storage.RegisterClients(storage.WebClient("ocopflow", "mật", o.address+"/sign-in/provider/return"))
	op = exampleop.SetupServer(issuer+"/", storage.NewStorage(storage.NewUserStore(issuer)), nil, false)
	return o
}

// walk is a browser that follows the way to the provider and back.
func (o *office) walk() *browser {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	at, _ := url.Parse(o.address)
	jar.SetCookies(at, []*http.Cookie{{Name: httpx.LangCookie, Value: "vi", Path: "/"}})
	return &browser{o, &http.Client{Jar: jar}}
}

// through signs in at the provider, from a page of ours that leads there.
func (b *browser) through(path, user string) answer {
	b.o.t.Helper()
	got, err := b.client.Get(b.o.address + path)
	if err != nil {
		b.o.t.Fatal(err)
	}
	text, _ := io.ReadAll(got.Body)
	got.Body.Close()
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(string(text))
	if id == nil {
		b.o.t.Fatalf("not at the provider: %d %s %.500s", got.StatusCode, got.Request.URL, text)
	}
	form := url.Values{"id": {id[1]}, "username": {user}, "password": {"verysecure"}}
	r := must(http.NewRequest("POST", got.Request.URL.Scheme+"://"+got.Request.URL.Host+"/login/username", strings.NewReader(form.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

var linkTicket = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// A person links an identity to their account, signs in through the provider
// from then on, and unlinks it; a stranger of the provider is nobody here.
func TestSigningInThroughAnotherProvider(t *testing.T) {
	o := withProvider(t) // not parallel: the provider's clients are of the whole process
	o.newcomer("thu", longPassword)
	if got := o.walk().through("/sign-in/provider", "test-user2"); got.status != 401 || !strings.Contains(got.text, "chưa được liên kết") {
		t.Fatalf("a stranger: %d", got.status)
	}
	mine := o.walk()
	mine.post("/sign-in", url.Values{"name": {"thu"}, "password": {longPassword}})
	page := mine.through("/settings/identities/new", "test-user2")
	m := linkTicket.FindStringSubmatch(page.text)
	if m == nil || !strings.Contains(page.text, "test-user2@zitadel.ch") {
		t.Fatalf("not asked whether to link: %d %s", page.status, page.text)
	}
	other := o.browse("leader", "vi")
	if got := other.post("/settings/identities", url.Values{"ticket": {m[1]}}); got.status != 422 {
		t.Errorf("another links with the ticket: %d", got.status)
	}
	if got := mine.post("/settings/identities", url.Values{"ticket": {m[1]}}); !strings.Contains(got.text, "test-user2@zitadel.ch") {
		t.Errorf("linked: %d", got.status)
	}
	if got := mine.post("/settings/identities", url.Values{"ticket": {m[1]}}); got.status != 409 {
		t.Errorf("linked twice: %d", got.status)
	}
	back := o.walk()
	if got := back.through("/sign-in/provider?back=/products", "test-user2"); got.status != 200 || !strings.Contains(got.text, `action="/products"`) {
		t.Fatalf("signed in: %d %.500s", got.status, got.text)
	}
	if got := back.get("/settings"); !strings.Contains(got.text, ">thu</a>") {
		t.Error("signed in as somebody else")
	}
	issuer := regexp.MustCompile(`name="issuer" value="([^"]+)"`).FindStringSubmatch(back.get("/settings").text)[1]
	if got := mine.post("/settings/identities/end", url.Values{"issuer": {issuer}, "subject": {"id2"}}); strings.Contains(got.text, "test-user2@zitadel.ch") {
		t.Error("still linked")
	}
	if got := o.walk().through("/sign-in/provider", "test-user2"); got.status != 401 {
		t.Errorf("after unlinking: %d", got.status)
	}
	// An answer for another browser, a forged one, none at all.
	for _, path := range []string{"/sign-in/provider/return?state=x&code=y", "/sign-in/provider/return"} {
		if got := o.walk().get(path); got.status != 422 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	forged := o.walk()
	forged.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), o.address) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	forged.get("/sign-in/provider")
	if got := forged.get("/sign-in/provider/return?state=forged&code=y"); got.status != 401 {
		t.Errorf("a forged state: %d", got.status)
	}
}

// A provider that is away says so, and passwords go on.
func TestAProviderThatIsAway(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), func(c *Config) {
		c.Provider = provider.Settings{Issuer: "http://127.0.0.1:1/", Client: "ocopflow", Label: "Cổng tỉnh"}
	})
	if got := o.browse("", "vi").get("/sign-in"); !strings.Contains(got.text, "Đăng nhập qua Cổng tỉnh") {
		t.Error("the provider is not offered")
	}
	if got := o.browse("", "vi").get("/sign-in/provider"); got.status != 503 || !strings.Contains(got.text, "đăng nhập bằng mật khẩu") {
		t.Errorf("away: %d", got.status)
	}
}

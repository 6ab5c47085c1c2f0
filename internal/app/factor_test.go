//go:build unix

package app

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
)

const longPassword = "một mật khẩu dài"

// code is what the app shows so many steps from now.
func code(t testing.TB, secret string, steps int) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// enrolled turns a second factor on, with the code of the step before, so that
// the present one is unused.
func (o *office) enrolled(t testing.TB, who string) (secret string, recovery []any) {
	t.Helper()
	e := o.must(200, o.ask(who, "POST", "/api/v1/auth/second-factor", nil)).body
	secret = e["secret"].(string)
	got := o.must(200, o.ask(who, "PUT", "/api/v1/auth/second-factor", map[string]any{"ticket": e["ticket"], "code": code(t, secret, -1)}))
	return secret, got.body["recovery_codes"].([]any)
}

func TestASecondFactorIsAskedForAndServesOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		o.newcomer("thu", longPassword)
		o.must(200, o.enter("thu", "thu", longPassword))
		secret, recovery := o.enrolled(t, "thu")
		if len(recovery) != 10 {
			t.Fatalf("recovery codes: %v", recovery)
		}
		enter := func(code string) answer {
			body := map[string]any{"name": "thu", "password": longPassword}
			if code != "" {
				body["code"] = code
			}
			return o.ask("", "POST", "/api/v1/auth/session", body)
		}
		if a := enter(""); a.status != 401 || a.code() != "second_factor_needed" {
			t.Errorf("without a code: %d %s", a.status, a.code())
		}
		present := code(t, secret, 0)
		if a := enter(present); a.status != 200 {
			t.Errorf("with a code: %d %s", a.status, a.text)
		}
		for what, c := range map[string]string{"the same again": present, "a wrong one": "000000", "an older one": code(t, secret, -1), "no digits": "một hai", "another recovery code": "AAAA-AAAA-AAAA-AAAA"} {
			if a := enter(c); a.status != 401 || a.code() != "wrong_code" {
				t.Errorf("%s: %d %s", what, a.status, a.code())
			}
		}
		o = o.forgiven(t, "thu")
		spare := recovery[3].(string)
		if a := enter(strings.ToLower(spare)); a.status != 200 {
			t.Errorf("a recovery code: %d %s", a.status, a.text)
		}
		if a := enter(spare); a.status != 401 {
			t.Errorf("a recovery code twice: %d", a.status)
		}
		if got := o.must(200, o.ask("thu", "GET", "/api/v1/auth/second-factor", nil)).body; got["on"] != true || got["recovery_codes_left"] != 9.0 {
			t.Errorf("%v", got)
		}
		for _, table := range []string{"second_factors", "entries"} {
			var n int
			column := map[string]string{"second_factors": "secret || recovery", "entries": "body"}[table]
			if err := o.app.DB.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE "+column+" LIKE $1", "%"+secret+"%").Scan(&n); err != nil || n > 0 {
				t.Errorf("the secret stands in %s: %v", table, err)
			}
		}
	})
}

// forgiven lets a name try again at once.
func (o *office) forgiven(t *testing.T, name string) *office {
	t.Helper()
	if _, err := o.app.DB.Writer().ExecContext(t.Context(), "DELETE FROM attempts"); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestWrongCodesLockOut(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.newcomer("thu", longPassword)
	o.enter("thu", "thu", longPassword)
	secret, _ := o.enrolled(t, "thu")
	for range 5 {
		o.ask("", "POST", "/api/v1/auth/session", map[string]any{"name": "thu", "password": longPassword, "code": "000000"})
	}
	o.refused(429, "too_many", "Sai mật khẩu quá nhiều lần", "Too many wrong passwords", func(lang string) answer {
		return o.ask("", "POST", "/api/v1/auth/session", map[string]any{"name": "thu", "password": longPassword, "code": code(t, secret, 0)}, "Accept-Language", lang)
	})
}

func TestASecondFactorIsTurnedOffWithThePasswordOrByAnAdministrator(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.newcomer("thu", longPassword)
	o.enter("thu", "thu", longPassword)
	o.enrolled(t, "thu")
	o.must(409, o.ask("thu", "POST", "/api/v1/auth/second-factor", nil))
	o.must(422, o.ask("thu", "POST", "/api/v1/auth/second-factor/drop", map[string]any{"password": "một mật khẩu khác"}))
	o.must(204, o.ask("thu", "POST", "/api/v1/auth/second-factor/drop", map[string]any{"password": longPassword}))
	o.must(404, o.ask("thu", "POST", "/api/v1/auth/second-factor/drop", map[string]any{"password": longPassword}))
	o.enrolled(t, "thu")
	id := o.must(200, o.ask("thu", "GET", "/api/v1/auth/session", nil)).body["id"].(string)
	o.must(403, o.ask("office", "DELETE", "/api/v1/accounts/"+id+"/second-factor", nil))
	o.must(204, o.ask("admin", "DELETE", "/api/v1/accounts/"+id+"/second-factor", nil))
	o.must(200, o.enter("thu", "thu", longPassword))
	e := o.must(200, o.ask("thu", "POST", "/api/v1/auth/second-factor", nil)).body
	o.refused(422, "wrong_code", "Mã không đúng", "The code is wrong", func(lang string) answer {
		return o.ask("thu", "PUT", "/api/v1/auth/second-factor", map[string]any{"ticket": e["ticket"], "code": "000000"}, "Accept-Language", lang)
	})
	o.refused(422, "ticket_wrong", "quá thời gian", "took too long", func(lang string) answer {
		return o.ask("leader", "PUT", "/api/v1/auth/second-factor", map[string]any{"ticket": e["ticket"], "code": "000000"}, "Accept-Language", lang)
	})
}

// At the pages the password comes first, the code on a page of its own; in
// between nothing is open.
func TestTheSecondFactorAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.newcomer("thu", longPassword)
	b := o.browse("", "vi")
	b.post("/sign-in", url.Values{"name": {"thu"}, "password": {longPassword}})
	page := b.get("/settings/second-factor").text
	secret := regexp.MustCompile(`<code class="anywhere">([A-Z2-7]+)</code>`).FindStringSubmatch(page)
	ticket := regexp.MustCompile(`name="ticket" value="([^"]+)"`).FindStringSubmatch(page)
	if secret == nil || ticket == nil || !strings.Contains(page, "data:image/png;base64,") {
		t.Fatalf("the page: %.1500s", page)
	}
	if got := b.post("/settings/second-factor", url.Values{"ticket": {ticket[1]}, "code": {"000000"}}); got.status != 422 || !strings.Contains(got.text, secret[1]) {
		t.Errorf("a wrong first code: %d", got.status)
	}
	if got := b.post("/settings/second-factor", url.Values{"ticket": {ticket[1]}, "code": {code(t, secret[1], -1)}}); strings.Count(got.text, "<li><code>") != 10 {
		t.Errorf("recovery codes: %d", got.status)
	}
	again := o.browse("", "vi")
	if got := again.post("/sign-in", url.Values{"name": {"thu"}, "password": {longPassword}, "back": {"/products"}}); !strings.Contains(got.text, `action="/sign-in/code"`) {
		t.Fatalf("no code is asked for: %d %s", got.status, got.text)
	}
	if got := again.get("/settings"); !strings.Contains(got.text, `action="/sign-in"`) {
		t.Error("half a sign-in opens a page")
	}
	if got := again.post("/sign-in/code", url.Values{"code": {"000000"}, "back": {"/products"}}); got.status != 401 || !strings.Contains(got.text, "Mã không đúng") {
		t.Errorf("a wrong code: %d", got.status)
	}
	if got := again.post("/sign-in/code", url.Values{"code": {code(t, secret[1], 0)}, "back": {"/products"}}); got.status != 200 || !strings.Contains(got.text, `action="/products"`) {
		t.Errorf("the right code: %d", got.status)
	}
	if got := o.browse("", "vi").post("/sign-in/code", url.Values{"code": {code(t, secret[1], 1)}}); got.status != 401 {
		t.Errorf("a code without a password: %d", got.status)
	}
	if got := b.post("/settings/second-factor/drop", url.Values{"present": {longPassword}}); !strings.Contains(got.text, "Chưa bật") {
		t.Error("it is not turned off")
	}
}

func TestATokenIsMadeAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	b := o.browse("office", "vi")
	got := b.post("/settings/tokens", url.Values{"label": {"Bảng tính"}, "scope": {"read"}, "days": {"30"}})
	m := regexp.MustCompile(`<code class="anywhere">(ocop_[^<]+)</code>`).FindStringSubmatch(got.text)
	if m == nil || !strings.Contains(got.text, "Bảng tính") {
		t.Fatalf("no token: %d", got.status)
	}
	o.tokens["new"] = m[1]
	o.must(200, o.ask("new", "GET", "/api/v1/products", nil))
	if a := o.move("new", o.product(fishSauce), upgrade, nil); a.status != 403 || a.code() != "token_scope" {
		t.Errorf("a token for reading writes: %d", a.status)
	}
	if strings.Contains(b.get("/settings").text, m[1]) {
		t.Error("the token is shown twice")
	}
}

// Who comes too often waits; a session is not slowed down by its neighbours.
func TestRequestsAreBoundedByAddressAndBySession(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), func(c *Config) {
		c.Rates = Rates{Anonymous: 0.5, SignedIn: 2}
		c.TrustedProxies = []string{"127.0.0.0/8"}
	})
	from := func(who, address string) answer {
		return o.ask(who, "GET", "/api/v1/workflows", nil, "X-Forwarded-For", address)
	}
	o.must(200, from("office", "203.0.113.5")) // the session is known now
	var last answer
	for range 6 {
		last = from("", "203.0.113.5")
	}
	if last.status != 429 || last.code() != "too_many" || last.header.Get("Retry-After") == "" {
		t.Errorf("the sixth: %d %s %q", last.status, last.code(), last.header.Get("Retry-After"))
	}
	o.must(200, from("office", "203.0.113.5"))
	o.must(200, from("", "203.0.113.6"))
	o.tokens["guessed"] = "ocop_guessed"
	if a := from("guessed", "203.0.113.5"); a.status != 429 {
		t.Errorf("a secret that nobody knows has a bucket of its own: %d", a.status)
	}
	o.must(200, o.ask("", "GET", "/healthz", nil, "X-Forwarded-For", "203.0.113.5"))
	for range 25 {
		last = from("office", "203.0.113.7")
	}
	if last.status != 429 {
		t.Errorf("a session has no ceiling: %d", last.status)
	}
}

// Without a trusted proxy no header names an address or makes a connection safe.
func TestNobodyElsesHeadersAreBelieved(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), func(c *Config) { c.Rates = Rates{Anonymous: 0.3} })
	o.newcomer("thu", longPassword)
	var last answer
	for i := range 8 {
		last = o.ask("", "GET", "/api/v1/workflows", nil, "X-Forwarded-For", "203.0.113."+string(rune('1'+i)))
	}
	if last.status != 429 {
		t.Errorf("another address with each request: %d", last.status)
	}
	a := o.ask("office", "POST", "/api/v1/auth/session", map[string]any{"name": "thu", "password": longPassword}, "X-Forwarded-Proto", "https")
	if c := a.header.Get("Set-Cookie"); strings.Contains(c, "Secure") || a.header.Get("Strict-Transport-Security") != "" {
		t.Errorf("a header is believed: %s", c)
	}
	if _, err := networks([]string{"10.0.0.0/99"}); err == nil {
		t.Error("a wrong range is taken")
	}
}

// Whoever holds a role that demands a second factor does nothing before it is on;
// tokens for programs, and other roles, go on as they were.
func TestARoleThatDemandsASecondFactorWaitsForIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database, func(c *Config) { c.SecondFactor = []ocop.Role{access.Leader} })
		for _, name := range []string{"thu", "lan"} {
			o.newcomer(name, longPassword)
			o.must(200, o.enter(name, name, longPassword))
		}
		id := o.must(200, o.ask("thu", "GET", "/api/v1/auth/session", nil)).body["id"].(string)
		page := o.browse("", "vi")
		page.post("/sign-in", url.Values{"name": {"thu"}, "password": {longPassword}})
		o.must(201, o.ask("admin", "POST", "/api/v1/accounts/"+id+"/roles", map[string]any{"role": "leader", "unit": "ha-tinh"}))

		const must = "/api/v1/worklist"
		o.refused(403, "second_factor_must", "Vai trò của bạn cần xác thực hai bước", "Your role needs a second factor", func(lang string) answer {
			return o.ask("thu", "GET", must, nil, "Accept-Language", lang)
		})
		for _, x := range [][2]string{{"POST", "/api/v1/tokens"}, {"DELETE", "/api/v1/auth/sessions"}, {"GET", "/api/v1/events"}} {
			if a := o.ask("thu", x[0], x[1], map[string]any{"label": "x"}); a.code() != "second_factor_must" {
				t.Errorf("%s: %d %s", x, a.status, a.code())
			}
		}
		o.must(200, o.ask("lan", "GET", must, nil))
		o.must(200, o.ask("leader", "GET", must, nil)) // a token
		for path, want := range map[string]string{"/": `name="ticket"`, "/settings": "Vai trò của bạn cần xác thực hai bước", "/settings/reminders": `name="ticket"`} {
			if got := page.get(path); got.status != 200 || !strings.Contains(got.text, want) {
				t.Errorf("%s: %d %.300s", path, got.status, got.text)
			}
		}
		if got := page.post("/settings/tokens", url.Values{"label": {"x"}, "days": {"9"}}); strings.Contains(got.text, "ocop_") {
			t.Error("a token is made before the second factor is on")
		}
		o.must(200, o.ask("thu", "GET", "/api/v1/auth/second-factor", nil))
		o.enrolled(t, "thu")
		o.must(200, o.ask("thu", "GET", must, nil))
		if got := page.get("/"); strings.Contains(got.text, `name="ticket"`) {
			t.Error("the page asks again")
		}
		o.must(204, o.ask("thu", "POST", "/api/v1/auth/second-factor/drop", map[string]any{"password": longPassword}))
		o.must(403, o.ask("thu", "GET", must, nil))
	})
}

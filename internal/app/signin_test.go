//go:build unix

package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// enter signs in through the API and keeps the session under the name given.
func (o *office) enter(as, name, password string) answer {
	o.t.Helper()
	a := o.ask("", "POST", "/api/v1/auth/session", map[string]any{"name": name, "password": password},
		"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0")
	for _, c := range strings.Split(a.header.Get("Set-Cookie"), "; ") {
		if value, ok := strings.CutPrefix(c, "ocopflow_session="); ok && a.status == 200 {
			o.tokens[as] = value
		}
	}
	return a
}

// newcomer is an account with a password of its own.
func (o *office) newcomer(name, password string) {
	o.t.Helper()
	o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": name, "password": password}))
}

// refused reads a fault in both languages.
func (o *office) refused(status int, code, vi, en string, ask func(lang string) answer) {
	o.t.Helper()
	for lang, words := range map[string]string{"vi": vi, "en": en} {
		if a := ask(lang); a.status != status || a.code() != code || !strings.Contains(a.text, words) {
			o.t.Errorf("%s: %d %s, want %d %s %q: %.300s", lang, a.status, a.code(), status, code, words, a.text)
		}
	}
}

func TestPasswordRulesAndChange(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.newcomer("thu.nguyen.van", "một mật khẩu dài")
		for password, words := range map[string][2]string{
			"ngắn":            {"Mật khẩu phải có ít nhất 10 ký tự.", "A password needs at least 10 characters."},
			"Thu.Nguyen.Van":  {"Mật khẩu không được trùng tên đăng nhập.", "The password must not be the account's name."},
			"MatKhau123456":   {"Mật khẩu này quá phổ biến, dễ bị đoán.", "This password is among the most common ones."},
			"Christopher":     {"Mật khẩu này quá phổ biến, dễ bị đoán.", "This password is among the most common ones."},
			"OCOP-Hà-Tĩnh#26": {"Mật khẩu chỉ gồm những từ dễ đoán", "nothing but words that are easily guessed"},
			"thunguyenvan.99": {"Mật khẩu chỉ gồm những từ dễ đoán", "nothing but words that are easily guessed"},
		} {
			o.enter("thu", "thu.nguyen.van", "một mật khẩu dài")
			o.refused(422, "password_weak", words[0], words[1], func(lang string) answer {
				return o.ask("thu", "PUT", "/api/v1/auth/password", map[string]any{"present": "một mật khẩu dài", "next": password}, "Accept-Language", lang)
			})
			o.refused(422, "account_wrong", words[0], words[1], func(lang string) answer {
				return o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "thu.nguyen.van", "password": password}, "Accept-Language", lang)
			})
		}
		o.refused(422, "password_wrong", "Mật khẩu hiện tại không đúng.", "The present password is wrong.", func(lang string) answer {
			return o.ask("thu", "PUT", "/api/v1/auth/password", map[string]any{"present": "không phải", "next": "một mật khẩu khác"}, "Accept-Language", lang)
		})
		o.must(200, o.enter("other", "thu.nguyen.van", "một mật khẩu dài"))
		o.must(204, o.ask("thu", "PUT", "/api/v1/auth/password", map[string]any{"present": "một mật khẩu dài", "next": "một mật khẩu khác"}))
		o.must(200, o.ask("thu", "GET", "/api/v1/auth/session", nil))
		o.must(401, o.ask("other", "GET", "/api/v1/auth/session", nil))
		o.must(401, o.enter("thu", "thu.nguyen.van", "một mật khẩu dài"))
		o.must(200, o.enter("thu", "thu.nguyen.van", "một mật khẩu khác"))
		o.must(401, o.ask("", "PUT", "/api/v1/auth/password", map[string]any{"present": "x", "next": "y"}))
	})
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.newcomer("thu", "một mật khẩu dài")
		o.enter("one", "thu", "một mật khẩu dài")
		o.enter("two", "thu", "một mật khẩu dài")
		list := o.must(200, o.ask("one", "GET", "/api/v1/auth/sessions", nil)).items()
		if len(list) != 2 || list[0]["current"] != true || list[1]["current"] != false || list[0]["label"] != "Firefox" {
			t.Fatalf("sessions: %v", list)
		}
		o.must(404, o.ask("office", "DELETE", "/api/v1/auth/sessions/"+list[1]["id"].(string), nil))
		o.must(204, o.ask("one", "DELETE", "/api/v1/auth/sessions/"+list[1]["id"].(string), nil))
		o.must(401, o.ask("two", "GET", "/api/v1/auth/session", nil))
		o.enter("two", "thu", "một mật khẩu dài")
		o.must(204, o.ask("one", "DELETE", "/api/v1/auth/sessions", nil))
		for _, who := range []string{"one", "two"} {
			o.must(401, o.ask(who, "GET", "/api/v1/auth/session", nil))
		}
	})
}

func TestLockOutSurvivesARestartAndHoldsForEveryServer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.newcomer("thu", "một mật khẩu dài")
		for range 5 {
			for _, name := range []string{"thu", "no-such-name"} {
				if a := o.enter("", name, "wrong"); a.status != 401 || a.code() != "wrong_credentials" {
					t.Fatalf("%s: %d %s", name, a.status, a.code())
				}
			}
		}
		second, err := Open(t.Context(), Config{Database: address, Data: t.TempDir(), Demo: true, Hashing: quick, Idle: true,
			Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		server := httptest.NewServer(second.Handler)
		defer server.Close()
		first := o.address
		for _, at := range []string{first, server.URL} {
			o.address = at
			for _, name := range []string{"thu", "no-such-name"} {
				o.refused(429, "too_many", "Sai mật khẩu quá nhiều lần", "Too many wrong passwords", func(lang string) answer {
					return o.ask("", "POST", "/api/v1/auth/session", map[string]any{"name": name, "password": "một mật khẩu dài"}, "Accept-Language", lang)
				})
			}
		}
		o.address = first
		var n int
		if err := o.app.DB.QueryRow(t.Context(), "SELECT count(*) FROM entries WHERE event = 'lock_out'").Scan(&n); err != nil || n != 2 {
			t.Errorf("%d entries of a lock-out, want 2: %v", n, err)
		}
	})
}

func TestSettingsPage(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.newcomer("thu", "một mật khẩu dài")
	for lang, words := range map[string][3]string{
		"vi": {"Thiết lập của tôi", "Mật khẩu hiện tại không đúng.", "Đã đổi mật khẩu"},
		"en": {"My settings", "The present password is wrong.", "The password was changed"},
	} {
		b := o.browse("", lang)
		b.post("/sign-in", url.Values{"name": {"thu"}, "password": {"một mật khẩu dài"}})
		if a := b.get("/settings"); a.status != 200 || !strings.Contains(a.text, words[0]) || !strings.Contains(a.text, `href="/settings"`) {
			t.Errorf("%s: %d", lang, a.status)
		}
		form := url.Values{"present": {"sai"}, "next": {"một mật khẩu dài"}}
		if a := b.post("/settings/password", form); a.status != 422 || !strings.Contains(a.text, words[1]) {
			t.Errorf("%s: a wrong present password: %d", lang, a.status)
		}
		form.Set("present", "một mật khẩu dài")
		if a := b.post("/settings/password", form); a.status != 200 || !strings.Contains(a.text, words[2]) {
			t.Errorf("%s: changed: %d", lang, a.status)
		}
		if a := b.post("/settings/sign-out-everywhere", nil); !strings.Contains(a.text, `action="/sign-in"`) {
			t.Errorf("%s: still in", lang)
		}
	}
	if a := o.browse("", "en").get("/settings"); !strings.Contains(a.text, `action="/sign-in"`) {
		t.Error("a stranger sees settings")
	}
}

func TestSignInTakesNoSessionFromOutsideAndNoOtherOrigin(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), func(c *Config) { c.TrustedProxies = []string{"127.0.0.1"} })
	o.newcomer("thu", "một mật khẩu dài")
	body := map[string]any{"name": "thu", "password": "một mật khẩu dài"}
	planted := "ocop_planted-by-somebody-else"
	a := o.must(200, o.ask("", "POST", "/api/v1/auth/session", body, "Cookie", "ocopflow_session="+planted, "X-Forwarded-Proto", "https"))
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-ocopflow_session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie is not %s: %s", want, cookie)
		}
	}
	o.tokens["planted"] = planted
	if strings.Contains(cookie, planted) || o.ask("planted", "GET", "/api/v1/auth/session", nil).status != 401 {
		t.Error("a session from outside is taken")
	}
	for _, h := range []string{"Permissions-Policy", "Cross-Origin-Opener-Policy", "Strict-Transport-Security"} {
		if a.header.Get(h) == "" {
			t.Errorf("no %s", h)
		}
	}
	o.must(403, o.ask("", "POST", "/api/v1/auth/session", body, "Origin", "https://elsewhere.example"))
	o.must(403, o.ask("", "POST", "/settings/password", nil, "Sec-Fetch-Site", "cross-site"))
	b := o.browse("", "en")
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, to := range []string{"https://elsewhere.example/", "//elsewhere.example/", `/\elsewhere.example`} {
		a := b.post("/sign-in", url.Values{"name": {"thu"}, "password": {"một mật khẩu dài"}, "back": {to}})
		if a.status != 303 || a.header.Get("Location") != "/" {
			t.Errorf("back to %s: %d %s", to, a.status, a.header.Get("Location"))
		}
	}
}

func TestResetGivesAPasswordThatServesOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.must(201, o.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "thu", "password": "một mật khẩu dài"})).body["id"].(string)
		o.must(200, o.enter("thu", "thu", "một mật khẩu dài"))
		o.refused(403, "who_may_not", "Việc này của người quản trị.", "This is for an administrator.", func(lang string) answer {
			return o.ask("office", "POST", "/api/v1/accounts/"+id+"/password", nil, "Accept-Language", lang)
		})
		o.must(404, o.ask("admin", "POST", "/api/v1/accounts/nobody/password", nil))
		given := o.must(200, o.ask("admin", "POST", "/api/v1/accounts/"+id+"/password", nil)).body["password"].(string)
		o.must(401, o.ask("thu", "GET", "/api/v1/auth/session", nil))
		o.must(200, o.enter("thu", "thu", given))
		o.refused(403, "password_must_change", "Hãy đổi mật khẩu được cấp", "Change the password that you were given", func(lang string) answer {
			return o.ask("thu", "GET", "/api/v1/products", nil, "Accept-Language", lang)
		})
		b := o.browse("thu", "vi")
		if a := b.get("/worklist"); !strings.Contains(a.text, "Mật khẩu này do người quản trị cấp") {
			t.Error("the pages let a given password through")
		}
		o.must(204, o.ask("thu", "PUT", "/api/v1/auth/password", map[string]any{"present": given, "next": "một mật khẩu khác"}))
		o.must(200, o.ask("thu", "GET", "/api/v1/products", nil))
	})
}

func TestTokenForReadingWritesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.tokens["reader"] = o.must(201, o.ask("office", "POST", "/api/v1/tokens", map[string]any{"scope": "read", "label": "báo cáo"})).body["secret"].(string)
		o.must(200, o.ask("reader", "GET", "/api/v1/products", nil))
		for _, path := range []string{"/api/v1/tokens", "/api/v1/transitions", "/api/v1/documents"} {
			o.refused(403, "token_scope", "Khóa này chỉ để đọc.", "This token is for reading alone.", func(lang string) answer {
				return o.ask("reader", "POST", path, map[string]any{}, "Accept-Language", lang)
			})
		}
		if a := o.browse("reader", "en").post("/settings/sign-out-everywhere", nil); a.status != 403 {
			t.Errorf("a page writes for a token for reading: %d", a.status)
		}
	})
}

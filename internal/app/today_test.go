//go:build unix

package app

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

var hidden = regexp.MustCompile(`name="(event|version|seen|idempotency_key)" value="([^"]*)"`)

// formOf reads the hidden fields of the form that makes a move.
func formOf(page, event string) url.Values {
	out := url.Values{}
	for form := range strings.SplitSeq(page, "<form") {
		if !strings.Contains(form, `name="event" value="`+event+`"`) {
			continue
		}
		for _, m := range hidden.FindAllStringSubmatch(form, -1) {
			out.Set(m[1], m[2])
		}
	}
	return out
}

// Who fills in a form that somebody else has overtaken learns who did what, and
// loses nothing of what was typed.
func TestStaleFormSaysWhoChangedWhat(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	for lang, words := range map[string][]string{
		"vi": {"Từ khi bạn mở trang này", "producer-" + fishSauce, "Đăng ký nâng hạng", "Đồng ý nâng hạng cho cơ sở"},
		"en": {"Since you opened this page", "producer-" + fishSauce, "Đồng ý nâng hạng cho cơ sở"},
	} {
		office := o.browse("office", lang)
		form := formOf(office.get("/products/"+id).text, "begin_upgrade")
		if form.Get("version") == "" || form.Get("seen") == "" {
			t.Fatalf("form %v", form)
		}
		o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
		form.Set("comment", "Đồng ý nâng hạng cho cơ sở")
		got := office.post("/products/"+id+"/moves", form)
		if got.status != 412 && got.status != 409 {
			t.Fatalf("%d", got.status)
		}
		for _, w := range words {
			if !strings.Contains(got.text, w) {
				t.Errorf("%s: the page does not say %q", lang, w)
			}
		}
		o.must(200, o.move("producer-"+fishSauce, id, "abandon", nil))
	}
}

// The checklist says what is missing, for what, and who brings it.
func TestChecklistFollowsTheDossier(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil))
	row := func(who string) string {
		text := o.browse(who, "vi").get("/products/" + id).text
		_, after, _ := strings.Cut(text, "<strong>Phiếu đăng ký ý tưởng sản phẩm</strong>")
		line, _, _ := strings.Cut(after, "list-group-item")
		return line
	}
	if got := row("producer-" + fishSauce); !strings.Contains(got, "còn thiếu") || !strings.Contains(got, "Xác nhận ý tưởng") || !strings.Contains(got, "?kind=idea_form#upload") {
		t.Errorf("before: %s", got)
	}
	if got := row("leader"); !strings.Contains(got, "Ai nộp") || strings.Contains(got, "#upload") {
		t.Errorf("for the leader: %s", got)
	}
	o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("x")))
	if got := row("producer-" + fishSauce); !strings.Contains(got, "✓") || strings.Contains(got, "còn thiếu") {
		t.Errorf("after: %s", got)
	}
}

// The first page says what the reader holds, and what waits by when.
func TestStartPageByRole(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	for who, words := range map[string][]string{
		"office":                {"Thứ Sáu, ngày 22 tháng 3 năm 2024", "Huyện Cẩm Xuyên", "Trong 7 ngày tới", "Nước mắm Phú Sáng", "29/3/2024", "Đăng ký nâng hạng"},
		"producer-" + fishSauce: {"Sản phẩm tôi phụ trách", "Nước mắm Phú Sáng"},
		"auditor":               {"Số bản ghi trong sổ cái", "/audit/integrity"},
		"member-district-1":     {"Hiện không có việc nào chờ bạn"},
	} {
		text := o.browse(who, "vi").get("/").text
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q", who, w)
			}
		}
	}
	if text := o.browse("producer-"+simWine, "vi").get("/").text; strings.Contains(text, "Nước mắm Phú Sáng") {
		t.Error("another's product is on a producer's first page")
	}
}

// Light or dark is remembered, and nothing but the two is.
func TestThemeIsRemembered(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	b := o.browse("office", "vi")
	if got := b.get("/worklist").text; !strings.Contains(got, "theme.") || strings.Contains(got, `data-bs-theme`) {
		t.Error("without a choice the device does not decide")
	}
	for sent, want := range map[string]string{"dark": "dark", "light": "light", `"><script>`: "light"} {
		if got := b.post("/theme", url.Values{"theme": {sent}, "back": {"/worklist"}}); !strings.Contains(got.text, `data-bs-theme="`+want+`"`) {
			t.Errorf("%s: not %s", sent, want)
		}
	}
}

// maxPage is what a page may weigh over the wire with all that it loads.
const maxPage = 150_000

// A page with its style sheets and scripts stays small over the wire.
func TestPagesAreSmallOverTheWire(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	asset := regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)
	weigh := func(path string) (int, string) {
		r := must(http.NewRequest("GET", o.address+path, nil))
		r.Header.Set("Authorization", "Bearer "+o.tokens["office"])
		r.Header.Set("Accept-Encoding", "gzip")
		got, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		packed, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not compressed", path)
		}
		return len(packed), o.ask("office", "GET", path, nil).text
	}
	for _, path := range []string{"/", "/worklist", "/products", "/products/" + o.product(fishSauce), "/campaigns/cam-xuyen-2024", "/procedures/ocop/2026"} {
		sum, text := weigh(path)
		seen := map[string]bool{}
		for _, m := range asset.FindAllStringSubmatch(text, -1) {
			if !seen[m[1]] {
				n, _ := weigh(m[1])
				sum, seen[m[1]] = sum+n, true
			}
		}
		t.Logf("%s: %d bytes, %d assets", path, sum, len(seen))
		if sum > maxPage || len(seen) < 3 {
			t.Errorf("%s weighs %d bytes with %d assets", path, sum, len(seen))
		}
	}
}

//go:build unix

package app

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ledger"
)

// shows fails the test unless a page has all the words and nothing untranslated.
func (b *browser) shows(path string, words ...string) string {
	b.o.t.Helper()
	a := b.get(path)
	if a.status != 200 {
		b.o.t.Errorf("%s: %d %.300s", path, a.status, a.text)
	}
	for _, w := range words {
		if !strings.Contains(a.text, w) {
			b.o.t.Errorf("%s: %q is missing", path, w)
		}
	}
	if m := regexp.MustCompile(`>\s*((event|kind|flag|method|part|table|column|status|role)_[a-z_]+)\s*<`).FindString(a.text); m != "" {
		b.o.t.Errorf("%s: %s is not translated", path, m)
	}
	return a.text
}

// The auditor's pages say what they should, in both languages, and run nothing
// that somebody typed.
func TestTheAuditorsPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		evil := `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
		p := o.must(201, o.ask("office", "POST", "/api/v1/producers", map[string]any{"name": evil, "form": "household", "unit": "cam-my"}))
		id := o.must(201, o.ask("office", "POST", "/api/v1/products", map[string]any{"name": evil, "producer": p.body["id"], "set": 3})).body["id"].(string)
		wine := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
		o.must(403, o.move("producer-"+simWine, wine, "confirm", map[string]any{"officer": "commune-cam-my"}))
		for range 3 {
			o.must(200, o.move("commune-cam-my", id, "send_back", nil))
		}
		review := o.must(201, o.ask("auditor", "POST", reviewsPath, map[string]any{"title": evil, "note": evil, "product": id, "entry": 1, "search": "actor=" + url.QueryEscape(evil[:20])})).body["id"].(string)
		refused := o.search("auditor", "refused=true", 1)[0]["index"]
		moment := o.app.clock.now().Format("2006-01-02") + "T23:00:00%2B07:00"
		o.clock("2024-04-01")
		o.must(200, o.move("commune-cam-my", wine, "send_back", nil))
		o.clock("2024-04-02")
		for lang, w := range map[string][]string{
			"vi": {"Thanh tra, kiểm toán", "✕ bị từ chối", "Trả lại nhiều lần", "Điểm chốt đã ký", "Tự kiểm tra", "Thêm ghi chú", "Ai giữ vai trò gì", "Những gì đã đổi", "Không có bản ghi nào khớp", "Đã đăng ký ý tưởng"},
			"en": {"Audit", "✕ refused", "Sent back again and again", "Signed checkpoint", "How to check it yourself", "Add a note", "Who held which role", "What changed", "No entry matches", "Idea registered"},
		} {
			b := o.browse("auditor", lang)
			var all string
			all += b.shows("/audit", `href="/audit"`, w[0], w[1], "commune-cam-my", "/audit/entries/", "format=bundle", "format=xes", "format=ocel", "format=csv", "format=jsonl", "?after=")
			all += b.shows("/audit?product="+simWine+"&refused=true", w[1], `value="`+simWine+`"`, "producer-"+simWine)
			all += b.shows("/audit?event=send_back&order=asc&from=2024-03-22&to=2024-03-22", "commune-cam-my", `value="2024-03-22"`)
			all += b.shows("/audit?actor="+url.QueryEscape(evil), w[8])
			all += b.shows(fmt.Sprintf("/audit/entries/%v", refused), w[1], w[4], "c2sp.org/tlog-proof@v1", "sha256sum", "&#34;event&#34;:&#34;confirm&#34;", "/products/"+wine)
			all += b.shows("/audit/integrity?from=10&to=20", w[3], "ocopflow/", "ocopflow audit verify --all", "20", "<pre")
			all += b.shows("/audit/flags?unit=cam-my", w[2], "#", "/audit/reviews?entry=")
			all += b.shows("/audit/reviews", "/audit/reviews/"+review)
			all += b.shows("/audit/reviews/"+review, w[5], "/products/"+id, `href="/audit/entries/1"`)
			all += b.shows("/audit/past?product="+simWine+"&at="+moment+"&to=2024-04-02T07:30", w[6], w[7], w[9], "leader")
			if strings.Contains(all, "<script>alert") || strings.Contains(all, "<img src=x") {
				t.Errorf("%s: what was typed runs", lang)
			}
			for path, want := range map[string]int{"/audit/entries/999999": 404, "/audit/entries/x": 404, "/audit/reviews/none": 404, "/audit?from=soon": 422, "/audit?kind=none": 422,
				"/audit/flags?kind=none": 422, "/audit/flags?since=soon": 422, "/audit/integrity?from=0": 422, "/audit/past?product=none": 404, "/audit/past?product=" + simWine + "&at=2090-01-01": 422,
				"/audit/past?product=" + simWine + "&at=2024-01-01": 404, "/audit/past?product=" + simWine + "&at=when": 422} {
				if a := b.get(path); a.status != want || !strings.Contains(a.text, `role="alert"`) {
					t.Errorf("%s %s: %d, want %d", lang, path, a.status, want)
				}
			}
		}
	})
}

// The file that the page of an entry offers proves the entry offline, and its first
// line has the hash that the page shows.
func TestTheFileOfAProofHolds(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	key := strings.TrimSpace(o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text)
	b := o.browse("auditor", "vi")
	a := b.get("/audit/entries/7/proof.txt")
	entry, proof, _ := strings.Cut(strings.TrimSuffix(a.text, "\n"), "\n")
	if p, err := ledger.CheckProof([]byte(entry), []byte(proof+"\n"), key); err != nil || p.Index != 7 {
		t.Errorf("%d %+v %v", a.status, p, err)
	}
	b.shows("/audit/entries/7", fmt.Sprintf("%x", sha256.Sum256([]byte("\x00"+entry))), "proof-7.txt")
	for who, want := range map[string]int{"office": 403, "producer-" + simWine: 403} {
		if a := o.browse(who, "vi").get("/audit/entries/7/proof.txt"); a.status != want {
			t.Errorf("%s: %d", who, a.status)
		}
	}
	for _, path := range []string{"/audit/entries/999999/proof.txt", "/audit/entries/x/proof.txt"} {
		if a := b.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// Pages of entries, page by page, keep the search; the export takes the session
// of the browser.
func TestTheAuditorTurnsPages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	b, seen := o.browse("auditor", "vi"), map[string]bool{}
	next := regexp.MustCompile(`<a class="btn btn-primary" href="(/audit\?[^"]+)"`)
	number := regexp.MustCompile(`href="/audit/entries/(\d+)"`)
	path := "/audit?kind=record"
	for path != "" {
		text := b.shows(path)
		for _, m := range number.FindAllStringSubmatch(text, -1) {
			if seen[m[1]] {
				t.Errorf("entry %s is on two pages", m[1])
			}
			seen[m[1]] = true
		}
		path = ""
		if m := next.FindStringSubmatch(text); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if want := len(o.search("auditor", "kind=record", 200)); len(seen) != want || want <= 50 {
		t.Errorf("%d entries on the pages, want %d, more than a page", len(seen), want)
	}
	for _, format := range []string{"jsonl", "csv", "xes", "ocel", "bundle"} {
		if a := b.get("/api/v1/audit/export?format=" + format); a.status != 200 || a.text == "" {
			t.Errorf("export %s: %d", format, a.status)
		}
	}
}

func TestAReviewAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	b := o.browse("auditor", "vi")
	b.shows("/audit/reviews?entry=3&title=Xem", `value="3"`, `value="Xem"`, "Chưa có rà soát nào")
	if a := b.post("/audit/reviews", url.Values{"title": {"Rượu sim"}, "product": {"none"}, "note": {"điều đã gõ"}}); a.status != 422 || !strings.Contains(a.text, "điều đã gõ") {
		t.Errorf("a wrong product: %d; what was typed is kept: %v", a.status, strings.Contains(a.text, "điều đã gõ"))
	}
	for range 2 { // a double click
		if a := b.post("/audit/reviews", url.Values{"title": {"Rượu sim"}, "product": {simWine}, "search": {"kind=move"}, "idempotency_key": {"one"}}); a.status != 200 || !strings.Contains(a.text, "Rượu sim") {
			t.Fatalf("%d %.300s", a.status, a.text)
		}
	}
	list := o.must(200, o.ask("auditor", "GET", reviewsPath, nil)).items()
	if len(list) != 1 {
		t.Fatalf("%d reviews", len(list))
	}
	path := "/audit/reviews/" + list[0]["id"].(string)
	b.shows(path, `href="/audit?kind=move"`)
	if a := b.post(path, url.Values{"act": {"note"}, "version": {"1"}, "text": {"Đã gọi điện"}}); a.status != 200 || !strings.Contains(a.text, "Đã gọi điện") {
		t.Errorf("noting: %d", a.status)
	}
	if a := b.post(path, url.Values{"act": {"note"}, "version": {"1"}, "text": {"đã gõ muộn"}}); a.status != 412 || !strings.Contains(a.text, "đã gõ muộn") {
		t.Errorf("stale: %d", a.status)
	}
	if a := b.post(path, url.Values{"act": {"close"}, "version": {"2"}, "text": {"Ổn"}}); a.status != 200 || !strings.Contains(a.text, "đã kết thúc") || strings.Contains(a.text, "Thêm ghi chú") {
		t.Errorf("closing: %d", a.status)
	}
}

func TestTheAuditorsPagesAreForAuditors(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.appointed("auditor-commune", access.Auditor, "cam-my")
	paths := []string{"/audit", "/audit/entries/1", "/audit/integrity", "/audit/flags", "/audit/reviews", "/audit/reviews/x", "/audit/past"}
	for _, who := range []string{"admin", "office", "leader-province", "commune-cam-my", "producer-" + simWine, "member-province-1", "secretary-province"} {
		b := o.browse(who, "vi")
		if strings.Contains(b.get("/worklist").text, `href="/audit"`) {
			t.Errorf("%s is offered the auditor's pages", who)
		}
		for _, path := range paths {
			if a := b.get(path); a.status != 403 {
				t.Errorf("%s %s: %d, want 403", who, path, a.status)
			}
		}
		if a := b.post("/audit/reviews", url.Values{"title": {"x"}}); a.status != 403 {
			t.Errorf("%s opens a review: %d", who, a.status)
		}
	}
	for _, path := range paths {
		if a := o.browse("", "vi").get(path); !strings.Contains(a.text, `action="/sign-in"`) {
			t.Errorf("a stranger at %s: %d", path, a.status)
		}
	}
	b := o.browse("auditor-commune", "vi")
	if text := b.shows("/audit", "thuộc đơn vị mình"); strings.Contains(text, "format=bundle") {
		t.Error("the auditor of a commune is offered what is for the province")
	}
	for path, want := range map[string]int{"/audit/entries/1": 404, "/audit/past?product=" + fishSauce: 404, "/audit/past?product=" + simWine: 200} {
		if a := b.get(path); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
}

//go:build unix

package app

import (
	"encoding/csv"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

const upgrade = "begin_upgrade"

// ticked are the items of a preview, by product.
var ticked = regexp.MustCompile(`name="item" value="([^":]+):(\d+)"[^>]*?( checked)?>`)

// preview asks what an event would do to products, and gives the form to go on.
func (b *browser) preview(event string, products ...string) (answer, url.Values) {
	b.o.t.Helper()
	got := b.post("/products/bulk", url.Values{"event": {event}, "item": products, "filter": {"q=x"}})
	form := url.Values{"event": {event}}
	for _, name := range []string{"idempotency_key", "seen", "filter"} {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(got.text)
		if m != nil {
			form.Set(name, m[1])
		}
	}
	for _, m := range ticked.FindAllStringSubmatch(got.text, -1) {
		if m[3] != "" {
			form.Add("item", m[1]+":"+m[2])
		}
	}
	return got, form
}

// Many products move at once: a preview first, then those that would stand,
// each told apart, each once.
func TestManyProductsMoveFromTheList(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		fish, wine, rice := o.product(fishSauce), o.product(simWine), o.product("gao-xuyen-huong")
		b := o.browse("office", "vi")
		size := o.ledgerSize()
		got, form := b.preview(upgrade, fish, wine, rice)
		if got.status != 200 || len(form["item"]) != 2 || !strings.Contains(got.text, "Hiện có: Hết hạn · Cần: Đã được công nhận") {
			t.Fatalf("preview: %d, %v", got.status, form)
		}
		if n := o.ledgerSize(); n != size {
			t.Errorf("a preview left %d entries", n-size)
		}
		o.must(200, o.move("producer-"+fishSauce, fish, upgrade, nil)) // somebody is faster
		for range 2 {                                                  // a double click
			got = b.post("/products/bulk/moves", form)
			if got.status != 200 || !strings.Contains(got.text, "đã thực hiện") || !strings.Contains(got.text, "producer-"+fishSauce+": Đăng ký nâng hạng") {
				t.Errorf("outcome %d: %s", got.status, got.text)
			}
		}
		if n := o.entries(wine, "move"); n != 2 { // import, upgrade
			t.Errorf("the wine has %d moves", n)
		}
	})
}

// What stands against an act on many is said before anything happens.
func TestAnActOnManyIsRefused(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	fish := o.product(fishSauce)
	b := o.browse("producer-"+simWine, "en")
	got, form := b.preview(upgrade, fish)
	if got.status != 200 || len(form["item"]) > 0 || strings.Contains(got.text, "Phú Sáng") {
		t.Errorf("another's product: %d %v", got.status, form["item"])
	}
	form.Set("item", fish+":1")
	if got := b.post("/products/bulk/moves", form); strings.Contains(got.text, "Phú Sáng") || !strings.Contains(got.text, "<strong>Not found.</strong>") {
		t.Errorf("another's product moves: %s", got.text)
	}
	if n := o.entries(fish, "move"); n != 1 {
		t.Errorf("the fish sauce has %d moves", n)
	}
	office := o.browse("office", "en")
	for what, send := range map[string]url.Values{
		"Nothing is ticked":        {"event": {upgrade}},
		"Choose a move":            {"event": {"none"}, "item": {fish}},
		"At most 5000 products":    {"event": {upgrade}, "item": strings.Split(strings.Repeat("x,", 5000)+"x", ",")},
		"No product matches":       {"event": {upgrade}, "all": {"true"}, "filter": {"q=khong-co-gi-nhu-the"}},
		"Back to the start":        {"event": {upgrade}, "item": {strings.Repeat("x", 5<<20)}},
		"The form is not whole":    {"event": {upgrade}, "item": {fish + ":1"}},
		"Would stand: <strong dat": {"event": {upgrade}, "all": {"true"}, "filter": {"%zz"}},
	} {
		path := "/products/bulk"
		if strings.HasPrefix(what, "The form") {
			path += "/moves"
		}
		if got := office.post(path, send); !strings.Contains(got.text, what) {
			t.Errorf("%s: %d %.300s", what, got.status, got.text[strings.Index(got.text, "<h1"):])
		}
	}
}

// The list is narrowed by its address, and says by what.
func TestTheListIsNarrowedByItsAddress(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	b := o.browse("office", "vi")
	for query, want := range map[string]int{
		"": 4, "q=nuoc+mam": 1, "q=N%C6%AF%E1%BB%9AC+m%E1%BA%AFm": 1, "q=dat+thom": 1, "q=%C4%90%E1%BA%A1t": 1, "q=hai+san+phu": 1, "q=sim+mam": 0, "q=%21%21": 0, "q=nuoc-mam": 1, "q=%22n%C6%B0%E1%BB%9Bc%22": 1, "q=%25": 0, "q=gao-xuyen-huong": 1,
		"state=certified": 2, "state=expired&stars=3": 2, "stars=4": 0, "set=9": 1, "commune=tt-thien-cam": 1, "campaign=cam-xuyen-2024": 4, "overdue=true": 0,
		"state=certified&commune=cam-my&q=sim": 1, "track=first": 0, "sort=due": 4, "set=x&stars=y": 4, "level=province": 0,
	} {
		got := b.get("/products?" + query)
		if n := strings.Count(got.text, `name="item"`); n != want || got.status != 200 {
			t.Errorf("%q: %d products, want %d (%d)", query, n, want, got.status)
		}
	}
	text := b.get("/products?state=certified&q=sim&stars=3").text
	for _, w := range []string{`href="/products?q=sim&amp;stars=3"`, `href="/products?q=sim&amp;state=certified"`, "3 ★ <span", "Bỏ mọi điều kiện"} {
		if !strings.Contains(text, w) {
			t.Errorf("no chip %s", w)
		}
	}
}

// The list leaves as a spreadsheet: whole, narrowed, and without formulas.
func TestTheListAsCSV(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	owner := o.must(201, o.ask("office", "POST", "/api/v1/producers", map[string]any{"name": `=cmd|' /C calc'!A0`, "form": "household", "unit": "cam-my"}))
	o.must(201, o.ask("office", "POST", "/api/v1/products", map[string]any{"name": `+1 "mật", ong`, "producer": owner.body["id"], "set": 3}))
	read := func(who, lang, query string) [][]string {
		got := o.browse(who, lang).get("/products.csv?" + query)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.text, "\uFEFF"))).ReadAll()
		if err != nil || got.status != 200 || !strings.HasPrefix(got.text, "\uFEFF") {
			t.Fatalf("%d %v", got.status, err)
		}
		return rows
	}
	rows := read("office", "vi", "")
	if len(rows) != 6 || rows[0][1] != "Sản phẩm" {
		t.Fatalf("%v", rows)
	}
	for _, row := range rows[1:] {
		if strings.HasPrefix(row[1], "+") || strings.HasPrefix(row[2], "=") {
			t.Errorf("a formula: %q", row)
		}
		if row[1] == `'+1 "mật", ong` && row[5] != "Đã đăng ký ý tưởng" {
			t.Errorf("%q", row)
		}
	}
	if rows := read("office", "en", "q=nuoc+mam"); len(rows) != 2 || rows[0][1] != "Product" || rows[1][5] != "Certified" || rows[1][8] != "3" {
		t.Errorf("%v", rows)
	}
	if rows := read("producer-"+simWine, "vi", ""); len(rows) != 2 {
		t.Errorf("a producer has %d rows", len(rows))
	}
}

// A product is entered on a page of its own, new or with an older certificate,
// and what was typed stays where it is refused.
func TestAProductIsEnteredOnItsPage(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	b := o.browse("office", "vi")
	page := b.get("/products/new?find=hai+san+phu").text
	m := regexp.MustCompile(`<option value="([^"]+)">HTX Dịch vụ Chế biến hải sản Phú Sáng`).FindStringSubmatch(page)
	if m == nil || strings.Contains(page, "Phan Khắc Đạt") || !strings.Contains(page, "9 · ") {
		t.Fatalf("the form: %.2000s", page)
	}
	form := url.Values{"name": {"Mắm ruốc Thiên Cầm"}, "producer": {m[1]}, "set": {"9"}, "idempotency_key": {"k1"}}
	wrong := url.Values{"name": {"Mắm ruốc Thiên Cầm"}, "producer": {m[1]}, "set": {"77"}}
	if got := b.post("/products", wrong); got.status != 422 || !strings.Contains(got.text, `value="Mắm ruốc Thiên Cầm"`) || !strings.Contains(got.text, "Bộ tiêu chí: ") {
		t.Errorf("refused: %d", got.status)
	}
	for range 2 {
		if got := b.post("/products", form); got.status != 200 || !strings.Contains(got.text, "Đã đăng ký ý tưởng") {
			t.Errorf("registered: %d", got.status)
		}
	}
	if n := strings.Count(b.get("/products?q=mam+ruoc").text, `name="item"`); n != 1 {
		t.Errorf("a double click entered %d", n)
	}
	form = url.Values{"name": {"Mắm tôm cũ"}, "producer": {m[1]}, "set": {"9"}, "earlier": {"true"}, "number": {"CU-01"}, "stars": {"4"}, "issued_on": {"2023-05-06"}}
	if got := b.post("/products", form); !strings.Contains(got.text, "CU-01") || !strings.Contains(got.text, "06/5/2023") {
		t.Errorf("recognised earlier: %d", got.status)
	}
	form.Set("issued_on", "hôm qua")
	form.Set("number", "CU-02")
	if got := b.post("/products", form); got.status != 422 || !strings.Contains(got.text, `value="CU-02"`) {
		t.Errorf("a wrong day: %d", got.status)
	}
	if got := o.browse("leader", "vi").get("/products/new"); !strings.Contains(got.text, "Không có chủ thể nào") {
		t.Error("a leader is offered producers")
	}
}

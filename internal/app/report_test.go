//go:build unix

package app

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
)

// The report says of every state what the histories say, walked one by one.
func TestTheReportIsWhatTheHistoriesSay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		o.elsewhere()
		id := o.product(fishSauce)
		o.must(200, o.move("producer-"+fishSauce, id, upgrade, nil))
		o.clock("2024-04-10")
		o.must(200, o.move("producer-"+fishSauce, id, "abandon", nil))
		o.clock("2024-05-20")
		o.certified("Nước mắm thứ nhất", "A-1")
		r := o.must(200, o.ask("office-province", "GET", "/api/v1/reports", nil)).body

		states, stays, products := map[string]int{}, map[string][]float64{}, 0
		for _, p := range o.must(200, o.ask("office-province", "GET", "/api/v1/products?limit=200", nil)).items() {
			states[p["state"].(string)]++
			products++
			var last time.Time
			was := ""
			for _, e := range o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+p["id"].(string)+"/history", nil)).items() {
				if e["kind"] != "move" || e["from"] == e["to"] {
					continue
				}
				at, err := time.Parse(time.RFC3339, e["at"].(string))
				if err != nil {
					t.Fatal(err)
				}
				if was != "" {
					stays[was] = append(stays[was], at.Sub(last).Hours()/24)
				}
				last, was = at, e["to"].(string)
			}
		}
		for state, n := range r["states"].(map[string]any) {
			if int(n.(float64)) != states[state] {
				t.Errorf("%s: %v, want %d", state, n, states[state])
			}
		}
		if len(r["stays"].([]any)) != len(stays) || len(stays) < 3 {
			t.Errorf("stays %v, want %v", r["stays"], stays)
		}
		for _, x := range r["stays"].([]any) {
			s := x.(map[string]any)
			days := stays[s["state"].(string)]
			slices.Sort(days)
			if want := (days[(len(days)-1)/2] + days[len(days)/2]) / 2; int(s["count"].(float64)) != len(days) || math.Abs(s["median_days"].(float64)-want) > 0.001 {
				t.Errorf("%v, want %d with median %v", s, len(days), want)
			}
		}
		years := fmt.Sprint(r["years"])
		for _, want := range []string{"stars:map[3:2] year:2020", "stars:map[3:2] year:2022", "stars:map[4:1] year:2026"} {
			if !strings.Contains(years, want) {
				t.Errorf("years %s, without %s", years, want)
			}
		}
		if ending := fmt.Sprint(r["ending"]); !strings.Contains(ending, "count:1 month:2029-06") {
			t.Errorf("ending %s", ending)
		}
		for who, want := range map[string]int{"producer-" + simWine: 1, "other-office": 0, "office-province": products} {
			n := 0.0
			for _, x := range o.must(200, o.ask(who, "GET", "/api/v1/reports", nil)).body["states"].(map[string]any) {
				n += x.(float64)
			}
			if int(n) != want {
				t.Errorf("%s counts %v products, want %d", who, n, want)
			}
		}
	})
}

// Reports are pictures with their figures, in both languages, also when there
// is nothing to show.
func TestReportsAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.elsewhere()
	for lang, words := range map[string][]string{
		"vi": {"Sản phẩm theo trạng thái", `href="/products?state=certified"`, "Xem số liệu", "02/2025", "<svg"},
		"en": {"Products by state", "Show the figures", "Certificates issued by year and stars"},
	} {
		got := o.browse("office", lang).get("/reports")
		for _, w := range words {
			if !strings.Contains(got.text, w) {
				t.Errorf("%s: no %q", lang, w)
			}
		}
		if strings.Contains(got.text, " style=") {
			t.Error("a style attribute, which the policy forbids")
		}
	}
	if got := o.browse("other-office", "vi").get("/reports"); got.status != 200 || !strings.Contains(got.text, "Chưa có sản phẩm nào") {
		t.Errorf("an empty report: %d", got.status)
	}
	plan := o.browse("office", "vi").get("/campaigns/cam-xuyen-2024").text
	for _, w := range []string{"Tính gộp (đạt mới trong năm)", "Tính ròng (so với đầu năm)", "0 / 4", "đầu kỳ 33", `href="#deadline-D3"`, "T2", "Tháng 04/2024", `aria-current="date"`} {
		if !strings.Contains(plan, w) {
			t.Errorf("the plan has no %q", w)
		}
	}
}

// A target counts what came within the year, once for each product.
func TestTargetsCountWhatTheYearBrought(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(fishSauce), nil)).body["producer"].(map[string]any)["id"]
		for number, day := range map[string]string{"CU-1": "2024-02-03", "CU-2": "2023-12-31"} {
			o.must(201, o.ask("office", "POST", "/api/v1/products", map[string]any{"name": "Mắm " + number, "producer": owner, "set": 9,
				"certificate": map[string]any{"number": number, "stars": 3, "issued_on": day}}))
		}
		plan := o.browse("office", "vi").get("/campaigns/cam-xuyen-2024").text
		if !strings.Contains(plan, "1 / 4") || !strings.Contains(plan, "0 / 1") {
			t.Error("one came within the year, the other before it")
		}
		o.certified("Nước mắm năm sau", "A-1") // in 2026
		if plan := o.browse("office", "vi").get("/campaigns/cam-xuyen-2024").text; !strings.Contains(plan, "1 / 4") || !strings.Contains(plan, "0 / 1") {
			t.Error("what came after the year counts")
		}
	})
}

// Certificates are listed by the day on which they end, those in force unless
// asked otherwise, to those who may see their products.
func TestCertificatesAreListedByTheirEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		o.elsewhere()
		owner := o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(fishSauce), nil)).body["producer"].(map[string]any)["id"]
		for i := range 60 {
			o.must(201, o.ask("office", "POST", "/api/v1/products", map[string]any{"name": fmt.Sprintf("Mắm %d", i), "producer": owner, "set": 9,
				"certificate": map[string]any{"number": fmt.Sprintf("CU-%02d", i), "stars": 3, "issued_on": fmt.Sprintf("2023-%02d-%02d", 1+i%12, 1+i%28)}}))
		}
		numbers := func(who, query string) (out []string) {
			path := "/certificates" + query
			for path != "" {
				got := o.browse(who, "vi").get(path)
				if got.status != 200 {
					t.Fatalf("%s: %d", path, got.status)
				}
				for _, m := range certificateRow.FindAllStringSubmatch(got.text, -1) {
					out = append(out, m[1])
				}
				path = ""
				if m := nextPage.FindStringSubmatch(got.text); m != nil {
					path = strings.ReplaceAll(m[1], "&amp;", "&")
				}
			}
			return out
		}
		in := numbers("office", "")
		if len(in) != 62 || in[0] != "GD-2022-01" && in[0] != "GD-2022-02" || in[2] != "CU-00" {
			t.Errorf("%d in force: %v", len(in), in)
		}
		if got := numbers("office", "?month=2026-03"); len(got) != 5 {
			t.Errorf("in March 2026: %v", got)
		}
		if got := numbers("office", "?all=true"); len(got) != 64 {
			t.Errorf("%d in all", len(got))
		}
		for _, bad := range []string{"?month=x", "?after=x|y", "?after=%7C"} {
			if got := o.browse("office", "vi").get("/certificates" + bad); got.status != 200 {
				t.Errorf("%s: %d", bad, got.status)
			}
		}
		if got := numbers("other-office", "?all=true"); len(got) != 0 {
			t.Errorf("another province sees %v", got)
		}
		if got := o.browse("office", "vi").get("/").text; !strings.Contains(got, "Giấy chứng nhận hết hạn trong 90 ngày") || !strings.Contains(got, `href="/products?state=certified"`) || !strings.Contains(got, "/ 4") {
			t.Error("the first page has no figures")
		}
	})
}

var (
	certificateRow = regexp.MustCompile(`href="/verify/([^"]+)">`)
	nextPage       = regexp.MustCompile(`<p class="mt-3"><a class="btn" href="([^"]+)">`)
)

//go:build unix

package app

import (
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

const recognisedPath = "/api/v1/recognised"

// What was recognised is open to everyone, with public data alone.
func TestRecognisedProductsArePublic(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		first, revoked := o.certified("=HYPERLINK(mật ong)", "CK-1"), o.certified("Nước mắm bị thu hồi", "CK-2")
		o.must(200, o.move("office-province", revoked, "propose_revocation", map[string]any{"ground": "d", "concluded_on": "2026-06-01"}))
		o.must(200, o.move("leader-province", revoked, "revoke", map[string]any{"decision": "9/QĐ-UBND", "decided_on": "2026-06-01"}))
		numbers := func(query string) (out []string) {
			for _, x := range o.must(200, o.ask("", "GET", recognisedPath+query, nil)).items() {
				out = append(out, x["number"].(string)+" "+x["status"].(string))
			}
			slices.Sort(out)
			return out
		}
		list := func(want ...string) []string { return want }
		var given []string // the two upgrades of the demo, imported with certificates
		for _, x := range o.must(200, o.ask("", "GET", recognisedPath+"?status=all&limit=200", nil)).items() {
			if n := x["number"].(string); !strings.HasPrefix(n, "CK-") {
				given = append(given, n+" "+x["status"].(string))
			}
		}
		slices.Sort(given)
		all := slices.Sorted(slices.Values(slices.Concat(given, list("CK-1 valid", "CK-2 revoked"))))
		inForce := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasSuffix(s, " valid") })
		expired := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasSuffix(s, " expired") })
		for query, want := range map[string][]string{
			"": inForce, "?status=all": all, "?status=revoked": list("CK-2 revoked"), "?status=expired": expired, "?q=MAT+ong&status=all": list("CK-1 valid"), "?q=hyperlink+mat": list("CK-1 valid"),
			"?q=khongcogi": nil, "?q=%22%25%22": nil, "?stars=4": list("CK-1 valid"), "?stars=5": nil, "?commune=khong-co": nil, "?q=bi+thu+hoi": nil,
		} {
			if got := numbers(query); !slices.Equal(got, want) {
				t.Errorf("%q: %v, want %v", query, got, want)
			}
		}
		a := o.must(200, o.ask("", "GET", recognisedPath+"?stars=4", nil))
		x := a.items()[0]
		public := list("assumed", "commune", "decided_on", "decision", "issued_on", "kind", "last_day", "name", "number", "producer", "set", "stars", "status", "verify")
		if got := slices.Sorted(maps.Keys(x)); !slices.Equal(got, public) {
			t.Errorf("what is told of a product: %v", got)
		}
		if x["decision"] != "1/QĐ-UBND" || x["decided_on"] != "2026-06-01" || x["last_day"] != "2029-06-01" || x["verify"] != "/verify/CK-1" || x["set"] != 9.0 {
			t.Errorf("%v", x)
		}
		if c, ok := x["commune"].(map[string]any); !ok || len(c) != 2 || len(numbers("?stars=4&commune="+c["code"].(string))) != 1 {
			t.Errorf("its commune: %v", x["commune"])
		}
		if strings.Contains(a.text, first) {
			t.Error("the list tells ids")
		}
		if got := a.header.Get("Cache-Control"); got != "public, max-age=60" {
			t.Errorf("kept by others: %q", got)
		}
		var paged []string
		for cursor := ""; ; {
			page := o.must(200, o.ask("", "GET", recognisedPath+"?status=all&limit=1&cursor="+cursor, nil))
			for _, x := range page.items() {
				paged = append(paged, x["number"].(string)+" "+x["status"].(string))
			}
			if cursor = page.body["next"].(string); cursor == "" || len(paged) > len(all) {
				break
			}
		}
		slices.Sort(paged)
		if !slices.Equal(paged, all) {
			t.Errorf("page by page: %v", paged)
		}
		for _, query := range []string{"?stars=9", "?status=x", "?cursor=%25", "?limit=0", "?q=" + strings.Repeat("a", 101)} {
			o.must(422, o.ask("", "GET", recognisedPath+query, nil))
		}
		sheet := o.must(200, o.ask("", "GET", recognisedPath+".csv?lang=vi&status=all", nil))
		text, marked := strings.CutPrefix(sheet.text, "\uFEFF")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !marked || len(rows) != len(all)+1 || rows[0][0] != "Sản phẩm" || !strings.HasPrefix(sheet.header.Get("Content-Type"), "text/csv") {
			t.Errorf("the list as CSV: %v, marked %v: %v", err, marked, rows)
		}
		for _, row := range rows {
			if row[6] == "CK-1" && (row[0] != "'=HYPERLINK(mật ong)" || !strings.HasSuffix(row[12], "/verify/CK-1") || row[11] != "còn hiệu lực") {
				t.Errorf("a line of the CSV: %q", row)
			}
		}
		vi, en := o.browse("", "vi"), o.browse("", "en")
		vi.shows("/recognised", "=HYPERLINK(mật ong)", `href="/verify/CK-1"`, "Còn hiệu lực")
		en.shows("/recognised?status=revoked", "CK-2", "revoked", "Recognised OCOP products")
		vi.shows("/recognised?q=khongcogi", "Không có sản phẩm nào khớp")
		vi.shows("/recognised?stars=x&status=x&after=x", "CK-1")
		vi.shows("/verify", `href="/recognised"`)
		if got := vi.get("/recognised").header.Get("Cache-Control"); got != "public, max-age=60" {
			t.Errorf("the page: %q", got)
		}
		if got := o.browse("office", "vi").get("/recognised").header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("the page of somebody signed in: %q", got)
		}
		o.clock("2029-06-02")
		if got := numbers("?q=mat+ong"); got != nil {
			t.Errorf("the day after its last: %v", got)
		}
		if got := numbers("?q=mat+ong&status=expired"); !slices.Equal(got, list("CK-1 expired")) {
			t.Errorf("the day after its last: %v", got)
		}
	})
}

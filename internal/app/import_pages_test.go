//go:build unix

package app

import (
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/workbook"
)

// An office tries a file, takes it back marked, mends it and brings it in, all
// by the page.
func TestAnOfficeBringsAWorkbookInByThePage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		rows := o.manyProducts(5)
		vi, en := o.browse("office-province", "vi"), o.browse("office-province", "en")
		page := vi.shows("/import", "Nhập từ Excel", "Chủ thể", "Sản phẩm", "Giấy chứng nhận", "/api/v1/imports/products/template.xlsx", `href="/producers"`)
		if strings.Contains(page, "/imports/units/") {
			t.Error("an office is offered the units")
		}
		en.shows("/import", "Import from Excel", "Download the template")
		o.browse("admin", "vi").shows("/import", "/api/v1/imports/units/template.xlsx")
		rows[2][3] = 99
		spoiled, before := string(filledIn(t, productHeads, rows...)), o.productCount()
		send := func(b *browser, file string, act, mode string) answer {
			return b.sendFile("/import", "a.xlsx", file, url.Values{"kind": {"products"}, "mode": {mode}, "act": {act}})
		}
		if a := o.must(200, send(vi, spoiled, "check", "all")); !strings.Contains(a.text, "D4") || !strings.Contains(a.text, "Phải từ 1 đến 26.") || !strings.Contains(a.text, "chưa lưu gì") {
			t.Errorf("a file that is tried: %.3000s", a.text)
		}
		if a := o.must(422, send(en, spoiled, "import", "all")); !strings.Contains(a.text, "This must be 1 to 26.") || !strings.Contains(a.text, "Nothing was entered") {
			t.Errorf("a file with a bad cell: %.3000s", a.text)
		}
		marked := o.must(200, send(vi, spoiled, "mark", "all"))
		f, err := excelize.OpenReader(strings.NewReader(marked.text))
		if err != nil || marked.header.Get("Content-Type") != workbook.MIME {
			t.Fatalf("the marked file: %v", err)
		}
		if notes, err := f.GetComments("Sheet1"); err != nil || len(notes) != 1 || notes[0].Cell != "D4" {
			t.Errorf("its notes: %v (%v)", notes, err)
		}
		if n := o.productCount(); n != before {
			t.Errorf("%d products came in", n-before)
		}
		if a := o.must(200, send(vi, spoiled, "import", "rows")); !strings.Contains(a.text, "Đã nhập.") || o.productCount() != before+4 {
			t.Errorf("the rows that are right: %.3000s", a.text)
		}
		rows[2][3] = 9
		if o.must(200, send(vi, string(filledIn(t, productHeads, rows...)), "import", "all")); o.productCount() != before+5 {
			t.Errorf("%d products came in by the mended file", o.productCount()-before)
		}
		for text, file := range map[string]string{"không phải bảng tính Excel": "x", "không có dòng dữ liệu": string(filledIn(t, productHeads))} {
			if a := o.must(422, send(vi, file, "import", "all")); !strings.Contains(a.text, text) {
				t.Errorf("%q is not said: %.3000s", text, a.text)
			}
		}
		if a := o.must(422, vi.post("/import", url.Values{"kind": {"products"}})); !strings.Contains(a.text, "Hãy chọn một tệp Excel") {
			t.Errorf("without a file: %.2000s", a.text)
		}
	})
}

//go:build unix

package app

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/intake"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workbook"
)

// filledIn is a workbook with headings and rows.
func filledIn(t testing.TB, heads []string, rows ...[]any) []byte {
	t.Helper()
	b, err := workbook.New()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	columns := make([]workbook.Column, len(heads))
	for i, h := range heads {
		columns[i].Title = h
	}
	s, err := b.Sheet("Sheet1", columns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := s.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bringIn posts a form with a file and other fields.
func (o *office) bringIn(who, path string, file []byte, fields ...string) answer {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		form.WriteField(fields[i], fields[i+1])
	}
	part, err := form.CreateFormFile("file", "a.xlsx")
	if err != nil {
		o.t.Fatal(err)
	}
	part.Write(file)
	form.Close()
	r, err := http.NewRequest("POST", o.address+path, &b)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept-Language", "en")
	return o.send(r)
}

// counted is how many rows of a file came to what.
func (o *office) counted(a answer, rows, added, already, bad int) answer {
	o.t.Helper()
	got := fmt.Sprint(a.body["rows"], a.body["added"], a.body["already"], a.body["bad_rows"])
	if want := fmt.Sprint(rows, added, already, bad); got != want {
		o.t.Errorf("rows, added, already, bad: %s, want %s: %.600s", got, want, a.text)
	}
	return a
}

func badCells(a answer) map[string]string {
	out := map[string]string{}
	list, _ := a.body["bad"].([]any)
	for _, x := range list {
		m := x.(map[string]any)
		out[m["cell"].(string)] = m["code"].(string)
	}
	return out
}

func (o *office) productCount() int64 {
	o.t.Helper()
	var n int64
	if err := o.app.DB.QueryRow(o.t.Context(), `SELECT count(*) FROM products`).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

var (
	producerHeads = []string{"Mã chủ thể", "Tên chủ thể", "Loại hình", "Xã (mã hoặc tên)"}
	productHeads  = []string{"Mã", "Tên sản phẩm", "Chủ thể (mã hoặc tên)", "Bộ tiêu chí", "Hạng sao phấn đấu"}
)

// manyProducts are rows of n products of ten producers that the office brings in first.
func (o *office) manyProducts(n int) [][]any {
	o.t.Helper()
	var owners, rows [][]any
	for i := range 10 {
		owners = append(owners, []any{fmt.Sprintf("chu-the-%d", i), fmt.Sprintf("Hợp tác xã số %d", i), "Hợp tác xã", "cam-my"})
	}
	o.counted(o.must(200, o.bringIn("office-province", "/api/v1/imports/producers", filledIn(o.t, producerHeads, owners...))), 10, 10, 0, 0)
	for i := range n {
		rows = append(rows, []any{fmt.Sprintf("san-pham-%d", i), fmt.Sprintf("Sản phẩm số %d", i), fmt.Sprintf("chu-the-%d", i%10), i%26 + 1, 3 + i%3})
	}
	return rows
}

func TestFiveHundredProductsWithSevenBadCellsAreMendedAndImported(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		const path = "/api/v1/imports/products"
		rows := o.manyProducts(500)
		before := o.productCount()
		good := map[int][]any{}
		spoil := func(row, column int, v any) {
			if good[row] == nil {
				good[row] = append([]any{}, rows[row]...)
			}
			rows[row] = append([]any{}, rows[row]...)
			rows[row][column] = v
		}
		spoil(3, 1, "")
		spoil(10, 2, "chu-the-99")
		spoil(10, 3, 27)
		spoil(77, 0, "Mã Xấu")
		spoil(120, 0, "san-pham-5")
		spoil(300, 4, "năm")
		spoil(499, 1, "***")
		want := map[string]string{"B5": "required", "C12": "unknown", "D12": "range", "A79": "code_form", "A122": "twice", "E302": "whole", "B501": "product_wrong"}

		spoiled := filledIn(t, productHeads, rows...)
		for _, x := range []struct {
			status int
			query  string
			added  int
		}{{200, "?dry_run=true", 494}, {422, "", 0}} {
			a := o.counted(o.must(x.status, o.bringIn("office-province", path+x.query, spoiled)), 500, x.added, 0, 6)
			if got := badCells(a); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("bad cells %v, want %v", got, want)
			}
		}
		if n := o.productCount(); n != before {
			t.Fatalf("%d products were entered by a file with bad cells", n-before)
		}
		marked := o.must(200, o.bringIn("office-province", path+"/marked.xlsx", spoiled))
		if marked.header.Get("Content-Type") != workbook.MIME || !strings.Contains(marked.header.Get("Content-Disposition"), "products-danh-dau.xlsx") {
			t.Errorf("the marked workbook comes as %v", marked.header)
		}
		for row, r := range good {
			rows[row] = r
		}
		mended := filledIn(t, productHeads, rows...)
		o.counted(o.must(200, o.bringIn("office-province", path, mended)), 500, 500, 0, 0)
		if n := o.productCount(); n != before+500 {
			t.Errorf("%d products were entered", n-before)
		}
		// The same file twice adds nothing twice, and neither does the spoiled one.
		o.counted(o.must(200, o.bringIn("office-province", path, mended)), 500, 0, 500, 0)
		o.counted(o.must(200, o.bringIn("office-province", path+"?mode=rows", spoiled)), 500, 0, 494, 6)
		if n := o.productCount(); n != before+500 {
			t.Errorf("%d products after the same file again", n-before)
		}
		if n := o.entries(o.must(200, o.ask("office-province", "GET", "/api/v1/products?q=san+pham+so+499", nil)).items()[0]["id"].(string), "move"); n != 1 {
			t.Errorf("an imported product has %d moves on record", n)
		}
	})
}

func TestRowsThatAreRightAreKeptWhenAskedFor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		rows := o.manyProducts(30)
		rows[4][3], rows[9][2] = "x", "không có"
		for i := range rows {
			rows[i][0] = "" // codes are made
		}
		file := filledIn(t, productHeads, rows...)
		o.counted(o.must(200, o.bringIn("office-province", "/api/v1/imports/products?mode=rows", file, "note", "before the file")), 30, 28, 0, 2)
		rows[4][3] = 5
		o.counted(o.must(200, o.bringIn("office-province", "/api/v1/imports/products?mode=rows", filledIn(t, productHeads, rows...))), 30, 1, 28, 1)
		// A whole file at once keeps others waiting: too long a one is refused, with what to do instead.
		if a := o.bringIn("office-province", "/api/v1/imports/products?mode=all", filledIn(t, productHeads, slices.Repeat(rows[:1], intake.MaxAll+1)...)); a.status != 413 || !strings.Contains(a.text, "too_many_at_once") || !strings.Contains(a.text, "100000") {
			t.Errorf("too long a file at once: %d %s", a.status, a.text)
		}
	})
}

func TestCertificatesOfEarlierYearsAreBroughtIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.manyProducts(0)
		heads := []string{"Tên sản phẩm", "Producer (code or name)", "Bộ tiêu chí", "Số giấy chứng nhận", "Hạng sao", "Ngày cấp", "Số, ngày là giả định"}
		day := ocop.Day(2023, time.June, 1)
		rows := [][]any{
			{"Trà hoa", "HỢP TÁC XÃ SỐ 1", 11, "HT-1", 4, day, "có"},
			{"Trà lá", "chu-the-2", 11, "HT-2", 3, "01/02/2019", ""}, // over already
			{"Trà rễ", "chu-the-2", 11, "HT-1", 3, day, ""},          // twice in the file
			{"Trà vỏ", "chu-the-2", 11, "ht 3", 3, day, ""},          // a form the procedure refuses
			{"Trà quả", "chu-the-2", 11, "HT-4", 3, ocop.Day(2099, 1, 1), ""},
		}
		const path = "/api/v1/imports/certificates"
		a := o.counted(o.must(422, o.bringIn("office-province", path, filledIn(t, heads, rows...))), 5, 0, 0, 3)
		want := map[string]string{"D4": "twice", "D5": "form_wrong", "F6": "form_wrong"}
		got := badCells(a)
		for cell := range want {
			if got[cell] == "" {
				t.Errorf("%s is not told: %v", cell, got)
			}
		}
		o.counted(o.must(200, o.bringIn("office-province", path, filledIn(t, heads, rows[:2]...))), 2, 2, 0, 0)
		o.counted(o.must(200, o.bringIn("office-province", path, filledIn(t, heads, rows[:2]...))), 2, 0, 2, 0)
		for number, status := range map[string]string{"HT-1": "valid", "HT-2": "expired"} {
			v := o.must(200, o.ask("", "GET", "/api/v1/verify/"+number, nil))
			if v.body["status"] != status {
				t.Errorf("certificate %s is %v, want %s", number, v.body["status"], status)
			}
		}
		if p := o.must(200, o.ask("office-province", "GET", "/api/v1/products?q=tra+la", nil)).items(); len(p) != 1 || p[0]["state"] != "expired" {
			t.Errorf("a product whose certificate was over is %v", p)
		}
		rows[0][4] = 5
		a = o.must(422, o.bringIn("office-province", path, filledIn(t, heads, rows[0])))
		if got := badCells(a); got["D2"] != "number_free" {
			t.Errorf("a certificate with other stars: %v", got)
		}
	})
}

func TestUnitsComeInWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		heads := []string{"Mã đơn vị", "Tên đơn vị", "Cấp, loại", "Mã đơn vị cấp trên"}
		rows := [][]any{
			{"xa-b", "Xã B", "Xã, phường, thị trấn", "huyen-a"},
			{"huyen-a", "Huyện A", "district", "ha-tinh"},
			{"xa-c", "Xã C", "commune", "huyen-z"},
			{"vong-1", "Vòng 1", "commune", "vong-2"}, {"vong-2", "Vòng 2", "commune", "vong-1"},
			{"ha-tinh", "Tỉnh khác", "province", "ha-tinh"},
		}
		o.person("admin-province", access.Admin, "ha-tinh")
		const path = "/api/v1/imports/units"
		a := o.counted(o.must(422, o.bringIn("admin-province", path, filledIn(t, heads, rows...))), 6, 0, 0, 4)
		for _, cell := range []string{"D4", "D5", "D6", "A7", "D7"} {
			if badCells(a)[cell] == "" {
				t.Errorf("%s is not told: %v", cell, badCells(a))
			}
		}
		o.counted(o.must(200, o.bringIn("admin-province", path, filledIn(t, heads, rows[:2]...))), 2, 2, 0, 0)
		o.counted(o.must(200, o.bringIn("admin-province", path, filledIn(t, heads, rows[:2]...))), 2, 0, 2, 0)
	})
}

func TestNothingIsImportedOutsideTheCallersReach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		rows := o.manyProducts(1)
		products := filledIn(t, productHeads, rows...)
		for _, who := range []string{"producer", "commune", "leader", "auditor", "secretary-district"} {
			if o.tokens[who] == "" {
				continue
			}
			if a := o.must(403, o.bringIn(who, "/api/v1/imports/products", products)); a.code() != "who_may_not" {
				t.Errorf("%s: %s", who, a.text)
			}
		}
		o.must(404, o.bringIn("office-province", "/api/v1/imports/accounts", products))
		o.must(403, o.bringIn("office-province", "/api/v1/imports/units", products))
		o.must(401, o.bringIn("", "/api/v1/imports/products", products))
		o.person("elsewhere", access.Office, "cam-thach")
		if a := o.must(422, o.bringIn("elsewhere", "/api/v1/imports/products", products)); badCells(a)["C2"] != "unknown" {
			t.Errorf("a producer out of reach: %s", a.text)
		}
		if a := o.must(422, o.bringIn("elsewhere", "/api/v1/imports/producers", filledIn(t, producerHeads, []any{"x", "X", "Trang trại", "cam-my"}))); badCells(a)["D2"] != "unknown" {
			t.Errorf("a commune out of reach: %s", a.text)
		}
		// What is no form is refused with a sentence; a mode is all or rows.
		for code, file := range map[string][]byte{"workbook_unreadable": []byte("PK"), "workbook_columns": filledIn(t, []string{"Màu"}, []any{1}), "workbook_empty": filledIn(t, productHeads)} {
			if a := o.must(422, o.bringIn("office-province", "/api/v1/imports/products", file)); a.code() != code {
				t.Errorf("%s: %s", code, a.text)
			}
		}
		o.must(422, o.bringIn("office-province", "/api/v1/imports/products?mode=half", products))
		template := o.must(200, o.ask("office-province", "GET", "/api/v1/imports/producers/template.xlsx", nil))
		if template.header.Get("Content-Type") != workbook.MIME {
			t.Errorf("a template comes as %v", template.header)
		}
		o.must(403, o.ask("office-province", "GET", "/api/v1/imports/units/template.xlsx", nil))
		if n := len(o.must(200, o.ask("office-province", "GET", "/api/v1/imports", nil)).items()); n != 4 {
			t.Errorf("an office may take in %d tables", n)
		}
	})
}

//go:build unix

package app

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

var documentHeads = []string{"Mã sản phẩm", "Loại tài liệu", "Tên tệp", "Có hiệu lực từ", "Hết hiệu lực", "Của cả chủ thể"}

// packed is a ZIP of files, each by its name and what it holds.
func packed(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const pdf = "%PDF-1.4\n%âãÏÓ\n"

func TestAListOfDocumentsIsBroughtInWithItsFiles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, func(c *Config) { c.MaxUpload = 1 << 20 })
		const path = "/api/v1/imports/documents"
		list := func(rows ...[]any) string { return string(filledIn(t, documentHeads, rows...)) }
		large := pdf + strings.Repeat("chứng nhận ", 30_000) // more than lies in memory
		good := [][]any{
			{fishSauce, "haccp", "giay/haccp.pdf", "15/01/2024", "14/01/2027", ""},
			{fishSauce, "Giấy đăng ký kinh doanh", "dkkd.pdf", "", "", "có"},
			{simWine, "test_report", "Kiểm nghiệm.pdf", "", "2025-03-01", ""},
		}
		files := []string{"ho-so/giay/HACCP.pdf", large, "ho-so/dkkd.pdf", pdf + "dkkd", "ho-so/Kiê\u0309m nghiê\u0323m.pdf", pdf + "kiểm nghiệm", "__MACOSX/x", "rác"}
		with := func(rows [][]any, more ...string) []byte {
			return packed(t, append(append([]string{"ho-so/danh-sach.xlsx", list(rows...)}, files...), more...)...)
		}
		// Everything that can be wrong with a row is said of its cell, and nothing is entered.
		spoiled := append([][]any{}, good...)
		spoiled = append(spoiled,
			[]any{"khong-co", "haccp", "dkkd.pdf", "", "", ""},
			[]any{fishSauce, "giấy lạ", "dkkd.pdf", "", "", ""},
			[]any{fishSauce, "award", "khong-co.pdf", "", "", ""},
			[]any{fishSauce, "award", "gia.pdf", "", "", ""},
			[]any{fishSauce, "award", "dkkd.pdf", "hôm qua", "", ""},
			[]any{fishSauce, "award", "dkkd.pdf", "2025-01-02", "2025-01-01", ""},
			[]any{fishSauce, "haccp", "giay/haccp.pdf", "", "", ""},
			[]any{fishSauce, "award", "to.pdf", "", "", ""})
		bad := with(spoiled, "ho-so/gia.pdf", "không phải PDF", "ho-so/thua.pdf", pdf, "ho-so/to.pdf", pdf+strings.Repeat("x", 1<<20))
		want := map[string]string{"A5": "unknown", "B6": "document_wrong", "C7": "file_missing", "C8": "document_wrong", "D9": "day", "E10": "document_wrong", "C11": "twice", "C12": "too_large", "C1": "unnamed"}
		before := o.documentCount()
		for query, status := range map[string]int{"?dry_run=true": 200, "": 422} {
			a := o.must(status, o.bringIn("office", path+query, bad))
			got := badCells(a)
			for cell, code := range want {
				if got[cell] != code {
					t.Errorf("%s: %s is %q, want %q", query, cell, got[cell], code)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %v", query, got)
			}
		}
		marked := o.must(200, o.bringIn("office", path+"/marked.xlsx", bad))
		if !strings.HasPrefix(marked.text, "PK") {
			t.Errorf("the marked list: %.200s", marked.text)
		}
		// A file that the list does not name is a mistake of the whole: nothing is entered.
		o.must(422, o.bringIn("office", path, with(good, "ho-so/thua.pdf", pdf)))
		if n := o.documentCount(); n != before {
			t.Fatalf("%d documents were entered", n-before)
		}
		for code, file := range map[string][]byte{"zip_wrong": packed(t, "../danh-sach.xlsx", list(good...)), "workbook_columns": packed(t, "list.xlsx", string(filledIn(t, []string{"Màu"}, []any{1})))} {
			if a := o.must(422, o.bringIn("office", path, file)); a.code() != code {
				t.Errorf("%s: %s", code, a.text)
			}
		}
		for _, file := range [][]byte{[]byte("PK"), filledIn(t, documentHeads, good...), packed(t, "a.pdf", pdf)} {
			if a := o.must(422, o.bringIn("office", path, file)); a.code() != "zip_wrong" {
				t.Errorf("%.100q: %s", file, a.text)
			}
		}
		o.must(403, o.bringIn("producer-"+fishSauce, path, with(good)))
		o.must(413, o.bringIn("office", path, packed(t, "list.xlsx", string(make([]byte, 21<<20)))))
		// Out of reach, a product is not there.
		o.person("elsewhere-office", "office", "cam-thach")
		if got := badCells(o.must(422, o.bringIn("elsewhere-office", path, with(good)))); got["A2"] != "unknown" {
			t.Errorf("out of reach: %v", got)
		}
		// By rows, what is right is entered; mended, the rest; sent again, nothing twice.
		o.counted(o.must(200, o.bringIn("office", path+"?mode=rows", bad)), 11, 3, 0, 8)
		o.counted(o.must(200, o.bringIn("office", path, with(good))), 3, 0, 3, 0)
		more := append(append([][]any{}, good...), []any{simWine, "award", "giai.pdf", "", "", ""})
		o.counted(o.must(200, o.bringIn("office", path, with(more, "ho-so/giai.pdf", pdf+"giải"))), 4, 1, 3, 0)
		for product, kinds := range map[string]string{fishSauce: "business_licence haccp", simWine: "award test_report"} {
			var got []string
			for _, d := range o.must(200, o.ask("office", "GET", "/api/v1/products/"+o.product(product)+"/documents", nil)).items() {
				got = append(got, fmt.Sprint(d["kind"]))
				if d["kind"] == "haccp" {
					if d["valid_to"] != "2027-01-14" || d["name"] != "HACCP.pdf" || d["media_type"] != "application/pdf" || d["size"] != float64(len(large)) {
						t.Errorf("the certificate is kept as %v", d)
					}
					if a := o.must(200, o.ask("office", "GET", "/api/v1/documents/"+d["id"].(string), nil)); a.text != large {
						t.Error("its bytes are not what was sent")
					}
				}
			}
			for _, kind := range strings.Fields(kinds) {
				if !strings.Contains(strings.Join(got, " "), kind) {
					t.Errorf("%s has %v", product, got)
				}
			}
		}
		if a := o.must(200, o.ask("office", "GET", path+"/template.xlsx", nil)); !strings.HasPrefix(a.text, "PK") {
			t.Error("no template")
		}
	})
}

// documentCount is how many documents there are.
func (o *office) documentCount() (n int64) {
	o.t.Helper()
	if err := o.app.DB.QueryRow(o.t.Context(), "SELECT count(*) FROM documents").Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
)

// homes runs a test on both databases, with contents inside of them and in a directory.
func homes(t *testing.T, test func(t *testing.T, o *office, dir string)) {
	t.Run("database", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, address string) { test(t, openOffice(t, address), "") })
	})
	t.Run("directory", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, address string) {
			dir := t.TempDir()
			test(t, openOffice(t, address, func(c *Config) { c.Files = dir }), dir)
		})
	})
}

// bring uploads a file with fields, which come first.
func (o *office) bring(who, name string, content []byte, fields ...string) answer {
	o.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			o.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		o.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		o.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", o.address+"/api/v1/documents", &b)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	return o.send(r)
}

func TestALargeDocumentIsStreamedBothWaysAndKeptOnce(t *testing.T) {
	t.Parallel()
	homes(t, func(t *testing.T, o *office, dir string) {
		product := o.product(fishSauce)
		content := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("0123456789abcdef"), 200_000)...)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if a := o.bring("producer-"+fishSauce, "kế hoạch.pdf", content, "product", product, "kind", "idea_form"); a.status != 201 {
					t.Errorf("upload: %d %s", a.status, a.text)
				}
			})
		}
		both.Wait()
		id := o.must(201, o.bring("producer-"+fishSauce, "again.pdf", content, "product", product, "kind", "idea_form")).body["id"].(string)
		got := o.must(200, o.ask("office", "GET", "/api/v1/documents/"+id, nil))
		if got.text != string(content) {
			t.Errorf("%d bytes came back of %d", len(got.text), len(content))
		}
		part := o.must(206, o.ask("office", "GET", "/api/v1/documents/"+id, nil, "Range", "bytes=2000000-2000015"))
		if part.text != string(content[2000000:2000016]) {
			t.Errorf("the middle is %q", part.text)
		}
		var contents, uploads int
		for query, into := range map[string]*int{"SELECT count(*) FROM blobs WHERE home <> ''": &contents, "SELECT count(*) FROM uploads": &uploads} {
			if err := o.app.DB.QueryRow(t.Context(), query).Scan(into); err != nil {
				t.Fatal(err)
			}
		}
		if want := map[bool]int{true: 1, false: 0}[dir == ""]; contents != 1 || uploads != want {
			t.Errorf("%d contents in %d uploads", contents, uploads)
		}
		defer o.spoil(dir)()
		report, err := audit.Verify(t.Context(), o.app.DB, audit.Options{All: true, Files: dir})
		if err != nil || report.OK {
			t.Errorf("a content that was changed went unnoticed: %v", err)
		}
	})
}

// spoil changes a content behind the program's back, and gives what undoes it.
func (o *office) spoil(dir string) (undo func()) {
	o.t.Helper()
	if dir == "" {
		change := func(by string) func() {
			return func() {
				if _, err := o.app.DB.Writer().ExecContext(context.Background(), "UPDATE upload_pieces SET number = number + "+by+" WHERE number IN (1, 1001)"); err != nil {
					o.t.Fatal(err)
				}
			}
		}
		change("1000")()
		return change("-1000")
	}
	files, err := filepath.Glob(filepath.Join(dir, "??", "??", "*"))
	if err != nil || len(files) != 1 {
		o.t.Fatalf("%v, %v", files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		o.t.Fatal(err)
	}
	write := func(b []byte) {
		if err := os.WriteFile(files[0], b, 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	write([]byte("other"))
	return func() { write(content) }
}

func TestHostileUploadsAreRefusedAndLeaveNothing(t *testing.T) {
	t.Parallel()
	homes(t, func(t *testing.T, o *office, dir string) {
		product := o.product(fishSauce)
		large := bytes.Repeat([]byte("x"), 22<<20)
		for name, c := range map[string]struct {
			file    string
			content []byte
			status  int
		}{
			"right-to-left override": {"x\u202Efdp.exe", []byte("x"), 422},
			"control character":      {"a\x01b.txt", []byte("x"), 400},
			"300 characters":         {strings.Repeat("à", 300), []byte("x"), 422},
			"nothing in it":          {"empty.txt", nil, 422},
			"not what it says":       {"plan.pdf", bytes.Repeat([]byte("text "), 100_000), 422},
			"a program":              {"plan.txt", append([]byte("\x7fELF\x02\x01\x01"), large[:1<<20]...), 422},
			"too large":              {"plan.txt", large, 413},
		} {
			if a := o.bring("producer-"+fishSauce, c.file, c.content, "product", product, "kind", "idea_form"); a.status != c.status {
				t.Errorf("%s: %d %s", name, a.status, a.text)
			}
		}
		if a := o.must(201, o.bring("producer-"+fishSauce, "../../etc/plan.txt", []byte("x"), "product", product, "kind", "idea_form")); a.body["name"] != "plan.txt" {
			t.Errorf("name %v", a.body["name"])
		}
		o.breakOff(product)
		var n int
		if err := o.app.DB.QueryRow(t.Context(), "SELECT count(*) FROM uploads").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d uploads lie there, %v", n, err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "unfinished", "*"))
		if dir != "" && (err != nil || len(files) != 0) {
			t.Errorf("files lie there: %v, %v", files, err)
		}
	})
}

// breakOff sends a body that ends in the middle of its file.
func (o *office) breakOff(product string) {
	o.t.Helper()
	head := fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"product\"\r\n\r\n%s\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n%s\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n", product, "idea_form")
	r, err := http.NewRequest("POST", o.address+"/api/v1/documents", io.MultiReader(strings.NewReader(head), bytes.NewReader(bytes.Repeat([]byte("x"), 3<<20))))
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("Authorization", "Bearer "+o.tokens["producer-"+fishSauce])
	if a := o.send(r); a.status != 400 {
		o.t.Errorf("an upload that broke off: %d %s", a.status, a.text)
	}
}

func TestADocumentOfTheProducerCountsForAllItsProductsAndHasVersions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product, who := o.product(fishSauce), "producer-"+fishSauce
		day := func(n int) string { return (o.app.Desk.Today() + ocop.Date(n)).String() }
		first := o.must(201, o.bring(who, "haccp.pdf", []byte("%PDF-1.4 first"), "product", product, "kind", "quality_system", "whole", "true", "valid_to", day(10)))
		if first.body["product"] != nil {
			t.Errorf("%s", first.text)
		}
		id := first.body["id"].(string)
		soon := "/api/v1/documents?lapses_from=" + day(0) + "&lapses_before=" + day(31)
		if got := o.must(200, o.ask("office", "GET", soon, nil)).items(); len(got) != 1 || got[0]["id"] != id || got[0]["for_product"] != product {
			t.Errorf("about to lapse: %v", got)
		}
		if a := o.ask("producer-"+simWine, "GET", soon, nil); a.status != 200 || len(a.items()) != 0 {
			t.Errorf("another producer sees %s", a.text)
		}
		if a := o.ask("producer-"+simWine, "GET", "/api/v1/documents/"+id, nil); a.status != 404 {
			t.Errorf("another producer reads it: %d", a.status)
		}
		for name, fields := range map[string][]string{
			"of another kind": {"kind", "awards", "whole", "true", "replaces", id},
			"of one product":  {"kind", "quality_system", "replaces", id},
			"of none":         {"kind", "quality_system", "whole", "true", "replaces", "nothing"},
		} {
			if a := o.bring(who, "x.pdf", []byte("%PDF-1.4 x"), append([]string{"product", product}, fields...)...); a.status != 422 {
				t.Errorf("a version %s: %d %s", name, a.status, a.text)
			}
		}
		newer := []string{"product", product, "kind", "quality_system", "whole", "true", "replaces", id, "valid_to", day(400)}
		second := o.must(201, o.bring(who, "haccp2.pdf", []byte("%PDF-1.4 second"), newer...))
		if second.body["replaces"] != id {
			t.Errorf("%s", second.text)
		}
		if a := o.bring(who, "haccp3.pdf", []byte("%PDF-1.4 third"), newer...); a.status != 422 {
			t.Errorf("the old version was replaced twice: %d", a.status)
		}
		o.must(200, o.ask("office", "GET", "/api/v1/documents/"+id, nil))
		if got := o.must(200, o.ask("office", "GET", soon, nil)).items(); len(got) != 0 {
			t.Errorf("a replaced certificate still lapses: %v", got)
		}
		for _, l := range o.must(200, o.ask(who, "GET", "/api/v1/products/"+product+"/missing", nil)).items() {
			if want := map[bool]string{true: "there", false: "missing"}[l["kind"] == "quality_system"]; l["required"] == false && l["state"] != want {
				t.Errorf("%v", l)
			}
		}
		if got := o.must(200, o.ask("office", "GET", "/api/v1/products/"+product+"/dossier.pdf", nil)); !strings.HasPrefix(got.text, "%PDF-") {
			t.Errorf("dossier: %.40q", got.text)
		}
		if a := o.ask("producer-"+simWine, "GET", "/api/v1/products/"+product+"/dossier.pdf", nil); a.status != 404 {
			t.Errorf("another producer's dossier: %d", a.status)
		}
	})
}

//go:build unix

package app

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/register"
)

// certified brings a product of set 9 to a certificate of four stars.
func (o *office) certified(name, number string) string {
	o.t.Helper()
	id := o.waiting(name)
	o.scored("province", id, 9, worth(o.t, 9, 4, 75))
	o.must(200, o.move("secretary-province", id, "score", nil))
	o.must(200, o.move("leader-province", id, "certify", map[string]any{"number": number, "decision": "1/QĐ-UBND", "decided_on": "2026-06-01"}))
	return id
}

// readQR decodes a PNG with a decoder that shares nothing with what wrote it.
func readQR(t *testing.T, picture []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatal(err)
	}
	return got.GetText()
}

func TestACertificateProvesItselfOffline(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.certified("Nước mắm có tên rất dài để mã chứng minh phải chứa nhiều chữ hơn bình thường một chút", "HT-2026-01")
		path := "/api/v1/verify/HT-2026-01"
		v := o.must(200, o.ask("", "GET", path, nil))
		proof := v.body["proof"].(map[string]any)
		key := strings.TrimSpace(o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text)
		text := readQR(t, []byte(o.must(200, o.ask("", "GET", path+"/qr.png", nil)).text))
		if evidence := o.must(200, o.ask("", "GET", path+"/evidence", nil)).text; proof["key"] != key || text != evidence {
			t.Errorf("the code carries\n%s\nwant\n%s", text, evidence)
		}
		entry, _, _ := strings.Cut(text, "\n")
		t.Logf("the code carries %d bytes, of which the entry is %d", len(text), len(entry))
		if len(entry) > 700 {
			t.Errorf("the entry has %d bytes", len(entry))
		}
		k, err := register.CheckEvidence(text, key)
		if err != nil || k.Number != "HT-2026-01" || k.Stars != 4 || k.LastDay.String() != "2029-06-01" || float64(k.Index) != v.body["entry"] {
			t.Fatalf("%+v %v", k, err)
		}
		if _, err := register.CheckEvidence(strings.ReplaceAll(text, "\n", "\r\n")+"\n", key); err != nil {
			t.Errorf("pasted with other line ends: %v", err)
		}
		other := openOffice(t, dbtest.SQLite(t)).must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text
		for what, wrong := range map[string]string{"of another ledger": strings.Replace(other, "ocopflow/", "ocopflow/x", 1), "empty": "", "no key": "hello"} {
			if _, err := register.CheckEvidence(text, wrong); err == nil {
				t.Errorf("a key that is %s was taken", what)
			}
		}
		pdf := o.must(200, o.ask("", "GET", path+"/certificate.pdf", nil))
		if !strings.HasPrefix(pdf.text, "%PDF-") || !strings.Contains(pdf.text, "FontFile2") || pdf.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s, %d bytes, fonts embedded: %v", pdf.header.Get("Content-Type"), len(pdf.text), strings.Contains(pdf.text, "FontFile2"))
		}
		o.must(404, o.ask("", "GET", "/api/v1/verify/NONE/certificate.pdf", nil))
		o.must(401, o.ask("", "GET", "/api/v1/certificates/HT-2026-01", nil))
		o.must(404, o.ask("office", "GET", "/api/v1/certificates/HT-2026-01/x", nil))
	})
}

// Whatever single byte of the code's text is changed, it does not verify.
func TestEveryByteOfTheEvidenceCounts(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	text := o.must(200, o.ask("", "GET", "/api/v1/verify/GD-2022-01/evidence", nil)).text
	key := o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text
	if _, err := register.CheckEvidence(text, key); err != nil {
		t.Fatal(err)
	}
	for i := range len(text) {
		changed := []byte(text)
		changed[i] ^= 1 << (i % 7)
		if _, err := register.CheckEvidence(string(changed), key); err == nil {
			t.Fatalf("byte %d changed from %q to %q: still taken", i, text[i], changed[i])
		}
	}
}

// The private key lies beside the database, readable by its owner alone, and
// outlives a restart; that of another ledger is refused.
func TestTheKeyOfTheLedger(t *testing.T) {
	t.Parallel()
	address, data := dbtest.SQLite(t), t.TempDir()
	key := func(address string) (string, error) {
		a, err := openPlain(t, Config{Database: address, Data: data, Idle: true})
		if err != nil {
			t.Fatal(err)
		}
		k, err := a.Notary.Key(t.Context())
		return k, errors.Join(err, a.Close())
	}
	first, err := key(address)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := key(address); err != nil || again != first {
		t.Errorf("after a restart: %s %v, want %s", again, err, first)
	}
	info, err := os.Stat(filepath.Join(data, "checkpoint.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := key(dbtest.SQLite(t)); err == nil {
		t.Error("the key of another ledger was taken")
	}
}

func TestMinutesAndSheetsArePapers(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.waiting("Nước mắm biên bản")
	session := o.session("province", o.council("province", panel("province", 3)...), id)
	o.must(409, o.secretary("GET", session, "/minutes.pdf", nil))
	o.must(404, o.ask("office", "GET", sessionPath(session, "/minutes.pdf"), nil))
	whole := worth(t, 9, 4, 96)
	whole.Choices["9"] = 1
	agreed, own := split(9, whole)
	own["opinion"] = "Thiếu chứng nhận HACCP <của cơ sở> & nhãn"
	o.must(200, o.secretary("PUT", session, "/agreed", agreed))
	all := map[string]map[string]any{}
	for _, name := range panel("province", 3) {
		all[name] = own
	}
	o.sealed(session, all)
	o.must(409, o.secretary("GET", session, "/minutes.docx", nil))
	opened := o.must(200, o.secretary("POST", session, "/open", nil))
	account := opened.body["sheets"].([]any)[0].(map[string]any)["account"].(string)
	for _, lang := range []string{"vi", "en"} {
		for _, path := range []string{"/minutes", "/sheets/" + account + "/1/sheet"} {
			pdf := o.must(200, o.secretary("GET", session, path+".pdf", nil, "Accept-Language", lang))
			if !strings.HasPrefix(pdf.text, "%PDF-") || !strings.Contains(pdf.text, "FontFile2") {
				t.Errorf("%s %s: %.40q", lang, path, pdf.text)
			}
			docx := o.must(200, o.secretary("GET", session, path+".docx", nil, "Accept-Language", lang))
			text := wordText(t, []byte(docx.text))
			want := []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Thiếu chứng nhận HACCP <của cơ sở> & nhãn"}
			if path == "/minutes" && lang == "vi" {
				want = append(want, "BIÊN BẢN", "tiêu chí 9", "Kết luận: 3 sao", "ngày 01 tháng 6 năm 2026", "Chủ tịch")
			}
			if path == "/minutes" && lang == "en" {
				want = append(want, "MINUTES", "criterion 9", "Conclusion: 3 stars")
			}
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s %s does not say %q", lang, path, w)
				}
			}
		}
	}
	o.must(404, o.secretary("GET", session, "/sheets/nobody/1/sheet.pdf", nil))
	o.must(404, o.secretary("GET", session, "/sheets/"+account+"/2/sheet.pdf", nil))
}

// wordText reads a DOCX as a word processor does: parts named in a ZIP, each
// well-formed XML.
func wordText(t *testing.T, content []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if text, ok := token.(xml.CharData); ok && f.Name == "word/document.xml" {
				out.Write(text)
				out.WriteByte(' ')
			}
		}
	}
	return out.String()
}

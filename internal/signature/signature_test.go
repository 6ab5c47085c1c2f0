package signature

import (
	"bytes"
	"os"
	"testing"
)

// signed is a page signed by openssl, with a certificate whose issuer nobody knows.
func signed(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/signed.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestASignatureIsToldAndNotBelieved(t *testing.T) {
	t.Parallel()
	whole := signed(t)
	look := func(b []byte) Findings { return Read(bytes.NewReader(b), int64(len(b))) }
	r := look(whole)
	if !r.Checked || len(r.Signatures) != 1 {
		t.Fatalf("%+v", r)
	}
	s := r.Signatures[0]
	if s.By != "Nguyễn Văn Ký" || s.Issuer != "Test Issuing CA" || s.Integrity != Intact || s.Chain != "not_checked" || s.At == nil {
		t.Errorf("%+v", s)
	}
	// One byte of the page is another, in a place that the signature covers.
	changed := bytes.Replace(whole, []byte("0 0 595 842"), []byte("0 0 595 843"), 1)
	if r := look(changed); !r.Checked || len(r.Signatures) != 1 || r.Signatures[0].Integrity != Changed {
		t.Errorf("changed: %+v", r)
	}
	// Something stands behind what was signed.
	if r := look(append(bytes.Clone(whole), "% more\n"...)); r.Checked && r.Signatures[0].Integrity != PartIntact {
		t.Errorf("added to: %+v", r)
	}
	// It claims to cover more than there is.
	for _, far := range []string{"9000000000", "-1        "} {
		at := bytes.Index(whole, []byte("/ByteRange[0 ")) + len("/ByteRange[0 ")
		b := bytes.Clone(whole)
		copy(b[at:], far)
		if r := look(b); r.Checked {
			t.Errorf("%s: %+v", far, r)
		}
	}
	for _, b := range [][]byte{nil, []byte("%PDF-1.7\n"), whole[:len(whole)/2]} {
		if r := look(b); r.Checked {
			t.Errorf("broken: %+v", r)
		}
	}
}

func TestAPlainPDFHasNoSignature(t *testing.T) {
	t.Parallel()
	b := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>>>endobj\ntrailer<</Root 1 0 R>>\n")
	if r := Read(bytes.NewReader(b), int64(len(b))); r.Checked && len(r.Signatures) != 0 {
		t.Errorf("%+v", r)
	}
}

// Whatever the bytes are, looking into them ends, and never says that what was
// changed is intact.
func FuzzRead(f *testing.F) {
	whole, err := os.ReadFile("testdata/signed.pdf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, b []byte) { Read(bytes.NewReader(b), int64(len(b))) })
}

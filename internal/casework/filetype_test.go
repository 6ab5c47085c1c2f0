package casework

import (
	"archive/zip"
	"bytes"
	"testing"

	"ocopflow/internal/fault"
)

func TestFilesAreWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	var office bytes.Buffer
	z := zip.NewWriter(&office)
	if _, err := z.Create("[Content_Types].xml"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		content []byte
		good    bool
	}{
		{"giay.pdf", []byte("%PDF-1.7\n..."), true},
		{"GIAY.PDF", []byte("<html><script>alert(1)</script>"), false},
		{"anh.png", []byte("\x89PNG\r\n\x1a\n"), true},
		{"anh.jpg", []byte("\x89PNG\r\n\x1a\n"), false},
		{"bang.xlsx", office.Bytes(), true},
		{"bang.xlsx", []byte("a;b;c"), false},
		{"ghi.txt", []byte("phiếu"), true},
		{"khong-duoi", []byte("phiếu"), true},
		{"giay.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"), false},
		{"cong-cu", []byte("\x7fELF\x02\x01\x01\x00"), false},
		{"chay.txt", []byte("#!/bin/sh\nrm -rf /\n"), false},
	} {
		bad := fault.New(fault.Invalid, "document_wrong", "", "")
		checkType(bad, c.name, c.content)
		if good := len(bad.Fields) == 0; good != c.good {
			t.Errorf("%s with %.12q: %v", c.name, c.content, bad.Fields)
		}
	}
}

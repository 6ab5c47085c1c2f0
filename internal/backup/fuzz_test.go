package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"testing"
	"time"
)

// sealed is a backup of whatever bytes, rightly sealed: what stands behind the
// hash is read with as little trust.
func sealed(t testing.TB, inner []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	s := newSealer(&b)
	zip := gzip.NewWriter(s)
	if _, err := zip.Write(inner); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// members is a tar of names and contents, in turn.
func members(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := &writer{tar: tar.NewWriter(&b), at: time.Unix(0, 0)}
	for i := 0; i < len(parts); i += 2 {
		if err := w.bytes(parts[i], []byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.tar.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	emptyRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	someHead  = `{"format":1,"root":"` + emptyRoot + `","tables":[{"name":"settings","columns":[{"name":"name","type":"TEXT"},{"name":"value","type":"TEXT"}]},{"name":"entries","columns":[{"name":"idx","type":"BIGINT"},{"name":"hash","type":"BYTEA"},{"name":"body","type":"TEXT"}]}]}`
)

// Parts that have no place in a backup are refused, however well they are sealed.
func TestWhatHasNoPlaceInABackupIsRefused(t *testing.T) {
	t.Parallel()
	good := []string{headerName, someHead, "rows/settings/00000001.jsonl", "[\"a\",null]\n", "data/checkpoint.key", "k"}
	if _, err := Check(bytes.NewReader(sealed(t, members(t, good...))), nil); err != nil {
		t.Fatal(err)
	}
	for name, parts := range map[string][]string{
		"nothing":               {},
		"no header":             {"rows/settings/1", "[]"},
		"a later form":          {headerName, `{"format":2}`},
		"another root":          {headerName, `{"format":1,"root":"x"}`},
		"entries that are told": {headerName, `{"format":1,"entries":1,"root":"` + emptyRoot + `"}`},
		"a table that is none":  {headerName, someHead, "rows/nowhere/1", "[]\n"},
		"a row that is short":   {headerName, someHead, "rows/settings/1", "[\"a\"]\n"},
		"a value of other kind": {headerName, someHead, "rows/settings/1", "[\"a\",1]\n"},
		"an entry that is none": {headerName, someHead, "rows/entries/1", "[0,\"\",\"{}\"]\n"},
		"a way out":             {headerName, someHead, "data/../../etc/passwd", "x"},
		"a file of other name":  {headerName, someHead, "data/ocopflow.json", "x"},
		"a content of another":  {headerName, someHead, "files/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "x"},
	} {
		if _, err := Check(bytes.NewReader(sealed(t, members(t, parts...))), nil); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// Whatever stands in a backup, reading it ends with an error or with a root that
// was computed.
func FuzzCheck(f *testing.F) {
	f.Add(members(f, headerName, someHead, "rows/settings/00000001.jsonl", "[\"a\",null]\n"))
	f.Add(members(f, headerName, someHead, "rows/entries/00000001.jsonl", "[0,\"AAAA\",\"{}\"]\n"))
	f.Add(members(f, headerName, someHead, "data/checkpoint.key", "k", "files/"+emptyRoot, "x"))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, inner []byte) {
		h, err := Check(bytes.NewReader(sealed(t, inner)), nil)
		if err == nil && (h.Format != 1 || h.Root == "") {
			t.Errorf("taken: %+v", h)
		}
		if _, err := Check(bytes.NewReader(inner), nil); err == nil {
			t.Error("bytes without a seal were taken")
		}
	})
}

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// What is packed twice is the same, byte for byte, and nothing in it tells who
// packed it.
func TestArchivesAreAlikeEachTime(t *testing.T) {
	t.Parallel()
	parts := []part{{"docs/operations.md", []byte("đọc"), false}, {"ocopflow", []byte("program"), true}}
	for name, pack := range map[string]func(io.Writer, string, []part, time.Time) error{"tar": tarball, "zip": zipped} {
		var one, two bytes.Buffer
		if err := errors.Join(pack(&one, "x", parts, at), pack(&two, "x", parts, at)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s: two packings differ", name)
		}
		got := map[string]string{}
		if name == "zip" {
			z, err := zip.NewReader(bytes.NewReader(one.Bytes()), int64(one.Len()))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range z.File {
				got[f.Name] = f.Mode().String()
			}
		} else {
			for _, h := range members(t, one.Bytes()) {
				if got[h.Name] = h.FileInfo().Mode().String(); h.Uid != 0 || h.Uname != "" || !h.ModTime.Equal(at) {
					t.Errorf("%+v tells who packed it", h)
				}
			}
		}
		if len(got) != 2 || got["x/ocopflow"] != "-rwxr-xr-x" || got["x/docs/operations.md"] != "-rw-r--r--" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func members(t *testing.T, b []byte) (out []*tar.Header) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, h)
	}
}

// The Debian package is the ar that dpkg wants: its parts in their order, the
// settings marked as the administrator's, scripts that start nothing.
func TestTheDebianPackageIsOne(t *testing.T) {
	t.Chdir("../..")
	r := release{version: "v1.2.0-3-gabc", at: at, dir: t.TempDir()}
	if err := r.debian("amd64", []byte("program"), []byte("licences")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(r.dir, "ocopflow_1.2.0+3+gabc_amd64.deb"))
	if err != nil || !bytes.HasPrefix(b, []byte("!<arch>\n")) {
		t.Fatalf("%v, made %v", err, r.made)
	}
	var names, inside []string
	for b = b[8:]; len(b) > 0; {
		name, n := strings.TrimSpace(string(b[:16])), 0
		for _, c := range strings.TrimSpace(string(b[48:58])) {
			n = 10*n + int(c-'0')
		}
		if names = append(names, name); strings.HasSuffix(name, ".tar.gz") {
			for _, h := range members(t, b[60:60+n]) {
				inside = append(inside, h.Name)
			}
		}
		b = b[60+n+n%2:]
	}
	if strings.Join(names, " ") != "debian-binary control.tar.gz data.tar.gz" {
		t.Error(names)
	}
	all := " " + strings.Join(inside, " ") + " "
	for _, want := range []string{"./control", "./conffiles", "./md5sums", "./postinst", "./prerm", "./postrm", "./usr/bin/ocopflow", "./etc/ocopflow/ocopflow.env", "./usr/lib/systemd/system/ocopflow.service", "./usr/share/doc/ocopflow/operations.md", "./usr/share/doc/ocopflow/copyright"} {
		if !strings.Contains(all, " "+want+" ") {
			t.Errorf("%s is missing in%s", want, all)
		}
	}
	for _, page := range []string{"docs/operations.md", "docs/guides/en/operations.md"} { // what they refer to is there too
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllSubmatch(text, -1) {
			name := strings.TrimPrefix(filepath.Join(filepath.Dir(page), string(m[1])), "docs/")
			if !strings.Contains(all, " ./usr/share/doc/ocopflow/"+name+" ") {
				t.Errorf("%s refers to %s, which is missing", page, name)
			}
		}
	}
}

func TestVersionsAreOrderedAsDebianDoes(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"v1.2.0": "1.2.0", "v1.2.0-3-gabc-dirty": "1.2.0+3+gabc+dirty", "132a169": "0~20261201000000+132a169", "dev": "0~20261201000000+dev"} {
		if got := debVersion(version, at); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

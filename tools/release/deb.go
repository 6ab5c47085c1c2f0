package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5" // what dpkg wants in its list; nothing rests on it
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"sort"
	"strings"
	"time"
)

// debian packs the program for Debian: an ar of two tars, which dpkg-deb would
// make on Debian alone.
func (r *release) debian(processor string, program, licences []byte) error {
	files := []part{{"usr/bin/ocopflow", program, true}, {"usr/share/doc/ocopflow/THIRD-PARTY.txt", licences, false}}
	put := map[string]string{
		"packaging/ocopflow.service": "usr/lib/systemd/system/ocopflow.service", "packaging/ocopflow.env": "etc/ocopflow/ocopflow.env",
		"packaging/alerts.yml": "usr/share/ocopflow/alerts.yml", "packaging/grafana/ocopflow.json": "usr/share/ocopflow/grafana/ocopflow.json",
		"LICENSE": "usr/share/doc/ocopflow/copyright",
	}
	for _, name := range beside {
		if page, ok := strings.CutPrefix(name, "docs/"); ok {
			put[name] = "usr/share/doc/ocopflow/" + page
		}
	}
	for from, to := range put {
		content, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		files = append(files, part{to, content, false})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	control, err := r.control(processor, files)
	if err != nil {
		return err
	}
	inside, err := debTar(control, r.at)
	if err != nil {
		return err
	}
	data, err := debTar(files, r.at)
	if err != nil {
		return err
	}
	name := "ocopflow_" + debVersion(r.version, r.at) + "_" + processor + ".deb"
	return r.keep(name, func(w io.Writer) error {
		if _, err := io.WriteString(w, "!<arch>\n"); err != nil {
			return err
		}
		for _, p := range []part{{"debian-binary", []byte("2.0\n"), false}, {"control.tar.gz", inside, false}, {"data.tar.gz", data, false}} {
			_, err := fmt.Fprintf(w, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", p.name, r.at.Unix(), 0, 0, "100644", len(p.content), p.content)
			if err == nil && len(p.content)%2 == 1 {
				_, err = io.WriteString(w, "\n")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// control says what the package is, and brings the scripts that install it.
func (r *release) control(processor string, files []part) ([]part, error) {
	size := 0
	var sums strings.Builder
	for _, f := range files {
		size += len(f.content)
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.content), f.name)
	}
	out := []part{{"conffiles", []byte("/etc/ocopflow/ocopflow.env\n"), false}, {"control", fmt.Appendf(nil, `Package: ocopflow
Version: %s
Architecture: %s
Maintainer: ocopflow <noreply@invalid>
Installed-Size: %d
Depends: adduser
Recommends: ca-certificates, tzdata
Section: web
Priority: optional
Description: workflow and office of Vietnam's OCOP programme
 Grades local products by the procedures in force, keeps every act in a
 tamper-evident ledger, and checks certificates for the public.
`, debVersion(r.version, r.at), processor, size/1024+1), false}, {"md5sums", []byte(sums.String()), false}}
	for _, name := range []string{"postinst", "postrm", "prerm"} {
		content, err := os.ReadFile(path.Join("packaging/debian", name))
		if err != nil {
			return nil, err
		}
		out = append(out, part{name, content, true})
	}
	return out, nil
}

// debVersion is one that dpkg orders rightly: what has no tag comes before all
// that have.
func debVersion(version string, at time.Time) string {
	v := strings.ReplaceAll(strings.TrimPrefix(version, "v"), "-", "+")
	if v == "" || v[0] < '0' || v[0] > '9' || !strings.Contains(v, ".") {
		v = "0~" + at.Format("20060102150405") + "+" + v
	}
	return v
}

// debTar packs files with the folders above them, all root's.
func debTar(files []part, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	seen := map[string]bool{}
	folder := func(name string) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		return t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755, ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatGNU})
	}
	for _, f := range files {
		dirs := "./"
		if err := folder(dirs); err != nil {
			return nil, err
		}
		parts := strings.Split(f.name, "/")
		for _, p := range parts[:len(parts)-1] {
			dirs += p + "/"
			if err := folder(dirs); err != nil {
				return nil, err
			}
		}
		h := &tar.Header{Name: "./" + f.name, Size: int64(len(f.content)), Mode: f.mode(), ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatGNU}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.content); err != nil {
			return nil, err
		}
	}
	err = errors.Join(t.Close(), z.Close())
	return b.Bytes(), err
}

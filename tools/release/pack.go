package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

// part is one file of an archive.
type part struct {
	name    string // with slashes
	content []byte
	runs    bool
}

func (p part) mode() int64 {
	if p.runs {
		return 0o755
	}
	return 0o644
}

// read takes a file, or all files of a folder.
func read(from string) (out []part, err error) {
	err = filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		out = append(out, part{filepath.ToSlash(name), content, strings.HasSuffix(name, ".sh")})
		return err
	})
	return out, err
}

// tarball packs for people with tar. Nothing in it tells who packed it, or when.
func tarball(w io.Writer, folder string, parts []part, at time.Time) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	for _, p := range parts {
		h := &tar.Header{Name: path.Join(folder, p.name), Size: int64(len(p.content)), Mode: p.mode(), ModTime: at, Format: tar.FormatPAX}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(p.content); err != nil {
			return err
		}
	}
	return errors.Join(t.Close(), z.Close())
}

// zipped packs for Windows.
func zipped(w io.Writer, folder string, parts []part, at time.Time) error {
	z := zip.NewWriter(w)
	for _, p := range parts {
		h := &zip.FileHeader{Name: path.Join(folder, p.name), Method: zip.Deflate, Modified: at}
		h.SetMode(fs.FileMode(p.mode()))
		f, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := f.Write(p.content); err != nil {
			return err
		}
	}
	return z.Close()
}

var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright)([-._].*)?$`)

// licences are the texts under which the modules in the program stand: most of
// them must go along with it.
func licences() ([]byte, error) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/ocopflow")
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return nil, err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	modules := map[string]string{"go (the standard library)": strings.TrimSpace(string(root))}
	for line := range strings.Lines(string(text)) {
		if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			modules[name] = dir
		}
	}
	var names []string
	for name := range modules {
		names = append(names, name)
	}
	sort.Strings(names)
	var out bytes.Buffer
	for _, name := range names {
		if err := licencesOf(&out, name, modules[name]); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func licencesOf(out *bytes.Buffer, name, dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	found := false
	for _, f := range files {
		if f.IsDir() || !licence.MatchString(f.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return err
		}
		found = true
		fmt.Fprintf(out, "==== %s: %s\n\n%s\n\n", name, f.Name(), bytes.TrimSpace(content))
	}
	if !found {
		fmt.Fprintf(out, "==== %s: its module holds no text of a licence\n\n", name)
	}
	return nil
}

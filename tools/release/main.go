// Command release makes the archives of a release in a folder: for each platform
// the program, what packs and starts it, the operations in both languages and the
// licences, with one list of components and one of checksums. The same sources
// and the same Go give the same bytes; what the program does is no concern of it.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

// Pinned: another version may write another list.
const cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// platforms are those that an office may have.
var platforms = []string{"linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64", "darwin/amd64", "darwin/arm64"}

// beside lies beside the program in each archive, where the pages refer to it.
var beside = []string{"LICENSE", "SECURITY.md", "docs/operations.md", "docs/guides/en/operations.md", "docs/ledger.md", "docs/sign-in.md", "docs/security.md", "docs/benchmarks.md",
	"docs/guides/quan-tri.md", "docs/guides/en/administrator.md", "packaging"}

func main() {
	version := flag.String("version", "dev", "version of the program")
	at := flag.Int64("epoch", 0, "moment that every file gets, in seconds")
	to := flag.String("to", "dist", "folder to make")
	only := flag.String("only", "", "one platform, such as linux/amd64")
	bare := flag.Bool("bare", false, "without the list of components, which needs a tool from the network")
	flag.Parse()
	r := release{version: *version, at: time.Unix(*at, 0).UTC(), dir: *to, bare: *bare}
	if *only != "" {
		platforms = []string{*only}
	}
	if err := r.make(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

type release struct {
	version string
	at      time.Time
	dir     string
	bare    bool
	made    []string // names below dir, for the checksums
}

func (r *release) make() error {
	if err := errors.Join(os.RemoveAll(r.dir), os.MkdirAll(filepath.Join(r.dir, "bin"), 0o755)); err != nil {
		return err
	}
	licences, err := licences()
	if err != nil {
		return err
	}
	for _, p := range platforms {
		system, processor, _ := strings.Cut(p, "/")
		if err := r.platform(system, processor, licences); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := r.components(); err != nil {
		return err
	}
	return r.sums()
}

// platform builds the program for one platform and packs it.
func (r *release) platform(system, processor string, licences []byte) error {
	program := filepath.Join(r.dir, "bin", "ocopflow-"+system+"-"+processor)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid= -X main.version="+r.version, "-o", program, "./cmd/ocopflow")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+processor, "GOFLAGS=")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	name := strings.Join([]string{"ocopflow", r.version, system, processor}, "-")
	inside := "ocopflow"
	if system == "windows" {
		inside += ".exe"
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if system == "linux" {
		if err := r.debian(processor, content, licences); err != nil {
			return err
		}
	}
	parts := []part{{inside, content, true}, {"THIRD-PARTY.txt", licences, false}}
	for _, from := range beside {
		more, err := read(from)
		if err != nil {
			return err
		}
		parts = append(parts, more...)
	}
	sort.Slice(parts, func(i, j int) bool { return parts[i].name < parts[j].name })
	pack := tarball
	if system == "windows" {
		name, pack = name+".zip", zipped
	} else {
		name += ".tar.gz"
	}
	return r.keep(name, func(w io.Writer) error {
		return pack(w, strings.TrimSuffix(strings.TrimSuffix(name, ".zip"), ".tar.gz"), parts, r.at)
	})
}

func (r *release) keep(name string, write func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	r.made = append(r.made, name)
	return errors.Join(write(f), f.Close())
}

// components lists what the program is made of, as CycloneDX.
func (r *release) components() error {
	if r.bare {
		return nil
	}
	const name = "ocopflow.cdx.json"
	list := exec.Command("go", "run", cyclonedx, "app", "-json", "-licenses", "-noserial", "-std", "-assert-licenses", "-main", "cmd/ocopflow", "-output", filepath.Join(r.dir, name))
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	list.Stderr = os.Stderr
	if err := list.Run(); err != nil {
		return fmt.Errorf("list of components: %w", err)
	}
	r.made = append(r.made, name)
	return r.dated(filepath.Join(r.dir, name))
}

var made = regexp.MustCompile(`"timestamp": "[^"]*"`)

// dated gives a list of components the moment of the release in place of that of
// its making.
func (r *release) dated(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, made.ReplaceAll(text, []byte(`"timestamp": "`+r.at.Format(time.RFC3339)+`"`)), 0o644)
}

// sums writes what sha256sum -c reads.
func (r *release) sums() error {
	var out strings.Builder
	sort.Strings(r.made)
	for _, name := range r.made {
		content, err := os.ReadFile(filepath.Join(r.dir, name))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		fmt.Fprintf(&out, "%s  %s\n", hex.EncodeToString(sum[:]), name)
	}
	return os.WriteFile(filepath.Join(r.dir, "SHA256SUMS"), []byte(out.String()), 0o644)
}

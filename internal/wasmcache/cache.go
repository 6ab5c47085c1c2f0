// Package wasmcache keeps go-graphviz from sharing compiled code between users.
// That library compiles its WebAssembly before main runs and keeps the machine code
// in "go-graphviz" of the folder for temporary files: whoever makes that folder
// first decides what others run, and nobody else can start. So while it starts,
// temporary files lie in a folder of the user's own, or nowhere.
//
// It is a module of its own because Go initialises packages by their import paths:
// this one sorts before github.com, and so comes first. What is drawn is draw's.
package wasmcache

import (
	"os"
	"path/filepath"
	"runtime"
)

var (
	was string
	had bool
)

func init() {
	if runtime.GOOS == "windows" {
		return // each user has a folder there already
	}
	was, had = os.LookupEnv("TMPDIR")
	os.Setenv("TMPDIR", folder())
}

// nowhere is no folder and cannot become one: nothing is kept then.
const nowhere = "/dev/null/none"

func folder() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nowhere
	}
	dir = filepath.Join(dir, "ocopflow")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nowhere
	}
	if err := os.Chmod(dir, 0o700); err != nil { // another's
		return nowhere
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return nowhere
	}
	probe.Close()
	os.Remove(probe.Name())
	return dir
}

// Started puts temporary files back to where they belong, once the library has
// started.
func Started() {
	switch {
	case runtime.GOOS == "windows":
	case had:
		os.Setenv("TMPDIR", was)
	default:
		os.Unsetenv("TMPDIR")
	}
}

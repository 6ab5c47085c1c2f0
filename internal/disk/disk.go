// Package disk owns the few things that are asked of the machine's files when one
// must be there whole or not at all, also after the power went. Which files these
// are, and who sweeps what was cut off, is left to the packages that keep them.
package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Disk is where files lie. Tests put one in its place that fails.
type Disk interface {
	Make(folder string) error // with those above it
	Create(folder, pattern string) (File, error)
	Rename(from, to string) error
	Remove(name string) error // no error when it is gone already
	Flush(folder string) error
}

// File is one that is being written.
type File interface {
	io.WriteCloser
	Name() string
	Sync() error
}

// Machine is the machine's own.
var Machine Disk = machine{}

type machine struct{}

func (machine) Make(folder string) error { return os.MkdirAll(folder, 0o700) }

func (machine) Create(folder, pattern string) (File, error) { return os.CreateTemp(folder, pattern) }

func (machine) Rename(from, to string) error { return os.Rename(from, to) }

func (machine) Remove(name string) error {
	if err := os.Remove(name); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (machine) Flush(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Replace writes a file in one step, so that nobody reads half of it and the old
// one stays until the new one is on the disk.
func Replace(d Disk, name string, content []byte) error {
	folder := filepath.Dir(name)
	f, err := d.Create(folder, "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = d.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, d.Remove(f.Name()))
	}
	return d.Flush(folder)
}

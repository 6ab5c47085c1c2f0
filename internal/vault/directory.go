package vault

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
)

const unfinished = "unfinished" // folder of uploads that still run

// fileWriter keeps an upload in the directory: whole or not at all.
type fileWriter struct {
	*os.File
	vault *Vault
}

func (v *Vault) newFile() (*fileWriter, error) {
	folder := filepath.Join(v.Dir, unfinished)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(folder, "upload-")
	return &fileWriter{f, v}, err
}

// place is where content of a hash lies. Folders stay small by its first bytes.
func (v *Vault) place(sha256 string) string {
	return filepath.Join(v.Dir, sha256[:2], sha256[2:4], sha256)
}

// done renames the file to its place once its bytes are on the disk. Content
// that was there before gets a fresh age by it, which keeps the sweep off.
func (w *fileWriter) done(_ context.Context, sha256 string) error {
	if err := errors.Join(w.Sync(), w.Close()); err != nil {
		return err
	}
	place := w.vault.place(sha256)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return err
	}
	if err := os.Rename(w.Name(), place); err != nil {
		return err
	}
	for _, folder := range []string{filepath.Dir(place), filepath.Dir(filepath.Dir(place)), w.vault.Dir} {
		if err := flushFolder(folder); err != nil {
			return err
		}
	}
	return nil
}

func (w *fileWriter) drop(context.Context) error {
	_ = w.Close() // it is removed, whatever it says
	if err := os.Remove(w.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (v *Vault) openFile(sha256 string) (io.ReadSeekCloser, error) {
	if v.Dir == "" {
		return nil, errors.New("the content lies in a directory; say which by --files")
	}
	return os.Open(v.place(sha256))
}

func flushFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

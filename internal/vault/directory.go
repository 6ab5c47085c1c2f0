package vault

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"ocopflow/internal/disk"
)

const unfinished = "unfinished" // folder of uploads that still run

// fileWriter keeps an upload in the directory: whole or not at all.
type fileWriter struct {
	disk.File
	vault *Vault
}

func (v *Vault) newFile() (*fileWriter, error) {
	folder := filepath.Join(v.Dir, unfinished)
	if err := v.disk().Make(folder); err != nil {
		return nil, err
	}
	f, err := v.disk().Create(folder, "upload-")
	if err != nil {
		return nil, err
	}
	return &fileWriter{f, v}, nil
}

func (v *Vault) disk() disk.Disk {
	if v.Disk != nil {
		return v.Disk
	}
	return disk.Machine
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
	place, d := w.vault.place(sha256), w.vault.disk()
	if err := d.Make(filepath.Dir(place)); err != nil {
		return err
	}
	if err := d.Rename(w.Name(), place); err != nil {
		return err
	}
	for _, folder := range []string{filepath.Dir(place), filepath.Dir(filepath.Dir(place)), w.vault.Dir} {
		if err := d.Flush(folder); err != nil {
			return err
		}
	}
	return nil
}

func (w *fileWriter) drop(context.Context) error {
	_ = w.Close() // it is removed, whatever it says
	return w.vault.disk().Remove(w.Name())
}

func (v *Vault) openFile(sha256 string) (io.ReadSeekCloser, error) {
	if v.Dir == "" {
		return nil, errors.New("the content lies in a directory; say which by --files")
	}
	return os.Open(v.place(sha256))
}

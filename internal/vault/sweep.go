package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ocopflow/internal/store"
)

// Grace is how old something unnamed must be before it is cleared away: longer
// than any upload that still runs.
const Grace = time.Hour

// Sweep clears away what uploads that were cut off left in either home, and
// says how many there were. It is safe at any time, also beside other servers.
func (v *Vault) Sweep(ctx context.Context) (int, error) {
	before, n := v.Now().Add(-Grace), 0
	for {
		stray, err := store.StrayUploads(ctx, v.DB, before)
		if err != nil {
			return n, err
		}
		for _, id := range stray {
			if err := v.dropUpload(ctx, id); err != nil {
				return n, err
			}
			n++
		}
		if len(stray) < 500 {
			break
		}
	}
	if v.Dir == "" {
		return n, nil
	}
	files, err := v.sweepFiles(ctx, before)
	return n + files, err
}

func (v *Vault) sweepFiles(ctx context.Context, before time.Time) (n int, err error) {
	err = filepath.WalkDir(v.Dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		stray, err := v.stray(ctx, path, e, before)
		if err != nil || !stray {
			return err
		}
		gone, err := v.clear(path, before)
		if gone {
			n++
		}
		return err
	})
	return n, err
}

// clear removes a stray file. An upload of the same content may have put a fresh
// one in its place since it was looked at: that one goes back.
func (v *Vault) clear(path string, before time.Time) (bool, error) {
	folder := filepath.Join(v.Dir, unfinished)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return false, err
	}
	aside := filepath.Join(folder, "stray-"+filepath.Base(path))
	if err := os.Rename(path, aside); err != nil {
		return false, err
	}
	info, err := os.Stat(aside)
	if err != nil {
		return false, err
	}
	if info.ModTime().After(before) {
		return false, os.Rename(aside, path)
	}
	return true, os.Remove(aside)
}

// stray reports whether a file is ours, old, and named by nothing.
func (v *Vault) stray(ctx context.Context, path string, e fs.DirEntry, before time.Time) (bool, error) {
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || info.ModTime().After(before) {
		return false, err
	}
	if filepath.Dir(path) == filepath.Join(v.Dir, unfinished) {
		return true, nil
	}
	if len(e.Name()) != 64 || path != v.place(e.Name()) {
		return false, nil // somebody else's
	}
	c, err := store.FindContent(ctx, v.DB, e.Name())
	return err == nil && (c == nil || c.Home != store.HomeDirectory), err
}

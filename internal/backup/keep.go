package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// To writes a backup to a new file and reads it back from there: the file has its
// name only once it was found good. For the reading an encrypted one gets another
// recipient, whose key is forgotten at the end.
func (s Source) To(ctx context.Context, name string, recipients []age.Recipient) (h Header, err error) {
	var identities []age.Identity
	if len(recipients) > 0 {
		once, err := age.GenerateX25519Identity()
		if err != nil {
			return h, err
		}
		identities = []age.Identity{once}
		recipients = append(slices.Clone(recipients), once.Recipient())
	}
	if _, err := os.Stat(name); err == nil {
		return h, fmt.Errorf("%s is there already", name)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return h, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), unfinished+"*")
	if err != nil {
		return h, err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	defer f.Close()
	w, err := encrypt(f, recipients)
	if err != nil {
		return h, err
	}
	if _, err := s.write(ctx, w); err != nil {
		return h, err
	}
	if err := errors.Join(w.Close(), f.Sync()); err != nil {
		return h, err
	}
	if h, err = Check(f, identities); err != nil {
		return h, fmt.Errorf("the backup was written but cannot be read back: %w", err)
	}
	return h, os.Rename(f.Name(), name)
}

const (
	unfinished = ".unfinished-backup-"
	moment     = "20060102T150405Z"
	suffix     = ".ocopflow-backup"
)

// FileName is that of a backup made at a moment.
func FileName(at time.Time) string { return "ocopflow-" + at.UTC().Format(moment) + suffix }

// Schedule makes backups in a directory and drops the oldest.
type Schedule struct {
	Source
	Dir        string
	Every      time.Duration
	Keep       int // how many; older ones are removed
	Recipients []age.Recipient
}

// Run makes a backup if the newest is old enough. It says where it is; "" when
// none was due.
func (s Schedule) Run(ctx context.Context) (string, error) {
	have, err := s.list()
	if err != nil {
		return "", err
	}
	// A tenth is allowed for a run that comes a little early.
	if n := len(have); n > 0 && s.Now().Sub(have[n-1]) < s.Every-s.Every/10 {
		return "", nil
	}
	name := filepath.Join(s.Dir, FileName(s.Now()))
	if _, err := s.To(ctx, name, s.Recipients); err != nil {
		return "", err
	}
	return name, s.drop()
}

// Newest is when the newest backup in a directory was made; zero without any.
func Newest(dir string) (time.Time, error) {
	have, err := Schedule{Dir: dir}.list()
	if err != nil || len(have) == 0 {
		return time.Time{}, err
	}
	return have[len(have)-1], nil
}

// Standing is when the newest backup in a directory was made, and how many there
// are. A directory is made with the first backup.
func Standing(dir string) (newest time.Time, number int, err error) {
	if _, err := os.Stat(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return newest, 0, err
	}
	have, err := Schedule{Dir: dir}.list()
	if err != nil || len(have) == 0 {
		return newest, 0, err
	}
	return have[len(have)-1], len(have), nil
}

// list gives the moments of the backups in the directory, oldest first. Files of
// other names are not ours.
func (s Schedule) list() ([]time.Time, error) {
	names, err := filepath.Glob(filepath.Join(s.Dir, "ocopflow-*"+suffix))
	if err != nil {
		return nil, err
	}
	var out []time.Time
	for _, name := range names {
		text := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "ocopflow-"), suffix)
		if at, err := time.Parse(moment, text); err == nil {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, nil
}

// drop removes what is beyond the number to keep, and what a killed run left.
func (s Schedule) drop() error {
	have, err := s.list()
	if err != nil {
		return err
	}
	for ; len(have) > max(s.Keep, 1); have = have[1:] {
		err = errors.Join(err, os.Remove(filepath.Join(s.Dir, FileName(have[0]))))
	}
	left, _ := filepath.Glob(filepath.Join(s.Dir, unfinished+"*")) // the pattern is well formed
	for _, name := range left {
		if info, gone := os.Stat(name); gone == nil && s.Now().Sub(info.ModTime()) > 24*time.Hour {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

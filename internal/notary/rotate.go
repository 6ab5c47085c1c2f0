package notary

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// next is where the new key waits until it is published.
func (n *Notary) next() string { return n.File + ".next" }

// Retired is where a replaced private key is kept.
func (n *Notary) Retired(public string) string {
	_, rest, _ := strings.Cut(public, "+")
	hash, _, _ := strings.Cut(rest, "+")
	return filepath.Join(filepath.Dir(n.File), "checkpoint-"+hash+".key")
}

// Rotate makes a new key, publishes it with a note in which the old one vouches
// for it, and signs with it from then on. The old private key is kept beside the
// new one, or destroyed. A rotation that breaks off before the entry has changed
// nothing; one that breaks off after it is finished when a key is needed next.
//
// Faults: reason_missing, reason_too_long (Invalid); key_changed (Conflict).
func (n *Notary) Rotate(ctx context.Context, reason string, destroy bool) (PublishedKey, error) {
	if err := checkReason(reason); err != nil {
		return PublishedKey{}, err
	}
	if _, err := n.Key(ctx); err != nil {
		return PublishedKey{}, err
	}
	k, err := n.rotate(ctx, strings.TrimSpace(reason))
	if err != nil {
		return k, fmt.Errorf("rotate key: %w", err)
	}
	if destroy {
		if err := shred(n.Retired(k.Replaces)); err != nil {
			return k, fmt.Errorf("destroy the old key: %w", err)
		}
	}
	return k, n.Keep(ctx)
}

func (n *Notary) rotate(ctx context.Context, reason string) (PublishedKey, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	origin := n.signer.Name()
	old, err := readPair(n.File, origin)
	if err != nil {
		return PublishedKey{}, err
	}
	name, err := writePair(n.File, origin, append([]string{old.public}, old.replaced...))
	if err != nil {
		return PublishedKey{}, err
	}
	if err := os.Rename(name, n.next()); err != nil {
		return PublishedKey{}, err
	}
	fresh, err := readPair(n.next(), origin)
	if err != nil {
		return PublishedKey{}, err
	}
	cross, err := note.Sign(&note.Note{Text: crossText(fresh.public)}, old.signer)
	if err != nil {
		return PublishedKey{}, err
	}
	k := PublishedKey{Key: fresh.public, Replaces: old.public, Cross: string(cross)}
	if err := n.succeed(ctx, k, reason); err != nil {
		return k, err
	}
	if err := n.finish(fresh.public, origin); err != nil {
		return k, err
	}
	n.signer, n.public = fresh.signer, fresh.public
	return k, nil
}

// succeed enters that one key follows another.
func (n *Notary) succeed(ctx context.Context, k PublishedKey, reason string) error {
	_, err := commit.Do[any](ctx, n.Committer, commit.Act{Kind: commit.Once, Locks: []string{"setting:" + keySetting},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			known, err := store.Setting(ctx, q, keySetting)
			if err == nil && known != k.Replaces {
				err = fault.New(fault.Conflict, "key_changed", "Khóa vừa được thay bởi một tiến trình khác; hãy thử lại.", "Another process replaced the key just now; try again.")
			}
			if err != nil {
				return commit.Outcome{}, err
			}
			return publishing(k.Key, ledger.Map{"key": k.Key, "replaces": k.Replaces, "cross": k.Cross}, casework.NewPrivate("comment", reason)), nil
		})})
	return err
}

// finish puts the waiting key in the place of the old one if it is the one that
// was published. One that was not is of a rotation that came to nothing.
func (n *Notary) finish(published, origin string) error {
	fresh, err := readPair(n.next(), origin)
	if errors.Is(err, fs.ErrNotExist) || err == nil && fresh.public != published {
		return nil
	}
	if err != nil {
		return err
	}
	old, err := readPair(n.File, origin)
	if err == nil {
		err = os.Link(n.File, n.Retired(old.public))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !isFile(n.Retired(old.public)) {
		return err
	}
	return os.Rename(n.next(), n.File)
}

func isFile(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// shred writes over a file before it is removed. What the disk keeps of it
// elsewhere, and what was copied, it cannot reach.
func shred(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(make([]byte, info.Size()))
	}
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(file))
}

const crossTitle = "ocopflow key rotation\n"

func crossText(key string) string { return crossTitle + key + "\n" }

// CheckCross gives the key for which an older one vouches in a note.
func CheckCross(cross, old string) (string, error) {
	verifier, err := note.NewVerifier(old)
	if err != nil {
		return "", err
	}
	signed, err := note.Open([]byte(cross), note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	key, ok := strings.CutPrefix(strings.TrimSuffix(signed.Text, "\n"), crossTitle)
	if !ok {
		return "", errors.New("the note is not about a key")
	}
	return key, nil
}

func checkReason(reason string) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(reason)); {
	case n == 0:
		return fault.New(fault.Invalid, "reason_missing", "Phải nêu lý do.", "A reason is needed.")
	case n > workflow.MaxComment:
		return fault.New(fault.Invalid, "reason_too_long", "Lý do quá dài.", "The reason is too long.")
	}
	return nil
}

package audit

import (
	"errors"
	"fmt"
	"strings"

	fmtlog "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Kept is a tree head that somebody kept: what they saw of the ledger then.
type Kept struct {
	Size int64
	Root string // base64; "" when only the size is known
}

// ReadCheckpoint reads a checkpoint that a key signed, the key as package note
// writes it.
func ReadCheckpoint(text []byte, key string) (Kept, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return Kept{}, fmt.Errorf("the public key cannot be read: %w", err)
	}
	c, _, _, err := fmtlog.ParseCheckpoint(text, verifier.Name(), verifier)
	if err != nil {
		return Kept{}, fmt.Errorf("the checkpoint is not signed by this key: %w", err)
	}
	if len(c.Hash) != tlog.HashSize || c.Size > 1<<53 {
		return Kept{}, errors.New("the checkpoint holds no tree head")
	}
	return Kept{int64(c.Size), tlog.Hash(c.Hash).String()}, nil
}

// remembered holds the tree, as far as it was read, against the heads that were
// kept; at the end also against those that it never reached.
func (v *verification) remembered(end bool) error {
	size := v.checker.Tree.Size
	for _, k := range v.Kept {
		switch {
		case k.Size == size && !end && v.checker.Tree.Root().String() != k.Root:
			last := size - 1
			if err := v.found(Finding{Entry: &last, Text: fmt.Sprintf("up to here the ledger is not that of the checkpoint of %d entries that was kept", k.Size)}); err != nil {
				return err
			}
		case end && k.Size > size:
			if err := v.found(Finding{Entry: &size, Text: fmt.Sprintf("it is gone: a checkpoint of %d entries was kept", k.Size)}); err != nil {
				return err
			}
		}
	}
	return nil
}

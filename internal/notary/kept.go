package notary

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

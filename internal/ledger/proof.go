package ledger

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	fmtlog "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hashes reads stored roots of perfect subtrees: n of them, or as many as there
// are, at a level of tiles (0 for leaves, 1 for subtrees of 256 …), from an index
// on.
type Hashes func(level int, from, n int64) ([]tlog.Hash, error)

// ReadHashes implements tlog.HashReader. Each tile is read once, as a whole, and
// what lies between the levels that are stored is worked out: a proof of a
// million entries takes three or four reads in place of twenty.
func (read Hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	type place struct {
		level int
		index int64
	}
	tiles := map[place][]tlog.Hash{}
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		below := level % TileHeight
		first, width := n<<below, int64(1)<<below
		at := place{level / TileHeight, first / TileWidth}
		tile, ok := tiles[at]
		if !ok {
			var err error
			if tile, err = read(at.level, at.index*TileWidth, TileWidth); err != nil {
				return nil, err
			}
			tiles[at] = tile
		}
		from := first % TileWidth
		if int64(len(tile)) < from+width {
			return nil, fmt.Errorf("ledger: %d hashes of tile %d/%d, want %d", len(tile), at.level, at.index, from+width)
		}
		out[i] = fold(tile[from : from+width])
	}
	return out, nil
}

// fold is the root over a power of two of hashes.
func fold(hashes []tlog.Hash) tlog.Hash {
	hashes = slices.Clone(hashes)
	for ; len(hashes) > 1; hashes = hashes[:len(hashes)/2] {
		for j := range len(hashes) / 2 {
			hashes[j] = tlog.NodeHash(hashes[2*j], hashes[2*j+1])
		}
	}
	return hashes[0]
}

// Checkpoint signs a tree head in the form of C2SP tlog-checkpoint.
func Checkpoint(origin string, tree *Tree, key note.Signer) ([]byte, error) {
	root := tree.Root()
	text := fmtlog.Checkpoint{Origin: origin, Size: uint64(tree.Size), Hash: root[:]}.Marshal()
	return note.Sign(&note.Note{Text: string(text)}, key)
}

// Prove writes the proof that an entry is in a signed tree, in the form of
// C2SP tlog-proof.
func Prove(index int64, tree *Tree, checkpoint []byte, read Hashes) ([]byte, error) {
	if index < 0 || index >= tree.Size {
		return nil, fmt.Errorf("ledger: entry %d is not in a tree of %d", index, tree.Size)
	}
	hashes, err := tlog.ProveRecord(tree.Size, index, read)
	if err != nil {
		return nil, err
	}
	p := proof.TLogProof{Index: uint64(index), Checkpoint: checkpoint}
	for _, h := range hashes {
		p.Hashes = append(p.Hashes, h)
	}
	return p.Marshal(), nil
}

// ProveGrowth gives the hashes that prove that a tree extends an older one of
// itself (RFC 6962, section 2.1.2).
func ProveGrowth(from, to int64, read Hashes) ([]tlog.Hash, error) {
	if from < 1 || from > to {
		return nil, fmt.Errorf("ledger: no tree of %d grew to %d", from, to)
	}
	return tlog.ProveTree(to, from, read)
}

// Proven is what a proof says once it holds.
type Proven struct {
	Origin string
	Index  int64
	Size   int64 // of the tree that was signed
}

// CheckProof checks offline that an entry's bytes are in a tree signed by key, a
// verifier key as package note writes it, whose name is the ledger's origin.
func CheckProof(entry, text []byte, key string) (Proven, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return Proven{}, fmt.Errorf("the public key cannot be read: %w", err)
	}
	var p proof.TLogProof
	if err := p.Unmarshal(text); err != nil {
		return Proven{}, fmt.Errorf("the proof cannot be read: %w", err)
	}
	if string(p.Marshal()) != string(text) || !canonicalSignatures(p.Checkpoint) {
		return Proven{}, fmt.Errorf("the proof is not written as it should be")
	}
	c, _, _, err := fmtlog.ParseCheckpoint(p.Checkpoint, verifier.Name(), verifier)
	if err != nil {
		return Proven{}, fmt.Errorf("the checkpoint is not signed by this key: %w", err)
	}
	if c.Size > 1<<53 || p.Index >= c.Size || len(c.Hash) != tlog.HashSize {
		return Proven{}, fmt.Errorf("the checkpoint does not cover the entry")
	}
	hashes := make(tlog.RecordProof, len(p.Hashes))
	for i, h := range p.Hashes {
		hashes[i] = h
	}
	if err := tlog.CheckRecord(hashes, int64(c.Size), tlog.Hash(c.Hash), int64(p.Index), tlog.RecordHash(entry)); err != nil {
		return Proven{}, fmt.Errorf("the entry is not in the signed tree: %w", err)
	}
	return Proven{c.Origin, int64(p.Index), int64(c.Size)}, nil
}

// canonicalSignatures refuses base64 whose spare bits are not zero: the decoder
// of signed notes ignores them, and a proof has one writing only.
func canonicalSignatures(checkpoint []byte) bool {
	for line := range strings.Lines(string(checkpoint)) {
		rest, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "— ")
		if !ok {
			continue
		}
		_, text, _ := strings.Cut(rest, " ")
		if b, err := base64.StdEncoding.Strict().DecodeString(text); err != nil || base64.StdEncoding.EncodeToString(b) != text {
			return false
		}
	}
	return true
}

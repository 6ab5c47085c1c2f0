package ledger

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is the height of a C2SP tile: 256 hashes wide.
const TileHeight = 8

// Tree is the right edge of the Merkle tree (RFC 6962): the roots of the
// perfect subtrees that make up its size, largest first. It is all that is
// needed to append and to give the root.
type Tree struct {
	Size int64
	Edge []tlog.Hash
}

// Subtree is the root of a perfect subtree as wide as a whole number of tiles:
// level 1 is over 256 leaves, level 2 over 65,536. Together with the leaf
// hashes they give every tile.
type Subtree struct {
	Level int
	Index int64
	Hash  tlog.Hash
}

// Append adds a leaf and gives the subtrees that it completes.
func (t *Tree) Append(leaf tlog.Hash) []Subtree {
	var done []Subtree
	hash, height := leaf, 0
	for n := t.Size; n&1 == 1; n >>= 1 {
		last := len(t.Edge) - 1
		hash = tlog.NodeHash(t.Edge[last], hash)
		t.Edge = t.Edge[:last]
		height++
		if height%TileHeight == 0 {
			done = append(done, Subtree{height / TileHeight, t.Size >> height, hash})
		}
	}
	t.Edge = append(t.Edge, hash)
	t.Size++
	return done
}

// Root is the tree's head: of no leaves, the hash of nothing.
func (t *Tree) Root() tlog.Hash {
	if t.Size == 0 {
		h, _ := tlog.TreeHash(0, nil) // no hashes are read for an empty tree
		return h
	}
	root := t.Edge[len(t.Edge)-1]
	for i := len(t.Edge) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.Edge[i], root)
	}
	return root
}

// Clone is a copy that may be appended to on its own.
func (t *Tree) Clone() Tree {
	return Tree{t.Size, append([]tlog.Hash(nil), t.Edge...)}
}

// MarshalEdge writes the right edge as bytes, 32 for each hash.
func (t *Tree) MarshalEdge() []byte {
	b := make([]byte, 0, len(t.Edge)*tlog.HashSize)
	for _, h := range t.Edge {
		b = append(b, h[:]...)
	}
	return b
}

// ParseTree reads what MarshalEdge wrote for a tree of that size.
func ParseTree(size int64, edge []byte) (Tree, error) {
	if size < 0 || len(edge) != bits.OnesCount64(uint64(size))*tlog.HashSize {
		return Tree{}, fmt.Errorf("ledger: an edge of %d bytes does not fit a tree of %d entries", len(edge), size)
	}
	t := Tree{Size: size}
	for ; len(edge) > 0; edge = edge[tlog.HashSize:] {
		t.Edge = append(t.Edge, tlog.Hash(edge[:tlog.HashSize]))
	}
	return t, nil
}

package ledger_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/ledger"
)

// grown is a tree with what a database keeps of it: leaves, and the subtrees of
// whole tiles.
type grown struct {
	tree   ledger.Tree
	levels [][]tlog.Hash
}

func (g *grown) grow(to int64) {
	if g.levels == nil {
		g.levels = make([][]tlog.Hash, 4)
	}
	for g.tree.Size < to {
		leaf := tlog.RecordHash(text(g.tree.Size))
		g.levels[0] = append(g.levels[0], leaf)
		for _, s := range g.tree.Append(leaf) {
			g.levels[s.Level] = append(g.levels[s.Level], s.Hash)
		}
	}
}

func text(i int64) []byte { return fmt.Appendf(nil, "entry %d", i) }

func (g *grown) read(level int, from, n int64) ([]tlog.Hash, error) {
	all := g.levels[level]
	return append([]tlog.Hash(nil), all[from:min(from+n, int64(len(all)))]...), nil
}

func TestEveryEntryIsProven(t *testing.T) {
	t.Parallel()
	private, public, err := note.GenerateKey(rand.Reader, "ocopflow/test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	var g grown
	for _, size := range []int64{1, 2, 3, 255, 256, 257, 1000, 65_536, 65_793, 70_001} {
		g.grow(size)
		checkpoint, err := ledger.Checkpoint("ocopflow/test", &g.tree, signer)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int64{0, 1, size / 3, size / 2, size - 2, size - 1} {
			if i < 0 || i >= size {
				continue
			}
			proof, err := ledger.Prove(i, &g.tree, checkpoint, g.read)
			if err != nil {
				t.Fatal(err)
			}
			p, err := ledger.CheckProof(text(i), proof, public)
			if err != nil || p != (ledger.Proven{Origin: "ocopflow/test", Index: i, Size: size}) {
				t.Fatalf("entry %d of %d: %+v %v", i, size, p, err)
			}
			if _, err := ledger.CheckProof(text(i+1), proof, public); err == nil {
				t.Fatalf("entry %d passes with the proof of %d", i+1, i)
			}
		}
	}
	if _, err := ledger.Prove(g.tree.Size, &g.tree, nil, g.read); err == nil {
		t.Error("an entry that is not there was proven")
	}
}

func FuzzCheckProof(f *testing.F) {
	private, public, err := note.GenerateKey(rand.Reader, "ocopflow/test")
	if err != nil {
		f.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		f.Fatal(err)
	}
	var g grown
	g.grow(300)
	checkpoint, err := ledger.Checkpoint("ocopflow/test", &g.tree, signer)
	if err != nil {
		f.Fatal(err)
	}
	proof, err := ledger.Prove(7, &g.tree, checkpoint, g.read)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text(7), proof)
	f.Add([]byte(nil), []byte("c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\n"))
	f.Fuzz(func(t *testing.T, entry, changed []byte) {
		if _, err := ledger.CheckProof(entry, changed, public); err == nil && (string(entry) != string(text(7)) || string(changed) != string(proof)) {
			t.Fatalf("taken: %q %q", entry, changed)
		}
	})
}

package register_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
)

// The code on a certificate is taken as it was printed, or not at all.
func FuzzCheckEvidence(f *testing.F) {
	private, public, err := note.GenerateKey(rand.Reader, "ocopflow/test")
	if err != nil {
		f.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		f.Fatal(err)
	}
	d := ledger.Draft{Stream: "certificate:HT-1", Kind: ledger.KindIssue, Event: "certify", Actor: ledger.Actor{ID: ocop.System}, Data: ledger.Map{"number": "HT-1", "stars": 4}}
	e, err := d.Write(ledger.Place{Seq: 1, At: time.Unix(0, 0).UTC()})
	if err != nil {
		f.Fatal(err)
	}
	var tree ledger.Tree
	tree.Append(e.Hash)
	checkpoint, err := ledger.Checkpoint("ocopflow/test", &tree, signer)
	if err != nil {
		f.Fatal(err)
	}
	proof, err := ledger.Prove(0, &tree, checkpoint, func(int, int64, int64) ([]tlog.Hash, error) { return []tlog.Hash{e.Hash}, nil })
	if err != nil {
		f.Fatal(err)
	}
	good := register.Evidence(e.Bytes, proof)
	if _, err := register.CheckEvidence(good, public); err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(strings.ReplaceAll(good, "\n", "\r\n"))
	f.Add("{}\n" + string(proof))
	f.Add(strings.Replace(good, `"stars":4`, `"stars":5`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := register.CheckEvidence(text, public); err == nil && strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n") != strings.TrimRight(good, "\n") {
			t.Fatalf("taken: %q", text)
		}
	})
}

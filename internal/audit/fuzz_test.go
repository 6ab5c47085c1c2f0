package audit

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
)

// A bundle that anybody touched is found out, whatever they made of it.
func FuzzVerifyBundle(f *testing.F) {
	private, public, err := note.GenerateKey(rand.Reader, "ocopflow/test")
	if err != nil {
		f.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		f.Fatal(err)
	}
	e, err := ledger.Draft{Stream: "system", Kind: ledger.KindRecord, Event: "begin_ledger", Actor: ledger.Actor{ID: ocop.System}, Data: ledger.Map{"origin": "ocopflow/test"}}.
		Write(ledger.Place{Seq: 1, At: time.Unix(0, 0).UTC()})
	if err != nil {
		f.Fatal(err)
	}
	var tree ledger.Tree
	tree.Append(e.Hash)
	checkpoint, err := ledger.Checkpoint("ocopflow/test", &tree, signer)
	if err != nil {
		f.Fatal(err)
	}
	entries := string(e.Bytes) + "\n"
	if r, err := verifyMembers(f, entries, string(checkpoint), "", public); err != nil || !r.OK {
		f.Fatal(r, err)
	}
	f.Add(entries, string(checkpoint), "")
	f.Add(entries+entries, string(checkpoint), "procedure: x")
	f.Add("", string(checkpoint), "")
	f.Add("{}\n", "ocopflow/test\n1\nAAAA\n", "a: &a [*a]")
	f.Add(`{"kind":"move","event":"x","data":null,"rows":[[]]}`+"\n", string(checkpoint), "")
	f.Fuzz(func(t *testing.T, lines, head, procedure string) {
		r, err := verifyMembers(t, lines, head, procedure, public)
		if err == nil && r.OK && (lines != entries && lines+"\n" != entries || head != string(checkpoint)) {
			t.Fatalf("taken: %q under %q", lines, head)
		}
	})
}

func verifyMembers(t testing.TB, entries, checkpoint, procedure, key string) (Report, error) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{bundleEntries: entries, bundleCheckpoint: checkpoint, bundleKey: key, bundleProcedures + "x.yaml": procedure} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bundle.zip")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return VerifyBundle(t.Context(), file, key, Options{})
}

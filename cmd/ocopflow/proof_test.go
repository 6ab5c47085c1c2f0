package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"ocopflow/internal/ledger"
)

// An auditor with a kept checkpoint, a proof or a bundle checks the ledger from
// the command line, and learns of another history.
func TestAnAuditorChecksFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	ask := func(args ...string) (int, string) {
		var out bytes.Buffer
		code := run(t.Context(), args, &out, &out)
		return code, out.String()
	}
	database := "sqlite:" + at("ocopflow.db")
	do := func(args ...string) string {
		t.Helper()
		code, out := ask(append(args, "--database", database)...)
		if code != exitDone {
			t.Fatalf("%v: %d %s", args, code, out)
		}
		return out
	}
	write := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	do("campaign", "import", "../../workflows/campaigns/cam-xuyen-2024.yaml")
	old := write("old.txt", do("audit", "checkpoint"))
	proof := write("proof.txt", do("audit", "proof", "7"))
	t.Setenv("OCOPFLOW_PASSWORD", "một mật khẩu đủ dài")
	do("account", "add", "huong")
	present := write("new.txt", do("audit", "checkpoint"))
	do("audit", "export", "--format", "bundle", "--out", at("bundle.zip"))
	pair, err := os.ReadFile(at("checkpoint.key"))
	if err != nil {
		t.Fatal(err)
	}
	private, public, _ := strings.Cut(strings.TrimSpace(string(pair)), "\n")
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	var other ledger.Tree
	for range 9 {
		other.Append([32]byte{1})
	}
	forged, err := ledger.Checkpoint(signer.Name(), &other, signer)
	if err != nil {
		t.Fatal(err)
	}
	false9 := write("forged.txt", string(forged))
	for other.Size < 100000 {
		other.Append([32]byte{1})
	}
	if forged, err = ledger.Checkpoint(signer.Name(), &other, signer); err != nil {
		t.Fatal(err)
	}
	tooLong := write("long.txt", string(forged))
	for _, x := range []struct {
		code int
		want string
		args []string
	}{
		{exitDone, "#7/", []string{"verify", "--proof", proof, "--key", public}},
		{exitFailed, "not in the signed tree", []string{"verify", "--proof", strings.Replace(do("audit", "proof", "7"), `"v":1`, `"v":2`, 1), "--key", public}},
		{exitFailed, "not_found", []string{"proof", "100000", "--database", database}},
		{exitDone, "→", []string{"consistency", old, present, "--database", database}},
		{exitDone, "→", []string{"consistency", "3", "--database", database}},
		{exitFailed, "", []string{"consistency", false9, "--database", database}},
		{exitFailed, "sizes_wrong", []string{"consistency", "100000", "--database", database}},
		{exitDone, "✓", []string{"verify", "--checkpoint", old, "--checkpoint", present, "--database", database}},
		{exitDone, "✓", []string{"verify", "--checkpoint", old, "--bundle", at("bundle.zip"), "--key", public}},
		{exitFailed, "entry 8: up to here", []string{"verify", "--checkpoint", false9, "--database", database}},
		{exitFailed, "entry 8: up to here", []string{"verify", "--checkpoint", false9, "--bundle", at("bundle.zip"), "--key", public}},
		{exitFailed, "it is gone", []string{"verify", "--checkpoint", tooLong, "--database", database}},
		{exitFailed, "", []string{"verify", "--bundle", old, "--key", public}},
	} {
		if code, out := ask(append([]string{"audit"}, x.args...)...); code != x.code || !strings.Contains(out, x.want) {
			t.Errorf("%.80q: code %d, want %d with %q\n%s", x.args, code, x.code, x.want, out)
		}
	}
}

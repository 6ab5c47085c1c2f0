package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/app"
	"ocopflow/internal/register"
	"ocopflow/internal/store"
)

// A certificate is checked without a database: from its text or a file, with a
// key that is named or lies in the data directory.
func TestACertificateIsCheckedOffline(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := app.Open(t.Context(), app.Config{Database: "sqlite:" + filepath.Join(dir, "ocopflow.db"), Demo: true, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.LoadDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	k, err := store.Certificate(t.Context(), a.DB, "GD-2022-01")
	if err != nil || k == nil {
		t.Fatal(k, err)
	}
	entry, proof, err := a.Notary.Proof(t.Context(), k.Entry)
	if err != nil {
		t.Fatal(err)
	}
	key, err := a.Notary.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	text := register.Evidence(entry, proof)
	file, keyFile := filepath.Join(dir, "evidence.txt"), filepath.Join(dir, "ledger.vkey")
	for name, content := range map[string]string{file: text + "\n", keyFile: key + "\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		code int
		want string
		args []string
	}{
		{exitDone, "GD-2022-01 · 3 ★", []string{"--certificate", text, "--key", key}},
		{exitDone, "GD-2022-01 · 3 ★", []string{"--certificate", file, "--key", keyFile}},
		{exitDone, "GD-2022-01 · 3 ★", []string{"--certificate", file, "--data", dir}},
		{exitDone, `"number":"GD-2022-01"`, []string{"--certificate", file, "--data", dir, "--json"}},
		{exitFailed, "evidence_wrong", []string{"--certificate", strings.Replace(text, "2022", "2023", 1), "--key", key}},
		{exitFailed, "evidence_wrong", []string{"--certificate", text, "--key", "nobody+00000000+AAAA"}},
		{exitFailed, "evidence_wrong", []string{"--certificate", "hello", "--key", key}},
		{exitFailed, "which key is trusted", []string{"--certificate", text, "--data", t.TempDir()}},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"audit", "verify"}, x.args...), &out, &out); code != x.code || !strings.Contains(out.String(), x.want) {
			t.Errorf("%.60q: code %d, want %d with %q\n%s", x.args, code, x.code, x.want, out.String())
		}
	}
}

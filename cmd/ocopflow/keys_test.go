package main

import (
	"bytes"
	"encoding/json"
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

// The key is printed and replaced; a certificate of before is still taken, by
// the data directory's keys.
func TestTheKeyIsReplacedOnTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address := "sqlite:" + filepath.Join(dir, "ocopflow.db")
	a, err := app.Open(t.Context(), app.Config{Database: address, Demo: true, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
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
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	evidence := filepath.Join(dir, "evidence.txt")
	if err := os.WriteFile(evidence, []byte(register.Evidence(entry, proof)), 0o600); err != nil {
		t.Fatal(err)
	}
	say := func(code int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(t.Context(), append([]string{"audit"}, args...), &out, &errs); got != code {
			t.Fatalf("%q: code %d, want %d\n%s%s", args, got, code, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	at := func(command string, flags ...string) []string {
		return append([]string{command, "--database", address}, flags...)
	}
	old := strings.TrimSpace(say(exitDone, at("key")...))
	say(exitUsage, at("rotate-key")...)
	if text := say(exitFailed, at("rotate-key", "--reason", " ")...); !strings.Contains(text, "reason_missing") {
		t.Errorf("%s", text)
	}
	fresh := strings.TrimSpace(say(exitDone, at("rotate-key", "--reason", "Máy cũ", "--destroy")...))
	if fresh == old || strings.TrimSpace(say(exitDone, at("key")...)) != fresh {
		t.Errorf("from %s to %s", old, fresh)
	}
	var keys []map[string]any
	if err := json.Unmarshal([]byte(say(exitDone, at("key", "--all", "--json")...)), &keys); err != nil || len(keys) != 2 || keys[1]["replaces"] != old {
		t.Errorf("%v %v", keys, err)
	}
	for _, key := range [][]string{{"--key", old}, {"--data", dir}} {
		if text := say(exitDone, append([]string{"verify", "--certificate", evidence}, key...)...); !strings.Contains(text, "GD-2022-01") {
			t.Errorf("%s", text)
		}
	}
	say(exitFailed, "verify", "--certificate", evidence, "--key", fresh)
	say(exitDone, at("verify")...)
}

func TestAnErasureOnTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address := "sqlite:" + filepath.Join(dir, "ocopflow.db")
	say := func(code int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(t.Context(), append(args, "--database", address), &out, &errs); got != code {
			t.Fatalf("%q: code %d, want %d\n%s%s", args, got, code, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	say(exitDone, "account", "add", "hong", "--display", "Nguyễn Thị Hồng")
	a, err := app.Open(t.Context(), app.Config{Database: address, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	head, err := store.LoadHead(t.Context(), a.DB)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := store.Lines(t.Context(), a.DB, 0, int(head.Tree.Size))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	entry := ""
	for _, l := range lines {
		if l.Event == "add_account" {
			entry = jsonOf(l.Index)
		}
	}
	say(exitUsage, "audit", "erase", "--entry", entry)
	for _, x := range []struct {
		code string
		args []string
	}{
		{"reason_missing", []string{"--entry", entry, "--reason", ""}},
		{"not_found", []string{"--entry", "99999", "--reason", "x"}},
		{"not_found", []string{"--entry", entry, "--reason", "x", "--as", "nobody"}},
		{"not_found", []string{"--entry", entry, "--reason", "x", "--as", "hong"}},
		{"nothing_private", []string{"--entry", entry, "--reason", "x", "--field", "comment"}},
	} {
		if text := say(exitFailed, append([]string{"audit", "erase"}, x.args...)...); !strings.Contains(text, x.code) {
			t.Errorf("%q: %s", x.args, text)
		}
	}
	if text := say(exitDone, "audit", "erase", "--entry", entry, "--field", "accounts.display", "--reason", "Đã nghỉ việc", "--json"); !strings.Contains(text, `"erased":1`) {
		t.Errorf("%s", text)
	}
	if text := say(exitDone, "audit", "verify"); !strings.Contains(text, "! 1 private values were erased on record") {
		t.Errorf("%s", text)
	}
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v) // of a number
	return string(text)
}

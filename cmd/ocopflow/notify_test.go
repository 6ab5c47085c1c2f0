//go:build unix

package main

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Under systemd a service counts as started when it answers, not before: a start
// that fails is then told to whoever asked for it.
func TestSystemdIsToldWhenTheServerAnswers(t *testing.T) {
	place := filepath.Join(t.TempDir(), "n")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: place, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer systemd.Close()
	t.Setenv("NOTIFY_SOCKET", place)
	ctx, stop := context.WithCancel(t.Context())
	var out, errs strings.Builder
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, &out, &errs)
	}()
	told := make([]byte, 64)
	if err := systemd.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	n, err := systemd.Read(told)
	stop()
	if code := <-done; err != nil || string(told[:n]) != "READY=1" || code != exitDone || !strings.Contains(out.String(), "http://127.0.0.1:") {
		t.Errorf("%q %v, ended with %d: %s%s", told[:n], err, code, out.String(), errs.String())
	}

	// One that cannot start tells nothing.
	if code, _, _ := play(t, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:99999"); code != exitFailed {
		t.Errorf("ended with %d", code)
	}
	if err := systemd.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := systemd.Read(told); err == nil {
		t.Errorf("it told %q", told[:n])
	}
}

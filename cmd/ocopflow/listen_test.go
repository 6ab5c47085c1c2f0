package main

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// Why the authority gives no certificate stands in the log, for names of ours alone.
func TestACertificateThatCannotBeHadIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	refused := errors.New("rateLimited")
	get := complaining(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, refused }, []string{"ocop.example.vn"}, slog.New(slog.NewTextHandler(&log, nil)))
	for _, name := range []string{"elsewhere.example", "", "ocop.example.vn"} {
		if _, err := get(&tls.ClientHelloInfo{ServerName: name}); !errors.Is(err, refused) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, `"no certificate could be had" host=ocop.example.vn error=rateLimited`) {
		t.Errorf("the log: %s", said)
	}
}

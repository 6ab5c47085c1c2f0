package main

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"ocopflow/internal/app"
)

// tls is how the server proves its name: by files, by an authority that is asked
// for certificates, or not at all (nil), behind a proxy.
func (s serveCmd) tls() (*tls.Config, error) {
	files := s.TLSCert != "" || s.TLSKey != ""
	switch {
	case files && len(s.AcmeHost) > 0:
		return nil, errors.New("--tls-cert and --acme-host are two ways: choose one")
	case len(s.AcmeHost) > 0:
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(s.AcmeHost...), Cache: autocert.DirCache(filepath.Join(s.dir(), "acme"))}
		return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: m.GetCertificate, NextProtos: []string{"http/1.1", acme.ALPNProto}}, nil
	case !files:
		return nil, nil
	case s.TLSCert == "" || s.TLSKey == "":
		return nil, errors.New("--tls-cert and --tls-key go together")
	}
	p := &pairOnDisk{cert: s.TLSCert, key: s.TLSKey}
	if _, err := p.get(nil); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: p.get}, nil
}

// pairOnDisk is a certificate in files, read anew after they changed: renewing it
// needs no restart.
type pairOnDisk struct {
	cert, key string
	mu        sync.Mutex
	read      time.Time
	pair      *tls.Certificate
}

func (p *pairOnDisk) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	info, err := os.Stat(p.cert)
	if p.pair != nil && (err != nil || info.ModTime().Equal(p.read)) {
		return p.pair, nil
	}
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		if p.pair != nil {
			return p.pair, nil // half replaced: the old one until both fit
		}
		return nil, err
	}
	p.pair, p.read = &pair, info.ModTime()
	return p.pair, nil
}

// measure gives Prometheus its figures, on a listener of their own.
func (s serveCmd) measure(a *app.App, log *slog.Logger) (stop func(), err error) {
	if s.Metrics == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", s.Metrics)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.Meter.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the listener for Prometheus ended", "error", err)
		}
	}()
	return func() { _ = server.Close() }, nil // it only answers figures
}

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"ocopflow/internal/app"
)

// tls is how the server proves its name: by files, by an authority that is asked
// for certificates, or not at all (nil), behind a proxy.
func (s serveCmd) tls(log *slog.Logger) (*tls.Config, error) {
	files := s.TLSCert != "" || s.TLSKey != ""
	switch {
	case files && len(s.AcmeHost) > 0:
		return nil, errors.New("--tls-cert and --acme-host are two ways: choose one")
	case len(s.AcmeHost) > 0:
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(s.AcmeHost...), Cache: autocert.DirCache(filepath.Join(s.dir(), "acme"))}
		return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: complaining(m.GetCertificate, s.AcmeHost, log), NextProtos: []string{"http/1.1", acme.ALPNProto}}, nil
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

// complaining logs why the authority gave no certificate for a host of ours: who
// asks sees a connection that breaks. Other names are strangers' tries.
func complaining(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), hosts []string, log *slog.Logger) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := get(hello)
		if err != nil && slices.Contains(hosts, hello.ServerName) {
			log.Error("no certificate could be had", "host", hello.ServerName, "error", err)
		}
		return c, err
	}
}

// certificate tells when the certificate that the server shows ends; nil when it
// speaks no HTTPS itself.
func (s serveCmd) certificate() func() (time.Time, error) {
	switch {
	case len(s.AcmeHost) > 0:
		return func() (time.Time, error) {
			kept, err := autocert.DirCache(filepath.Join(s.dir(), "acme")).Get(context.Background(), s.AcmeHost[0])
			if err != nil {
				return time.Time{}, err
			}
			return ends(kept)
		}
	case s.TLSCert != "":
		return func() (time.Time, error) {
			text, err := os.ReadFile(s.TLSCert)
			if err != nil {
				return time.Time{}, err
			}
			return ends(text)
		}
	}
	return nil
}

// ends is when the first certificate of a PEM text ends: the server's own.
func ends(text []byte) (time.Time, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return time.Time{}, err
			}
			return c.NotAfter, nil
		}
	}
	return time.Time{}, errors.New("there is no certificate")
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

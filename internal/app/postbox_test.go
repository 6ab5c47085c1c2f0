//go:build unix

package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"ocopflow/internal/mail"
)

// postbox is a mail server that keeps what it takes, and refuses as it is told.
type postbox struct {
	address string
	ca      []byte

	mu     sync.Mutex
	taken  []letter
	refuse map[string]*smtp.SMTPError // by address, or "" for all
	server *smtp.Server
}

// letter is one as it came in.
type letter struct {
	to, id, subject, text, html string
	header                      netmail.Header
}

const postSecret = "mật khẩu của máy chủ thư"

// newPostbox starts a mail server that asks for STARTTLS and a password.
func newPostbox(t *testing.T) *postbox {
	t.Helper()
	certificate, ca := certificateFor(t, "127.0.0.1")
	b := &postbox{ca: ca, refuse: map[string]*smtp.SMTPError{}}
	b.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postSession{box: b}, nil }))
	b.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	b.server.Domain = "mail.test"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	go func() { _ = b.server.Serve(l) }() // ends when it is closed
	t.Cleanup(func() { _ = b.server.Close() })
	return b
}

// settings are those of a program that sends through the box.
func (b *postbox) settings(c *Config) {
	c.Mail = mail.Settings{Server: "smtp://ocop@" + b.address, Password: postSecret, From: "OCOP <ocop@ocop.test>", CA: b.ca}
	c.PublicURL = "https://ocop.test"
}

func certificateFor(t *testing.T, host string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, IPAddresses: []net.IP{net.ParseIP(host)}}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// say lets the box refuse what is for an address, "" for all; nil takes it again.
func (b *postbox) say(to string, code int, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if code == 0 {
		delete(b.refuse, to)
		return
	}
	b.refuse[to] = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

// collect gives what was taken for an address since the last time.
func (b *postbox) collect(to string) (out []letter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rest []letter
	for _, l := range b.taken {
		if l.to == to {
			out = append(out, l)
		} else {
			rest = append(rest, l)
		}
	}
	b.taken = rest
	return out
}

type postSession struct {
	box  *postbox
	user bool
	to   string
}

func (s *postSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ocop" || password != postSecret {
			return errors.New("wrong password")
		}
		s.user = true
		return nil
	}), nil
}

func (s *postSession) Reset()        { s.to = "" }
func (s *postSession) Logout() error { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error {
	if !s.user {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	for _, of := range []string{"", to} {
		if e := s.box.refuse[of]; e != nil {
			return e
		}
	}
	s.to = to
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := opened(raw)
	if err != nil {
		return err
	}
	l.to = s.to
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.taken = append(s.box.taken, l)
	return nil
}

// opened reads a letter as a mail program does.
func opened(raw []byte) (l letter, err error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return l, err
	}
	l.header, l.id = m.Header, m.Header.Get("Message-ID")
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return l, err
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.html = string(text)
		} else {
			l.text = string(text)
		}
	}
}

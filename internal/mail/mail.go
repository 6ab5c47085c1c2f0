// Package mail hands letters to a mail server by SMTP, over TLS unless the
// server is said to need none. What is written to whom, and what to do when the
// server does not take it, is package notify's.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Settings say which server takes our letters.
type Settings struct {
	Server   string // smtp://, smtps:// or smtp+plain://[user[:password]@]host[:port]; "" for none
	Password string // in place of one in the address
	From     string // "Name <address>"
	CA       []byte // PEM of those who vouch for the server, beside those that the system trusts
}

// patience bounds each step of a talk with the server.
const patience = 30 * time.Second

// Server is where letters are handed in.
type Server struct {
	host    string
	from    *mail.Address
	options []gomail.Option
}

// New reads the settings; the server is not asked yet.
func New(s Settings) (*Server, error) {
	u, err := url.Parse(s.Server)
	if err != nil { // its text would show the password
		return nil, errors.New("mail server: want smtp://[user[:password]@]host[:port]")
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("sender of mails %q: %w", s.From, err)
	}
	out := &Server{host: u.Hostname(), from: from}
	trust := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if len(s.CA) > 0 {
		if trust.RootCAs, err = x509.SystemCertPool(); err != nil {
			trust.RootCAs = x509.NewCertPool()
		}
		if !trust.RootCAs.AppendCertsFromPEM(s.CA) {
			return nil, errors.New("mail server: no certificate in its CA file")
		}
	}
	out.options = []gomail.Option{gomail.WithTimeout(patience), gomail.WithTLSConfig(trust)}
	ports := map[string]int{"smtp": 587, "smtps": 465, "smtp+plain": 25}
	port, known := ports[u.Scheme]
	if text := u.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil {
			return nil, errors.New("mail server: its port is no number")
		}
	}
	if !known || out.host == "" {
		return nil, errors.New("mail server: want smtp://[user[:password]@]host[:port], smtps:// or smtp+plain://")
	}
	switch u.Scheme {
	case "smtp":
		out.options = append(out.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "smtps":
		out.options = append(out.options, gomail.WithSSL())
	default:
		out.options = append(out.options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	out.options = append(out.options, gomail.WithPort(port))
	return out, out.credentials(u, s.Password)
}

// credentials are never sent in the clear: the library refuses to.
func (s *Server) credentials(u *url.URL, password string) error {
	user := u.User.Username()
	if given, ok := u.User.Password(); ok && password == "" {
		password = given
	}
	if user == "" {
		return nil
	}
	if u.Scheme == "smtp+plain" {
		return errors.New("mail server: a password is not sent without TLS; use smtp:// or smtps://")
	}
	s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
	return nil
}

// Letter is what is sent to one person.
type Letter struct {
	ID          string // the same whenever it is tried again
	To          string
	Subject     string
	Text        string
	HTML        string
	At          time.Time
	Lang        string
	Unsubscribe string // address that ends such letters; "" for a letter that was asked for
}

// Talk is a connection to the server for some letters.
type Talk struct {
	server *Server
	client *gomail.Client
}

// Begin connects, so that many letters share one connection. End must be called.
func (s *Server) Begin(ctx context.Context) (*Talk, error) {
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &Talk{s, client}, nil
}

// End closes the connection. What it answers then changes nothing any more.
func (t *Talk) End() { _ = t.client.Close() }

// ErrRefused is that the server will never take the letter.
var ErrRefused = errors.New("refused for good")

// Send hands a letter in. The error wraps ErrRefused when trying again is of no
// use, and names no address.
func (t *Talk) Send(l Letter) error {
	m, err := t.server.write(l)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	err = t.client.Send(m)
	if err == nil {
		return nil
	}
	var said *gomail.SendError
	if !errors.As(err, &said) {
		return errors.New("the connection to the mail server was lost")
	}
	// The server may repeat the address in its words; the code is enough.
	told := fmt.Errorf("%s: the mail server answered %d %s", said.Reason, said.ErrorCode(), said.EnhancedStatusCode())
	final := said.Reason == gomail.ErrSMTPRcptTo || said.Reason == gomail.ErrSMTPDataClose // not what is wrong with us or the talk
	if final && said.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", ErrRefused, told)
	}
	return told
}

func (s *Server) write(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if err := m.To(l.To); err != nil {
		return nil, errors.New("the address cannot be read")
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(l.ID)
	m.SetDateWithValue(l.At)
	m.SetGenHeader(gomail.HeaderContentLang, l.Lang)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday answers, please
	if l.Unsubscribe != "" {                           // RFC 8058
		m.SetListUnsubscribe(l.Unsubscribe)
		m.SetListUnsubscribePost()
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, nil
}

// ID makes a message's id of our own for something; the same for the same.
func (s *Server) ID(name string) string {
	return name + s.from.Address[strings.LastIndex(s.from.Address, "@"):]
}

package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/app"
	"ocopflow/internal/mail"
	"ocopflow/internal/ocop"
	"ocopflow/internal/provider"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/trace"
	"ocopflow/migrations"
)

type serveCmd struct {
	database
	Listen         string        `help:"Address to listen on." default:"127.0.0.1:8080" env:"OCOPFLOW_LISTEN"`
	Demo           bool          `help:"Load the 2024 campaign of Cẩm Xuyên with an account for each role and a clock that can be moved." env:"OCOPFLOW_DEMO"`
	DemoOpen       bool          `help:"Let the demo listen beyond the loopback interface: anybody who reaches it can use it." env:"OCOPFLOW_DEMO_OPEN"`
	MaxUpload      int64         `help:"Largest upload in bytes." default:"20971520" env:"OCOPFLOW_MAX_UPLOAD"`
	Files          string        `help:"Directory that keeps the contents of documents; in the database, unless said." type:"path" env:"OCOPFLOW_FILES"`
	Clamd          string        `help:"Virus scanner (clamd) that sees each upload: HOST:PORT or unix:/PATH; none, unless said." placeholder:"ADDR" env:"OCOPFLOW_CLAMD"`
	ClamdOptional  bool          `help:"Take uploads while the virus scanner does not answer." env:"OCOPFLOW_CLAMD_OPTIONAL"`
	LapseDays      []int         `help:"Days before a document lapses on which producer and office are reminded, where the procedure names none: the program's practice, not law." default:"60,30" env:"OCOPFLOW_LAPSE_DAYS"`
	Sweep          time.Duration `help:"Time between looks at what fell due." default:"30s" env:"OCOPFLOW_SWEEP"`
	PublicURL      string        `help:"Address at which the public reaches this server, such as https://ocop.example.vn; certificates carry it." env:"OCOPFLOW_PUBLIC_URL"`
	Witness        []string      `help:"Witness that co-signs checkpoints (C2SP tlog-witness), repeatable." placeholder:"URL=VKEY" env:"OCOPFLOW_WITNESS"`
	TrustedProxies []string      `help:"Addresses or ranges of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; none, unless said." placeholder:"CIDR" env:"OCOPFLOW_TRUSTED_PROXIES"`
	AnonymousRate  float64       `help:"Requests a second from one address of those who are not signed in; negative for no limit." default:"20" env:"OCOPFLOW_ANONYMOUS_RATE"`
	Rate           float64       `help:"Requests a second of one session or token; negative for no limit, as in the demo." default:"200" env:"OCOPFLOW_RATE"`
	SecondFactor   []string      `help:"Roles whose holders turn a second factor on before they do anything else, such as admin,leader,secretary,member; none, unless said." placeholder:"ROLE" env:"OCOPFLOW_SECOND_FACTOR"`
	OidcIssuer     string        `help:"Address of an OpenID Connect provider through which people can sign in too." env:"OCOPFLOW_OIDC_ISSUER"`
	OidcClient     string        `help:"Id under which the provider knows this program." env:"OCOPFLOW_OIDC_CLIENT"`
	OidcSecretFile string        `help:"File with the secret shared with the provider." type:"path" env:"OCOPFLOW_OIDC_SECRET_FILE"`
	OidcLabel      string        `help:"What people call the provider." default:"OpenID" env:"OCOPFLOW_OIDC_LABEL"`
	MailServer     string        `name:"smtp" help:"Mail server that takes reminders, with STARTTLS (smtp) or TLS (smtps); smtp+plain for a relay without. No mail is sent, unless said. Needs --public-url." placeholder:"smtp[s]://[USER[:PASSWORD]@]HOST[:PORT]" env:"OCOPFLOW_SMTP"`
	MailSecretFile string        `name:"smtp-password-file" help:"File with the password for the mail server." type:"path" env:"OCOPFLOW_SMTP_PASSWORD_FILE"`
	MailCA         string        `name:"smtp-ca" help:"File with certificates (PEM) that vouch for the mail server, beside those of the system." type:"path" env:"OCOPFLOW_SMTP_CA"`
	MailFrom       string        `help:"Sender of mails, such as OCOP <ocop@example.vn>." env:"OCOPFLOW_MAIL_FROM"`
	WebhookPrivate bool          `help:"Let webhooks reach private networks, and this machine by http." env:"OCOPFLOW_WEBHOOK_PRIVATE"`
	Metrics        string        `help:"Address of a listener of its own for Prometheus, such as 127.0.0.1:9187; none, unless said. Who reaches it reads it." placeholder:"ADDR" env:"OCOPFLOW_METRICS"`
	Trace          string        `help:"Collector that takes traces by OTLP over HTTP, such as http://127.0.0.1:4318; none, unless said." placeholder:"URL" env:"OCOPFLOW_TRACE"`
	TraceShare     float64       `help:"Share of requests that are traced." default:"1" env:"OCOPFLOW_TRACE_SHARE"`
	LogFile        string        `help:"File to which the log is added, for a service whose output nobody keeps." type:"path" env:"OCOPFLOW_LOG_FILE"`
	LogJSON        bool          `help:"Write the log as JSON lines." env:"OCOPFLOW_LOG_JSON"`
	TLSCert        string        `help:"File with the certificate and its chain (PEM): the server speaks HTTPS. It is read anew when it changes." type:"path" env:"OCOPFLOW_TLS_CERT"`
	TLSKey         string        `help:"File with the certificate's private key (PEM)." type:"path" env:"OCOPFLOW_TLS_KEY"`
	AcmeHost       []string      `help:"Name under which the server gets its certificates by itself (ACME, Let's Encrypt), repeatable; listen on :443 then. You agree to the authority's terms." placeholder:"HOST" env:"OCOPFLOW_ACME_HOST"`
	Backups        `prefix:"backup-" embed:""`
	JSON           bool `help:"Print one line of JSON when ready."`
}

func (s serveCmd) Run(w world) error {
	if s.Demo && !s.DemoOpen && !loopback(s.Listen) {
		return errors.New("the demo listens on the loopback interface only; say --demo-open to let others in")
	}
	if s.Demo && s.Database == "" {
		s.Data = filepath.Join(s.dir(), "demo")
	}
	for _, n := range s.LapseDays {
		if n < 0 || n > 400 {
			return fmt.Errorf("--lapse-days: %d is not between 0 and 400", n)
		}
	}
	var demanding []ocop.Role
	for _, r := range s.SecondFactor {
		if !slices.Contains(access.Grantable, ocop.Role(r)) {
			return fmt.Errorf("--second-factor: there is no role %q, only %q", r, access.Grantable)
		}
		demanding = append(demanding, ocop.Role(r))
	}
	other, err := s.provider()
	if err != nil {
		return err
	}
	post, err := s.mail()
	if err != nil {
		return err
	}
	backups, err := s.schedule()
	if err != nil {
		return err
	}
	rates := app.Rates{Anonymous: s.AnonymousRate, SignedIn: s.Rate}
	if s.Demo {
		rates.SignedIn = -1
	}
	if s.LogFile != "" {
		f, err := os.OpenFile(s.LogFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		w.errs = f
	}
	log := slog.New(slog.NewTextHandler(w.errs, nil))
	if s.LogJSON {
		log = slog.New(slog.NewJSONHandler(w.errs, nil))
	}
	secure, err := s.tls(log)
	if err != nil {
		return err
	}
	var tracer *trace.Tracer
	if s.Trace != "" {
		if tracer, err = trace.Open(w.ctx, s.Trace, s.TraceShare, version, log); err != nil {
			return err
		}
		log = slog.New(trace.Log(log.Handler()))
	}
	a, err := app.Open(w.ctx, app.Config{Database: s.url(), Data: s.dir(), PublicURL: strings.TrimSuffix(s.PublicURL, "/"), Own: s.Procedures, Demo: s.Demo, MaxUpload: s.MaxUpload, Files: s.Files, Clamd: s.Clamd, ClamdOptional: s.ClamdOptional, LapseDays: s.LapseDays, Sweep: s.Sweep, Witnesses: s.Witness, SecondFactor: demanding, Provider: other, Mail: post, WebhookPrivate: s.WebhookPrivate, TrustedProxies: s.TrustedProxies, Rates: rates, Backup: backups, Version: version, Certificate: s.certificate(), Tracer: tracer, Log: log})
	if err != nil {
		return err
	}
	err = s.serve(w, a, log, secure)
	return errors.Join(err, a.Close(), tracer.Close())
}

// provider reads the settings of another way to sign in.
func (s serveCmd) provider() (p provider.Settings, err error) {
	if s.OidcIssuer == "" {
		return p, nil
	}
	p = provider.Settings{Issuer: s.OidcIssuer, Client: s.OidcClient, Label: s.OidcLabel}
	if p.Client == "" {
		return p, errors.New("--oidc-issuer needs --oidc-client")
	}
	if s.OidcSecretFile != "" {
		secret, err := os.ReadFile(s.OidcSecretFile)
		if err != nil {
			return p, err
		}
		p.Secret = strings.TrimSpace(string(secret))
	}
	return p, nil
}

// mail reads the settings of the server that takes mails.
func (s serveCmd) mail() (m mail.Settings, err error) {
	if s.MailServer == "" {
		return m, nil
	}
	m = mail.Settings{Server: s.MailServer, From: s.MailFrom}
	if m.From == "" {
		return m, errors.New("--smtp needs --mail-from")
	}
	if s.MailSecretFile != "" {
		secret, err := os.ReadFile(s.MailSecretFile)
		if err != nil {
			return m, err
		}
		m.Password = strings.TrimSpace(string(secret))
	}
	if s.MailCA != "" {
		m.CA, err = os.ReadFile(s.MailCA)
	}
	return m, err
}

func (s serveCmd) serve(w world, a *app.App, log *slog.Logger, secure *tls.Config) error {
	ready := readyLine{Accounts: []app.DemoAccount{}}
	var err error
	if s.Demo {
		if ready.Accounts, err = a.LoadDemo(w.ctx); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return err
	}
	ready.Address = "http://" + listener.Addr().String()
	if secure != nil {
		listener, ready.Address = tls.NewListener(listener, secure), "https://"+listener.Addr().String()
	}
	measured, err := s.measure(a, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer measured()
	server := &http.Server{Handler: a.Handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	server.RegisterOnShutdown(a.News.Close) // streams would not end by themselves
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	s.announce(w, ready)
	if err := tellSystemd(); err != nil {
		log.Warn("systemd was not told that the server answers", "error", err)
	}
	select {
	case err := <-failed:
		return err
	case <-w.ctx.Done():
	}
	// What was begun is finished; what has not begun is turned away.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

// readyLine is what a program that starts the server waits for.
type readyLine struct {
	Address  string            `json:"address"`
	Accounts []app.DemoAccount `json:"accounts"`
}

func (s serveCmd) announce(w world, r readyLine) {
	if s.JSON {
		_ = json.NewEncoder(w.out).Encode(r) // nobody listens if it fails
		return
	}
	fmt.Fprintf(w.out, "ocopflow %s: %s\n", version, r.Address)
	if len(r.Accounts) == 0 {
		return
	}
	fmt.Fprintf(w.out, "Bản thử nghiệm / demo. Mật khẩu chung / password for all accounts: %s\n", r.Accounts[0].Password)
	for _, a := range r.Accounts {
		fmt.Fprintf(w.out, "  %-28s %-10s %s\n", a.Name, a.Role, a.Unit)
	}
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

type migrateCmd struct {
	database
	JSON bool `help:"Print JSON."`
}

func (m migrateCmd) Run(w world) error {
	db, err := sqldb.Open(w.ctx, m.url())
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := migrations.Up(w.ctx, db)
	if err != nil {
		return err
	}
	return w.print(m.JSON, map[string]int{"steps": n}, func(out io.Writer) { fmt.Fprintf(out, "%d\n", n) })
}

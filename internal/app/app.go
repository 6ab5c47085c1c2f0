// Package app wires the program: it opens the database, starts what runs in the
// background, and gives one HTTP handler. It alone sees every package.
package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"

	"ocopflow/internal/accounts"
	"ocopflow/internal/announce"
	"ocopflow/internal/backup"
	"ocopflow/internal/batch"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/clerk"
	"ocopflow/internal/commit"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/council"
	"ocopflow/internal/ending"
	"ocopflow/internal/feed"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/health"
	"ocopflow/internal/inspect"
	"ocopflow/internal/intake"
	"ocopflow/internal/job"
	"ocopflow/internal/ledger"
	"ocopflow/internal/lists"
	"ocopflow/internal/live"
	"ocopflow/internal/mail"
	"ocopflow/internal/meter"
	"ocopflow/internal/notary"
	"ocopflow/internal/notify"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/petition"
	"ocopflow/internal/privacy"
	"ocopflow/internal/provider"
	"ocopflow/internal/review"
	"ocopflow/internal/sample"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/support"
	"ocopflow/internal/trace"
	"ocopflow/internal/vault"
	"ocopflow/internal/webhook"
	"ocopflow/internal/workflow"
	"ocopflow/migrations"
	"ocopflow/workflows"
)

// Config is what the program needs to know. Its zero value, with a database,
// is a working server.
type Config struct {
	Database       string
	Demo           bool
	Procedures     fs.FS             // in place of those built in; nil for these
	Own            string            // folder of the office's own procedures, beside those; "" for none
	Hashing        *argon2id.Params  // nil for the library's defaults
	SecondFactor   []ocop.Role       // roles that demand one
	Files          string            // directory of documents' contents; "" keeps them in the database
	Clamd          string            // address of a virus scanner; "" for none
	ClamdOptional  bool              // documents are taken while it does not answer
	LapseDays      []int             // before a document lapses, on which it is said; nil for the program's own
	MaxUpload      int64             // bytes; 0 for 20 MiB
	Data           string            // data directory; "" for the folder of a SQLite file, else "data"
	Restored       string            // why an older database was restored on purpose; "" when it was not
	PublicURL      string            // where the public reaches the server; "" takes each request's own
	Provider       provider.Settings // another way to sign in; zero for none
	Rates          Rates             // of requests
	TrustedProxies []string          // addresses or ranges of proxies whose headers are believed
	Witnesses      []string          // that co-sign checkpoints, "URL=VKEY" each
	Idle           bool              // nothing runs in the background: for one command
	Sweep          time.Duration     // between looks at what fell due; 0 for 30 seconds
	Mail           mail.Settings     // server that takes mails; zero for none
	WebhookPrivate bool              // webhooks may reach private networks, and this machine by http
	Backup         backup.Schedule   // of backups; zero for none
	Version        string
	Certificate    func() (time.Time, error) // end of the one of HTTPS; nil without HTTPS
	Log            *slog.Logger
	Tracer         *trace.Tracer    // nil to trace nothing
	Clock          func() time.Time // nil for the world's; tests hand in their own

	between sqldb.Between // of tests in which the database fails
}

// App is the running program.
type App struct {
	Config
	DB             *sqldb.DB
	Committer      *commit.Committer
	Library        *workflow.Library
	Desk           *casework.Desk
	People         *accounts.People
	Campaigns      *campaign.Desk
	Councils       *council.Desk
	Notary         *notary.Notary
	Archive        *inspect.Archive
	Privacy        *privacy.Desk
	Inspector      *inspect.Inspector
	Reviews        *review.Desk
	Fieldwork      *fieldwork.Desk
	Batches        *batch.Desk
	Correspondence *correspondence.Desk
	Announce       *announce.Desk
	Endings        *ending.Desk
	Samples        *sample.Desk
	Petitions      *petition.Desk
	Support        *support.Desk
	Notices        *notify.Desk
	Feeds          *feed.Desk
	Health         *health.Desk
	Webhooks       *webhook.Desk
	Clerk          *clerk.Desk
	Intake         *intake.Desk
	Lists          *lists.Desk
	News           *live.News
	Handler        http.Handler
	Meter          *meter.Meter
	Routes         []string // what Handler answers: "GET /path/:id"

	clock     clock
	standby   atomic.Bool // the database only reads
	following             // nothing, unless it did when the program started
	tasks     *job.Runner // nil when idle
}

// Open migrates the database and starts the program; Close stops it.
func Open(ctx context.Context, c Config) (*App, error) {
	a := &App{Config: c.withDefaults()}
	var err error
	if a.DB, err = sqldb.OpenThrough(ctx, c.Database, c.between); err != nil {
		return nil, err
	}
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Procedures == nil {
		c.Procedures = workflows.Files
	}
	if c.MaxUpload == 0 {
		c.MaxUpload = 20 << 20
	}
	if file, ok := strings.CutPrefix(c.Database, "sqlite:"); c.Data == "" && ok {
		c.Data = filepath.Dir(strings.TrimPrefix(file, "//"))
	}
	if c.Data == "" {
		c.Data = "data"
	}
	if c.Sweep == 0 {
		c.Sweep = 30 * time.Second
	}
	return c
}

func (a *App) start(ctx context.Context) error {
	reads, err := a.DB.OnlyReads(ctx)
	if err != nil {
		return err
	}
	if a.standby.Store(reads); reads {
		if err := migrations.Check(ctx, a.DB); err != nil {
			return err
		}
	} else if err := a.prepare(ctx); err != nil {
		return err
	}
	a.Notary = &notary.Notary{DB: a.DB, File: filepath.Join(a.Data, notary.KeyFile), Log: a.Log}
	for _, text := range a.Witnesses {
		w, err := notary.ParseWitness(text)
		if err != nil {
			return err
		}
		a.Notary.Witnesses = append(a.Notary.Witnesses, w)
	}
	alarm, err := a.rolledBack(ctx)
	if err != nil {
		return err
	}
	demo, err := a.takeUpClock(ctx)
	if err != nil {
		return err
	}
	now := a.clock.now
	if a.Clock != nil && !demo {
		now = a.Clock
	}
	places := []fs.FS{a.Procedures}
	if a.Own != "" {
		places = append(places, os.DirFS(a.Own))
	}
	lib, findings, err := workflow.LoadAll(places...)
	for _, f := range findings {
		level := slog.LevelWarn
		if f.Code == "unverified" {
			level = slog.LevelDebug // shown wherever the rule is used
		}
		a.Log.Log(ctx, level, "procedure", "finding", f.String())
	}
	if err != nil {
		return err
	}
	a.Library = lib
	a.Meter = meter.New(a.Version, a.standing)
	a.Committer = commit.New(a.DB, now, a.Log)
	a.Committer.Watch(a.Meter.Batch)
	a.Meter.Queue(a.Committer.Waiting)
	if a.Notary.Committer = a.Committer; alarm != nil {
		if err := a.Notary.Acknowledge(ctx, alarm, a.Restored); err != nil {
			return err
		}
	}
	a.Desk = &casework.Desk{DB: a.DB, Committer: a.Committer, Library: lib, Clock: now, Vault: a.vault(), LapseDays: a.LapseDays}
	a.Desk.Remember()
	a.People = &accounts.People{DB: a.DB, Committer: a.Committer, Clock: now, Hashing: a.Hashing, SealFile: filepath.Join(a.Data, accounts.SealFile), Demanding: a.SecondFactor}
	a.Intake = &intake.Desk{DB: a.DB, Products: a.Desk, People: a.People, MaxUpload: a.MaxUpload}
	a.Campaigns = &campaign.Desk{DB: a.DB, Committer: a.Committer, People: a.People, Products: a.Desk}
	a.Desk.Plans = a.Campaigns
	a.Councils = &council.Desk{DB: a.DB, Committer: a.Committer, Clock: now, Products: a.Desk}
	a.Correspondence = &correspondence.Desk{DB: a.DB, Committer: a.Committer, Cases: a.Desk}
	a.Endings = &ending.Desk{DB: a.DB, Committer: a.Committer, Cases: a.Desk, Correspondence: a.Correspondence}
	a.Lists = &lists.Desk{DB: a.DB, Products: a.Desk, People: a.People, Councils: a.Councils, Correspondence: a.Correspondence, Library: lib, Clock: now}
	a.Archive = &inspect.Archive{DB: a.DB, Library: lib, Plans: a.Campaigns, Clock: now}
	a.Privacy = &privacy.Desk{DB: a.DB, Committer: a.Committer, Products: a.Desk}
	a.Inspector = &inspect.Inspector{DB: a.DB, Desk: a.Desk}
	a.Reviews = &review.Desk{DB: a.DB, Committer: a.Committer, Inspector: a.Inspector}
	a.Petitions = &petition.Desk{Cases: a.Desk}
	a.Desk.Matters = []casework.Keeper{a.Petitions, a.Campaigns}
	a.Support = &support.Desk{Petitions: a.Petitions}
	a.Fieldwork = &fieldwork.Desk{DB: a.DB, Committer: a.Committer, Cases: a.Desk}
	a.Samples = &sample.Desk{DB: a.DB, Committer: a.Committer, Cases: a.Desk}
	a.Batches = &batch.Desk{DB: a.DB, Committer: a.Committer, Clock: now, Cases: a.Desk, Councils: a.Councils, Library: lib}
	if a.Notices, err = a.notices(now); err != nil {
		return err
	}
	a.Feeds = &feed.Desk{DB: a.DB, Committer: a.Committer, People: a.People, Cases: a.Desk}
	if a.Webhooks, err = a.webhooks(ctx, now); err != nil {
		return err
	}
	a.Clerk = &clerk.Desk{Support: a.Support, Endings: a.Endings, DB: a.DB, Committer: a.Committer, Cases: a.Desk, Campaigns: a.Campaigns, Library: lib, Clock: now}
	a.Announce = &announce.Desk{DB: a.DB, Clock: now, Cases: a.Desk, Clerk: a.Clerk, Registers: a.Correspondence, Library: lib}
	if a.Own != "" {
		if a.Clerk.Folder, err = paper.Load(os.DirFS(a.Own)); err != nil {
			return err
		}
	}
	a.News = live.New(a.DB, a.Log)
	a.Health = &health.Desk{DB: a.DB, Committer: a.Committer, Notary: a.Notary, Meter: a.Meter, Clock: now, Data: a.Data, Backup: a.Backup, MailsOn: a.Mail.Server != "", Certificate: a.Certificate, Version: a.Version, Started: time.Now()}
	if a.Handler, err = a.handler(now); err != nil {
		return err
	}
	if reads {
		return a.follow(ctx)
	}
	return a.lead(ctx)
}

// prepare brings the tables up to date and makes the ledger's head.
func (a *App) prepare(ctx context.Context) error {
	if _, err := migrations.Up(ctx, a.DB); err != nil {
		return err
	}
	if err := store.FillWords(ctx, a.DB); err != nil {
		return err
	}
	if err := a.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.CreateHead(ctx, tx, newOrigin()) }); err != nil {
		return fmt.Errorf("ledger head: %w", err)
	}
	return nil
}

// lead enters what the program itself has to say, and starts what runs in the
// background.
func (a *App) lead(ctx context.Context) error {
	if err := a.begin(ctx); err != nil {
		return err
	}
	if err := a.publish(ctx); err != nil {
		return err
	}
	if err := a.Desk.PublishBuiltIn(ctx); err != nil || a.Idle {
		return err
	}
	return a.startTasks(ctx)
}

// notices tells people what was said, by mail too if a server takes mails.
func (a *App) notices(now func() time.Time) (*notify.Desk, error) {
	d := &notify.Desk{DB: a.DB, Committer: a.Committer, People: a.People, Cases: a.Desk, Clock: now, Base: a.PublicURL, Log: a.Log}
	if a.Mail.Server == "" {
		return d, nil
	}
	if a.PublicURL == "" {
		return nil, errors.New("mails carry links: say at which address the public reaches the server (--public-url)")
	}
	var err error
	d.Mail, err = mail.New(a.Mail)
	return d, err
}

// webhooks tells programs of others. Events are the public address's, or the
// ledger's where there is none.
func (a *App) webhooks(ctx context.Context, now func() time.Time) (*webhook.Desk, error) {
	head, err := store.LoadHead(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	return &webhook.Desk{DB: a.DB, Committer: a.Committer, People: a.People, Clock: now, Log: a.Log, Source: cmp.Or(a.PublicURL, "urn:"+strings.ReplaceAll(head.Origin, "/", ":")),
		Agent: strings.TrimSuffix("ocopflow/"+a.Version, "/"), Private: a.WebhookPrivate}, nil
}

// vault is where the bytes of documents lie.
func (a *App) vault() *vault.Vault {
	v := &vault.Vault{DB: a.DB, Dir: a.Files, Now: time.Now}
	if a.Clamd != "" {
		v.Scanner = &vault.Clamd{Address: a.Clamd, Optional: a.ClamdOptional}
	}
	return v
}

// rolledBack holds the database against the checkpoint kept outside of it. An
// alarm stops the program, unless somebody says that the restore was on purpose.
func (a *App) rolledBack(ctx context.Context) (*notary.RolledBack, error) {
	err := a.Notary.Check(ctx)
	var alarm *notary.RolledBack
	if errors.As(err, &alarm) && a.Restored != "" {
		return alarm, nil
	}
	return nil, err
}

// takeUpClock starts the demo's clock: in the demo, and for commands on its
// database, whose time is the demo's.
func (a *App) takeUpClock(ctx context.Context) (demo bool, err error) {
	mark, err := store.Setting(ctx, a.DB, demoSetting)
	if err != nil || !a.Demo && mark == "" {
		return false, err
	}
	return true, a.clock.startDemo(ctx, a.DB)
}

// newOrigin names a new ledger at random, so that two are never mistaken for
// one another.
func newOrigin() string {
	b := make([]byte, 8)
	rand.Read(b)
	return "ocopflow/" + hex.EncodeToString(b)
}

// begin enters the ledger's name as its first entry, so that nobody can give it
// another.
func (a *App) begin(ctx context.Context) error {
	_, err := commit.Do[any](ctx, a.Committer, commit.Act{Kind: commit.Once, Locks: []string{"ledger"},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			head, err := store.LoadHead(ctx, q)
			if err != nil || head.Tree.Size > 0 {
				return commit.Outcome{}, err
			}
			return commit.Outcome{Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindRecord, Event: "begin_ledger", Actor: ledger.Actor{ID: ocop.System},
				Data: ledger.Map{"origin": head.Origin}}}}, nil
		})})
	return err
}

// publish keeps the text of each procedure, with an entry of its own. One that
// a round is pinned to cannot come back with another content.
func (a *App) publish(ctx context.Context) error {
	for _, r := range a.Library.All() {
		known, used, err := store.ProcedureHash(ctx, a.DB, r.Name, r.Version)
		switch {
		case err != nil:
			return err
		case known == r.Hash:
			continue
		case known != "" && used:
			return fmt.Errorf("procedure %s %s was changed after products used it; give the new text a version of its own", r.Name, r.Version)
		}
		if _, err := commit.Do[any](ctx, a.Committer, published(r)); err != nil {
			return err
		}
	}
	return nil
}

func published(r *workflow.Rules) commit.Act {
	ask := func(_ context.Context, _ sqldb.Querier, now time.Time) (commit.Outcome, error) {
		return commit.Outcome{
			Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindRecord, Event: "publish_procedure", Actor: ledger.Actor{ID: ocop.System},
				Procedure: ledger.Procedure{Name: r.Name, Version: r.Version, Hash: r.Hash}, Refs: []string{"sha256:" + r.Hash}}},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.SaveProcedure(ctx, tx, r.Name, r.Version, r.Hash, string(r.Text), now)
			}),
		}, nil
	}
	return commit.Act{Kind: commit.Once, Ask: commit.Alone(ask), Locks: []string{"procedure:" + r.Name + ":" + r.Version}}
}

// Close stops the background, keeps a last checkpoint, answers what is queued and
// closes the database.
func (a *App) Close() error {
	a.unfollow()
	var err error
	if a.tasks != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err = errors.Join(a.tasks.Stop(ctx), a.Notary.Keep(ctx))
	}
	if a.News != nil {
		a.News.Close()
	}
	if a.Committer != nil {
		a.Committer.Close()
	}
	return errors.Join(err, a.DB.Close())
}

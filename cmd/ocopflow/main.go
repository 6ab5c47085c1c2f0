// Command ocopflow is the workflow engine of the OCOP programme and the office
// around it. Each subcommand stands in a file of its own; what they do is the
// packages' below internal.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"ocopflow/internal/app"
	"ocopflow/internal/ocop"
)

// version is set when the program is built.
var version = "dev"

// Exit codes: done, refused or failed, wrong usage.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

type cli struct {
	Serve    serveCmd        `cmd:"" help:"Run the server."`
	Init     initCmd         `cmd:"" help:"Set an empty office up: its first units and an administrator."`
	Migrate  migrateCmd      `cmd:"" help:"Bring the database to this program's schema."`
	Campaign campaignCmd     `cmd:"" help:"Campaigns."`
	Account  accountCmd      `cmd:"" help:"People, their roles and tokens."`
	Unit     unitCmd         `cmd:"" help:"Units."`
	Product  productCmd      `cmd:"" help:"Products, and other tables from Excel."`
	Workflow workflowCmd     `cmd:"" help:"Procedures: check, draw, compare, migrate, list what guards may know."`
	Score    scoreCmd        `cmd:"" help:"Score sheets."`
	Calendar calendarCmd     `cmd:"" help:"Working-day calendars: check, publish, count."`
	Audit    auditCmd        `cmd:"" help:"What an auditor checks."`
	Backup   backupCmd       `cmd:"" help:"Write the whole office into one file beside a running server, and read it back."`
	Restore  restoreCmd      `cmd:"" help:"Check each byte of a backup and bring it into an empty SQLite or Postgres database; this also moves an office from one to the other."`
	Story    storyCmd        `cmd:"" help:"Play the 2024 campaign of Cẩm Xuyên through the API and tell it."`
	Bench    benchCmd        `cmd:"" help:"Measure moves a second beside the barest durable write."`
	Version  versionCmd      `cmd:"" help:"Print the version."`
	onlyHere                 //lint:ignore U1000 it is empty but on Windows
	Settings kong.ConfigFlag `help:"File of settings: lines OCOPFLOW_…=… as a systemd service reads them, or JSON. What the environment says comes before it." placeholder:"FILE" env:"OCOPFLOW_SETTINGS"`
	Lang     string          `help:"Language of messages: vi or en." enum:"vi,en" default:"vi" env:"OCOPFLOW_LANG"`
}

// database is what commands that need one take.
type database struct {
	Database   string `help:"Database: sqlite:FILE or postgres://…" env:"OCOPFLOW_DATABASE" placeholder:"URL"`
	Procedures string `help:"Folder of the office's own procedure files, beside those built in; one of the same name stands in for it." type:"existingdir" env:"OCOPFLOW_PROCEDURES" placeholder:"DIR"`
	Data       string `help:"Data directory, for the ledger's key and, unless --database says otherwise, ocopflow.db. Default: the folder of the SQLite file, else data." env:"OCOPFLOW_DATA" type:"path"`
}

func (d database) url() string {
	if d.Database != "" {
		return d.Database
	}
	return "sqlite:" + filepath.Join(d.dir(), "ocopflow.db")
}

// dir is the data directory.
func (d database) dir() string {
	if file, ok := strings.CutPrefix(d.Database, "sqlite:"); d.Data == "" && ok {
		return filepath.Dir(strings.TrimPrefix(file, "//"))
	}
	return cmp.Or(d.Data, "data")
}

// world is what commands see of the outside.
type world struct {
	ctx  context.Context
	out  io.Writer
	errs io.Writer
	lang ocop.Lang

	settings string // file that --settings named
}

func main() {
	saveCollections()
	program := func(ctx context.Context) int { return run(ctx, os.Args[1:], os.Stdout, os.Stderr) }
	code, done := asService(program)
	if !done {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code = program(ctx)
		stop()
	}
	os.Exit(code)
}

// exitRequest carries kong's wish to end (after --help) out of its parser.
type exitRequest int

func run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	var c cli
	parser, err := kong.New(&c, kong.Name("ocopflow"),
		kong.Description("Workflow engine of Vietnam's OCOP programme (One Commune One Product). Settings: flag, then environment (OCOPFLOW_…), then file (ocopflow.json)."),
		kong.Writers(out, errs), kong.Exit(func(code int) { panic(exitRequest(code)) }), kong.UsageOnError(),
		kong.Configuration(settings, "ocopflow.json"))
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	defer func() {
		if r := recover(); r != nil {
			wish, ok := r.(exitRequest)
			if !ok {
				panic(r)
			}
			code = int(wish)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "ocopflow: %v\n", err)
		return exitUsage
	}
	w := world{ctx, out, errs, ocop.Lang(c.Lang), string(c.Settings)}
	if err := parsed.Run(w); err != nil {
		w.complain(err)
		return exitFailed
	}
	return exitDone
}

// errSilent ends a command that has said everything already.
var errSilent = errors.New("")

// print writes data as JSON, or as text.
func (w world) print(asJSON bool, data any, text func(io.Writer)) error {
	if !asJSON {
		text(w.out)
		return nil
	}
	e := json.NewEncoder(w.out)
	e.SetEscapeHTML(false)
	return e.Encode(data)
}

// on starts the program on a database, does one thing and closes it.
func on[T any](w world, d database, do func(*app.App) (T, error)) (T, error) {
	a, err := app.Open(w.ctx, app.Config{Database: d.url(), Data: d.dir(), Own: d.Procedures, Version: version, Idle: true})
	if err != nil {
		var nothing T
		return nothing, err
	}
	out, err := do(a)
	return out, errors.Join(err, a.Close())
}

func today() ocop.Date { return ocop.DateOf(time.Now()) }

type versionCmd struct{}

func (versionCmd) Run(w world) error {
	fmt.Fprintln(w.out, "ocopflow", strings.TrimSpace(version))
	return nil
}

// Package migrations brings a database to the schema of this program and
// refuses one that is newer. Files without a dialect in their name are for both
// databases.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
)

//go:embed *.sql
var files embed.FS

// ErrNewer says that the database was made by a newer program.
var ErrNewer = errors.New("the database is newer than this program")

// newer says to an administrator what to do about it.
func newer(vi, en string, has, known int64) error {
	return fault.New(fault.Conflict, "database_newer",
		fmt.Sprintf("Cơ sở dữ liệu do một phiên bản mới hơn tạo ra (%s phiên bản %d, chương trình này biết đến %d). Hãy chạy phiên bản mới hơn của chương trình; muốn lùi lại thì khôi phục một bản sao lưu cũ vào nơi trống.", vi, has, known),
		fmt.Sprintf("The database was made by a newer program (%s of version %d, this program knows %d). Run the newer program; to go back, restore an older backup into an empty place.", en, has, known)).Because(ErrNewer)
}

// Up migrates an empty or older database and gives the number of steps taken.
func Up(ctx context.Context, db *sqldb.DB) (int, error) {
	p, err := provider(db)
	if err != nil {
		return 0, err
	}
	if err := refuseNewer(ctx, p); err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	jobs, err := jobTables(ctx, db)
	return len(done) + jobs, err
}

// ErrOlder says that a database that only reads was made by an older program.
var ErrOlder = errors.New("the copy is older than this program: start the main server with it first, which brings the tables up to date")

// Check refuses a database that is not of this program's schema, and changes
// nothing: it is for a standby, whose primary is brought up to date.
func Check(ctx context.Context, db *sqldb.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	has, target, err := p.GetVersions(ctx)
	if err == nil && has < target {
		err = fmt.Errorf("%w (it has version %d, this program wants %d)", ErrOlder, has, target)
	}
	return err
}

// jobTables brings River's tables to the version that this program uses.
func jobTables(ctx context.Context, db *sqldb.DB) (int, error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db.Writer())
	if db.Dialect() == sqldb.Postgres {
		driver = riverdatabasesql.New(db.Writer())
	}
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, fmt.Errorf("migrate jobs: %w", err)
	}
	has, err := m.ExistingVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate jobs: %w", err)
	}
	known := m.AllVersions()
	if len(has) > len(known) {
		return 0, newer("bảng của việc nền", "job tables", int64(len(has)), int64(len(known)))
	}
	if len(has) == len(known) {
		return 0, nil
	}
	done, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return 0, fmt.Errorf("migrate jobs: %w", err)
	}
	return len(done.Versions), nil
}

func provider(db *sqldb.DB) (*goose.Provider, error) {
	dialect, other := database.DialectSQLite3, ".postgres."
	if db.Dialect() == sqldb.Postgres {
		dialect, other = database.DialectPostgres, ".sqlite."
	}
	// goose would count a pair of one version as the same version twice, so the
	// other database's half is left out before it looks.
	mine := fstest.MapFS{}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.Contains(name, other) {
			continue
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		mine[name] = &fstest.MapFile{Data: text}
	}
	// Numbers are handed out before migrations are merged, so that one may come
	// after another of a higher number; each only adds (contract_test.go).
	return goose.NewProvider(dialect, db.Writer(), mine, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	has, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if has > target {
		return newer("bảng", "tables", has, target)
	}
	return nil
}

// Version is that of a database's schema; 0 when it has none.
func Version(ctx context.Context, db *sqldb.DB) (int64, error) {
	p, err := provider(db)
	if err != nil {
		return 0, err
	}
	has, _, err := p.GetVersions(ctx)
	return has, err
}

// UpTo brings an empty or older database to an earlier schema, for rows that were
// kept when it was the newest; Up goes on from there.
func UpTo(ctx context.Context, db *sqldb.DB, version int64) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	has, target, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	case version > target:
		return newer("dòng dữ liệu", "rows", version, target)
	case has > version:
		return fmt.Errorf("the database has schema %d already, the rows are of %d: name an empty database", has, version)
	}
	if _, err = p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

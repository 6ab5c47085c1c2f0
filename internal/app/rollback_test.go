//go:build unix

package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/audit"
	"ocopflow/internal/notary"
)

// A database that was put back to an older state is refused, until somebody
// says that it was on purpose; and that stays on record.
func TestARestoredDatabaseRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "x.db")
	config := Config{Database: "sqlite:" + file, Sweep: time.Hour}
	grow := func(name string) {
		t.Helper()
		a, err := openPlain(t, config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.People.Add(t.Context(), access.SystemActor, accounts.NewAccount{Name: name}, nil); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil { // keeps a checkpoint
			t.Fatal(err)
		}
	}
	grow("mot")
	older, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	grow("hai")
	grow("ba")
	if err := os.WriteFile(file, older, 0o600); err != nil {
		t.Fatal(err)
	}
	var alarm *notary.RolledBack
	for range 2 { // it does not go away by itself
		if _, err := openPlain(t, config); !errors.As(err, &alarm) || alarm.Kept <= alarm.Has || !strings.Contains(err.Error(), "audit acknowledge --reason") {
			t.Fatalf("an older database was taken: %v", err)
		}
	}
	config.Restored = "Máy chủ hỏng đĩa, khôi phục từ bản sao"
	a, err := openPlain(t, config)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	config.Restored = ""
	grow("bon")
	a, err = openPlain(t, config)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	report, err := audit.Verify(t.Context(), a.DB, audit.Options{})
	if err != nil || !report.OK || report.Restores != 1 {
		t.Errorf("%+v %v", report, err)
	}
}

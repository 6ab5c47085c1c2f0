//go:build unix

package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/backup"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/notary"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// backUp writes a backup of an office and gives its file.
func backUp(t *testing.T, db *sqldb.DB, data, files string, recipients ...age.Recipient) (string, backup.Header) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x"+backup.FileName(time.Now()))
	h, err := backup.Source{DB: db, Data: data, Files: files, Version: "test", Now: time.Now}.To(t.Context(), name, recipients)
	if err != nil {
		t.Fatal(err)
	}
	return name, h
}

// bringBack restores a file into a database and a data directory.
func bringBack(t *testing.T, file, address, data, files string, keys ...age.Identity) (*sqldb.DB, backup.Restored, error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	done, err := backup.Target{DB: db, Data: data, Files: files}.Restore(t.Context(), f, keys)
	return db, done, err
}

// contents of all tables, each row as JSON, sorted.
func contents(t *testing.T, db *sqldb.DB) map[string][]string {
	t.Helper()
	tables, err := store.CarriedTables(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, x := range tables {
		err := x.Each(t.Context(), db, func(row []any) error {
			columns := map[string]any{}
			for i, c := range x.Columns {
				columns[c.Name] = row[i]
			}
			line, err := json.Marshal(columns)
			out[x.Name] = append(out[x.Name], string(line))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(out[x.Name])
	}
	return out
}

func codeOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

// An office moves from one database to the other and back; every row, entry and
// file is there, byte for byte, and the ledger's root is the same.
func TestAnOfficeMovesBetweenDatabasesAndBack(t *testing.T) {
	t.Parallel()
	other := map[string]func(testing.TB) string{"sqlite": dbtest.Postgres, "postgres": dbtest.SQLite}
	dbtest.Each(t, func(t *testing.T, address string) {
		files := t.TempDir()
		o := openOffice(t, address, func(c *Config) { c.Files = files })
		o.certified("Nước mắm", "B-1")
		product := o.product(fishSauce)
		large := make([]byte, 700<<10)
		rand.Read(large)
		large = append([]byte("%PDF-1.4\n"), large...)
		if got := o.bring("producer-"+fishSauce, "lon.pdf", large, "product", product, "kind", "idea_form"); got.status != 201 {
			t.Fatalf("upload: %d %s", got.status, got.text)
		}
		if _, err := o.app.Notary.Key(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := contents(t, o.app.DB)
		file, h := backUp(t, o.app.DB, o.app.Data, files)
		data, there := t.TempDir(), t.TempDir()
		db, done, err := bringBack(t, file, other[string(o.app.DB.Dialect())](t), data, there)
		if err != nil {
			t.Fatal(err)
		}
		if done.Audit.Root != h.Root || done.Audit.Entries != h.Entries || h.Entries < 20 {
			t.Errorf("%+v after %+v", done.Audit, h)
		}
		back, _ := backUp(t, db, data, there)
		home, done, err := bringBack(t, back, dbtest.SQLite(t), t.TempDir(), t.TempDir())
		if err != nil || done.Audit.Root != h.Root {
			t.Fatalf("and back: %v", err)
		}
		for which, db := range map[string]*sqldb.DB{"there": db, "back": home} {
			got := contents(t, db)
			for table, rows := range want {
				if !slices.Equal(got[table], rows) {
					t.Errorf("%s: table %s has other rows: %d, want %d", which, table, len(got[table]), len(rows))
				}
			}
		}
		for _, name := range []string{notary.KeyFile} {
			a, errA := os.ReadFile(filepath.Join(o.app.Data, name))
			b, errB := os.ReadFile(filepath.Join(data, name))
			if errA != nil || errB != nil || !bytes.Equal(a, b) {
				t.Errorf("%s did not come along: %v %v", name, errA, errB)
			}
		}
	})
}

// No byte of a backup can be other than it was written, and nothing of a damaged
// one reaches the place to restore to.
func TestAFlippedByteInABackupIsFound(t *testing.T) {
	t.Parallel()
	a, err := openPlain(t, Config{Database: dbtest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, recipients := range map[string][]age.Recipient{"plain": nil, "encrypted": {key.Recipient()}} {
		t.Run(name, func(t *testing.T) {
			file, _ := backUp(t, a.DB, a.Data, "", recipients...)
			good, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Check(bytes.NewReader(good), []age.Identity{key}); err != nil {
				t.Fatal(err)
			}
			var spoilt [][]byte
			step := max(len(good)/400, 1)
			for i := 0; i < len(good); i++ {
				if i < 300 || i > len(good)-300 || i%step == 0 {
					bad := bytes.Clone(good)
					bad[i] ^= 1
					spoilt = append(spoilt, bad)
				}
			}
			spoilt = append(spoilt, nil, good[:len(good)/2], good[:len(good)-1], append(bytes.Clone(good), 'x'), append(bytes.Clone(good), good...))
			for i, bad := range spoilt {
				if _, err := backup.Check(bytes.NewReader(bad), []age.Identity{key}); err == nil {
					t.Fatalf("spoilt copy %d of %d was taken", i, len(spoilt))
				}
			}
			t.Logf("%d spoilt copies of %d bytes, all found", len(spoilt), len(good))
			if err := os.WriteFile(file, spoilt[len(spoilt)/2], 0o600); err != nil {
				t.Fatal(err)
			}
			data := t.TempDir()
			db, _, err := bringBack(t, file, dbtest.SQLite(t), data, "", key)
			if got := codeOf(err); got != "backup_damaged" {
				t.Errorf("restored from a damaged file: %v", err)
			}
			left, _ := os.ReadDir(data)
			if tables, err := store.CarriedTables(t.Context(), db); err != nil || len(tables)+len(left) > 0 {
				t.Errorf("something was restored: %v %v %v", tables, left, err)
			}
		})
	}
}

// An encrypted backup opens with its key alone, and no place that holds something
// is written over.
func TestARestoreNeedsItsKeyAndAnEmptyPlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a, err := openPlain(t, Config{Database: address})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		if _, err := a.Notary.Key(t.Context()); err != nil {
			t.Fatal(err)
		}
		right, _ := age.GenerateX25519Identity() // both fail only without randomness
		wrong, _ := age.GenerateX25519Identity()
		file, _ := backUp(t, a.DB, a.Data, "", right.Recipient())
		if text, _ := os.ReadFile(file); bytes.Contains(text, []byte("sha256:")) {
			t.Error("an encrypted backup shows its seal")
		}
		place := t.TempDir()
		for want, keys := range map[string][]age.Identity{"backup_encrypted": nil, "backup_key": {wrong}} {
			if _, _, err := bringBack(t, file, dbtest.SQLite(t), place, "", keys...); codeOf(err) != want {
				t.Errorf("want %s: %v", want, err)
			}
		}
		if _, _, err := bringBack(t, file, address, place, "", right); codeOf(err) != "not_empty" {
			t.Errorf("restored over a database in use: %v", err)
		}
		if err := os.WriteFile(filepath.Join(place, notary.KeyFile), []byte("another\nkey\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := bringBack(t, file, dbtest.SQLite(t), place, "", right); codeOf(err) != "not_empty" {
			t.Errorf("a key was written over: %v", err)
		}
		if _, _, err := bringBack(t, file, dbtest.SQLite(t), t.TempDir(), "", wrong, right); err != nil {
			t.Error(err)
		}
	})
}

// A backup that is older than what the data directory has seen raises the alarm.
func TestAnOlderBackupRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := Config{Database: "sqlite:" + filepath.Join(dir, "x.db"), Data: dir, Sweep: time.Hour}
	a, err := openPlain(t, config)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := backUp(t, a.DB, dir, "")
	if _, err := a.People.Add(t.Context(), access.SystemActor, accounts.NewAccount{Name: "sau"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil { // keeps a checkpoint
		t.Fatal(err)
	}
	config.Database = "sqlite:" + filepath.Join(dir, "restored.db")
	db, done, err := bringBack(t, file, config.Database, dir, "")
	if err != nil || len(done.Newer) != 1 {
		t.Fatalf("%v %v", done.Newer, err)
	}
	db.Close()
	var alarm *notary.RolledBack
	if _, err := openPlain(t, config); !errors.As(err, &alarm) {
		t.Fatalf("no alarm: %v", err)
	}
	config.Restored = "Khôi phục từ bản sao lưu"
	if a, err = openPlain(t, config); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// A backup that is made while people work is one moment of the ledger.
func TestABackupIsOneMomentOfABusyOffice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a, err := openPlain(t, Config{Database: address})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		ctx, stop := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		busy.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if _, err := a.People.Add(ctx, access.SystemActor, accounts.NewAccount{Name: fmt.Sprintf("nguoi-%d", i)}, nil); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
		var sizes []int64
		for range 3 {
			file, h := backUp(t, a.DB, a.Data, "")
			sizes = append(sizes, h.Entries)
			if _, done, err := bringBack(t, file, dbtest.SQLite(t), t.TempDir(), ""); err != nil || done.Audit.Root != h.Root {
				t.Errorf("%v", err)
			}
		}
		stop()
		busy.Wait()
		if !slices.IsSorted(sizes) || sizes[0] == sizes[2] {
			t.Errorf("the office was not busy: %v", sizes)
		}
	})
}

// Backups by a schedule come when they are due, and the oldest go.
func TestBackupsByAScheduleAreKeptToANumber(t *testing.T) {
	t.Parallel()
	a, err := openPlain(t, Config{Database: dbtest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := backup.Schedule{Source: backup.Source{DB: a.DB, Data: a.Data, Now: func() time.Time { return now }}, Dir: t.TempDir(), Every: 24 * time.Hour, Keep: 3}
	other := filepath.Join(s.Dir, "ghi-chu.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	made := 0
	for range 10 { // each half a day
		name, err := s.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			made++
		}
		now = now.Add(12 * time.Hour)
	}
	if made != 5 {
		t.Errorf("%d backups in five days", made)
	}
	left, err := filepath.Glob(filepath.Join(s.Dir, "*"))
	if err != nil || len(left) != 4 || !slices.Contains(left, other) {
		t.Errorf("%v %v", left, err)
	}
	newest, err := backup.Newest(s.Dir)
	if want := time.Date(2026, 1, 6, 3, 4, 5, 0, time.UTC); err != nil || !newest.Equal(want) {
		t.Errorf("newest %v, want %v: %v", newest, want, err)
	}
}

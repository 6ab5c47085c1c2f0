package vault_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
	"ocopflow/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// each runs a test on both databases and in both homes.
func each(t *testing.T, test func(t *testing.T, v *vault.Vault)) {
	t.Run("database", func(t *testing.T) { on(t, func(*testing.T) string { return "" }, test) })
	t.Run("directory", func(t *testing.T) { on(t, func(t *testing.T) string { return t.TempDir() }, test) })
}

func on(t *testing.T, dir func(*testing.T) string, test func(t *testing.T, v *vault.Vault)) {
	dbtest.Each(t, func(t *testing.T, address string) {
		db, err := sqldb.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if _, err := migrations.Up(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		test(t, &vault.Vault{DB: db, Dir: dir(t), Now: time.Now})
	})
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(uint64(n), 1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func take(t *testing.T, v *vault.Vault, content []byte) *vault.Taken {
	t.Helper()
	got, err := v.Take(t.Context(), bytes.NewReader(content), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func keep(t *testing.T, v *vault.Vault, taken *vault.Taken) {
	t.Helper()
	err := v.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return store.KeepContent(ctx, tx, taken.Content) })
	if err != nil {
		t.Fatal(err)
	}
}

// left counts what lies in either home.
func left(t *testing.T, v *vault.Vault) (n int) {
	t.Helper()
	for _, table := range []string{"uploads", "upload_pieces"} {
		var rows int
		if err := v.DB.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		n += rows
	}
	if v.Dir == "" {
		return n
	}
	err := filepath.WalkDir(v.Dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestContentComesBackWholeAndFromItsMiddle(t *testing.T) {
	each(t, func(t *testing.T, v *vault.Vault) {
		for _, size := range []int{0, 1, 256 << 10, 256<<10 + 1, 3<<20 + 17} {
			content := noise(size)
			taken := take(t, v, content)
			if sum := sha256.Sum256(content); taken.SHA256 != hex.EncodeToString(sum[:]) || taken.Size != int64(size) {
				t.Errorf("%d bytes were taken as %d of %s", size, taken.Size, taken.SHA256)
			}
			keep(t, v, taken)
			r, err := v.Open(t.Context(), v.DB, taken.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(r, content); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if sum, err := v.Sum(t.Context(), v.DB, taken.SHA256); err != nil || sum != taken.SHA256 {
				t.Errorf("%d bytes: hash %s, %v", size, sum, err)
			}
		}
	})
}

func TestTheSameContentIsKeptOnce(t *testing.T) {
	each(t, func(t *testing.T, v *vault.Vault) {
		content := noise(2 << 20)
		first, second := take(t, v, content), take(t, v, content)
		keep(t, v, first)
		before := left(t, v)
		keep(t, v, second)
		if err := v.Settle(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		if n := left(t, v); v.Dir == "" && n != 3 || v.Dir != "" && (n != 1 || before != 1) {
			t.Errorf("%d things lie there", n)
		}
		if sum, err := v.Sum(t.Context(), v.DB, first.SHA256); err != nil || sum != first.SHA256 {
			t.Errorf("hash %s, %v", sum, err)
		}
	})
}

func TestAnUploadThatBreaksOffOrIsTooLargeLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, v *vault.Vault) {
		cut := io.MultiReader(bytes.NewReader(noise(3<<20)), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := v.Take(t.Context(), cut, 64<<20); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("an upload that broke off: %v", err)
		}
		for _, limit := range []int64{100, 1 << 20} {
			_, err := v.Take(t.Context(), bytes.NewReader(noise(3<<20)), limit)
			if f := fault.Of(err); f.Kind != fault.TooLarge {
				t.Errorf("over %d bytes: %v", limit, err)
			}
		}
		if n := left(t, v); n != 0 {
			t.Errorf("%d things lie there", n)
		}
	})
}

// A program that is killed does not clear up: the next start does, and takes
// only what is old and unnamed.
func TestASweepClearsAwayWhatAKilledUploadLeft(t *testing.T) {
	each(t, func(t *testing.T, v *vault.Vault) {
		needed := take(t, v, noise(2<<20))
		keep(t, v, needed)
		stay := left(t, v)
		take(t, v, noise(2<<20+1)) // killed before the document was committed
		if n, err := v.Sweep(t.Context()); err != nil || n != 0 {
			t.Errorf("%d fresh uploads were cleared away, %v", n, err)
		}
		v.Now = func() time.Time { return time.Now().Add(vault.Grace + time.Minute) }
		if n, err := v.Sweep(t.Context()); err != nil || n != 1 {
			t.Errorf("%d uploads were cleared away, %v", n, err)
		}
		if n := left(t, v); n != stay {
			t.Errorf("%d things lie there, %d are needed", n, stay)
		}
		if sum, err := v.Sum(t.Context(), v.DB, needed.SHA256); err != nil || sum != needed.SHA256 {
			t.Errorf("what is needed: %s, %v", sum, err)
		}
	})
}

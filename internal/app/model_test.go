//go:build unix

package app

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"

	"ocopflow/internal/dbtest"
)

// model is a demo that was loaded once for all tests of a kind of database, and
// closed: an office is opened on a copy of it, much faster than on an empty database.
type model struct {
	once    sync.Once
	address string
	data    string // its data directory
	tokens  map[string]string
}

var liteModel, bigModel model

func (m *model) load(t testing.TB, address func(testing.TB) string) {
	dir, err := os.MkdirTemp("", "ocopflow-model-")
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(context.Background(), Config{Database: address(t), Data: dir, Demo: true, Hashing: quick, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	tokens := loadDemo(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	m.address, m.data, m.tokens = a.Database, dir, tokens
}

// copyDemo puts a copy of the loaded demo at an address and into a data
// directory; it gives the tokens of its accounts, or nil when there is something
// at that address already.
func copyDemo(t testing.TB, address, data string) map[string]string {
	t.Helper()
	m, fresh := &bigModel, dbtest.Postgres
	if strings.HasPrefix(address, "sqlite:") {
		m, fresh = &liteModel, keptFile
	}
	m.once.Do(func() { m.load(t, fresh) })
	if m.address == "" {
		t.Fatal("the demo could not be loaded")
	}
	if !dbtest.Copy(t, m.address, address) {
		return nil
	}
	if err := os.CopyFS(data, os.DirFS(m.data)); err != nil {
		t.Fatal(err)
	}
	return maps.Clone(m.tokens)
}

// keptFile is the address of a file that outlives the test that made it.
func keptFile(t testing.TB) string {
	dir, err := os.MkdirTemp("", "ocopflow-model-")
	if err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + dir + "/demo.db"
}

package vault_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/vault"
	"ocopflow/migrations"
)

// scanner speaks clamd's INSTREAM and finds the word "malware".
func scanner(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return l.Addr().String()
}

func answer(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if word, err := r.ReadString(0); err != nil || word != "zINSTREAM\x00" {
		return
	}
	var content bytes.Buffer
	for {
		var n uint32
		if binary.Read(r, binary.BigEndian, &n) != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&content, r, int64(n)); err != nil {
			return
		}
	}
	text := "stream: OK\x00"
	if bytes.Contains(content.Bytes(), []byte("malware")) {
		text = "stream: Test-Signature FOUND\x00"
	}
	_, _ = io.WriteString(conn, text)
}

func TestAScannerIsAskedAboutEveryUpload(t *testing.T) {
	t.Parallel()
	db, err := sqldb.Open(t.Context(), dbtest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := silent.Addr().String()
	_ = silent.Close()
	up := scanner(t)
	large := append(noise(3<<20), "malware"...)
	for _, c := range []struct {
		name    string
		clamd   vault.Clamd
		content []byte
		code    string
	}{
		{"small and clean", vault.Clamd{Address: up}, []byte("fine"), ""},
		{"large and clean", vault.Clamd{Address: up}, noise(3 << 20), ""},
		{"small and bad", vault.Clamd{Address: up}, []byte("malware"), "virus_found"},
		{"large and bad", vault.Clamd{Address: up}, large, "virus_found"},
		{"bad, although optional", vault.Clamd{Address: up, Optional: true}, large, "virus_found"},
		{"down", vault.Clamd{Address: down}, []byte("fine"), "scanner_down"},
		{"down, large", vault.Clamd{Address: down}, noise(3 << 20), "scanner_down"},
		{"down, but optional", vault.Clamd{Address: down, Optional: true}, []byte("fine"), ""},
	} {
		v := &vault.Vault{DB: db, Dir: t.TempDir(), Now: time.Now, Scanner: &c.clamd}
		_, err := v.Take(t.Context(), bytes.NewReader(c.content), 64<<20)
		if code := ""; err != nil {
			code = fault.Of(err).Code
			if code != c.code {
				t.Errorf("%s: %v", c.name, err)
			}
		} else if c.code != "" {
			t.Errorf("%s: was taken", c.name)
		}
		if n := left(t, v); err != nil && n != 0 {
			t.Errorf("%s: %d things lie there", c.name, n)
		}
	}
}

//go:build unix

package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/vault"
)

// TestAKilledUploadLeavesNothing kills the server in the middle of an upload.
// What was acknowledged must be there, and nothing else once a later start swept.
func TestAKilledUploadLeavesNothing(t *testing.T) {
	binary, _ := builtBinary(t)
	for name, dir := range map[string]string{"database": "", "directory": t.TempDir()} {
		for kind, address := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				if dir != "" {
					dir := filepath.Join(dir, kind)
					t.Setenv("OCOPFLOW_FILES", dir)
					killUpload(t, binary, address, dir)
					return
				}
				killUpload(t, binary, address, "")
			})
		}
	}
}

func killUpload(t *testing.T, binary, address, dir string) {
	s := startServer(t, binary, address, t.TempDir())
	product := s.products(t)[0]
	whole := bytes.Repeat([]byte("whole "), 200_000)
	if status := s.bring(t, product, bytes.NewReader(whole), true); status != http.StatusCreated {
		t.Fatalf("upload: %d", status)
	}
	// The second one sends 3 MB, waits until they were taken in, and is killed there.
	body, writer := io.Pipe()
	ended := make(chan int)
	go func() { ended <- s.bring(t, product, body, false) }()
	for range 48 {
		if _, err := writer.Write(bytes.Repeat([]byte("half "), 13_000)); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	v := &vault.Vault{DB: db, Dir: dir, Now: time.Now}
	begun := func() bool {
		if dir != "" {
			files, err := filepath.Glob(filepath.Join(dir, "unfinished", "*"))
			return err == nil && len(files) == 1
		}
		var n int
		return db.QueryRow(t.Context(), "SELECT count(*) FROM upload_pieces").Scan(&n) == nil && n >= 3
	}
	for limit := time.Now().Add(20 * time.Second); !begun(); {
		if time.Now().After(limit) {
			t.Fatal("the upload was not taken in")
		}
	}
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.process.Wait() // it was killed
	_ = writer.CloseWithError(io.ErrUnexpectedEOF)
	<-ended
	v.Now = func() time.Time { return time.Now().Add(vault.Grace + time.Minute) }
	if n, err := v.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("%d uploads were cleared away, %v", n, err)
	}
	if n, err := v.Sweep(t.Context()); err != nil || n != 0 {
		t.Errorf("%d more were, %v", n, err)
	}
	report, err := audit.Verify(t.Context(), db, audit.Options{All: true, Files: dir})
	if err != nil || !report.OK {
		t.Errorf("audit: %+v, %v", report.Findings, err)
	}
	var documents int
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM documents WHERE size > 1000000").Scan(&documents); err != nil || documents != 1 {
		t.Errorf("%d documents, %v", documents, err)
	}
}

// bring uploads a file; 0 when the connection broke.
func (s *server) bring(t *testing.T, product string, content io.Reader, whole bool) int {
	head := fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"product\"\r\n\r\n%s\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n%s\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n", product, "awards")
	parts := []io.Reader{strings.NewReader(head), content}
	if whole {
		parts = append(parts, strings.NewReader("\r\n--b--\r\n"))
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), "POST", s.address+"/api/v1/documents", io.MultiReader(parts...))
	if err != nil {
		t.Error(err)
		return 0
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("Authorization", "Bearer "+s.token)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	_ = a.Body.Close() // only the status counts
	return a.StatusCode
}

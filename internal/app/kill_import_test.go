//go:build unix

package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/vault"
)

// An import of a whole file, and one of documents with their files, is killed later
// and later, until it gets through: before that nothing of it is there, after that
// all of it.
func TestAnImportThatIsKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	binary, _ := builtBinary(t)
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		const n = 1000
		file := filepath.Join(t.TempDir(), "products.xlsx")
		if err := os.WriteFile(file, filledIn(t, productHeads, o.manyProducts(n)...), 0o600); err != nil {
			t.Fatal(err)
		}
		killed(t, n, o.productCount, binary, "product", "import", file, "--database", address, "--data", t.TempDir())

		// A list of documents with its files: before it is through, none of them is
		// there, and what lies in the vault is cleared away.
		const docs = 60
		rows, files := make([][]any, docs), []string{"list.xlsx", ""}
		for i := range docs {
			name := fmt.Sprintf("%d.txt", i)
			rows[i] = []any{fmt.Sprintf("san-pham-%d", i), "award", name, "", "", ""}
			files = append(files, name, strings.Repeat(name, 200_000))
		}
		files[1] = string(filledIn(t, documentHeads, rows...))
		bundle := filepath.Join(t.TempDir(), "documents.zip")
		if err := os.WriteFile(bundle, packed(t, files...), 0o600); err != nil {
			t.Fatal(err)
		}
		killed(t, docs, o.documentCount, binary, "product", "import", bundle, "--kind", "documents", "--database", address, "--data", t.TempDir())
		v := *o.app.Desk.Vault
		v.Now = func() time.Time { return time.Now().Add(vault.Grace + time.Minute) }
		if _, err := v.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var uploads, named int
		if err := o.app.DB.QueryRow(t.Context(), "SELECT count(DISTINCT upload) FROM upload_pieces").Scan(&uploads); err != nil {
			t.Fatal(err)
		}
		if err := o.app.DB.QueryRow(t.Context(), "SELECT count(DISTINCT sha256) FROM documents WHERE size > 500000").Scan(&named); err != nil || uploads != named {
			t.Errorf("%d uploads lie there for %d documents, %v", uploads, named, err)
		}
		report, err := audit.Verify(t.Context(), o.app.DB, audit.Options{All: true})
		if err != nil || !report.OK {
			t.Errorf("audit: %+v, %v", report.Findings, err)
		}
	})
}

// killed runs a command that is killed later and later, until it gets through: it
// leaves nothing before that, and n more after it.
func killed(t *testing.T, n int64, count func() int64, command ...string) {
	t.Helper()
	before, kills := count(), 0
	for delay := 300 * time.Millisecond; ; delay += 450 * time.Millisecond {
		if delay > time.Minute {
			t.Fatal("it does not get through")
		}
		child := exec.Command(command[0], command[1:]...)
		var said bytes.Buffer
		child.Stdout, child.Stderr = &said, &said
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(delay, func() { _ = child.Process.Kill() }) // it may be over already
		err := child.Wait()
		timer.Stop()
		added := count() - before
		var killed *exec.ExitError
		switch {
		case added != 0 && added != n:
			t.Fatalf("killed after %v, %d of %d are there", delay, added, n)
		case err == nil && added == n:
			t.Logf("killed %d times, through in %v", kills, delay)
			if kills == 0 {
				t.Error("it was never killed")
			}
			return
		case errors.As(err, &killed) && killed.ExitCode() >= 0:
			t.Fatalf("it ended by itself with %d: %s", killed.ExitCode(), said.String())
		case added == n:
			return // killed after it was through
		}
		kills++
	}
}

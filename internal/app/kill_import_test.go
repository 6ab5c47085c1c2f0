//go:build unix

package app

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
)

// An import of a whole file is killed later and later, until it gets through:
// before that nothing of it is there, after that all of it.
func TestAnImportThatIsKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "ocopflow")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "../../cmd/ocopflow").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		const n = 1000
		file := filepath.Join(t.TempDir(), "products.xlsx")
		if err := os.WriteFile(file, filledIn(t, productHeads, o.manyProducts(n)...), 0o600); err != nil {
			t.Fatal(err)
		}
		before, kills := o.productCount(), 0
		for delay := 300 * time.Millisecond; ; delay += 450 * time.Millisecond {
			if delay > time.Minute {
				t.Fatal("it does not get through")
			}
			child := exec.Command(binary, "product", "import", file, "--database", address, "--data", t.TempDir())
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(delay, func() { _ = child.Process.Kill() }) // it may be over already
			err := child.Wait()
			timer.Stop()
			added := o.productCount() - before
			var killed *exec.ExitError
			switch {
			case added != 0 && added != n:
				t.Fatalf("killed after %v, %d of %d products are there", delay, added, n)
			case err == nil && added == n:
				t.Logf("killed %d times, through in %v", kills, delay)
				if kills == 0 {
					t.Error("it was never killed")
				}
				return
			case errors.As(err, &killed) && killed.ExitCode() >= 0:
				t.Fatalf("it ended by itself with %d", killed.ExitCode())
			case added == n:
				return // killed after it was through
			}
			kills++
		}
	})
}

//go:build unix

package draw

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program of two users starts for both: what is compiled for one is never laid
// where the other could have put it, and temporary files go where they are said to.
func TestCompiledCodeIsNotSharedBetweenUsers(t *testing.T) {
	t.Parallel()
	if os.Getenv("OCOPFLOW_TEST_TEMP") != "" {
		if got := os.TempDir(); got != os.Getenv("OCOPFLOW_TEST_TEMP") {
			t.Errorf("temporary files lie in %s", got)
		}
		return
	}
	temp, home := t.TempDir(), t.TempDir()
	trap := filepath.Join(temp, "go-graphviz")
	if err := os.WriteFile(trap, nil, 0o600); err != nil { // whoever looks into it fails
		t.Fatal(err)
	}
	for _, env := range [][]string{{"HOME=" + home}, {"HOME=/nonexistent"}, {}} {
		c := exec.Command(os.Args[0], "-test.run=^TestCompiledCodeIsNotSharedBetweenUsers$")
		c.Env = append([]string{"TMPDIR=" + temp, "OCOPFLOW_TEST_TEMP=" + temp}, env...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", env, err, out)
		}
	}
	info, err := os.Stat(filepath.Join(home, ".cache", "ocopflow"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the user's own folder: %v %v", info, err)
	}
	if info, err := os.Stat(trap); err != nil || info.IsDir() {
		t.Errorf("the shared folder was used: %v", err)
	}
}

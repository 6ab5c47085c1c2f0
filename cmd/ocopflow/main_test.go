package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/workbook"
)

const procedure = "../../workflows/ocop-2023.yaml"

func play(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

// jobSteps are the migrations that the library for durable jobs brings.
const jobSteps = 8

func TestExitCodes(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("procedure: x\nversio: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	files, err := filepath.Glob("../../migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	steps := jobSteps
	for _, name := range files {
		if !strings.HasSuffix(name, ".postgres.sql") {
			steps++
		}
	}
	heads := []string{"Mã đơn vị", "Tên đơn vị", "Cấp, loại", "Mã đơn vị cấp trên"}
	units := sheetOf(t, heads, "huyen-a", "Huyện A", "Huyện", "ha-tinh")
	lost := sheetOf(t, heads, "xa-b", "Xã B", "commune", "huyen-z")
	for _, x := range []struct {
		want int
		args []string
		says string
	}{
		{exitDone, []string{"--help"}, "workflow"},
		{exitDone, []string{"version"}, "ocopflow"},
		{exitDone, []string{"workflow", "check", procedure}, "✓"},
		{exitFailed, []string{"workflow", "check", broken}, "broken.yaml:2:1"},
		{exitFailed, []string{"workflow", "graph", broken}, ""},
		{exitDone, []string{"workflow", "graph", procedure}, "stateDiagram-v2"},
		{exitDone, []string{"workflow", "facts"}, "certificate.last_day"},
		{exitUsage, []string{"fly"}, ""},
		{exitUsage, []string{"workflow", "check", "nowhere.yaml"}, ""},
		{exitUsage, []string{"serve", "--colour"}, ""},
		{exitDone, []string{"migrate", "--database", db, "--json"}, fmt.Sprintf(`"steps":%d}`, steps)},
		{exitDone, []string{"unit", "add", "ha-tinh", "province", "--vi", "Tỉnh Hà Tĩnh", "--en", "Hà Tĩnh", "--database", db}, ""},
		{exitUsage, []string{"product", "import", "nowhere.xlsx"}, ""},
		{exitFailed, []string{"product", "import", "../../workflows/embed.go", "--database", db}, ""},
		{exitDone, []string{"product", "import", units, "--kind", "units", "--dry-run", "--json", "--database", db}, `"added":1,"already":0,"bad_rows":0`},
		{exitDone, []string{"product", "import", units, "--kind", "units", "--database", db}, "+1"},
		{exitDone, []string{"product", "import", units, "--kind", "units", "--rows", "--database", db}, "1 đã có"},
		{exitFailed, []string{"product", "import", units, "--kind", "producers", "--database", db}, ""},
		{exitFailed, []string{"product", "import", lost, "--kind", "units", "--json", "--database", db}, `"cell":"D2","code":"unit_wrong"`},
		{exitDone, []string{"account", "add", "thanh", "--password", "a long password", "--database", db}, ""},
		{exitFailed, []string{"account", "add", "thanh", "--password", "a long password", "--database", db}, ""},
		{exitFailed, []string{"account", "add", "binh", "--password", "short", "--database", db}, ""},
		{exitDone, []string{"account", "role", "thanh", "admin", "ha-tinh", "--database", db}, ""},
		{exitFailed, []string{"account", "role", "thanh", "king", "ha-tinh", "--database", db}, ""},
		{exitDone, []string{"account", "token", "thanh", "--database", db}, "ocop_"},
		{exitFailed, []string{"campaign", "import", broken, "--database", db}, ""},
		{exitDone, []string{"audit", "verify", "--database", db}, "✓"},
		{exitDone, []string{"audit", "checkpoint", "--database", db}, "— ocopflow/"},
		{exitFailed, []string{"serve", "--second-factor", "king", "--database", db}, ""},
		{exitFailed, []string{"serve", "--demo", "--listen", "0.0.0.0:0", "--database", db}, ""},
	} {
		code, out, errs := play(t, x.args...)
		if code != x.want || !strings.Contains(out, x.says) {
			t.Errorf("%v: code %d, want %d with %q\n%s%s", x.args, code, x.want, x.says, out, errs)
		}
	}
}

func TestTheStoryEndsWithTheTreeRecomputed(t *testing.T) {
	t.Parallel()
	code, out, errs := play(t, "story", "--lang", "vi")
	if code != exitDone || !strings.Contains(out, "cây tính lại bằng gốc đang lưu") {
		t.Errorf("code %d\n%s%s", code, out, errs)
	}
	code, out, errs = play(t, "story", "--json")
	var report struct {
		OK      bool
		Entries int
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitDone || !report.OK || report.Entries < 200 {
		t.Errorf("code %d: %s%s %v", code, out, errs, err)
	}
}

func TestTheEnvironmentComesBeforeTheFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("ocopflow.json", []byte(`{"database": "sqlite:`+filepath.ToSlash(dir)+`/file.db"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ env, args, want string }{
		{"", "", "file.db"}, {"env.db", "", "env.db"}, {"env2.db", "flag.db", "flag.db"},
	} {
		args := []string{"migrate"}
		if x.env != "" {
			t.Setenv("OCOPFLOW_DATABASE", "sqlite:"+filepath.Join(dir, x.env))
		}
		if x.args != "" {
			args = append(args, "--database", "sqlite:"+filepath.Join(dir, x.args))
		}
		if code, _, errs := play(t, args...); code != exitDone {
			t.Fatalf("%+v: %s", x, errs)
		}
		if _, err := os.Stat(filepath.Join(dir, x.want)); err != nil {
			t.Errorf("%+v: %v", x, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "env2.db")); err == nil {
		t.Error("the environment won over the flag")
	}
	// A command reads the file that the service reads; a backup makes no office.
	if err := os.Unsetenv("OCOPFLOW_DATABASE"); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"good": "# a word\n\n; another\nOCOPFLOW_DATA=" + dir + "/of\nOCOPFLOW_DATABASE=\"sqlite:" + dir + "/service.db\"\n", "bad": "what is that\n"} {
		if err := os.WriteFile(name+".env", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errs := play(t, "backup", "--settings", "good.env", "--to", "x"); code != exitFailed || !strings.Contains(errs, "no_office") {
		t.Errorf("%d %s", code, errs)
	}
	if _, err := os.Stat("service.db"); err == nil {
		t.Error("a backup made a database")
	}
	if code, _, errs := play(t, "migrate", "--settings", "good.env"); code != exitDone {
		t.Error(errs)
	}
	if _, err := os.Stat("service.db"); err != nil {
		t.Error(err)
	}
	if code, _, errs := play(t, "migrate", "--settings", "bad.env"); code != exitUsage || !strings.Contains(errs, "line 1") {
		t.Errorf("%d %s", code, errs)
	}
}

// sheetOf makes a workbook with headings and one row.
func sheetOf(t *testing.T, heads []string, row ...any) string {
	t.Helper()
	b, err := workbook.New()
	if err != nil {
		t.Fatal(err)
	}
	columns := make([]workbook.Column, len(heads))
	for i, h := range heads {
		columns[i].Title = h
	}
	s, err := b.Sheet("x", columns...)
	if err == nil {
		err = s.Row(row...)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "x.xlsx")
	f, err := os.Create(name)
	if err == nil {
		_, err = b.WriteTo(f)
	}
	if err = errors.Join(err, f.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

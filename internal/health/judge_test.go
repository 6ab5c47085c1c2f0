package health

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ocopflow/internal/job"
	"ocopflow/internal/meter"
	"ocopflow/internal/notary"
	"ocopflow/internal/store"
)

// well is a program of which all is good.
func well() Facts {
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	return Facts{Now: now, Ledger: now, Newest: now.Add(-time.Minute), Started: now.Add(-49 * time.Hour), Version: "1.0", Schema: 48, Dialect: "sqlite", Entries: 7, Wait: 3 * time.Millisecond,
		Kept:    notary.Standing{Size: 7, At: now.Add(-time.Minute), Witnesses: 1, WitnessedAt: now.Add(-time.Minute)},
		Backups: Backups{Dir: "b", Every: 24 * time.Hour, Keep: 14, Sealed: true, Newest: now.Add(-5 * time.Hour), Number: 3},
		Disk:    Space{100 << 30, 200 << 30}, Memory: Space{Total: 1 << 30}, Used: 200 << 20, Encrypted: true, TLSEnd: now.Add(60 * 24 * time.Hour),
		MailsOn: true, Batches: meter.Batches{Number: 4, Acts: 8, Mean: 2 * time.Millisecond}}
}

// Each thing is good by itself, and each way in which it is not is told apart,
// with a sentence in both languages and a section of the runbook.
func TestEachThingIsJudged(t *testing.T) {
	t.Parallel()
	all := Judge(well())
	if all.State != Good || len(all.Lines) != len(judges) {
		t.Errorf("%+v", all)
	}
	for _, l := range all.Lines {
		if l.State != Good || l.Todo.Vi != "" || l.Value.Vi == "" || l.Value.En == "" || l.Title.Vi == "" || l.Title.En == "" {
			t.Errorf("%+v", l)
		}
	}
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(text), -1) {
		sections[strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")] = true
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		line string
		want State
		with func(*Facts)
	}{
		{"database", Act, func(f *Facts) { f.Database = errors.New("read-only") }},
		{"database", Look, func(f *Facts) { f.Database = &pgconn.PgError{Code: "25006"} }},
		{"database", Look, func(f *Facts) { f.Wait = 2 * time.Second }},
		{"clock", Act, func(f *Facts) { f.Newest = f.Ledger.Add(time.Hour) }},
		{"checkpoint", Act, func(f *Facts) { f.KeptErr = errors.New("x") }},
		{"checkpoint", Look, func(f *Facts) { f.Kept.At = time.Time{} }},
		{"checkpoint", Look, func(f *Facts) { f.Kept.At = f.Now.Add(-time.Hour) }},
		{"witnesses", Look, func(f *Facts) { f.Kept.Witnesses = 0 }},
		{"witnesses", Look, func(f *Facts) { f.Kept.WitnessedAt = time.Time{} }},
		{"witnesses", Look, func(f *Facts) { f.Kept.WitnessedAt = f.Now.Add(-2 * time.Hour) }},
		{"backups", Act, func(f *Facts) { f.Backups = Backups{} }},
		{"backups", Act, func(f *Facts) { f.Backups.Err = errors.New("gone") }},
		{"backups", Act, func(f *Facts) { f.Backups.Newest = time.Time{} }},
		{"backups", Act, func(f *Facts) { f.Backups.Newest = f.Now.Add(-3 * day) }},
		{"backups", Look, func(f *Facts) { f.Backups.Sealed = false }},
		{"jobs", Act, func(f *Facts) { f.JobsErr = errors.New("x") }},
		{"jobs", Act, func(f *Facts) { f.Jobs = []job.Trouble{{Task: "backup", Failed: 1, Lasts: true}} }},
		{"jobs", Look, func(f *Facts) { f.Jobs = []job.Trouble{{Task: "sweep", Failed: 2}} }},
		{"timers", Look, func(f *Facts) { f.Overdue = 101 }},
		{"mails", Look, func(f *Facts) { f.Mails = store.Backlog{Failed: 1} }},
		{"webhooks", Look, func(f *Facts) { f.Webhooks = store.Backlog{Waiting: 1, Late: 1} }},
		{"disk", Act, func(f *Facts) { f.Disk.Free = 100 << 20 }},
		{"disk", Look, func(f *Facts) { f.Disk.Free = 10 << 30 }},
		{"disk", Look, func(f *Facts) { f.DiskErr = errors.ErrUnsupported }},
		{"memory", Look, func(f *Facts) { f.Used = 1000 << 20 }},
		{"certificate", Act, func(f *Facts) { f.TLSEnd = f.Now.Add(2 * day) }},
		{"certificate", Look, func(f *Facts) { f.TLSEnd = f.Now.Add(20 * day) }},
		{"certificate", Act, func(f *Facts) { f.TLSErr = errors.New("x") }},
		{"batches", Look, func(f *Facts) { f.Batches.Mean = time.Second }},
		{"batches", Look, func(f *Facts) { f.Batches.Failed = 1 }},
	} {
		f := well()
		c.with(&f)
		r := Judge(f)
		for _, l := range r.Lines {
			switch {
			case l.Name != c.line && l.State != Good:
				t.Errorf("%s: %s became %s", c.line, l.Name, l.State)
			case l.Name == c.line && (l.State != c.want || r.State != c.want || l.Todo.Vi == "" || l.Todo.En == "" || l.Todo.Vi == l.Todo.En || !sections[strings.TrimPrefix(l.Runbook, "docs/operations.md#")]):
				t.Errorf("%s: %+v of %s, want %s", c.line, l, r.State, c.want)
			}
		}
	}
	without := well()
	without.MailsOn, without.Encrypted, without.Memory, without.Batches = false, false, Space{}, meter.Batches{}
	if r := Judge(without); r.State != Good {
		t.Errorf("what was not set up is no fault: %+v", r)
	}
}

func TestStretchesOfTimeAreShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{-time.Hour: "0s", 3 * time.Second: "3s", 61 * time.Second: "1m 1s", 25 * time.Hour: "1d 1h", 2 * time.Hour: "2h 0m"} {
		if got := short(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

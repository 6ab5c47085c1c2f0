package health

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/backup"
	"ocopflow/internal/commit"
	"ocopflow/internal/job"
	"ocopflow/internal/meter"
	"ocopflow/internal/notary"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
)

// Desk gathers the facts.
type Desk struct {
	DB          *sqldb.DB
	Committer   *commit.Committer
	Notary      *notary.Notary
	Meter       *meter.Meter
	Clock       func() time.Time // the ledger's
	Data        string           // data directory
	Backup      backup.Schedule
	MailsOn     bool
	Certificate func() (time.Time, error) // end of the one of HTTPS; nil without HTTPS
	Tasks       *job.Runner               // nil when nothing runs in the background
	Version     string
	Started     time.Time
}

// Look reports to an administrator.
//
// Faults: who_may_not (Forbidden).
func (d *Desk) Look(ctx context.Context, by access.Actor) (Report, error) {
	if !by.Has(access.Admin) {
		return Report{}, accounts.NotAdmin()
	}
	f, err := d.facts(ctx)
	if err != nil {
		return Report{}, err
	}
	return Judge(f), nil
}

func (d *Desk) facts(ctx context.Context) (f Facts, err error) {
	f = Facts{Now: time.Now(), Ledger: d.Clock(), Version: d.Version, Started: d.Started, Dialect: string(d.DB.Dialect()), MailsOn: d.MailsOn, Batches: d.Meter.Batches()}
	began := time.Now()
	f.Database = d.Committer.Ready(ctx)
	f.Wait = time.Since(began)
	if f.Schema, err = migrations.Version(ctx, d.DB); err != nil {
		return f, err
	}
	head, err := store.LoadHead(ctx, d.DB)
	if err != nil {
		return f, err
	}
	f.Entries, f.Newest = head.Tree.Size, head.LastAt
	f.Kept, f.KeptErr = d.Notary.Standing(head.Origin)
	if f.Overdue, err = store.OverdueTimers(ctx, d.DB, f.Ledger); err != nil {
		return f, err
	}
	if f.Sessions, err = store.RunningSessions(ctx, d.DB, f.Now); err != nil {
		return f, err
	}
	if f.Mails, err = store.MailBacklog(ctx, d.DB, f.Ledger); err != nil {
		return f, err
	}
	if f.Webhooks, err = store.DeliveryBacklog(ctx, d.DB, f.Ledger); err != nil {
		return f, err
	}
	if d.Tasks != nil {
		f.Jobs, f.JobsErr = d.Tasks.Troubles(ctx, f.Now)
	}
	d.machine(&f)
	return f, nil
}

// machine looks beside the database.
func (d *Desk) machine(f *Facts) {
	f.Backups = Backups{Dir: d.Backup.Dir, Every: d.Backup.Every, Keep: d.Backup.Keep, Sealed: len(d.Backup.Recipients) > 0}
	if d.Backup.Dir != "" {
		f.Backups.Newest, f.Backups.Number, f.Backups.Err = backup.Standing(d.Backup.Dir)
	}
	f.Disk, f.DiskErr = SpaceOf(d.Data)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.Used, f.Memory.Total = m.Sys-m.HeapReleased, memoryLimit()
	if f.Encrypted = d.Certificate != nil; f.Encrypted {
		f.TLSEnd, f.TLSErr = d.Certificate()
	}
}

// memoryLimit is that of the service or container (cgroup 2); 0 without any.
func memoryLimit() uint64 {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0
	}
	_, group, _ := strings.Cut(strings.TrimSpace(string(own)), "::")
	text, err := os.ReadFile(filepath.Join("/sys/fs/cgroup", group, "memory.max"))
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64) // "max" is none
	return n
}

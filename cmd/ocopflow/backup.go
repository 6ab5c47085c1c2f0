package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ocopflow/internal/backup"
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
	"ocopflow/migrations"
)

type backupCmd struct {
	database
	To        string   `help:"File to write, or a folder. Default: a file named by the moment, in this folder." type:"path" placeholder:"FILE"`
	Recipient []string `help:"Public key of age (age1…) that can open the backup, repeatable; not encrypted, unless said." placeholder:"AGE" env:"OCOPFLOW_BACKUP_RECIPIENT"`
	Files     string   `help:"Directory that keeps the contents of documents, if serve has one." type:"path" env:"OCOPFLOW_FILES"`
	JSON      bool     `help:"Print JSON."`
}

// Run writes a backup beside a running server, and reads it back.
func (c backupCmd) Run(w world) error {
	recipients, err := backup.Recipients(c.Recipient)
	if err != nil {
		return err
	}
	name := c.To
	if info, err := os.Stat(name); name == "" || err == nil && info.IsDir() {
		name = filepath.Join(name, backup.FileName(time.Now()))
	}
	db, err := c.existing(w.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	h, err := backup.Source{DB: db, Data: c.dir(), Files: c.Files, Version: version, Now: time.Now}.To(w.ctx, name, recipients)
	if err != nil {
		return err
	}
	return w.print(c.JSON, backupLine{name, h.Entries, h.Root, h.MadeAt}, func(out io.Writer) {
		fmt.Fprintf(out, "%s: %d mục/entries, %s\n", name, h.Entries, h.Root)
	})
}

// existing opens a database that holds an office. One that is not there is not
// made: whoever backs it up named another place than the server's.
func (d database) existing(ctx context.Context) (*sqldb.DB, error) {
	none := fault.New(fault.NotFound, "no_office", "Ở đây không có cơ sở dữ liệu của văn phòng nào. Hãy chỉ tệp thiết lập của dịch vụ, ví dụ --settings /etc/ocopflow/ocopflow.env, hoặc --database, --data.",
		"There is no office's database here. Name the settings of the service, such as --settings /etc/ocopflow/ocopflow.env, or --database, --data.")
	if file, ok := strings.CutPrefix(d.url(), "sqlite:"); ok {
		if _, err := os.Stat(strings.TrimPrefix(file, "//")); errors.Is(err, fs.ErrNotExist) {
			return nil, none.At(file, "Không có tệp này.", "There is no such file.")
		}
	}
	db, err := sqldb.Open(ctx, d.url())
	if err != nil {
		return nil, err
	}
	version, err := migrations.Version(ctx, db)
	if err == nil && version == 0 {
		err = none
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Backups are the settings of those that serve makes by itself.
type Backups struct {
	Dir       string        `help:"Folder in which backups are made by themselves; none, unless said." type:"path" env:"OCOPFLOW_BACKUP_DIR"`
	Every     time.Duration `help:"Time between backups." default:"24h" env:"OCOPFLOW_BACKUP_EVERY"`
	Keep      int           `help:"How many are kept; older ones are removed." default:"14" env:"OCOPFLOW_BACKUP_KEEP"`
	Recipient []string      `help:"Public key of age (age1…) that can open backups, repeatable; not encrypted, unless said." placeholder:"AGE" env:"OCOPFLOW_BACKUP_RECIPIENT"`
}

func (b Backups) schedule() (s backup.Schedule, err error) {
	if b.Dir == "" {
		return s, nil
	}
	if b.Every < time.Minute || b.Keep < 1 {
		return s, errors.New("--backup-every is at least a minute, --backup-keep at least 1")
	}
	s = backup.Schedule{Dir: b.Dir, Every: b.Every, Keep: b.Keep}
	s.Recipients, err = backup.Recipients(b.Recipient)
	return s, err
}

// backupLine is what a backup holds, as a program reads it.
type backupLine struct {
	File    string    `json:"file"`
	Entries int64     `json:"entries"`
	Root    string    `json:"root"`
	MadeAt  time.Time `json:"made_at"`
}

type restoreCmd struct {
	database
	File     string `arg:"" help:"Backup." type:"existingfile"`
	Identity string `help:"File with the private key of age that opens it." type:"existingfile" env:"OCOPFLOW_BACKUP_IDENTITY"`
	Files    string `help:"Directory for the contents of documents, if the backup holds some that lay in one." type:"path" env:"OCOPFLOW_FILES"`
	Check    bool   `help:"Only read it through: each byte, and the ledger's root. Nothing is written."`
	JSON     bool   `help:"Print JSON."`
}

// Run brings a backup into an empty place, or only reads it through.
func (c restoreCmd) Run(w world) error {
	identities, err := backup.Identities(c.Identity)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if c.Check {
		h, err := backup.Check(f, identities)
		if err != nil {
			return err
		}
		return w.print(c.JSON, backupLine{c.File, h.Entries, h.Root, h.MadeAt}, func(out io.Writer) {
			fmt.Fprintf(out, "%s: tốt/good, %d mục/entries, %s\n", c.File, h.Entries, h.Root)
		})
	}
	db, err := sqldb.Open(w.ctx, c.url())
	if err != nil {
		return err
	}
	done, err := backup.Target{DB: db, Data: c.dir(), Files: c.Files}.Restore(w.ctx, f, identities)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return w.print(c.JSON, done, func(out io.Writer) {
		fmt.Fprintf(out, "%d mục/entries, %s: đã khôi phục và kiểm tra/restored and verified\n", done.Audit.Entries, done.Audit.Root)
		for _, name := range done.Newer {
			fmt.Fprintf(out, "%s: giữ nguyên; nếu nó mới hơn, máy chủ sẽ báo động khi khởi động/kept as it was; if it is newer, the server will raise the alarm when it starts (ocopflow audit acknowledge --reason …)\n", name)
		}
	})
}

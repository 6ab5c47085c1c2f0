package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ocopflow/internal/app"
	"ocopflow/internal/audit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/sqldb"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute hashes, chains, tree and scoring of the ledger, or check a certificate offline; a fault ends with code 1."`

	Checkpoint auditCheckpointCmd `cmd:"" help:"Print the signed tree head (C2SP tlog-checkpoint)."`

	Acknowledge auditAcknowledgeCmd `cmd:"" help:"Say, once and for good, that an older database was restored on purpose."`
}

type auditCheckpointCmd struct {
	database
}

// Run prints the tree head as it stands now, signed: keep it, and a later ledger
// can be held against it.
func (c auditCheckpointCmd) Run(w world) error {
	note, err := on(w, c.database, func(a *app.App) ([]byte, error) { return a.Notary.Checkpoint(w.ctx) })
	if err != nil {
		return err
	}
	_, err = w.out.Write(note)
	return err
}

type auditAcknowledgeCmd struct {
	database
	Reason string `required:"" help:"Why an older database was restored; it is kept for good."`
}

// Run opens a database that was restored on purpose, once, and enters that.
func (c auditAcknowledgeCmd) Run(w world) error {
	if strings.TrimSpace(c.Reason) == "" {
		return fault.New(fault.Invalid, "reason_missing", "Phải nêu lý do.", "A reason is needed.")
	}
	a, err := app.Open(w.ctx, app.Config{Database: c.url(), Data: c.dir(), Own: c.Procedures, Version: version, Idle: true, Restored: c.Reason})
	if err != nil {
		return err
	}
	return a.Close()
}

type auditVerifyCmd struct {
	database
	Certificate string `help:"Check this certificate offline: the text of its QR code, or a file that holds it. No database is opened." placeholder:"FILE|TEXT"`
	Key         string `help:"Public key of the ledger, or a file that holds it; unless given, the one in the data directory." placeholder:"FILE|KEY"`
	JSON        bool   `help:"Print JSON."`
}

func (c auditVerifyCmd) Run(w world) error {
	if c.Certificate != "" {
		return c.certificate(w)
	}
	db, err := sqldb.Open(w.ctx, c.url())
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := audit.Verify(w.ctx, db, audit.Options{})
	if err != nil {
		return err
	}
	err = w.print(c.JSON, report, func(out io.Writer) {
		if report.OK {
			fmt.Fprintf(out, "✓ %d entries, root %s\n", report.Entries, report.Root)
			if report.Restores > 0 {
				fmt.Fprintf(out, "! %d restores of an older database were acknowledged\n", report.Restores)
			}
		} else {
			fmt.Fprintf(out, "✗ %s\n", report.Fault)
		}
	})
	if err == nil && !report.OK {
		err = errSilent
	}
	return err
}

// certificate checks one offline.
func (c auditVerifyCmd) certificate(w world) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	text, err := textOrFile(c.Certificate)
	if err != nil {
		return err
	}
	k, err := register.CheckEvidence(text, key)
	if err != nil {
		return errors.Join(err, errors.Unwrap(err))
	}
	return w.print(c.JSON, k, func(out io.Writer) {
		fmt.Fprintf(out, "✓ %s · %d ★ · %s · %s\n", k.Number, k.Stars, k.Name, k.Producer)
		fmt.Fprintf(out, "  %s – %s · %s #%d/%d\n", k.IssuedOn.In(w.lang), k.LastDay.In(w.lang), k.Origin, k.Index, k.Size)
		fmt.Fprintln(out, " ", ocop.Text{Vi: "Đúng với sổ cái vào lúc ký điểm chốt. Sau đó có bị thu hồi không, chỉ sổ đăng ký biết.",
			En: "True of the ledger when the checkpoint was signed. Whether it was revoked since, only the register knows."}.In(w.lang))
	})
}

// key is the public key to trust.
func (c auditVerifyCmd) key() (string, error) {
	if c.Key != "" {
		return textOrFile(c.Key)
	}
	text, err := readSmall(filepath.Join(c.dir(), audit.KeyFile))
	if err != nil {
		return "", fmt.Errorf("which key is trusted? Give --key (a server publishes it at /api/v1/audit/key): %w", err)
	}
	_, public, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(public), nil
}

// textOrFile is the content of a file of that name, or the text itself.
func textOrFile(s string) (string, error) {
	if len(s) > 1000 || strings.ContainsAny(s, "\n{") {
		return s, nil
	}
	if _, err := os.Stat(s); err != nil {
		return s, nil
	}
	text, err := readSmall(s)
	return string(text), err
}

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
	"ocopflow/internal/notary"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/sqldb"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute hashes, chains, tree and scoring of the ledger, decide every move again and hold every row against it; or check a bundle or a certificate offline. A fault ends with code 1."`

	Export auditExportCmd `cmd:"" help:"Write the whole history as JSON Lines, CSV, XES (IEEE 1849), OCEL 2.0, or a bundle that can be checked offline."`

	Proof auditProofCmd `cmd:"" help:"Print an entry with the proof that it is in the ledger; audit verify --proof checks it offline."`

	Consistency auditConsistencyCmd `cmd:"" help:"Prove that the ledger of one checkpoint is the beginning of that of another."`

	Key       auditKeyCmd       `cmd:"" help:"Print the public key that signs checkpoints, or all that ever did."`
	RotateKey auditRotateKeyCmd `cmd:"" help:"Sign with a new key from now on; the old one vouches for it in the ledger."`
	Erase     auditEraseCmd     `cmd:"" help:"Forget private values of an entry; its proof goes on holding."`

	Checkpoint auditCheckpointCmd `cmd:"" help:"Print the signed tree head (C2SP tlog-checkpoint)."`

	Acknowledge auditAcknowledgeCmd `cmd:"" help:"Say, once and for good, that an older database was restored on purpose."`
}

type auditCheckpointCmd struct {
	database
	Witness []string `help:"Witness that is asked to co-sign it first, repeatable." placeholder:"URL=VKEY" env:"OCOPFLOW_WITNESS"`
}

// Run prints the tree head as it stands now, signed: keep it, and a later ledger
// can be held against it.
func (c auditCheckpointCmd) Run(w world) error {
	note, err := on(w, c.database, func(a *app.App) ([]byte, error) {
		for _, text := range c.Witness {
			x, err := notary.ParseWitness(text)
			if err != nil {
				return nil, err
			}
			a.Notary.Witnesses = append(a.Notary.Witnesses, x)
		}
		if len(c.Witness) > 0 {
			if err := a.Notary.Keep(w.ctx); err != nil {
				return nil, err
			}
		}
		return a.Notary.Checkpoint(w.ctx)
	})
	if err != nil {
		return err
	}
	_, err = w.out.Write(note)
	return err
}

type auditExportCmd struct {
	database
	Format string `enum:"jsonl,csv,xes,ocel,bundle" default:"jsonl" help:"One of ${enum}."`
	Out    string `short:"o" help:"File to write; standard output unless given." placeholder:"FILE"`
}

// Run writes the history as it is at one moment.
func (c auditExportCmd) Run(w world) error {
	_, err := on(w, c.database, func(a *app.App) (struct{}, error) {
		if c.Out == "" {
			return struct{}{}, audit.Export(w.ctx, a.Notary, c.Format, w.out)
		}
		f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, errors.Join(audit.Export(w.ctx, a.Notary, c.Format, f), f.Close())
	})
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
	Checkpoint  []string `help:"The ledger must extend this checkpoint, which somebody kept; may be given several times." placeholder:"FILE"`
	Proof       string   `help:"Check offline that an entry is in the ledger: what audit proof printed, or a file that holds it." placeholder:"FILE|TEXT"`
	Bundle      string   `help:"Check this bundle offline. No database is opened." placeholder:"FILE"`
	All         bool     `help:"Name every fault, not only the first."`
	Files       string   `help:"Directory that keeps the contents of documents, as the server was told." type:"path" env:"OCOPFLOW_FILES"`
	Certificate string   `help:"Check this certificate offline: the text of its QR code, or a file that holds it. No database is opened." placeholder:"FILE|TEXT"`
	Key         string   `help:"Public key of the ledger, or a file that holds it; unless given, the one in the data directory." placeholder:"FILE|KEY"`
	JSON        bool     `help:"Print JSON."`
}

func (c auditVerifyCmd) Run(w world) error {
	switch {
	case c.Certificate != "":
		return c.certificate(w)
	case c.Proof != "":
		return c.proof(w)
	}
	report, err := c.verify(w)
	if err != nil {
		return err
	}
	err = w.print(c.JSON, report, func(out io.Writer) {
		for _, f := range report.Findings {
			fmt.Fprintf(out, "✗ %s\n", f)
		}
		if report.OK {
			fmt.Fprintf(out, "✓ %d entries, root %s\n", report.Entries, report.Root)
		}
		if report.Restores > 0 {
			fmt.Fprintf(out, "! %d restores of an older database were acknowledged\n", report.Restores)
		}
		if report.Erased > 0 {
			fmt.Fprintf(out, "! %d private values were erased on record\n", report.Erased)
		}
	})
	if err == nil && !report.OK {
		err = errSilent
	}
	return err
}

// verify checks a bundle, or a database and the checkpoint kept beside it.
func (c auditVerifyCmd) verify(w world) (audit.Report, error) {
	o := audit.Options{All: c.All, Files: c.Files, Progress: w.progress()}
	for _, file := range c.Checkpoint {
		keys, err := c.keys()
		if err != nil {
			return audit.Report{}, err
		}
		k, err := byAny(keys, func(key string) (notary.Kept, error) { return readCheckpoint(file, key) })
		if err != nil {
			return audit.Report{}, err
		}
		o.Kept = append(o.Kept, k)
	}
	if c.Bundle != "" {
		key := ""
		if c.Key != "" {
			var err error
			if key, err = textOrFile(c.Key); err != nil {
				return audit.Report{}, err
			}
		} else {
			fmt.Fprintln(w.errs, ocop.Text{Vi: "Không có --key: dùng khóa trong gói, nên chỉ chứng minh được gói khớp với chính nó.",
				En: "No --key: the key in the bundle is used, which proves that the bundle agrees with itself and no more."}.In(w.lang))
		}
		return audit.VerifyBundle(w.ctx, c.Bundle, key, o)
	}
	db, err := sqldb.Open(w.ctx, c.url())
	if err != nil {
		return audit.Report{}, err
	}
	defer db.Close()
	report, err := audit.Verify(w.ctx, db, o)
	if err != nil {
		return report, err
	}
	var alarm *notary.RolledBack
	kept := &notary.Notary{DB: db, File: filepath.Join(c.dir(), notary.KeyFile)}
	if err := kept.Check(w.ctx); errors.As(err, &alarm) {
		report.OK, report.Findings = false, append(report.Findings, audit.Finding{Text: alarm.Error()})
	} else if err != nil && report.OK {
		return report, err
	}
	return report, nil
}

// progress tells how far a long command is, on a terminal; nil elsewhere.
func (w world) progress() func(done, of int64) {
	f, ok := w.errs.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(done, of int64) {
		fmt.Fprintf(f, "\r%3d %%  %d/%d", 100*done/max(of, 1), done, of)
		if done >= of {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}

// certificate checks one offline.
func (c auditVerifyCmd) certificate(w world) error {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	text, err := textOrFile(c.Certificate)
	if err != nil {
		return err
	}
	k, err := byAny(keys, func(key string) (register.Issued, error) { return register.CheckEvidence(text, key) })
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

// keys are the public keys to trust: the one given, or that of the data
// directory and those that it replaced.
func (c auditVerifyCmd) keys() ([]string, error) {
	if c.Key != "" {
		key, err := textOrFile(c.Key)
		return []string{key}, err
	}
	keys, err := notary.PublicKeys(filepath.Join(c.dir(), notary.KeyFile))
	if err != nil {
		return nil, fmt.Errorf("which key is trusted? Give --key (a server publishes it at /api/v1/audit/key): %w", err)
	}
	return keys, nil
}

// byAny checks something by the first of the keys that signed it.
func byAny[T any](keys []string, check func(key string) (T, error)) (out T, err error) {
	for _, key := range keys {
		if out, err = check(key); err == nil {
			break
		}
	}
	return out, err
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

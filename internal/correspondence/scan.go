package correspondence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
)

// scans are the types of files that hold a scanned paper.
var scans = []string{"application/pdf", "image/png", "image/jpeg", "image/webp"}

// scan is a file that is kept with a line.
type scan struct {
	file  store.PaperFile
	taken *vault.Taken
}

func (s *scan) save(ctx context.Context, tx *sqldb.Tx) error {
	if err := store.KeepContent(ctx, tx, s.taken.Content); err != nil {
		return err
	}
	return store.InsertPaperFile(ctx, tx, s.file)
}

// scanned checks a file that lies in the vault.
func scanned(bad *fault.Error, name string, taken *vault.Taken, a access.Actor, now time.Time) *store.PaperFile {
	clean, media := casework.CheckFile(bad, name, taken)
	if taken.Size > 0 && !slices.Contains(scans, media) {
		bad.At("file", "Bản chụp phải là tệp PDF hoặc ảnh.", "A scan must be a PDF or a picture.")
	}
	return &store.PaperFile{Name: clean, MediaType: media, Size: taken.Size, SHA256: taken.SHA256, FiledBy: a.ID, FiledAt: now}
}

// Scan is the file of a paper that is in its register without one.
type Scan struct {
	ID    string // of the line
	Name  string
	Taken *vault.Taken
	Actor access.Actor
	Key   *commit.Key
}

// Attach puts the scan to a line that has none: the line itself stays as it is. One
// that is there is never replaced: the line is voided and registered again.
//
// Faults: not_found; who_may_not (Forbidden); paper_line_wrong (Invalid);
// paper_void, scan_there (Conflict).
func (d *Desk) Attach(ctx context.Context, s Scan) (store.Paper, error) {
	l, err := d.attach(ctx, s)
	return l, errors.Join(err, d.Cases.Vault.Settle(context.WithoutCancel(ctx), s.Taken))
}

func (d *Desk) attach(ctx context.Context, s Scan) (store.Paper, error) {
	return d.change(ctx, s.Actor, s.ID, nil, s.Key, func(l *store.Paper, now time.Time) (commit.Outcome, error) {
		if l.File != nil {
			return commit.Outcome{}, fault.New(fault.Conflict, "scan_there", "Văn bản đã có bản chụp, không thay được. Nếu nhầm, hãy hủy dòng và vào sổ lại.",
				"The paper has its scan, which is not replaced. If it is wrong, void the line and register it again.")
		}
		bad := wrong()
		l.File = scanned(bad, s.Name, s.Taken, s.Actor, now)
		if err := bad.OrNil(); err != nil {
			return commit.Outcome{}, err
		}
		l.File.Paper = l.ID
		draft := lineDraft(*l, s.Actor, s.Key, "scan_paper")
		draft.Refs = []string{"sha256:" + l.File.SHA256}
		file := scan{*l.File, s.Taken}
		return commit.Outcome{Drafts: []ledger.Draft{draft}, State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return file.save(ctx, tx) })}, nil
	})
}

// OpenScan opens the scan of a paper whose line the actor may see.
//
// Faults: not_found.
func (d *Desk) OpenScan(ctx context.Context, a access.Actor, id string) (*store.PaperFile, io.ReadSeekCloser, error) {
	l, err := d.Paper(ctx, a, id)
	if err != nil {
		return nil, nil, err
	}
	if l.File == nil {
		return nil, nil, casework.NotFound()
	}
	content, err := d.Cases.Vault.Open(ctx, d.DB, l.File.SHA256)
	return l.File, content, err
}

// Voiding says that a line was a mistake.
type Voiding struct {
	ID      string
	Reason  string
	Version *int64 // as the caller saw it; nil accepts any
	Actor   access.Actor
	Key     *commit.Key
}

// Void makes a line void: it stays to be seen under its number.
//
// Faults: not_found; who_may_not (Forbidden); stale; paper_void (Conflict);
// paper_line_wrong (Invalid).
func (d *Desk) Void(ctx context.Context, v Voiding) (store.Paper, error) {
	return d.change(ctx, v.Actor, v.ID, v.Version, v.Key, func(l *store.Paper, now time.Time) (commit.Outcome, error) {
		bad := wrong()
		reason := strings.TrimSpace(v.Reason)
		bad.Length("body.reason", reason, 1, maxReason)
		if err := bad.OrNil(); err != nil {
			return commit.Outcome{}, err
		}
		l.VoidedBy, l.VoidedAt, l.Reason, l.Version = v.Actor.ID, &now, reason, l.Version+1
		draft := lineDraft(*l, v.Actor, v.Key, "void_paper")
		draft.Private = []ledger.Private{casework.NewPrivate("comment", reason)}
		void := *l
		return commit.Outcome{Drafts: []ledger.Draft{draft}, State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return store.VoidPaper(ctx, tx, void) })}, nil
	})
}

// change decides an act on a line that stands, for whoever keeps its register.
func (d *Desk) change(ctx context.Context, a access.Actor, id string, version *int64, key *commit.Key, do func(*store.Paper, time.Time) (commit.Outcome, error)) (store.Paper, error) {
	before, err := d.Paper(ctx, a, id)
	if err != nil {
		return store.Paper{}, err
	}
	locks := []string{Lock(before.Unit.ID)}
	if before.Product != "" {
		locks = append(locks, "product:"+before.Product)
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		l, err := load(ctx, q, a, id)
		switch {
		case err != nil:
			return commit.Outcome{}, err
		case !Keeps(a, l.Path):
			return commit.Outcome{}, mayNot()
		case version != nil && *version != l.Version:
			return commit.Outcome{}, fault.New(fault.Stale, "stale", fmt.Sprintf("Dòng sổ đã thay đổi (nay là phiên bản %d). Hãy tải lại.", l.Version),
				fmt.Sprintf("The line was changed (now version %d). Reload.", l.Version))
		case l.Void():
			return commit.Outcome{}, fault.New(fault.Conflict, "paper_void", "Dòng này đã hủy. Nếu cần, hãy vào sổ một dòng khác.", "This line is void already. Register another one if need be.")
		}
		out, err := do(l, now)
		seen := *l
		out.Answer = func([]ledger.Entry) any { return seen }
		return out, err
	}
	return commit.Do[store.Paper](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: key, Locks: locks})
}

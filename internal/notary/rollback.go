package notary

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	fmtlog "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/disk"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// RolledBack says that the database does not extend the checkpoint that was kept
// beside it: it was restored from an older state, or changed.
type RolledBack struct {
	Kept int64 // entries that the checkpoint covers
	Has  int64 // entries that the database holds
	File string
}

func (r *RolledBack) Error() string {
	return fmt.Sprintf("the database (%d entries) does not continue the checkpoint of %d entries kept in %s: it was restored from an older state, or changed. "+
		"Bring the newer database back; or, if an older one was restored on purpose, say so once: ocopflow audit acknowledge --reason …", r.Has, r.Kept, r.File)
}

// kept is the file of the newest checkpoint, one for each ledger.
func (n *Notary) kept(origin string) string {
	return filepath.Join(filepath.Dir(n.File), "checkpoint-"+strings.ReplaceAll(origin, "/", "-")+".txt")
}

// Keep signs the tree head, keeps it outside of the database and asks the
// witnesses to co-sign it.
func (n *Notary) Keep(ctx context.Context) error {
	n.keeping.Lock()
	defer n.keeping.Unlock()
	c, head, err := n.sign(ctx)
	if err != nil {
		return err
	}
	if err := n.replace(n.kept(head.Origin), c); err != nil || len(n.Witnesses) == 0 || head.Tree.Size == 0 {
		return err
	}
	c, count := n.cosign(ctx, c, head.Tree.Size)
	if count == 0 {
		return nil
	}
	n.witnessed.Store(&c)
	return errors.Join(n.replace(n.kept(head.Origin), c), n.replace(n.seen(head.Origin), c))
}

// replace writes a file in one step, so that nobody reads half of it.
func (n *Notary) replace(name string, content []byte) error {
	if n.Disk != nil {
		return disk.Replace(n.Disk, name, content)
	}
	return disk.Replace(disk.Machine, name, content)
}

// seen is the file of the newest checkpoint that a witness co-signed.
func (n *Notary) seen(origin string) string {
	return filepath.Join(filepath.Dir(n.File), "witnessed-"+strings.ReplaceAll(origin, "/", "-")+".txt")
}

// Witnessed is the newest checkpoint that a witness co-signed.
//
// Faults: not_witnessed (NotFound).
func (n *Notary) Witnessed(ctx context.Context) ([]byte, error) {
	if w := n.witnessed.Load(); w != nil {
		return *w, nil
	}
	head, err := store.LoadHead(ctx, n.DB)
	if err != nil {
		return nil, err
	}
	c, err := os.ReadFile(n.seen(head.Origin))
	if errors.Is(err, fs.ErrNotExist) {
		err = fault.New(fault.NotFound, "not_witnessed", "Chưa có nhân chứng nào cùng ký điểm chốt.", "No witness has co-signed a checkpoint yet.")
	}
	return c, err
}

// Check holds the database against the checkpoint that was kept.
//
// Faults: a *RolledBack.
func (n *Notary) Check(ctx context.Context) error {
	return n.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		head, err := store.LoadHead(ctx, q)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(n.kept(head.Origin))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		c, err := n.parse(text, head.Origin)
		if err != nil {
			return fmt.Errorf("the checkpoint kept in %s: %w", n.kept(head.Origin), err)
		}
		back := &RolledBack{int64(c.Size), head.Tree.Size, n.kept(head.Origin)}
		if int64(c.Size) > head.Tree.Size {
			return back
		}
		root, err := tlog.TreeHash(int64(c.Size), reading(ctx, q))
		if err != nil || root != tlog.Hash(c.Hash) {
			return back
		}
		return nil
	})
}

// parse reads a checkpoint that our own key signed, or one that it replaced: the
// checkpoint may have been kept before a rotation.
func (n *Notary) parse(text []byte, origin string) (c *fmtlog.Checkpoint, err error) {
	keys, err := PublicKeys(n.File)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		verifier, wrong := note.NewVerifier(key)
		if wrong != nil {
			return nil, wrong
		}
		if c, _, _, err = fmtlog.ParseCheckpoint(text, origin, verifier); err == nil {
			break
		}
	}
	if err == nil && len(c.Hash) != tlog.HashSize {
		err = errors.New("its root is no hash")
	}
	return c, err
}

// Acknowledge enters for good that an older database was restored on purpose,
// and goes on from it. Without an alarm there is nothing to acknowledge, and
// nothing happens.
func (n *Notary) Acknowledge(ctx context.Context, alarm *RolledBack, reason string) error {
	_, err := commit.Do[any](ctx, n.Committer, commit.Act{Kind: commit.Once, Locks: []string{"restore"},
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindSecurity, Event: "acknowledge_restore", Actor: ledger.Actor{ID: ocop.System},
				Data: ledger.Map{"kept": alarm.Kept, "had": alarm.Has}, Private: []ledger.Private{casework.NewPrivate("comment", reason)}}}}, nil
		})})
	if err != nil {
		return err
	}
	return n.Keep(ctx)
}

// Package notary signs what the ledger comes to and proves it to others: keys
// and their succession, checkpoints with the co-signatures of witnesses, tiles,
// proofs, and the checkpoint kept outside of the database, by which a database
// that was put back is noticed. Whether what the ledger says is right, package
// audit judges.
package notary

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/commit"
	"ocopflow/internal/disk"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Notary signs tree heads and proves entries. Its private key lies in a file
// beside the database, never in it: who can write rows cannot sign them.
type Notary struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	File      string // of the private key; made when it is missing

	Witnesses []*Witness   // asked to co-sign what is kept
	Log       *slog.Logger // needed with witnesses
	Disk      disk.Disk    // of checkpoints; nil for the machine's own

	mu     sync.Mutex
	signer note.Signer
	public string

	keeping   sync.Mutex
	witnessed atomic.Pointer[[]byte] // the newest checkpoint that a witness co-signed
}

// Checkpoint is the tree head as it stands now, signed: C2SP tlog-checkpoint,
// with the co-signatures of witnesses that have seen this very tree.
func (n *Notary) Checkpoint(ctx context.Context) ([]byte, error) {
	c, _, err := n.sign(ctx)
	if err != nil {
		return nil, err
	}
	if w := n.witnessed.Load(); w != nil && bytes.HasPrefix(*w, c) {
		return *w, nil
	}
	return c, nil
}

func (n *Notary) sign(ctx context.Context) ([]byte, store.Head, error) {
	signer, _, err := n.key(ctx)
	if err != nil {
		return nil, store.Head{}, err
	}
	head, err := store.LoadHead(ctx, n.DB)
	if err != nil {
		return nil, head, err
	}
	c, err := ledger.Checkpoint(head.Origin, &head.Tree, signer)
	return c, head, err
}

// Tile is one of C2SP tlog-tiles; nil when the tree does not have it yet.
func (n *Notary) Tile(ctx context.Context, t ledger.Tile) (body []byte, err error) {
	err = n.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		head, err := store.LoadHead(ctx, q)
		if err != nil || !t.Holds(head.Tree.Size) {
			return err
		}
		if !t.Entries {
			body, err = t.HashTile(reading(ctx, q))
			return err
		}
		lines, err := store.Lines(ctx, q, t.Index*ledger.TileWidth, t.Width)
		if err != nil {
			return err
		}
		var entries []string
		for _, l := range lines {
			entries = append(entries, l.Body)
		}
		body, err = ledger.Bundle(entries)
		return err
	})
	return body, err
}

func reading(ctx context.Context, q sqldb.Querier) ledger.Hashes {
	return func(level int, from, n int64) ([]tlog.Hash, error) { return store.Hashes(ctx, q, level, from, n) }
}

// Growth is what it takes to see that the tree of one size is the beginning of
// that of another: both roots, and the hashes between.
type Growth struct {
	From     int64    `json:"from"`
	To       int64    `json:"to"`
	FromRoot string   `json:"from_root"` // base64
	ToRoot   string   `json:"to_root"`
	Proof    []string `json:"proof"` // RFC 6962, section 2.1.2, base64
}

// Consistency proves that the tree grew from one size to another. To 0 takes the
// present one.
//
// Faults: sizes_wrong (Invalid).
func (n *Notary) Consistency(ctx context.Context, from, to int64) (g Growth, err error) {
	err = n.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		head, err := store.LoadHead(ctx, q)
		if err != nil {
			return err
		}
		if to == 0 {
			to = head.Tree.Size
		}
		if from < 1 || from > to || to > head.Tree.Size {
			return fault.New(fault.Invalid, "sizes_wrong", "Cần 1 ≤ from ≤ to ≤ số bản ghi hiện có.", "Needed: 1 ≤ from ≤ to ≤ the present number of entries.")
		}
		g = Growth{From: from, To: to, Proof: []string{}}
		read := reading(ctx, q)
		hashes, err := ledger.ProveGrowth(from, to, read)
		if err != nil {
			return err
		}
		for _, h := range hashes {
			g.Proof = append(g.Proof, h.String())
		}
		older, err := tlog.TreeHash(from, read)
		if err != nil {
			return err
		}
		newer, err := tlog.TreeHash(to, read)
		g.FromRoot, g.ToRoot = older.String(), newer.String()
		return err
	})
	return g, err
}

// Proof proves that an entry is in the ledger as it stands now: the proof of
// C2SP tlog-proof, with a checkpoint signed at this moment.
//
// Faults: not_found.
func (n *Notary) Proof(ctx context.Context, index int64) (entry, proof []byte, err error) {
	signer, _, err := n.key(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = n.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		head, err := store.LoadHead(ctx, q)
		if err != nil {
			return err
		}
		line, err := store.LineAt(ctx, q, index)
		if err != nil {
			return err
		}
		if line == nil {
			return fault.New(fault.NotFound, "not_found", "Không có bản ghi này.", "There is no such entry.")
		}
		checkpoint, err := ledger.Checkpoint(head.Origin, &head.Tree, signer)
		if err != nil {
			return err
		}
		entry = []byte(line.Body)
		proof, err = ledger.Prove(index, &head.Tree, checkpoint, reading(ctx, q))
		return err
	})
	return entry, proof, err
}

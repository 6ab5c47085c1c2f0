package fieldwork

import (
	"context"
	"io"
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

// maxMaterials of one training.
const maxMaterials = 100

// AddMaterial names a file that lies in the vault as one that is handed out at a
// training.
//
// Faults: not_found; who_may_not (Forbidden); plan_cancelled (Conflict);
// material_wrong (Invalid).
func (d *Desk) AddMaterial(ctx context.Context, r Request, name string, file *vault.Taken) (store.Material, error) {
	return casework.Keeping(ctx, d.Cases.Vault, file, func() (store.Material, error) { return d.addMaterial(ctx, r, name, file) })
}

func (d *Desk) addMaterial(ctx context.Context, r Request, name string, file *vault.Taken) (store.Material, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, err := loadTraining(ctx, q, r.Actor, r.ID)
		if err != nil {
			return commit.Outcome{}, err
		}
		if !plans(r.Actor, x.training.Path) {
			return commit.Outcome{}, casework.MayNotPlan()
		}
		if x.training.Status == store.VisitCancelled {
			return commit.Outcome{}, settled(x.training.Status)
		}
		bad := fault.New(fault.Invalid, "material_wrong", "Tài liệu tập huấn chưa đúng.", "The material is not right.")
		m := store.Material{ID: casework.NewID(), Training: r.ID, Size: file.Size, SHA256: file.SHA256, UploadedBy: r.Actor.ID, UploadedAt: now}
		m.Name, m.MediaType = casework.CheckFile(bad, name, file)
		checkCount(bad, "file", len(x.files)+1, maxMaterials)
		if len(bad.Fields) > 0 {
			return commit.Outcome{}, bad
		}
		draft := trainingDraft(x.training, r.Actor, r.Key, "add_material")
		draft.Refs = []string{"sha256:" + m.SHA256}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.InsertMaterial(ctx, tx, m, file.Content)
			}),
			Answer: func([]ledger.Entry) any { return m },
		}, nil
	}
	return commit.Do[store.Material](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"trainings"}})
}

// Material opens a file of a training that concerns the actor.
//
// Faults: not_found.
func (d *Desk) Material(ctx context.Context, a access.Actor, id string) (*store.Material, io.ReadSeekCloser, error) {
	m, err := store.MaterialByID(ctx, d.DB, id)
	if err != nil {
		return nil, nil, err
	}
	if m == nil {
		return nil, nil, casework.NotFound()
	}
	if _, err := loadTraining(ctx, d.DB, a, m.Training); err != nil {
		return nil, nil, err
	}
	content, err := d.Cases.Vault.Open(ctx, d.DB, m.SHA256)
	return m, content, err
}

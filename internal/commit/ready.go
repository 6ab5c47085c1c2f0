package commit

import (
	"context"
	"errors"
	"time"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// probing bounds the question whether a batch could be written: a database that
// hangs is an answer.
const probing = 3 * time.Second

// errProbed takes back a transaction that only asks whether it could be.
var errProbed = errors.New("probed")

// Ready says why a batch could not be written now; nil when one could. The database
// takes a writer, and gives it the ledger's head: a locked one, or a standby, reads
// well but is not ready. A disk that is full is told by what came of the last batch:
// then the head is written as it is, until that goes through again.
func (c *Committer) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probing)
	defer cancel()
	err := c.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		head, err := store.LockHead(ctx, tx)
		if err != nil {
			return err
		}
		if c.trouble.Load() {
			return store.SwapHead(ctx, tx, head.Tree.Size, head)
		}
		return errProbed
	})
	if errors.Is(err, errProbed) {
		return nil
	}
	return err
}

package audit

import (
	"context"
	"fmt"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// procedures are the versions that were published, each read from its text as
// it was kept under its hash.
type procedures struct {
	text   func(ctx context.Context, hash string) (string, error) // "" when it is not kept
	loaded map[string]*workflow.Rules                             // by the hash that entries name
}

func newProcedures(text func(ctx context.Context, hash string) (string, error)) *procedures {
	return &procedures{text, map[string]*workflow.Rules{}}
}

// find is a version by its name and hash; the error says what is wrong with it.
func (p *procedures) find(ctx context.Context, name, version, hash string) (*workflow.Rules, error) {
	r, ok := p.loaded[hash]
	if !ok {
		text, err := p.text(ctx, hash)
		if err != nil {
			return nil, err
		}
		r, _ = workflow.Compiled(name+" "+version, []byte(text))
		p.loaded[hash] = r
	}
	if r == nil || r.Hash != hash || r.Name != name || r.Version != version {
		return nil, fmt.Errorf("procedure %s %s is not kept as it was published", name, version)
	}
	return r, nil
}

// published is the hash of the procedure that an entry publishes, "" for others.
func published(l store.Line) string {
	if l.Event != "publish_procedure" {
		return ""
	}
	return read(l).told.Procedure.Hash
}

// keptIn reads texts of procedures where a database keeps them.
func keptIn(q sqldb.Querier) *procedures {
	return newProcedures(func(ctx context.Context, hash string) (string, error) {
		text, err := store.Blob(ctx, q, hash)
		if sqldb.NoRows(err) {
			err = nil
		}
		return string(text), err
	})
}

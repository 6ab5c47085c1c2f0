package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ocopflow/internal/app"
	"ocopflow/internal/ledger"
	"ocopflow/internal/notary"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
)

type auditProofCmd struct {
	database
	Index int64 `arg:"" help:"Index of the entry, from 0."`
	JSON  bool  `help:"Print JSON."`
}

// Run prints an entry with the proof that it is in the ledger, in the form that
// audit verify --proof checks.
func (c auditProofCmd) Run(w world) error {
	type proven struct {
		Index int64  `json:"index"`
		Entry string `json:"entry"`
		Proof string `json:"proof"` // C2SP tlog-proof
	}
	p, err := on(w, c.database, func(a *app.App) (proven, error) {
		entry, proof, err := a.Notary.Proof(w.ctx, c.Index)
		return proven{c.Index, string(entry), string(proof)}, err
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, p, func(out io.Writer) { fmt.Fprintln(out, register.Evidence([]byte(p.Entry), []byte(p.Proof))) })
}

type auditConsistencyCmd struct {
	database
	From string `arg:"" help:"The older checkpoint: a file, or a number of entries." placeholder:"FILE|SIZE"`
	To   string `arg:"" optional:"" help:"The newer one; the ledger as it stands unless given." placeholder:"FILE|SIZE"`
	JSON bool   `help:"Print JSON."`
}

// Run proves that the ledger of one checkpoint is the beginning of that of
// another. A checkpoint of another history ends with code 1.
func (c auditConsistencyCmd) Run(w world) error {
	g, err := on(w, c.database, func(a *app.App) (notary.Growth, error) {
		from, err := readHead(w, a, c.From)
		if err != nil {
			return notary.Growth{}, err
		}
		to, err := readHead(w, a, c.To)
		if err != nil {
			return notary.Growth{}, err
		}
		g, err := a.Notary.Consistency(w.ctx, from.Size, to.Size)
		if err == nil && (from.Root != "" && from.Root != g.FromRoot || to.Root != "" && to.Root != g.ToRoot) {
			err = errors.New(ocop.Text{Vi: "Điểm chốt này không thuộc lịch sử của sổ cái này.", En: "The checkpoint is not of this ledger's history."}.In(w.lang))
		}
		return g, err
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, g, func(out io.Writer) {
		fmt.Fprintf(out, "✓ %d → %d\n  %s\n  %s\n", g.From, g.To, g.FromRoot, g.ToRoot)
		for _, h := range g.Proof {
			fmt.Fprintln(out, " ", h)
		}
	})
}

// readHead reads a tree head: a file of a checkpoint, a number of entries, or
// nothing, which stands for the present.
func readHead(w world, a *app.App, s string) (notary.Kept, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil || s == "" {
		return notary.Kept{Size: n}, nil
	}
	key, err := a.Notary.Key(w.ctx)
	if err != nil {
		return notary.Kept{}, err
	}
	return readCheckpoint(s, key)
}

// readCheckpoint reads a file that somebody kept.
func readCheckpoint(file, key string) (notary.Kept, error) {
	text, err := readSmall(file)
	if err != nil {
		return notary.Kept{}, err
	}
	c, err := notary.ReadCheckpoint(text, key)
	if err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// proof checks an entry's proof offline.
func (c auditVerifyCmd) proof(w world) error {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	text, err := textOrFile(c.Proof)
	if err != nil {
		return err
	}
	entry, proof, _ := strings.Cut(strings.TrimSuffix(text, "\n"), "\n")
	p, err := byAny(keys, func(key string) (ledger.Proven, error) {
		return ledger.CheckProof([]byte(entry), []byte(proof+"\n"), key)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, p, func(out io.Writer) { fmt.Fprintf(out, "✓ %s #%d/%d\n", p.Origin, p.Index, p.Size) })
}

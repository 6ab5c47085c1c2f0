package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"ocopflow/internal/ledger"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
)

// node is a perfect subtree.
type node struct {
	level int
	index int64
}

// expected is a private value that an entry commits to.
type expected struct {
	commitment string
	entry      int64
	field      string
}

// tree holds what is stored of the tree against what the entries come to.
func (v *verification) tree(ctx context.Context) error {
	t, h := &v.checker.Tree, v.head
	root, err := store.HeadRoot(ctx, v.q)
	if err != nil && h.Origin != "" {
		return err
	}
	if t.Size < h.Tree.Size {
		if err := v.found(Finding{Entry: &t.Size, Text: fmt.Sprintf("it is gone, with all after it up to entry %d", h.Tree.Size-1)}); err != nil {
			return err
		}
	}
	if err := v.remembered(true); err != nil {
		return err
	}
	own := t.Root()
	for _, c := range []struct {
		column string
		ok     bool
	}{{"origin", v.origin == "" || v.origin == h.Origin}, {"size", t.Size == h.Tree.Size}, {"edge", bytes.Equal(t.MarshalEdge(), h.Tree.MarshalEdge())}, {"root", bytes.Equal(root, own[:])},
		{"last_at", h.LastAt.Equal(v.checker.Last()) || t.Size == 0}} {
		if !c.ok {
			if err := v.found(Finding{Table: "ledger_head", Row: "1", Column: c.column, Text: fmt.Sprintf("it is not what the %d entries come to", t.Size)}); err != nil {
				return err
			}
		}
	}
	return v.nodes(ctx)
}

// nodes compares the stored subtrees, both ways.
func (v *verification) nodes(ctx context.Context) error {
	const page = 1000
	at := func(n node, text string) error {
		return v.found(Finding{Table: "subtrees", Row: fmt.Sprintf("%d %d", n.level, n.index), Text: text})
	}
	last := node{-1 << 30, 0}
	for {
		list, err := store.Subtrees(ctx, v.q, last.level, last.index, page)
		if err != nil {
			return err
		}
		for _, t := range list {
			last = node{t.Level, t.Index}
			want, ok := v.subtrees[last]
			delete(v.subtrees, last)
			if !ok {
				err = at(last, "no entries make it")
			} else if want.Hash != t.Hash {
				err = at(last, "its hash is not that of its entries")
			}
			if err != nil {
				return err
			}
		}
		if len(list) < page {
			break
		}
	}
	for _, n := range slices.SortedFunc(maps.Keys(v.subtrees), func(a, b node) int { return int(a.index - b.index) }) {
		if err := at(n, "it is gone"); err != nil {
			return err
		}
	}
	return nil
}

// commitments are the private values that an entry commits to.
func commitments(l record) (out []expected) {
	add := func(field string, v json.RawMessage) {
		if c, ok := ledger.CommitmentIn(v); ok {
			out = append(out, expected{c, l.Index, field})
		}
	}
	for field, v := range l.told.Data {
		add(field, v)
	}
	for _, r := range l.told.Rows {
		for column, v := range r.Values {
			add(r.Table+"."+column, v)
		}
	}
	return out
}

// hiddenOf holds the private values of some entries against their commitments.
func (v *verification) hiddenOf(ctx context.Context, lines []record) error {
	if len(lines) == 0 {
		return nil
	}
	want := map[string]expected{}
	for _, l := range lines {
		for _, x := range commitments(l) {
			want[x.commitment] = x
		}
	}
	list, err := store.HiddenOf(ctx, v.q, lines[0].Index, lines[len(lines)-1].Index+1)
	if err != nil {
		return err
	}
	for _, h := range list {
		x, ok := want[h.Commitment]
		switch {
		case !ok || x.entry != h.Entry || x.field != h.Field:
			err = v.found(Finding{Table: "private_values", Row: h.Commitment, Text: fmt.Sprintf("entry %d commits to no such value of %q", h.Entry, h.Field)})
		case ledger.Commitment(h.Salt, h.Value) != h.Commitment:
			err = v.found(Finding{Table: "private_values", Row: h.Commitment, Text: fmt.Sprintf("it is not the value that entry %d commits to", h.Entry)})
		}
		if err != nil {
			return err
		}
		if ok && x.entry == h.Entry {
			delete(want, h.Commitment)
		}
	}
	for _, x := range want {
		v.missing = append(v.missing, x)
	}
	return nil
}

// hidden sees to it that values are missing only where an entry says that they
// were erased, and that none is there for no entry.
func (v *verification) hidden(ctx context.Context) error {
	slices.SortFunc(v.missing, func(a, b expected) int { return int(a.entry - b.entry) })
	for _, x := range v.missing {
		if !v.erased[x.commitment] {
			if err := v.found(Finding{Table: "private_values", Row: x.commitment, Text: fmt.Sprintf("the value of %q of entry %d is gone, and no entry says that it was erased", x.field, x.entry)}); err != nil {
				return err
			}
		}
	}
	stray, err := store.StrayHidden(ctx, v.q, v.checker.Tree.Size)
	if err != nil {
		return err
	}
	for _, h := range stray {
		if err := v.found(Finding{Table: "private_values", Row: h.Commitment, Text: fmt.Sprintf("there is no entry %d", h.Entry)}); err != nil {
			return err
		}
	}
	return nil
}

// contents holds uploaded files and published texts against their hashes.
func (v *verification) contents(ctx context.Context) error {
	const page = 500
	after := ""
	for {
		names, err := store.BlobNames(ctx, v.q, after, page)
		if err != nil {
			return err
		}
		for _, name := range names {
			after = name
			sum, err := (&vault.Vault{Dir: v.Files}).Sum(ctx, v.q, name)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				err = v.found(Finding{Table: "blobs", Row: name, Text: "its content cannot be read: " + err.Error()})
			case sum != name:
				err = v.found(Finding{Table: "blobs", Row: name, Text: "its content has another hash"})
			case !v.bodies[name]:
				err = v.found(Finding{Table: "blobs", Row: name, Text: "no entry names it"})
			}
			if err != nil {
				return err
			}
			delete(v.bodies, name)
		}
		if len(names) < page {
			break
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.bodies)) {
		if err := v.found(Finding{Table: "blobs", Row: name, Text: "it is gone"}); err != nil {
			return err
		}
	}
	return nil
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

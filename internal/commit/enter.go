package commit

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// number gives every draft its index and its place in its stream, so that rows
// can name their entry. Its bytes come last: they tell the rows.
func (r *run) number(ctx context.Context) error {
	var streams []string
	seen := map[string]bool{}
	for _, o := range r.outcomes {
		for _, d := range o.Drafts {
			if !seen[d.Stream] {
				seen[d.Stream] = true
				streams = append(streams, d.Stream)
			}
		}
	}
	if len(streams) == 0 {
		return nil
	}
	var err error
	if r.ends, err = r.streamEnds(ctx, streams); err != nil {
		return err
	}
	index, seqs := r.head.Tree.Size, map[string]int64{}
	for i, o := range r.outcomes {
		for _, d := range o.Drafts {
			seqs[d.Stream]++
			r.entries[i] = append(r.entries[i], ledger.Entry{Draft: d, Index: index, Seq: r.ends[d.Stream].Seq + seqs[d.Stream], At: r.now})
			index++
		}
	}
	return nil
}

// streamEnds are the last entries of streams, as they are known or read.
func (r *run) streamEnds(ctx context.Context, streams []string) (map[string]ledger.StreamEnd, error) {
	ends, missing := map[string]ledger.StreamEnd{}, []string(nil)
	for _, s := range streams {
		if end, ok := r.known[s]; ok {
			ends[s] = end
		} else {
			missing = append(missing, s)
		}
	}
	if len(missing) == 0 {
		return ends, nil
	}
	read, err := store.StreamEnds(ctx, r.tx, missing)
	maps.Copy(ends, read)
	return ends, err
}

// save writes the rows of the acts that stand and remembers which entry tells
// each of them.
func (r *run) save(ctx context.Context) error {
	r.written = map[int64][]sqldb.Row{}
	return r.kinds(func(k Kind, at []int) error {
		var placed []Placed
		for _, i := range at {
			if r.outcomes[i].Fault == nil {
				placed = append(placed, Placed{r.outcomes[i].State, r.entries[i]})
			}
		}
		r.placed = append(r.placed, placed...)
		if k != Once {
			return r.saveAll(ctx, k, placed)
		}
		for _, p := range placed {
			for _, part := range p.alone() { // one at a time, so that it is known who wrote what
				if err := r.saveAll(ctx, k, []Placed{part}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// saveAll lets a kind write. A row belongs to the first entry of its product, or
// of the stream of what it belongs to, else to the first of all; nothing is
// written that no entry tells.
func (r *run) saveAll(ctx context.Context, k Kind, placed []Placed) error {
	if len(placed) == 0 {
		return nil
	}
	if err := k.Save(ctx, r.tx, placed); err != nil {
		return err
	}
	rows := r.tx.Written()
	if len(rows) == 0 {
		return nil
	}
	first, home := int64(-1), map[string]int64{}
	for _, p := range placed {
		for _, e := range p.Entries {
			_, of, _ := strings.Cut(e.Stream, ":")
			if of = cmp.Or(e.Product, of); of != "" {
				if _, ok := home[of]; !ok {
					home[of] = e.Index
				}
			}
			if first < 0 {
				first = e.Index
			}
		}
	}
	if first < 0 {
		return fmt.Errorf("commit: rows of %s are told by no entry", rows[0].Table)
	}
	for _, row := range rows {
		at, ok := home[store.OwnerOf(row)]
		if !ok {
			at = first
		}
		r.written[at] = append(r.written[at], row)
	}
	return nil
}

// enter writes the entries' bytes, with the rows they tell, appends them and
// swaps the head.
func (r *run) enter(ctx context.Context) error {
	r.moved = map[string]ledger.StreamEnd{}
	b := book{run: r, text: make([]byte, 0, 1024*len(r.batch))}
	for i := range r.entries {
		for j, e := range r.entries[i] {
			told, err := b.tell(r.written[e.Index])
			if err != nil {
				return err
			}
			if r.entries[i][j], err = b.add(e.Draft, told); err != nil {
				return err
			}
		}
	}
	if len(b.all) == 0 {
		return nil
	}
	if err := b.addFurther(ctx); err != nil {
		return err
	}
	r.head.LastAt = r.now
	if err := store.Append(ctx, r.tx, b.all, b.subtrees); err != nil {
		return err
	}
	if r.ahead {
		return nil // its transaction begins with that
	}
	return store.SwapHead(ctx, r.tx, r.from, r.head)
}

// book is what a batch appends to the ledger.
type book struct {
	*run
	all      []ledger.Entry
	subtrees []ledger.Subtree
	further  []further
	text     []byte // of all rows
}

// telling is a row in the words of the ledger, with the values behind its
// commitments.
type telling struct {
	row    ledger.Row
	hidden []ledger.Private
}

// further are rows for which the entry of their act had no room.
type further struct {
	of    ledger.Draft
	index int64
	rows  []telling
}

func (b *book) tell(rows []sqldb.Row) (_ []telling, err error) {
	out := make([]telling, len(rows))
	for i, row := range rows {
		from := len(b.text)
		if b.text, out[i].hidden, err = store.Tell(b.text, row); err != nil {
			return nil, err
		}
		out[i].row = b.text[from:len(b.text):len(b.text)]
	}
	return out, nil
}

// add appends an entry with as many of its rows as it has room for.
func (b *book) add(d ledger.Draft, rows []telling) (ledger.Entry, error) {
	e, err := b.write(with(d, rows))
	if len(rows) > 0 && fault.Is(err, fault.TooLarge) {
		var n int
		if n, err = room(d, rows); err == nil {
			b.further = append(b.further, further{d, b.head.Tree.Size, rows[n:]})
			e, err = b.write(with(d, rows[:n]))
		}
	}
	if err != nil {
		return e, err
	}
	b.subtrees = append(b.subtrees, b.head.Tree.Append(e.Hash)...)
	b.ends[e.Stream] = ledger.StreamEnd{Seq: e.Seq, Hash: e.Hash}
	b.moved[e.Stream] = b.ends[e.Stream]
	b.all = append(b.all, e)
	return e, nil
}

func (b *book) write(d ledger.Draft) (ledger.Entry, error) {
	end := b.ends[d.Stream]
	p := ledger.Place{Index: b.head.Tree.Size, Seq: end.Seq + 1, At: b.now}
	if end.Seq > 0 {
		p.Prev = hex.EncodeToString(end.Hash[:])
	}
	return d.Write(p)
}

// with is the draft with rows and the values behind their commitments.
func with(d ledger.Draft, rows []telling) ledger.Draft {
	d.Rows = slices.Grow(d.Rows, len(rows))
	for _, t := range rows {
		d.Rows = append(d.Rows, t.row)
		d.Hidden = append(d.Hidden, t.hidden...)
	}
	return d
}

// room is the number of rows that fit into the entry of a draft.
func room(d ledger.Draft, rows []telling) (n int, err error) {
	const slack = 256 // chain, sequence number, brackets
	e, err := d.Write(ledger.Place{})
	left := ledger.MaxEntry - slack - len(e.Bytes)
	for n < len(rows) && left > len(rows[n].row)+1 {
		left -= len(rows[n].row) + 1
		n++
	}
	return n, err
}

// stream of the entries that tell further rows of an act.
const rest = "system"

// addFurther appends the entries of rows for which their act's own had no room.
func (b *book) addFurther(ctx context.Context) error {
	if _, known := b.ends[rest]; !known && len(b.further) > 0 {
		ends, err := b.streamEnds(ctx, []string{rest})
		if err != nil {
			return err
		}
		b.ends[rest] = ends[rest]
	}
	for len(b.further) > 0 {
		f := b.further[0]
		b.further = b.further[1:]
		d := ledger.Draft{Stream: rest, Kind: ledger.KindRecord, Event: "rows", Actor: f.of.Actor, Product: f.of.Product, Data: ledger.Map{"entry": f.index}}
		if n, err := room(d, f.rows); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("commit: a row of entry %d is larger than an entry", f.index))
		}
		if _, err := b.add(d, f.rows); err != nil {
			return err
		}
	}
	return nil
}

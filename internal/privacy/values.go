package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// values are what an erasure forgets.
type values struct {
	told  []telling
	blank []telling // rows that still show theirs
}

// together are fields of one entry that hold the same words: whoever names the
// one means the other.
var together = map[string][]string{
	"documents.name": {"name"}, "name": {"documents.name"},
	"remedies.comment": {"comment"}, "comment": {"remedies.comment"},
	"inspections.participants": {"record"}, "inspections.findings": {"record"}, "record": {"inspections.participants", "inspections.findings"},
}

// seek finds what there is to forget of some fields of an entry.
func seek(ctx context.Context, q sqldb.Querier, l store.Line, fields []string) (*values, error) {
	if l.Event == event {
		return nil, fault.New(fault.Conflict, "reason_kept", "Lý do của một lần xóa được giữ lại, để biết vì sao đã xóa.", "The reason of an erasure is kept, so that it can be told why something is gone.")
	}
	all, err := tellings(l)
	if err != nil {
		return nil, err
	}
	v := &values{}
	for i, f := range fields {
		if !slices.ContainsFunc(all, func(t telling) bool { return t.field == f }) {
			return nil, nothing().At(fmt.Sprintf("body.fields[%d]", i), "Bản ghi không có mục này.", "The entry has no such private value.")
		}
	}
	if len(all) == 0 {
		return nil, nothing()
	}
	here, err := present(ctx, q, picked(all, fields))
	if err != nil {
		return nil, err
	}
	if len(here) == 0 {
		return nil, fault.New(fault.Conflict, "erased_already", "Nội dung này đã được xóa trước đó.", "That was erased before.")
	}
	for _, t := range here {
		if err := v.spread(ctx, q, l, t); err != nil {
			return nil, err
		}
	}
	return v, v.shown(ctx, q)
}

func nothing() *fault.Error {
	return fault.New(fault.Invalid, "nothing_private", "Bản ghi này không có nội dung riêng tư để xóa.", "There is nothing private in this entry to erase.")
}

// picked are the tellings of some fields, with those of the same words.
func picked(all []telling, fields []string) (out []telling) {
	for _, t := range all {
		if len(fields) == 0 || slices.Contains(fields, t.field) || slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(together[f], t.field) }) {
			out = append(out, t)
		}
	}
	return out
}

// present are the tellings whose values are still there, with them.
func present(ctx context.Context, q sqldb.Querier, list []telling) (out []telling, err error) {
	var commitments []string
	for _, t := range list {
		commitments = append(commitments, t.commitment)
	}
	kept, err := store.HiddenBy(ctx, q, commitments)
	for _, t := range list {
		if h, ok := kept[t.commitment]; ok {
			t.value = h.Value
			out = append(out, t)
		}
	}
	return out, err
}

func (v *values) add(t telling) {
	if !slices.ContainsFunc(v.told, func(o telling) bool { return o.commitment == t.commitment }) {
		v.told = append(v.told, t)
	}
}

// spread adds a telling and, of a row's column, every other entry that told the
// same of that row.
func (v *values) spread(ctx context.Context, q sqldb.Querier, l store.Line, t telling) error {
	v.add(t)
	if t.table == nil {
		return nil
	}
	again, err := store.HiddenAs(ctx, q, l.Product, l.Stream, t.field, t.value)
	if err != nil {
		return err
	}
	for _, h := range again {
		if h.Entry == t.entry {
			continue
		}
		other, err := store.LineAt(ctx, q, h.Entry)
		if err != nil || other == nil {
			return err
		}
		all, err := tellings(*other)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o telling) bool {
			return o.commitment == h.Commitment && o.table == t.table && reflect.DeepEqual(o.key, t.key)
		})
		if i < 0 {
			continue
		}
		same, err := present(ctx, q, slices.DeleteFunc(all, func(o telling) bool {
			return o.commitment != h.Commitment && (o.table != nil || !slices.Contains(together[t.field], o.field))
		}))
		if err != nil {
			return err
		}
		for _, o := range same {
			v.add(o)
		}
	}
	return nil
}

// shown finds the rows that still show what is to be forgotten.
//
// Faults: remedies_open (Conflict).
func (v *values) shown(ctx context.Context, q sqldb.Querier) error {
	for _, t := range v.told {
		if t.table == nil || slices.ContainsFunc(v.blank, func(o telling) bool { return o.field == t.field && reflect.DeepEqual(o.key, t.key) }) {
			continue
		}
		rows, err := store.RowsOf(ctx, q, t.table, [][]any{t.key})
		if err != nil {
			return err
		}
		if len(rows) == 0 || t.table.Value(rows[0], t.column.Name) != t.value {
			continue
		}
		if open, ok := t.table.Value(rows[0], "open_remedies").(int64); ok && open > 0 && t.column.Name == "findings" {
			return fault.New(fault.Conflict, "remedies_open", "Biên bản còn nội dung phải khắc phục; hãy xóa sau khi đã khắc phục xong.", "The inspection has open remedies; erase its findings once they are closed.")
		}
		v.blank = append(v.blank, t)
	}
	return nil
}

// forget deletes the values, and what shows them.
func (v *values) forget(ctx context.Context, tx *sqldb.Tx, product, by string, at time.Time, entries []ledger.Entry) error {
	var list []store.Erasure
	for i, t := range v.told {
		list = append(list, store.Erasure{Commitment: t.commitment, Entry: t.entry, Field: t.field, Product: product, By: by, At: at, Erasure: entries[i/atOnce].Index})
	}
	if err := store.Forget(ctx, tx, list); err != nil {
		return err
	}
	for _, t := range v.blank {
		if err := store.Blank(ctx, tx, t.table, t.column, [][]any{t.key}); err != nil {
			return err
		}
	}
	return v.redact(ctx, tx)
}

// redact takes the values out of answers that are kept for their idempotency
// keys.
func (v *values) redact(ctx context.Context, tx *sqldb.Tx) error {
	done := map[string]bool{}
	for _, t := range v.told {
		name := t.field[strings.LastIndex(t.field, ".")+1:]
		was, err := json.Marshal(t.value)
		if err != nil {
			return err
		}
		now := `""`
		if t.table != nil && t.column.Erased() != "" { // a list stands in an answer as such
			was, now = []byte(t.value), t.column.Erased()
		}
		text := `"` + name + `":` + string(was)
		if done[text] {
			continue
		}
		done[text] = true
		if err := store.Redact(ctx, tx, text, `"`+name+`":`+now); err != nil {
			return err
		}
	}
	return nil
}

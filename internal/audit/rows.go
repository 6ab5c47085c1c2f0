package audit

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// rows compares every row of the programme's data with what the entries say,
// both ways.
func (v *verification) rows(ctx context.Context) error {
	tables := slices.Clone(store.Tables)
	slices.SortFunc(tables, func(a, b *store.Table) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range tables {
		if err := v.compare(ctx, t); err != nil {
			return err
		}
		if err := v.gone(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// byKey finds the rows of a table that have the keys of others.
func byKey(ctx context.Context, q sqldb.Querier, t *store.Table, rows [][]any) (map[string][]any, error) {
	keys := make([][]any, len(rows))
	for i, r := range rows {
		keys[i] = t.KeyOf(r)
	}
	found, err := store.RowsOf(ctx, q, t, keys)
	out := map[string][]any{}
	for _, r := range found {
		out[t.NameOf(r)] = r
	}
	return out, err
}

// compare holds the rows that are there against the replay.
func (v *verification) compare(ctx context.Context, t *store.Table) error {
	return store.Pages(ctx, v.q, t, func(rows [][]any) error {
		want, err := byKey(ctx, v.past.DB, t, rows)
		if err != nil {
			return err
		}
		hidden, err := v.values(ctx, want)
		if err != nil {
			return err
		}
		for _, row := range rows {
			told := want[t.NameOf(row)]
			if told == nil {
				if draft(t, row) {
					continue
				}
				err = v.found(Finding{Table: t.Name, Row: t.NameOf(row), Text: "no entry put it there"})
			} else {
				err = v.compareRow(t, row, told, hidden)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// draft reports whether a row is a sheet that its member has not sealed yet:
// until then it is no record.
func draft(t *store.Table, row []any) bool {
	return t.Name == "sheets" && t.Value(row, "seal") == ""
}

// values finds what stands behind the commitments of replayed rows.
func (v *verification) values(ctx context.Context, rows map[string][]any) (map[string]store.Hidden, error) {
	var list []string
	for _, r := range rows {
		for _, x := range r {
			if s, ok := x.(string); ok && strings.HasPrefix(s, "committed:") {
				list = append(list, strings.TrimPrefix(s, "committed:"))
			}
		}
	}
	return store.HiddenBy(ctx, v.q, list)
}

func (v *verification) compareRow(t *store.Table, row, told []any, hidden map[string]store.Hidden) error {
	for i, c := range t.Columns {
		if !slices.Contains(t.Told(), c) {
			continue
		}
		if !v.same(c, row[i], told[i], hidden) {
			if err := v.found(Finding{Table: t.Name, Row: t.NameOf(row), Column: c.Name, Text: "it is not what the entries say"}); err != nil {
				return err
			}
		}
	}
	if slices.Contains([]string{"documents", "materials", "petition_documents", "originals", "correspondence_files"}, t.Name) {
		v.bodies[t.Value(told, "sha256").(string)] = true
	}
	return nil
}

// same compares a value with what an entry says of it.
func (v *verification) same(c store.Column, have, told any, hidden map[string]store.Hidden) bool {
	switch want := told.(type) {
	case []byte:
		b, ok := have.([]byte)
		return ok && bytes.Equal(b, want)
	case string:
		s, ok := have.(string)
		switch {
		case !ok:
			return false
		case c.Private() && strings.HasPrefix(want, "committed:"):
			commitment := strings.TrimPrefix(want, "committed:")
			if v.erased[commitment] {
				return s == c.Erased()
			}
			h, known := hidden[commitment]
			return known && ledger.Commitment(h.Salt, s) == commitment
		case (c.Body() || c.Digest()) && strings.HasPrefix(want, "sha256:"):
			return "sha256:"+store.SHA256(s) == want
		}
		return s == want
	}
	return have == told
}

// gone finds the rows that are not there any more. A session or token that ran
// out is tidied away without an entry.
func (v *verification) gone(ctx context.Context, t *store.Table) error {
	return store.Pages(ctx, v.past.DB, t, func(rows [][]any) error {
		have, err := byKey(ctx, v.q, t, rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if have[t.NameOf(row)] != nil || t.Name == "credentials" && v.ranOut(t.Value(row, "expires_at")) {
				continue
			}
			if err := v.found(Finding{Table: t.Name, Row: t.NameOf(row), Text: "it is gone"}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v *verification) ranOut(expires any) bool {
	at := sqldb.Time(expires.(int64))
	return !at.After(time.Now()) || !at.After(v.checker.Last())
}

// sealed compares the sealed sheets with their seals.
func (v *verification) sealed(ctx context.Context) error { return v.sheets.rows(ctx, v.q, v.found) }

package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// The ledger's own tables, for the matrix alone: nothing tells their rows.
var ledgerTables = []*store.Table{
	plainTable("entries", 1, "idx:i", "stream:t", "seq:i", "at:i", "actor:t", "kind:t", "event:t", "product:t?", "round:t?", "hash:b", "body:t"),
	plainTable("subtrees", 2, "level:i", "idx:i", "hash:b"),
	plainTable("ledger_head", 1, "id:i", "origin:t", "size:i", "edge:b", "root:b", "last_at:i"),
	plainTable("private_values", 1, "commitment:t", "entry:i", "field:t", "salt:b", "value:t"),
	plainTable("blobs", 1, "sha256:t", "content:b"),
}

func plainTable(name string, keys int, columns ...string) *store.Table {
	t := &store.Table{Name: name}
	for i, c := range columns {
		name, kind, _ := strings.Cut(c, ":")
		t.Columns = append(t.Columns, store.Column{Name: name, Null: strings.HasSuffix(kind, "?"),
			Kind: map[byte]sqldb.Kind{'i': sqldb.Int, 't': sqldb.Text, 'b': sqldb.Bytes}[kind[0]]})
		if i < keys {
			t.Key = append(t.Key, name)
		}
	}
	return t
}

// manipulation is one thing that a database administrator does in secret.
type manipulation struct {
	what     string
	do, undo func(context.Context, *sqldb.DB) error
	names    func(audit.Finding) bool // whether a finding names the row that was touched
}

func raw(text string, args ...any) func(context.Context, *sqldb.DB) error {
	return func(ctx context.Context, db *sqldb.DB) error {
		n, err := db.Writer().ExecContext(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		if touched, _ := n.RowsAffected(); touched == 0 {
			return fmt.Errorf("%s: touched nothing", text)
		}
		return nil
	}
}

func all(steps ...func(context.Context, *sqldb.DB) error) func(context.Context, *sqldb.DB) error {
	return func(ctx context.Context, db *sqldb.DB) error {
		for _, s := range steps {
			if err := s(ctx, db); err != nil {
				return err
			}
		}
		return nil
	}
}

func where(t *store.Table, from int) string {
	var out []string
	for i, k := range t.Key {
		out = append(out, fmt.Sprintf("%s = $%d", k, from+i))
	}
	return strings.Join(out, " AND ")
}

func insertRow(t *store.Table, row []any) func(context.Context, *sqldb.DB) error {
	var names, places []string
	for i, c := range t.Columns {
		names, places = append(names, c.Name), append(places, fmt.Sprintf("$%d", i+1))
	}
	return raw(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.Name, strings.Join(names, ", "), strings.Join(places, ", ")), row...)
}

func deleteRow(t *store.Table, key []any) func(context.Context, *sqldb.DB) error {
	return raw("DELETE FROM "+t.Name+" WHERE "+where(t, 1), key...)
}

func setColumn(t *store.Table, column string, value any, key []any) func(context.Context, *sqldb.DB) error {
	return raw(fmt.Sprintf("UPDATE %s SET %s = $1 WHERE %s", t.Name, column, where(t, 2)), append([]any{value}, key...)...)
}

// other is a value that differs, of the same kind.
func other(c store.Column, v any) any {
	switch v := v.(type) {
	case string:
		return v + "x"
	case int64:
		return v + 100003
	case bool:
		return !v
	case []byte:
		b := bytes.Clone(v)
		if len(b) == 0 {
			return []byte{1}
		}
		b[0] ^= 1
		return b
	}
	switch c.Kind {
	case sqldb.Int:
		return int64(1)
	case sqldb.Bytes:
		return []byte{1}
	}
	return "x"
}

func keyText(key []any) string {
	var parts []string
	for _, k := range key {
		if b, ok := k.([]byte); ok {
			k = hex.EncodeToString(b)
		}
		parts = append(parts, fmt.Sprint(k))
	}
	return strings.Join(parts, " ")
}

// naming makes the test whether a finding names a row, by any of its keys.
func naming(t *store.Table, column string, keys ...[]any) func(audit.Finding) bool {
	return func(f audit.Finding) bool {
		for _, key := range keys {
			at := keyText(key)
			if t.Name == "entries" {
				if f.Entry != nil && fmt.Sprint(*f.Entry) == at || strings.HasSuffix(f.Text, "where entry "+at+" should") {
					return true
				}
				continue
			}
			if f.Table == t.Name && (f.Row == at || t.Name == "ledger_head") && (column == "" || f.Column == "" || f.Column == column || t.Name == "sheets") {
				return true
			}
		}
		return false
	}
}

// unique are columns, beside the keys, of which no two rows may be alike.
var unique = map[string][]string{"units": {"code", "path"}, "accounts": {"name"}, "grants": {"role"}, "credentials": {"id"}, "campaigns": {"code"},
	"products": {"code"}, "petitions": {"code"}, "decisions": {"folded"}, "correspondence": {"number", "folded"}, "rounds": {"number"}, "entries": {"seq"}}

// changes are the manipulations of one row: each column, and the row itself.
func changes(t *store.Table, row []any) (out []manipulation) {
	key := t.KeyOf(row)
	for i, c := range t.Columns {
		values := []any{other(c, row[i])}
		if c.Null && row[i] != nil {
			values = append(values, nil)
		}
		if n, ok := row[i].(int64); ok && !slices.Contains(t.Key, c.Name) && !slices.Contains(unique[t.Name], c.Name) {
			values = append(values, n-1) // as if it had been a little earlier, or one less
		}
		for _, v := range values {
			changed := slices.Clone(row)
			changed[i] = v
			to := t.KeyOf(changed)
			out = append(out, manipulation{fmt.Sprintf("%s %s: %s from %.40v to %.40v", t.Name, keyText(key), c.Name, row[i], v),
				setColumn(t, c.Name, v, key), setColumn(t, c.Name, row[i], to), naming(t, columnUnlessKey(t, c.Name), key, to)})
		}
	}
	forged := slices.Clone(row)
	for i, c := range t.Columns {
		if slices.Contains(t.Key, c.Name) || slices.Contains(unique[t.Name], c.Name) {
			forged[i] = other(c, row[i])
		}
	}
	if t.Name == "ledger_head" { // it has room for one row
		return append(out, manipulation{t.Name + " deleted", deleteRow(t, key), insertRow(t, row), naming(t, "", key)})
	}
	return append(out,
		manipulation{fmt.Sprintf("%s %s deleted", t.Name, keyText(key)), deleteRow(t, key), insertRow(t, row), naming(t, "", key)},
		manipulation{fmt.Sprintf("%s %s inserted", t.Name, keyText(t.KeyOf(forged))), insertRow(t, forged), deleteRow(t, t.KeyOf(forged)), naming(t, "", t.KeyOf(forged))})
}

func columnUnlessKey(t *store.Table, name string) string {
	if slices.Contains(t.Key, name) {
		return ""
	}
	return name
}

// swaps exchanges one column between two rows: sheets, hands, certificates that
// change places.
func swaps(t *store.Table, a, b []any) (out []manipulation) {
	for i, c := range t.Columns {
		if slices.Contains(t.Key, c.Name) || fmt.Sprint(a[i]) == fmt.Sprint(b[i]) || t.Name == "entries" && (c.Name == "stream" || c.Name == "seq") {
			continue
		}
		free := other(c, a[i])
		ka, kb := t.KeyOf(a), t.KeyOf(b)
		exchange := func(first, second any) func(context.Context, *sqldb.DB) error {
			return all(setColumn(t, c.Name, free, ka), setColumn(t, c.Name, second, kb), setColumn(t, c.Name, first, ka))
		}
		out = append(out, manipulation{fmt.Sprintf("%s: %s of two rows swapped", t.Name, c.Name), exchange(b[i], a[i]), exchange(a[i], b[i]), naming(t, c.Name, ka, kb)})
	}
	return out
}

func truncated(t *store.Table, rows [][]any) manipulation {
	var back []func(context.Context, *sqldb.DB) error
	for _, r := range rows {
		back = append(back, insertRow(t, r))
	}
	return manipulation{t.Name + " emptied", raw("DELETE FROM " + t.Name), all(back...), naming(t, "", t.KeyOf(rows[0]))}
}

// unguarded takes away what a database administrator can take away: triggers,
// checks, references.
func unguarded(t *testing.T, db *sqldb.DB) {
	t.Helper()
	list := `SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger' UNION ALL SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%UNIQUE%'`
	if db.Dialect() == sqldb.Postgres {
		list = `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace AND conrelid <> 0
			UNION ALL SELECT format('ALTER TABLE %s DISABLE TRIGGER ALL', c.oid::regclass) FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
			UNION ALL SELECT 'DROP INDEX decisions_number' UNION ALL SELECT 'DROP INDEX correspondence_number' UNION ALL SELECT 'DROP INDEX correspondence_symbol' UNION ALL SELECT 'DROP INDEX rounds_open' UNION ALL SELECT 'DROP INDEX sessions_running' UNION ALL SELECT 'DROP INDEX batch_items_in'`
	} else {
		for _, pragma := range []string{"PRAGMA foreign_keys = 0", "PRAGMA ignore_check_constraints = 1"} {
			if _, err := db.Writer().ExecContext(t.Context(), pragma); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows, err := db.Query(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	rows.Close()
	for _, text := range texts {
		if _, err := db.Writer().ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

// busy fills every table: two products scored and certified, a self-scoring, an
// extension, refusals, support, a session of the demo's people, erasures, reviews.
func (o *office) busy() {
	o.t.Helper()
	id := o.product(simWine)
	o.must(200, o.ask("producer-"+simWine, "POST", "/api/v1/on-behalf/"+o.inPlace("begin_upgrade")+"/confirm", map[string]any{}))
	o.must(200, o.ask("producer-"+simWine, "POST", "/api/v1/on-behalf/"+o.inPlace("abandon")+"/object", map[string]any{"reason": "x"}))
	o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
	for _, to := range []string{"2024-04-20", "2024-04-25"} {
		o.must(201, o.ask("office", "POST", "/api/v1/deadlines/"+o.deadline("office", id, "D3")["id"].(string)+"/extension", map[string]any{"to": to, "reason": "Mất mùa sim"}))
	}
	sauce := o.product(fishSauce)
	o.inPlaceBeside(sauce)
	o.must(200, o.move("producer-"+fishSauce, sauce, "begin_upgrade", map[string]any{"target": 4}))
	whole := worth(o.t, 9, 5, 98)
	for range 2 {
		o.must(200, o.ask("producer-"+fishSauce, "POST", "/api/v1/products/"+sauce+"/self-score", map[string]any{"choices": whole.Choices}))
	}
	o.clock("2024-05-20")
	for name, number := range map[string]string{"Nước mắm thứ nhất": "A-1", "Nước mắm thứ hai": "A-2"} {
		o.complained(o.certified(name, number), "certificate", "2026-06-01")
	}
	o.must(201, o.upload("producer-"+simWine, id, "idea_form", []byte("phiếu")))
	for _, event := range []string{"begin_upgrade", "add_document"} {
		o.must(200, o.erase("privacy", o.told(id, event)["index"], map[string]any{"reason": "Theo đơn"}))
	}
	for _, title := range []string{"Rà soát thứ nhất", "Rà soát thứ hai"} {
		review := o.must(201, o.ask("auditor", "POST", reviewsPath, map[string]any{"title": title, "note": "Bắt đầu", "product": simWine, "entry": 1, "search": "kind=move"})).body["id"].(string)
		o.must(200, o.ask("auditor", "POST", reviewsPath+"/"+review+"/close", map[string]any{"note": title}))
	}
	o.supportGiven()
	o.dutiesReported()
	o.fieldworkDone(sauce, id)
	o.correctionsKept(sauce)
	o.batchesKept()
	o.decisionsKept()
	o.registersKept()
	o.announced()
	o.warningsWritten()
	o.keptTemplates()
	o.remindable()
	for _, who := range []string{"office", "leader"} {
		o.enrolled(o.t, who)
		s, err := o.app.People.Recognise(o.t.Context(), o.tokens[who])
		if err != nil {
			o.t.Fatal(err)
		}
		if err := o.app.People.Link(o.t.Context(), *s, store.Identity{Issuer: "https://id.example", Subject: who, Label: who + "@id.example"}); err != nil {
			o.t.Fatal(err)
		}
	}
	for _, who := range []string{"office", "leader"} {
		o.must(204, o.ask(who, "DELETE", delegationsPath+"/"+o.lend(who, who, "cam-xuyen", "auditor", "2026-07-01", "2026-07-05"), nil))
	}
}

// Whatever a database administrator changes in secret, triggers switched off, is
// found, and the report names the row.
func TestEveryManipulationIsFoundAndItsRowNamed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.busy()
		db := o.app.DB
		unguarded(t, db)
		queues := map[string][]manipulation{}
		for _, table := range append(slices.Clone(store.Tables), ledgerTables...) {
			rows, err := store.Page(t.Context(), db, table, nil, 5000)
			if err != nil {
				t.Fatal(err)
			}
			if table.Name == "sheets" {
				rows = slices.DeleteFunc(rows, func(r []any) bool { return r[6] == "" }) // drafts are no record yet
			}
			if len(rows) == 0 {
				t.Fatalf("nothing in %s to change", table.Name)
			}
			first, last := rows[0], rows[len(rows)-1]
			list := append(changes(table, first), changes(table, rows[len(rows)/2])...)
			if len(rows) > 1 {
				list = append(list, swaps(table, first, last)...)
			}
			queues[table.Name] = append(list, truncated(table, rows))
		}
		total, missed := 0, 0
		for round := 0; len(queues) > 0; round++ {
			var batch []manipulation
			for _, name := range slices.Sorted(maps.Keys(queues)) {
				if blamed := name == "entries" || name == "ledger_head"; blamed && len(queues) > 2 || blamed && len(batch) > 0 {
					continue // they break other tables' rows too: alone, and after the others
				}
				list := queues[name]
				batch = append(batch, list[0])
				if queues[name] = list[1:]; len(list) == 1 {
					delete(queues, name)
				}
			}
			n := o.manipulated(t, batch)
			total, missed = total+len(batch), missed+n
		}
		t.Logf("%d manipulations, %d not found", total, missed)
		if total < 500 {
			t.Errorf("%d manipulations are fewer than 500", total)
		}
	})
}

// manipulated does some manipulations of different tables, looks for each in the
// report, and takes them back; it gives the number that was not found.
func (o *office) manipulated(t *testing.T, batch []manipulation) (missed int) {
	t.Helper()
	ctx, db := t.Context(), o.app.DB
	for _, m := range batch {
		if err := m.do(ctx, db); err != nil {
			t.Fatalf("%s: %v", m.what, err)
		}
	}
	report, err := audit.Verify(ctx, db, audit.Options{All: true})
	if err != nil {
		t.Fatalf("%s …: %v", batch[0].what, err)
	}
	for _, m := range batch {
		if !slices.ContainsFunc(report.Findings, m.names) {
			missed++
			t.Errorf("not found: %s", m.what)
		}
		if err := m.undo(ctx, db); err != nil {
			t.Fatalf("taking back %s: %v", m.what, err)
		}
	}
	return missed
}

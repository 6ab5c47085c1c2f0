package faulty

import "testing"

func TestStatementsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"-- ping":                               "", // how a pool asks whether a connection still lives: no step
		"insert into entries (seq) values ($1)": "insert entries",
		"WITH x AS (SELECT 1) SELECT p.id FROM products p":              "read products",
		"WITH x AS (SELECT 1 FROM rounds) SELECT * FROM x JOIN moves m": "read moves",
		"begin isolation level repeatable read read only":               "begin snapshot",
		"DELETE FROM timers WHERE product = $1":                         "delete timers",
		"create unique index if not exists a on b (c)":                  "create index a",
		"/* why */ update ledger_head set size = $1 -- the next batch":  "update ledger_head",
		"commit;": "commit",
	} {
		if got := Name(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

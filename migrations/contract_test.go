package migrations

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// breaking is what takes something away from a program that still runs: the one
// before a migration goes on while the newer one starts. What is only a way of
// SQLite to change a table is listed below.
var breaking = regexp.MustCompile(`(?i)\b(DROP\s+(TABLE|COLUMN|VIEW)\s+\S+|RENAME\s+(TO|COLUMN)\s+\S+|ALTER\s+COLUMN\s+\S+\s+(TYPE|SET)|ADD\s+CONSTRAINT\s+\S+|ADD\s+COLUMN\s+[^;]*|TRUNCATE\s+TABLE\s+\S+)`)

// breaks lists what of a migration does. A new column is none, if the program
// before need not name it.
func breaks(text string) (out []string) {
	for _, found := range breaking.FindAllString(upward(text), -1) {
		upper := strings.Join(strings.Fields(strings.ToUpper(found)), " ")
		if strings.HasPrefix(upper, "ADD COLUMN") && (!strings.Contains(upper, "NOT NULL") || strings.Contains(upper, "DEFAULT")) {
			continue
		}
		out = append(out, upper)
	}
	return out
}

// contracted are the exceptions: what was taken away, and why no running program
// missed it. One that is not needed any more fails the test.
var contracted = map[string]string{
	"00003_deadlines.sql: RENAME TO TIMERS_BEFORE;":                "before the first release: nothing ran on it",
	"00003_deadlines.sql: DROP TABLE TIMERS_BEFORE;":               "before the first release: nothing ran on it",
	"00032_bytewise.postgres.sql: ALTER COLUMN PATH TYPE":          "the same type in another order of sorting; rows and statements stay",
	"00056_matter_places.postgres.sql: ALTER COLUMN PLACE TYPE":    "the same type in another order of sorting; rows and statements stay",
	"00057_cheaper_moves.postgres.sql: ALTER COLUMN BODY SET":      "how new rows are packed; rows and statements stay",
	"00057_cheaper_moves.sqlite.sql: RENAME TO TIMERS_BEFORE;":     "one program at a time opens a file of SQLite; the table is there again under its name",
	"00057_cheaper_moves.sqlite.sql: DROP TABLE TIMERS_BEFORE;":    "one program at a time opens a file of SQLite; the table is there again under its name",
	"00069_fewer_trees.postgres.sql: DROP TABLE STREAMS;":          "before the first release: nothing ran on it",
	"00069_fewer_trees.sqlite.sql: DROP TABLE STREAMS;":            "before the first release: nothing ran on it",
	"00069_fewer_trees.sqlite.sql: DROP TABLE ENTRIES;":            "one program at a time opens a file of SQLite; the table is there again under its name",
	"00069_fewer_trees.sqlite.sql: RENAME TO ENTRIES;":             "one program at a time opens a file of SQLite; the table is there again under its name",
	"00069_fewer_trees.sqlite.sql: DROP TABLE MOVES;":              "one program at a time opens a file of SQLite; the table is there again under its name",
	"00069_fewer_trees.sqlite.sql: RENAME TO MOVES;":               "one program at a time opens a file of SQLite; the table is there again under its name",
	"00069_fewer_trees.sqlite.sql: DROP TABLE PRIVATE_VALUES;":     "one program at a time opens a file of SQLite; the table is there again under its name",
	"00069_fewer_trees.sqlite.sql: RENAME TO PRIVATE_VALUES;":      "one program at a time opens a file of SQLite; the table is there again under its name",
	"00064_behalf_beside.sqlite.sql: RENAME TO ON_BEHALF_BEFORE;":  "one program at a time opens a file of SQLite; the table is there again under its name",
	"00064_behalf_beside.sqlite.sql: DROP TABLE ON_BEHALF_BEFORE;": "one program at a time opens a file of SQLite; the table is there again under its name",
	"00032_bytewise.postgres.sql: ALTER COLUMN WORD TYPE":          "the same type in another order of sorting; rows and statements stay",
}

// comments and the way down, which nobody goes, are left out.
func upward(text string) string {
	text, _, _ = strings.Cut(text, "-- +goose Down")
	return regexp.MustCompile(`--[^\n]*`).ReplaceAllString(text, "")
}

// Migrations expand first and contract in a later release: none takes a table, a
// column or a freedom away from the program before it.
func TestMigrationsExpandBeforeTheyContract(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d migrations, %v", len(names), err)
	}
	used := map[string]bool{}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range breaks(string(text)) {
			key := name + ": " + found
			if used[key] = true; contracted[key] == "" {
				t.Errorf("%s breaks the program before it", key)
			}
		}
	}
	for key := range contracted {
		if !used[key] {
			t.Errorf("the exception %q is not needed", key)
		}
	}
	for _, bad := range []string{"DROP TABLE x", "ALTER TABLE a RENAME COLUMN b TO c", "ALTER TABLE a ALTER COLUMN b SET NOT NULL", "ALTER TABLE a DROP COLUMN b", "ALTER TABLE a ADD COLUMN b TEXT NOT NULL"} {
		if len(breaks(bad)) == 0 {
			t.Errorf("%q is not seen", bad)
		}
	}
}

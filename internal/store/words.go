package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// setWords keeps the words of products; a word that is there stays.
var setWords = sqldb.Set{
	SQL:     `INSERT INTO product_words (product, word) SELECT c1, c2 FROM {rows} WHERE TRUE ON CONFLICT (product, word) DO NOTHING`,
	Columns: []sqldb.Kind{sqldb.Text, sqldb.Text},
}

const sqlWordless = `SELECT p.id, p.code, p.folded, r.folded FROM products p JOIN producers r ON r.id = p.producer WHERE p.id > $1 AND NOT EXISTS (SELECT 1 FROM product_words w WHERE w.product = p.id) ORDER BY p.id LIMIT 1000`

// split gives the words of a folded text: what stands between signs and spaces.
func split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// wordsOf are the words by which a product is found.
func wordsOf(id string, texts ...string) (rows [][]any) {
	var words []string
	for _, text := range texts {
		words = append(words, split(text)...)
	}
	slices.Sort(words)
	for _, w := range slices.Compact(words) {
		rows = append(rows, []any{id, w})
	}
	return rows
}

// saveWords makes new products findable.
func saveWords(ctx context.Context, tx *sqldb.Tx, list []*ocop.Product) error {
	var rows [][]any
	for _, p := range list {
		rows = append(rows, wordsOf(p.ID, ocop.Fold(p.Name), p.Code, ocop.Fold(p.Producer.Name))...)
	}
	_, err := sqldb.ExecSet(ctx, tx, setWords, rows)
	return err
}

// FillWords makes products findable that an older program entered; it takes up
// where it stopped.
func FillWords(ctx context.Context, db *sqldb.DB) error {
	after := ""
	for {
		var rows [][]any
		last := ""
		found, err := db.Query(ctx, sqlWordless, after)
		n, err := collect(found, err, "products without words", func(s scanner) (struct{}, error) {
			var id, code, name, owner string
			err := s.Scan(&id, &code, &name, &owner)
			rows, last = append(rows, wordsOf(id, name, code, owner)...), id
			return struct{}{}, err
		})
		if err != nil || len(n) == 0 {
			return err
		}
		if err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := sqldb.ExecSet(ctx, tx, setWords, rows)
			return err
		}); err != nil {
			return err
		}
		after = last
	}
}

// few is so small a number of rows that sorting them costs nothing.
const few = 2000

// upTo counts rows, but no further than one above few.
func upTo(ctx context.Context, q sqldb.Querier, from string, args []any) (int64, error) {
	var n int64
	err := q.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) x", from, few+1), args...).Scan(&n)
	return n, err
}

// way is how a filter's rows are best reached: a list in order of codes stops
// at the end of its page, unless so few rows can match that it would look at
// all of them for nothing.
type way struct {
	view  bool     // few products are in view: by their place
	few   bool     // few products have some of the words: by their ids
	ids   []string // those
	words []string // that every one of them has
}

// wayOf looks how many rows the view and the words have.
func (f Filter) wayOf(ctx context.Context, q sqldb.Querier) (w way, err error) {
	var b binder
	where := viewCondition(f.View, b.bind)
	n, err := upTo(ctx, q, "products p WHERE "+where, b.args)
	if err != nil {
		return w, fmt.Errorf("products in view: %w", err)
	}
	said, err := f.wording(ctx, q)
	said.view = n <= few
	return said, err
}

// wording looks how many products have the words, the rarest first.
func (f Filter) wording(ctx context.Context, q sqldb.Querier) (w way, err error) {
	words := split(f.Text)
	slices.Sort(words)
	words = slices.Compact(words)
	count := make(map[string]int64, len(words))
	for _, word := range words {
		if count[word], err = upTo(ctx, q, "product_words w WHERE w.word >= $1 AND w.word < $2", []any{word, word + end}); err != nil {
			return w, err
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(count[a], count[b]) })
	switch {
	case len(words) > 0 && count[words[0]] <= few:
		w.few, err = w.having(ctx, q, words[0])
	case len(words) > 1: // each is common, but they may hardly ever come together
		often, err := together(ctx, q, words[0], words[1])
		if err != nil || often {
			return w, err
		}
		w.few, err = w.having(ctx, q, words[:2]...)
		return w, err
	}
	return w, err
}

// together reports whether products that have one word often have another, by a
// few of them: their list is then at its page's end soon.
func together(ctx context.Context, q sqldb.Querier, one, other string) (bool, error) {
	const sample = 100
	var both int
	text := fmt.Sprintf("SELECT count(*) FROM (SELECT w.product FROM product_words w WHERE w.word >= $1 AND w.word < $2 LIMIT %d) x WHERE %s", sample, having("x.product", "$3", "$4"))
	err := q.QueryRow(ctx, text, one, one+end, other, other+end).Scan(&both)
	return both > sample/2, err
}

// having finds the products that have one or two words, if they are few.
func (w *way) having(ctx context.Context, q sqldb.Querier, words ...string) (bool, error) {
	text, args := "SELECT w.product FROM product_words w WHERE w.word >= $1 AND w.word < $2", []any{words[0], words[0] + end}
	if len(words) > 1 {
		text, args = text+" AND "+having("w.product", "$3", "$4"), append(args, words[1], words[1]+end)
	}
	rows, err := q.Query(ctx, fmt.Sprintf("%s LIMIT %d", text, few+1), args...)
	found, err := collect(rows, err, "products with words", func(s scanner) (id string, err error) { return id, s.Scan(&id) })
	if err != nil || len(found) > few {
		return false, err
	}
	w.ids, w.words = found, words
	return true, nil
}

// condition is that a product is one of the few.
func (w way) condition(product string, bind func(any) string) string {
	if len(w.ids) == 0 {
		return "FALSE"
	}
	places := make([]string, len(w.ids))
	for i, id := range w.ids {
		places[i] = bind(id)
	}
	return product + " IN (" + strings.Join(places, ", ") + ")"
}

// end is behind every word that begins with what stands before it.
const end = "\U0010FFFF"

// having is the condition that a product has a word, asked of each product by
// itself: the database is not to gather all that have it.
func having(product, from, to string) string {
	return fmt.Sprintf("(SELECT 1 FROM product_words h WHERE h.product = %s AND h.word >= %s AND h.word < %s LIMIT 1) IS NOT NULL", product, from, to)
}

// hidden writes a text column so that no index on it is used.
func hidden(column string) string { return column + " || ''" }

// viewCondition is that of a view. Where many are in view it is put the other
// way round: SQLite then goes by the order of the page instead of by places,
// and Postgres, which reads both alike, chooses by its statistics.
func (w way) viewCondition(v access.View, bind func(any) string) string {
	if w.view && !w.few {
		return viewCondition(v, bind)
	}
	return viewAs("NOT (%[1]s <> %[2]s AND (%[1]s < %[3]s OR %[1]s >= %[4]s))", v, bind)
}

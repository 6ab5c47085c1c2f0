//go:build unix

package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Whichever way the database is asked, by place, by words or in order, a search
// finds what a plain look at every product finds.
func TestSearchFindsWhatAPlainLookFinds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		fillProducts(t, o.app, 24_000) // more than few of each common word
		defer func() {                 // not told by the ledger: the office's closing check must not see them
			for _, text := range []string{"DELETE FROM product_words WHERE product LIKE 'bench-%'", "DELETE FROM products WHERE id LIKE 'bench-%'", "DELETE FROM producers WHERE id LIKE 'bench-%'", "DELETE FROM units WHERE id LIKE 'bench-%'"} {
				if _, err := o.app.DB.Writer().ExecContext(t.Context(), text); err != nil {
					t.Error(err)
				}
			}
		}()
		session, err := o.app.People.Recognise(t.Context(), o.tokens["office-province"])
		if err != nil {
			t.Fatal(err)
		}
		all, err := o.app.Desk.Products(t.Context(), session.Actor, store.Filter{Limit: 50_000})
		if err != nil || len(all) < 24_000 {
			t.Fatal(len(all), err)
		}
		for _, f := range []store.Filter{
			{Text: "nuoc mam"}, {Text: "mat mam"}, {Text: "mam so 77"}, {Text: "htx 199"}, {Text: "kho ng co"}, {Text: "nuoc", State: "certified", Stars: 3}, {Text: "mat ong", ByDue: true},
			{State: "expired", Commune: "cam-my"}, {Text: "gao so", Commune: "cam-binh", Set: 3}, {Text: "san pham 000012"}, {ByDue: true, State: "certified"}, {Text: "so 1"}, {Text: "san-pham-000012"}, {Text: "(mat) 'ong"},
		} {
			want := plainly(t, o, all, f)
			f.Limit = 50_000
			got, err := o.app.Desk.Products(t.Context(), session.Actor, f)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(codes(got), codes(want)) {
				t.Errorf("%+v: %d products, want %d", f, len(got), len(want))
			}
			// A page at a time it is the same.
			f.Limit, f.After = 700, ""
			var paged []ocop.Product
			for {
				page, err := o.app.Desk.Products(t.Context(), session.Actor, f)
				if err != nil {
					t.Fatal(err)
				}
				if paged = append(paged, page...); len(page) < f.Limit {
					break
				}
				f.After = f.Cursor(page[len(page)-1])
			}
			if !slices.Equal(codes(paged), codes(want)) {
				t.Errorf("%+v by pages: %d products, want %d", f, len(paged), len(want))
			}
		}
	})
}

func codes(list []ocop.Product) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Code
	}
	return out
}

// plainly filters by looking at every product.
func plainly(t *testing.T, o *office, all []ocop.Product, f store.Filter) []ocop.Product {
	t.Helper()
	commune := ""
	if f.Commune != "" {
		u, err := store.UnitByCode(t.Context(), o.app.DB, f.Commune)
		if err != nil {
			t.Fatal(err)
		}
		commune = u.ID
	}
	out := slices.DeleteFunc(slices.Clone(all), func(p ocop.Product) bool {
		sign := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
		words := strings.FieldsFunc(ocop.Fold(p.Name)+" "+p.Code+" "+ocop.Fold(p.Producer.Name), sign)
		for _, w := range strings.FieldsFunc(f.Text, sign) {
			if !slices.ContainsFunc(words, func(x string) bool { return strings.HasPrefix(x, w) }) {
				return true
			}
		}
		return f.State != "" && string(p.State) != f.State || f.Stars > 0 && p.Stars != f.Stars || f.Set > 0 && p.Set != f.Set ||
			commune != "" && (p.Commune == nil || p.Commune.ID != commune)
	})
	if f.ByDue {
		slices.SortStableFunc(out, func(a, b ocop.Product) int { return strings.Compare(dueKey(a), dueKey(b)) })
	}
	return out
}

func dueKey(p ocop.Product) string {
	if p.Due == nil {
		return "~" + p.Code
	}
	return fmt.Sprintf("%s|%s", p.Due, p.Code)
}

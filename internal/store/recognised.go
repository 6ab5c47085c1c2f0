package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Standing of the certificates that are looked for.
const (
	InForce = "in_force"
	Expired = "expired"
	Revoked = "revoked"
)

// RecognisedFilter narrows what the public is shown. Zero fields do not.
type RecognisedFilter struct {
	On      ocop.Date // the day for which Status holds
	Status  string    // InForce, Expired, Revoked or "" for all
	Commune string    // code
	Stars   int
	Text    string // folded; every word must begin a word of the name, the code or the producer's name
	After   string // "day|number" of the last one seen
	Limit   int
}

// Recognised is a product with its newest certificate, as the public may know it.
type Recognised struct {
	ocop.Certificate
	Name     string
	Producer string
	Set      int
	Commune  *ocop.Ref // nil where it is not known
}

// gathered is of how many words all products that have them are gathered.
const gathered = 2

// From one commune to the next by the index: asked for each commune by itself,
// Postgres reads all products for one that has none.
const sqlRecognisedCommunes = `WITH RECURSIVE place(id) AS (
	SELECT min(p.commune) FROM products p WHERE p.certificate IS NOT NULL
	UNION ALL SELECT (SELECT min(p.commune) FROM products p WHERE p.certificate IS NOT NULL AND p.commune > place.id) FROM place WHERE place.id IS NOT NULL)
SELECT ` + unitColumns + ` FROM units u WHERE u.kind = 'commune' AND u.id IN (SELECT place.id FROM place) ORDER BY u.name_vi, u.code LIMIT $1`

// RecognisedCommunes are those of products that were recognised, by name.
func RecognisedCommunes(ctx context.Context, q sqldb.Querier, limit int) ([]ocop.Unit, error) {
	rows, err := q.Query(ctx, sqlRecognisedCommunes, limit)
	return collect(rows, err, "communes with recognised products", scanUnit)
}

// ListRecognised gives one page of products with their newest certificates, those
// issued last first.
func ListRecognised(ctx context.Context, q sqldb.Querier, f RecognisedFilter) ([]Recognised, error) {
	w, err := Filter{Text: f.Text}.wording(ctx, q)
	if err != nil {
		return nil, err
	}
	few, err := f.fewInCommune(ctx, q)
	if err != nil {
		return nil, err
	}
	var b binder
	conds := append(f.where(b.bind), f.named(w, few, b.bind)...)
	// The page first, and then what is shown of it.
	page := fmt.Sprintf("SELECT k.number FROM certificates k WHERE %s ORDER BY k.issued_on DESC, k.number DESC LIMIT %s", strings.Join(conds, " AND "), b.bind(f.Limit))
	text := "SELECT " + certificateColumns + ", p.name, p.criteria_set, pu.name_vi, c.code, c.name_vi FROM certificates k JOIN products p ON p.id = k.product JOIN units pu ON pu.id = p.producer LEFT JOIN units c ON c.id = p.commune WHERE k.number IN (SELECT x.number FROM (" +
		page + ") x) ORDER BY k.issued_on DESC, k.number DESC"
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "recognised products", func(s scanner) (x Recognised, err error) {
		var code, name sql.NullString
		x.Certificate, err = scanCertificate(beside{s, []any{&x.Name, &x.Set, &x.Producer, &code, &name}})
		if code.Valid {
			x.Commune = &ocop.Ref{Code: code.String, Name: name.String}
		}
		return x, err
	})
}

// where are the conditions on the certificate.
func (f RecognisedFilter) where(bind func(any) string) []string {
	const last = "COALESCE(k.extended_to, k.last_day)"
	conds := []string{"k.superseded_on IS NULL"}
	switch f.Status {
	case InForce:
		conds = append(conds, "k.revoked_on IS NULL", hiddenNumber(last)+" >= "+bind(int64(f.On)))
	case Expired:
		conds = append(conds, "k.revoked_on IS NULL", hiddenNumber(last)+" < "+bind(int64(f.On)))
	case Revoked:
		conds = append(conds, "k.revoked_on IS NOT NULL")
	}
	if f.Stars > 0 {
		conds = append(conds, "k.stars = "+bind(f.Stars))
	}
	if day, number, ok := strings.Cut(f.After, "|"); ok {
		if on, err := ocop.ParseDate(day); err == nil {
			conds = append(conds, fmt.Sprintf("(k.issued_on, k.number) < (%s, %s)", bind(int64(on)), bind(number)))
		}
	}
	return conds
}

// named are the conditions on the product: by its commune or its words where few
// have them, else asked of each certificate by itself, in the order of the page.
func (f RecognisedFilter) named(w way, few bool, bind func(any) string) (conds []string) {
	words := split(f.Text)
	if f.Text != "" && len(words) == 0 {
		conds = append(conds, "FALSE") // signs alone are no word
	}
	newest := "p.id = k.product AND p.certificate = k.number"
	if f.Commune != "" {
		place := "p.commune = " + bind(f.Commune)
		if newest += " AND " + place; few && !w.few {
			conds = append(conds, "k.product IN (SELECT p.id FROM products p WHERE p.certificate IS NOT NULL AND "+place+")")
		}
	}
	if w.few {
		conds = append(conds, w.condition("k.product", bind))
	}
	conds = append(conds, "(SELECT 1 FROM products p WHERE "+newest+" LIMIT 1) IS NOT NULL")
	for i, word := range words {
		switch {
		case slices.Contains(w.words, word):
		case i < gathered: // all that have it, once: nobody is to make the database look at each for nothing
			conds = append(conds, fmt.Sprintf("k.product IN (SELECT g.product FROM product_words g WHERE g.word >= %s AND g.word < %s)", bind(word), bind(word+end)))
		default:
			conds = append(conds, having("k.product", bind(word), bind(word+end)))
		}
	}
	return conds
}

// fewInCommune reports whether the commune has so few recognised products that
// they are best found by it.
func (f RecognisedFilter) fewInCommune(ctx context.Context, q sqldb.Querier) (bool, error) {
	if f.Commune == "" {
		return false, nil
	}
	n, err := upTo(ctx, q, "products p WHERE p.certificate IS NOT NULL AND p.commune = $1", []any{f.Commune})
	if err != nil {
		return false, fmt.Errorf("recognised in a commune: %w", err)
	}
	return n <= few, nil
}

// Cursor is the place in the list after a product.
func (x Recognised) Cursor() string { return x.IssuedOn.String() + "|" + x.Number }

// hiddenNumber writes a whole number so that no index on it is used.
func hiddenNumber(column string) string { return column + " + 0" }

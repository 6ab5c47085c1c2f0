//go:build unix

package app

import (
	"context"
	"fmt"
	"testing"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// BenchmarkRecognised measures the public list among OCOPFLOW_PRODUCTS products
// (2,000 unless given), as BenchmarkProductList does that of an office.
func BenchmarkRecognised(b *testing.B) {
	benchFilled(b, func(b *testing.B, a *App, products int, address, _ string) {
		fillCertificates(b, a, products)
		for name, query := range map[string]string{"all": "?status=all", "in-force": "", "expired": "?status=expired", "revoked": "?status=revoked", "stars": "?stars=5", "common-word": "?q=nuoc+mam", "rare-word": "?q=so+77777",
			"no-match": "?q=khongcogi", "never-together": "?q=mat+mam", "commune": "?commune=cam-my", "commune-none": "?commune=xx", "letters": "?q=a+b+c+d+e+g+h+i+k+l+m+n+o+p+q+r+s+t+u+v+x+y"} {
			b.Run(name, func(b *testing.B) { benchList(b, address+"/recognised"+query, "") })
		}
		b.Run("csv", func(b *testing.B) { benchList(b, address+"/api/v1/recognised.csv?status=all", "") })
	})
}

// fillCertificates gives the products of fillProducts that were recognised their
// certificates: one in 2,000 has five stars, one in 500 was revoked.
func fillCertificates(b testing.TB, a *App, n int) {
	b.Helper()
	ctx := b.Context()
	today := ocop.DateOf(demoStart)
	err := a.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var list []ocop.Certificate
		for i := range n {
			issued := today - ocop.Date(i%1000)
			k := ocop.Certificate{Number: fmt.Sprintf("GCN-%06d", i), Product: fmt.Sprintf("bench-%06d", i), Stars: 3 + i%2, Level: "province", Decision: fmt.Sprintf("%d/QĐ-UBND", i%300), IssuedOn: issued, LastDay: issued.AddMonths(36)}
			if i%2000 == 0 {
				k.Stars = 5
			}
			if i/10%10 == 0 {
				k.IssuedOn, k.LastDay = issued-1200, today-1-ocop.Date(i%50)
			}
			list = append(list, k)
		}
		if err := store.InsertCertificates(ctx, tx, list); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE products SET certificate = 'GCN-' || substr(id, 7) WHERE id LIKE 'bench-%' AND id < 'bench-owner'`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE certificates SET revoked_on = %d WHERE number LIKE 'GCN-%%555'`, today))
		return err
	})
	if err == nil && a.DB.Dialect() == sqldb.Postgres {
		_, err = a.DB.Writer().ExecContext(ctx, "ANALYZE")
	}
	if err != nil {
		b.Fatal(err)
	}
}

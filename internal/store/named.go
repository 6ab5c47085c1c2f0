package store

import (
	"context"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// What people write in place of a code: names, matched whole.
var (
	setUnitsNamed = sqldb.Set{
		SQL:     `SELECT ` + unitColumns + ` FROM units u WHERE u.kind <> 'producer' AND (u.code IN (SELECT c1 FROM {rows}) OR u.name_vi IN (SELECT c1 FROM {rows}))`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setProducersNamed = sqldb.Set{
		SQL:     `SELECT ` + producerColumns + ` FROM producers r JOIN units u ON u.id = r.id WHERE r.id IN (SELECT x.id FROM units x WHERE x.code IN (SELECT c1 FROM {rows})) OR r.folded IN (SELECT c2 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text},
	}
	setProductsNamed = sqldb.Set{
		SQL:     `SELECT ` + productColumns + productFrom + `WHERE p.id IN (SELECT x.id FROM {rows} JOIN products x ON x.producer = r.c1 AND x.folded = r.c2)`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text},
	}
	setCertificatesByNumber = sqldb.Set{
		SQL:     `SELECT ` + certificateColumns + ` FROM certificates k WHERE k.number IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

// UnitsNamed are the authorities that have one of these as their code or their
// name in Vietnamese.
func UnitsNamed(ctx context.Context, q sqldb.Querier, names []string) ([]ocop.Unit, error) {
	rows, err := sqldb.QuerySet(ctx, q, setUnitsNamed, ids(names))
	return collect(rows, err, "units by name", scanUnit)
}

// ProducersNamed are the producers that have one of these as their code, or as
// their name but for case and diacritics.
func ProducersNamed(ctx context.Context, q sqldb.Querier, names []string) ([]ocop.Producer, error) {
	var list [][]any
	for _, n := range names {
		list = append(list, []any{n, ocop.Fold(n)})
	}
	rows, err := sqldb.QuerySet(ctx, q, setProducersNamed, list)
	return collect(rows, err, "producers by name", scanProducer)
}

// Named is a producer's product by its name.
type Named struct{ Producer, Name string }

// ProductsNamed are the products of these producers with these names, but for
// case and diacritics.
func ProductsNamed(ctx context.Context, q sqldb.Querier, names []Named) ([]ocop.Product, error) {
	var list [][]any
	for _, n := range names {
		list = append(list, []any{n.Producer, ocop.Fold(n.Name)})
	}
	rows, err := sqldb.QuerySet(ctx, q, setProductsNamed, list)
	return collect(rows, err, "products by name", scanProduct)
}

// CertificatesByNumber finds many by their numbers; unknown ones are not in the answer.
func CertificatesByNumber(ctx context.Context, q sqldb.Querier, numbers []string) (map[string]ocop.Certificate, error) {
	rows, err := sqldb.QuerySet(ctx, q, setCertificatesByNumber, ids(numbers))
	out := map[string]ocop.Certificate{}
	_, err = collect(rows, err, "certificates by number", func(s scanner) (struct{}, error) {
		k, err := scanCertificate(s)
		out[k.Number] = k
		return struct{}{}, err
	})
	return out, err
}
